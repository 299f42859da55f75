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

// The rules about a baseline.
var (
	// NoLongerPrivate is an endpoint that everybody may enter now, although nothing in the set says that it should be private.
	NoLongerPrivate = finding.Rule{
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
	// EndpointGone is an endpoint of a baseline that the set does not hold, neither private nor public.
	EndpointGone = finding.Rule{
		Code: "PE172", Severity: finding.Info, Title: "endpoint of the baseline is gone",
		Cause: "An endpoint that the baseline lists as private is not in the set: no route leads to its URL, and no private one to its Service. " +
			"Nothing is open. But as long as the baseline lists what nobody has, nobody sees in it what there is.",
		Remedy: "Write the baseline anew if the endpoint was meant to go. Otherwise find out which part of the set is missing.",
		Example: "# the baseline lists https://admin.example.com/admin of Service cindy/admin as private, and https://old.example.com/ of Service cindy/old\n" +
			privateAdmin,
	}
	// OtherBaseline is a baseline of which the set holds nothing.
	OtherBaseline = finding.Rule{
		Code: "PE173", Severity: finding.Warning, Title: "baseline of another set",
		Cause: "None of the endpoints that the baseline lists as private is in the set, and no route has a host or a Service of theirs. It is probably the baseline of " +
			"another set, or of another overlay: then no endpoint of this one can become public and be missed.",
		Remedy:  "Pass the baseline of this set, or write it anew.",
		Example: "# the baseline lists https://old.example.com/ of Service cindy/old as private\n" + privateAdmin,
	}
)

// baseline reports the routes of an earlier listing that were private and are public now, and those that are gone. It looks at ways in
// alone, not at intent: a patch may have removed both intent and protection.
func (c *checker) baseline() {
	byHost, byPod := c.openWays()
	private, public := c.privateRoutes(), map[string]bool{}
	for _, known := range c.Baseline {
		public[known.URL] = public[known.URL] || !known.Private
	}
	var gone []Known
	listed := 0
	for _, known := range c.Baseline {
		if !known.Private {
			continue
		}
		listed++
		if private.has(known) {
			continue
		}
		switch way := c.opened(known, byHost[known.Host], byPod, public); {
		case way != nil:
			c.report(way.Item, way.Namespace, NoLongerPrivate.At(way.Item.Object(), way.Field,
				fmt.Sprintf("is public, and the baseline lists %s of Service %s as private", known.URL, known.Service),
				"mark the endpoint private again, or write the baseline anew"))
		case !private.services[known.Service]:
			gone = append(gone, known)
		}
	}
	c.gone(gone, listed)
}

// gone reports the private routes of an earlier listing, of so many, that are not in the set.
func (c *checker) gone(gone []Known, listed int) {
	if len(gone) > 0 && len(gone) == listed && !c.hasTraceOf(gone) {
		c.findings = append(c.findings, OtherBaseline.At(finding.Object{}, "",
			fmt.Sprintf("none of the endpoints is in the set that the baseline lists as private, such as %s of Service %s", gone[0].URL, gone[0].Service),
			"pass the baseline of this set, or write it anew"))
		return
	}
	for _, known := range gone {
		namespace, name, _ := strings.Cut(known.Service, "/")
		c.findings = append(c.findings, EndpointGone.At(finding.Object{APIVersion: "v1", Kind: "Service", Namespace: namespace, Name: name}, "",
			fmt.Sprintf("the baseline lists %s as private, and it is gone", known.URL), "write the baseline anew if that is meant"))
	}
}

// hasTraceOf says whether a route, for whomever, has a host or a Service of these.
func (c *checker) hasTraceOf(gone []Known) bool {
	hosts, services := map[string]bool{}, map[string]bool{}
	for _, known := range gone {
		hosts[known.Host], services[known.Service] = true, true
	}
	return slices.ContainsFunc(c.ways.Ways, func(way *exposure.Way) bool { return hosts[way.Host] || services[way.Service] })
}

// openWays returns the ways that everybody may use, by their host and by the Pods that they reach.
func (c *checker) openWays() (byHost, byPod map[string][]*exposure.Way) {
	byHost, byPod = map[string][]*exposure.Way{}, map[string][]*exposure.Way{}
	for _, way := range c.ways.Ways {
		if way.Redirects || way.Auth.Closed() && way.Layer == exposure.HTTP {
			continue
		}
		byHost[way.Host] = append(byHost[way.Host], way)
		for _, target := range way.Targets {
			byPod[target.Pod] = append(byPod[target.Pod], way)
		}
	}
	return byHost, byPod
}

// privateRoutes are what is private in a set.
type privateRoutes struct {
	byHost map[string][]Route
	// services are the Services, as namespace/name, that are marked private or to which a private route leads.
	services map[string]bool
}

func (c *checker) privateRoutes() privateRoutes {
	private := privateRoutes{map[string][]Route{}, map[string]bool{}}
	for _, route := range c.routes() {
		if route.Private {
			private.byHost[route.Way.Host] = append(private.byHost[route.Way.Host], route)
			private.services[route.Way.Service] = true
		}
	}
	for _, e := range c.Endpoints {
		if e.Source.Kind() == "Service" {
			private.services[e.Namespace+"/"+e.Source.Name()] = true
		}
	}
	return private
}

// has says whether one of the private routes is the one that was listed.
func (p privateRoutes) has(known Known) bool {
	return slices.ContainsFunc(p.byHost[known.Host], func(route Route) bool { return route.Way.Paths.Contains(exposure.Prefix(known.Path)) })
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
