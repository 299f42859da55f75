package manifest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPairs(t *testing.T) {
	tests := map[string]struct {
		input   string
		want    []string
		certain bool
	}{
		"block":                {"a: b\nc:\n  d: \"e\"\n", []string{"a=b", "c", "d=e"}, true},
		"flow":                 {"a: {b: c, 'd': e}\n", []string{"a={b:", "b=c", "d=e"}, true},
		"JSON":                 {`{"a":"b","c":{"d":"e"}}`, []string{"a=b", "c={\"d\":\"e\"", "d=e"}, true},
		"blank before a colon": {"a : b\n", []string{"a=b"}, true},
		"comment":              {"a: b # c: d\n", []string{"a=b", "c=d"}, true},
		"value on its own line": {
			"a:\n  b\n", []string{"a"}, true,
		},
		"anchor":    {"a: &x b\nc: d\n", []string{"a", "c=d"}, true},
		"alias":     {"a: &x b\nc: *x\n", []string{"a"}, false},
		"tag":       {"a: !!binary YQ==\n", nil, false},
		"merge key": {"a: b\n<<: {c: d}\n", []string{"a=b"}, false},
		"odd line break": {
			"a: b\u0085\n", nil, false,
		},
		"block scalar": {"a: |\n  b\n", []string{"a"}, true},
		"explicit key": {"? a\n: b\n", nil, false},
		"alias as key": {"x: &k a\n*k : b\n", []string{"x"}, false},
		"escape":       {"a: \"\\x62\"\n", nil, false},
		"carriage return": {
			"a: b\r\nc: d\r\n", []string{"a=b", "c=d"}, true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, findings := Read([]byte(test.input))
			require.Empty(t, findings)
			var got []string
			certain := set.Items()[0].Pairs(func(key, value []byte) bool {
				text := string(key)
				if value != nil {
					text += "=" + string(value)
				}
				got = append(got, text)
				return true
			})
			require.Equal(t, test.want, got)
			require.Equal(t, test.certain, certain)
		})
	}
}

func TestNamespaceOnLines(t *testing.T) {
	tests := map[string]struct {
		input, want string
		certain     bool
	}{
		"first":               {"metadata:\n  namespace: cindy\n  name: a\nspec: {}\n", "cindy", true},
		"last":                {"spec: {}\nmetadata:\n  name: a\n  namespace: \"cindy\" # hers\n", "cindy", true},
		"none":                {"metadata:\n  name: a\nspec:\n  namespace: bob\n", "", true},
		"among annotations":   {"metadata:\n  annotations:\n    namespace: bob\n  name: a\n", "", true},
		"in a text":           {"metadata:\n  annotations:\n    a: |\n      namespace: bob\n  name: a\n", "", true},
		"sequence in between": {"metadata:\n  finalizers:\n  - a\n  namespace: cindy\n", "cindy", true},
		"sequence at its key": {"spec:\n- namespace: bob\nmetadata:\n  namespace: cindy\n", "cindy", true},
		"no metadata":         {"spec: {}\n", "", false},
		"flow style":          {"metadata: {namespace: cindy}\n", "", false},
		"alias":               {"spec: &x {}\nmetadata: *x\n", "", false},
		"value is an alias":   {"metadata:\n  name: &n cindy\n  namespace: *n\n", "", false},
		"value on another line": {
			"metadata:\n  namespace:\n    cindy\n", "", false,
		},
		"value that goes on": {"metadata:\n  namespace: cindy\n    bob\n", "", false},
		"twice":              {"metadata:\n  namespace: cindy\n  namespace: bob\n", "", false},
		"metadata twice":     {"metadata:\n  namespace: cindy\nmetadata:\n  namespace: bob\n", "", false},
		"quoted key":         {"metadata:\n  \"namespace\": cindy\n", "", false},
		"merge key":          {"metadata:\n  <<: {namespace: bob}\n  name: a\n", "", false},
		"explicit key":       {"metadata:\n  ? namespace\n  : cindy\n", "", false},
		"not a string":       {"metadata:\n  namespace: 010\n", "", false},
		"JSON":               {`{"metadata": {"namespace": "cindy"}}`, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, findings := Read([]byte(test.input))
			require.Empty(t, findings)
			got, certain := set.Items()[0].NamespaceOnLines()
			require.Equal(t, test.certain, certain)
			if certain {
				require.Equal(t, test.want, got)
			}
		})
	}
}
