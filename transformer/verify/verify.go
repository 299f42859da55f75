// Package verify proves that no private endpoint can be reached without sign-in, or says which object opens it. Two
// routes are compared as sets of requests, through one decision table.
package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// The rules of this room. Each is one line of the decision table for a private route and another one without protection.
var (
	// OtherWay is a public route that reaches a private path through another host or class.
	OtherWay = finding.Rule{Code: "PE201", Severity: finding.Error, Title: "private path reachable without sign-in"}
	// SameRequests is a public route for the very requests of a private one: which of them wins is nobody's decision.
	SameRequests = finding.Rule{Code: "PE202", Severity: finding.Error, Title: "the same requests are private and public"}
	// PublicInside is a public path inside a private one.
	PublicInside = finding.Rule{Code: "PE203", Severity: finding.Warning, Title: "public path inside a private one"}
	// PublicBeside is a public Prefix around a private Exact path: /x/ is public.
	PublicBeside = finding.Rule{Code: "PE204", Severity: finding.Warning, Title: "private path is exact"}
	// HostOfTwo is a host that Ingresses of two namespaces serve.
	HostOfTwo = finding.Rule{Code: "PE205", Severity: finding.Warning, Title: "private host shared with another namespace"}
	// CatchAll is a public route for every host, or for a wildcard that covers a private one.
	CatchAll = finding.Rule{Code: "PE206", Severity: finding.Error, Title: "public route for every host"}
	// RegularPath is a public path that a controller may read as matching a private one.
	RegularPath = finding.Rule{Code: "PE305", Severity: finding.Error, Title: "public path may match a private one"}
)

// Check compares every private route of the set with every other way in. The plan must have been written to the set.
func Check(plan *endpoint.Plan, settings *config.Config) finding.List {
	if settings.Spec.Verify.Mode == config.VerifyOff || !slices.ContainsFunc(plan.Endpoints, func(e *endpoint.Endpoint) bool { return e.Private }) {
		return nil
	}
	routes, findings := exposure.Ingresses(plan.Set, plan.EffectiveNamespace)
	spreadRegular(routes)
	table := newTable(routes, plan.Endpoints)
	for _, route := range routes {
		if private := table.private[route.Item]; private != nil {
			findings = append(findings, table.check(route, private)...)
		}
	}
	if settings.Spec.Verify.Mode == config.VerifyWarn {
		for i, f := range findings {
			if f.Severity == finding.Error {
				findings[i] = f.As(finding.Warning)
			}
		}
	}
	return findings
}

// table finds the routes that can meet a private one without comparing all pairs.
type table struct {
	private   map[*manifest.Item]*endpoint.Endpoint
	byHost    map[string][]exposure.Route
	byService map[string][]exposure.Route
	// patterns are the routes for every host and for wildcards.
	patterns []exposure.Route
}

func newTable(routes []exposure.Route, endpoints []*endpoint.Endpoint) table {
	t := table{
		private: map[*manifest.Item]*endpoint.Endpoint{}, byHost: map[string][]exposure.Route{},
		byService: map[string][]exposure.Route{},
	}
	for _, e := range endpoints {
		if e.Private {
			t.private[e.Ingress] = e
		}
	}
	for _, route := range routes {
		if t.private[route.Item] != nil {
			continue
		}
		if route.Host == "" || strings.HasPrefix(route.Host, "*.") {
			t.patterns = append(t.patterns, route)
		} else {
			t.byHost[route.Host] = append(t.byHost[route.Host], route)
		}
		service := serviceKey(route)
		t.byService[service] = append(t.byService[service], route)
	}
	return t
}

// spreadRegular marks every route of a host on which some Ingress makes its controller read paths as regular expressions.
func spreadRegular(routes []exposure.Route) {
	regular := map[string]bool{}
	for _, route := range routes {
		regular[route.Host] = regular[route.Host] || route.Regular
	}
	for i := range routes {
		routes[i].Regular = regular[routes[i].Host]
	}
}

func serviceKey(route exposure.Route) string { return route.Namespace + "/" + route.Service }

// check compares one private route with the public ones that can meet it.
func (t table) check(private exposure.Route, e *endpoint.Endpoint) finding.List {
	var findings finding.List
	for _, public := range t.byHost[private.Host] {
		if public.Class == private.Class {
			findings = append(findings, sameHost(private, public, e)...)
		}
	}
	for _, public := range t.patterns {
		if covers(public.Host, private.Host) {
			findings = append(findings, catchAll(private, public))
		}
	}
	for _, public := range t.byService[serviceKey(private)] {
		if public.Host == private.Host && public.Class == private.Class || covers(public.Host, private.Host) {
			continue
		}
		if public.Shares(private) {
			findings = append(findings, otherWay(private, public, e, splitRemedy(e)))
		}
	}
	return findings
}

func otherWay(private, public exposure.Route, e *endpoint.Endpoint, remedy string) finding.Finding {
	return OtherWay.At(public.Item.Object(), public.Field,
		fmt.Sprintf("%s reaches path %s of Service %s, which %s makes private", way(public), private.Paths, serviceKey(private), e.Object()), remedy)
}

// splitRemedy shows how one host carries public and private paths (E15).
func splitRemedy(e *endpoint.Endpoint) string {
	return fmt.Sprintf("serve public and private paths on one host: write host %s, or the same generate-host word, on both Ingresses, with paths that do not meet; or make both private", e.Hosts[0])
}

func way(route exposure.Route) string {
	host := route.Host
	if host == "" {
		host = "every host"
	}
	if route.Rewrite != "" {
		return fmt.Sprintf("%s, path %s, rewritten to %s,", host, route.Paths, route.Rewrite)
	}
	return fmt.Sprintf("%s, path %s,", host, route.Paths)
}

// sameHost is the part of the decision table for routes of one host and class.
func sameHost(private, public exposure.Route, e *endpoint.Endpoint) finding.List {
	privatePaths, publicPaths := private.Paths, public.Paths
	if private.Regular {
		var plainPrivate, plainPublic bool
		privatePaths, plainPrivate = privatePaths.Regular()
		publicPaths, plainPublic = publicPaths.Regular()
		if !plainPrivate || !plainPublic {
			return finding.List{RegularPath.At(public.Item.Object(), public.Field,
				fmt.Sprintf("path %s is read as a regular expression on %s and may match the private path %s", public.Paths, public.Host, private.Paths),
				"move the paths that need rewriting to a host of their own")}
		}
	}
	sameService := serviceKey(private) == serviceKey(public)
	foreign := private.Namespace != public.Namespace
	switch {
	case publicPaths.Equal(privatePaths), publicPaths.Exact() && publicPaths.String() == privatePaths.String():
		return finding.List{SameRequests.At(public.Item.Object(), public.Field,
			fmt.Sprintf("path %s on %s is private in %s", public.Paths, public.Host, private.Item.Object()), "remove the public path, or make this Ingress private too")}
	case sameService && (private.Rewrite != "" || public.Rewrite != "") && public.Shares(private):
		return finding.List{otherWay(private, public, e, "serve the two on Services of their own, or do not rewrite into each other's paths")}
	case privatePaths.Contains(publicPaths):
		severity := finding.Info
		if sameService || foreign {
			severity = finding.Warning
		}
		return finding.List{PublicInside.At(public.Item.Object(), public.Field,
			fmt.Sprintf("path %s on %s is public inside the private path %s of %s", public.Paths, public.Host, private.Paths, private.Item.Object()), "if that is not meant, make this Ingress private too").As(severity)}
	case privatePaths.Exact() && publicPaths.Contains(privatePaths) && (publicPaths.Everything() || publicPaths.String() == privatePaths.String()):
		return finding.List{PublicBeside.At(private.Item.Object(), private.Field,
			fmt.Sprintf("path %s is private but %s/ is public through %s", private.Paths, strings.TrimRight(private.Paths.String(), "/"), public.Item.Object()), "write pathType: Prefix")}
	case foreign:
		return finding.List{HostOfTwo.At(public.Item.Object(), public.Field,
			fmt.Sprintf("host %s is also the one of %s", public.Host, private.Item.Object()), "").As(finding.Info)}
	}
	return nil
}

// catchAll is the part of the decision table for a public route whose host is a pattern.
func catchAll(private, public exposure.Route) finding.Finding {
	severity := finding.Info
	if serviceKey(private) == serviceKey(public) && public.Shares(private) {
		severity = finding.Error
	}
	return CatchAll.At(public.Item.Object(), public.Field, fmt.Sprintf("%s also stands for the private host %s", way(public), private.Host), "write the exact host").As(severity)
}

// covers says whether pattern, a host of a route, stands for more hosts than one and host is among them.
func covers(pattern, host string) bool {
	if pattern == "" {
		return true
	}
	parent, wildcard := strings.CutPrefix(pattern, "*.")
	_, rest, _ := strings.Cut(host, ".")
	return wildcard && rest == parent
}
