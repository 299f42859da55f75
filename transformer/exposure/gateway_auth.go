package exposure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// policies are the SecurityPolicies of Envoy Gateway, by what they target.
type policies struct {
	reader *reader
	// byTarget holds the policies by kind, namespace and name of the target that they name.
	byTarget map[string][]policy
	// selecting are those that select their targets by labels, with the entry that does.
	selecting []selecting
	// about holds the policies for the targets that were asked for: those that name them, and those that select them.
	about map[string][]policy
	// astray are those whose target is not in the set, by namespace.
	astray map[string][]policy
}

// A policy is one target of a SecurityPolicy. section is the rule or the listener that it means, empty for all.
type policy struct {
	item                       *manifest.Item
	namespace, target, section string
	// unsure says that nobody can tell from the set whether the policy is about the target.
	unsure bool
}

// selecting is one entry of the targetSelectors of a SecurityPolicy.
type selecting struct {
	item      *manifest.Item
	namespace string
	selector  manifest.View
}

func newPolicies(r *reader) *policies {
	p := &policies{reader: r, byTarget: map[string][]policy{}, about: map[string][]policy{}, astray: map[string][]policy{}}
	for _, item := range r.objects.OfKind(envoyGatewayGroup, "SecurityPolicy") {
		if !r.readable(item) {
			continue
		}
		namespace := r.objects.NamespaceOf(item)
		for _, target := range append(item.View("spec", "targetRefs").Elements(), item.View("spec", "targetRef")) {
			kind, name := target.Get("kind").Text(), target.Get("name").Text()
			if name == "" {
				continue
			}
			found := policy{item: item, namespace: namespace, target: kind + " " + namespace + "/" + name, section: target.Get("sectionName").Text()}
			p.byTarget[found.target] = append(p.byTarget[found.target], found)
			if len(r.objects.Named(gatewayGroup, kind, namespace, name)) == 0 {
				p.astray[namespace] = append(p.astray[namespace], found)
			}
		}
		for _, selector := range item.View("spec", "targetSelectors").Elements() {
			p.selecting = append(p.selecting, selecting{item, namespace, selector})
		}
	}
	return p
}

// of returns the policies for a target, given as kind and namespace/name. Those of which nobody can tell come last.
func (p *policies) of(kind, full string) []policy {
	target := kind + " " + full
	if len(p.selecting) == 0 {
		return p.byTarget[target]
	}
	found, known := p.about[target]
	if !known {
		found = withoutRepeats(append(slices.Clone(p.byTarget[target]), p.thatSelect(kind, full)...))
		p.about[target] = found
	}
	return found
}

// thatSelect returns the policies that select a target by its labels.
func (p *policies) thatSelect(kind, full string) []policy {
	namespace, name := splitName(full)
	objects := p.reader.objects.Named(gatewayGroup, kind, namespace, name)
	if len(objects) == 0 {
		objects = []*manifest.Item{nil}
	}
	var found []policy
	for _, entry := range p.selecting {
		for _, object := range objects {
			if selection := controller.EnvoySelects(entry.selector, entry.namespace, kind, namespace, object); selection != controller.NotSelected {
				found = append(found, policy{item: entry.item, namespace: entry.namespace, target: kind + " " + full, unsure: selection == controller.MaybeSelected})
			}
		}
	}
	return found
}

// withoutRepeats returns each policy once for each section, first those that are sure.
func withoutRepeats(all []policy) []policy {
	slices.SortStableFunc(all, func(a, b policy) int {
		switch {
		case a.unsure == b.unsure:
			return 0
		case a.unsure:
			return 1
		default:
			return -1
		}
	})
	var found []policy
	for _, candidate := range all {
		if !slices.ContainsFunc(found, func(other policy) bool { return other.item == candidate.item && other.section == candidate.section }) {
			found = append(found, candidate)
		}
	}
	return found
}

// judge says who is asked on a rule of a route, attached to a parent that is given as kind namespace/name: by a filter of the rule, else by
// the policy of the rule or of the route, else by that of the parent. A ListenerSet does not have the policy of its Gateway.
func (p *policies) judge(item *manifest.Item, rule manifest.View, parent string, at attachment) controller.Judgement {
	id := p.reader.serving.OfGateway(parent)
	if id == "istio" {
		return p.reader.judgeIstioRoute(strings.TrimPrefix(parent, "Gateway "), at.host, rule.Get("matches").Elements())
	}
	if judgement, ok := p.judgeFilters(item, rule, parent); ok {
		return judgement
	}
	namespace := p.reader.objects.NamespaceOf(item)
	if id != "" && id != "envoy-gateway" {
		return p.unfollowed(item, id)
	}
	ofRule, ofRoute := bySection(p.of(item.Kind(), namespace+"/"+item.Name()), rule.Get("name").Text())
	if len(ofRule) > 0 {
		ofRoute = ofRule
	}
	judgement := above(ofRoute, p.judgeParent(parent, at.sections()))
	if judgement.By != "" {
		return judgement
	}
	for _, lost := range p.astray[namespace] {
		judgement.Flaws = append(judgement.Flaws, controller.Flaw{
			Rule: policyAstray, Opens: true, Cause: fmt.Sprintf("%s protects %s, which is not in the set, and nothing protects this route", lost.item.Object(), lost.target),
			Remedy: "name this route in the policy, which must be in the namespace of the route",
		})
	}
	return judgement
}

// judgeParent says who is asked at listeners of a parent: by the policy of a listener, else by that of the parent. All must ask the same;
// none means that the listeners are not known, and may be any.
func (p *policies) judgeParent(parent string, listeners []string) controller.Judgement {
	kind, full, _ := strings.Cut(parent, " ")
	all := p.of(kind, full)
	if len(listeners) == 0 {
		listeners = sectionsOf(all)
	}
	var judgement controller.Judgement
	for i, section := range listeners {
		ofListener, ofAll := bySection(all, section)
		there := above(ofListener, above(ofAll, controller.Judgement{}))
		if i == 0 {
			judgement = there
			continue
		}
		if there.Asks != judgement.Asks {
			judgement.Asks, judgement.By = "", there.By
		}
		judgement.Flaws = append(judgement.Flaws, there.Flaws...)
	}
	return judgement
}

// sectionsOf returns the sections that policies mean, after the empty one.
func sectionsOf(all []policy) []string {
	sections := []string{""}
	for _, candidate := range all {
		if !slices.Contains(sections, candidate.section) {
			sections = append(sections, candidate.section)
		}
	}
	return sections
}

// bySection returns the policies for one section of a target, and those for the whole.
func bySection(all []policy, section string) (part, whole []policy) {
	for _, candidate := range all {
		switch candidate.section {
		case "":
			whole = append(whole, candidate)
		case section:
			part = append(part, candidate)
		}
	}
	return part, whole
}

// above says who is asked where policies are more specific than those that have been judged, and take their place as a whole.
func above(specific []policy, general controller.Judgement) controller.Judgement {
	if len(specific) == 0 {
		return general
	}
	judgement, first := judgePolicy(specific), specific[0]
	merged := first.item.View("spec", "mergeType").Exists()
	switch {
	case first.unsure && (general.Asks == "" || judgement.Asks == general.Asks):
		return general
	case first.unsure:
		return withFlaws(general, controller.Flaw{
			Rule: policyReplaced, Opens: true, Cause: fmt.Sprintf("%s may take the place of %s: what it selects does not stand in the set", first.item.Object(), general.By),
			Remedy: "name what the policy is about in its targetRefs, or let it ask the same",
		})
	case merged && judgement.Asks != "" && !first.item.View("spec", "extAuth", "failOpen").Exists():
		// What it does not write, it has of the other.
		return withFlaws(judgement, slices.DeleteFunc(slices.Clone(general.Flaws), func(flaw controller.Flaw) bool { return flaw.Rule.Code != policyFailsOpen.Code })...)
	case judgement.Asks != "" || general.Asks == "":
		return judgement
	case merged:
		return withFlaws(general, slices.DeleteFunc(judgement.Flaws, func(flaw controller.Flaw) bool { return !flaw.Opens })...)
	default:
		return withFlaws(judgement, controller.Flaw{
			Rule: policyReplaced, Opens: true, Cause: fmt.Sprintf("%s takes the place of %s, and asks nobody", first.item.Object(), general.By),
			Remedy: "write what asks into the more specific policy too, or set its mergeType where it is that of a route",
		})
	}
}

// withFlaws returns a judgement with further flaws.
func withFlaws(judgement controller.Judgement, flaws ...controller.Flaw) controller.Judgement {
	judgement.Flaws = append(slices.Clip(judgement.Flaws), flaws...)
	return judgement
}

// unfollowed is the judgement of a route whose controller does not follow SecurityPolicies, even where one is about the route.
func (p *policies) unfollowed(item *manifest.Item, id string) controller.Judgement {
	var judgement controller.Judgement
	for _, found := range p.of(item.Kind(), p.reader.objects.NamespaceOf(item)+"/"+item.Name()) {
		judgement.Flaws = append(judgement.Flaws, ignored("", found.item.Object().String(), id, "envoy-gateway"))
	}
	return judgement
}

// ignored is protection of another controller than the one that serves the Gateway.
func ignored(field, what, id, owner string) controller.Flaw {
	return controller.Flaw{
		Rule: filterIgnored, Opens: true, Field: field, Cause: fmt.Sprintf("%s is followed by %s, and %s serves the Gateway", what, owner, id),
		Remedy: "write what the controller of the Gateway understands: run the function with the right spec.gateway.controller",
	}
}

// judgeFilters reads the filters of a rule that ask: a Middleware of Traefik, or the ExternalAuth filter of GEP-1494.
func (p *policies) judgeFilters(item *manifest.Item, rule manifest.View, parent string) (controller.Judgement, bool) {
	namespace, id := p.reader.objects.NamespaceOf(item), p.reader.serving.OfGateway(parent)
	for _, filter := range rule.Get("filters").Elements() {
		switch {
		case filter.Get("type").Text() != "ExternalAuth":
		case id != "" && !controller.HasExternalAuth(id):
			return controller.Judgement{Flaws: []controller.Flaw{ignored("spec.rules", "the filter ExternalAuth", id, "other controllers")}}, true
		default:
			return judgeExternalAuth(filter.Get("externalAuth"), namespace), true
		}
	}
	middlewares := controller.FilterMiddlewares(rule, namespace, p.reader.objects)
	switch {
	case len(middlewares) == 0:
		return controller.Judgement{}, false
	case id != "" && id != "traefik":
		return controller.Judgement{Flaws: []controller.Flaw{ignored("spec.rules", "the Middleware "+middlewares[0].Reference, id, "traefik")}}, true
	}
	return p.reader.serving.JudgeMiddlewares(parent, "spec.rules", middlewares, p.reader.objects), true
}

// judgeExternalAuth reads the filter of GEP-1494: https://gateway-api.sigs.k8s.io/geps/gep-1494/.
func judgeExternalAuth(filter manifest.View, namespace string) controller.Judgement {
	judgement := controller.Judgement{By: "filter ExternalAuth", Asks: serviceURL(filter.Get("backendRef"), namespace, filter.Get("http", "path").Text())}
	judgement.Flaws = append(judgement.Flaws, controller.Flaw{
		Rule: filterExperimental, Cause: "uses the filter ExternalAuth of the experimental channel, which the standard one refuses and some controllers leave out",
		Remedy: "make sure that the controller of the Gateway has it",
	})
	if filter.Get("protocol").Text() != "GRPC" && !holdsFold(filter.Get("http", "allowedHeaders").Texts(), "cookie") {
		judgement.Flaws = append(judgement.Flaws, controller.Flaw{
			Rule: filterWithoutCookie, Cause: "does not pass the cookie to the auth service, for which nobody is ever signed in", Remedy: "add Cookie to http.allowedHeaders",
		})
	}
	return judgement
}

// judgePolicy reads the policies of one target and section, of which Envoy Gateway follows the oldest.
func judgePolicy(found []policy) controller.Judgement {
	item := found[0].item
	judgement := controller.Judgement{By: item.Object().String()}
	if len(found) > 1 {
		verb := "have"
		if found[1].unsure {
			verb = "may have"
		}
		judgement.Flaws = append(judgement.Flaws, controller.Flaw{
			Rule: policyReplaced, Opens: true, Cause: fmt.Sprintf("%s and %s %s one target, and the older one counts", item.Object(), found[1].item.Object(), verb), Remedy: "join the two",
		})
	}
	spec, namespace := item.View("spec"), found[0].namespace
	switch extAuth := spec.Get("extAuth"); {
	case extAuth.Exists():
		judgeExtAuth(&judgement, extAuth, namespace)
	case spec.Get("oidc").Exists():
		judgement.Asks = "OpenID Connect client " + spec.Get("oidc", "clientID").Text() + " of " + spec.Get("oidc", "provider", "issuer").Text()
	case spec.Get("jwt").Exists() && spec.Get("jwt", "optional").Text() != "true":
		judgement.Asks = "a JSON Web Token"
	case spec.Get("basicAuth").Exists():
		judgement.Asks = "a password"
	case spec.Get("apiKeyAuth").Exists():
		judgement.Asks = "an API key"
	}
	return judgement
}

// judgeExtAuth reads the external authorisation of a SecurityPolicy:
// https://gateway.envoyproxy.io/docs/api/extension_types/#extauth.
func judgeExtAuth(judgement *controller.Judgement, extAuth manifest.View, namespace string) {
	add := func(flaw controller.Flaw) { judgement.Flaws = append(judgement.Flaws, flaw) }
	service := extAuth.Get("http")
	if !service.Exists() {
		service = extAuth.Get("grpc")
	}
	backends := service.Get("backendRefs").Elements()
	if len(backends) == 0 {
		backends = []manifest.View{service.Get("backendRef")}
	}
	// Envoy asks one of several, so that who gets in is up to each of them.
	var asked []string
	for _, backend := range backends {
		asked = append(asked, serviceURL(backend, namespace, cmp.Or(service.Get("pathOverride").Text(), service.Get("path").Text())))
	}
	judgement.Asks = strings.Join(asked, " or ")
	if extAuth.Get("failOpen").Text() == "true" {
		add(controller.Flaw{
			Rule: policyFailsOpen, Opens: true, Cause: judgement.By + " lets everybody in when the auth service does not answer, or the policy is not valid",
			Remedy: "write failOpen: false",
		})
	}
	if !extAuth.Get("http").Exists() {
		return
	}
	if !holdsFold(extAuth.Get("headersToExtAuth").Texts(), "cookie") {
		add(controller.Flaw{Rule: policyWithoutCookie, Cause: judgement.By + " does not pass the cookie to the auth service, for which nobody is ever signed in", Remedy: "add cookie to headersToExtAuth"})
	}
	if strings.Contains(service.Get("path").Text(), "/oauth2/auth") {
		add(controller.Flaw{
			Rule: policyPrefix, Cause: judgement.By + " puts its path before that of the request, and oauth2-proxy answers /oauth2/auth alone",
			Remedy: "write pathOverride instead of path",
		})
	}
}

// serviceURL is the address of a backend, for comparing. That of another kind than a Service does not stand in its reference.
func serviceURL(backend manifest.View, namespace, path string) string {
	name, kind := backend.Get("name").Text(), cmp.Or(backend.Get("kind").Text(), "Service")
	namespace = cmp.Or(backend.Get("namespace").Text(), namespace)
	switch {
	case name == "":
		return ""
	case kind != "Service":
		return kind + " " + namespace + "/" + name
	}
	address := "http://" + name + "." + namespace + ".svc.cluster.local"
	if port := backend.Get("port").Text(); port != "" && port != "80" {
		address += ":" + port
	}
	return address + path
}

func holdsFold(words []string, word string) bool {
	return slices.ContainsFunc(words, func(candidate string) bool { return strings.EqualFold(candidate, word) })
}

// policyExample is a private Ingress, and an HTTPRoute to the same Service, whose SecurityPolicy follows.
const policyExample = privateExample + `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: admin
  namespace: cindy
spec:
  parentRefs:
  - name: public
  hostnames: [open.example.com]
  rules:
  - backendRefs:
    - name: admin
      port: 80
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata:
  name: auth
  namespace: cindy
spec:
`

// The rules about Gateway API and Envoy Gateway. They explain why a route that seems protected is a side door.
var (
	policyAstray = finding.Rule{
		Code: "PE601", Severity: finding.Error, Title: "policy that protects nothing",
		Cause: "A route leads to private Pods without sign-in, and beside it stands a SecurityPolicy whose target is not in the set. A policy " +
			"applies only to a target of its own namespace; Envoy Gateway reports the mistake in the status of the policy and serves the route.",
		Remedy: "Correct the name of the target, or move the policy to the namespace of the route.",
		Example: policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: amdin
  basicAuth:
    users:
      name: users
`,
	}
	policyFailsOpen = finding.Rule{
		Code: "PE602", Severity: finding.Error, Title: "policy that fails open",
		Cause: "With failOpen: true, Envoy Gateway lets requests through when the auth service does not answer, and also when the policy itself is not " +
			"valid. An attacker who can make the auth service slow gets in.",
		Remedy: "Write failOpen: false.",
		Example: policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: admin
  extAuth:
    failOpen: true
    headersToExtAuth: [cookie]
    http:
      backendRefs:
      - name: oauth2-proxy
        namespace: auth
        port: 80
`,
	}
	policyReplaced = finding.Rule{
		Code: "PE603", Severity: finding.Error, Title: "policy that another one replaces",
		Cause: "A SecurityPolicy of a route takes the place of that of its Gateway as a whole, unless it has a mergeType: one that only sets CORS removes " +
			"the sign-in. So does one of a listener. Of two policies for one target, which they name or select by labels, Envoy Gateway follows the " +
			"older one, and manifests do not tell which that is.",
		Remedy: "Write what asks into the more specific policy too, set the mergeType of that of a route, or join the two.",
		Example: policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: admin
  cors:
    allowOrigins: ["https://www.example.com"]
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata:
  name: all
  namespace: cindy
spec:
  targetRefs:
  - group: gateway.networking.k8s.io
    kind: Gateway
    name: public
  basicAuth:
    users:
      name: users
`,
	}
	policyWithoutCookie = finding.Rule{
		Code: "PE604", Severity: finding.Warning, Title: "policy that withholds the cookie",
		Cause: "Envoy passes few headers to an auth service over HTTP, and the cookie is none of them unless headersToExtAuth names it. Nobody gets in, " +
			"also those who have signed in.",
		Remedy: "Add cookie to headersToExtAuth.",
		Example: policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: admin
  extAuth:
    http:
      backendRefs:
      - name: oauth2-proxy
        namespace: auth
        port: 80
`,
	}
	filterIgnored = finding.Rule{
		Code: "PE606", Severity: finding.Error, Title: "protection of another controller",
		Cause: "A route seems to be protected by a policy or a filter, and the controller of its Gateway does not follow it: a SecurityPolicy is " +
			"Envoy Gateway's, a Middleware Traefik's, and the filter ExternalAuth is served by few. Some controllers answer such a route with an error, " +
			"others serve it to everybody.",
		Remedy: "Write what the controller of the Gateway understands. spec.gateway.controller in the configuration, or the GatewayClass in the set, says " +
			"which one that is.",
		Example: `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata:
  name: traefik
spec:
  controllerName: traefik.io/gateway-controller
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: public
  namespace: cindy
spec:
  gatewayClassName: traefik
  listeners:
  - name: https
    port: 443
    protocol: HTTPS
---
` + policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: admin
  basicAuth:
    users:
      name: users
`,
	}
	policyPrefix = finding.Rule{
		Code: "PE605", Severity: finding.Error, Title: "policy that asks for another path",
		Cause: "path of an extAuth is a prefix: Envoy appends the path of the request. oauth2-proxy answers the question on /oauth2/auth alone, and on " +
			"any path below it serves its own pages.",
		Remedy: "Write pathOverride, which Envoy Gateway has since 1.8.",
		Example: policyExample + `  targetRefs:
  - group: gateway.networking.k8s.io
    kind: HTTPRoute
    name: admin
  extAuth:
    headersToExtAuth: [cookie]
    http:
      path: /oauth2/auth
      backendRefs:
      - name: oauth2-proxy
        namespace: auth
        port: 80
`,
	}
	filterExperimental = finding.Rule{
		Code: "PE612", Severity: finding.Warning, Title: "filter of the experimental channel",
		Cause: "The filter ExternalAuth is part of the experimental channel of the Gateway API. The standard channel refuses the route; and an " +
			"implementation that does not know the filter must answer 500, but some have been seen to leave it out.",
		Remedy:  "Make sure that the controller of the Gateway implements the filter.",
		Example: filterExample,
	}
	filterWithoutCookie = finding.Rule{
		Code: "PE613", Severity: finding.Warning, Title: "filter that withholds the cookie",
		Cause: "The filter ExternalAuth passes only a few headers to the auth service, and the cookie is none of them unless allowedHeaders names it. " +
			"Nobody gets in, also those who have signed in.",
		Remedy:  "Add Cookie to http.allowedHeaders.",
		Example: filterExample,
	}
)

const filterExample = privateExample + `---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: admin
  namespace: cindy
spec:
  parentRefs:
  - name: public
  hostnames: [open.example.com]
  rules:
  - filters:
    - type: ExternalAuth
      externalAuth:
        protocol: HTTP
        backendRef:
          name: authorizer
          namespace: auth
          port: 80
        http:
          path: /verify
    backendRefs:
    - name: admin
      port: 80
`

// privateExample is a private Ingress for the examples of this package.
const privateExample = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`

// gatewayRules returns the rules of this file.
func gatewayRules() []finding.Rule {
	return []finding.Rule{policyAstray, policyFailsOpen, policyReplaced, policyWithoutCookie, policyPrefix, filterIgnored, filterExperimental, filterWithoutCookie}
}
