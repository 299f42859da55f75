package examples_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

func TestKptRenderInPlace(t *testing.T) {
	shell.Need(t, "kpt")
	for _, name := range []string{"config-path", "config-map"} {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, filepath.Join("kpt-package", name))
			source := shell.Read(t, folder, "service.yaml")
			shell.MustRun(t, folder, kptRender)
			rendered := shell.Read(t, folder, "service.yaml")
			require.Contains(t, rendered, source+"---\n", "the Service keeps its bytes, comments included")
			requireValid(t, rendered)

			first := shell.Snapshot(t, folder)
			shell.MustRun(t, folder, kptRender)
			require.Equal(t, first, shell.Snapshot(t, folder), "the second run must change nothing")
		})
	}
}

func TestKptEvalInPlace(t *testing.T) {
	shell.Need(t, "kpt")
	folder := shell.CopyOf(t, "kpt-package/config-path")
	eval := "kpt fn eval . --exec private-endpoints --fn-config private-endpoints.yaml"
	shell.MustRun(t, folder, eval)
	requireValid(t, shell.Read(t, folder, "service.yaml"))
	first := shell.Snapshot(t, folder)
	shell.MustRun(t, folder, eval)
	require.Equal(t, first, shell.Snapshot(t, folder), "the second run must change nothing")
}

// An Ingress in the short backend form changes shape under the function, which kpt has to accept.
func TestKptTakesAConvertedIngress(t *testing.T) {
	shell.Need(t, "kpt")
	folder := shell.CopyOf(t, "kpt-package/config-path")
	shell.Write(t, folder, map[string]string{"ingress.yaml": shell.Read(t, "own-ingress", "ingress.yaml")})
	shell.Edit(t, filepath.Join(folder, "ingress.yaml"), "metadata:\n  name: hello-world\n", "metadata:\n  name: other\n  namespace: cindy\n")
	shell.MustRun(t, folder, kptRender)
	requireValid(t, shell.Read(t, folder, "ingress.yaml"))
}

// On an error kpt exits with the function's status and leaves every file alone.
func TestKptFailsWithTheFunction(t *testing.T) {
	shell.Need(t, "kpt")
	for name, test := range map[string]struct{ file, old, text, command, message string }{
		"render": {"service.yaml", `"private"`, `"Private"`, kptRender, `use "private"`},
		"eval":   {"service.yaml", `"private"`, `"Private"`, "kpt fn eval . --exec private-endpoints --fn-config private-endpoints.yaml", `use "private"`},
		"a part": {
			"service.yaml", "cindy", "cindy", "kpt fn eval . --match-kind Service --exec private-endpoints --fn-config private-endpoints.yaml",
			"run over the whole package",
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, "kpt-package/config-path")
			shell.Edit(t, filepath.Join(folder, test.file), test.old, test.text)
			before := shell.Snapshot(t, folder)
			got := shell.Run(t, folder, test.command)
			require.NotEqual(t, 0, got.Status)
			require.Contains(t, got.Stderr, test.message)
			require.Equal(t, before, shell.Snapshot(t, folder))
		})
	}
}

const kptRender = "kpt fn render --allow-exec ."

// renderTwice renders a package and makes sure that a second run has nothing to do.
func renderTwice(t *testing.T, folder string) {
	t.Helper()
	shell.MustRun(t, folder, kptRender)
	first := shell.Snapshot(t, folder)
	shell.MustRun(t, folder, kptRender)
	require.Equal(t, first, shell.Snapshot(t, folder), "the second run must change nothing")
}

// What is generated lands beside its Service: in the file of several objects, and in the subpackage.
func TestKptWritesBesideTheService(t *testing.T) {
	shell.Need(t, "kpt")
	folder := shell.CopyOf(t, "kpt-package/config-path")
	service, settings := shell.Read(t, folder, "service.yaml"), `---
# The settings of the Service above.
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: cindy}
data:
  colour: "blue" # for now
`
	sub := strings.NewReplacer("hello-world", "other", "cindy", "shop").Replace(shell.Read(t, folder, "service.yaml"))
	shell.Write(t, folder, map[string]string{
		"service.yaml":      service + settings,
		"shop/Kptfile":      "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: shop\n",
		"shop/service.yaml": sub,
	})
	renderTwice(t, folder)
	rendered := shell.Read(t, folder, "service.yaml")
	require.True(t, strings.HasPrefix(rendered, service+"---\n"), "the Service keeps its bytes")
	require.True(t, strings.HasSuffix(rendered, settings), "so does what stands behind it")
	require.Contains(t, rendered, "host: hello-world-cindy.apps.example.com")
	require.True(t, strings.HasPrefix(shell.Read(t, folder, "shop", "service.yaml"), sub))
	require.Contains(t, shell.Read(t, folder, "shop", "service.yaml"), "host: other-shop.apps.example.com")
}

// kptPackage is a package with a private Service and a private Ingress, and the two files as they were written.
func kptPackage(t *testing.T) (folder, service, ingress string) {
	t.Helper()
	folder = shell.CopyOf(t, "kpt-package/config-path")
	shell.Write(t, folder, map[string]string{"ingress.yaml": `# Only for the team.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    example.com/owner: cindy # ask her
    dev.okteto.com/private: "true"
spec:
  ingressClassName: nginx
  rules:
  - host: admin.apps.example.com
    http:
      paths:
      - path: / # everything
        pathType: Prefix
        backend:
          service: {name: admin, port: {number: 80}}
`})
	return folder, shell.Read(t, folder, "service.yaml"), shell.Read(t, folder, "ingress.yaml")
}

func TestKptFollowsTheAnnotation(t *testing.T) {
	shell.Need(t, "kpt")
	folder, _, ingress := kptPackage(t)
	renderTwice(t, folder)
	private := shell.Snapshot(t, folder)

	shell.Edit(t, filepath.Join(folder, "service.yaml"), `auto-ingress: "private"`, `auto-ingress: "true"`)
	shell.Edit(t, filepath.Join(folder, "ingress.yaml"), `private: "true"`, `private: "false"`)
	renderTwice(t, folder)
	require.NotContains(t, shell.Read(t, folder, "service.yaml"), "auth-url")
	require.Contains(t, shell.Read(t, folder, "service.yaml"), "kind: Ingress")
	require.Equal(t, strings.Replace(ingress, `private: "true"`, `private: "false"`, 1), shell.Read(t, folder, "ingress.yaml"), "every trace is gone")

	shell.Edit(t, filepath.Join(folder, "service.yaml"), `    dev.okteto.com/auto-ingress: "true" # people of group cindy`, `    example.com/none: ""`)
	renderTwice(t, folder)
	require.NotContains(t, shell.Read(t, folder, "service.yaml"), "kind: Ingress")

	shell.Edit(t, filepath.Join(folder, "service.yaml"), `    example.com/none: ""`, `    dev.okteto.com/auto-ingress: "private" # people of group cindy`)
	shell.Edit(t, filepath.Join(folder, "ingress.yaml"), `private: "false"`, `private: "true"`)
	renderTwice(t, folder)
	require.Equal(t, private, shell.Snapshot(t, folder), "the annotations are back, and so is everything else")
}

func TestKptFollowsTheService(t *testing.T) {
	shell.Need(t, "kpt")
	folder, service, _ := kptPackage(t)
	renderTwice(t, folder)

	shell.Edit(t, filepath.Join(folder, "service.yaml"), "kind: Service\nmetadata:\n  name: hello-world", "kind: Service\nmetadata:\n  name: welcome")
	renderTwice(t, folder)
	rendered := shell.Read(t, folder, "service.yaml")
	require.Contains(t, rendered, "host: welcome-cindy.apps.example.com")
	require.NotContains(t, rendered, "hello-world-cindy")
	require.Equal(t, 1, strings.Count(rendered, "kind: Ingress"))

	shell.Edit(t, filepath.Join(folder, "service.yaml"), "namespace: cindy", "namespace: shop")
	renderTwice(t, folder)
	require.Contains(t, shell.Read(t, folder, "service.yaml"), "allowed_groups=shop")
	require.NotContains(t, shell.Read(t, folder, "service.yaml"), "cindy.apps")

	_, generated, _ := strings.Cut(shell.Read(t, folder, "service.yaml"), "---\n")
	require.Contains(t, generated, "kind: Ingress")
	shell.Write(t, folder, map[string]string{"service.yaml": generated})
	got := shell.Run(t, folder, kptRender)
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Contains(t, got.Stderr, "PE140")
	_, err := os.Stat(filepath.Join(folder, "service.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist, "the Service was deleted, so its Ingress is too")

	shell.Write(t, folder, map[string]string{"service.yaml": service})
	renderTwice(t, folder)
	require.Contains(t, shell.Read(t, folder, "service.yaml"), "host: hello-world-cindy.apps.example.com")
}

// selectors: in a Kptfile send the function a part of the package.
func TestKptSelectorsAreRefused(t *testing.T) {
	shell.Need(t, "kpt")
	folder := shell.CopyOf(t, "kpt-package/config-path")
	shell.Edit(t, filepath.Join(folder, "Kptfile"), "    configPath: private-endpoints.yaml\n", "    configPath: private-endpoints.yaml\n    selectors:\n    - kind: Service\n")
	before := shell.Snapshot(t, folder)
	got := shell.Run(t, folder, kptRender)
	require.NotEqual(t, 0, got.Status)
	require.Contains(t, got.Stderr, "run over the whole package")
	require.Equal(t, before, shell.Snapshot(t, folder))
}

// kpt prints each Result with its severity and object, and saves them where it is asked to.
func TestKptShowsResults(t *testing.T) {
	shell.Need(t, "kpt")
	folder := shell.CopyOf(t, "kpt-package/config-path")
	got := shell.Run(t, folder, kptRender+" --results-dir results")
	require.Equal(t, 0, got.Status)
	require.Contains(t, got.Stderr, "[info] v1/Service/cindy/hello-world: private endpoint https://hello-world-cindy.apps.example.com/ through class nginx")
	require.Contains(t, shell.Read(t, folder, "results", "results.yaml"), "code: PE901")

	shell.Edit(t, filepath.Join(folder, "service.yaml"), `"private"`, `"Private"`)
	got = shell.Run(t, folder, kptRender)
	require.NotEqual(t, 0, got.Status)
	require.Contains(t, got.Stderr, `[error] v1/Service/cindy/hello-world metadata.annotations[dev.okteto.com/auto-ingress]: "Private" is not a value: use "private"`)
}
