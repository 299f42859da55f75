package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Known is a route as an earlier listing has it.
type Known struct {
	URL, Host, Path string
	// Service is namespace/name.
	Service string
	Private bool
}

// NoLongerPrivate is an endpoint that everybody may enter now, although nothing in the set says that it should be private.
var NoLongerPrivate = finding.Rule{
	Code: "PE168", Severity: finding.Error, Title: "endpoint is no longer private",
	Cause: "An endpoint that the baseline lists as private has no private route any more, and a public route leads to its URL or to its " +
		"Service. A patch that removes the annotation together with the protection leaves nothing in the manifests that could be missed: " +
		"only the comparison with an earlier listing shows it.",
	Remedy: "Mark the endpoint private again. Where it is public on purpose, write the baseline anew and let the change be reviewed.",
	Example: `# the baseline lists https://admin.example.com/ of Service cindy/admin as private
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
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
`,
}

// baseline reports the routes of an earlier listing that were private and are public now. It looks at ways in alone, not at
// intent: a patch may have removed both intent and protection.
func (c *checker) baseline() {
	byHost, byPod := map[string][]*exposure.Way{}, map[string][]*exposure.Way{}
	for _, way := range c.ways.Ways {
		if way.Redirects || way.Auth.Closed() && way.Layer == exposure.HTTP {
			continue
		}
		byHost[way.Host] = append(byHost[way.Host], way)
		for _, target := range way.Targets {
			byPod[target.Pod] = append(byPod[target.Pod], way)
		}
	}
	private, public := map[string][]Route{}, map[string]bool{}
	for _, route := range c.routes() {
		if route.Private {
			private[route.Way.Host] = append(private[route.Way.Host], route)
		}
	}
	for _, known := range c.Baseline {
		public[known.URL] = public[known.URL] || !known.Private
	}
	for _, known := range c.Baseline {
		if !known.Private || isStillPrivate(known, private[known.Host]) {
			continue
		}
		if way := c.opened(known, byHost[known.Host], byPod, public); way != nil {
			c.report(way.Item, way.Namespace, NoLongerPrivate.At(way.Item.Object(), way.Field,
				fmt.Sprintf("is public, and the baseline lists %s of Service %s as private", known.URL, known.Service),
				"mark the endpoint private again, or write the baseline anew"))
		}
	}
}

// opened returns a way that everybody may use to the URL of a route or to its Pods, nil where there is none. A URL that was
// public already when the baseline was written is none.
func (c *checker) opened(known Known, sameHost []*exposure.Way, byPod map[string][]*exposure.Way, public map[string]bool) *exposure.Way {
	for _, way := range sameHost {
		if way.Layer == exposure.HTTP && way.Paths.Meets(exposure.Prefix(known.Path)) {
			return way
		}
	}
	namespace, name, _ := strings.Cut(known.Service, "/")
	targets := c.ways.Targets(namespace, name, "")
	for _, target := range targets {
		for _, way := range byPod[target.Pod] {
			isListed := way.Layer == exposure.HTTP && public[Route{Way: way}.URL()]
			if !isListed && shareTargets(targets, way.Targets) {
				return way
			}
		}
	}
	return nil
}

// isStillPrivate says whether one of the private routes of a host is the one that was listed.
func isStillPrivate(known Known, routes []Route) bool {
	return slices.ContainsFunc(routes, func(route Route) bool { return route.Way.Paths.Contains(exposure.Prefix(known.Path)) })
}
