package controller

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// The rules about Traefik.
var (
	traefikReference = finding.Rule{Code: "PE401", Severity: finding.Error, Title: "Middleware that protects nothing"}
	traefikCollision = finding.Rule{Code: "PE402", Severity: finding.Error, Title: "two Middlewares with one id"}
)

// middlewaresByID returns the Middlewares of the set by the id that Traefik knows them by, to which Ingresses refer.
func (o *Objects) middlewaresByID() map[string][]*manifest.Item {
	if o.middlewares == nil {
		o.middlewares = map[string][]*manifest.Item{}
		for _, item := range o.OfKind("traefik.io", "Middleware") {
			id := o.NamespaceOf(item) + "-" + item.Name() + traefikProvider
			o.middlewares[id] = append(o.middlewares[id], item)
		}
	}
	return o.middlewares
}

// authenticating are the fields of a Middleware that ask for credentials.
var authenticating = []string{"forwardAuth", "basicAuth", "digestAuth"}

// conflictsTraefik finds entries of router.middlewares that authenticate too (E17).
func conflictsTraefik(e *endpoint.Endpoint, objects *Objects) []Flaw {
	present, ok := e.Ingress.Annotation(traefikMiddlewares)
	if !ok {
		return nil
	}
	var found []Flaw
	middlewares := objects.middlewaresByID()
	for _, reference := range strings.Split(present, ",") {
		for _, middleware := range middlewares[strings.TrimSpace(reference)] {
			if slices.ContainsFunc(authenticating, func(name string) bool { return middleware.View("spec", name).Exists() }) {
				found = append(found, Flaw{
					Rule: Conflict, Field: field(traefikMiddlewares), Cause: fmt.Sprintf("%s authenticates too", middleware.Object()),
					Remedy: "remove the entry, or remove the intent to protect the Ingress by hand",
				})
			}
		}
	}
	return found
}

// judgeTraefik reads the Middlewares of an Ingress: the first that asks an auth service counts.
func judgeTraefik(item *manifest.Item, context Context) Judgement {
	list, _ := item.Annotation(traefikMiddlewares)
	middlewares := context.middlewaresByID()
	judgement := Judgement{}
	for _, reference := range strings.Split(list, ",") {
		named := middlewares[strings.TrimSpace(reference)]
		if len(named) > 1 {
			judgement.Flaws = append(judgement.Flaws, Flaw{
				Rule: traefikCollision, Opens: true, Field: field(traefikMiddlewares),
				Cause: fmt.Sprintf("Traefik takes %s for %s: their names are one with the namespace in front", named[1].Object(), named[0].Object()), Remedy: "rename one of the two",
			})
		}
		for _, middleware := range named {
			if address := middleware.View("spec", "forwardAuth", "address").Text(); address != "" && judgement.Asks == "" {
				judgement.Asks, judgement.By = address, middleware.Object().String()
			}
		}
	}
	return judgement
}

// traefikRules returns the rules of this file.
func traefikRules() []finding.Rule {
	return []finding.Rule{traefikReference, traefikCollision}
}
