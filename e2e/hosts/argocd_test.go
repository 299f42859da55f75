package hosts_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/private-endpoints/private-endpoints/examples/shell"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const (
	argoCDExample = "../../examples/argocd"
	// configurations is the folder in the sidecar with the configurations of the platform.
	configurations = "/etc/private-endpoints"
	// argoCDUser is the user of every container of the repo server.
	argoCDUser = 999
)

// TestArgoCD runs the page, and then Argo CD's own code with what the page made.
func TestArgoCD(t *testing.T) {
	folder := page(t, "argocd.md", "ARGO_CD="+argoCDSource(t))
	for _, file := range []string{"sidecar/plugin.yaml", "project.yaml", "applications.yaml", "build-options/application.yaml"} {
		shell.MustRun(t, folder, "argocd check "+file)
	}
	t.Run("sidecar", func(t *testing.T) { testSidecar(t, folder) })
	t.Run("build options", func(t *testing.T) { testBuildOptions(t, folder) })
	t.Run("links", func(t *testing.T) { testLinks(t, folder) })
}

// argoCDSource returns the folder with the sources of the Argo CD that tools/argocd pins.
func argoCDSource(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(shell.MustRun(t, "../../tools/argocd", "go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3", "GOTOOLCHAIN=auto"))
}

// testSidecar starts Argo CD's server of plugins with the files, the user and the commands that the patched Deployment gives to the
// sidecar, and has Argo CD's repo server render Applications with it.
func testSidecar(t *testing.T, folder string) {
	sidecar := newSidecar(t, readInstalled(t, filepath.Join(folder, "with-sidecar.yaml")))
	shell.MustRun(t, folder, "argocd applications applications.yaml > application.yaml && argocd check application.yaml")
	shell.MustRun(t, folder, "sed '/plugin:/,/name:/d' application.yaml > unnamed.yaml && argocd check unnamed.yaml")
	require.NotContains(t, shell.Read(t, folder, "unnamed.yaml"), "plugin")
	render := func(application string) shell.Result {
		return shell.Run(t, folder, "argocd render --repository . "+application, "ARGOCD_PLUGINSOCKFILEPATH="+sidecar.sockets)
	}

	// Where the sidecar is down, a plugin that is named is missed. One that Argo CD would have to find is not.
	requireFails(t, render("application.yaml"), `could not find cmp-server plugin with name "private-endpoints"`)
	got := render("unnamed.yaml")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.NotContains(t, got.Stdout, "kind: Ingress")

	sidecar.start(t)
	want := runPlugin(t, shells[0], filepath.Join(folder, "apps/hello-world"), nil)
	require.Equal(t, 0, want.Status, want.Stderr)
	for _, application := range []string{"application.yaml", "unnamed.yaml"} {
		got := render(application)
		require.Equal(t, 0, got.Status, got.Stderr)
		require.Equal(t, objects(t, want.Stdout), objects(t, got.Stdout))
	}

	service := filepath.Join(folder, "apps/hello-world/service.yaml")
	shell.Edit(t, service, `auto-ingress: "private"`, `auto-ingress: "Private"`)
	requireFails(t, render("application.yaml"), "error PE110: Service hello-world")
	shell.Edit(t, service, `auto-ingress: "Private"`, `auto-ingress: "private"`)

	// What a repository can override: neither the project nor a plugin that is named, but a plugin that is not.
	override := filepath.Join(folder, "apps/hello-world/.argocd-source.yaml")
	write := func(text string) { require.NoError(t, os.WriteFile(override, []byte(text), 0o644)) }
	write("plugin:\n  env:\n  - {name: APP_PROJECT_NAME, value: other}\n")
	got = render("application.yaml")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Equal(t, objects(t, want.Stdout), objects(t, got.Stdout))
	write("plugin: null\nkustomize: {}\n")
	requireFails(t, render("application.yaml"), "multiple application sources defined: Kustomize,Plugin")
	got = render("unnamed.yaml")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.NotContains(t, got.Stdout, "kind: Ingress")
	write("plugin: {name: other}\n")
	requireFails(t, render("application.yaml"), `could not find cmp-server plugin with name "other"`)
	require.NoError(t, os.Remove(override))

	shell.Write(t, folder, map[string]string{"apps/hello-world/service.yaml": manyServices(1000)})
	started := time.Now()
	got = render("application.yaml")
	t.Logf("1,000 objects, of which 250 are private endpoints: %s", time.Since(started).Round(time.Millisecond))
	require.Equal(t, 0, got.Status, got.Stderr)
	require.Len(t, objects(t, got.Stdout), 1000+250)
	require.Less(t, time.Since(started), time.Minute, "the limit of the repo server")
}

// manyServices returns Services, one in four of which is private.
func manyServices(count int) string {
	var text strings.Builder
	for i := range count {
		annotations := ""
		if i%4 == 0 {
			annotations = `, annotations: {dev.okteto.com/auto-ingress: "private"}`
		}
		fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d%s}\nspec: {ports: [{port: 80}], selector: {app: s%d}}\n", i, annotations, i)
	}
	return text.String()
}

// testBuildOptions renders an Application as the repo server does with the options of the ConfigMap, and with fewer.
func testBuildOptions(t *testing.T, folder string) {
	installed := readInstalled(t, filepath.Join(folder, "with-build-options.yaml"))
	render := func(options string) shell.Result {
		return shell.Run(t, folder, `argocd render --repository . --build-options "$OPTIONS" build-options/application.yaml`, "OPTIONS="+options)
	}
	got := render(installed.configMaps["argocd-cm"]["kustomize.buildOptions"])
	require.Equal(t, 0, got.Status, got.Stderr)
	want := shell.MustRun(t, folder, "kustomize build --enable-alpha-plugins --enable-exec build-options/app")
	require.Equal(t, objects(t, want), objects(t, got.Stdout))
	shell.Write(t, folder, map[string]string{"rendered.yaml": got.Stdout})
	shell.MustRun(t, folder, "private-endpoints verify --config build-options/app/private-endpoints.yaml rendered.yaml")

	requireFails(t, render(""), "external plugins disabled; unable to load external plugin 'PrivateEndpoints'")
	requireFails(t, render("--enable-exec"), "external plugins disabled; unable to load external plugin 'PrivateEndpoints'")
	// The function is left out without a word.
	got = render("--enable-alpha-plugins")
	require.Equal(t, 0, got.Status, got.Stderr)
	require.NotContains(t, got.Stdout, "kind: Ingress")
	shell.Write(t, folder, map[string]string{"rendered.yaml": got.Stdout})
	require.Contains(t, shell.Run(t, folder, "private-endpoints verify --config build-options/app/private-endpoints.yaml rendered.yaml").Stdout, "error PE162")

	// What the page warns of: the options run whatever a repository holds.
	shell.Write(t, folder, map[string]string{
		"build-options/app/kustomization.yaml": "transformers:\n- mine.yaml\n",
		"build-options/app/mine.yaml":          "apiVersion: example.com/v1\nkind: Mine\nmetadata: {name: mine, annotations: {config.kubernetes.io/function: 'exec: {path: ./mine.sh}'}}\n",
	})
	marker := filepath.Join(folder, "was-run")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "build-options/app/mine.sh"), []byte("#!/bin/sh\ntouch "+marker+"\ncat\n"), 0o755))
	render("--enable-alpha-plugins --enable-exec")
	require.FileExists(t, marker)
	require.NoError(t, os.Remove(marker))
	requireFailedPlugin(t, runPlugin(t, shells[0], filepath.Join(folder, "build-options/app"), nil), "external plugins disabled")
	require.NoFileExists(t, marker)
}

// testLinks reads the links of the example as the controller of Argo CD does.
func testLinks(t *testing.T, folder string) {
	want := runPlugin(t, shells[0], filepath.Join(argoCDExample, "apps/hello-world"), nil)
	require.Equal(t, 0, want.Status, want.Stderr)
	shell.Write(t, folder, map[string]string{"rendered.yaml": want.Stdout})
	const link = "Ingress hello-world: 🔒 hello-world-cindy.apps.example.com|https://hello-world-cindy.apps.example.com/\n"
	require.Equal(t, link, shell.MustRun(t, folder, "argocd links < rendered.yaml"))
	require.Equal(t, link+"Ingress hello-world: https://hello-world-cindy.apps.example.com/\n",
		shell.MustRun(t, folder, "grep -v ignore-default-links rendered.yaml | argocd links"), "a link of Argo CD's own")
	// What Argo CD leaves out of its list is no link.
	require.Empty(t, shell.MustRun(t, folder, "sed 's|https://|javascript://|; /^  rules:/,$d' rendered.yaml | argocd links"))
}

// requireFails makes sure that nothing was rendered.
func requireFails(t *testing.T, got shell.Result, cause string) {
	t.Helper()
	require.NotEqual(t, 0, got.Status)
	require.Empty(t, got.Stdout)
	require.Contains(t, got.Stderr, cause)
}

// installed is what the tests need of an installation of Argo CD.
type installed struct {
	repoServer appsv1.Deployment
	configMaps map[string]map[string]string
}

// readInstalled reads rendered manifests of Argo CD, decoding strictly.
func readInstalled(t *testing.T, path string) installed {
	t.Helper()
	set, findings := manifest.Read([]byte(shell.Read(t, path)))
	require.Empty(t, findings)
	read := installed{configMaps: map[string]map[string]string{}}
	for _, item := range set.Items() {
		switch {
		case item.Kind() == "ConfigMap":
			var configMap corev1.ConfigMap
			require.NoError(t, item.DecodeStrict(&configMap))
			require.Equal(t, "argocd", configMap.Namespace)
			read.configMaps[configMap.Name] = configMap.Data
		case item.Kind() == "Deployment" && item.Name() == "argocd-repo-server":
			require.NoError(t, item.DecodeStrict(&read.repoServer))
		}
	}
	require.NotEmpty(t, read.repoServer.Name)
	return read
}

// sidecar is a folder with the files of the sidecar, which is all that its processes see.
type sidecar struct {
	root, sockets string
	command       []string
}

// newSidecar writes the files of the image, as the Dockerfile makes it, and of the volumes. Instead of Argo CD's image, which brings its
// server of plugins along, there is the program of tools/argocd.
func newSidecar(t *testing.T, from installed) *sidecar {
	t.Helper()
	if os.Getuid() != 0 {
		t.Fatal("a folder becomes the root of the sidecar: this needs the rights of root")
	}
	// Not t.TempDir: the path of a socket has at most 107 characters.
	root, err := os.MkdirTemp("", "sidecar")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(root)) })
	require.NoError(t, os.Chmod(root, 0o755))

	container := containerOf(t, from.repoServer)
	security := container.SecurityContext
	require.True(t, *security.RunAsNonRoot && *security.ReadOnlyRootFilesystem && !*security.AllowPrivilegeEscalation)
	require.EqualValues(t, argoCDUser, *security.RunAsUser)
	for _, mount := range container.VolumeMounts {
		path := filepath.Join(root, mount.MountPath)
		require.NoError(t, os.MkdirAll(path, 0o755))
		volume := volumeOf(t, from.repoServer, mount.Name)
		switch {
		case volume.ConfigMap != nil:
			data := from.configMaps[volume.ConfigMap.Name]
			require.NotEmpty(t, data, volume.ConfigMap.Name)
			shell.Write(t, path, data)
		case volume.EmptyDir != nil && !mount.ReadOnly:
			require.NoError(t, os.Chown(path, argoCDUser, argoCDUser))
		}
	}
	shell.MustRun(t, root, `
		mkdir -p bin dev usr/local/bin
		touch dev/null
		cp "$(command -v busybox)" bin/busybox
		chroot . /bin/busybox --install /bin
		cp "$(command -v kustomize)" "$(command -v private-endpoints)" usr/local/bin/
		cp "$(command -v argocd)" var/run/argocd/`)
	require.Equal(t, []string{"/var/run/argocd/argocd-cmp-server"}, container.Command)
	return &sidecar{root: root, sockets: filepath.Join(root, "home/argocd/cmp-server/plugins"), command: []string{"/var/run/argocd/argocd", "argocd-cmp-server"}}
}

func containerOf(t *testing.T, repoServer appsv1.Deployment) corev1.Container {
	t.Helper()
	for _, container := range repoServer.Spec.Template.Spec.Containers {
		if container.Name == "private-endpoints" {
			return container
		}
	}
	t.Fatal("the Deployment has no sidecar")
	return corev1.Container{}
}

func volumeOf(t *testing.T, repoServer appsv1.Deployment, name string) corev1.Volume {
	t.Helper()
	for _, volume := range repoServer.Spec.Template.Spec.Volumes {
		if volume.Name == name {
			return volume
		}
	}
	t.Fatalf("the Deployment has no volume %s", name)
	return corev1.Volume{}
}

// start starts the server of plugins and waits until it serves.
func (s *sidecar) start(t *testing.T) {
	t.Helper()
	command := exec.Command(s.command[0], s.command[1:]...)
	command.Dir = "/"
	command.Env = []string{"PATH=/usr/local/bin:/bin"}
	command.SysProcAttr = &syscall.SysProcAttr{Chroot: s.root, Credential: &syscall.Credential{Uid: argoCDUser, Gid: argoCDUser}}
	log, err := command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	t.Cleanup(func() {
		// It goes on serving after SIGTERM.
		require.NoError(t, command.Process.Kill())
		_ = command.Wait()
	})
	lines := bufio.NewScanner(log)
	var seen strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&seen, lines.Text())
		if strings.Contains(lines.Text(), "serving on") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return
		}
	}
	t.Fatalf("the server of plugins did not start:\n%s", seen.String())
}

// shells are the ones that images have as sh.
var shells = [][]string{{"dash"}, {"busybox", "sh"}, {"bash", "--posix"}}

// runPlugin runs the command of plugin.yaml as Argo CD does, with another shell, and with the configurations of the example in the place
// of those that the platform mounts. What environment holds, as NAME=value, comes last; a name without a value is unset.
func runPlugin(t *testing.T, with []string, folder string, environment []string) shell.Result {
	t.Helper()
	var plugin struct {
		Spec struct {
			Generate struct{ Command, Args []string }
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(shell.Read(t, argoCDExample, "sidecar/plugin.yaml")), &plugin))
	require.Equal(t, []string{"sh", "-c"}, plugin.Spec.Generate.Command)
	require.Len(t, plugin.Spec.Generate.Args, 1)
	script := plugin.Spec.Generate.Args[0]
	require.Contains(t, script, configurations)
	mounted, err := filepath.Abs(filepath.Join(argoCDExample, "sidecar/configuration"))
	require.NoError(t, err)

	values := map[string]string{
		"PATH": os.Getenv("PATH"), "TMPDIR": t.TempDir(), "CONFIGURATIONS": mounted,
		"ARGOCD_APP_NAME": "cindy-hello-world", "ARGOCD_APP_NAMESPACE": "cindy", "ARGOCD_APP_PROJECT_NAME": "apps",
		"ARGOCD_APP_REVISION": "main", "ARGOCD_APP_SOURCE_PATH": "apps/hello-world", "KUBE_VERSION": "1.36.0",
	}
	for _, variable := range environment {
		name, value, found := strings.Cut(variable, "=")
		if values[name] = value; !found {
			delete(values, name)
		}
	}
	script = strings.ReplaceAll(script, configurations, values["CONFIGURATIONS"])
	var stdout, stderr bytes.Buffer
	command := exec.Command(with[0], append(append([]string{}, with[1:]...), "-c", script)...)
	command.Dir, command.Stdout, command.Stderr = folder, &stdout, &stderr
	command.Env = []string{}
	for name, value := range values {
		command.Env = append(command.Env, name+"="+value)
	}
	_ = command.Run()
	require.NotNil(t, command.ProcessState)
	if entries, err := os.ReadDir(values["TMPDIR"]); err == nil {
		require.Empty(t, entries, "the plugin leaves files behind")
	}
	return shell.Result{Stdout: stdout.String(), Stderr: stderr.String(), Status: command.ProcessState.ExitCode()}
}

// requireFailedPlugin makes sure that the plugin failed, with not one byte that Argo CD could apply.
func requireFailedPlugin(t *testing.T, got shell.Result, cause string) {
	t.Helper()
	require.Positive(t, got.Status, got.Stderr)
	require.Empty(t, got.Stdout)
	require.Contains(t, got.Stderr, cause)
}

const sideDoor = `apiVersion: v1
kind: Service
metadata:
  name: office
spec:
  type: LoadBalancer
  ports: [{port: 8080}]
  selector: {app: hello-world}
`

// TestArgoCDImage holds the image of the sidecar to the kustomize with which this repository is tested.
func TestArgoCDImage(t *testing.T) {
	installed := regexp.MustCompile(`kustomize/v5@(\S+)`).FindStringSubmatch(shell.Read(t, argoCDExample, "Dockerfile"))
	require.NotNil(t, installed)
	require.Contains(t, shell.Read(t, "../../tools/go.mod"), "sigs.k8s.io/kustomize/kustomize/v5 "+installed[1]+" ")
}

// TestArgoCDPlugin runs the command of the plugin with every shell.
func TestArgoCDPlugin(t *testing.T) {
	other := t.TempDir()
	shell.Write(t, other, map[string]string{
		"apps.yaml": strings.ReplaceAll(shell.Read(t, argoCDExample, "sidecar/configuration/default.yaml"), "subdomain: apps.example.com", "subdomain: other.example.com"),
	})
	waived := strings.Replace(sideDoor, "metadata:\n", "metadata:\n  annotations: {private-endpoints.dev/waive: \"PE207: the firewall lets in the office alone\"}\n", 1)
	const add = "resources:\n- service.yaml\n"
	wrong := map[string]struct {
		files       map[string]string
		environment []string
		cause       string
	}{
		"a file that is missing":        {files: map[string]string{"kustomization.yaml": add + "- missing.yaml\n"}, cause: "missing.yaml"},
		"a misspelt annotation":         {files: map[string]string{"kustomization.yaml": add + "commonAnnotations: {dev.okteto.com/auto-ingress: Private}\n"}, cause: "error PE110"},
		"a side door":                   {files: map[string]string{"kustomization.yaml": add + "- door.yaml\n", "door.yaml": sideDoor}, cause: "error PE207"},
		"a side door that is waived":    {files: map[string]string{"kustomization.yaml": add + "- door.yaml\n", "door.yaml": waived}, cause: "waived PE207"},
		"nothing at all":                {files: map[string]string{"kustomization.yaml": "namespace: cindy\n"}, cause: "no input"},
		"no object":                     {files: map[string]string{"kustomization.yaml": "resources:\n- none.yaml\n", "none.yaml": "# none\n"}, cause: "no input"},
		"a function of its own":         {files: map[string]string{"kustomization.yaml": add + "transformers:\n- private-endpoints.yaml\n", "private-endpoints.yaml": shell.Read(t, argoCDExample, "build-options/app/private-endpoints.yaml")}, cause: "external plugins disabled"},
		"a chart":                       {files: map[string]string{"kustomization.yaml": add + "helmCharts:\n- {name: c, repo: https://charts.example.com}\n"}, cause: "--enable-helm"},
		"a file outside":                {files: map[string]string{"kustomization.yaml": "resources:\n- ../../../../etc/hostname\n"}, cause: "is not in or below"},
		"no configuration":              {environment: []string{"CONFIGURATIONS=/nowhere"}, cause: "/nowhere/default.yaml"},
		"a project that is a path":      {environment: []string{"ARGOCD_APP_PROJECT_NAME=../apps"}, cause: "is not a name: ../apps"},
		"a project that is a command":   {environment: []string{"ARGOCD_APP_PROJECT_NAME=$(touch pwned)"}, cause: "is not a name"},
		"a project of two lines":        {environment: []string{"ARGOCD_APP_PROJECT_NAME=apps\ntouch pwned"}, cause: "is not a name"},
		"a namespace that is a command": {environment: []string{"ARGOCD_APP_NAMESPACE=a b;$(touch pwned)`touch pwned`"}, cause: "error PE120"},
		"a namespace that is a flag":    {environment: []string{"ARGOCD_APP_NAMESPACE=--help"}, cause: "error PE120"},
		"no namespace":                  {environment: []string{"ARGOCD_APP_NAMESPACE="}, cause: "error PE120"},
		"a namespace that is not set":   {environment: []string{"ARGOCD_APP_NAMESPACE"}, cause: "ARGOCD_APP_NAMESPACE"},
		"a project that is not set":     {environment: []string{"ARGOCD_APP_PROJECT_NAME"}, cause: "ARGOCD_APP_PROJECT_NAME"},
		"nowhere to write":              {environment: []string{"TMPDIR=/nowhere"}, cause: "mktemp"},
		"kustomize fails halfway":       {environment: []string{"PATH=" + fault(t, `cat service.yaml; echo "no more" >&2; exit 3`)}, cause: "no more"},
		"kustomize is killed":           {environment: []string{"PATH=" + fault(t, `cat service.yaml; echo killed >&2; kill -KILL $$`)}, cause: "killed"},
		"Argo CD gives up":              {environment: []string{"PATH=" + fault(t, `cat service.yaml; echo terminated >&2; kill -TERM $PPID`)}, cause: "terminated"},
	}
	for _, with := range shells {
		t.Run(with[0], func(t *testing.T) {
			shell.Need(t, with[0])
			folder := shell.CopyOf(t, filepath.Join(argoCDExample, "apps/hello-world"))
			got := runPlugin(t, with, folder, nil)
			require.Equal(t, 0, got.Status, got.Stderr)
			require.Contains(t, got.Stdout, "host: hello-world-cindy.apps.example.com")
			require.Contains(t, got.Stderr, "1 private endpoint: 0 errors, 0 warnings")

			got = runPlugin(t, with, folder, []string{"CONFIGURATIONS=" + other})
			require.Equal(t, 0, got.Status, got.Stderr)
			require.Contains(t, got.Stdout, "host: hello-world-cindy.other.example.com", "the project has a configuration of its own")

			for name, test := range wrong {
				t.Run(name, func(t *testing.T) {
					folder := shell.CopyOf(t, filepath.Join(argoCDExample, "apps/hello-world"))
					shell.Write(t, folder, test.files)
					requireFailedPlugin(t, runPlugin(t, with, folder, test.environment), test.cause)
					require.NoFileExists(t, filepath.Join(folder, "pwned"))
				})
			}
		})
	}
}

// fault returns a PATH in which kustomize is a script that fails.
func fault(t *testing.T, script string) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "kustomize"), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
	return folder + string(os.PathListSeparator) + os.Getenv("PATH")
}
