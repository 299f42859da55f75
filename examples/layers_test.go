package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"gotest.tools/v3/golden"

	"github.com/private-endpoints/private-endpoints/examples/shell"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// TestLayers builds every tree of kustomizations in testdata/layers with the real kustomize. An archive shows one placement
// of the function and holds
//
//	build         the folder to build
//	want.yaml     what is rendered; absent when the build must fail
//	stderr        what the build says, without information
//	placement     what the check of E24 says of the rendered set; absent when nothing is wrong
//
// and the files of the tree. Every tree has the folders function, with a configuration for ingress-nginx, function-traefik,
// function-f5, and function-gateway, with one for HTTPRoutes.
func TestLayers(t *testing.T) {
	shell.Need(t, "kustomize")
	paths, err := filepath.Glob("../testdata/layers/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { checkLayers(t, path) })
	}
}

// traefikClass is the class of examples/traefik, and f5Class one in its place.
const (
	traefikClass = `  - name: traefik
    controller: traefik
    version: "3.7"
    traefik:
      entryPoints: [websecure]
`
	f5Class = `  - name: f5
    controller: f5-nginx
`
)

func checkLayers(t *testing.T, path string) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	require.NotEmpty(t, strings.TrimSpace(string(archive.Comment)), "an archive starts with a sentence that says what it shows")
	tree, expected := t.TempDir(), map[string]string{}
	for _, folder := range []string{"function", "function-traefik", "function-f5", "function-gateway"} {
		require.NoError(t, os.CopyFS(filepath.Join(tree, folder), os.DirFS("overlays/function")))
	}
	traefik := shell.Read(t, "traefik", "private-endpoints.yaml")
	shell.Write(t, tree, map[string]string{
		"function-traefik/private-endpoints.yaml": traefik,
		"function-f5/private-endpoints.yaml":      strings.Replace(traefik, traefikClass, f5Class, 1),
		"function-gateway/private-endpoints.yaml": shell.Read(t, "gateway", "private-endpoints.yaml"),
	})
	var sources []txtar.File
	for _, file := range archive.Files {
		switch file.Name {
		case "want.yaml", "stderr", "placement":
			expected[file.Name] = string(file.Data)
			continue
		}
		sources = append(sources, file)
		shell.Write(t, tree, map[string]string{file.Name: string(file.Data)})
	}
	got := render(t, tree, strings.TrimSpace(shell.Read(t, tree, "build")))
	if golden.FlagUpdate() {
		archive.Files = sources
		for _, name := range []string{"want.yaml", "stderr", "placement"} {
			if got[name] != "" {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
			}
		}
		require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o644))
		return
	}
	for _, name := range []string{"want.yaml", "stderr", "placement"} {
		require.Equal(t, expected[name], got[name], name)
	}
}

// TestLayeringTable holds the placements of docs/layering.md to the archives: each archive stands in the table, with the
// outcome that it shows.
func TestLayeringTable(t *testing.T) {
	code, link := regexp.MustCompile(`PE[0-9]{3}`), regexp.MustCompile(`testdata/layers/([a-z0-9-]+)\.txtar`)
	outcomes := func(text string) []string {
		return slices.Compact(slices.Sorted(slices.Values(code.FindAllString(text, -1))))
	}
	documented := map[string][]string{}
	for line := range strings.Lines(shell.Read(t, "../docs", "layering.md")) {
		cells := strings.Split(line, "|")
		for _, match := range link.FindAllStringSubmatch(line, -1) {
			require.Len(t, cells, 5, line)
			documented[match[1]] = outcomes(cells[3])
			require.Equal(t, len(documented[match[1]]) == 0, strings.TrimSpace(cells[3]) == "works", line)
		}
	}
	shown := map[string][]string{}
	paths, err := filepath.Glob("../testdata/layers/*.txtar")
	require.NoError(t, err)
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		require.NoError(t, err)
		var errors strings.Builder
		for _, file := range archive.Files {
			if file.Name == "stderr" || file.Name == "placement" {
				errors.WriteString(errorLines(string(file.Data)))
			}
		}
		shown[strings.TrimSuffix(filepath.Base(path), ".txtar")] = outcomes(errors.String())
	}
	require.Equal(t, shown, documented)
}

func errorLines(text string) string {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "error ") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// render builds a kustomization of a tree and judges the result.
func render(t *testing.T, tree, folder string) map[string]string {
	t.Helper()
	built := shell.Run(t, filepath.Join(tree, folder), build)
	got := map[string]string{"want.yaml": built.Stdout, "stderr": withoutInformation(strings.ReplaceAll(built.Stderr, tree+"/", ""))}
	require.Equal(t, built.Status != 0, built.Stdout == "", "kustomize writes exactly when it succeeds")
	if built.Status == 0 {
		requireValid(t, built.Stdout)
		got["placement"] = placement(t, built.Stdout)
	}
	return got
}

// withoutInformation drops the findings that only report a choice.
func withoutInformation(stderr string) string {
	var lines strings.Builder
	for line := range strings.Lines(stderr) {
		if !strings.HasPrefix(line, "info ") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// placement is the check of E24 over what a host rendered.
func placement(t *testing.T, rendered string) string {
	t.Helper()
	set, findings := manifest.Read([]byte(rendered))
	require.Empty(t, findings)
	var text strings.Builder
	require.NoError(t, verify.Placement(set, (*manifest.Item).Namespace).WriteText(&text))
	return text.String()
}
