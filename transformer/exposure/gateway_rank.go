package exposure

import (
	"cmp"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// isTraefikRoute says whether a way is one of an HTTPRoute that Traefik serves.
func (r *reader) isTraefikRoute(way *Way) bool {
	return way.Item.Kind() == "HTTPRoute" && r.serving.OfGateway(way.Via) == "traefik"
}

// rankMatch completes what ranks a way with one match of its rule, and what the controller makes of an expression. Where expressions
// stand is left to the controllers: Traefik adds it to a number, Istio puts them last (pilot/pkg/config/kube/gateway/conversion.go,
// getURIRank), Envoy Gateway before all prefixes (internal/gatewayapi/sort.go), and of others nobody knows it.
func (r *reader) rankMatch(way *Way, match manifest.View) {
	path := match.Get("path")
	isExpression := path.Get("type").Text() == "RegularExpression"
	id := r.serving.OfGateway(way.Via)
	if id == "traefik" && (way.Item.Kind() == "GRPCRoute" || isExpression && !strings.HasPrefix(path.Get("value").Text(), "^")) {
		// Traefik looks for the expression anywhere in the path, and makes one of every method of a GRPCRoute.
		most := something.paths
		way.most = &most
	}
	switch {
	case r.isTraefikRoute(way):
		way.Priority += traefikPriority(match)
	case isExpression && id != "istio":
		way.Expression = path.Get("value").Text()
	}
}

// traefikPriority returns what a match adds to the number by which Traefik ranks the rules of HTTPRoutes (provider/kubernetes/gateway,
// buildMatchRule).
func traefikPriority(match manifest.View) int {
	priority := traefikPathPriority(match.Get("path")) + 100*len(match.Get("headers").Elements()) + 10*len(match.Get("queryParams").Elements())
	if match.Get("method").Exists() {
		priority += 1000
	}
	return priority
}

// traefikPathPriority is the part of the path (buildPathRule).
func traefikPathPriority(path manifest.View) int {
	value := cmp.Or(path.Get("value").Text(), "/")
	switch kind := cmp.Or(path.Get("type").Text(), "PathPrefix"); {
	case kind == "Exact":
		return 100000
	case kind == "PathPrefix" && value == "/":
		return 1
	default:
		return 10000 + 100*len(value)
	}
}
