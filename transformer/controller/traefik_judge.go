package controller

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// traefikGroups are the API groups of Traefik's own kinds; the second one is that of version 2.
var traefikGroups = []string{"traefik.io", "traefik.containo.us"}

// Middleware is a reference to a Middleware of Traefik.
type Middleware struct {
	// Reference is how the route names it.
	Reference string
	// Item is nil where the set does not hold it.
	Item *manifest.Item
}

// Middleware returns the Middleware with a namespace and name.
func (o *Objects) Middleware(namespace, name string) Middleware {
	found := Middleware{Reference: namespace + "/" + name}
	for _, group := range traefikGroups {
		if items := o.Named(group, "Middleware", namespace, name); len(items) > 0 && !strings.Contains(name, "@") {
			found.Item = items[0]
		}
	}
	return found
}

// middlewaresByID returns the Middlewares of the set by the id that Traefik knows them by, to which Ingresses refer.
func (o *Objects) middlewaresByID() map[string][]*manifest.Item {
	if o.middlewares == nil {
		o.middlewares = map[string][]*manifest.Item{}
		for _, group := range traefikGroups {
			for _, item := range o.OfKind(group, "Middleware") {
				id := o.NamespaceOf(item) + "-" + item.Name() + traefikProvider
				o.middlewares[id] = append(o.middlewares[id], item)
			}
		}
	}
	return o.middlewares
}

// authenticating are the fields of a Middleware that ask for credentials.
var authenticating = []string{"forwardAuth", "basicAuth", "digestAuth"}

// conflictsTraefik finds Middlewares of an endpoint that authenticate too (E17).
func conflictsTraefik(e *endpoint.Endpoint, objects *Objects) []Flaw {
	if e.Gateway == nil {
		return conflicting(field(traefikMiddlewares), IngressMiddlewares(e.Route, objects))
	}
	var found []Flaw
	for i, rule := range e.Route.View("spec", "rules").Elements() {
		found = append(found, conflicting(fmt.Sprintf("spec.rules[%d].filters", i), FilterMiddlewares(rule, e.Namespace, objects))...)
	}
	return found
}

func conflicting(field string, middlewares []Middleware) []Flaw {
	var found []Flaw
	for _, entry := range middlewares {
		if entry.Item != nil && slices.ContainsFunc(authenticating, func(name string) bool { return entry.Item.View("spec", name).Exists() }) {
			found = append(found, Flaw{
				Rule: Conflict, Field: field, Cause: fmt.Sprintf("%s authenticates too", entry.Item.Object()),
				Remedy: "remove the entry, or the annotation that makes the route private, to protect it by hand",
			})
		}
	}
	return found
}

// FilterMiddlewares returns the Middlewares that the filters of a rule of an HTTPRoute in a namespace name, in their order.
func FilterMiddlewares(rule manifest.View, namespace string, objects *Objects) []Middleware {
	var middlewares []Middleware
	for _, filter := range rule.Get("filters").Elements() {
		if reference := filter.Get("extensionRef"); slices.Contains(traefikGroups, reference.Get("group").Text()) {
			middlewares = append(middlewares, objects.Middleware(namespace, reference.Get("name").Text()))
		}
	}
	return middlewares
}

// IngressMiddlewares returns the Middlewares that an Ingress names, in their order.
func IngressMiddlewares(item *manifest.Item, objects *Objects) []Middleware {
	list, _ := item.Annotation(traefikMiddlewares)
	var entries []Middleware
	for _, reference := range strings.Split(list, ",") {
		if reference = strings.TrimSpace(reference); reference == "" {
			continue
		}
		entry := Middleware{Reference: reference}
		if named := objects.middlewaresByID()[reference]; len(named) > 0 {
			entry.Item = named[0]
		}
		entries = append(entries, entry)
	}
	return entries
}

// judgeTraefik reads the Middlewares of an Ingress.
func judgeTraefik(item *manifest.Item, context Context) Judgement {
	entries := IngressMiddlewares(item, context.Objects)
	judgement := judgeMiddlewares(field(traefikMiddlewares), entries, context)
	judgement.add(collisions(field(traefikMiddlewares), entries, context.Objects)...)
	return judgement
}

// collisions finds Middlewares that Traefik may take for others: it knows them by namespace and name joined with a hyphen.
func collisions(field string, entries []Middleware, objects *Objects) []Flaw {
	var found []Flaw
	for _, entry := range entries {
		id := strings.TrimSuffix(strings.Replace(entry.Reference, "/", "-", 1), traefikProvider) + traefikProvider
		if named := objects.middlewaresByID()[id]; len(named) > 1 {
			found = append(found, Flaw{
				Rule: traefikCollision, Opens: true, Field: field,
				Cause:  fmt.Sprintf("Traefik takes %s for %s: their names are one with the namespace in front", named[1].Object(), named[0].Object()),
				Remedy: "rename one of the two",
			})
		}
	}
	return found
}

// JudgeMiddlewares says who is asked on a route of one of Traefik's own kinds, or of Gateway API through Traefik. field is
// where the route names the Middlewares.
func (s Serving) JudgeMiddlewares(class, field string, middlewares []Middleware, objects *Objects) Judgement {
	judgement := judgeMiddlewares(field, middlewares, Context{objects, s.versions[class]})
	judgement.add(collisions(field, middlewares, objects)...)
	return judgement
}

// judgeMiddlewares goes through the Middlewares in the order in which Traefik runs them. The first that asks an auth service
// counts; what stands behind it sees only requests that were let in.
func judgeMiddlewares(field string, middlewares []Middleware, context Context) Judgement {
	var judgement Judgement
	for _, entry := range expandChains(middlewares, context.Objects) {
		forwardAuth := specOf(entry, "forwardAuth")
		switch {
		case entry.Item == nil:
			judgement.add(Flaw{
				Rule: traefikReference, Severity: finding.Warning, Field: field,
				Cause:  fmt.Sprintf("names the Middleware %s, which is not in the set: whether it asks, and what it does before anybody is asked, is not known", entry.Reference),
				Remedy: "pass the set with it, or put it behind the one that asks",
			})
		case forwardAuth.Exists() && forwardAuth.Get("address").Text() != "":
			judgement.Asks, judgement.By = forwardAuth.Get("address").Text(), entry.Item.Object().String()
			judgement.add(judgeForwardAuth(entry, context)...)
			return judgement
		case forwardAuth.Exists():
			judgement.add(Flaw{
				Rule: traefikReference, Opens: true, Field: field, Cause: fmt.Sprintf("names %s, which has no forwardAuth.address", entry.Item.Object()),
				Remedy: "write the address of the auth service",
			})
		default:
			judgement.add(judgeBefore(entry, field, context)...)
		}
	}
	// Nobody is asked, as far as the set tells, so that what stands before nothing is of no interest.
	judgement.Flaws = slices.DeleteFunc(judgement.Flaws, func(flaw Flaw) bool { return !flaw.Opens && flaw.Rule.Code != traefikReference.Code })
	return judgement
}

// specOf returns a part of the spec of a Middleware.
func specOf(entry Middleware, path ...string) manifest.View {
	if entry.Item == nil {
		return manifest.View{}
	}
	return entry.Item.View("spec").Get(path...)
}

// expandChains puts the Middlewares of a chain in its place. A chain that leads back to itself ends there: Traefik refuses it.
func expandChains(middlewares []Middleware, objects *Objects) []Middleware {
	return expandInto(nil, middlewares, objects, map[*manifest.Item]bool{})
}

func expandInto(expanded, middlewares []Middleware, objects *Objects, open map[*manifest.Item]bool) []Middleware {
	for _, entry := range middlewares {
		chain := specOf(entry, "chain", "middlewares")
		if !chain.Exists() {
			expanded = append(expanded, entry)
			continue
		}
		if open[entry.Item] {
			continue
		}
		open[entry.Item] = true
		expanded = expandInto(expanded, objects.References(chain, objects.NamespaceOf(entry.Item)), objects, open)
		delete(open, entry.Item)
	}
	return expanded
}

// References returns the Middlewares of a list of name and namespace; those without a namespace are in the given one.
func (o *Objects) References(list manifest.View, namespace string) []Middleware {
	var middlewares []Middleware
	for _, reference := range list.Elements() {
		in := reference.Get("namespace").Text()
		if in == "" {
			in = namespace
		}
		middlewares = append(middlewares, o.Middleware(in, reference.Get("name").Text()))
	}
	return middlewares
}

// harmlessBefore are the Middlewares that may stand before the one that asks: they let fewer requests through, or change
// nothing that anybody decides by.
var harmlessBefore = []string{
	"ipAllowList", "ipWhiteList", "rateLimit", "inFlightReq", "compress", "buffering", "redirectScheme", "contentType", "passTLSClientCert",
	"circuitBreaker", "basicAuth", "digestAuth", "encodedCharacters",
}

// judgeBefore reports a Middleware that changes path, host or answer before anybody is asked.
func judgeBefore(entry Middleware, field string, context Context) []Flaw {
	var flaws []Flaw
	for name, value := range specOf(entry).Fields() {
		switch {
		case slices.Contains(harmlessBefore, name), name == "headers" && !value.Get("customRequestHeaders").Exists():
		case name == "errors":
			flaws = append(flaws, judgeErrors(entry, field, value, context)...)
		default:
			flaws = append(flaws, Flaw{
				Rule: traefikOrder, Field: field, Cause: fmt.Sprintf("puts %s, with %s, before the Middleware that asks", entry.Item.Object(), name),
				Remedy: "put the Middleware that asks first",
			})
		}
	}
	return flaws
}

// judgeErrors reads a Middleware that replaces answers. In front of the one that asks it may turn 401 into a redirect, and
// nothing else: a 403 that becomes one sends people of another group round in circles.
func judgeErrors(entry Middleware, field string, errors manifest.View, context Context) []Flaw {
	var flaws []Flaw
	if slices.ContainsFunc(errors.Get("status").Texts(), func(status string) bool { return status != "401" && status != "401-401" && mayHold(status, 403) }) {
		flaws = append(flaws, Flaw{
			Rule: traefikErrors, Field: field, Cause: fmt.Sprintf("names %s, which replaces the refusal with status 403", entry.Item.Object()),
			Remedy: `write status: ["401"] alone`,
		})
	}
	if errors.Get("statusRewrites").Exists() {
		flaws = append(flaws, tooNew(field, entry, "errors.statusRewrites", version{3, 4}, context)...)
	}
	return flaws
}

// mayHold says whether a status, or a range of them such as 400-499, holds a code.
func mayHold(status string, code int) bool {
	from, to, isRange := strings.Cut(status, "-")
	if !isRange {
		to = from
	}
	first, err := strconv.Atoi(strings.TrimSpace(from))
	last, err2 := strconv.Atoi(strings.TrimSpace(to))
	return err != nil || err2 != nil || first <= code && code <= last
}

// judgeForwardAuth reads the Middleware that asks.
func judgeForwardAuth(entry Middleware, context Context) []Flaw {
	var flaws []Flaw
	forwardAuth := specOf(entry, "forwardAuth")
	if forwardAuth.Get("tls", "insecureSkipVerify").Text() == "true" {
		flaws = append(flaws, Flaw{
			Rule: traefikUnverified, Field: "", Cause: fmt.Sprintf("%s does not check the certificate of the auth service, so that whoever stands between can let people in", entry.Item.Object()),
			Remedy: "remove tls.insecureSkipVerify, and name the certificate authority in tls.caSecret",
		})
	}
	if forwardAuth.Get("authSigninURL").Exists() {
		flaws = append(flaws, tooNew("", entry, "forwardAuth.authSigninURL", version{3, 7}, context)...)
	}
	if forwardAuth.Get("maxResponseBodySize").Exists() {
		flaws = append(flaws, tooNew("", entry, "forwardAuth.maxResponseBodySize", version{3, 6, 14}, context)...)
	}
	return flaws
}

// tooNew reports a field that the declared version does not have.
func tooNew(field string, entry Middleware, name string, since version, context Context) []Flaw {
	if !context.isOlder(since) {
		return nil
	}
	return []Flaw{{
		Rule: traefikVersionRule, Field: field,
		Cause:  fmt.Sprintf("%s has the field %s of Traefik %s, and version %s is declared", entry.Item.Object(), name, since, context.Version),
		Remedy: "declare the version that the cluster runs, and run the function again",
	}}
}

// PathAfter returns the path that a backend sees behind Middlewares, in the form of an Ingress's rewriting: empty where it is
// that of the request, and "/$1" where it may be any.
func PathAfter(middlewares []Middleware, objects *Objects) string {
	after := ""
	for _, entry := range expandChains(middlewares, objects) {
		for name, value := range specOf(entry).Fields() {
			switch name {
			case "replacePath":
				after = value.Get("path").Text()
			case "stripPrefix", "stripPrefixRegex", "replacePathRegex", "addPrefix", "plugin":
				after = "/$1"
			}
		}
	}
	return after
}

// RedirectsToHTTPS says whether Middlewares answer every request that comes without TLS with a redirect.
func RedirectsToHTTPS(middlewares []Middleware, objects *Objects) bool {
	return slices.ContainsFunc(expandChains(middlewares, objects), func(entry Middleware) bool {
		return specOf(entry, "redirectScheme", "scheme").Text() == "https"
	})
}

// ErrorPage is a Service from which Traefik fetches what it answers in the place of some answers of a route.
type ErrorPage struct {
	// Middleware has the setting.
	Middleware *manifest.Item
	// Service names the Service as a route does, and Query is what is asked for there.
	Service manifest.View
	Query   string
	// Asked says that only those get there who have passed the one that asks.
	Asked bool
}

// ErrorPages returns the error pages of Middlewares, in their order
// (https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/errorpages/).
func ErrorPages(middlewares []Middleware, objects *Objects) []ErrorPage {
	var pages []ErrorPage
	asked := false
	for _, entry := range expandChains(middlewares, objects) {
		if errors := specOf(entry, "errors"); errors.Exists() {
			pages = append(pages, ErrorPage{entry.Item, errors.Get("service"), errors.Get("query").Text(), asked})
		}
		asked = asked || specOf(entry, "forwardAuth", "address").Text() != ""
	}
	return pages
}
