package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// folders returns the examples: every folder with a README.
func folders(t *testing.T) []string {
	t.Helper()
	readmes, err := filepath.Glob("*/README.md")
	require.NoError(t, err)
	require.NotEmpty(t, readmes)
	var names []string
	for _, readme := range readmes {
		names = append(names, filepath.Dir(readme))
	}
	return names
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// script returns the commands of an example's README.
func script(t *testing.T, folder string) string {
	t.Helper()
	var commands strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(read(t, folder, "README.md"), -1) {
		commands.WriteString(block[1])
	}
	require.NotEmpty(t, commands.String())
	return commands.String()
}

// TestReadme runs the commands of each README and compares what they print with want.yaml.
func TestReadme(t *testing.T) {
	for _, folder := range folders(t) {
		t.Run(folder, func(t *testing.T) {
			commands := script(t, folder)
			for _, host := range []string{"kustomize", "kpt"} {
				if strings.Contains(commands, host+" ") {
					need(t, host)
				}
			}
			output := mustSh(t, copyOf(t, folder), commands)
			compare(t, folder, output)
			requireValid(t, output)
		})
	}
}

// compare holds output against want.yaml, which -update writes.
func compare(t *testing.T, folder, output string) {
	t.Helper()
	path := filepath.Join(folder, "want.yaml")
	if golden.FlagUpdate() {
		require.NoError(t, os.WriteFile(path, []byte(output), 0o644))
	}
	require.Equal(t, read(t, path), output)
}

// requireValid decodes every Ingress strictly into the API's type.
func requireValid(t *testing.T, output string) {
	t.Helper()
	set, findings := manifest.Read([]byte(output))
	require.Empty(t, findings)
	ingresses := 0
	for _, item := range set.Items() {
		if item.Kind() == "Ingress" {
			require.NoError(t, item.DecodeStrict(&networkingv1.Ingress{}))
			ingresses++
		}
	}
	require.NotZero(t, ingresses)
}

var kustomizeBuild = regexp.MustCompile(`(?m)^kustomize build .*?(\S+)$`)

// TestKrusty builds the same kustomizations in this process, with kustomize as a library.
func TestKrusty(t *testing.T) {
	for _, folder := range folders(t) {
		builds := kustomizeBuild.FindAllStringSubmatch(script(t, folder), -1)
		if len(builds) == 0 {
			continue
		}
		t.Run(folder, func(t *testing.T) {
			var outputs []string
			for _, build := range builds {
				outputs = append(outputs, krustyBuild(t, filepath.Join(copyOf(t, folder), build[1])))
			}
			require.Equal(t, read(t, folder, "want.yaml"), strings.Join(outputs, "---\n"))
		})
	}
}

func krustyBuild(t *testing.T, folder string) string {
	t.Helper()
	options := krusty.MakeDefaultOptions()
	options.PluginConfig = types.EnabledPluginConfig(types.BploUseStaticallyLinked)
	options.PluginConfig.FnpLoadingOptions.EnableExec = true
	// As the command does without --reorder.
	options.Reorder = krusty.ReorderOptionUnspecified
	resources, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), folder)
	require.NoError(t, err)
	output, err := resources.AsYaml()
	require.NoError(t, err)
	return string(output)
}

// TestFrontPage holds the README of the repository to the example that it shows.
func TestFrontPage(t *testing.T) {
	need(t, "kustomize")
	page := read(t, "..", "README.md")
	service, ingress, _ := strings.Cut(read(t, "hello-world", "want.yaml"), "---\n")
	shown := map[string]string{
		"before": read(t, "hello-world", "service.yaml"), "after": ingress, "configuration": read(t, "hello-world", "private-endpoints.yaml"),
		"findings": sh(t, copyOf(t, "hello-world"), script(t, "hello-world")).stderr,
	}
	require.NotEmpty(t, service)
	for name, text := range shown {
		require.NotEmpty(t, text, name)
		require.True(t, strings.Contains(page, text), "the README does not show the %s:\n%s", name, text)
	}
}

// TestLinks follows every link to a file in the documents.
func TestLinks(t *testing.T) {
	documents, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	pages, err := filepath.Glob("*/README.md")
	require.NoError(t, err)
	for _, document := range slices.Concat([]string{"../README.md"}, documents, pages) {
		for _, link := range regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`).FindAllStringSubmatch(read(t, document), -1) {
			_, err := os.Stat(filepath.Join(filepath.Dir(document), link[1]))
			require.NoError(t, err, "%s: link to %s", document, link[1])
		}
	}
}
