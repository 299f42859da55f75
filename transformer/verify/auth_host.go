package verify

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// TwoAnswers is a route on the host of the auth service by which another one than the auth service may answer for it.
var TwoAnswers = finding.Rule{
	Code: "PE219", Severity: finding.Error, Title: "auth service's address is answered by others",
	Cause: "Private endpoints ask the auth service through its host, or send browsers there to sign in, and routes of several namespaces take " +
		"these requests, or routes of one namespace take the very same ones for several Services. Controllers merge the routes of a host, and the " +
		"more specific path wins: a Pod that answers 202 to every question opens every private endpoint. The finding is about each of these " +
		"routes, because nothing says which of them is the auth service's. It is silenced when every one of them carries a waiver, so that nobody " +
		"can accept alone what he opens himself.",
	Remedy: "Let one namespace have the host of the auth service: remove the other routes from it, or move them to a host of their own. Or ask " +
		"the auth service by its name in the cluster, which no route can take over.",
	Example: asksHost + authRoute("auth", "oauth2-proxy", "/oauth2") + authRoute("bob", "welcome", "/oauth2/auth"),
}

// authAddresses reports, for the addresses on which an endpoint relies, routes by which others may answer there. What was found about an
// address is kept: most endpoints rely on the same.
func (c *checker) authAddresses(proof *Proof) {
	for _, address := range c.reliesOn(proof) {
		said, known := c.authHosts[address]
		if !known || c.Explain {
			before := len(c.said)
			c.answers(proof, address)
			c.authHosts[address] = slices.Clone(c.said[before:])
			continue
		}
		c.said = append(c.said, said...)
	}
}

// reliance is an address, without its query, on which an endpoint relies.
type reliance struct {
	address string
	// asks is the address that is asked; it differs where the address is the one at which people sign in.
	asks string
}

// reliesOn returns the addresses on which an endpoint relies.
func (c *checker) reliesOn(proof *Proof) []reliance {
	var all []reliance
	keep := func(one reliance) {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	for _, way := range proof.Own {
		asks := questionOf(proof.Auth.Asks, way.Host)
		keep(reliance{asks, asks})
		if c.Settings != nil && c.Settings.Spec.Auth.SignInURL != "" {
			keep(reliance{questionOf(c.Settings.Spec.Auth.SignInURL, way.Host), asks})
		}
	}
	return all
}

// questionOf returns an address as it is asked for requests to a host, without the query.
func questionOf(address, host string) string {
	address, _, _ = strings.Cut(strings.Replace(address, ownHost, "://"+host+"/", 1), "?")
	return address
}

// answers reports the routes of which several may answer at an address.
func (c *checker) answers(proof *Proof, r reliance) {
	host, path := placeOf(r.address)
	if host == "" {
		return
	}
	candidates := c.candidates(host, path, r.asks)
	if c.isSettled(candidates, r.asks) {
		return
	}
	for way, rival := range rivalAnswers(candidates) {
		c.reportSideDoor(way.Item, way.Namespace, TwoAnswers.At(way.Item.Object(), way.Field,
			fmt.Sprintf("%s answers here at %s, where %s, and %s does in %s", answerText(way), r.address, r.use(), answerText(rival), rival.Item.Object()),
			r.remedy()))
		c.explain(proof, way, TwoAnswers)
	}
}

func (r reliance) use() string {
	if r.address == r.asks {
		return "private endpoints ask who may enter"
	}
	return "private endpoints send people to sign in"
}

func (r reliance) remedy() string {
	if r.address == r.asks {
		return "remove the route that is not the auth service's, or ask the auth service by its name in the cluster"
	}
	return "remove the route that is not the auth service's"
}

func answerText(way *exposure.Way) string {
	if way.Service == "" {
		return way.Via
	}
	return serviceText(way)
}

// placeOf returns the host and the path of an address. The variables of Flux, which no parser of URLs takes, stay as they are.
func placeOf(address string) (host, path string) {
	_, rest, _ := strings.Cut(address, "://")
	host, path, _ = strings.Cut(rest, "/")
	host, _, _ = strings.Cut(host, ":")
	return strings.TrimSuffix(strings.ToLower(host), "."), "/" + strings.TrimSuffix(path, "/")
}

// candidates returns the ways that may take requests for a path of a host, where some way is written for the host. A way that asks
// the same address cannot answer there.
func (c *checker) candidates(host, path, asks string) []*exposure.Way {
	isCandidate := func(way *exposure.Way) bool {
		return way.Layer != exposure.TCP && !way.Redirects && takes(way, path) && !(way.Auth.Closed() && questionOf(way.Auth.Asks, host) == asks)
	}
	var candidates []*exposure.Way
	priority := 0
	for _, way := range c.byHost[host] {
		if isCandidate(way) {
			candidates = append(candidates, way)
			priority = max(priority, way.Priority)
		}
	}
	_, parent, _ := strings.Cut(host, ".")
	for _, way := range slices.Concat(c.byHost["*."+parent], c.byHost[""]) {
		// One for everything is a page for errors, unless it is ranked before the routes of the host.
		if isCandidate(way) && (!way.Most().Everything() || len(candidates) > 0 && way.Priority > 0 && way.Priority >= priority) {
			candidates = append(candidates, way)
		}
	}
	return candidates
}

// takes says whether a way may take requests for a path.
func takes(way *exposure.Way, path string) bool {
	if way.Layer != exposure.HTTP {
		return true
	}
	paths := way.Most()
	if way.Regular {
		paths, _ = paths.Regular()
		path = strings.ToLower(path)
	}
	path = strings.TrimSuffix(path, "/")
	return paths.Contains(exposure.Prefix(path)) || paths.Exact() && strings.TrimSuffix(paths.String(), "/") == path
}

// isSettled says whether a way to the auth service, which is known by its name in the cluster, gets all of the requests.
func (c *checker) isSettled(candidates []*exposure.Way, asks string) bool {
	names := clusterNames(asks)
	return slices.ContainsFunc(candidates, func(way *exposure.Way) bool {
		return names[way.Service] && !slices.ContainsFunc(candidates, func(other *exposure.Way) bool {
			return !names[other.Service] && !way.TakesFrom(other, way)
		})
	})
}

// rivalAnswers yields the ways beside which others may answer, each with one of those: all ways where they belong to several namespaces
// and lead to different backends, and else those that take the same requests for different Services. Within a namespace it is one
// owner's choice which path leads where.
func rivalAnswers(candidates []*exposure.Way) iter.Seq2[*exposure.Way, *exposure.Way] {
	foreign := slices.IndexFunc(candidates, func(way *exposure.Way) bool {
		return way.Namespace != candidates[0].Namespace && !sameAnswer(way, candidates[0])
	})
	first, second := map[string]*exposure.Way{}, map[string]*exposure.Way{}
	for _, way := range candidates {
		requests := requestsText(way)
		switch known := first[requests]; {
		case known == nil:
			first[requests] = way
		case known.Item != way.Item && known.Service != way.Service:
			second[requests] = way
		}
	}
	rivalOf := func(way *exposure.Way) *exposure.Way {
		requests := requestsText(way)
		switch {
		case foreign >= 0 && way.Namespace == candidates[0].Namespace:
			return candidates[foreign]
		case foreign >= 0:
			return candidates[0]
		case way.Service == first[requests].Service:
			return second[requests]
		default:
			return first[requests]
		}
	}
	return func(yield func(way, rival *exposure.Way) bool) {
		for _, way := range candidates {
			if rival := rivalOf(way); rival != nil && rival.Item != way.Item && !yield(way, rival) {
				return
			}
		}
	}
}

func sameAnswer(a, b *exposure.Way) bool {
	return a.Service == b.Service && a.Service != "" && a.Rewrite == b.Rewrite && a.Layer == b.Layer
}

// requestsText tells the requests apart that ways take.
func requestsText(way *exposure.Way) string {
	return fmt.Sprintf("%d %s %s %t", way.Layer, way.Host, way.Paths, way.Paths.Exact())
}

// asksHost is a private Ingress that asks the auth service through its host, for the example.
const asksHost = `# the configuration
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: nginx
    controller: ingress-nginx
  tls:
    secretName: wildcard-apps
  auth:
    url: https://auth.example.com/oauth2/auth
  access:
    groups: ["{namespace}"]
---
` + privateStart + `    nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/oauth2/auth?allowed_groups=cindy
` + privateEnd

// authRoute is an Ingress on the host of the auth service, for the example.
func authRoute(namespace, service, path string) string {
	return `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ` + service + `
  namespace: ` + namespace + `
spec:
  ingressClassName: nginx
  rules:
  - host: auth.example.com
    http:
      paths:
      - path: ` + path + `
        pathType: Prefix
        backend:
          service:
            name: ` + service + `
            port:
              number: 80
`
}
