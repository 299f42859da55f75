package manifest

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

func read(t *testing.T, input string) *Set {
	t.Helper()
	set, findings := Read([]byte(input))
	require.Empty(t, findings)
	return set
}

func kinds(set *Set) []string {
	all := []string{}
	for _, item := range set.Items() {
		all = append(all, item.Kind())
	}
	return all
}

// configMap makes an Item to insert.
func configMap(t *testing.T, name string) *Item {
	t.Helper()
	item, err := New(map[string]any{"kind": "ConfigMap", "apiVersion": "v1", "metadata": map[string]any{"name": name}})
	require.NoError(t, err)
	return item
}

func TestItems(t *testing.T) {
	tests := map[string][]string{
		"comments only":                        {},
		"blank documents":                      {"A"},
		"no final newline":                     {"A", "B"},
		"windows line ends":                    {"A", "B"},
		"byte order mark":                      {"A", "B"},
		"document end":                         {"A", "B"},
		"content after the document end":       {""},
		"separator with a comment":             {"A", "B"},
		"separator with a flow mapping":        {"A", "B"},
		"separator with a block scalar":        {""},
		"separator inside a quoted scalar":     {"", ""},
		"indented separator in a block scalar": {"A"},
		"column 0 text in a quoted scalar":     {"A"},
		"quoted scalar over lines":             {"A"},
		"plain scalar over lines":              {"A"},
		"kind over lines":                      {"A b"},
		"kind on the next line":                {"A"},
		"kind as a block scalar":               {"A"},
		"quoted keys":                          {"A"},
		"explicit key":                         {"A"},
		"tagged key":                           {"A"},
		"kind twice":                           {""},
		"merge key":                            {"A"},
		"quoted merge key":                     {"A"},
		"flow document":                        {"A"},
		"flow over lines":                      {"A"},
		"root sequence":                        {""},
		"root null":                            {"", "A"},
		"indented document":                    {"A"},
		"comments around":                      {"A", "B"},
		"lone carriage return":                 {"A"},
		"comment that ends with a return":      {"A"},
		"next line character":                  {"A"},
		"line separator":                       {"A"},
		"byte order mark inside":               {""},
		"null kind":                            {""},
		"number as a kind":                     {""},
		"boolean as a kind":                    {""},
		"list":                                 {"A", "B", "C"},
		"indented list":                        {"A"},
		"typed list":                           {"Ingress"},
		"empty list":                           {},
		"null list":                            {},
		"list in a list":                       {"A", "B"},
		"list with crossing anchors":           {"A", "B"},
		"list with anchors inside":             {"A", "B"},
		"list with a duplicate key":            {"A", "B"},
		"list of other things":                 {"", "", "", "B"},
		"map as items":                         {"List"},
		"dash inside a quoted scalar":          {"A", "C"},
		"dash inside a plain scalar":           {"A", "C"},
		"comment behind a dash":                {"A", "B", "C"},
		"resource list":                        {"A"},
		"resource list with nothing":           {},
		"resource list in flow style":          {"A"},
		"wrapped in a list":                    {"A"},
		"json":                                 {"A"},
		"json with a duplicate key":            {""},
		"json documents":                       {"A", "B"},
		"json list":                            {"A", "B"},
		"json resource list":                   {"A", "B"},
		"no yaml":                              {""},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			input, known := oddInputs[name]
			require.True(t, known)
			set := read(t, input)
			require.Equal(t, want, kinds(set))
			require.Equal(t, input, written(t, set))
		})
	}
}

func TestReadRefuses(t *testing.T) {
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n"
	tests := map[string]struct{ input, code, cause string }{
		"no input":                  {"", "PE106", "no input: did the command before fail?"},
		"blanks":                    {" \n\t\n", "PE106", "no input: did the command before fail?"},
		"a byte order mark":         {"\ufeff\n", "PE106", "no input: did the command before fail?"},
		"utf-16, little endian":     {"\xff\xfek\x00", "PE107", "UTF-16"},
		"utf-16, big endian":        {"\xfe\xff\x00k", "PE107", "UTF-16"},
		"utf-16 without a mark":     {"k\x00i\x00", "PE107", "UTF-16"},
		"directive":                 {"# a\n%YAML 1.1\n---\nkind: A\n", "PE108", "directive"},
		"directive behind the end":  {"kind: A\n...\n%TAG ! x:\n---\nkind: B\n", "PE108", "directive"},
		"comment without a blank":   {"kind: A\n---# next\nkind: B\n", "PE103", "line 2: --- begins"},
		"comment and a colon":       {"\ufeff---#: x\nkind: B\n", "PE103", "line 1: --- begins"},
		"odd white space":           {"kind: A\n---\u00a0\nkind: B\n", "PE103", "line 2: --- begins"},
		"after a next line":         {"kind: A\u0085---\nkind: B\n", "PE103", "line 1: --- begins"},
		"after a lone return":       {"kind: A\r---\nkind: B\n", "PE103", "line 1: --- begins"},
		"other version":             {"apiVersion: config.kubernetes.io/v2\nkind: ResourceList\nitems: []\n", "PE109", `"config.kubernetes.io/v2"`},
		"no version":                {"kind: ResourceList\nitems:\n- kind: A\n", "PE109", `apiVersion ""`},
		"document after the list":   {list + "---\nkind: A\n", "PE109", "another document"},
		"document before the list":  {"kind: A\n---\n" + list, "PE109", "another document"},
		"two lists":                 {list + "---\n" + list, "PE109", "another document"},
		"items that is no sequence": {strings.Replace(list, "[]", "{}", 1), "PE109", "not a sequence"},
		"json with another version": {`{"kind": "ResourceList", "apiVersion": "v1", "items": []}`, "PE109", `"v1"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, findings := Read([]byte(test.input))
			require.Nil(t, set)
			require.Len(t, findings, 1)
			require.Equal(t, finding.Error, findings[0].Severity)
			require.Equal(t, test.code, findings[0].Code)
			require.Contains(t, findings[0].Cause, test.cause)
		})
	}
}

func TestResourceList(t *testing.T) {
	const body = "functionConfig:\n  kind: Config\nitems:\n- kind: A\n"
	for name, test := range map[string]struct {
		input string
		want  bool
	}{
		"v1":                       {"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + body, true},
		"v1beta1":                  {"apiVersion: config.kubernetes.io/v1beta1\nkind: ResourceList\n" + body, true},
		"v1alpha1":                 {"apiVersion: config.kubernetes.io/v1alpha1\nkind: ResourceList\n" + body, true},
		"comments around":          {"# a\n---\napiVersion: config.kubernetes.io/v1\nkind: ResourceList\n" + body + "...\n---\n", true},
		"List with functionConfig": {"apiVersion: v1\nkind: List\n" + body, true},
		"List of the group":        {"apiVersion: config.kubernetes.io/v1alpha1\nkind: List\nitems:\n- kind: A\n", true},
		"plain List":               {"apiVersion: v1\nkind: List\nitems:\n- kind: A\n", false},
		"JSON":                     {`{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","functionConfig":{"kind":"Config"},"items":[{"kind":"A"}]}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			set := read(t, test.input)
			require.Equal(t, test.want, set.IsResourceList())
			require.Equal(t, []string{"A"}, kinds(set))
			require.Equal(t, test.input, written(t, set))
			config := set.FunctionConfig()
			if strings.Contains(test.input, "functionConfig") {
				require.Equal(t, "Config", config.Kind())
				return
			}
			require.Nil(t, config)
		})
	}
}

func TestFunctionConfig(t *testing.T) {
	const start, end = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n", "items:\n- kind: A\n"
	t.Run("null", func(t *testing.T) {
		require.Nil(t, read(t, start+"functionConfig: null\n"+end).FunctionConfig())
	})
	t.Run("text", func(t *testing.T) {
		_, err := read(t, start+"functionConfig: text\n"+end).FunctionConfig().Node()
		require.EqualError(t, err, `not a mapping, but "text"`)
	})
	t.Run("duplicate key", func(t *testing.T) {
		_, err := read(t, start+"functionConfig: {kind: A, a: b, a: c}\n"+end).FunctionConfig().Node()
		require.EqualError(t, err, `duplicate key "a"`)
	})
	t.Run("the same each time", func(t *testing.T) {
		set := read(t, start+"functionConfig: {kind: A}\n"+end)
		require.Same(t, set.FunctionConfig(), set.FunctionConfig())
	})
}

func TestInsertAndRemove(t *testing.T) {
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	insertTwo := func(t *testing.T, set *Set) {
		set.InsertAfter(set.Items()[0], configMap(t, "one"))
		set.InsertAfter(set.Items()[0], configMap(t, "two"))
	}
	insertLast := func(t *testing.T, set *Set) { set.InsertAfter(nil, configMap(t, "last")) }
	removeFirst := func(_ *testing.T, set *Set) { set.Remove(set.Items()[0]) }
	removeAll := func(_ *testing.T, set *Set) {
		for _, item := range set.Items() {
			set.Remove(item)
		}
	}
	doc := func(name string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n"
	}
	element := func(name string) string {
		return "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: " + name + "\n"
	}
	json := func(name string) string {
		return `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"` + name + `"}}`
	}
	tests := map[string]struct {
		input  string
		change func(*testing.T, *Set)
		want   string
	}{
		"stream": {
			"kind: A\n---\nkind: B\n", insertTwo,
			"kind: A\n---\n" + doc("one") + "---\n" + doc("two") + "---\nkind: B\n",
		},
		"stream without a final newline":   {"kind: A", insertTwo, "kind: A\n---\n" + doc("one") + "---\n" + doc("two")},
		"stream with line ends of its own": {"kind: A\r", insertLast, "kind: A\r\n---\n" + doc("last")},
		"stream, at the end":               {"kind: A\n", insertLast, "kind: A\n---\n" + doc("last")},
		"comments only":                    {"# a\n", insertLast, "# a\n---\n" + doc("last")},
		"remove the first document":        {"kind: A\n---\nkind: B\n", removeFirst, "---\nkind: B\n"},
		"remove the only document":         {"# a\n---\nkind: A\n", removeAll, "# a\n"},
		"List in a stream": {
			"kind: List\nitems:\n- kind: A\n- kind: B\n---\nkind: C\n", insertTwo,
			"kind: List\nitems:\n- kind: A\n- kind: B\n---\n" + doc("one") + "---\n" + doc("two") + "---\nkind: C\n",
		},
		"flow List in a stream": {
			"kind: List\nitems: [{kind: A}]\n---\nkind: C\n", insertTwo,
			"kind: List\nitems: [{kind: A}]\n---\n" + doc("one") + "---\n" + doc("two") + "---\nkind: C\n",
		},
		"remove from a List":      {"kind: List\nitems:\n- kind: A\n# b\n- kind: B\n", removeFirst, "kind: List\nitems:\n# b\n- kind: B\n"},
		"remove from a flow List": {"kind: List\nitems: [{kind: A}, {kind: B}]\n", removeFirst, "kind: List\nitems: [{kind: B}]\n"},
		"remove all of a List":    {"kind: List\nitems: # c\n- kind: A\n- kind: B\n", removeAll, "kind: List\nitems: [] # c\n"},
		"resource list": {
			head + "items:\n- kind: A\n# b\n- kind: B\nextra: c\n", insertTwo,
			head + "items:\n- kind: A\n" + element("one") + element("two") + "# b\n- kind: B\nextra: c\n",
		},
		"indented elements": {
			head + "items:\n  - kind: A", insertLast,
			head + "items:\n  - kind: A\n" + string(indentLines([]byte(element("last")), 2)),
		},
		"windows line ends": {
			strings.ReplaceAll(head+"items:\n- kind: A\n", "\n", "\r\n"), insertLast,
			strings.ReplaceAll(head+"items:\n- kind: A\n"+element("last"), "\n", "\r\n"),
		},
		"no items":    {head, insertLast, head + "items:\n" + element("last")},
		"null items":  {head + "items:\n", insertLast, head + "items:\n" + element("last")},
		"empty items": {head + "items: []\n", insertLast, head + "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: last}}]\n"},
		"flow items": {
			head + "items: [{kind: A}, {kind: B}]\n", insertTwo,
			head + "items: [{kind: A}, {apiVersion: v1, kind: ConfigMap, metadata: {name: one}}, " +
				"{apiVersion: v1, kind: ConfigMap, metadata: {name: two}}, {kind: B}]\n",
		},
		"remove all of a resource list": {head + "items:\n- kind: A\nextra: c\n", removeAll, head + "items: []\nextra: c\n"},
		"List in a resource list": {
			head + "items:\n- kind: List\n  items:\n  - kind: A\n- kind: B\n", insertTwo,
			head + "items:\n- kind: List\n  items:\n  - kind: A\n" + element("one") + element("two") + "- kind: B\n",
		},
		"JSON document": {`{"kind": "A"}`, insertLast, "{\"kind\": \"A\"}\n---\n" + doc("last")},
		"after a JSON document": {
			"{\"kind\": \"A\"}\n", insertTwo, "{\"kind\": \"A\"}\n---\n" + json("one") + "\n---\n" + json("two") + "\n",
		},
		"JSON List": {
			`{"kind": "List", "items": [{"kind": "A"}, {"kind": "B"}]}`, insertTwo,
			`{"kind": "List", "items": [{"kind": "A"}, ` + json("one") + ", " + json("two") + `, {"kind": "B"}]}`,
		},
		"remove from a JSON List":   {`{"kind": "List", "items": [ {"kind": "A"}, {"kind": "B"} ]}`, removeFirst, `{"kind": "List", "items": [ {"kind": "B"} ]}`},
		"remove all of a JSON List": {`{"kind": "List", "items": [{"kind": "A"}, {"kind": "B"}]}`, removeAll, `{"kind": "List", "items": []}`},
		"empty JSON list":           {`{"kind": "List", "items": []}`, insertLast, `{"kind": "List", "items": [` + json("last") + `]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := read(t, test.input)
			test.change(t, set)
			got := written(t, set)
			require.Equal(t, test.want, got)
			require.Equal(t, kinds(set), kinds(read(t, got)))
		})
	}
}

func TestInsertAfterInserted(t *testing.T) {
	set := read(t, "kind: A\n---\nkind: B\n")
	first := configMap(t, "first")
	set.InsertAfter(set.Items()[0], first)
	set.InsertAfter(first, configMap(t, "second"))
	names := []string{}
	for _, item := range set.Items() {
		names = append(names, item.Name())
	}
	require.Equal(t, []string{"", "first", "second", ""}, names)
	set.Remove(first)
	require.Equal(t, []string{"A", "ConfigMap", "B"}, kinds(set))
	require.Equal(t, kinds(set), kinds(read(t, written(t, set))))
}

func TestSetResults(t *testing.T) {
	rule := finding.Rule{Code: "PE999", Severity: finding.Info}
	ours := finding.List{rule.At(finding.Object{}, "", "it is so", "")}
	const (
		head    = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
		item    = "- kind: A\n"
		mine    = "- message: it is so\n  severity: info\n  tags:\n    code: PE999\n    source: private-endpoints\n"
		earlier = "- message: it was so\n  tags: {source: private-endpoints}\n"
		others  = "- message: something else\n"
	)
	tests := map[string]struct {
		input    string
		findings finding.List
		want     string
	}{
		"first":               {head + "items:\n" + item, ours, head + "items:\n" + item + "results:\n" + mine},
		"no final newline":    {head + "items:\n- kind: A", ours, head + "items:\n" + item + "results:\n" + mine},
		"before the end":      {head + "items:\n" + item + "...\n", ours, head + "items:\n" + item + "results:\n" + mine + "...\n"},
		"replaces ours":       {head + "results:\n" + earlier + "items:\n" + item, ours, head + "results:\n" + mine + "items:\n" + item},
		"keeps others":        {head + "items:\n" + item + "results:\n" + others + earlier, ours, head + "items:\n" + item + "results:\n" + others + mine},
		"none":                {head + "items:\n" + item, nil, head + "items:\n" + item},
		"none any more":       {head + "results:\n" + earlier + "items:\n" + item, nil, head + "items:\n" + item},
		"only others":         {head + "results: # theirs\n" + others + "items:\n" + item, nil, head + "results: # theirs\n" + others + "items:\n" + item},
		"parsed":              {head + "items: [{kind: A}]\n", ours, head + "items: [{kind: A}]\nresults:\n" + mine},
		"parsed, none":        {head + "items: [{kind: A}]\n", nil, head + "items: [{kind: A}]\n"},
		"parsed, none more":   {head + "items: [{kind: A}]\nresults:\n" + earlier, nil, head + "items: [{kind: A}]\n"},
		"stream":              {"kind: A\n", ours, "kind: A\n"},
		"JSON":                {`{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"kind":"A"}]}`, ours, `{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"kind":"A"}], "results": [{"message":"it is so","severity":"info","tags":{"code":"PE999","source":"private-endpoints"}}]}`},
		"JSON, results first": {`{"results": [], "kind":"ResourceList","items":[{"kind":"A"}],"apiVersion":"config.kubernetes.io/v1"}`, ours, `{"results": [{"message":"it is so","severity":"info","tags":{"code":"PE999","source":"private-endpoints"}}], "kind":"ResourceList","items":[{"kind":"A"}],"apiVersion":"config.kubernetes.io/v1"}`},
		"JSON, none any more": {`{"kind":"ResourceList","items":[{"kind":"A"}], "results": [{"tags": {"source": "private-endpoints"}}],"apiVersion":"config.kubernetes.io/v1"}`, nil, `{"kind":"ResourceList","items":[{"kind":"A"}],"apiVersion":"config.kubernetes.io/v1"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set := read(t, test.input)
			set.SetResults(test.findings)
			got := written(t, set)
			require.Equal(t, test.want, got)
			again := read(t, got)
			again.SetResults(test.findings)
			require.Equal(t, got, written(t, again))
		})
	}
}

func TestNew(t *testing.T) {
	service := corev1.Service{Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	service.APIVersion, service.Kind, service.Name = "v1", "Service", "a"
	service.Labels = map[string]string{"on": "yes", "number": "010"}
	item, err := New(service)
	require.NoError(t, err)
	require.True(t, item.Changed())
	set := read(t, "# a\n")
	set.InsertAfter(nil, item)
	require.Equal(t, `# a
---
apiVersion: v1
kind: Service
metadata:
  name: a
  labels:
    number: "010"
    "on": "yes"
spec:
  ports:
  - port: 80
    targetPort: 0
`, written(t, set))
	_, err = New("text")
	require.EqualError(t, err, "string is not an object")
}

// brokenWriter fails at the first byte.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestWriteToReportsErrors(t *testing.T) {
	_, err := read(t, "kind: A\n").WriteTo(brokenWriter{})
	require.EqualError(t, err, "broken")
}
