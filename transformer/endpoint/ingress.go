package endpoint

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// privatePath is the grammar on which all controllers agree (E20). Outside it, controllers differ on what a path
// matches, and so on what is protected.
var privatePath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^/[A-Za-z0-9._/-]*$`) })

// expandIngress completes an Ingress of the user's: class, host, TLS.
func (p *Plan) expandIngress(source source) {
	item := source.item
	if err := p.modernise(item); err != nil {
		p.findings = append(p.findings, unreadable(item, err))
		return
	}
	ingress := &networkingv1.Ingress{}
	if err := item.DecodeStrict(ingress); err != nil {
		p.findings = append(p.findings, unreadable(item, err))
		return
	}
	namespace, hasNamespace := p.namespaceOf(item)
	endpoint := &Endpoint{
		Source: item, Route: item, Private: source.intent.private, Namespace: namespace, Name: ingress.Name,
		Additions: newAdditions(item, false),
	}
	p.warnOpenIngress(source, ingress)
	if !p.setClass(endpoint, ingress, source.intent) || !p.checkRoutes(endpoint, ingress) || !hasNamespace {
		return
	}
	computed, ok := p.fillHosts(endpoint, ingress, source.intent)
	if !ok || !p.checkHosts(endpoint, ingress, computed) {
		return
	}
	p.addTLS(endpoint, ingress)
	p.add(endpoint, computed)
	p.reportRoute(endpoint)
}

// warnOpenIngress shows the closed way to write a private Ingress that would be open if this function were skipped. What
// an earlier run has protected is not open.
func (p *Plan) warnOpenIngress(source source, ingress *networkingv1.Ingress) {
	if !source.intent.private || source.closed {
		return
	}
	written := writtenClass(ingress)
	if written == config.SentinelClass {
		return
	}
	p.report(OpenSource, source.item, "spec.ingressClassName", "the Ingress is open wherever this function is skipped",
		fmt.Sprintf("write ingressClassName: %s, which no controller serves, and choose the class with %s", config.SentinelClass, AnnotationIngressClass))
}

func writtenClass(ingress *networkingv1.Ingress) string {
	if ingress.Spec.IngressClassName != nil && *ingress.Spec.IngressClassName != "" {
		return *ingress.Spec.IngressClassName
	}
	return ingress.Annotations[annotationLegacy]
}

// reportTwoClasses reports an Ingress whose annotation names another class than its field: controllers differ on which of the two counts.
func (p *Plan) reportTwoClasses(item *manifest.Item, written, legacy string) {
	p.report(WrongClass, item, "spec.ingressClassName", fmt.Sprintf("class %q is not the %q of the annotation %s", written, legacy, annotationLegacy), "remove the annotation")
}

// setClass decides which class serves the Ingress (E9).
func (p *Plan) setClass(endpoint *Endpoint, ingress *networkingv1.Ingress, intent intent) bool {
	item := endpoint.Source
	legacy, hasLegacy := ingress.Annotations[annotationLegacy]
	written := writtenClass(ingress)
	switch {
	case hasLegacy && legacy != written:
		p.reportTwoClasses(item, written, legacy)
		return false
	case written != "" && written != config.SentinelClass:
		if intent.class != "" && intent.class != written {
			p.report(WrongClass, item, annotationField(AnnotationIngressClass), fmt.Sprintf("%q is not the class %q of the Ingress", intent.class, written), "remove one of the two")
			return false
		}
		return p.useClass(endpoint, written, "spec.ingressClassName")
	case written == config.SentinelClass && !intent.private:
		p.refuseSentinel(item, ingressKind)
		return false
	}
	name, field := intent.class, annotationField(AnnotationIngressClass)
	if name == "" {
		field = "spec.ingressClassName"
		if len(p.settings.Spec.IngressClasses) == 0 {
			p.report(WrongClass, item, field, "no class is listed", p.listedClasses())
			return false
		}
		name = p.settings.Spec.IngressClasses[0].Name
	}
	if !p.useClass(endpoint, name, field) {
		return false
	}
	p.writeClass(endpoint, ingress, hasLegacy)
	return true
}

// writeClass writes the class into an Ingress that has none or the sentinel, in either form.
func (p *Plan) writeClass(endpoint *Endpoint, ingress *networkingv1.Ingress, hasLegacy bool) {
	name, previous := endpoint.Class.Name, ""
	if ingress.Spec.IngressClassName != nil {
		previous = *ingress.Spec.IngressClassName
	}
	record, remembered := recordClass, shortHash(name)+":"+previous
	if hasLegacy {
		record, remembered = recordLegacyClass, shortHash(name)+":"+ingress.Annotations[annotationLegacy]
		endpoint.Additions.keep(endpoint.Route.RemoveAnnotation(annotationLegacy))
	}
	endpoint.Additions.set(record, remembered, name, "spec", "ingressClassName")
	p.report(ClassSet, endpoint.Source, "spec.ingressClassName", fmt.Sprintf("set to %q", name), "")
}

func (p *Plan) useClass(endpoint *Endpoint, name, field string) bool {
	class, listed := p.settings.Class(name)
	if !listed {
		p.report(WrongClass, endpoint.Source, field, fmt.Sprintf("class %q is not listed", name), p.listedClasses())
		return false
	}
	endpoint.Class = class
	return true
}

func (p *Plan) listedClasses() string {
	if len(p.settings.Spec.IngressClasses) == 0 {
		return "add the class to spec.ingressClasses"
	}
	names := make([]string, len(p.settings.Spec.IngressClasses))
	for i, class := range p.settings.Spec.IngressClasses {
		names[i] = class.Name
	}
	return fmt.Sprintf("use one of %s, or add the class to spec.ingressClasses", strings.Join(names, ", "))
}

// checkRoutes refuses routes that cannot be protected, or not by every controller (E9, E10).
func (p *Plan) checkRoutes(endpoint *Endpoint, ingress *networkingv1.Ingress) bool {
	before := p.findings.Count(finding.Error)
	item := endpoint.Source
	if len(ingress.Spec.Rules) == 0 {
		p.report(InvalidRoutes, item, "spec.rules", "the Ingress has no rules, so it is a way in for every host", "write a rule with a host, or with the path / and "+p.vocabulary.key(keyGenerateHost))
		return false
	}
	if !endpoint.Private {
		return true
	}
	for i, rule := range ingress.Spec.Rules {
		if rule.HTTP == nil || len(rule.HTTP.Paths) == 0 {
			p.report(InvalidRoutes, item, fmt.Sprintf("spec.rules[%d].http.paths", i), "the rule has no paths", "write the paths that are private")
			continue
		}
		for j, path := range rule.HTTP.Paths {
			p.checkPath(item, fmt.Sprintf("spec.rules[%d].http.paths[%d]", i, j), path)
			endpoint.Paths = append(endpoint.Paths, cmp.Or(path.Path, "/"))
		}
	}
	return p.findings.Count(finding.Error) == before
}

func httpPaths(rule networkingv1.IngressRule) []networkingv1.HTTPIngressPath {
	if rule.HTTP == nil {
		return nil
	}
	return rule.HTTP.Paths
}

func (p *Plan) checkPath(item *manifest.Item, field string, path networkingv1.HTTPIngressPath) {
	text := path.Path
	switch {
	case path.PathType == nil:
		p.report(InvalidPath, item, field+".pathType", "is missing", "write pathType: Prefix")
	case !slices.Contains([]networkingv1.PathType{networkingv1.PathTypeExact, networkingv1.PathTypePrefix, networkingv1.PathTypeImplementationSpecific}, *path.PathType):
		p.report(InvalidPath, item, field+".pathType", fmt.Sprintf("%q is not a path type", *path.PathType), "write Prefix or Exact")
	case text == "" && *path.PathType == networkingv1.PathTypeImplementationSpecific:
		// Every controller reads an absent path as "/".
	case !isPrivatePath(text):
		p.report(InvalidPath, item, field+".path", fmt.Sprintf("%q is not a path that all controllers read alike", text), pathRemedy)
	}
	if path.Backend.Service == nil {
		p.report(InvalidRoutes, item, field+".backend", "is not a Service", "write backend.service")
	}
}

// pathRemedy says what isPrivatePath allows.
const pathRemedy = "use letters, digits, dot, underscore, hyphen and single slashes, without . and .. segments"

// isPrivatePath says whether all controllers read a path alike.
func isPrivatePath(text string) bool {
	return privatePath().MatchString(text) && !strings.Contains(text, "//") && !strings.Contains(text+"/", "/../") && !strings.Contains(text+"/", "/./")
}

// fillHosts gives the rules and tls entries without a host the generated one, and returns it (E10). A private Ingress
// with a host-less rule is treated as generate-host "true": it must not stay a way in for every host.
func (p *Plan) fillHosts(endpoint *Endpoint, ingress *networkingv1.Ingress, intent intent) (string, bool) {
	item := endpoint.Source
	hostless := slices.IndexFunc(ingress.Spec.Rules, func(rule networkingv1.IngressRule) bool { return rule.Host == "" })
	if hostless < 0 && intent.host == "" {
		return "", true
	}
	field := fmt.Sprintf("spec.rules[%d].host", max(hostless, 0))
	host, ok := p.generateHost(endpoint, intent, field)
	if !ok {
		return "", false
	}
	p.writeHosts(endpoint, ingress, host)
	if hostless >= 0 {
		p.report(HostFilled, item, field, fmt.Sprintf("set to %q", host), "")
	}
	return host, true
}

// generateHost returns the host that generate-host asks for; without it that is the one of "true".
func (p *Plan) generateHost(endpoint *Endpoint, intent intent, field string) (string, bool) {
	item := endpoint.Source
	if intent.noHost {
		p.report(InvalidHost, item, field, "a private rule without a host is a way in for every host", fmt.Sprintf("write the host, or remove %s: \"false\"", p.vocabulary.key(noHostKey(intent))))
		return "", false
	}
	host, err := computeHost(p.settings, firstWord(cmp.Or(intent.host, "true"), endpoint.Name), endpoint.Namespace)
	if err != nil {
		p.report(InvalidHost, item, field, err.Error(), hostRemedy(p.settings, fmt.Sprintf("choose a shorter word with %s, or write the host", p.vocabulary.key(keyGenerateHost))))
		return "", false
	}
	return host, true
}

// noHostKey returns the key that keeps a host from being filled in.
func noHostKey(intent intent) string {
	if intent.noGateway {
		return keyGateway
	}
	return keyGenerateHost
}

func (p *Plan) writeHosts(endpoint *Endpoint, ingress *networkingv1.Ingress, host string) {
	filled := 0
	for i, rule := range ingress.Spec.Rules {
		if rule.Host == "" {
			ingress.Spec.Rules[i].Host = host
			filled++
			endpoint.Additions.set(recordHost, shortHash(host)+"*"+strconv.Itoa(filled), host, "spec", "rules", index(i), "host")
		}
	}
	filled = 0
	for i, entry := range ingress.Spec.TLS {
		if len(entry.Hosts) == 0 {
			ingress.Spec.TLS[i].Hosts = []string{host}
			filled++
			endpoint.Additions.set(recordTLSHosts, shortHash(host)+"*"+strconv.Itoa(filled), []string{host}, "spec", "tls", index(i), "hosts")
		}
	}
}

// checkHosts refuses hosts that a private Ingress cannot have, and a path that stands twice on the computed one (E10).
func (p *Plan) checkHosts(endpoint *Endpoint, ingress *networkingv1.Ingress, computed string) bool {
	before := p.findings.Count(finding.Error)
	for i, rule := range ingress.Spec.Rules {
		field := fmt.Sprintf("spec.rules[%d]", i)
		if problem := hostProblem(rule.Host); endpoint.Private && problem != "" {
			p.report(InvalidHost, endpoint.Source, field+".host", fmt.Sprintf("host %q %s", rule.Host, problem), "write the exact host, lower case")
		}
		if !slices.Contains(endpoint.Hosts, rule.Host) {
			endpoint.Hosts = append(endpoint.Hosts, rule.Host)
		}
		if rule.Host != computed {
			continue
		}
		for j, path := range httpPaths(rule) {
			route := path.Path
			if path.PathType != nil {
				route += " " + string(*path.PathType)
			}
			p.claim(endpoint, computed, route, fmt.Sprintf("%s.http.paths[%d].path", field, j))
		}
	}
	return p.findings.Count(finding.Error) == before
}

// reportRoute reports the endpoints that a private route of the user's is.
func (p *Plan) reportRoute(endpoint *Endpoint) {
	if !endpoint.Private {
		return
	}
	for _, host := range endpoint.Hosts {
		p.report(Created, endpoint.Source, "", fmt.Sprintf("private endpoint https://%s%s through %s", host, endpoint.Paths[0], endpoint.through()), "")
	}
}
