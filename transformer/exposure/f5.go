package exposure

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const f5Group = "k8s.nginx.org"

// virtualServers reads the VirtualServers and TransportServers of F5:
// https://docs.nginx.com/nginx-ingress-controller/configuration/virtualserver-and-virtualserverroute-resources/. A
// VirtualServerRoute is served only where a VirtualServer includes it.
func (r *reader) virtualServers() {
	included := r.objects.OfKind(f5Group, "VirtualServerRoute")
	for _, item := range included {
		r.readable(item)
	}
	r.eachF5("VirtualServer", r.virtualServer)
	r.eachF5("TransportServer", r.transportServer)
	for _, item := range included {
		item.Release()
	}
}

// eachF5 calls read for every object of a kind that somebody may serve. One without a class is served by every instance of the
// controller, and so belongs to the class that F5 serves here.
func (r *reader) eachF5(kind string, read func(*manifest.Item, Way)) {
	for _, item := range r.objects.OfKind(f5Group, kind) {
		if !r.readable(item) {
			continue
		}
		way := Way{Item: item, Namespace: r.objects.NamespaceOf(item), Via: "F5 NGINX", Host: normalHost(item.View("spec", "host").Text())}
		class := cmp.Or(item.View("spec", "ingressClassName").Text(), r.serving.Only("f5-nginx"))
		if class != "" {
			way.Via = "class " + class
		}
		if class != config.SentinelClass {
			read(item, way)
		}
		item.Release()
	}
}

// f5Level is what a server, or a route of it, says for everything below.
type f5Level struct {
	policies []controller.F5Policy
	snippet  string
}

func (r *reader) virtualServer(item *manifest.Item, base Way) {
	base.Server = item.Object().String()
	server := f5Level{r.objects.F5Policies(item.View("spec", "policies"), base.Namespace), item.View("spec", "server-snippets").Text()}
	for i, route := range item.View("spec", "routes").Elements() {
		way := base
		way.Field = fmt.Sprintf("spec.routes[%d]", i)
		own := r.f5Level(route, base.Namespace)
		if !route.Get("route").Exists() && !route.Get("routeSelector").Exists() {
			r.f5Route(way, item, route, own, server)
			continue
		}
		for _, included := range r.includedRoutes(route, base.Namespace) {
			for _, subroute := range included.View("spec", "subroutes").Elements() {
				r.f5Route(way, included, subroute, r.f5Level(subroute, r.objects.NamespaceOf(included)).or(own), server)
			}
		}
	}
}

func (r *reader) f5Level(route manifest.View, namespace string) f5Level {
	return f5Level{r.objects.F5Policies(route.Get("policies"), namespace), route.Get("location-snippets").Text()}
}

// or completes what a subroute says with what the route that includes it says: its Policies count where the subroute has none
// at all (virtualserver.go, GenerateVirtualServerConfig).
func (l f5Level) or(including f5Level) f5Level {
	if len(l.policies) == 0 {
		l.policies = including.policies
	}
	l.snippet = cmp.Or(l.snippet, including.snippet)
	return l
}

// includedRoutes returns the VirtualServerRoutes that a route includes, by name or by their labels.
func (r *reader) includedRoutes(route manifest.View, namespace string) []*manifest.Item {
	if full := route.Get("route").Text(); full != "" {
		of, name := splitName(serviceOf(full, namespace))
		return r.objects.Named(f5Group, "VirtualServerRoute", of, name)
	}
	var included []*manifest.Item
	for _, item := range r.objects.OfKind(f5Group, "VirtualServerRoute") {
		matches := true
		for label, value := range route.Get("routeSelector", "matchLabels").Fields() {
			matches = matches && item.View("metadata", "labels", label).Text() == value.Text()
		}
		if matches {
			included = append(included, item)
		}
	}
	return included
}

// serviceOf completes a name that may have a namespace before it.
func serviceOf(name, namespace string) string {
	if strings.Contains(name, "/") {
		return name
	}
	return namespace + "/" + name
}

// f5Route adds the ways of one route. owner is the object that it stands in, and whose upstreams it names.
func (r *reader) f5Route(way Way, owner *manifest.Item, route manifest.View, own, server f5Level) {
	auth := r.objects.JudgeF5Policies(way.Field+".policies", [][]controller.F5Policy{own.policies, server.policies}, []string{own.snippet, server.snippet})
	way.Auth = &auth
	way.Paths, way.Narrowed = f5Paths(route.Get("path").Text())
	way.configuredBy("location-snippets", own.snippet)
	r.f5Actions(way, owner, route)
	for _, match := range route.Get("matches").Elements() {
		narrowed := way
		narrowed.Narrowed = true
		r.f5Actions(narrowed, owner, match)
	}
}

// f5Paths returns the paths of a route, and whether it takes only some of the requests for them: "/a" is plain text, "=/a" exact,
// and "~" and "~*" start regular expressions, the second one without regard to letter case.
func f5Paths(path string) (PathSet, bool) {
	if expression, insensitive := strings.CutPrefix(path, "~*"); insensitive || path == "" {
		return Prefix("/"), expression != ""
	}
	if expression, regular := strings.CutPrefix(path, "~"); regular {
		if expression = strings.TrimSpace(expression); !strings.HasPrefix(expression, "^") {
			return Prefix("/"), true
		}
		return PathSet{literalPrefix(expression), plain}, true
	}
	if whole, isExact := strings.CutPrefix(path, "="); isExact {
		return PathSet{strings.TrimSpace(whole), exact}, false
	}
	return PathSet{path, plain}, false
}

// f5Actions adds a way for the action of a route or match, or for each part of its split.
func (r *reader) f5Actions(way Way, owner *manifest.Item, route manifest.View) {
	splits := route.Get("splits").Elements()
	for _, split := range splits {
		r.f5Action(way, owner, split.Get("action"))
	}
	if len(splits) == 0 {
		r.f5Action(way, owner, route.Get("action"))
	}
}

func (r *reader) f5Action(way Way, owner *manifest.Item, action manifest.View) {
	way.Redirects = action.Get("redirect").Exists() || action.Get("return").Exists()
	way.Rewrite = cmp.Or(way.Rewrite, replaced(way.Paths, action.Get("proxy", "rewritePath").Text()))
	r.f5Upstream(way, owner, cmp.Or(action.Get("pass").Text(), action.Get("proxy", "upstream").Text()))
}

// replaced returns what a backend sees where a text takes the place of the paths of a route, or of what they begin with.
func replaced(paths PathSet, by string) string {
	if by == "" || paths.Exact() {
		return by
	}
	return by + "$1"
}

// f5Upstream adds a way to the Service of an upstream of owner, and to the one that takes its place when it fails.
func (r *reader) f5Upstream(way Way, owner *manifest.Item, name string) {
	for _, upstream := range owner.View("spec", "upstreams").Elements() {
		if upstream.Get("name").Text() != name {
			continue
		}
		for _, leads := range [][]string{{"service", "port"}, {"backup", "backupPort"}} {
			if service := upstream.Get(leads[0]).Text(); service != "" {
				way.Service = serviceOf(service, r.objects.NamespaceOf(owner))
				r.add(way, upstream.Get(leads[1]).Text())
			}
		}
		return
	}
	r.add(way, "")
}

// transportServer reads connections, which nobody looks into: on the listener for passthrough they are told apart by the name that
// the client sends.
func (r *reader) transportServer(item *manifest.Item, way Way) {
	way.Layer, way.Field, way.Paths = TLS, "spec.action", Prefix("/")
	if listener := item.View("spec", "listener"); listener.Get("protocol").Text() != "TLS_PASSTHROUGH" {
		way.Layer, way.Host, way.Via = TCP, "", "listener "+listener.Get("name").Text()
	}
	r.f5Upstream(way, item, item.View("spec", "action", "pass").Text())
}

// f5Ingress completes a way of an Ingress that F5 serves: what its annotations make of the path. F5 reads the paths of one Ingress
// as regular expressions, and nginx takes those before any other path of the host.
func f5Ingress(item *manifest.Item, backend manifest.View, way *Way) {
	// A master and its minions are one server
	// (https://docs.nginx.com/nginx-ingress-controller/configuration/host-and-listener-collisions/).
	way.Server = item.Object().String()
	if _, mergeable := item.Annotation("nginx.org/mergeable-ingress-type"); mergeable {
		way.Server = "master Ingress"
	}
	switch value, _ := item.Annotation("nginx.org/path-regex"); value {
	case "":
	case "exact":
		way.Paths = PathSet{way.Paths.String(), exact}
	default:
		way.Regular = true
	}
	way.Rewrite = f5Rewrite(item, backend, way)
	snippet, _ := item.Annotation("nginx.org/location-snippets")
	way.configuredBy("location-snippets", snippet)
}

// f5Rewrite returns what the two annotations put in the place of the path: rewrites for single Services, and rewrite-target for all of them
// where there is no rewrites (annotations.go, getRewriteTarget). Without path-regex the path is an expression for rewrite-target alone, and
// may not match what it takes.
func f5Rewrite(item *manifest.Item, backend manifest.View, way *Way) string {
	rewrites, written := item.Annotation("nginx.org/rewrites")
	for _, rewrite := range strings.Split(rewrites, ";") {
		service, path, _ := strings.Cut(strings.TrimSpace(rewrite), " ")
		if service == "serviceName="+cmp.Or(backend.Get("service", "name").Text(), backend.Get("serviceName").Text()) {
			return replaced(way.Paths, strings.TrimPrefix(strings.TrimSpace(path), "rewrite="))
		}
	}
	target, _ := item.Annotation("nginx.org/rewrite-target")
	if written || target == "" {
		return ""
	}
	if _, plain := way.Paths.Regular(); !plain && !way.Regular {
		return target + "$1"
	}
	return target
}
