package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// TestSought is about what makes an object worth parsing: a missed one would be a side door that nobody sees.
func TestSought(t *testing.T) {
	labels := newSought()
	labels.add("cindy", "app", "admin")
	labels.add("bob", "app", "web")

	tests := map[string]struct {
		input, after string
		want         bool
	}{
		"pair of its namespace":             {"metadata: {namespace: cindy}\nspec: {selector: {app: admin}}", "", true},
		"pair of another namespace":         {"metadata:\n  namespace: bob\nspec: {selector: {app: admin}}", "", false},
		"namespace in flow style":           {"metadata: {namespace: bob}\nspec: {selector: {app: admin}}", "", true},
		"namespace that is an annotation":   {"metadata:\n  name: a\n  annotations:\n    name: x\n    namespace: bob\nspec: {selector: {app: admin}}", "", true},
		"namespace of a reference":          {"metadata:\n  namespace: cindy\n  name: a\nspec: {selector: {app: admin}, ref: {name: a, namespace: bob}}", "", true},
		"namespace twice":                   {"metadata:\n  namespace: bob\n  namespace: cindy\nspec: {selector: {app: admin}}", "", true},
		"metadata twice":                    {"metadata:\n  namespace: bob\nspec: {selector: {app: admin}}\nmetadata:\n  namespace: cindy", "", true},
		"namespace that goes on":            {"metadata:\n  namespace: bob\n    by\nspec: {selector: {app: admin}}", "", true},
		"namespace with a tag":              {"metadata:\n  namespace: !x cindy\nspec: {selector: {app: admin}}", "", true},
		"metadata that is merged":           {"metadata:\n  namespace: bob\n  <<: {namespace: cindy}\nspec: {selector: {app: admin}}", "", true},
		"value behind an odd line break":    {"metadata:\n  namespace: bob\nspec:\n  selector:\n    app: admin\u0085\n", "", true},
		"selector that is an alias":         {"metadata:\n  namespace: cindy\n  labels: &l {app: admin}\nspec:\n  selector: *l", "selector", true},
		"selector that is merged":           {"metadata:\n  namespace: cindy\n  labels: &l {app: admin}\nspec:\n  selector:\n    <<: *l", "selector", true},
		"value with a tag":                  {"metadata:\n  namespace: cindy\nspec:\n  selector:\n    app: !!binary YWRtaW4=", "selector", true},
		"other value":                       {"metadata:\n  namespace: cindy\nspec: {selector: {app: web}}", "", false},
		"other key":                         {"metadata: {namespace: cindy}\nspec: {selector: {name: admin}}", "", false},
		"no namespace":                      {"spec: {selector: {app: admin}}", "", true},
		"namespace on another line":         {"metadata:\n  namespace:\n    cindy\nspec: {selector: {app: admin}}", "", true},
		"value on another line":             {"metadata: {namespace: cindy}\nspec:\n  selector:\n    app:\n      admin", "", true},
		"quoted":                            {"metadata: {namespace: \"cindy\"}\nspec: {selector: {'app': \"admin\"}}", "", true},
		"escaped":                           {"metadata: {namespace: cindy}\nspec: {selector: {app: \"\\x61dmin\"}}", "", true},
		"anchor":                            {"metadata: {namespace: cindy}\nspec: {selector: {app: &x admin}}", "", true},
		"pair after the key":                {"metadata: {namespace: cindy}\nspec:\n  selector:\n    app: admin", "selector", true},
		"pair before the key only":          {"metadata:\n  namespace: cindy\n  labels: {app: admin}\nspec: {selector: {app: web}}", "selector", false},
		"object that does not have the key": {"metadata: {namespace: cindy, labels: {app: admin}}", "selector", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, findings := manifest.Read([]byte("apiVersion: v1\nkind: Service\n" + test.input + "\n"))
			require.Empty(t, findings)
			require.Equal(t, test.want, labels.in(set.Items()[0], test.after))
		})
	}
}
