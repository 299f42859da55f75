package exposure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const (
	gatewayGroup      = "gateway.networking.k8s.io"
	envoyGatewayGroup = "gateway.envoyproxy.io"
)

// gatewayRoutes reads the routes of the Gateway API: https://gateway-api.sigs.k8s.io/reference/spec/. A backend in another
// namespace counts whether or not the set has a ReferenceGrant for it: the grant may stand in another set.
func (r *reader) gatewayRoutes() {
	policies := newPolicies(r)
	for _, kind := range []string{"HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"} {
		for _, item := range r.objects.OfKind(gatewayGroup, kind) {
			if !r.readable(item) {
				continue
			}
			for _, parent := range item.View("spec", "parentRefs").Elements() {
				r.attach(item, parent, policies)
			}
			item.Release()
		}
	}
}

// attach adds the ways of a route through one parent. A parent that is a Service is about traffic inside a mesh.
func (r *reader) attach(item *manifest.Item, parent manifest.View, policies *policies) {
	kind := cmp.Or(parent.Get("kind").Text(), "Gateway")
	if kind == "Service" {
		return
	}
	namespace := r.objects.NamespaceOf(item)
	gateway := cmp.Or(parent.Get("namespace").Text(), namespace) + "/" + parent.Get("name").Text()
	base := Way{Item: item, Namespace: namespace, Via: kind + " " + gateway}
	rules := item.View("spec", "rules").Elements()
	for _, taken := range r.gatewayHosts(item, kind, gateway, parent) {
		base.Host, base.TLS, base.EntryPoints = taken.host, taken.tls, taken.listeners
		for i, rule := range rules {
			way := base
			way.Field = fmt.Sprintf("spec.rules[%d]", i)
			switch item.Kind() {
			case "TLSRoute":
				way.Layer, way.Paths = TLS, Prefix("/")
				r.addBackends(way, rule.Get("backendRefs"))
			case "TCPRoute", "UDPRoute":
				way.Layer, way.Paths, way.Host = TCP, Prefix("/"), ""
				r.addBackends(way, rule.Get("backendRefs"))
			default:
				if r.isTraefikRoute(&way) {
					way.Priority = taken.longest + len(rules) - i
				}
				r.gatewayRule(way, rule, policies.judge(item, rule, kind+" "+gateway, taken))
			}
		}
	}
}

// attachment is a host for which listeners take a route, all of them over TLS or not. None means all. longest is the length of the longest
// host for which they do.
type attachment struct {
	host      string
	tls       bool
	listeners []string
	longest   int
}

// sections returns the names of the listeners, none where these are not known.
func (a attachment) sections() []string {
	if slices.ContainsFunc(a.listeners, func(name string) bool { return strings.HasPrefix(name, portPrefix) }) {
		return nil
	}
	return a.listeners
}

// gatewayHosts returns the hosts for which a parent takes a route: what the hosts of the route share with those of its
// listeners. Of a Gateway that is not in the set nothing is known, so that it takes all, over TLS. A listener takes routes of its own
// namespace unless it says otherwise.
func (r *reader) gatewayHosts(item *manifest.Item, kind, gateway string, parent manifest.View) []attachment {
	hosts := item.View("spec", "hostnames").Texts()
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	namespace, name := splitName(gateway)
	gateways := r.objects.Named(gatewayGroup, "Gateway", namespace, name)
	if kind != "Gateway" || len(gateways) == 0 {
		return attachments(normalHosts(hosts), true, namedListener(parent))
	}
	var taken []attachment
	for _, listener := range gateways[0].View("spec", "listeners").Elements() {
		section, port := parent.Get("sectionName").Text(), parent.Get("port").Text()
		from := cmp.Or(listener.Get("allowedRoutes", "namespaces", "from").Text(), "Same")
		if section != "" && section != listener.Get("name").Text() || port != "" && port != listener.Get("port").Text() ||
			from == "Same" && namespace != r.objects.NamespaceOf(item) || from == "None" {
			continue
		}
		var both []string
		for _, host := range hosts {
			if shared, ok := sharedHost(normalHost(host), normalHost(listener.Get("hostname").Text())); ok {
				both = append(both, shared)
			}
		}
		for _, one := range attachments(both, listener.Get("protocol").Text() != "HTTP", []string{listener.Get("name").Text()}) {
			taken = attached(taken, one)
		}
	}
	return taken
}

// attachments returns the hosts for which one listener takes a route.
func attachments(hosts []string, tls bool, listeners []string) []attachment {
	longest := 0
	for _, host := range hosts {
		longest = max(longest, len(host))
	}
	taken := make([]attachment, len(hosts))
	for i, host := range hosts {
		taken[i] = attachment{host, tls, slices.Clone(listeners), longest}
	}
	return taken
}

// portPrefix stands before the port of a listener whose name is not known; no name of a listener has a blank.
const portPrefix = "port "

// namedListener returns the listener that a route names in a parent of which nothing is known.
func namedListener(parent manifest.View) []string {
	section, port := parent.Get("sectionName").Text(), parent.Get("port").Text()
	switch {
	case section != "":
		return []string{section}
	case port != "":
		return []string{portPrefix + port}
	default:
		return nil
	}
}

// attached adds an attachment to those of the other listeners: one host is one way, on all of them.
func attached(all []attachment, one attachment) []attachment {
	for i := range all {
		if all[i].host == one.host && all[i].longest == one.longest {
			all[i].listeners = append(all[i].listeners, one.listeners...)
			all[i].tls = all[i].tls && one.tls
			return all
		}
	}
	return append(all, one)
}

func normalHosts(hosts []string) []string {
	normal := make([]string, len(hosts))
	for i, host := range hosts {
		normal[i] = normalHost(host)
	}
	return normal
}

// sharedHost returns the hosts that two patterns share: the more specific one, where one covers the other. In the Gateway API
// a wildcard stands for several labels.
func sharedHost(a, b string) (string, bool) {
	switch {
	case a == b || b == "":
		return a, true
	case a == "":
		return b, true
	case strings.HasPrefix(b, "*.") && strings.HasSuffix(a, b[1:]):
		return a, true
	case strings.HasPrefix(a, "*.") && strings.HasSuffix(b, a[1:]):
		return b, true
	default:
		return "", false
	}
}

// gatewayRule adds the ways of one rule: one for each match, and for each of its backends.
func (r *reader) gatewayRule(way Way, rule manifest.View, auth controller.Judgement) {
	way.Auth, way.ranked = &auth, way.Item.Kind() == "HTTPRoute"
	way.Redirects = slices.ContainsFunc(rule.Get("filters").Elements(), func(filter manifest.View) bool {
		return filter.Get("type").Text() == "RequestRedirect"
	})
	matches := rule.Get("matches").Elements()
	if len(matches) == 0 {
		matches = []manifest.View{{}}
	}
	for _, match := range matches {
		matched := way
		matched.Paths, matched.Narrowed = gatewayPaths(match)
		r.rankMatch(&matched, match)
		r.addBackends(r.filtered(matched, way.Field, rule), rule.Get("backendRefs"))
	}
}

// gatewayPaths returns the paths of a match, and whether it takes only some of the requests for them.
func gatewayPaths(match manifest.View) (PathSet, bool) {
	if method := match.Get("method"); method.Exists() && !method.IsScalar() {
		return grpcPaths(method), true
	}
	narrowed := match.Get("headers").Exists() || match.Get("queryParams").Exists() || match.Get("method").Exists()
	path := match.Get("path")
	value := cmp.Or(path.Get("value").Text(), "/")
	switch path.Get("type").Text() {
	case "Exact":
		return PathSet{value, exact}, narrowed
	case "RegularExpression":
		return PathSet{literalPrefix(value), plain}, true
	default:
		return Prefix(value), narrowed
	}
}

// grpcPaths returns the paths of a match of a GRPCRoute, or more where it has a regular expression or no name of a service:
// a call is a request for /service/method (https://gateway-api.sigs.k8s.io/reference/spec/#grpcmethodmatch).
func grpcPaths(method manifest.View) PathSet {
	service, name := method.Get("service").Text(), method.Get("method").Text()
	switch {
	case service == "":
		return Prefix("/")
	case method.Get("type").Text() == "RegularExpression":
		return PathSet{"/" + literalPrefix(service), plain}
	case name == "":
		return PathSet{"/" + service + "/", plain}
	default:
		return PathSet{"/" + service + "/" + name, exact}
	}
}

// addBackends adds a way to every backend of a list. A list without any leads nowhere, and still takes requests.
func (r *reader) addBackends(way Way, backends manifest.View) {
	for i, backend := range backends.Elements() {
		r.addBackendRef(r.filtered(way, fmt.Sprintf("%s.backendRefs[%d]", way.Field, i), backend), backend)
	}
	if len(backends.Elements()) == 0 {
		r.add(way, "")
	}
}

// addBackendRef adds a way to a backend. One without a kind is a Service, and a ServiceImport is the Service of its name in each cluster
// that exports it (https://gateway-api.sigs.k8s.io/geps/gep-1748/).
func (r *reader) addBackendRef(way Way, backend manifest.View) {
	group, kind := backend.Get("group").Text(), cmp.Or(backend.Get("kind").Text(), "Service")
	namespace, name, port := cmp.Or(backend.Get("namespace").Text(), way.Namespace), backend.Get("name").Text(), backend.Get("port").Text()
	switch {
	case (group == "" || group == "core") && kind == "Service", kind == "ServiceImport":
		way.Service = namespace + "/" + name
		r.add(way, port)
	case slices.Contains(traefikGroups, group) && kind == "TraefikService":
		r.addTraefikService(way, backend, namespace, map[string]bool{})
	case group == envoyGatewayGroup && kind == "Backend":
		r.addEnvoyBackend(way, namespace, name)
	case group == istioGroup && kind == "Hostname":
		r.addIstioHost(way, name, port)
	default:
		r.addUnknown(way, kind+" "+namespace+"/"+name)
	}
}

// addEnvoyBackend adds a way to every endpoint of a Backend of Envoy Gateway. One that resolves the host of each request leads anywhere:
// https://gateway.envoyproxy.io/docs/api/extension_types/#backend.
func (r *reader) addEnvoyBackend(way Way, namespace, name string) {
	found := r.objects.Named(envoyGatewayGroup, "Backend", namespace, name)
	if len(found) == 0 || !r.readable(found[0]) || found[0].View("spec", "type").Text() == "DynamicResolver" {
		r.addUnknown(way, "Backend "+namespace+"/"+name)
		return
	}
	for _, endpoint := range found[0].View("spec", "endpoints").Elements() {
		if fqdn := endpoint.Get("fqdn"); fqdn.Exists() {
			r.addHost(way, fqdn.Get("hostname").Text(), fqdn.Get("port").Text())
		}
		if ip := endpoint.Get("ip"); ip.Exists() {
			r.addAddress(way, ip.Get("address").Text(), ip.Get("port").Text())
		}
	}
}
