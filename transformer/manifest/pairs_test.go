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
		"anchor":       {"a: &x b\nc: *x\n", []string{"a", "c"}, true},
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
