package controller

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Judgement is what an object that routes says about who may pass, read from what it contains: it does not matter who wrote
// it.
type Judgement struct {
	// Asks is the URL that every request is put to before it may pass, empty where nobody is asked. Two ways in with the
	// same URL admit the same people.
	Asks string
	// By names where that stands, such as an annotation or a Middleware.
	By string
	// SignsIn says that the controller signs people in by itself: Asks is then no URL, and names what they sign in to.
	SignsIn bool
	// Groups are those of which a person must be a member where the controller signs in by itself: nil where it asks for none,
	// and empty where it lets nobody in.
	Groups []string
	// EndsTLS says that the controller serves every host over TLS, whatever stands in spec.tls.
	EndsTLS bool
	// Overwrites are the headers, in lower case, that clients cannot write, where an annotation of an Ingress alone says so.
	Overwrites []string
	// Flaws are what opens the way nevertheless, and what deserves a word.
	Flaws []Flaw
	// routes are the judgements of single routes, by their field, where they can differ.
	routes map[string]*Judgement
}

// Of returns the judgement of the route at a field of the object.
func (j *Judgement) Of(field string) *Judgement {
	if route, ok := j.routes[field]; ok {
		return route
	}
	return j
}

// Closed says whether nobody passes without being asked. No judgement closes nothing.
func (j *Judgement) Closed() bool {
	if j == nil {
		return false
	}
	return j.Asks != "" && !j.opened()
}

// opened says whether a flaw opens the way.
func (j *Judgement) opened() bool {
	return slices.ContainsFunc(j.Flaws, func(flaw Flaw) bool { return flaw.Opens })
}

func (j *Judgement) add(flaws ...Flaw) { j.Flaws = append(j.Flaws, flaws...) }

// Flaw is one thing that is wrong with the protection of an object.
type Flaw struct {
	Rule finding.Rule
	// Severity is the one of the Rule where it is empty.
	Severity finding.Severity
	// Opens says that the protection does not hold.
	Opens bool
	// Field is where it stands in the object.
	Field         string
	Cause, Remedy string
}

// Finding returns the flaw as a Finding about object.
func (f Flaw) Finding(object finding.Object) finding.Finding {
	found := f.Rule.At(object, f.Field, f.Cause, f.Remedy)
	if f.Severity != "" {
		found.Severity = f.Severity
	}
	return found
}

// Context is what a judgement may need beside the object itself.
type Context struct {
	*Objects

	// Version is the declared version of the controller, empty where none is declared.
	Version string
}

// JudgeIngress says what the controller that serves a class makes of an Ingress. A controller that is not known protects
// nothing.
func (s Serving) JudgeIngress(class string, item *manifest.Item, objects *Objects) Judgement {
	controller := s.controllers[s.Of(class)]
	if controller.JudgeIngress == nil {
		return Judgement{}
	}
	judgement := controller.JudgeIngress(item, Context{objects, s.versions[class]})
	controller.nobodyAsked(&judgement, item)
	if controller.Overwrites != nil && judgement.Asks != "" {
		judgement.Overwrites = controller.Overwrites(item)
	}
	return judgement
}
