package manifest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// addSeeds gives a fuzz test the odd inputs and what hosts really send.
func addSeeds(f *testing.F) {
	f.Helper()
	for _, input := range oddInputs {
		f.Add([]byte(input))
	}
	for _, input := range realInputs(f) {
		if len(input) < 8<<10 {
			f.Add(input)
		}
	}
}

// FuzzScan holds the scan against the parser: what the scan is sure of must be what the parser finds.
func FuzzScan(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		requireDocumentsAgree(t, input)
		requireObjectAgrees(t, input)
		requireListAgrees(t, input)
	})
}

// fragments are what FuzzFragments composes documents of.
var fragments = []string{
	"kind: A\n", "kind: ", "kind", "apiVersion: v1\n", "items:\n", "items: ", "a: b\n", "a:\n", "a: ", "b", "  ", "    ", " ", "- ", "-",
	"\n", "\r\n", "\t", ": ", ":", ",", "\"", "'", "''", "\\", "[", "]", "{", "}", "#", " # ", "|\n", "|+\n", ">-\n", "|2\n", "&a ", "*a",
	"!!str ", "? ", "---", "---\n", "--- ", "...\n", "<<: *a\n", "%", "@", "- kind: A\n", "  - kind: A\n", "- a: b\n  c: ", "\n\n", "\ufeff",
	"\"kind\": ", "\n- ", "\n  ", "null", "yes", "~",
	"metadata:\n", "metadata: ", "  namespace: ", "namespace: b\n", "  name: c\n", "  labels:\n", "spec:\n",
}

// FuzzFragments is FuzzScan over documents that are more often valid than random bytes: every byte stands for a fragment.
func FuzzFragments(f *testing.F) {
	f.Add([]byte{0, 6})
	f.Fuzz(func(t *testing.T, choice []byte) {
		var input []byte
		for _, number := range choice[:min(len(choice), 40)] {
			input = append(input, fragments[int(number)%len(fragments)]...)
		}
		requireDocumentsAgree(t, input)
		requireObjectAgrees(t, input)
		requireListAgrees(t, input)
		requireEditable(t, input)
		requireNamespacesAgree(t, input)
	})
}

// requireNamespacesAgree checks that the namespace which the lines tell is the one that a parser finds.
func requireNamespacesAgree(t *testing.T, input []byte) {
	t.Helper()
	set, findings := Read(input)
	if len(findings) > 0 {
		return
	}
	for _, item := range set.Items() {
		namespace, certain := item.NamespaceOnLines()
		if _, err := item.Node(); certain && err == nil {
			require.Equal(t, item.Namespace(), namespace, "%q", input)
		}
	}
}

// requireDocumentsAgree checks that no document of the stream is missed or cut in two.
func requireDocumentsAgree(t *testing.T, input []byte) {
	t.Helper()
	if isUTF16(input) || bytes.Contains(bytes.TrimPrefix(input, byteOrderMark), byteOrderMark) {
		return
	}
	want, ok := parseStream(input)
	if !ok {
		return
	}
	var got []*yaml.Node
	for _, chunk := range splitStream(input) {
		if hasDirective(chunk) {
			return
		}
		if bytes.Equal(chunk, byteOrderMark) || isSeparatorLine(chunk) || isVoid(chunk) {
			continue
		}
		documents, ok := parseStream(chunk)
		if !ok {
			// An alias may stand for an anchor of an earlier document: the parser lets that pass.
			return
		}
		got = append(got, documents...)
	}
	want = withoutEmpty(want)
	got = withoutEmpty(got)
	require.Len(t, got, len(want))
	for n := range want {
		require.True(t, sameTree(want[n], got[n]), "document %d", n)
	}
}

func parseStream(input []byte) ([]*yaml.Node, bool) {
	var documents []*yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(input))
	for {
		var document yaml.Node
		err := decoder.Decode(&document)
		if err != nil {
			return documents, err.Error() == "EOF"
		}
		documents = append(documents, document.Content[0])
	}
}

// withoutEmpty drops documents without content: the parser makes a null of the space between two separators.
func withoutEmpty(documents []*yaml.Node) []*yaml.Node {
	var kept []*yaml.Node
	for _, document := range documents {
		if !(isNull(document) && document.Value == "" && document.Anchor == "" && document.Style == 0) {
			kept = append(kept, document)
		}
	}
	return kept
}

// sameTree compares parsed trees, where an alias counts by its name.
func sameTree(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !sameTree(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func requireObjectAgrees(t *testing.T, input []byte) {
	t.Helper()
	if nextSeparator(input, 0) < len(input) {
		return
	}
	o := scanObject(input)
	if !o.known {
		return
	}
	root, err := parseTree(input)
	if err != nil {
		return
	}
	body, err := parseTree(input[o.body:o.tail])
	require.NoError(t, err)
	require.True(t, sameTree(root, body), "comments and blank lines were taken for content or the other way round")
	if o.header.certain() {
		require.Equal(t, stringValue(child(root, "kind")), o.header.kind)
		require.Equal(t, stringValue(child(root, "apiVersion")), o.header.apiVersion)
	}
}

func requireListAgrees(t *testing.T, input []byte) {
	t.Helper()
	if nextSeparator(input, 0) < len(input) {
		return
	}
	o, ok := scanBlockList(input)
	if !ok {
		return
	}
	root, err := parseTree(input)
	if err != nil {
		return
	}
	items := child(root, "items")
	require.NotNil(t, items)
	require.Len(t, o.elements, len(items.Content))
	for n, e := range o.elements {
		var document yaml.Node
		require.NoError(t, yaml.Unmarshal(layoutOf(e.of(input), true).body, &document))
		want := items.Content[n]
		if len(document.Content) == 0 {
			require.True(t, isNull(want))
			continue
		}
		require.True(t, sameTree(want, document.Content[0]), "element %d", n)
		if e.header.certain() {
			require.Equal(t, stringValue(child(want, "kind")), e.header.kind)
			require.Equal(t, stringValue(child(want, "apiVersion")), e.header.apiVersion)
		}
	}
}

// FuzzReadWrite reads and writes: with nothing changed every byte comes back, and nothing panics.
func FuzzReadWrite(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, input []byte) {
		set, findings := Read(input)
		if len(findings) > 0 {
			require.Nil(t, set)
			return
		}
		for _, item := range set.Items() {
			item.Object()
			_, _ = item.Annotation("a")
			if root, err := item.Node(); err == nil {
				requireContainsNeverMisses(t, item, root.YNode())
			}
			item.Release()
		}
		requireNamespacesAgree(t, input)
		set.FunctionConfig()
		require.Equal(t, string(input), written(t, set))
	})
}

// requireContainsNeverMisses checks that Contains finds every plain word of the parsed item.
func requireContainsNeverMisses(t *testing.T, item *Item, node *yaml.Node) {
	t.Helper()
	if len(node.Content) == 0 && isWord(node.Value) {
		require.True(t, item.Contains(node.Value), "%q", node.Value)
		require.True(t, item.ContainsFold(strings.ToUpper(node.Value)), "%q", node.Value)
	}
	for _, inner := range node.Content {
		requireContainsNeverMisses(t, item, inner)
	}
}

func isWord(text string) bool {
	for i := range len(text) {
		if !isNameByte(text[i]) && text[i] != '.' && text[i] != '/' {
			return false
		}
	}
	return len(text) > 0
}

// FuzzEdit adds an annotation to one item: the result is the input with that annotation, and every other item has the same
// bytes.
func FuzzEdit(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, input []byte) { requireEditable(t, input) })
}
