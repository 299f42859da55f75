package exposure

import (
	"regexp"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// PathSet is the set of request paths that one Ingress path matches. Any two sets are disjoint, or one contains the
// other: that is what makes the comparison exact.
type PathSet struct {
	text string
	form form
}

type form int

const (
	exact    form = iota
	segments      // whole path segments: /a matches /a and /a/b, not /ab
	plain         // plain text: /a matches /ab too
)

// Prefix returns the set of a path of type Prefix.
func Prefix(path string) PathSet { return newPathSet(path, networkingv1.PathTypePrefix) }

func newPathSet(path string, pathType networkingv1.PathType) PathSet {
	if path == "" {
		path = "/"
	}
	switch pathType {
	case networkingv1.PathTypeExact:
		return PathSet{path, exact}
	case networkingv1.PathTypePrefix:
		// A trailing slash of a Prefix has no meaning.
		return PathSet{strings.TrimRight(path, "/"), segments}
	default:
		return PathSet{path, plain}
	}
}

// String returns the path as it would be written.
func (s PathSet) String() string {
	if s.text == "" {
		return "/"
	}
	return s.text
}

// Start returns the text that every path of the set begins with. Two sets of which neither text begins like the other have no path in
// common.
func (s PathSet) Start() string { return s.text }

// Exact says whether the set is a single path.
func (s PathSet) Exact() bool { return s.form == exact }

// Everything says whether the set holds every path.
func (s PathSet) Everything() bool { return s.Contains(Prefix("/")) }

// Contains says whether every path of other is in s.
func (s PathSet) Contains(other PathSet) bool {
	switch s.form {
	case exact:
		return other.form == exact && other.text == s.text
	case segments:
		if strings.HasPrefix(other.text, s.text+"/") {
			return true
		}
		return other.text == s.text && other.form != plain
	default:
		if s.text == "" {
			return true
		}
		text := other.text
		if other.form == segments && text == "" {
			text = "/"
		}
		return strings.HasPrefix(text, s.text)
	}
}

// Equal says whether both sets hold the same paths.
func (s PathSet) Equal(other PathSet) bool { return s.Contains(other) && other.Contains(s) }

// Meets says whether a path is in both sets.
func (s PathSet) Meets(other PathSet) bool { return s.Contains(other) || other.Contains(s) }

// Regular returns the set as a controller reads it that takes paths for regular expressions, case-insensitive and
// anchored at the start only. Of a path with more to it than plain text it returns the paths that begin like it, which are
// more than it matches; the second result is then false. Of an expression that Go does not understand that is every path.
func (s PathSet) Regular() (PathSet, bool) {
	text := s.String()
	if !strings.ContainsAny(text, `\^$*+?.()[]{}|`) {
		return PathSet{strings.ToLower(text), plain}, true
	}
	return PathSet{strings.ToLower(literalPrefix(text)), plain}, false
}

// literalPrefix returns a text with which everything begins that an expression matches from the start.
func literalPrefix(expression string) string {
	compiled, err := regexp.Compile(strings.TrimPrefix(expression, "^"))
	if err != nil {
		return ""
	}
	prefix, _ := compiled.LiteralPrefix()
	return prefix
}

// folded returns the set without the difference between capital and small letters.
func (s PathSet) folded() PathSet { return PathSet{strings.ToLower(s.text), s.form} }
