package endpoint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const (
	gatewayGroup      = "gateway.networking.k8s.io"
	gatewayAPIVersion = gatewayGroup + "/v1"
)

// The types of an HTTPRoute as far as one is generated, in the order of its fields:
// https://gateway-api.sigs.k8s.io/reference/spec/#httproute. The project's own types would bring the whole of Kubernetes'
// client machinery along.
type (
	httpRouteSpec struct {
		ParentRefs []parentRef     `json:"parentRefs"`
		Hostnames  []string        `json:"hostnames"`
		Rules      []httpRouteRule `json:"rules"`
	}
	parentRef struct {
		Name        string `json:"name"`
		Namespace   string `json:"namespace"`
		SectionName string `json:"sectionName,omitempty"`
	}
	httpRouteRule struct {
		Matches     []httpRouteMatch `json:"matches"`
		BackendRefs []backendRef     `json:"backendRefs"`
	}
	httpRouteMatch struct {
		Path pathMatch `json:"path"`
	}
	pathMatch struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	backendRef struct {
		Name string `json:"name"`
		Port int32  `json:"port"`
	}
)

// buildHTTPRoute builds the one HTTPRoute of a Service. It has a Gateway and a host, and no protection yet. Its TLS is the
// business of the Gateway's listener.
func (e *Endpoint) buildHTTPRoute() error {
	item, err := manifest.New(map[string]any{
		"apiVersion": gatewayAPIVersion, "kind": "HTTPRoute", "metadata": e.generatedMetadata(e.Name),
		"spec": httpRouteSpec{
			ParentRefs: []parentRef{parentRefOf(e.Gateway)},
			Hostnames:  e.Hosts,
			Rules: []httpRouteRule{{
				Matches:     []httpRouteMatch{{pathMatch{"PathPrefix", "/"}}},
				BackendRefs: []backendRef{{e.Name, e.Backend.Port}},
			}},
		},
	})
	if err != nil {
		return err
	}
	e.Route, e.Additions = item, newAdditions(item, true)
	return nil
}

func parentRefOf(gateway *config.Gateway) parentRef {
	return parentRef{Name: gateway.Name, Namespace: gateway.Namespace, SectionName: gateway.SectionName}
}

// through names what lets the requests in.
func (e *Endpoint) through() string {
	if e.Gateway != nil {
		return e.Class.Name
	}
	return "class " + e.Class.Name
}

// expandHTTPRoute completes an HTTPRoute of the user's: Gateway and host.
func (p *Plan) expandHTTPRoute(source source) {
	item, gateway := source.item, p.settings.Spec.Gateway
	if gateway == nil {
		p.report(WrongClass, item, "spec.parentRefs", "no Gateway is configured, so that nobody knows which controller serves this HTTPRoute",
			"describe the Gateway under spec.gateway in the configuration")
		return
	}
	namespace, hasNamespace := p.namespaceOf(item)
	endpoint := &Endpoint{
		Source: item, Route: item, Private: source.intent.private, Namespace: namespace, Name: item.Name(),
		Class: gateway.Class(), Gateway: gateway, Additions: newAdditions(item, false),
	}
	p.warnOpenHTTPRoute(source)
	if !hasNamespace || !p.setParent(endpoint, source.intent) || !p.checkRules(endpoint) {
		return
	}
	computed, ok := p.fillHostnames(endpoint, source.intent)
	if !ok || !p.checkHostnames(endpoint, computed) {
		return
	}
	p.add(endpoint, computed)
	p.reportRoute(endpoint)
}

// warnOpenHTTPRoute shows the closed way to write a private HTTPRoute that would be open if this function were skipped. What an
// earlier run has protected is not open.
func (p *Plan) warnOpenHTTPRoute(source source) {
	if !source.intent.private || source.closed || namesSentinel(source.item) {
		return
	}
	p.report(OpenSource, source.item, "spec.parentRefs", "the HTTPRoute is open wherever this function is skipped",
		fmt.Sprintf("write parentRefs: [{name: %s}], which is no Gateway: the configured one takes its place", config.SentinelClass))
}

// namesSentinel says whether a parent of an HTTPRoute is the one that no Gateway is.
func namesSentinel(item *manifest.Item) bool {
	return slices.ContainsFunc(item.View("spec", "parentRefs").Elements(), func(parent manifest.View) bool {
		return parent.Get("name").Text() == config.SentinelClass
	})
}

// setParent attaches the HTTPRoute to the configured Gateway where it names none or the sentinel. What it names must be the configured
// one: who serves another is not known (E9).
func (p *Plan) setParent(endpoint *Endpoint, intent intent) bool {
	item := endpoint.Source
	parents := item.View("spec", "parentRefs").Elements()
	sentinel := namesSentinel(item)
	switch {
	case intent.class != "":
		p.report(WrongAnnotation, item, annotationField(AnnotationIngressClass), "has no effect on an HTTPRoute", "remove it: the Gateway is the one of spec.gateway")
		return false
	case sentinel && !intent.private:
		p.refuseSentinel(item, httpRouteKind)
		return false
	case intent.noGateway && (sentinel || len(parents) == 0):
		p.report(WrongClass, item, "spec.parentRefs", fmt.Sprintf("names no Gateway, and %s: \"false\" keeps it from being filled in", p.vocabulary.key(keyGateway)),
			"name the configured Gateway, or remove the annotation")
		return false
	case sentinel && len(parents) > 1:
		p.report(WrongClass, item, "spec.parentRefs", fmt.Sprintf("names %s and other parents", config.SentinelClass), "name it alone, or remove it")
		return false
	case sentinel, len(parents) == 0:
		previous := ""
		if sentinel {
			previous = config.SentinelClass
		}
		endpoint.Additions.set(recordParents, shortHash(endpoint.Class.Name)+":"+previous, []parentRef{parentRefOf(endpoint.Gateway)}, "spec", "parentRefs")
		p.report(ClassSet, item, "spec.parentRefs", "set to "+endpoint.Class.Name, "")
		return true
	}
	for i, parent := range parents {
		if !p.checkParent(endpoint, "spec.parentRefs"+index(i), parent) {
			return false
		}
	}
	return true
}

func (p *Plan) checkParent(endpoint *Endpoint, field string, parent manifest.View) bool {
	if parent.Get("kind").Text() == "Service" {
		// Traffic inside a mesh stays as open as it is in the cluster.
		return true
	}
	if name := parentName(parent, endpoint.Namespace); name != endpoint.Class.Name {
		p.report(WrongClass, endpoint.Source, field, fmt.Sprintf("%s is not the configured %s", name, endpoint.Class.Name),
			"name the configured Gateway, or set spec.gateway to this one")
		return false
	}
	return true
}

// parentName names a parent of a route in a namespace, as the class of a Gateway is named.
func parentName(parent manifest.View, namespace string) string {
	return cmp.Or(parent.Get("kind").Text(), "Gateway") + " " + cmp.Or(parent.Get("namespace").Text(), namespace) + "/" + parent.Get("name").Text()
}

// checkRules refuses rules that cannot be protected, or not by every controller (E9, E10).
func (p *Plan) checkRules(endpoint *Endpoint) bool {
	before := p.findings.Count(finding.Error)
	rules := endpoint.Source.View("spec", "rules").Elements()
	if len(rules) == 0 {
		p.report(InvalidRoutes, endpoint.Source, "spec.rules", "the HTTPRoute has no rules that are known here", "write a rule with the path / and a backend")
		return false
	}
	for i, rule := range rules {
		matches := rule.Get("matches").Elements()
		if len(matches) == 0 {
			endpoint.Paths = append(endpoint.Paths, "/")
		}
		for j, match := range matches {
			path := match.Get("path")
			endpoint.Paths = append(endpoint.Paths, cmp.Or(path.Get("value").Text(), "/"))
			if endpoint.Private {
				p.checkMatch(endpoint.Source, fmt.Sprintf("spec.rules[%d].matches[%d].path", i, j), path)
			}
		}
	}
	return p.findings.Count(finding.Error) == before
}

func (p *Plan) checkMatch(item *manifest.Item, field string, path manifest.View) {
	if kind := cmp.Or(path.Get("type").Text(), "PathPrefix"); kind != "PathPrefix" && kind != "Exact" {
		p.report(InvalidPath, item, field+".type", fmt.Sprintf("%q is not read alike by all controllers", kind), "write PathPrefix or Exact")
	}
	if text := cmp.Or(path.Get("value").Text(), "/"); !isPrivatePath(text) {
		p.report(InvalidPath, item, field+".value", fmt.Sprintf("%q is not a path that all controllers read alike", text), pathRemedy)
	}
}

// fillHostnames gives an HTTPRoute without a host the generated one, and returns it (E10). A private one is treated as generate-host
// "true": it must not stay a way in for every host of the Gateway.
func (p *Plan) fillHostnames(endpoint *Endpoint, intent intent) (string, bool) {
	item := endpoint.Source
	written := len(item.View("spec", "hostnames").Elements()) > 0
	if written && intent.host == "" {
		return "", true
	}
	host, ok := p.generateHost(endpoint, intent, "spec.hostnames")
	if ok && !written {
		endpoint.Additions.set(recordHostnames, shortHash(host), []string{host}, "spec", "hostnames")
		p.report(HostFilled, item, "spec.hostnames", fmt.Sprintf("set to %q", host), "")
	}
	return host, ok
}

// checkHostnames refuses hosts that a private HTTPRoute cannot have, and a path that stands twice on the computed one (E10).
func (p *Plan) checkHostnames(endpoint *Endpoint, computed string) bool {
	before := p.findings.Count(finding.Error)
	for i, host := range endpoint.Source.View("spec", "hostnames").Texts() {
		if problem := hostProblem(host); endpoint.Private && problem != "" {
			p.report(InvalidHost, endpoint.Source, "spec.hostnames"+index(i), fmt.Sprintf("host %q %s", host, problem), "write the exact host, lower case")
		}
		if !slices.Contains(endpoint.Hosts, host) {
			endpoint.Hosts = append(endpoint.Hosts, host)
		}
	}
	if !slices.Contains(endpoint.Hosts, computed) {
		return p.findings.Count(finding.Error) == before
	}
	for i, rule := range endpoint.Source.View("spec", "rules").Elements() {
		for j, match := range rule.Get("matches").Elements() {
			// Rules for one path may differ in headers or method.
			if _, more := narrows(match); !more {
				path := match.Get("path")
				route := cmp.Or(path.Get("value").Text(), "/") + " " + cmp.Or(path.Get("type").Text(), "PathPrefix")
				p.claim(endpoint, computed, route, fmt.Sprintf("spec.rules[%d].matches[%d]", i, j))
			}
		}
	}
	return p.findings.Count(finding.Error) == before
}

// narrows returns the first condition of a match beside its path.
func narrows(match manifest.View) (string, bool) {
	for key := range match.Fields() {
		if key != "path" {
			return key, true
		}
	}
	return "", false
}

// Filters puts filters, in their order, before the others of every rule of an HTTPRoute.
func (a *Additions) Filters(filters ...any) {
	if len(filters) == 0 {
		return
	}
	var hashes []string
	for _, filter := range filters {
		hash, err := hashOf(filter)
		a.keep(err)
		hashes = append(hashes, hash)
	}
	added := 0
	for i, rule := range a.item.View("spec", "rules").Elements() {
		if startsWith(rule.Get("filters"), hashes) {
			continue
		}
		added++
		for _, filter := range slices.Backward(filters) {
			a.keep(a.item.Prepend(filter, "spec", "rules", index(i), "filters"))
		}
	}
	if added > 0 {
		a.entries[recordFilters] = fmt.Sprintf("%s*%d", strings.Join(hashes, "+"), added)
	}
}

// startsWith says whether a list of filters starts with those that have the given hashes.
func startsWith(filters manifest.View, hashes []string) bool {
	elements := filters.Elements()
	if len(elements) < len(hashes) {
		return false
	}
	for i, hash := range hashes {
		if present, err := hashOfView(elements[i]); err != nil || present != hash {
			return false
		}
	}
	return true
}

// restoreFilters takes our filters out of the rules that start with them.
func restoreFilters(item *manifest.Item, value string) error {
	list, count, err := counted(value)
	if err != nil {
		return err
	}
	hashes := strings.Split(list, "+")
	var ours []int
	for i, rule := range item.View("spec", "rules").Elements() {
		if startsWith(rule.Get("filters"), hashes) {
			ours = append(ours, i)
		}
	}
	if len(ours) != count {
		return nil
	}
	for _, i := range ours {
		filters := item.View("spec", "rules").Elements()[i].Get("filters").Elements()
		if len(filters) == len(hashes) {
			if err := item.Delete("spec", "rules", index(i), "filters"); err != nil {
				return err
			}
			continue
		}
		for range hashes {
			if err := item.Delete("spec", "rules", index(i), "filters", index(0)); err != nil {
				return err
			}
		}
	}
	return nil
}

// restoreParents gives an HTTPRoute its previous parent back; an empty one means that it had none.
func restoreParents(item *manifest.Item, value string) error {
	hash, previous, _ := strings.Cut(value, ":")
	parents := item.View("spec", "parentRefs").Elements()
	if len(parents) != 1 || shortHash("Gateway "+parents[0].Get("namespace").Text()+"/"+parents[0].Get("name").Text()) != hash {
		return nil
	}
	if previous == "" {
		return item.Delete("spec", "parentRefs")
	}
	return item.Set([]map[string]string{{"name": previous}}, "spec", "parentRefs")
}

func restoreHostnames(item *manifest.Item, hash string) error {
	if hosts := item.View("spec", "hostnames").Texts(); len(hosts) != 1 || shortHash(hosts[0]) != hash {
		return nil
	}
	return item.Delete("spec", "hostnames")
}
