// Package exposure lists the ways in from outside that a set of manifests opens: which host and path leads to which
// Service.
package exposure

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Unreadable is an object that may be a way in and cannot be read, so that nothing is proved about it.
var Unreadable = finding.Rule{Code: "PE160", Severity: finding.Error, Title: "route cannot be read"}

// Route is one way in: requests for Paths on Host reach Service.
type Route struct {
	Item *manifest.Item
	// Field is where the route stands in the Item.
	Field     string
	Namespace string
	Class     string
	// Host is lower case and empty where every host is meant; it may start with "*.".
	Host    string
	Paths   PathSet
	Service string
	// Regular says that the object asks its controller to read paths as regular expressions, which it then does for all
	// routes of the host.
	Regular bool
	// Rewrite is the path that the backend sees instead, empty where it sees the one of the request. It may hold
	// references to groups of a regular expression, such as $1.
	Rewrite string
}

// Shares says whether the backend may see one and the same path through both routes.
func (r Route) Shares(other Route) bool {
	seen, otherSeen := r.seen(), other.seen()
	if r.Regular || other.Regular {
		seen, otherSeen = seen.folded(), otherSeen.folded()
	}
	return seen.Meets(otherSeen)
}

// seen returns the paths that the backend sees. What cannot be told counts as every path.
func (r Route) seen() PathSet {
	switch {
	case r.Rewrite == "" && !r.Regular:
		return r.Paths
	case r.Rewrite == "":
		if paths, plain := r.Paths.Regular(); plain {
			return paths
		}
	case strings.HasPrefix(r.Rewrite, "/") && !strings.Contains(r.Rewrite, "$"):
		return newPathSet(r.Rewrite, networkingv1.PathTypeExact)
	}
	return Prefix("/")
}

// Ingresses returns the routes of every Ingress in set. namespaceOf tells where an object will live.
func Ingresses(set *manifest.Set, namespaceOf func(*manifest.Item) string) ([]Route, finding.List) {
	var routes []Route
	var findings finding.List
	names := serviceNames(set, namespaceOf)
	for _, item := range set.Items() {
		if item.Kind() != "Ingress" || item.Group() != "networking.k8s.io" && item.Group() != "extensions" {
			continue
		}
		if _, err := item.Node(); err != nil {
			findings = append(findings, Unreadable.At(item.Object(), "", err.Error(), "correct the Ingress: what it opens must be known"))
			continue
		}
		found := routesOf(item, namespaceOf(item))
		item.Release()
		for _, route := range found {
			routes = append(routes, route)
			// Whether the reference means the renamed Service is not known before the last layer, so it may mean both.
			if name, renamed := names[route.Namespace+"/"+route.Service]; renamed {
				route.Service = name
				routes = append(routes, route)
			}
		}
	}
	return routes, findings
}

// previousNames is the annotation in which kustomize keeps the earlier names of an object while it renders. Only after the
// last layer it corrects the references to them.
const previousNames = "internal.config.kubernetes.io/previousNames"

// serviceNames returns the present name of every Service by its namespace and each of its previous names.
func serviceNames(set *manifest.Set, namespaceOf func(*manifest.Item) string) map[string]string {
	names := map[string]string{}
	for _, item := range set.Items() {
		if item.Kind() != "Service" || item.Group() != "" || !item.Contains(previousNames) {
			continue
		}
		previous, _ := item.Annotation(previousNames)
		for _, name := range strings.Split(previous, ",") {
			names[namespaceOf(item)+"/"+name] = item.Name()
		}
	}
	return names
}

// routesOf reads the routes of one Ingress, of any version. A field of another type than the API's counts as absent: the
// API server refuses such an Ingress, so that it opens nothing.
func routesOf(item *manifest.Item, namespace string) []Route {
	base := Route{Item: item, Namespace: namespace, Class: class(item)}
	base.Regular, base.Rewrite = readsRegular(item)
	var routes []Route
	for _, fallback := range []string{"defaultBackend", "backend"} {
		if backend := item.View("spec", fallback); backend.Exists() {
			route := base
			route.Field, route.Paths, route.Service = "spec."+fallback, Prefix("/"), serviceOf(backend)
			routes = append(routes, route)
		}
	}
	for r, rule := range item.View("spec", "rules").Elements() {
		for p, path := range rule.Get("http", "paths").Elements() {
			route := base
			route.Field = fmt.Sprintf("spec.rules[%d].http.paths[%d]", r, p)
			route.Host = strings.TrimSuffix(strings.ToLower(rule.Get("host").Text()), ".")
			route.Paths = newPathSet(path.Get("path").Text(), networkingv1.PathType(path.Get("pathType").Text()))
			route.Service = serviceOf(path.Get("backend"))
			routes = append(routes, route)
		}
	}
	return routes
}

// serviceOf returns the Service of a backend, in the form of v1 or of the older versions.
func serviceOf(backend manifest.View) string {
	return cmp.Or(backend.Get("service", "name").Text(), backend.Get("serviceName").Text())
}

func class(item *manifest.Item) string {
	legacy, _ := item.Annotation("kubernetes.io/ingress.class")
	return cmp.Or(item.View("spec", "ingressClassName").Text(), legacy)
}

// readsRegular looks for the two annotations of ingress-nginx that turn every path of a host into a regular expression, and
// returns the path that one of them puts in the place of the request's.
func readsRegular(item *manifest.Item) (regular bool, rewrite string) {
	rewrite, _ = item.Annotation("nginx.ingress.kubernetes.io/rewrite-target")
	rewrite = strings.TrimSpace(rewrite)
	// The controller reads booleans like this: 1 and T are true.
	useRegex, _ := item.Annotation("nginx.ingress.kubernetes.io/use-regex")
	regular, _ = strconv.ParseBool(useRegex)
	return regular || rewrite != "", rewrite
}
