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

const istioGroup = "networking.istio.io"

// virtualServices reads the VirtualServices of Istio that a Gateway serves:
// https://istio.io/latest/docs/reference/config/networking/virtual-service/. What goes on inside the mesh is no way in.
func (r *reader) virtualServices() {
	for _, item := range r.objects.OfKind(istioGroup, "VirtualService") {
		if !r.readable(item) {
			continue
		}
		namespace := r.objects.NamespaceOf(item)
		for _, name := range item.View("spec", "gateways").Texts() {
			if name == "mesh" {
				continue
			}
			gateway := istioGateway(name, namespace)
			way := Way{Item: item, Namespace: namespace, Via: "Istio Gateway " + gateway}
			for _, host := range item.View("spec", "hosts").Texts() {
				if way.Host = normalHost(host); host == "*" {
					way.Host = ""
				}
				auth := r.judgeIstio(gateway, namespace, way.Host)
				way.Auth = &auth
				r.istioHTTP(way, Prefix("/"), name, item, map[*manifest.Item]bool{})
				r.istioConnections(way, item)
			}
		}
		item.Release()
	}
}

// istioGateway returns the full name of a Gateway as a VirtualService of a namespace writes it: name, namespace/name, ./name, or
// the older name.namespace.svc.cluster.local (pilot/pkg/model/config.go, resolveGatewayName).
func istioGateway(name, namespace string) string {
	if home, short, found := strings.Cut(name, "/"); found {
		if home == "." {
			home = namespace
		}
		return home + "/" + short
	}
	short, rest, _ := strings.Cut(name, ".")
	home, _, _ := strings.Cut(rest, ".")
	return cmp.Or(home, namespace) + "/" + short
}

// istioConnections adds the connections that a VirtualService hands over without reading them.
func (r *reader) istioConnections(way Way, item *manifest.Item) {
	way.Paths = Prefix("/")
	for layer, field := range []string{TLS: "tls", TCP: "tcp"} {
		for i, route := range item.View("spec", field).Elements() {
			way.Layer, way.Field = Layer(layer), fmt.Sprintf("spec.%s[%d]", field, i)
			r.istioDestinations(way, route.Get("route"), way.Namespace)
		}
	}
}

// istioHTTP adds the HTTP routes of a VirtualService, and of those to which it delegates requests: within are the paths of these.
// gateway is the Gateway as the first one writes it, and seen are the ones on the way there. The first route that matches gets
// a request, so that none of them counts as taking all requests for its paths.
func (r *reader) istioHTTP(way Way, within PathSet, gateway string, item *manifest.Item, seen map[*manifest.Item]bool) {
	if seen[item] {
		return
	}
	seen[item] = true
	namespace := r.objects.NamespaceOf(item)
	for i, route := range item.View("spec", "http").Elements() {
		if len(seen) == 1 {
			way.Field = fmt.Sprintf("spec.http[%d]", i)
		}
		for _, paths := range matchedPaths(route, within, gateway) {
			if delegate := route.Get("delegate"); delegate.Exists() {
				for _, other := range r.objects.Named(istioGroup, "VirtualService", cmp.Or(delegate.Get("namespace").Text(), namespace), delegate.Get("name").Text()) {
					r.istioHTTP(way, paths, gateway, other, seen)
				}
				continue
			}
			served := way
			served.Paths, served.Narrowed = paths, true
			r.istioRoute(served, route, namespace)
		}
	}
	delete(seen, item)
}

// matchedPaths returns the paths of each match of a route that can get requests for some of the paths in within. A match for
// other Gateways takes none of the requests.
func matchedPaths(route manifest.View, within PathSet, gateway string) []PathSet {
	matches := route.Get("match").Elements()
	if len(matches) == 0 {
		return []PathSet{within}
	}
	var all []PathSet
	for _, match := range matches {
		if gateways := match.Get("gateways").Texts(); len(gateways) > 0 && !slices.Contains(gateways, gateway) {
			continue
		}
		paths := istioPaths(match)
		if paths.Contains(within) {
			paths = within
		}
		all = append(all, paths)
	}
	return all
}

// istioRoute adds the ways to the destinations of one route, and to those that get a copy of the requests.
func (r *reader) istioRoute(way Way, route manifest.View, namespace string) {
	way.Redirects = route.Get("redirect").Exists() || route.Get("directResponse").Exists()
	if route.Get("rewrite", "uri").Exists() || route.Get("rewrite", "uriRegexRewrite").Exists() {
		way.Rewrite = "/$1"
	}
	r.istioDestinations(way, route.Get("route"), namespace)
	r.istioDestination(way, route.Get("mirror"), namespace)
	for _, mirror := range route.Get("mirrors").Elements() {
		r.istioDestination(way, mirror.Get("destination"), namespace)
	}
}

// istioPaths returns the paths of a match. A prefix is plain text.
func istioPaths(match manifest.View) PathSet {
	uri := match.Get("uri")
	switch {
	case match.Get("ignoreUriCase").Text() == "true":
		return Prefix("/")
	case uri.Get("exact").Exists():
		return PathSet{uri.Get("exact").Text(), exact}
	case uri.Get("prefix").Exists():
		return PathSet{uri.Get("prefix").Text(), plain}
	case uri.Get("regex").Exists():
		return PathSet{literalPrefix(uri.Get("regex").Text()), plain}
	default:
		return Prefix("/")
	}
}

func (r *reader) istioDestinations(way Way, routes manifest.View, namespace string) {
	for _, route := range routes.Elements() {
		r.istioDestination(way, route.Get("destination"), namespace)
	}
	if len(routes.Elements()) == 0 && way.Redirects {
		r.add(way, "")
	}
}

// istioDestination adds a way to a destination. A short host is a Service of the namespace of the VirtualService.
func (r *reader) istioDestination(way Way, destination manifest.View, namespace string) {
	host := destination.Get("host").Text()
	if host == "" {
		return
	}
	if !strings.Contains(host, ".") {
		host += "." + namespace
	}
	r.addIstioHost(way, host, destination.Get("port", "number").Text())
}

// judgeIstio says who is asked for a host at a Gateway: an AuthorizationPolicy with the action CUSTOM in the namespace of the
// Gateway names a provider of the mesh. What such a policy asks is not in the manifests, so that it never counts as the same.
func (r *reader) judgeIstio(gateway, namespace, host string) controller.Judgement {
	var judgement controller.Judgement
	gatewayNamespace, _ := splitName(gateway)
	for _, item := range r.objects.OfKind("security.istio.io", "AuthorizationPolicy") {
		if !isCustom(item) {
			continue
		}
		provider := "the Istio provider " + item.View("spec", "provider", "name").Text()
		switch home := r.objects.NamespaceOf(item); {
		case home != gatewayNamespace && home != "istio-system" && home == namespace:
			judgement.Flaws = append(judgement.Flaws, controller.Flaw{
				Rule: istioAstray, Opens: true, Cause: fmt.Sprintf("%s is not in the namespace %s of the Gateway, and so asks nobody there", item.Object(), gatewayNamespace),
				Remedy: "move the policy to the namespace of the Gateway",
			})
		case home == gatewayNamespace || home == "istio-system":
			covered, withPort := istioCovers(item, host)
			if !covered {
				continue
			}
			judgement.Asks, judgement.By = provider, item.Object().String()
			if !withPort {
				judgement.Flaws = append(judgement.Flaws, withoutPort(item, host))
			}
		}
	}
	return judgement
}

// istioCovers says whether a policy is about a host, and whether also when a client writes the port behind it. A policy
// without rules for hosts is about all.
func istioCovers(item *manifest.Item, host string) (covered, withPort bool) {
	rules := item.View("spec", "rules").Elements()
	for _, rule := range rules {
		if len(rule.Get("to").Elements()) == 0 {
			return true, true
		}
		for _, to := range rule.Get("to").Elements() {
			hosts := to.Get("operation", "hosts").Texts()
			if len(hosts) == 0 || slices.Contains(hosts, "*") {
				return true, true
			}
			covered = covered || slices.Contains(hosts, host)
			withPort = withPort || slices.Contains(hosts, host+":*") || slices.Contains(hosts, host+"*")
		}
	}
	return covered, withPort
}

// istioExample is a private Ingress, and a VirtualService to the same Service.
const istioExample = privateExample + `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: admin
  namespace: cindy
spec:
  hosts: [open.example.com]
  gateways: [mesh-ingress/public]
  http:
  - route:
    - destination:
        host: admin
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: auth
`

// The rules about Istio.
var (
	istioPort = finding.Rule{
		Code: "PE621", Severity: finding.Error, Title: "policy that a port in the Host header passes",
		Cause: "An AuthorizationPolicy compares the Host header as the client writes it. A policy for admin.example.com does not hold for " +
			"admin.example.com:443, and Istio serves both.",
		Remedy: "List each host in both forms: admin.example.com and admin.example.com:*.",
		Example: istioExample + `  namespace: mesh-ingress
spec:
  action: CUSTOM
  provider:
    name: oauth2-proxy
  rules:
  - to:
    - operation:
        hosts: [open.example.com]
`,
	}
	istioAstray = finding.Rule{
		Code: "PE622", Severity: finding.Error, Title: "policy in another namespace than its Gateway",
		Cause: "An AuthorizationPolicy applies to the Pods of its own namespace. Beside the application it asks for the requests that reach the " +
			"application's own proxy, if it has one; the Gateway asks nobody.",
		Remedy: "Move the policy to the namespace of the Gateway, or name the Gateway in its targetRefs.",
		Example: istioExample + `  namespace: cindy
spec:
  action: CUSTOM
  provider:
    name: oauth2-proxy
  rules:
  - to:
    - operation:
        hosts: [open.example.com, "open.example.com:*"]
`,
	}
)

// istioRules returns the rules of this file.
func istioRules() []finding.Rule { return []finding.Rule{istioPort, istioAstray} }
