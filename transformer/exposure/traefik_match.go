package exposure

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// A match is one alternative of a rule of Traefik: requests for a host, empty for every host, and for paths. narrowed says that
// it takes only some of them.
type match struct {
	host     string
	paths    PathSet
	narrowed bool
}

var (
	everything = match{paths: Prefix("/")}
	// something is what stands for a condition that is not understood: it may match any request.
	something = match{paths: Prefix("/"), narrowed: true}
)

// maximumMatches bounds what is multiplied out. A conjunction of more counts as one that may match any request.
const maximumMatches = 256

// readMatch reads a rule: https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/.
// Its syntax is that of Go expressions. What cannot be understood may match any request.
func readMatch(rule string) []match {
	expression, err := parser.ParseExpr(rule)
	if err != nil {
		return []match{something}
	}
	return alternatives(expression)
}

func alternatives(expression ast.Expr) []match {
	switch e := expression.(type) {
	case *ast.ParenExpr:
		return alternatives(e.X)
	case *ast.BinaryExpr:
		left, right := alternatives(e.X), alternatives(e.Y)
		switch {
		case e.Op == token.LOR:
			return slices.Concat(left, right)
		case e.Op == token.LAND && len(left)*len(right) <= maximumMatches:
			return intersections(left, right)
		}
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok {
			return readMatcher(name.Name, literals(e.Args))
		}
	}
	return []match{something}
}

// literals returns the arguments of a matcher.
func literals(arguments []ast.Expr) []string {
	var texts []string
	for _, argument := range arguments {
		if literal, ok := argument.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

// readMatcher reads one condition. In version 2 it may have several values, of which any will do, and patterns in braces; the
// braces of a Flux variable are none (E21).
func readMatcher(name string, values []string) []match {
	var matches []match
	for _, value := range values {
		m := everything
		switch {
		case strings.Contains(config.WithoutPlaceholders(value), "{"):
			return []match{something}
		case name == "Host" || name == "HostHeader" || name == "HostSNI":
			if value != "*" {
				m.host = normalHost(value)
			}
		case name == "Path":
			m.paths = newPathSet(value, networkingv1.PathTypeExact)
		case name == "PathPrefix":
			m.paths = PathSet{value, plain}
		case name == "PathRegexp" && strings.HasPrefix(value, "^") && !strings.Contains(value, "|"):
			m.paths, m.narrowed = PathSet{literalPrefix(value), plain}, true
		default:
			return []match{something}
		}
		matches = append(matches, m)
	}
	if len(matches) == 0 {
		return []match{something}
	}
	return matches
}

// intersections returns what is in one of both alternatives. Sets of paths are nested or disjoint, so that the smaller one of
// two is what they share.
func intersections(left, right []match) []match {
	var shared []match
	for _, a := range left {
		for _, b := range right {
			m := match{host: a.host, paths: a.paths, narrowed: a.narrowed || b.narrowed}
			if a.host == "" {
				m.host = b.host
			}
			if a.paths.Contains(b.paths) {
				m.paths = b.paths
			}
			if (b.host == "" || m.host == b.host) && a.paths.Meets(b.paths) {
				shared = append(shared, m)
			}
		}
	}
	return shared
}
