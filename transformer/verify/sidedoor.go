package verify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// sideDoors compares one way of an endpoint with every other that can meet it.
func (c *checker) sideDoors(proof *Proof, private *exposure.Way, t table) {
	others, shared := c.rivalsOf(private, proof.Auth.Asks, t)
	for _, other := range others {
		before := len(c.said)
		p := c.pair(proof, private, other)
		p.taken = func() bool {
			return p.shares && slices.ContainsFunc(t.byHost[other.Host][proof.Auth.Asks], func(way *exposure.Way) bool {
				return way.TakesFrom(other, private)
			})
		}
		for _, line := range decisions {
			if line.meets(p) {
				c.conclude(p, line)
				c.explain(proof, other, line.Rule)
				break
			}
		}
		if isApart(private, other) {
			shared.remember(c.said[before:], c.findings)
		}
	}
	if !c.Explain {
		c.said = append(c.said, shared.all()...)
		return
	}
	for _, other := range t.asking(private, proof.Auth.Asks) {
		c.explain(proof, other, finding.Rule{Title: "asks the same"})
	}
}

// explain keeps a conclusion. A way that meets several of the endpoint's is kept with what is worst.
func (c *checker) explain(proof *Proof, way *exposure.Way, rule finding.Rule) {
	if !c.Explain {
		return
	}
	known := slices.IndexFunc(proof.Others, func(other Conclusion) bool { return other.Way == way })
	switch {
	case known < 0:
		proof.Others = append(proof.Others, Conclusion{way, rule})
	case proof.Others[known].Rule.Code == "":
		proof.Others[known].Rule = rule
	}
}

func (c *checker) pair(proof *Proof, private, other *exposure.Way) pair {
	p := pair{
		private: private, other: other, endpoint: proof.Endpoint.Object(), shares: shareTargets(private.Targets, other.Targets),
		sameHost: private.Host == other.Host && private.Via == other.Via && shareEntryPoints(private.EntryPoints, other.EntryPoints), covers: isPattern(other.Host) && covers(other.Host, private.Host),
		otherIsPrivate: c.private[other.Item] && other.Auth.Closed(), authService: c.isAuthService(other, proof.Auth.Asks, private.Host),
		controller: proof.Controller,
	}
	p.elsewhere = private.Host == other.Host && private.Via == other.Via && !private.OpenWith(other)
	for _, way := range proof.Own {
		p.host = cmp.Or(p.host, way.Host)
	}
	p.privatePaths, p.otherPaths, p.certain = private.Paths, other.Paths, true
	if private.Regular && p.sameHost {
		var plainPrivate, plainOther bool
		p.privatePaths, plainPrivate = private.Paths.Regular()
		p.otherPaths, plainOther = other.Paths.Regular()
		p.certain = plainPrivate && plainOther
	}
	return p
}

// shareEntryPoints says whether two ways are open on one entry point. None means all.
func shareEntryPoints(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(name string) bool { return slices.Contains(b, name) })
}

func shareTargets(a, b []exposure.Target) bool {
	for _, target := range a {
		for _, other := range b {
			if target.Meets(other) {
				return true
			}
		}
	}
	return false
}

// conclude reports what a line of the table says about a pair.
func (c *checker) conclude(p pair, line decision) {
	if line.Code == "" {
		c.warnOfHeaders(p)
		return
	}
	item := p.other.Item
	if line.ofPrivate {
		item = p.private.Item
	}
	found := line.say(p, line.Rule)
	c.reportSideDoor(item, p.private.Namespace, found)
	c.explainAuth(p, found)
	if found.Severity != finding.Error {
		c.warnOfHeaders(p)
	}
}

// explainAuth reports what is wrong with the protection that a side door seems to have.
func (c *checker) explainAuth(p pair, found finding.Finding) {
	if found.Severity != finding.Error || p.other.Layer != exposure.HTTP || p.other.Auth == nil || c.private[p.other.Item] {
		return
	}
	for _, flaw := range p.other.Auth.Flaws {
		if !flaw.Opens && p.other.Auth.Asks == "" {
			continue
		}
		if flaw.Field == "" {
			flaw.Field = p.other.Field
		}
		c.reportSideDoor(p.other.Item, p.private.Namespace, flaw.Finding(p.other.Item.Object()))
	}
}

// warnOfHeaders reports public routes that are allowed and lead to private Pods (G12).
func (c *checker) warnOfHeaders(p pair) {
	if !p.sameHost || !p.shares || p.other.Layer != exposure.HTTP || p.authService || p.other.Redirects || p.other.Auth.Closed() {
		return
	}
	c.reportSideDoor(p.other.Item, p.private.Namespace, HeadersPass.At(p.other.Item.Object(), "", fmt.Sprintf(
		"the Pods of %s trust the headers of the sign-in, and a client that comes through this public object can write them itself", p.endpoint),
		"let the public routes lead to Pods of their own, or let the controller remove the headers of auth.responseHeaders there"))
}

// reportSideDoor reports something beyond the endpoint itself, as severe as the configuration wants it.
func (c *checker) reportSideDoor(item *manifest.Item, namespace string, found finding.Finding) {
	if c.Mode == config.VerifyWarn && found.Severity == finding.Error {
		found = found.As(finding.Warning)
	}
	c.report(item, namespace, found)
}

// isAuthService says whether a way leads to the auth service that is asked, at an address, for requests to a host: by the name
// of its Service in the cluster, under an alias of it, or through a host of the set.
func (c *checker) isAuthService(way *exposure.Way, address, host string) bool {
	if way.Service == "" {
		return false
	}
	address = questionOf(address, host)
	service, known := c.authServices[address]
	if !known {
		service = c.findAuthService(address)
		c.authServices[address] = service
	}
	return service.names[way.Service] || shareTargets(way.Targets, service.targets)
}

// ownHost stands in an address for the host of the request itself: a variable of ingress-nginx.
const ownHost = "://$host/"

// authService is what stands behind an address that is asked.
type authService struct {
	// names are those of its Services, as namespace/name.
	names   map[string]bool
	targets []exposure.Target
}

func (c *checker) findAuthService(address string) authService {
	service := authService{names: clusterNames(address)}
	for full := range service.names {
		namespace, name, _ := strings.Cut(full, "/")
		service.targets = c.ways.Targets(namespace, name, "")
	}
	for _, way := range c.answering(placeOf(address)) {
		service.names[way.Service] = true
	}
	return service
}

// clusterNames returns the Service, as namespace/name, that an address names in the cluster, and nothing where it names none.
func clusterNames(address string) map[string]bool {
	names := map[string]bool{}
	host, _ := placeOf(address)
	labels := strings.Split(host, ".")
	if len(labels) >= 2 && (len(labels) == 2 || labels[2] == "svc") {
		names[labels[1]+"/"+labels[0]] = true
	}
	return names
}

// answering returns the ways through which a host of the set answers requests for a path: the most specific ones, and none
// where objects compete for them.
func (c *checker) answering(host, path string) []*exposure.Way {
	var answering []*exposure.Way
	for _, way := range c.byHost[host] {
		if way.Layer != exposure.HTTP || way.Service == "" || !takes(way, path) || asksItself(way) {
			continue
		}
		if len(answering) > 0 && !way.Paths.Equal(answering[0].Paths) {
			if way.Paths.Contains(answering[0].Paths) {
				continue
			}
			answering = nil
		}
		answering = append(answering, way)
	}
	if slices.ContainsFunc(answering, func(way *exposure.Way) bool {
		return way.Item != answering[0].Item && way.Service != answering[0].Service
	}) {
		return nil
	}
	return answering
}

// asksItself says whether a way asks on its own host, so that it cannot be the one that answers there.
func asksItself(way *exposure.Way) bool {
	return way.Auth != nil && strings.Contains(way.Auth.Asks, ownHost)
}
