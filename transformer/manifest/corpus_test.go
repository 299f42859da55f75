package manifest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// realInputs returns what hosts really send and, where the collection is at hand, manifests of other projects. A public
// clone has the former only.
func realInputs(t testing.TB) map[string][]byte {
	t.Helper()
	inputs := map[string][]byte{}
	for _, root := range []string{"../../testdata/captured", "../../../shared/corpus"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, ".md") {
				return err
			}
			data, err := os.ReadFile(path)
			inputs[filepath.ToSlash(path)] = data
			return err
		})
		if os.IsNotExist(err) && root != "../../testdata/captured" {
			t.Log("no corpus: only the captured inputs are read")
			continue
		}
		require.NoError(t, err)
	}
	require.NotEmpty(t, inputs)
	return inputs
}

// wrap makes a ResourceList of the documents of a stream, as hosts do: each one an indented element of items.
func wrap(input []byte) []byte {
	var list bytes.Buffer
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, chunk := range splitStream(bytes.TrimPrefix(input, byteOrderMark)) {
		if isSeparatorLine(chunk) || isVoid(chunk) || isJSON(chunk) {
			continue
		}
		element := indentLines(bytes.Trim(chunk, "\n"), 2)
		if at := bytes.IndexFunc(element, func(r rune) bool { return r != ' ' }); at >= 2 {
			element = append([]byte("- "), element[2:]...)
		}
		list.Write(element)
		list.WriteByte('\n')
	}
	list.WriteString("functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n")
	return list.Bytes()
}

func TestRealInputsKeepTheirBytes(t *testing.T) {
	for name, input := range realInputs(t) {
		for form, text := range map[string][]byte{"as it is": input, "in a ResourceList": wrap(input)} {
			t.Run(name+" "+form, func(t *testing.T) {
				set, findings := Read(text)
				if strings.Contains(name, "utf-16") {
					return
				}
				require.Empty(t, findings)
				require.Equal(t, string(text), written(t, set))
				for _, item := range set.Items() {
					requireScanIsRight(t, item)
				}
			})
		}
	}
}

func TestRealInputsAreReadFast(t *testing.T) {
	for name, input := range realInputs(t) {
		if !strings.Contains(name, "testdata/captured") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			set, findings := Read(input)
			require.Empty(t, findings)
			require.Nil(t, set.whole, "the ResourceList was parsed as a whole")
			for _, item := range set.Items() {
				require.Nil(t, item.node, "an item was parsed to find its kind:\n%s", item.raw)
			}
		})
	}
}

// requireScanIsRight checks what the scan found against a parser.
func requireScanIsRight(t testing.TB, item *Item) {
	t.Helper()
	if item.raw == nil {
		return
	}
	node, err := item.parse()
	if err != nil {
		return
	}
	require.Equal(t, stringValue(child(node, "apiVersion")), item.APIVersion())
	require.Equal(t, stringValue(child(node, "kind")), item.Kind())
}

func written(t testing.TB, set *Set) string {
	t.Helper()
	var out bytes.Buffer
	n, err := set.WriteTo(&out)
	require.NoError(t, err)
	require.Equal(t, int64(out.Len()), n)
	return out.String()
}

func TestEveryRealItemCanBeEdited(t *testing.T) {
	for name, input := range realInputs(t) {
		for form, text := range map[string][]byte{"as it is": input, "in a ResourceList": wrap(input)} {
			t.Run(name+" "+form, func(t *testing.T) { requireEditable(t, text) })
		}
	}
}

// requireEditable gives every item of input an annotation, one item at a time, and checks that the result is the input with
// that annotation and that all other items have the same bytes.
func requireEditable(t testing.TB, input []byte) {
	t.Helper()
	const key, value = "example.com/added", "yes"
	set, findings := Read(input)
	if len(findings) > 0 {
		return
	}
	for n := range min(len(set.Items()), 20) {
		set, _ := Read(input)
		item := set.Items()[n]
		if item.Kind() == "" || item.SetAnnotation(key, value) != nil {
			continue
		}
		var out bytes.Buffer
		if _, err := set.WriteTo(&out); err != nil {
			// Refusing is safe, but only text that no manifest has may come to this.
			require.ErrorContains(t, err, "the result is another object")
			require.NotContains(t, t.Name(), "TestEveryRealItemCanBeEdited")
			continue
		}
		again, findings := Read(out.Bytes())
		require.Empty(t, findings)
		want, got := set.Items(), again.Items()
		require.Len(t, got, len(want))
		for m := range want {
			if m != n && want[m].raw != nil && got[m].raw != nil {
				require.Equal(t, string(want[m].raw), string(got[m].raw))
				continue
			}
			wantNode, err := want[m].Node()
			if err != nil {
				continue
			}
			gotNode, err := got[m].Node()
			require.NoError(t, err)
			require.True(t, sameValue(wantNode.YNode(), gotNode.YNode()), "item %d:\n%s", m, out.String())
		}
		annotation, found := got[n].Annotation(key)
		require.True(t, found)
		require.Equal(t, value, annotation)
	}
}
