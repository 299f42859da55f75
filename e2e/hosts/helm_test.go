package hosts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/examples/shell"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// TestHelm runs the page, where both versions of Helm and the pipe have to come to the same.
func TestHelm(t *testing.T) {
	folder := page(t, "helm.md", helmEnvironment(t)...)
	want := objects(t, shell.Read(t, folder, "rendered.yaml"))
	require.Len(t, want, 4)
	require.Equal(t, want, objects(t, shell.Read(t, folder, "rendered-3.yaml")))
	delete(want, "Pod orders-test")
	require.Equal(t, want, objects(t, shell.Read(t, folder, "piped.yaml")))
}

// helm is a copy of the example, and an environment with its plugin in which Helm touches nothing of the user's.
type helm struct {
	folder      string
	environment []string
}

func newHelm(t *testing.T) helm {
	t.Helper()
	h := helm{shell.CopyOf(t, "../../examples/helm"), helmEnvironment(t)}
	shell.MustRun(t, h.folder, "helm plugin install plugin", h.environment...)
	return h
}

func helmEnvironment(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	environment := []string{"HELM_NAMESPACE=", "PRIVATE_ENDPOINTS_FINDINGS=", "HELM_PLUGINS=" + filepath.Join(home, "data", "plugins")}
	for variable, name := range map[string]string{
		"HELM_CACHE_HOME": "cache", "HELM_CONFIG_HOME": "config", "HELM_DATA_HOME": "data", "KUBECONFIG": "kubeconfig",
	} {
		environment = append(environment, variable+"="+filepath.Join(home, name))
	}
	return environment
}

func (h helm) run(t *testing.T, script string, environment ...string) shell.Result {
	t.Helper()
	return shell.Run(t, h.folder, script, slices.Concat(h.environment, environment)...)
}

const (
	chart        = " orders chart --namespace shop --values values.yaml"
	postRenderer = " --post-renderer private-endpoints"
	config       = " --post-renderer-args --config=private-endpoints.yaml"
	namespace    = " --post-renderer-args --namespace=shop"
)

// Every object keeps the template that it is from, and the Ingress is from that of its Service.
func TestHelmKeepsSources(t *testing.T) {
	h := newHelm(t)
	plain := h.run(t, "helm template"+chart).Stdout
	rendered := h.run(t, "helm template"+chart+postRenderer+config+namespace).Stdout
	require.ElementsMatch(t, append(sources(plain), "orders/templates/service.yaml"), sources(rendered))
	require.NotContains(t, rendered, "postrenderer.helm.sh")

	shown := h.run(t, "helm template --show-only templates/service.yaml"+chart+postRenderer+config+namespace).Stdout
	require.Contains(t, objects(t, shown), "Ingress orders")
	h.run(t, "helm template --output-dir written"+chart+postRenderer+config+namespace)
	require.Equal(t, objects(t, shown), objects(t, shell.Read(t, h.folder, "written/orders/templates/service.yaml")))
}

// Helm 3 gives the Ingress no template, and touches no comment of the others.
func TestHelm3KeepsSources(t *testing.T) {
	h := newHelm(t)
	plain := h.run(t, "helm3 template"+chart).Stdout
	rendered := h.run(t, "helm3 template"+chart+postRenderer+config+namespace).Stdout
	require.Equal(t, sources(plain), sources(rendered))
	require.Contains(t, objects(t, rendered), "Ingress orders")
	require.Contains(t, rendered, "# Helm keeps comments")
}

var sourceLine = regexp.MustCompile(`(?m)^# Source: (.*)$`)

// sources returns the templates that the comments of a stream name.
func sources(stream string) []string {
	var names []string
	for _, match := range sourceLine.FindAllStringSubmatch(stream, -1) {
		names = append(names, match[1])
	}
	return names
}

// Whatever is wrong, there is no release, and the reason reaches the user.
func TestHelmFails(t *testing.T) {
	cases := map[string]struct{ flags, want string }{
		"a misspelt value":            {postRenderer + config + namespace + ` --set service.annotations.dev\\.okteto\\.com/auto-ingress=Private`, "error PE110"},
		"a way around":                {postRenderer + config + namespace + " --set ingress.enabled=true", "error PE201"},
		"no configuration":            {postRenderer + namespace, "error PE100"},
		"a configuration that is not": {postRenderer + namespace + " --post-renderer-args --config=missing.yaml", "missing.yaml"},
		"no namespace":                {postRenderer + config, "error PE120"},
		"an unknown flag":             {postRenderer + config + namespace + " --post-renderer-args --namespaces=shop", "unknown flag: --namespaces"},
		"an empty namespace":          {postRenderer + config + " --post-renderer-args --namespace=", "error PE120"},
		"a namespace that cannot be":  {postRenderer + config + " --post-renderer-args --namespace=Shop", "error PE120"},
		"a post-renderer that is not": {" --post-renderer private-endpoint" + config + namespace, "private-endpoint"},
	}
	h := newHelm(t)
	for name, c := range cases {
		for _, command := range []string{"helm template", "helm template --debug", "helm install --dry-run=client", "helm3 template"} {
			t.Run(name+"/"+command, func(t *testing.T) {
				got := h.run(t, command+chart+c.flags)
				require.NotZero(t, got.Status)
				require.Empty(t, strings.TrimSpace(got.Stdout))
				require.Contains(t, got.Stderr, c.want)
			})
		}
	}
}

// Helm 4 sends hooks too: a set of these alone is no empty set, and a hook that leads around the sign-in is found. Helm 3 sends none.
func TestHelmHooks(t *testing.T) {
	h := newHelm(t)
	flags := postRenderer + config + namespace
	shell.Edit(t, filepath.Join(h.folder, "chart/templates/ingress.yaml"), "metadata:\n", "metadata:\n  annotations:\n    helm.sh/hook: post-install\n")
	open := chart + " --set ingress.enabled=true"
	require.Contains(t, h.run(t, "helm template"+open+flags).Stderr, "error PE201")
	rendered := h.run(t, "helm3 template"+open+flags)
	require.Zero(t, rendered.Status, rendered.Stderr)
	shell.Write(t, h.folder, map[string]string{"rendered.yaml": rendered.Stdout})
	verified := h.run(t, "private-endpoints verify --config private-endpoints.yaml --namespace shop rendered.yaml")
	require.NotZero(t, verified.Status)
	require.Contains(t, verified.Stdout, "error PE201")

	for _, template := range []string{"service.yaml", "deployment.yaml", "ingress.yaml"} {
		require.NoError(t, os.Remove(filepath.Join(h.folder, "chart/templates", template)))
	}
	require.Len(t, objects(t, h.run(t, "helm template"+chart+flags).Stdout), 1)
	require.Contains(t, h.run(t, "helm3 template"+chart+flags).Stderr, "error PE106")
}

// An archive of the plugin, as a release would hold it, can be installed.
func TestHelmPluginArchive(t *testing.T) {
	h := helm{shell.CopyOf(t, "../../examples/helm"), helmEnvironment(t)}
	require.Zero(t, h.run(t, "helm plugin package --sign=false plugin && helm plugin install --verify=false private-endpoints-0.1.0.tgz").Status)
	rendered := h.run(t, "helm template"+chart+postRenderer+config+namespace)
	require.Zero(t, rendered.Status, rendered.Stderr)
	require.Contains(t, objects(t, rendered.Stdout), "Ingress orders")
}

var types = map[string]func() any{
	"Service":    func() any { return &corev1.Service{} },
	"Pod":        func() any { return &corev1.Pod{} },
	"Deployment": func() any { return &appsv1.Deployment{} },
	"Ingress":    func() any { return &networkingv1.Ingress{} },
}

// objects decodes a stream strictly, and returns its objects by kind and name.
func objects(t *testing.T, stream string) map[string]any {
	t.Helper()
	set, findings := manifest.Read([]byte(stream))
	require.Empty(t, findings)
	objects := map[string]any{}
	for _, item := range set.Items() {
		require.Contains(t, types, item.Kind())
		object, name := types[item.Kind()](), item.Kind()+" "+item.Name()
		require.NoError(t, item.DecodeStrict(object))
		require.NotContains(t, objects, name)
		objects[name] = object
	}
	return objects
}

// TestHelmMessages holds the ways by which the plugin gets past Helm.
func TestHelmMessages(t *testing.T) {
	h := newHelm(t)
	failing := "helm template" + chart + postRenderer + config
	const message = "PE120: Service orders"

	t.Run("a file that the user names", func(t *testing.T) {
		got := h.run(t, failing, "PRIVATE_ENDPOINTS_FINDINGS=findings.txt")
		require.NotContains(t, got.Stderr, message)
		require.Contains(t, shell.Read(t, h.folder, "findings.txt"), message)
	})
	t.Run("the terminal, where stderr is a file", func(t *testing.T) {
		got := h.run(t, `script --quiet --return --command "$failing 2>errors.txt" /dev/null`, "failing="+failing)
		require.NotZero(t, got.Status)
		require.Contains(t, got.Stdout, message)
		require.NotContains(t, shell.Read(t, h.folder, "errors.txt"), message)
	})
	t.Run("nowhere", func(t *testing.T) {
		got := h.run(t, "setsid --wait "+failing+" 2>errors.txt")
		require.NotZero(t, got.Status)
		require.Empty(t, got.Stdout)
		require.Contains(t, shell.Read(t, h.folder, "errors.txt"), `plugin "private-endpoints" exited with error`)
	})
	t.Run("a function that is not installed", func(t *testing.T) {
		program, err := exec.LookPath("helm")
		require.NoError(t, err)
		folder := t.TempDir()
		require.NoError(t, os.Symlink(program, filepath.Join(folder, "helm")))
		got := h.run(t, failing, "PATH="+strings.Join([]string{folder, "/usr/bin", "/bin"}, ":"))
		require.NotZero(t, got.Status)
		require.Contains(t, got.Stderr, "private-endpoints: not found")
	})
}
