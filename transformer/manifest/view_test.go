package manifest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestText holds that a value reads as Kubernetes reads it, which is YAML 1.1, and as JSON writes it.
func TestText(t *testing.T) {
	for written, want := range map[string]string{
		"text": "text", "True": "true", "yes": "true", "Off": "false", `"True"`: "True", "'yes'": "yes", "!!str yes": "yes",
		"8080": "8080", "017620": "8080", "08080": "8080", "0x1F90": "8080", "8_080": "8080", `"017620"`: "017620",
		"1.0": "1.0", "~": "", "null": "", "2001-01-01": "2001-01-01", "": "",
	} {
		item := first(t, "kind: A\na: "+written+"\n")
		require.Equal(t, want, item.View("a").Text(), written)
	}
	data := first(t, "kind: Secret\ndata:\n  a: !!binary |\n    eWV\n    z\n")
	require.Equal(t, "yes", data.View("data", "a").Text(), "of several lines")
	item := first(t, "kind: A\n0x2328: a\n")
	var keys []string
	for key := range item.View().Fields() {
		keys = append(keys, key)
	}
	require.Equal(t, []string{"kind", "9000"}, keys)
}
