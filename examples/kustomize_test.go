package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

const build = "kustomize build --enable-alpha-plugins --enable-exec ."

// Without --enable-exec kustomize leaves an exec function out without a word. Sources that are written the closed way
// expose nothing then.
func TestKustomizeSkipsTheFunctionSilently(t *testing.T) {
	shell.Need(t, "kustomize")
	for _, folder := range []string{"partial-protection", "load-balancer"} {
		t.Run(folder, func(t *testing.T) {
			got := shell.Run(t, shell.CopyOf(t, folder), "kustomize build --enable-alpha-plugins .")
			require.Equal(t, 0, got.Status)
			require.Empty(t, got.Stderr)
			require.Regexp(t, `(ingressClassName|loadBalancerClass): private-endpoints\.dev`, got.Stdout)
		})
	}
}

func TestKustomizeFailsWithTheFunction(t *testing.T) {
	shell.Need(t, "kustomize")
	for name, test := range map[string]struct{ file, old, text, message string }{
		"misspelt value": {"service.yaml", `"private"`, `"Private"`, `"Private" is not a value: use "private"`},
		"no namespace":   {"kustomization.yaml", "namespace: cindy\n", "", "list the function in the kustomization that sets `namespace:`"},
		"configuration":  {"private-endpoints.yaml", "subdomain:", "subdomian:", "did you mean subdomain?"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, "hello-world")
			shell.Edit(t, filepath.Join(folder, test.file), test.old, test.text)
			got := shell.Run(t, folder, build)
			require.NotEqual(t, 0, got.Status)
			require.Empty(t, got.Stdout)
			require.Contains(t, got.Stderr, test.message)
		})
	}
}

// Both older versions of Ingress change shape under the function, which kustomize has to accept.
func TestKustomizeTakesAConvertedIngress(t *testing.T) {
	shell.Need(t, "kustomize")
	folder := shell.CopyOf(t, "own-ingress")
	shell.Write(t, folder, map[string]string{"ingress.yaml": `apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata:
  name: hello-world
  annotations:
    dev.okteto.com/private: "true"
spec:
  backend:
    serviceName: hello-world
    servicePort: 8080
  tls:
  rules:
  - http:
      paths:
      - path: /
        backend:
          serviceName: hello-world # the only one
          servicePort: 8080
`})
	output := shell.MustRun(t, folder, build)
	requireValid(t, output)
	require.Contains(t, output, "auth-url")
}

// legacyPlugin prepares a copy of the hello-world example for kubectl, which has no --enable-exec: it runs exec plugins of
// the older kind, from a folder of their own.
func legacyPlugin(t *testing.T) (folder, environment string) {
	t.Helper()
	folder = shell.CopyOf(t, "hello-world")
	require.NoError(t, os.CopyFS(filepath.Join(folder, "plain"), os.DirFS("kpt-package/config-path")))
	require.NoError(t, os.Rename(filepath.Join(folder, "plain", "private-endpoints.yaml"), filepath.Join(folder, "private-endpoints.yaml")))
	home := t.TempDir()
	binary, err := exec.LookPath("private-endpoints")
	require.NoError(t, err)
	plugin := filepath.Join(home, "private-endpoints.dev", "v1alpha1", "privateendpoints")
	require.NoError(t, os.MkdirAll(plugin, 0o755))
	require.NoError(t, os.Symlink(binary, filepath.Join(plugin, "PrivateEndpoints")))
	return folder, "KUSTOMIZE_PLUGIN_HOME=" + home
}

// kubectls returns every kubectl that is installed: the one in PATH, and other versions beside it.
func kubectls(t *testing.T) []string {
	t.Helper()
	shell.Need(t, "kubectl")
	first, err := exec.LookPath("kubectl")
	require.NoError(t, err)
	resolved, err := filepath.EvalSymlinks(first)
	require.NoError(t, err)
	others, err := filepath.Glob(filepath.Join(filepath.Dir(resolved), "kubectl.1.*"))
	require.NoError(t, err)
	return append([]string{first}, others...)
}

func TestKubectlRunsTheLegacyPlugin(t *testing.T) {
	want := shell.Read(t, "hello-world", "want.yaml")
	for _, kubectl := range kubectls(t) {
		t.Run(filepath.Base(kubectl), func(t *testing.T) {
			folder, environment := legacyPlugin(t)
			command := kubectl + " kustomize --enable-alpha-plugins ."
			require.Equal(t, want, shell.MustRun(t, folder, command, environment))

			shell.Edit(t, filepath.Join(folder, "service.yaml"), `"private"`, `"privat"`)
			got := shell.Run(t, folder, command, environment)
			require.NotEqual(t, 0, got.Status)
			require.Empty(t, got.Stdout)
			require.Contains(t, got.Stderr, `use "private"`)
		})
	}
}

func TestKubectlInAPipe(t *testing.T) {
	want := shell.Read(t, "hello-world", "want.yaml")
	for _, kubectl := range kubectls(t) {
		t.Run(filepath.Base(kubectl), func(t *testing.T) {
			folder := shell.CopyOf(t, "hello-world")
			shell.Edit(t, filepath.Join(folder, "kustomization.yaml"), "transformers:\n- private-endpoints.yaml\n", "")
			pipe := kubectl + " kustomize . | private-endpoints --config private-endpoints.yaml"
			output := shell.MustRun(t, folder, pipe)
			service, _, _ := strings.Cut(want, "---\n")
			require.True(t, strings.HasPrefix(output, service), "the Service is not touched")
			requireValid(t, output)
			require.Equal(t, output, shell.MustRun(t, folder, pipe+" | private-endpoints --config private-endpoints.yaml"))

			shell.Edit(t, filepath.Join(folder, "service.yaml"), `"private"`, `"privat"`)
			got := shell.Run(t, folder, pipe+" | cat")
			require.Equal(t, 1, got.Status)
			require.Empty(t, got.Stdout)
		})
	}
}
