package config

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// validator collects what is wrong with the values of one configuration.
type validator struct {
	config   *Config
	names    fieldNames
	findings finding.List
}

// validate checks every value and reports all problems at once.
func validate(config *Config, names fieldNames) finding.List {
	v := &validator{config: config, names: names}
	v.networkPolicy()
	v.enumerations()
	v.placeholders()
	v.domains()
	v.classes()
	v.gateway()
	v.tls()
	v.auth()
	v.access()
	return v.findings
}

func (v *validator) report(path, cause, remedy string) {
	v.findings = append(v.findings, ruleValue.At(finding.Object{}, v.names.of(path), cause, remedy))
}

func (v *validator) require(path, value string) bool {
	if value == "" {
		v.report(path, "is required", "set it")
	}
	return value != ""
}

// networkPolicy refuses selectors that select everything, or nothing that can exist.
func (v *validator) networkPolicy() {
	if v.config.Spec.NetworkPolicy == nil {
		return
	}
	const path = "spec.networkPolicy.ingressController"
	controller := v.config.Spec.NetworkPolicy.IngressController
	if len(controller.NamespaceSelector.MatchLabels) == 0 {
		v.report(path+".namespaceSelector.matchLabels", "is required: without a label every namespace would be admitted", "write kubernetes.io/metadata.name and the namespace of the ingress controller")
	}
	v.labels(path+".namespaceSelector.matchLabels", controller.NamespaceSelector.MatchLabels)
	v.labels(path+".podSelector.matchLabels", controller.PodSelector.MatchLabels)
}

func (v *validator) labels(path string, labels map[string]string) {
	for _, key := range sortedKeys(labels) {
		for _, problem := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(labels[key])...) {
			v.report(path+"["+key+"]", problem, "write a label that Kubernetes accepts")
		}
	}
}

func (v *validator) enumerations() {
	spec := v.config.Spec
	for _, field := range []struct {
		path, value string
		values      []string
	}{
		{"spec.services.convertLoadBalancers", spec.Services.ConvertLoadBalancers, []string{ConvertPrivate, ConvertAll, ConvertNever}},
		{"spec.placeholders", spec.Placeholders, []string{PlaceholdersNone, PlaceholdersFlux}},
		{"spec.verify.mode", spec.Verify.Mode, []string{VerifyEnforce, VerifyWarn, VerifyOff}},
	} {
		if slices.Contains(field.values, field.value) {
			continue
		}
		remedy := "use one of " + strings.Join(field.values, ", ")
		if proposal := Nearest(field.value, field.values); proposal != "" {
			remedy = fmt.Sprintf("did you mean %s? The values are %s", proposal, strings.Join(field.values, ", "))
		}
		v.report(field.path, fmt.Sprintf("%q is not a value", field.value), remedy)
	}
}

// placeholders refuses Flux variables (E21) in the fields that may hold them, unless they are allowed. Then the checks that
// follow see a plain word in their place.
func (v *validator) placeholders() {
	spec := v.config.Spec
	if spec.Placeholders == PlaceholdersFlux {
		return
	}
	remedy := "write the value itself, or set spec.placeholders: flux"
	if v.names != nil {
		remedy = "write the value itself, or use the form of kind " + Kind + " with spec.placeholders: flux"
	}
	for _, field := range []struct{ path, value string }{
		{"spec.subdomain", spec.Subdomain},
		{"spec.tls.secretName", spec.TLS.SecretName},
		{"spec.auth.url", hostOf(spec.Auth.URL)},
		{"spec.auth.signInURL", hostOf(spec.Auth.SignInURL)},
	} {
		if strings.Contains(field.value, "${") {
			v.report(field.path, fmt.Sprintf("%q holds a placeholder", field.value), remedy)
		}
	}
}

// literal says whether value holds no Flux variable, and reports one, in a place that may never hold any.
func (v *validator) literal(path, value string) bool {
	if !strings.Contains(value, "${") {
		return true
	}
	v.report(path, fmt.Sprintf("%q holds a placeholder", value),
		"write the value itself: only subdomain, tls.secretName and the hosts of auth.url and auth.signInURL can be placeholders")
	return false
}

// hostOf and afterHost split a URL at the end of its host, before a port.
func hostOf(address string) string { return address[:endOfHost(address)] }

func afterHost(address string) string { return address[endOfHost(address):] }

// endOfHost passes over the braces of a placeholder, which may hold a default with a slash or a colon.
func endOfHost(address string) int {
	start := 0
	if scheme := strings.Index(address, "://"); scheme >= 0 {
		start = scheme + len("://")
	}
	braces := 0
	for i := start; i < len(address); i++ {
		switch address[i] {
		case '{':
			braces++
		case '}':
			braces--
		case ':', '/', '?', '#':
			if braces == 0 {
				return i
			}
		}
	}
	return len(address)
}

func (v *validator) domains() {
	spec := v.config.Spec
	switch {
	case !v.literal("spec.annotationDomain", spec.AnnotationDomain):
	case !isSubdomain(spec.AnnotationDomain):
		v.report("spec.annotationDomain", fmt.Sprintf("%q is not a DNS name", spec.AnnotationDomain), "write a domain such as dev.okteto.com")
	case spec.AnnotationDomain == Domain:
		v.report("spec.annotationDomain", fmt.Sprintf("%q is the program's own domain", Domain), "use a domain of your own, or leave the field out for dev.okteto.com")
	}
	if spec.Subdomain != "" && !isHost(WithoutPlaceholders(spec.Subdomain)) {
		v.report("spec.subdomain", fmt.Sprintf("%q is not a DNS name", spec.Subdomain), "write the domain under which the endpoints live, lower case and without a wildcard: apps.example.com")
	}
	if spec.Hosts.EnforceSuffix && spec.Subdomain == "" {
		v.report("spec.hosts.enforceSuffix", "needs spec.subdomain", "set spec.subdomain")
	}
	if namespace := spec.DefaultNamespace; v.literal("spec.defaultNamespace", namespace) && namespace != "" && !IsLabel(namespace) {
		v.report("spec.defaultNamespace", fmt.Sprintf("%q is not a namespace", namespace), "use lower-case letters, digits and hyphens, at most 63 characters")
	}
}

func (v *validator) classes() {
	classes := v.config.Spec.IngressClasses
	if len(classes) == 0 && v.config.Spec.Gateway == nil {
		v.report("spec.ingressClasses", "is required", "list the class of your ingress controller")
	}
	for i, class := range classes {
		path := element("spec.ingressClasses", i)
		v.className(path+".name", class.Name, classes[:i])
		v.controller(path, class.Controller, class.Version)
	}
}

// controller checks which controller serves a class or a Gateway.
func (v *validator) controller(path, id, version string) {
	if v.require(path+".controller", id) && !slices.Contains(ControllerIDs, id) {
		remedy := "the controllers are " + strings.Join(ControllerIDs, ", ")
		if proposals := controllersLike(id); len(proposals) > 0 {
			remedy = "did you mean " + strings.Join(proposals, " or ") + "?"
		}
		v.report(path+".controller", fmt.Sprintf("%q is not a controller", id), remedy)
	}
	if version != "" && !isVersion(version) {
		v.report(path+".version", fmt.Sprintf("%q is not a version", version), `write it as "3.7" or "3.7.1", without v`)
	}
}

// controllersLike returns the controllers whose name somebody may have meant: those that have it as a part, as ingress-nginx and f5-nginx have
// nginx, else the nearest one.
func controllersLike(id string) []string {
	var like []string
	for _, known := range ControllerIDs {
		if slices.Contains(strings.Split(known, "-"), strings.ToLower(id)) {
			like = append(like, known)
		}
	}
	if proposal := Nearest(id, ControllerIDs); len(like) == 0 && proposal != "" {
		like = []string{proposal}
	}
	return like
}

func (v *validator) gateway() {
	gateway := v.config.Spec.Gateway
	if gateway == nil {
		return
	}
	for _, field := range []struct{ path, value string }{
		{"spec.gateway.name", gateway.Name}, {"spec.gateway.namespace", gateway.Namespace}, {"spec.gateway.sectionName", gateway.SectionName},
	} {
		switch {
		case field.value == "" && field.path == "spec.gateway.sectionName":
		case !v.require(field.path, field.value) || !v.literal(field.path, field.value):
		case field.value == SentinelClass:
			v.report(field.path, "is the name that no Gateway may have", "name the Gateway of your cluster")
		case !isSubdomain(field.value) || field.path == "spec.gateway.namespace" && !IsLabel(field.value):
			v.report(field.path, fmt.Sprintf("%q is not a name", field.value), "write a DNS name, lower case")
		}
	}
	v.controller("spec.gateway", gateway.Controller, gateway.Version)
}

func (v *validator) className(path, name string, before []IngressClass) {
	switch {
	case !v.require(path, name) || !v.literal(path, name):
	case name == SentinelClass:
		v.report(path, "is the class that no controller may serve", "name the class of your ingress controller")
	case !isSubdomain(name):
		v.report(path, fmt.Sprintf("%q is not the name of an IngressClass", name), "write a DNS name, lower case")
	case slices.ContainsFunc(before, func(other IngressClass) bool { return other.Name == name }):
		v.report(path, fmt.Sprintf("%q is listed twice", name), "remove one of the two")
	}
}

func (v *validator) tls() {
	tls := v.config.Spec.TLS
	set := 0
	for _, isSet := range []bool{tls.SecretName != "", tls.ClusterIssuer != "", tls.ControllerDefault} {
		if isSet {
			set++
		}
	}
	switch {
	case v.names != nil:
		// The flat form has no other.
		v.require("spec.tls.secretName", tls.SecretName)
	case set == 0 && len(v.config.Spec.IngressClasses) == 0:
		// Nothing but HTTPRoutes is made.
	case set == 0:
		v.report("spec.tls", "none of secretName, clusterIssuer and controllerDefault is set", "set exactly one of them")
	case set > 1:
		v.report("spec.tls", fmt.Sprintf("%d of secretName, clusterIssuer and controllerDefault are set", set), "set exactly one of them")
	}
	if tls.SecretName != "" && !isSubdomain(WithoutPlaceholders(tls.SecretName)) {
		v.report("spec.tls.secretName", fmt.Sprintf("%q is not the name of a Secret", tls.SecretName), "write a DNS name, lower case")
	}
	if v.literal("spec.tls.clusterIssuer", tls.ClusterIssuer) && tls.ClusterIssuer != "" && !isSubdomain(tls.ClusterIssuer) {
		v.report("spec.tls.clusterIssuer", fmt.Sprintf("%q is not the name of a ClusterIssuer", tls.ClusterIssuer), "write a DNS name, lower case")
	}
}

func (v *validator) auth() {
	auth := v.config.Spec.Auth
	if v.require("spec.auth.url", auth.URL) {
		// In the path of this URL alone, namespace and groups are filled in later (E19).
		filled := hostOf(auth.URL) + strings.NewReplacer("{namespace}", "x", "{groups}", "x").Replace(afterHost(auth.URL))
		v.address("spec.auth.url", auth.URL, WithoutPlaceholders(filled), []string{"http", "https"}, false)
	}
	if auth.SignInURL != "" {
		v.address("spec.auth.signInURL", auth.SignInURL, WithoutPlaceholders(auth.SignInURL), []string{"https"}, true)
	}
	v.headers(auth.ResponseHeaders)
}

// address checks a URL piece by piece, so that the finding names the piece. It is shown as it was written and checked as
// it will be, with words in the place of templates and placeholders.
func (v *validator) address(path, written, address string, schemes []string, query bool) {
	if !v.literal(path, afterHost(written)) {
		return
	}
	parsed, err := url.Parse(address)
	problem, remedy := "", "write it as "+schemes[len(schemes)-1]+"://host/path"
	switch {
	case err != nil || strings.ContainsAny(address, " \t\r\n\"'`$;{}\\|<>^%"):
		problem = "has a character that is not allowed in it"
	case !slices.Contains(schemes, parsed.Scheme):
		problem = "does not start with " + strings.Join(schemes, ":// or ") + "://"
	case parsed.User != nil:
		problem, remedy = "holds a user name", "remove it: it would stand in every Ingress"
	case strings.Contains(address, "#"):
		problem, remedy = "holds a fragment", "remove it"
	case !isHost(parsed.Hostname()):
		problem, remedy = fmt.Sprintf("has host %q, which is not a DNS name", parsed.Hostname()), "write the host lower case, in full"
	case !isPort(parsed):
		problem, remedy = fmt.Sprintf("has port %q", parsed.Port()), "write a port between 1 and 65535"
	case !isPath(parsed.Path):
		problem, remedy = fmt.Sprintf("has path %q, which not every controller reads alike", parsed.Path), "use letters, digits and ._~- between single slashes"
	case !query && strings.Contains(address, "?"):
		problem, remedy = "has a query", "remove it: the groups are added as the query"
	case query && !consistsOf(parsed.RawQuery, "._~=&:/?,-"):
		problem, remedy = fmt.Sprintf("has query %q, which not every controller reads alike", parsed.RawQuery), "use letters, digits and ._~=&:/?,-"
	case query && parsed.Query().Has("rd"):
		problem, remedy = "has a parameter rd", "remove it: the controller adds the page to return to"
	default:
		return
	}
	v.report(path, fmt.Sprintf("%q %s", written, problem), remedy)
}

func (v *validator) headers(headers []string) {
	const path = "spec.auth.responseHeaders"
	if len(headers) == 0 {
		v.report(path, "is empty", "list the headers that the backend gets, or leave the field out for the default")
	}
	var seen []string
	for i, header := range headers {
		folded := strings.ToLower(header)
		switch {
		case !isHeader(header):
			v.report(element(path, i), fmt.Sprintf("%q is not a header name", header), "use letters, digits and hyphens, starting with a letter")
		case slices.Contains(forbiddenHeaders, folded):
			v.report(element(path, i), fmt.Sprintf("%q belongs to the connection or to the user's credentials", header), "remove it")
		case slices.Contains(seen, folded):
			v.report(element(path, i), fmt.Sprintf("%q is listed twice", header), "remove one of the two")
		}
		seen = append(seen, folded)
	}
}

func (v *validator) access() {
	access := v.config.Spec.Access
	v.groups("spec.access.groups", access.Groups)
	for _, namespace := range sortedKeys(access.Namespaces) {
		path := "spec.access.namespaces." + namespace
		if !IsLabel(namespace) {
			v.report(path, fmt.Sprintf("%q is not a namespace", namespace), "use lower-case letters, digits and hyphens, at most 63 characters")
		}
		v.groups(path+".groups", access.Namespaces[namespace].Groups)
	}
}

func (v *validator) groups(path string, groups []string) {
	if len(groups) == 0 {
		v.report(path, "is required and must not be empty: without a group everybody who can sign in gets in", `write the groups that may enter, for example ["{namespace}"]`)
	}
	for i, group := range groups {
		if group == "" {
			v.report(element(path, i), "is empty", "remove it, or name a group")
			continue
		}
		if unknown := unknownTemplate(group); unknown != "" {
			v.report(element(path, i), fmt.Sprintf("%q holds %s: only {namespace} is filled in", group, unknown), "remove it")
			continue
		}
		if err := checkGroup(fill(group, "x")); err != nil {
			v.report(element(path, i), fmt.Sprintf("%q %s", group, err), "map the claim in the identity provider to a plain name")
		}
	}
}

// unknownTemplate returns the first template in group that is not filled in.
func unknownTemplate(group string) string {
	for {
		_, after, found := strings.Cut(group, "{")
		inside, rest, closed := strings.Cut(after, "}")
		switch {
		case !found || !closed:
			return ""
		case inside != "namespace":
			return "{" + inside + "}"
		}
		group = rest
	}
}

func fill(group, namespace string) string { return strings.ReplaceAll(group, "{namespace}", namespace) }

func checkGroup(group string) error {
	if !isGroup(group) {
		return errors.New("cannot be written into an auth URL: use letters, digits and ._~:- , starting with a letter or digit, at most 128 characters")
	}
	return nil
}

// Groups returns the groups that may enter the endpoints of a namespace (E13); there is always at least one. The error
// says why a group cannot be written into an auth URL.
func (c *Config) Groups(namespace string) ([]string, error) {
	templates := c.Spec.Access.Groups
	if own, ok := c.Spec.Access.Namespaces[namespace]; ok {
		templates = own.Groups
	}
	if len(templates) == 0 {
		return nil, fmt.Errorf("no group may enter namespace %s", namespace)
	}
	groups := make([]string, len(templates))
	for i, template := range templates {
		groups[i] = fill(template, namespace)
		if err := checkGroup(groups[i]); err != nil {
			return nil, fmt.Errorf("group %q of namespace %s %w", groups[i], namespace, err)
		}
	}
	return groups, nil
}
