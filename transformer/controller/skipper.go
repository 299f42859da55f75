package controller

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// skipper is github.com/zalando/skipper.
var skipper = Controller{
	ID:               "skipper",
	ClassControllers: []string{"zalando.org/skipper"},
	JudgeIngress:     judgeSkipper,
	ByHand:           "write " + skipperFilter + `: webhook("URL"), with the URL of the auth service`,
}

const (
	skipperFilter    = "zalando.org/skipper-filter"
	skipperRoutes    = "zalando.org/skipper-routes"
	skipperRateLimit = "zalando.org/ratelimit"
)

// skipperSigningIn are the filters that ask for something else than the answer of a web hook
// (https://opensource.zalando.com/skipper/reference/filters/#authentication-and-authorization).
var skipperSigningIn = sync.OnceValue(func() []string {
	return strings.Fields(`
	basicAuth jwtValidation oauthGrant oauthOidcUserInfo oauthOidcAnyClaims oauthOidcAllClaims opaAuthorizeRequest opaAuthorizeRequestWithBody
	oauthTokeninfoAnyScope oauthTokeninfoAllScope oauthTokeninfoAnyKV oauthTokeninfoAllKV
	oauthTokenintrospectionAnyClaims oauthTokenintrospectionAllClaims oauthTokenintrospectionAnyKV oauthTokenintrospectionAllKV
	secureOauthTokenintrospectionAnyClaims secureOauthTokenintrospectionAllClaims secureOauthTokenintrospectionAnyKV
	secureOauthTokenintrospectionAllKV`)
})

// judgeFilters says who is asked by a chain of filters: all of them must let a request through, so that the first that asks an
// auth service counts.
func judgeFilters(filters []skipperCall) Judgement {
	var judgement Judgement
	for _, filter := range filters {
		switch {
		case filter.name == "webhook" && len(filter.arguments) > 0:
			return Judgement{Asks: filter.arguments[0], By: "filter webhook"}
		case slices.Contains(skipperSigningIn(), filter.name) && judgement.Asks == "":
			judgement = Judgement{Asks: filter.String(), By: "filter " + filter.name, SignsIn: true}
		}
	}
	return judgement
}

// skipperRewriting are the filters that change the path which the backend sees.
var skipperRewriting = []string{"modPath", "setPath", "lua"}

// JudgeFilters says who is asked by the filters of a route, each text of which is a chain, and whether one of them changes the path.
// Filters that Skipper would not accept ask nobody.
func JudgeFilters(chains []string) (judgement Judgement, rewrites bool) {
	var all []skipperCall
	for _, chain := range chains {
		filters, ok := parseFilters(chain)
		if !ok {
			return Judgement{}, false
		}
		all = append(all, filters...)
	}
	rewrites = slices.ContainsFunc(all, func(filter skipperCall) bool { return slices.Contains(skipperRewriting, filter.name) })
	return judgeFilters(all), rewrites
}

// IngressFilters returns the chains of filters of an Ingress's routes.
func IngressFilters(item *manifest.Item) []string {
	var chains []string
	for _, key := range []string{skipperRateLimit, skipperFilter} {
		if value, ok := item.Annotation(key); ok {
			chains = append(chains, value)
		}
	}
	return chains
}

// judgeSkipper reads the filters of an Ingress. Skipper leaves them away from the default backend, and leaves all of them away where
// it cannot read one (dataclients/kubernetes/ingressv1.go).
func judgeSkipper(item *manifest.Item, _ Context) Judgement {
	chains := IngressFilters(item)
	judgement, _ := JudgeFilters(chains)
	judgement.By = "annotation " + skipperFilter
	if slices.ContainsFunc(chains, func(chain string) bool { _, ok := parseFilters(chain); return !ok }) {
		judgement.add(Flaw{
			Rule: skipperUnreadable, Opens: true, Field: field(skipperFilter), Cause: "is not what Skipper reads, so that it serves the routes without any filter",
			Remedy: `write filters as name("argument"), with -> between them; ` + skipperRateLimit + " goes before them",
		})
	}
	judgement.add(judgeExtraRoutes(item, judgement.Asks)...)
	return judgeRoutes(item, func(place string, _ manifest.View) (Judgement, bool) {
		if !strings.HasPrefix(place, "spec.rules") && judgement.Asks != "" {
			return Judgement{Flaws: []Flaw{{
				Rule: skipperDefault, Opens: true, Field: place, Cause: "is served without the filters of the Ingress", Remedy: "write a rule with the path / instead",
			}}}, true
		}
		return judgement, true
	})
}

// judgeExtraRoutes reports routes that an Ingress adds by annotation, for its own hosts and paths, and that do not ask the same.
func judgeExtraRoutes(item *manifest.Item, asks string) []Flaw {
	text, written := item.Annotation(skipperRoutes)
	if asks == "" {
		return nil
	}
	routes, ok := parseRoutes(text)
	report := func(cause string) []Flaw {
		return []Flaw{{Rule: skipperExtraRoute, Opens: true, Field: field(skipperRoutes), Cause: cause, Remedy: "write the filter that asks into each of its routes, or remove the annotation"}}
	}
	if written && !ok {
		return report("cannot be read, so that nobody knows what its routes ask")
	}
	for _, route := range routes {
		if len(route.addresses) > 0 && judgeFilters(route.filters).Asks != asks {
			return report(fmt.Sprintf("adds a route to %s without the filter that asks", strings.Join(route.addresses, ", ")))
		}
	}
	return nil
}

// ExtraRoute is a route that an Ingress adds by annotation.
type ExtraRoute struct {
	// Addresses are the URLs of its backends.
	Addresses []string
	// Auth is who is asked.
	Auth Judgement
}

// ExtraRoutes returns the routes that an Ingress of Skipper adds by annotation for its own hosts and paths, as far as they lead to
// a backend.
func ExtraRoutes(item *manifest.Item) []ExtraRoute {
	text, _ := item.Annotation(skipperRoutes)
	routes, _ := parseRoutes(text)
	var extra []ExtraRoute
	for _, route := range routes {
		if len(route.addresses) > 0 {
			extra = append(extra, ExtraRoute{route.addresses, judgeFilters(route.filters)})
		}
	}
	return extra
}

// skipperExample is a private Ingress of Skipper with annotations, one a line.
func skipperExample(annotations ...string) string {
	return exampleClass("skipper", "zalando.org/skipper") + exampleIngress("skipper", annotations...)
}

// skipperAsks is the annotation that asks the auth service of the examples.
const skipperAsks = skipperFilter + `: 'webhook("http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy")'`

// The rules about Skipper.
var (
	skipperUnreadable = finding.Rule{
		Code: "PE741", Severity: finding.Error, Title: "filters that Skipper cannot read",
		Cause: "Skipper joins zalando.org/ratelimit and zalando.org/skipper-filter. Where the whole is not valid it logs that, and serves the routes of the " +
			"Ingress without any filter, also without the one that asks.",
		Remedy:  `Write filters as name("argument"), with -> between them.`,
		Example: skipperExample(skipperFilter + `: webhook(http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy)`),
	}
	skipperExtraRoute = finding.Rule{
		Code: "PE742", Severity: finding.Error, Title: "routes without the filter",
		Cause: "zalando.org/skipper-routes adds routes for the hosts and paths of the Ingress. They have the filters that stand in them and none of " +
			"those of zalando.org/skipper-filter, and with a predicate they come first.",
		Remedy:  "Write the filter that asks into each route, or remove the annotation.",
		Example: skipperExample(skipperAsks, skipperRoutes+`: 'debug: Header("X-Debug", "1") -> "http://admin.cindy.svc.cluster.local";'`),
	}
	skipperDefault = finding.Rule{
		Code: "PE743", Severity: finding.Error, Title: "default backend without the filter",
		Cause:   "Skipper gives the filters of an Ingress to the routes of its rules. The default backend is served without them.",
		Remedy:  "Write a rule with the path / instead.",
		Example: skipperExample(skipperAsks) + "  defaultBackend:\n    service:\n      name: admin\n      port:\n        number: 80\n",
	}
)

// skipperRules returns the rules of this file.
func skipperRules() []finding.Rule {
	return []finding.Rule{skipperUnreadable, skipperExtraRoute, skipperDefault}
}
