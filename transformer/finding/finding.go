// Package finding holds what the program has to say about a set of manifests: errors, warnings and information, each with
// a stable code, the object and field it is about, the cause and the remedy. Every failure that a user can cause is a
// Finding; Go errors are for what should not happen.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a Finding means for the run.
type Severity string

// The severities. Their text is the one of the KRM functions specification.
const (
	// Error makes the run fail: nothing is transformed and the exit status is 1.
	Error Severity = "error"
	// Warning is something that a person should look at; the run goes on.
	Warning Severity = "warning"
	// Info reports a choice that the program made.
	Info Severity = "info"
)

// rank orders severities for display, the most important one first.
func (s Severity) rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	default:
		return 2
	}
}

// Rule is what all Findings of one code have in common. A room declares its rules as literals, so that everything about a
// code stands together and cannot drift: the program explains a code, and the documentation lists it, from here alone.
type Rule struct {
	// Code is the stable identifier, such as PE110. A published code keeps its meaning.
	Code string
	// Severity is the severity of a Finding of this rule, unless the Finding says otherwise.
	Severity Severity
	// Title is a short phrase, lower case, that says what is wrong in general.
	Title string
	// Cause says in sentences when the rule reports something, and what could happen if it did not.
	Cause string
	// Remedy says in sentences what to do about it.
	Remedy string
	// Example is what the rule reports: manifests, or a configuration.
	Example string
}

// At makes the Finding of rule r about field of object. The cause is one line, lower case, without a final period; the
// remedy says what to do about it and may be empty where the cause says it already.
func (r Rule) At(object Object, field, cause, remedy string) Finding {
	return Finding{
		Code: r.Code, Severity: r.Severity, Title: r.Title,
		Object: object, Field: field, Cause: cause, Remedy: remedy,
	}
}

// Object names the object that a Finding is about. The zero Object stands for the configuration or the input as a whole.
type Object struct {
	APIVersion string
	Kind       string
	Namespace  string
	Name       string
	// File is where the object was read from, and Line the line at which it starts there, counted from 1. They are zero
	// where the input was no file.
	File string
	Line int
}

// String returns the object as messages name it: "Ingress cindy/admin", without the namespace where there is none.
func (o Object) String() string {
	name := o.Name
	if o.Namespace != "" {
		name = o.Namespace + "/" + o.Name
	}
	return strings.TrimSpace(o.Kind + " " + name)
}

// Place returns where the object was read from, as file:line; empty where the input was no file.
func (o Object) Place() string {
	switch {
	case o.File == "":
		return ""
	case o.Line == 0:
		return o.File
	default:
		return fmt.Sprintf("%s:%d", o.File, o.Line)
	}
}

// Finding is one thing to say about one object.
type Finding struct {
	Code     string
	Severity Severity
	Title    string
	Object   Object
	// Field is the path of the field inside the object, or inside the configuration when Object is zero; it may be empty.
	Field  string
	Cause  string
	Remedy string
	// Waived is the reason with which somebody has accepted the Finding; empty where nobody has.
	Waived string
}

// String returns the message without code and severity: "Ingress cindy/admin: spec.rules[0].host: cause".
func (f Finding) String() string {
	var parts []string
	for _, part := range []string{f.Object.String(), f.Field, f.Cause} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// As returns the Finding with another severity, for a rule whose weight depends on what it meets.
func (f Finding) As(severity Severity) Finding {
	f.Severity = severity
	return f
}

// Weight is what the Finding means for the run: one that somebody has accepted is information.
func (f Finding) Weight() Severity {
	if f.Waived != "" {
		return Info
	}
	return f.Severity
}

// Outweighs says whether the Finding means more for the run than other, or as much and would mean more had nobody accepted it.
func (f Finding) Outweighs(other Finding) bool {
	return cmp.Or(cmp.Compare(f.Weight().rank(), other.Weight().rank()), cmp.Compare(f.Severity.rank(), other.Severity.rank())) < 0
}

// List is the Findings of one run.
type List []Finding

// HasErrors says whether the list holds a Finding that makes the run fail.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Weight() == Error })
}

// Count returns the number of Findings of the given weight.
func (l List) Count(severity Severity) int {
	count := 0
	for _, f := range l {
		if f.Weight() == severity {
			count++
		}
	}
	return count
}

// AtLeast returns the Findings that weigh as much as severity, or more.
func (l List) AtLeast(severity Severity) List {
	return slices.DeleteFunc(slices.Clone(l), func(f Finding) bool { return f.Weight().rank() > severity.rank() })
}

// Sorted returns a copy with errors first, then warnings, then information. Within a severity the order stays: it is the
// order of the manifests. Errors stand first because kpt shows no more than four lines of a failed function.
func (l List) Sorted() List {
	sorted := slices.Clone(l)
	slices.SortStableFunc(sorted, func(a, b Finding) int { return cmp.Compare(a.Weight().rank(), b.Weight().rank()) })
	return sorted
}

// Unique returns a copy in which nothing stands twice.
func (l List) Unique() List {
	known := map[Finding]bool{}
	return slices.DeleteFunc(slices.Clone(l), func(f Finding) bool {
		seen := known[f]
		known[f] = true
		return seen
	})
}
