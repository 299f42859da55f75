package manifest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEdits(t *testing.T) {
	annotate := func(i *Item) error { return i.SetAnnotation("example.com/b", "true") }
	removeIt := func(i *Item) error { return i.RemoveAnnotation("example.com/b") }
	set := func(value any, path ...string) func(*Item) error {
		return func(i *Item) error { return i.Set(value, path...) }
	}
	remove := func(path ...string) func(*Item) error { return func(i *Item) error { return i.Delete(path...) } }
	tests := map[string]struct {
		input string
		edit  func(*Item) error
		want  string
	}{
		"no metadata":               {"kind: A\n", annotate, "kind: A\nmetadata:\n  annotations:\n    example.com/b: \"true\"\n"},
		"null metadata":             {"kind: A\nmetadata:\n", annotate, "kind: A\nmetadata:\n  annotations:\n    example.com/b: \"true\"\n"},
		"no annotations":            {"kind: A\nmetadata:\n  name: a\nspec: b\n", annotate, "kind: A\nmetadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\nspec: b\n"},
		"null annotations":          {"metadata:\n  annotations: null # c\nkind: A\n", annotate, "metadata:\n  annotations: # c\n    example.com/b: \"true\"\nkind: A\n"},
		"the same value":            {"metadata: {annotations: {example.com/b: 'true'}}\n", annotate, "metadata: {annotations: {example.com/b: 'true'}}\n"},
		"unquoted value":            {"metadata:\n  annotations:\n    example.com/b: true\n", annotate, "metadata:\n  annotations:\n    example.com/b: \"true\"\n"},
		"unquoted word of YAML 1.1": {"spec:\n  a: yes\n", set("yes", "spec", "a"), "spec:\n  a: \"yes\"\n"},
		"there and back": {
			"kind: A\nspec:  {a: b}\n", func(i *Item) error {
				if err := i.Set("c", "spec", "a"); err != nil {
					return err
				}
				return i.Set("b", "spec", "a")
			}, "kind: A\nspec:  {a: b}\n",
		},
		"other value keeps quotes":   {"metadata:\n  annotations:\n    example.com/b: 'no' # c\n    c: d\n", annotate, "metadata:\n  annotations:\n    example.com/b: 'true' # c\n    c: d\n"},
		"flow style":                 {"kind: A\nmetadata: {annotations: {a: b}}\n", annotate, "kind: A\nmetadata: {annotations: {a: b, example.com/b: \"true\"}}\n"},
		"remove the last annotation": {"metadata:\n  name: a\n  annotations:\n    example.com/b: c\n", removeIt, "metadata:\n  name: a\n"},
		"remove one annotation":      {"metadata:\n  annotations:\n    a: b\n    example.com/b: c\n", removeIt, "metadata:\n  annotations:\n    a: b\n"},
		"remove what is not there":   {"metadata:\n  annotations: {}\n", removeIt, "metadata:\n  annotations: {}\n"},
		"blank lines and comments": {
			"# head\n\nkind: A # a\n\nmetadata:\n\n  # name\n  name:   a\n\n  annotations:\n    a:  b   # b\n\n# spec\nspec:\n\n    - >\n      folded\n      text\n    - {a: b,\n       c: d}\n# tail\n\n---\nkind: B\n",
			annotate,
			"# head\n\nkind: A # a\n\nmetadata:\n\n  # name\n  name:   a\n\n  annotations:\n    a:  b   # b\n    example.com/b: \"true\"\n\n# spec\nspec:\n\n    - >\n      folded\n      text\n    - {a: b,\n       c: d}\n# tail\n\n---\nkind: B\n",
		},
		"comment before the next key": {
			"metadata:\n  name: a\n# spec\nspec:  {a: b}\n", annotate,
			"metadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\n# spec\nspec:  {a: b}\n",
		},
		"comment behind a key": {
			"metadata:\n  name: a\n# end of metadata\n\nspec:  {a: b}\n", annotate,
			"metadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\n# end of metadata\n\nspec:  {a: b}\n",
		},
		"comment below a key": {
			"metadata:\n  name: a\n  # end of metadata\nspec:  {a: b}\n", annotate,
			"metadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\n  # end of metadata\nspec:  {a: b}\n",
		},
		"windows line ends":      {"kind: A\r\nmetadata:\r\n  name: a\r\n", annotate, "kind: A\r\nmetadata:\r\n  name: a\r\n  annotations:\r\n    example.com/b: \"true\"\r\n"},
		"no final newline":       {"kind: A\nmetadata:\n  name: a", annotate, "kind: A\nmetadata:\n  name: a\n  annotations:\n    example.com/b: \"true\""},
		"document end":           {"kind: A\nmetadata:\n  name: a\n...\n", annotate, "kind: A\nmetadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\n...\n"},
		"indented document":      {"  kind: A\n  metadata:\n    name: a\n", annotate, "  kind: A\n  metadata:\n    name: a\n    annotations:\n      example.com/b: \"true\"\n"},
		"content on the ---":     {"--- {kind: A}\n", annotate, "---\n{kind: A, metadata: {annotations: {example.com/b: \"true\"}}}\n"},
		"anchors elsewhere":      {"kind: A\nmetadata:\n  name: a\nspec:\n  a: &a b\n  c: *a\n", annotate, "kind: A\nmetadata:\n  name: a\n  annotations:\n    example.com/b: \"true\"\nspec:\n  a: &a b\n  c: *a\n"},
		"through an alias":       {"a: &a {b: c}\nd: *a\n", set("e", "d", "b"), "a: &a {b: c}\nd: {b: e}\n"},
		"through an anchor":      {"a: &a {b: c}\nd: *a\n", set("e", "a", "b"), "a: {b: e}\nd: {b: c}\n"},
		"through a merge key":    {"a: &a {b: c}\nd:\n  <<: *a\n", set("e", "d", "b"), "a: &a {b: c}\nd:\n  b: e\n"},
		"element":                {"kind: List\nitems:\n- kind: A\n# b\n- kind: B\n", annotate, "kind: List\nitems:\n- kind: A\n  metadata:\n    annotations:\n      example.com/b: \"true\"\n# b\n- kind: B\n"},
		"wide element":           {"kind: List\nitems:\n  -   kind: A\n      a:\n      - b\n", annotate, "kind: List\nitems:\n  -   kind: A\n      a:\n      - b\n      metadata:\n        annotations:\n          example.com/b: \"true\"\n"},
		"element with a comment": {"kind: List\nitems:\n- # a\n  kind: A\n", annotate, "kind: List\nitems:\n- # a\n  kind: A\n  metadata:\n    annotations:\n      example.com/b: \"true\"\n"},
		"element of a flow list": {"kind: List\nitems: [{kind: A}, {kind: B}]\n", annotate, "kind: List\nitems: [{kind: A, metadata: {annotations: {example.com/b: \"true\"}}}, {kind: B}]\n"},
		"element of a List in a List": {
			"kind: List\nitems:\n- kind: List\n  items:\n  - kind: A\n- kind: B\n", annotate,
			"kind: List\nitems:\n- kind: List\n  items:\n  - kind: A\n    metadata:\n      annotations:\n        example.com/b: \"true\"\n- kind: B\n",
		},
		"crossing anchors": {
			"kind: List\nitems:\n- kind: A\n  a: &x {b: c}\n- kind: B\n  a: *x\n", set("d", "a", "b"),
			"kind: List\nitems:\n- kind: A\n  a: {b: d}\n- kind: B\n  a: {b: c}\n",
		},
		"json":                    {"{\"kind\": \"A\", \"n\": 1.0e3, \"t\": \"<&>\"}\n", annotate, "{\"kind\":\"A\",\"n\":1.0e3,\"t\":\"<&>\",\"metadata\":{\"annotations\":{\"example.com/b\":\"true\"}}}\n"},
		"json over lines":         {"{\n\t\"kind\": \"A\"\n}\n", annotate, "{\n\t\"kind\": \"A\",\n\t\"metadata\": {\n\t\t\"annotations\": {\n\t\t\t\"example.com/b\": \"true\"\n\t\t}\n\t}\n}\n"},
		"json element":            {"{\"kind\": \"List\", \"items\": [\n  {\n    \"kind\": \"A\"\n  },\n  {\"kind\":  \"B\"}\n]}", set(1, "n"), "{\"kind\": \"List\", \"items\": [\n  {\n    \"kind\": \"A\",\n    \"n\": 1\n  },\n  {\"kind\":  \"B\"}\n]}"},
		"number":                  {"spec:\n  port: 80\n", set(8080, "spec", "port"), "spec:\n  port: 8080\n"},
		"the same number":         {"spec: {port:   80}\n", set(80, "spec", "port"), "spec: {port:   80}\n"},
		"bool":                    {"spec: {a: b}\n", set(true, "spec", "a"), "spec: {a: true}\n"},
		"value of a sequence":     {"spec:\n- a: b\n- a: c\n", set("d", "spec", "[1]", "a"), "spec:\n- a: b\n- a: d\n"},
		"append":                  {"spec:\n- a\n", set("b", "spec", "[1]"), "spec:\n- a\n- b\n"},
		"create a sequence":       {"kind: A\n", set("b", "spec", "a", "[0]", "c"), "kind: A\nspec:\n  a:\n  - c: b\n"},
		"mapping":                 {"spec: {}\n", set(map[string]string{"a": "010"}, "spec", "b"), "spec: {b: {a: \"010\"}}\n"},
		"text over lines":         {"kind: A\n", set("a\nb\n", "text"), "kind: A\ntext: |\n  a\n  b\n"},
		"key that looks like [0]": {"spec:\n  '[0]': a\n", set("b", "spec", "[0]"), "spec:\n  '[0]': b\n"},
		"delete":                  {"spec:\n  a: b\n  c: d\n", remove("spec", "a"), "spec:\n  c: d\n"},
		"delete an element":       {"spec:\n- a\n- b\n", remove("spec", "[0]"), "spec:\n- b\n"},
		"delete nothing":          {"spec:  [a]\n", remove("spec", "[1]"), "spec:  [a]\n"},
		"delete below text":       {"spec:  a\n", remove("spec", "b", "c"), "spec:  a\n"},
		"folded text with blanks": {"kind: A\na: >\n\n\n  b\n   c: -1\n", set("x", "b"), "kind: A\na: >\n\n\n  b\n   c: -1\nb: x\n"},
		"null in flow style":      {"kind: A\na: {b: 'c\"', d}\n", set("x", "a", "e"), "kind: A\na: {b: 'c\"', d: null, e: x}\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := read(t, test.input)
			item := set.Items()[0]
			require.NoError(t, test.edit(item))
			if test.want != test.input {
				require.True(t, item.Changed())
			}
			require.Equal(t, test.want, written(t, set))
			require.NoError(t, test.edit(item), "a second time")
			again := read(t, test.want)
			if !strings.HasPrefix(name, "delete") && name != "append" && name != "there and back" {
				require.NoError(t, test.edit(again.Items()[0]))
				require.False(t, again.Items()[0].Changed())
			}
		})
	}
}

func TestEditsThatDoNotFit(t *testing.T) {
	const input = "kind: A\nmetadata: text\nspec:\n- a\n"
	tests := map[string]struct {
		value any
		path  []string
		cause string
	}{
		"no path":          {"a", nil, "set a value: no path"},
		"text on the way":  {"a", []string{"metadata", "annotations", "b"}, "set metadata.annotations.b: annotations does not fit there"},
		"key in sequence":  {"a", []string{"spec", "b"}, "set spec.b: b does not fit there"},
		"out of range":     {"a", []string{"spec", "[2]"}, "set spec.[2]: [2] does not fit there"},
		"created too far":  {"a", []string{"other", "[1]"}, "set other.[1]: [1] does not fit there"},
		"invalid utf-8":    {"\xff", []string{"other"}, "set other: the text is not valid UTF-8"},
		"value of no type": {func() {}, []string{"other"}, "set other: encode func(): "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := read(t, input)
			err := set.Items()[0].Set(test.value, test.path...)
			require.ErrorContains(t, err, test.cause)
			require.False(t, set.Items()[0].Changed())
			require.Equal(t, input, written(t, set))
		})
	}
}

// Values that a parser of YAML 1.1 would not read as a string are quoted.
func TestAnnotationsAreStrings(t *testing.T) {
	for _, value := range []string{"true", "8080", "yes", "010", "0x1F", "1e3", "~", "null", "", "on", "=", "a: b", "# a", "a\nb", "- a", "*a", "1:30", "<<"} {
		item := first(t, "kind: A\n")
		require.NoError(t, item.SetAnnotation("a", value))
		text, err := item.current()
		require.NoError(t, err, value)
		got, found := first(t, string(text)).Annotation("a")
		require.True(t, found)
		require.Equal(t, value, got, string(text))
	}
}

// kustomize and kpt look for the input of an item by these annotations to copy its comments, and fail where a node has
// become one of another kind.
func TestAnItemOfAnotherShapeLosesTheIDsOfItsHost(t *testing.T) {
	const input = `metadata:
  annotations:
    config.k8s.io/id: '1'
    internal.config.kubernetes.io/id: '1'
    kustomize.config.k8s.io/id: "1"
port: 8080
tls:
`
	for name, test := range map[string]struct {
		path  []string
		value any
		loses bool
	}{
		"scalar by scalar":   {[]string{"port"}, 80, false},
		"scalar by mapping":  {[]string{"port"}, map[string]any{"number": 80}, true},
		"null by sequence":   {[]string{"tls"}, []string{"a"}, true},
		"null on the way":    {[]string{"tls", "[0]"}, "a", true},
		"absent by sequence": {[]string{"rules"}, []string{"a"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			set, _ := Read([]byte(input))
			item := set.Items()[0]
			require.NoError(t, item.Set(test.value, test.path...))
			for _, key := range []string{"config.k8s.io/id", "internal.config.kubernetes.io/id"} {
				_, present := item.Annotation(key)
				require.Equal(t, !test.loses, present)
			}
			_, present := item.Annotation("kustomize.config.k8s.io/id")
			require.True(t, present)
		})
	}
}
