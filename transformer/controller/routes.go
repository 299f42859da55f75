package controller

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// judgeRoutes reads an Ingress route by route, for controllers whose protection depends on the backend. judge gets the field of a
// route and its backend; its second result is false where the controller answers by itself. The whole is closed where every
// route is.
func judgeRoutes(item *manifest.Item, judge func(field string, backend manifest.View) (Judgement, bool)) Judgement {
	whole := Judgement{EndsTLS: true, routes: map[string]*Judgement{}}
	var asked []string
	closed := true
	for field, backend := range backendsOf(item) {
		route, leads := judge(field, backend)
		if !leads {
			continue
		}
		if len(whole.routes) == 0 {
			whole.By, whole.Groups = route.By, route.Groups
		} else if !slices.Equal(whole.Groups, route.Groups) {
			whole.Groups = nil
		}
		whole.routes[field] = &route
		whole.SignsIn, whole.EndsTLS, closed = whole.SignsIn || route.SignsIn, whole.EndsTLS && route.EndsTLS, closed && route.Closed()
		whole.addNew(route.Flaws)
		if !slices.Contains(asked, route.Asks) {
			asked = append(asked, route.Asks)
		}
	}
	if closed {
		whole.Asks = strings.Join(asked, " and ")
	}
	return whole
}

// addNew adds flaws that are not there yet: one setting can be about many routes.
func (j *Judgement) addNew(flaws []Flaw) {
	for _, flaw := range flaws {
		if !slices.Contains(j.Flaws, flaw) {
			j.add(flaw)
		}
	}
}

// backendsOf returns the backends of an Ingress with the fields of their routes.
func backendsOf(item *manifest.Item) iter.Seq2[string, manifest.View] {
	return func(yield func(string, manifest.View) bool) {
		for _, name := range []string{"defaultBackend", "backend"} {
			if backend := item.View("spec", name); backend.Exists() && !yield("spec."+name, backend) {
				return
			}
		}
		for r, rule := range item.View("spec", "rules").Elements() {
			for p, path := range rule.Get("http", "paths").Elements() {
				if !yield(fmt.Sprintf("spec.rules[%d].http.paths[%d]", r, p), path.Get("backend")) {
					return
				}
			}
		}
	}
}
