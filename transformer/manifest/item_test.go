package manifest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// first returns the first Item of input.
func first(t *testing.T, input string) *Item {
	t.Helper()
	items := read(t, input).Items()
	require.NotEmpty(t, items)
	return items[0]
}

func TestNodeRefuses(t *testing.T) {
	bomb := "kind: A\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		previous, next := string(rune('0'+i-1)), string(rune('0'+i))
		bomb += "a" + next + ": &a" + next + " [" + strings.Repeat("*a"+previous+", ", 10) + "]\n"
	}
	tests := map[string]struct{ input, cause string }{
		"duplicate keys":                  {oddInputs["duplicate keys"], `duplicate key "name"`},
		"kind twice":                      {oddInputs["kind twice"], `duplicate key "kind"`},
		"number and text as one key":      {"kind: A\nlabels: {1: a, \"1\": b}\n", `duplicate key "1"`},
		"invalid utf-8":                   {oddInputs["invalid utf-8"], "invalid YAML: invalid leading UTF-8 octet"},
		"nul":                             {oddInputs["nul"], "invalid YAML: control characters are not allowed"},
		"tabs":                            {oddInputs["tabs"], "invalid YAML: line 3 of the object: found character that cannot start any token"},
		"no yaml":                         {oddInputs["no yaml"], "invalid YAML: line 2 of the object: mapping values are not allowed in this context"},
		"anchor of another document":      {"kind: B\na: *a\n", "invalid YAML: unknown anchor 'a' referenced"},
		"anchor that contains itself":     {oddInputs["anchor that contains itself"], `anchor "a" contains itself`},
		"aliases that grow":               {bomb, "aliases stand for more than 100000 nodes"},
		"content after the document end":  {oddInputs["content after the document end"], "invalid YAML: content after the end of the document"},
		"byte order mark inside":          {oddInputs["byte order mark inside"], "invalid YAML: byte order mark inside the document"},
		"sequence":                        {oddInputs["root sequence"], "not a mapping, but a sequence"},
		"text":                            {oddInputs["root scalar"], `not a mapping, but "just text"`},
		"null":                            {"~\n", `not a mapping, but "~"`},
		"key that is a mapping":           {"kind: A\n? {a: b}\n: c\n", "line 2: a key is not a string"},
		"merge of text":                   {"kind: A\n<<: text\n", "a merge key needs a mapping or a sequence of mappings"},
		"merge key behind another value":  {"kind: A\na: {type: ClusterIP, <<: {type: LoadBalancer}}\n", `line 2: the merge key brings in "type", which stands before it with another value, and parsers disagree on which one counts: write the merge key first`},
		"merge key that is an alias":      {"kind: A\na: {&m <<: {b: c}}\nd: {*m : {e: f}}\n", "line 2: a key is not a string"},
		"tag that nobody knows":           {"kind: !x A\n", "line 1: the tag !x is not supported: parsers disagree on what it makes of the value"},
		"binary":                          {oddInputs["binary value"], "line 2: the tag !!binary is not supported: parsers disagree on what it makes of the value"},
		"binary kind of data":             {"apiVersion: v1\nkind: !!binary Q29uZmlnTWFw\ndata: {a: b}\n", "line 2: the tag !!binary is not supported: parsers disagree on what it makes of the value"},
		"binary name of data":             {"kind: Secret\nmetadata: {name: !!binary YQ==}\ndata: {a: b}\n", "line 2: the tag !!binary is not supported: parsers disagree on what it makes of the value"},
		"data with another tag":           {"kind: Secret\ndata: {a: !x b}\n", "line 2: the tag !x is not supported: parsers disagree on what it makes of the value"},
		"tag of a number":                 {"kind: A\na: !!int \"5\"\n", "line 2: the tag !!int is not supported: parsers disagree on what it makes of the value"},
		"another key as a merge key":      {"kind: A\na: {!!merge x: {b: c}}\n", "line 2: the tag !!merge is not supported: parsers disagree on what it makes of the value"},
		"items with nothing in them":      {"kind: A\nitems: []\n", `kind "A" has items without anything in them: kubectl reads an empty list, and leaves the object out`},
		"items that are null":             {"kind: A\nitems:\n", `kind "A" has items without anything in them: kubectl reads an empty list, and leaves the object out`},
		"json with a duplicate key":       {oddInputs["json with a duplicate key"], `duplicate key "a"`},
		"json with half a surrogate pair": {oddInputs["json with half a surrogate pair"], "invalid JSON: half of a surrogate pair"},
		"json with the other half":        {`{"kind": "A", "a": "\\\udc00"}`, "invalid JSON: half of a surrogate pair"},
		"json with invalid utf-8":         {"{\"kind\": \"A\", \"a\": \"\xff\"}", "invalid JSON: invalid UTF-8"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := first(t, test.input)
			_, err := item.Node()
			var parseError *ParseError
			require.ErrorAs(t, err, &parseError)
			require.Equal(t, test.cause, parseError.Cause)
			require.ErrorIs(t, item.SetAnnotation("a", "b"), err)
			require.ErrorIs(t, item.RemoveAnnotation("a"), err)
			require.ErrorIs(t, item.Delete("a"), err)
			require.False(t, item.Changed())
		})
	}
}

func TestContentIsReadForReal(t *testing.T) {
	tests := map[string]struct{ input, want string }{
		"merge key":         {oddInputs["merge key"], `{"base":{"kind":"B","metadata":{"name":"b"}},"kind":"A","metadata":{"name":"b"}}`},
		"merge of several":  {oddInputs["merge of several"], `{"a":{"x":1,"y":1},"b":{"y":2,"z":2},"c":{"z":3,"x":1,"y":1},"kind":"A"}`},
		"quoted merge key":  {oddInputs["quoted merge key"], `{"kind":"A","<<":"b"}`},
		"aliases":           {oddInputs["anchors"], `{"kind":"A","metadata":{"name":"a","labels":{"app":"a"}},"spec":"a"}`},
		"alias as a key":    {oddInputs["alias as a key"], `{"kind":"A","a":"b","b":"c"}`},
		"escapes":           {oddInputs["escaped key"], `{"kind":"A","kind2":"B","metadata":{"annotations":{"x/y":"z"}}}`},
		"windows line ends": {"kind: A\r\na: |\r\n  b\r\n  c\r\n", `{"kind":"A","a":"b\nc\n"}`},
		"types of YAML 1.1": {"kind: A\na: [yes, 010, 0x10, 1_000, 1.50, ~, 2001-01-01, \"no\"]\n", `{"kind":"A","a":[true,8,16,1000,1.50,null,"2001-01-01","no"]}`},
		"surrogate pairs":   {oddInputs["json"], `{"kind":"A","metadata":{"name":"😀"},"n":1.0e3}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data, err := first(t, test.input).JSON()
			require.NoError(t, err)
			require.Equal(t, test.want, string(data))
			require.True(t, json.Valid(data))
		})
	}
}

func TestAccessors(t *testing.T) {
	item := first(t, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: b\n"+
		"  annotations: {text: c, unquoted: true, 'null': ~, quoted: \"true\"}\n")
	require.Equal(t, finding.Object{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Namespace: "b", Name: "a"}, item.Object())
	require.Equal(t, "networking.k8s.io", item.Group())
	require.Empty(t, first(t, "apiVersion: v1\nkind: Service\n").Group())
	for key, want := range map[string]struct {
		value string
		found bool
	}{
		"text": {"c", true}, "quoted": {"true", true}, "unquoted": {"", true}, "null": {"", true}, "other": {"", false},
	} {
		value, found := item.Annotation(key)
		require.Equal(t, want.value, value, key)
		require.Equal(t, want.found, found, key)
	}
}

func TestNamesThatAreNoStrings(t *testing.T) {
	for _, name := range []string{"", " null", " ~", " yes", " 010", " 1.5", " [a]", " {a: b}", " ##NAME##", " !!binary YQ=="} {
		require.Empty(t, first(t, "kind: A\nmetadata:\n  name:"+name+"\n").Name(), name)
	}
	require.Equal(t, "yes", first(t, "kind: A\nmetadata:\n  name: 'yes'\n").Name())
	require.Equal(t, "2001-01-01", first(t, "kind: A\nmetadata:\n  name: 2001-01-01\n").Name())
}

func TestObjectOfWhatCannotBeRead(t *testing.T) {
	want := finding.Object{APIVersion: "v1", Kind: "Service", Namespace: "b", Name: "a"}
	text := "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n  namespace: \"b\"\nspec: [\n"
	require.Equal(t, want, first(t, text).Object())
	require.Equal(t, want, first(t, "kind: List\nitems:\n- "+strings.ReplaceAll(strings.Replace(text, "[", "&a {a: b, a: c}", 1), "\n", "\n  ")).Object())
}

func TestContains(t *testing.T) {
	const word = "okteto"
	for text, want := range map[string]bool{
		"a: okteto.com/x\n":            true,
		"a: other\n":                   false,
		"a: \"ok\\x74eto\"\n":          true,
		"a: 'it''s *not* & {never}'\n": false,
		"a: !!binary b2t0ZXRv\n":       true,
		"{\"a\": \"\\u006fkteto\"}":    true,
		"{\"a\": \"b\"}":               false,
	} {
		item := first(t, text)
		require.Equal(t, want, item.Contains("absent", word), text)
		require.Equal(t, want, item.ContainsFold("absent", "OkTeto"), text)
		require.Nil(t, item.node)
	}
	t.Run("letter case", func(t *testing.T) {
		item := first(t, "a: Dev.OKTETO.com/x\n")
		require.True(t, item.ContainsFold(word))
		require.False(t, item.Contains(word))
	})
	t.Run("anywhere in a large item", func(t *testing.T) {
		for at := 2000; at < 6200; at += 3 {
			text := "a: " + strings.Repeat("x", at) + "oKteto" + strings.Repeat("x", 9000-at) + "\n"
			require.True(t, first(t, text).ContainsFold("absent", word), at)
		}
		require.False(t, first(t, "a: "+strings.Repeat("okte", 3000)+"\n").ContainsFold(word))
	})
	t.Run("a letter that only looks like another case", func(t *testing.T) {
		require.True(t, first(t, "a: o\u212ateto\n").ContainsFold(word), "the Kelvin sign is a K")
	})
	t.Run("changed", func(t *testing.T) {
		item := first(t, "kind: A\n")
		require.False(t, item.Contains(word))
		require.NoError(t, item.SetAnnotation("a", word))
		require.True(t, item.Contains(word))
	})
	t.Run("member of a parsed list", func(t *testing.T) {
		require.True(t, first(t, "{kind: List, items: [{kind: A}]}\n").Contains(word))
	})
}

func TestRelease(t *testing.T) {
	item := first(t, "kind: A\nmetadata: {name: a}\n")
	require.Equal(t, "a", item.Name())
	item.Release()
	require.Nil(t, item.node)
	require.Equal(t, "a", item.Name())
	require.NoError(t, item.SetAnnotation("a", "b"))
	item.Release()
	value, _ := item.Annotation("a")
	require.Equal(t, "b", value)
}

func TestDecode(t *testing.T) {
	item := first(t, "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 0x50, prot: TCP}]}\n")
	var service corev1.Service
	require.NoError(t, item.Decode(&service))
	require.Equal(t, int32(80), service.Spec.Ports[0].Port)
	require.ErrorContains(t, item.DecodeStrict(&service), `is not a valid Service of v1: unknown field "spec.ports[0].prot"`)
	wrong := first(t, "apiVersion: v1\nkind: Service\nspec: text\n")
	require.ErrorContains(t, wrong.Decode(&service), "is not a valid Service of v1: ")
}

// An input of unusual size or depth is read in reasonable time and comes back unchanged.
func TestLargeInputs(t *testing.T) {
	for name, input := range map[string]string{
		"one value of 5 MB":     "kind: A\ndata:\n  a: " + strings.Repeat("x", 5<<20) + "\n",
		"one block of 5 MB":     "kind: A\ndata:\n  a: |\n" + strings.Repeat("    some text: here\n", 250_000),
		"100,000 documents":     strings.Repeat("kind: A\n---\n", 100_000),
		"100,000 elements":      "kind: List\nitems:\n" + strings.Repeat("- kind: A\n", 100_000),
		"100,000 JSON elements": `{"kind":"List","items":[` + strings.Repeat(`{"kind":"A"},`, 99_999) + `{"kind":"A"}]}`,
		"deep flow":             "kind: A\na: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "\n",
		"too deep flow":         "kind: A\na: " + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + "\n",
		"deep JSON":             `{"kind":"A","a":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			set := read(t, input)
			for _, item := range set.Items() {
				require.Equal(t, "A", item.Kind())
			}
			set.Items()[0].Name()
			require.Equal(t, input, written(t, set))
		})
	}
}
