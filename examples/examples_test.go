package examples_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/private-endpoints/private-endpoints/examples/shell"
	"github.com/private-endpoints/private-endpoints/transformer/config"
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
	for _, block := range shellBlock.FindAllStringSubmatch(shell.Read(t, folder, "README.md"), -1) {
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
					shell.Need(t, host)
				}
			}
			output := shell.MustRun(t, shell.CopyOf(t, folder), commands)
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
	require.Equal(t, shell.Read(t, path), output)
}

// apiTypes are the API's types of the kinds in the examples. A kind that Kubernetes itself does not have has none: "make schema" holds it
// against its definition.
var apiTypes = map[string]func() any{
	"v1 ConfigMap":                       func() any { return &corev1.ConfigMap{} },
	"v1 Namespace":                       func() any { return &corev1.Namespace{} },
	"v1 Secret":                          func() any { return &corev1.Secret{} },
	"v1 Service":                         func() any { return &corev1.Service{} },
	"v1 ServiceAccount":                  func() any { return &corev1.ServiceAccount{} },
	"apps/v1 Deployment":                 func() any { return &appsv1.Deployment{} },
	"networking.k8s.io/v1 Ingress":       func() any { return &networkingv1.Ingress{} },
	"networking.k8s.io/v1 NetworkPolicy": func() any { return &networkingv1.NetworkPolicy{} },
	"policy/v1 PodDisruptionBudget":      func() any { return &policyv1.PodDisruptionBudget{} },
	"traefik.io/v1alpha1 Middleware":     nil,

	"k8s.nginx.org/v1 Policy":                          nil,
	"gateway.networking.k8s.io/v1 HTTPRoute":           nil,
	"gateway.networking.k8s.io/v1beta1 ReferenceGrant": nil,
	"gateway.envoyproxy.io/v1alpha1 SecurityPolicy":    nil,

	"kpt.dev/v1 Kptfile":                  nil,
	config.APIVersion + " " + config.Kind: nil,
}

// requireValid decodes every object strictly into the API's type. There is a route among them.
func requireValid(t *testing.T, output string) {
	t.Helper()
	set, findings := manifest.Read([]byte(output))
	require.Empty(t, findings)
	routes := 0
	for _, item := range set.Items() {
		kind := item.APIVersion() + " " + item.Kind()
		require.Contains(t, apiTypes, kind)
		if newObject := apiTypes[kind]; newObject != nil {
			require.NoError(t, item.DecodeStrict(newObject()))
		}
		if item.Kind() == "Ingress" || item.Kind() == "HTTPRoute" {
			routes++
		}
	}
	require.NotZero(t, routes)
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
				outputs = append(outputs, krustyBuild(t, filepath.Join(shell.CopyOf(t, folder), build[1])))
			}
			require.Equal(t, shell.Read(t, folder, "want.yaml"), strings.Join(outputs, "---\n"))
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
	shell.Need(t, "kustomize")
	page := shell.Read(t, "..", "README.md")
	service, ingress, _ := strings.Cut(shell.Read(t, "hello-world", "want.yaml"), "---\n")
	shown := map[string]string{
		"before": shell.Read(t, "hello-world", "service.yaml"), "after": ingress, "configuration": shell.Read(t, "hello-world", "private-endpoints.yaml"),
		"findings": shell.Run(t, shell.CopyOf(t, "hello-world"), script(t, "hello-world")).Stderr,
	}
	require.NotEmpty(t, service)
	for name, text := range shown {
		require.NotEmpty(t, text, name)
		require.True(t, strings.Contains(page, text), "the README does not show the %s:\n%s", name, text)
	}
}

// TestLinks follows every link in the documents to a file, and to a heading where it names one.
func TestLinks(t *testing.T) {
	documents, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	pages, err := filepath.Glob("*/README.md")
	require.NoError(t, err)
	for _, document := range slices.Concat([]string{"../README.md", "../CONTRIBUTING.md"}, documents, pages) {
		for _, link := range regexp.MustCompile(`\]\(([^)#:]*)(?:#([^)]*))?\)`).FindAllStringSubmatch(shell.Read(t, document), -1) {
			target := document
			if link[1] != "" {
				target = filepath.Join(filepath.Dir(document), link[1])
			}
			info, err := os.Stat(target)
			require.NoError(t, err, "%s: link to %s", document, link[1])
			if link[2] == "" {
				continue
			}
			if info.IsDir() {
				target = filepath.Join(target, "README.md")
			}
			require.Contains(t, anchors(shell.Read(t, target)), link[2], "%s: link to %s", document, link[0])
		}
	}
}

var heading = regexp.MustCompile("(?m)^#+ (.*)$")

// anchors returns the anchors that GitHub gives to the headings of a document.
func anchors(document string) []string {
	var all []string
	for _, match := range heading.FindAllStringSubmatch(document, -1) {
		all = append(all, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
				return unicode.ToLower(r)
			default:
				return -1
			}
		}, match[1]))
	}
	return all
}
