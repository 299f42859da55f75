package verify

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Twice is an object of which a set holds two definitions.
var Twice = finding.Rule{
	Code: "PE174", Severity: finding.Error, Title: "object is defined twice",
	Cause: "Two definitions of one object are in the set. The cluster keeps one of them: kubectl apply the last, other tools refuse both, or " +
		"take either. What is proved about the set may then be about the definition that is not kept. Two equal ones are a warning: a file may have been " +
		"named twice.",
	Remedy: "Remove one of them. Verify what is deployed together, such as one rendered overlay, and each file once.",
	Example: privateAdmin + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
spec:
  selector:
    app: admin
  ports:
  - port: 80
---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
spec:
  type: LoadBalancer
  selector:
    app: admin
  ports:
  - port: 80
`,
}

// identity is what tells an object from all others of a cluster.
type identity struct{ group, kind, namespace, name string }

// Duplicates reports the objects of which a set holds several definitions, among the kinds that open and close ways. namespaceOf tells
// where an object will live. The mode is that of side doors.
func Duplicates(set *manifest.Set, namespaceOf func(*manifest.Item) string, mode string) finding.List {
	if mode == config.VerifyOff {
		return nil
	}
	var findings finding.List
	first := map[identity]*manifest.Item{}
	for _, item := range maybeTwice(set) {
		id := identity{groupOf(item), item.Kind(), namespaceOf(item), item.Name()}
		switch known := first[id]; {
		case id.name == "":
			// It has a generated name, or cannot be read, and that is reported elsewhere.
		case known == nil:
			first[id] = item
		default:
			found := twice(item, known)
			if mode == config.VerifyWarn {
				found = found.As(finding.Warning)
			}
			findings = append(findings, found)
		}
	}
	return findings
}

// maybeTwice returns the objects that may have the name of another one, by their bytes: to ask each for its name would be to parse it. The
// name of an object is mostly the first one in it, so that one of two namesakes may be written in another way, and not both.
func maybeTwice(set *manifest.Set) []*manifest.Item {
	var all []*manifest.Item
	var guesses []guess
	everyoneSaysWhere := true
	for _, item := range set.Items() {
		if opensOrCloses(item) {
			g := guessNames(item)
			all, guesses = append(all, item), append(guesses, g)
			everyoneSaysWhere = everyoneSaysWhere && g.namespace != ""
		}
	}
	byName := map[identity]*holders{}
	for n, g := range guesses {
		for position, name := range g.names {
			id := g.identity(all[n], name, everyoneSaysWhere)
			if byName[id] == nil {
				byName[id] = &holders{last: -1}
			}
			byName[id].add(n, position == 0)
		}
	}
	var items []*manifest.Item
	for n, g := range guesses {
		if g.unclear || slices.ContainsFunc(g.names, func(name string) bool { return byName[g.identity(all[n], name, everyoneSaysWhere)].mayBeTwice() }) {
			items = append(items, all[n])
		}
	}
	return items
}

// holders are the objects in which a name stands.
type holders struct {
	count, last int
	// isFirst says that it is the first name in one of them.
	isFirst bool
}

func (h *holders) add(n int, first bool) {
	if h.last != n {
		h.count, h.last = h.count+1, n
	}
	h.isFirst = h.isFirst || first
}

func (h *holders) mayBeTwice() bool { return h.isFirst && h.count > 1 }

// guess is what an object may be called, by its bytes.
type guess struct {
	// names are the values of fields called name, in their order; namespace is the first of those called namespace.
	names     []string
	namespace string
	// unclear says that the bytes may not show the name.
	unclear bool
}

func guessNames(item *manifest.Item) guess {
	var g guess
	g.unclear = !item.Pairs(func(key, value []byte) bool {
		switch string(key) {
		case "name":
			if len(g.names) == 0 || g.names[len(g.names)-1] != string(value) {
				g.names = append(g.names, string(value))
			}
		case "namespace":
			if g.namespace == "" {
				g.namespace = string(value)
			}
		}
		return true
	})
	if g.unclear {
		// It is parsed, and its namesakes have to be found.
		g.names, g.namespace = []string{item.Name()}, item.Namespace()
	}
	return g
}

// identity returns what an object would be by one of its names.
func (g guess) identity(item *manifest.Item, name string, withNamespace bool) identity {
	id := identity{group: groupOf(item), kind: item.Kind(), name: name}
	if withNamespace {
		id.namespace = g.namespace
	}
	return id
}

// groupOf returns the API group of an object. An Ingress is one object under the group that it had before, too.
func groupOf(item *manifest.Item) string {
	if item.Group() == "extensions" {
		return "networking.k8s.io"
	}
	return item.Group()
}

// opensOrCloses says whether an object is of a kind that opens ways in, or that decides who is asked there.
func opensOrCloses(item *manifest.Item) bool {
	switch item.Group() {
	case "":
		return item.Kind() == "Service"
	case "networking.k8s.io", "extensions":
		return item.Kind() == "Ingress" || item.Kind() == "IngressClass"
	case config.Domain:
		return false
	default:
		return slices.Contains(knownGroups, item.Group())
	}
}

// twice returns the finding about a second definition.
func twice(item, first *manifest.Item) finding.Finding {
	place := ""
	if object := first.Object(); object.File != "" {
		place = fmt.Sprintf(" at %s:%d", object.File, object.Line)
	}
	if sameContent(item, first) {
		return Twice.At(item.Object(), "", fmt.Sprintf("is defined before%s, with the same content", place), "name each file once").As(finding.Warning)
	}
	return Twice.At(item.Object(), "", fmt.Sprintf("is defined before%s, with other content, and the cluster keeps one of the two", place),
		"remove one of them; verify what is deployed together, each overlay by itself")
}

// sameContent says whether two objects are the same but for comments and the order of keys.
func sameContent(a, b *manifest.Item) bool {
	contentOf := func(item *manifest.Item) (content any, ok bool) {
		defer item.Release()
		node, err := item.Node()
		ok = err == nil && node.YNode().Decode(&content) == nil
		return content, ok
	}
	content, ok := contentOf(a)
	other, otherOK := contentOf(b)
	return ok && otherOK && reflect.DeepEqual(content, other)
}
