package examples_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKptRenderInPlace(t *testing.T) {
	need(t, "kpt")
	for _, name := range []string{"config-path", "config-map"} {
		t.Run(name, func(t *testing.T) {
			folder := copyOf(t, filepath.Join("kpt-package", name))
			source := read(t, folder, "service.yaml")
			mustSh(t, folder, "kpt fn render --allow-exec .")
			rendered := read(t, folder, "service.yaml")
			require.Contains(t, rendered, source+"---\n", "the Service keeps its bytes, comments included")
			requireValid(t, rendered)

			first := snapshot(t, folder)
			mustSh(t, folder, "kpt fn render --allow-exec .")
			require.Equal(t, first, snapshot(t, folder), "the second run must change nothing")
		})
	}
}

func TestKptEvalInPlace(t *testing.T) {
	need(t, "kpt")
	folder := copyOf(t, "kpt-package/config-path")
	eval := "kpt fn eval . --exec private-endpoints --fn-config private-endpoints.yaml"
	mustSh(t, folder, eval)
	requireValid(t, read(t, folder, "service.yaml"))
	first := snapshot(t, folder)
	mustSh(t, folder, eval)
	require.Equal(t, first, snapshot(t, folder), "the second run must change nothing")
}

// An Ingress in the short backend form changes shape under the function, which kpt has to accept.
func TestKptTakesAConvertedIngress(t *testing.T) {
	need(t, "kpt")
	folder := copyOf(t, "kpt-package/config-path")
	write(t, folder, map[string]string{"ingress.yaml": read(t, "own-ingress", "ingress.yaml")})
	edit(t, filepath.Join(folder, "ingress.yaml"), "metadata:\n  name: hello-world\n", "metadata:\n  name: other\n  namespace: cindy\n")
	mustSh(t, folder, "kpt fn render --allow-exec .")
	requireValid(t, read(t, folder, "ingress.yaml"))
}

// On an error kpt exits with the function's status and leaves every file alone.
func TestKptFailsWithTheFunction(t *testing.T) {
	need(t, "kpt")
	for name, test := range map[string]struct{ file, old, text, command, message string }{
		"render": {"service.yaml", `"private"`, `"Private"`, "kpt fn render --allow-exec .", `use "private"`},
		"eval":   {"service.yaml", `"private"`, `"Private"`, "kpt fn eval . --exec private-endpoints --fn-config private-endpoints.yaml", `use "private"`},
		"a part": {
			"service.yaml", "cindy", "cindy", "kpt fn eval . --match-kind Service --exec private-endpoints --fn-config private-endpoints.yaml",
			"run over the whole package",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := copyOf(t, "kpt-package/config-path")
			edit(t, filepath.Join(folder, test.file), test.old, test.text)
			before := snapshot(t, folder)
			got := sh(t, folder, test.command)
			require.NotEqual(t, 0, got.status)
			require.Contains(t, got.stderr, test.message)
			require.Equal(t, before, snapshot(t, folder))
		})
	}
}
