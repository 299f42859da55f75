package exposure

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// routeGroups reads the RouteGroups of Skipper: https://opensource.zalando.com/skipper/kubernetes/routegroup-crd/.
func (r *reader) routeGroups() {
	for _, item := range r.objects.OfKind("zalando.org", "RouteGroup") {
		if r.readable(item) {
			r.routeGroup(item)
			item.Release()
		}
	}
}

func (r *reader) routeGroup(item *manifest.Item) {
	class, _ := item.Annotation("zalando.org/routegroup.class")
	base := Way{Item: item, Namespace: r.objects.NamespaceOf(item), Via: "Skipper", Rank: rankExpression}
	if class = cmp.Or(class, r.serving.Only("skipper")); class != "" {
		base.Via = "class " + class
	}
	asks := slices.ContainsFunc(item.View("spec", "routes").Elements(), func(route manifest.View) bool {
		judgement, _ := controller.JudgeFilters(route.Get("filters").Texts())
		return judgement.Asks != ""
	})
	hosts := item.View("spec", "hosts").Texts()
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	for _, host := range normalHosts(hosts) {
		base.Host = host
		for i, route := range item.View("spec", "routes").Elements() {
			way := base
			way.Field = fmt.Sprintf("spec.routes[%d]", i)
			r.groupRoute(way, route, asks)
		}
		if !item.View("spec", "routes").Exists() {
			way := base
			way.Field, way.Paths = "spec.defaultBackends", Prefix("/")
			r.groupBackends(way, item.View("spec", "defaultBackends"))
		}
	}
}

// groupRoute adds the ways of one route. Its backends take the place of the default ones. othersAsk says that a route of the
// group has a filter that asks: filters are no setting of the group.
func (r *reader) groupRoute(way Way, route manifest.View, othersAsk bool) {
	auth, rewrites := controller.JudgeFilters(route.Get("filters").Texts())
	if auth.Asks == "" && othersAsk {
		auth.Flaws = append(auth.Flaws, controller.Flaw{
			Rule: groupRouteOpen, Opens: true, Field: way.Field, Cause: "has no filter that asks, as other routes of the RouteGroup have", Remedy: "write the filter into this route too",
		})
	}
	way.Auth = &auth
	if rewrites {
		way.Rewrite = "/$1"
	}
	way.Paths, way.Narrowed = groupPaths(route)
	if route.Get("path").Exists() || route.Get("pathSubtree").Exists() {
		way.Rank = rankTree
	}
	backends := route.Get("backends")
	if !backends.Exists() {
		backends = way.Item.View("spec", "defaultBackends")
	}
	r.groupBackends(way, backends)
}

// groupPaths returns the paths of a route, and whether it takes only some of the requests for them. A path may have placeholders,
// and an expression may match in the middle.
func groupPaths(route manifest.View) (PathSet, bool) {
	narrowed := route.Get("predicates").Exists() || route.Get("methods").Exists()
	path, expression := route.Get("path").Text(), route.Get("pathRegexp").Text()
	switch {
	case strings.ContainsAny(path, ":*"):
		return PathSet{path[:strings.IndexAny(path, ":*")], plain}, true
	case path != "":
		return PathSet{path, exact}, narrowed
	case route.Get("pathSubtree").Exists():
		return Prefix(route.Get("pathSubtree").Text()), narrowed || expression != ""
	case strings.HasPrefix(expression, "^/"):
		return PathSet{literalPrefix(expression), plain}, true
	default:
		return Prefix("/"), narrowed || expression != ""
	}
}

// groupBackends adds a way to each backend that a list names.
func (r *reader) groupBackends(way Way, references manifest.View) {
	for _, reference := range references.Elements() {
		for _, backend := range way.Item.View("spec", "backends").Elements() {
			if backend.Get("name").Text() == reference.Get("backendName").Text() {
				r.groupBackend(way, backend)
			}
		}
	}
}

func (r *reader) groupBackend(way Way, backend manifest.View) {
	switch backend.Get("type").Text() {
	case "", "service":
		way.Service = way.Namespace + "/" + backend.Get("serviceName").Text()
		r.add(way, backend.Get("servicePort").Text())
	case "shunt", "loopback":
		way.Redirects = true
		r.add(way, "")
	default:
		r.addAddresses(way, append(backend.Get("endpoints").Texts(), backend.Get("address").Text()))
	}
}

// addAddresses adds a way to every address that names a Service of the cluster, or one that leads elsewhere.
func (r *reader) addAddresses(way Way, addresses []string) {
	for _, address := range addresses {
		parsed, err := url.Parse(address)
		if err != nil {
			continue
		}
		to := way
		if labels := strings.Split(parsed.Hostname(), "."); len(labels) == 2 || len(labels) > 2 && labels[2] == "svc" {
			to.Service = labels[1] + "/" + labels[0]
		}
		r.add(to, cmp.Or(parsed.Port(), "80"))
	}
}

// skipperIngress completes a way of an Ingress that Skipper serves, and adds the routes beside it that an annotation holds. A path
// of no type is an expression, anchored at the start.
func (r *reader) skipperIngress(item *manifest.Item, way *Way) {
	if _, rewrites := controller.JudgeFilters(controller.IngressFilters(item)); rewrites {
		way.Rewrite = "/$1"
	}
	if _, narrowed := item.Annotation("zalando.org/skipper-predicate"); narrowed {
		way.Narrowed = true
	}
	if paths, certain := way.Paths.Regular(); way.Paths.form == plain && !certain {
		way.Paths, way.Narrowed = PathSet{literalPrefix(way.Paths.text), paths.form}, true
	}
	way.Rank = skipperRank(way.Paths)
	for _, route := range controller.ExtraRoutes(item) {
		extra := *way
		// Its predicates are not read, and may be a path of the tree.
		extra.Rank = rankTree
		extra.Field, extra.Auth, extra.Narrowed = "metadata.annotations[zalando.org/skipper-routes]", &route.Auth, true
		r.addAddresses(extra, route.Addresses)
	}
}

// Skipper matches the tree of its paths and subtrees of paths first, and expressions only where nothing in it matches
// (routing/matcher.go, match).
const (
	rankTree       = "0"
	rankExpression = "1"
)

func skipperRank(paths PathSet) string {
	if paths.form == plain {
		return rankExpression
	}
	return rankTree
}

// groupRouteOpen is a route of a RouteGroup without the filter that its other routes have.
var groupRouteOpen = finding.Rule{
	Code: "PE744", Severity: finding.Error, Title: "route of a RouteGroup without the filter",
	Cause: "The filters of a RouteGroup belong to its routes one by one. A route leads to private Pods without one that asks, and another route of the " +
		"same RouteGroup has one. A filter that Skipper cannot read is none.",
	Remedy: "Write the filter that asks into every route.",
	Example: privateExample + `---
apiVersion: zalando.org/v1
kind: RouteGroup
metadata:
  name: admin
  namespace: cindy
spec:
  hosts: [open.example.com]
  backends:
  - name: admin
    type: service
    serviceName: admin
    servicePort: 80
  defaultBackends:
  - backendName: admin
  routes:
  - pathSubtree: /admin
    filters:
    - webhook("http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy")
  - pathSubtree: /
`,
}

// skipperRules returns the rules of this file.
func skipperRules() []finding.Rule { return []finding.Rule{groupRouteOpen} }
