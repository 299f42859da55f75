package exposure

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// filtered returns a way as the filters of owner, which are those of a rule or of one of its backends and stand below field, leave it,
// and adds the ways that they open beside it: to what gets a copy of the requests, and to error pages.
func (r *reader) filtered(way Way, field string, owner manifest.View) Way {
	var mirrors []manifest.View
	for _, filter := range owner.Get("filters").Elements() {
		switch filter.Get("type").Text() {
		case "URLRewrite":
			way.rewriteAgain(rewrittenTo(filter.Get("urlRewrite", "path")))
		case "ExtensionRef":
			way.rewriteAgain(r.extensionRewrites(filter.Get("extensionRef"), way.Namespace))
		case "RequestMirror":
			mirrors = append(mirrors, filter.Get("requestMirror", "backendRef"))
		}
	}
	middlewares := controller.FilterMiddlewares(owner, way.Namespace, r.objects)
	way.rewriteAgain(controller.PathAfter(middlewares, r.objects))
	r.addErrorPages(way, field+".filters", middlewares)
	for _, mirror := range mirrors {
		r.addBackendRef(way, mirror)
	}
	return way
}

// rewriteAgain notes one more filter that rewrites the path, empty where it does not. What several make of it together depends on
// their order, which is the controller's.
func (w *Way) rewriteAgain(path string) {
	switch {
	case path == "":
	case w.Rewrite == "":
		w.Rewrite = path
	default:
		w.Rewrite = "/$1"
	}
}

// rewrittenTo returns what the filter URLRewrite makes of a path, in the form of Way.Rewrite.
func rewrittenTo(path manifest.View) string {
	switch {
	case !path.Exists():
		return ""
	case path.Get("type").Text() == "ReplaceFullPath":
		return path.Get("replaceFullPath").Text()
	default:
		return "/$1"
	}
}

// extensionRewrites returns what a filter of a controller's own kind makes of a path, in the form of Way.Rewrite. One of which nobody here
// knows what it does may rewrite; Middlewares of Traefik are read as a whole. Envoy Gateway's filter rewrites where it says so:
// https://gateway.envoyproxy.io/docs/api/extension_types/#httproutefilter.
func (r *reader) extensionRewrites(reference manifest.View, namespace string) string {
	group, kind := reference.Get("group").Text(), reference.Get("kind").Text()
	if slices.Contains(traefikGroups, group) {
		return ""
	}
	if group == envoyGatewayGroup && kind == "HTTPRouteFilter" {
		for _, item := range r.objects.Named(group, kind, namespace, reference.Get("name").Text()) {
			if r.readable(item) && !item.View("spec", "urlRewrite", "path").Exists() {
				return ""
			}
		}
	}
	return "/$1"
}
