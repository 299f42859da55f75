package exposure

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
)

const (
	exactType  = networkingv1.PathTypeExact
	prefixType = networkingv1.PathTypePrefix
	// otherType is ImplementationSpecific, which is treated as plain text (E9).
	otherType = networkingv1.PathTypeImplementationSpecific
)

// ingressPath is a path as an Ingress writes it.
type ingressPath struct {
	path     string
	pathType networkingv1.PathType
}

func (p ingressPath) set() PathSet { return newPathSet(p.path, p.pathType) }

func (p ingressPath) String() string { return fmt.Sprintf("%s %q", p.pathType, p.path) }

func TestPathSetsCompare(t *testing.T) {
	const equal, contains, inside, disjoint = "equal", "contains", "inside", "disjoint"
	tests := map[string]struct {
		a, b ingressPath
		want string
	}{
		"prefix, same text":                      {ingressPath{"/a", prefixType}, ingressPath{"/a", prefixType}, equal},
		"prefix, trailing slash":                 {ingressPath{"/a", prefixType}, ingressPath{"/a/", prefixType}, equal},
		"prefix, other letter case":              {ingressPath{"/a", prefixType}, ingressPath{"/A", prefixType}, disjoint},
		"prefix, child":                          {ingressPath{"/a", prefixType}, ingressPath{"/a/b", prefixType}, contains},
		"prefix, same letters but no segment":    {ingressPath{"/a", prefixType}, ingressPath{"/ab", prefixType}, disjoint},
		"prefix, root":                           {ingressPath{"/", prefixType}, ingressPath{"/ab", prefixType}, contains},
		"prefix, empty is root":                  {ingressPath{"", prefixType}, ingressPath{"/", prefixType}, equal},
		"exact, same text":                       {ingressPath{"/a", exactType}, ingressPath{"/a", exactType}, equal},
		"exact, trailing slash":                  {ingressPath{"/a", exactType}, ingressPath{"/a/", exactType}, disjoint},
		"exact in prefix":                        {ingressPath{"/a", prefixType}, ingressPath{"/a", exactType}, contains},
		"exact with a slash in prefix":           {ingressPath{"/a", prefixType}, ingressPath{"/a/", exactType}, contains},
		"exact longer than prefix":               {ingressPath{"/a", prefixType}, ingressPath{"/ab", exactType}, disjoint},
		"exact root is not everything":           {ingressPath{"/", exactType}, ingressPath{"/", prefixType}, inside},
		"text is wider than segments":            {ingressPath{"/a", otherType}, ingressPath{"/a", prefixType}, contains},
		"text takes half a segment":              {ingressPath{"/a", otherType}, ingressPath{"/ab", prefixType}, contains},
		"text with a slash misses the bare one":  {ingressPath{"/a/", otherType}, ingressPath{"/a", exactType}, disjoint},
		"text with a slash is in segments":       {ingressPath{"/a/", otherType}, ingressPath{"/a", prefixType}, inside},
		"text of one segment is not in segments": {ingressPath{"/ab", otherType}, ingressPath{"/a", prefixType}, disjoint},
		"text root is everything":                {ingressPath{"/", otherType}, ingressPath{"/", prefixType}, equal},
		"text, empty is root":                    {ingressPath{"", otherType}, ingressPath{"/", prefixType}, equal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, b := test.a.set(), test.b.set()
			require.Equal(t, test.want == equal || test.want == contains, a.Contains(b), "%s contains %s", test.a, test.b)
			require.Equal(t, test.want == equal || test.want == inside, b.Contains(a), "%s contains %s", test.b, test.a)
			require.Equal(t, test.want == equal, a.Equal(b))
			require.Equal(t, test.want == equal, b.Equal(a))
			require.Equal(t, test.want != disjoint, a.Meets(b))
			require.Equal(t, test.want != disjoint, b.Meets(a))
		})
	}
}

// TestPathSetsAgreeWithTheDocumentation compares every pair of short paths, of every type, with what the requests
// themselves say. It also proves that two sets which meet are nested, on which the comparison rests.
func TestPathSetsAgreeWithTheDocumentation(t *testing.T) {
	requests := words("ab/", 6)
	type matched struct {
		path ingressPath
		set  PathSet
		by   []bool
	}
	var paths []matched
	for _, text := range words("ab/", 4) {
		for _, pathType := range []networkingv1.PathType{exactType, prefixType, otherType} {
			path := ingressPath{text, pathType}
			by := make([]bool, len(requests))
			for i, request := range requests {
				by[i] = matches(path, request)
			}
			require.Contains(t, by, true, "%s matches no request: the universe is too small", path)
			paths = append(paths, matched{path, path.set(), by})
		}
	}
	for _, a := range paths {
		require.Equal(t, !slices.Contains(a.by, false), a.set.Everything(), "%s is everything", a.path)
		for _, b := range paths {
			contains, meets := true, false
			for i := range requests {
				contains = contains && (a.by[i] || !b.by[i])
				meets = meets || a.by[i] && b.by[i]
			}
			if contains != a.set.Contains(b.set) {
				t.Errorf("%s contains %s: the requests say %t", a.path, b.path, contains)
			}
			if meets != a.set.Meets(b.set) {
				t.Errorf("%s meets %s: the requests say %t", a.path, b.path, meets)
			}
		}
	}
}

// words returns every text over letters that starts with a slash and has at most the given length.
func words(letters string, length int) []string {
	all, last := []string{"/"}, []string{"/"}
	for range length - 1 {
		var longer []string
		for _, word := range last {
			for _, letter := range letters {
				longer = append(longer, word+string(letter))
			}
		}
		all, last = append(all, longer...), longer
	}
	return all
}

// matches follows https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types: Exact is the same text;
// Prefix compares element by element after a split at slashes, and a trailing slash of the path does not count.
func matches(path ingressPath, request string) bool {
	switch path.pathType {
	case exactType:
		return request == path.path
	case prefixType:
		wanted := strings.Split(path.path, "/")
		for len(wanted) > 1 && wanted[len(wanted)-1] == "" {
			wanted = wanted[:len(wanted)-1]
		}
		given := strings.Split(request, "/")
		return len(given) >= len(wanted) && slices.Equal(given[:len(wanted)], wanted)
	default:
		return strings.HasPrefix(request, path.path)
	}
}

func TestPathSetEverything(t *testing.T) {
	tests := map[string]struct {
		path ingressPath
		want bool
	}{
		"prefix root":    {ingressPath{"/", prefixType}, true},
		"prefix empty":   {ingressPath{"", prefixType}, true},
		"text root":      {ingressPath{"/", otherType}, true},
		"text slashes":   {ingressPath{"//", otherType}, false},
		"no type":        {ingressPath{"/", ""}, true},
		"exact root":     {ingressPath{"/", exactType}, false},
		"prefix segment": {ingressPath{"/a", prefixType}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.path.set().Everything())
		})
	}
}

func TestPathSetString(t *testing.T) {
	tests := map[string]struct {
		path ingressPath
		want string
	}{
		"root":                    {ingressPath{"/", prefixType}, "/"},
		"empty":                   {ingressPath{"", prefixType}, "/"},
		"prefix loses its slash":  {ingressPath{"/a/", prefixType}, "/a"},
		"exact keeps its slash":   {ingressPath{"/a/", exactType}, "/a/"},
		"text keeps letter cases": {ingressPath{"/Api", otherType}, "/Api"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.path.set().String())
		})
	}
}

// TestPathSetRegular is about a path that ingress-nginx reads as a case-insensitive expression without an end.
func TestPathSetRegular(t *testing.T) {
	tests := map[string]struct {
		path   ingressPath
		inside []string // request paths that the controller sends here
		beside []string
	}{
		"prefix takes half a segment": {ingressPath{"/a", prefixType}, []string{"/a", "/ab", "/a/b"}, []string{"/b", "/"}},
		"exact becomes a prefix":      {ingressPath{"/a", exactType}, []string{"/a", "/a/b"}, []string{"/b/a"}},
		"letter case is lost":         {ingressPath{"/Admin", prefixType}, []string{"/admin"}, []string{"/public"}},
		"root":                        {ingressPath{"/", exactType}, []string{"/", "/a"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			regular, plain := test.path.set().Regular()
			require.True(t, plain)
			for _, request := range test.inside {
				require.True(t, regular.Contains(PathSet{request, exact}), request)
			}
			for _, request := range test.beside {
				require.False(t, regular.Contains(PathSet{request, exact}), request)
			}
		})
	}
}

func TestPathSetRegularKnowsExpressions(t *testing.T) {
	for _, path := range []string{"/a(/|$)(.*)", "/a.*", "/a+", "/a?", "/[ab]", "/a{2}", "/a|/b", "^/a", "/a$", `/a\d`} {
		_, plain := newPathSet(path, otherType).Regular()
		require.False(t, plain, path)
	}
	for path, begins := range map[string]string{
		"/Web(/|$)(.*)": "/web", "/a.*": "/a", "/ab?": "/a", "/ab*": "/a", "/a|/b": "/", "/a|b": "", "/(a|b)": "/", "/a(?=b)": "", `/\X41`: "", "/(": "", "^/a": "/a",
	} {
		regular, _ := newPathSet(path, otherType).Regular()
		require.Equal(t, PathSet{begins, plain}, regular, path)
	}
	for _, path := range []string{"/a", "/a-b_c~d", "/a/b/", "/%20"} {
		_, plain := newPathSet(path, otherType).Regular()
		require.True(t, plain, path)
	}
}
