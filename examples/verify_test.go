package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// TestVerifyExamples proves what every example prints.
func TestVerifyExamples(t *testing.T) {
	for _, folder := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			for _, command := range verifications(t, folder) {
				require.Regexp(t, `(?m)^[1-9]\d* private endpoints?: 0 errors, \d+ warnings?$`, shell.MustRun(t, ".", command))
			}
		})
	}
}

// verifications returns the commands that verify what an example prints: at once, or each build by itself where it has a configuration
// of its own.
func verifications(t *testing.T, folder string) []string {
	t.Helper()
	var commands []string
	for _, build := range kustomizeBuild.FindAllStringSubmatch(script(t, folder), -1) {
		configuration := filepath.Join(folder, build[1], "private-endpoints.yaml")
		if _, err := os.Stat(configuration); err == nil {
			shell.Need(t, "kustomize")
			commands = append(commands, "kustomize build --enable-alpha-plugins --enable-exec "+filepath.Join(folder, build[1])+" 2>/dev/null | private-endpoints verify --config "+configuration)
		}
	}
	if len(commands) > 1 {
		return commands
	}
	return []string{"private-endpoints verify --config " + configurationOf(t, folder) + " " + filepath.Join(folder, "want.yaml")}
}

// configurationOf returns the file with the configuration of an example.
func configurationOf(t *testing.T, folder string) string {
	t.Helper()
	var found string
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) == "private-endpoints.yaml" {
			found = path
		}
		return err
	}))
	require.NotEmpty(t, found)
	return found
}

// Without --enable-exec kustomize succeeds and prints the sources as they are. verify says that the function did not run, and
// what to do.
func TestVerifyFindsASkippedFunction(t *testing.T) {
	shell.Need(t, "kustomize")
	const hint = "\n  hint: run the function over the set: with kustomize, pass --enable-exec beside --enable-alpha-plugins; without it, exec functions are left out without a word\n"
	for folder, want := range map[string]string{
		"own-ingress":        "Ingress cindy/hello-world: spec.ingressClassName: the function did not run: it gives every private Ingress a class, and this one has none",
		"hello-world":        "Service cindy/hello-world: the function did not run: no Ingress was generated from this private Service",
		"load-balancer":      "Service cindy/database-console: the function did not run: the source is closed, and there is no endpoint",
		"partial-protection": "Ingress cindy/shop-admin: the function did not run: the source is closed, and there is no endpoint",
		"traefik":            "Service cindy/dashboard: the function did not run: no Ingress was generated from this private Service",
		"overlays":           "Service shop/v2-api: the function did not run: no Ingress was generated from this private Service",
		"auth-stack":         "Service cindy/notes: the function did not run: no Ingress was generated from this private Service",
	} {
		t.Run(folder, func(t *testing.T) {
			builds := kustomizeBuild.FindAllStringSubmatch(script(t, folder), -1)
			target := filepath.Join(folder, builds[len(builds)-1][1])
			got := shell.Run(t, ".", "kustomize build "+target+" --enable-alpha-plugins | private-endpoints verify --config "+configurationOf(t, folder))
			require.Equal(t, 1, got.Status)
			require.Empty(t, got.Stderr)
			require.Equal(t, "error PE162: "+want+hint+"1 private endpoint: 1 error, 0 warnings\n", got.Stdout)
		})
	}
}

// A patch above the function takes intent and protection out together. Only the baseline remembers that there was an endpoint.
func TestVerifyRemembersTheBaseline(t *testing.T) {
	shell.Need(t, "kustomize")
	folder := shell.CopyOf(t, "own-ingress")
	shell.MustRun(t, folder, build+" | private-endpoints endpoints --config private-endpoints.yaml --format json > baseline.json")
	verify := build + " | private-endpoints verify --config private-endpoints.yaml --baseline baseline.json"
	shell.MustRun(t, folder, verify)

	shell.Edit(t, filepath.Join(folder, "ingress.yaml"), "  annotations:\n    dev.okteto.com/private: \"true\"\n", "")
	shell.Edit(t, filepath.Join(folder, "ingress.yaml"), "spec:\n  rules:\n  - http:", "spec:\n  ingressClassName: nginx\n  rules:\n  - host: hello-world-cindy.apps.example.com\n    http:")
	got := shell.Run(t, folder, verify)
	require.Equal(t, 1, got.Status)
	require.True(t, strings.HasPrefix(got.Stdout, "error PE168: Ingress cindy/hello-world: "), got.Stdout)
}
