package hosts_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

const (
	// root is the folder of the repository.
	root = "../.."
	// name is the image of the documents, and the one that "make hosts-slow" writes to the archives.
	name = "registry.example.com/private-endpoints:v1"

	kptExec           = "kpt fn render --allow-exec ."
	kptRender         = "kpt fn render ."
	kptEval           = "kpt fn eval . --image " + name + " --fn-config private-endpoints.yaml"
	kustomize         = "kustomize build --enable-alpha-plugins ."
	kubectl           = "kubectl kustomize --enable-alpha-plugins ."
	dockerByKustomize = "docker run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges" +
		" -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true " + name
	dockerByKpt = "docker run --rm -i --network none --user nobody --security-opt=no-new-privileges --pull missing " + name
)

// TestContainer runs docs/container.md, whose clone is one of the tree as it is here. A second clone, elsewhere, later, and with another
// umask, arrives at the same digests.
func TestContainer(t *testing.T) {
	environment := append(startDocker(t), asPublished(t)...)
	folder := page(t, "container.md", environment...)
	rendered := shell.Read(t, folder, "rendered.yaml")
	require.Contains(t, rendered, "allowed_groups=cindy")

	shell.Edit(t, filepath.Join(folder, "private-endpoints.yaml"), "container:\n        image: "+name, "exec:\n        path: private-endpoints")
	require.Equal(t, rendered, shell.MustRun(t, folder, "kustomize build --enable-alpha-plugins --enable-exec ."))
	require.Equal(t, rendered, shell.Read(t, folder, "from-kubectl.yaml"))

	elsewhere := t.TempDir()
	shell.MustRun(t, elsewhere, `umask 077
		git clone --quiet https://github.com/private-endpoints/private-endpoints
		make -C private-endpoints image-archives`, environment...)
	for _, architecture := range []string{"amd64", "arm64"} {
		one := readImage(t, filepath.Join(folder, "../private-endpoints/bin/image", architecture+".tar"))
		other := readImage(t, filepath.Join(elsewhere, "private-endpoints/bin/image", architecture+".tar"))
		require.Equal(t, one.digest, other.digest)
		require.Equal(t, commitDate, one.config["created"])
	}
	loaded := shell.MustRun(t, folder, "docker image inspect --format {{.Id}} "+name, environment...)
	require.Equal(t, readImage(t, filepath.Join(elsewhere, "private-endpoints/bin/image", runtime.GOARCH+".tar")).digest+"\n", loaded)
}

const commitDate = "2026-01-02T03:04:05Z"

// asPublished commits the tree as it is to a repository of its own, and returns the environment in which git takes that one for the
// published one.
func asPublished(t *testing.T) []string {
	t.Helper()
	repository := t.TempDir()
	shell.MustRun(t, root, "git init --quiet && git add --all && git commit --quiet --message tree",
		"GIT_DIR="+repository, "GIT_WORK_TREE=.", "GIT_COMMITTER_DATE="+commitDate, "GIT_AUTHOR_DATE="+commitDate,
		"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com", "GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com")
	return []string{
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.file://" + repository + ".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/private-endpoints/private-endpoints",
		"MAKEFLAGS=",
	}
}

// TestKpt runs docs/kpt.md. What kpt renders with the container is what it renders with the program.
func TestKpt(t *testing.T) {
	environment := startDockerWithImage(t)
	folder := page(t, "kpt.md", environment...)
	for _, program := range []string{"config-path", "config-map"} {
		want := renderedByProgram(t, program)
		require.Equal(t, want, shell.Read(t, folder, program, "service.yaml"))
	}
}

func renderedByProgram(t *testing.T, name string) string {
	t.Helper()
	folder := shell.CopyOf(t, filepath.Join(root, "examples/kpt-package", name))
	shell.MustRun(t, folder, kptExec)
	return shell.Read(t, folder, "service.yaml")
}

// startDockerWithImage starts an engine that has the image.
func startDockerWithImage(t *testing.T) []string {
	t.Helper()
	environment := startDocker(t)
	shell.MustRun(t, ".", "docker load --input "+archive(runtime.GOARCH), environment...)
	return environment
}

// TestPodman runs kpt, which knows podman, and kustomize, which knows docker alone, on podman.
func TestPodman(t *testing.T) {
	environment := usePodman(t)
	shell.MustRun(t, root, "make image", append(environment, "MAKEFLAGS=", "ENGINE=podman", "IMAGE="+name)...)
	digest := shell.MustRun(t, root, "podman image inspect --format {{.Id}} "+name, environment...)
	require.Equal(t, readImage(t, archive(runtime.GOARCH)).digest, "sha256:"+strings.TrimSpace(digest))

	kpt := kptPackage(t)
	shell.MustRun(t, kpt, kptRender, append(environment, "KPT_FN_RUNTIME=podman")...)
	require.Equal(t, renderedByProgram(t, "config-path"), shell.Read(t, kpt, "service.yaml"))

	folder := shell.CopyOf(t, root+"/examples/container")
	require.Contains(t, shell.MustRun(t, folder, kustomize, asDocker(t, environment)...), "allowed_groups=cindy")
}

// kptPackage is a copy of the example whose Kptfile names the image.
func kptPackage(t *testing.T) string {
	t.Helper()
	folder := shell.CopyOf(t, root+"/examples/kpt-package/config-path")
	shell.Edit(t, filepath.Join(folder, "Kptfile"), "exec: private-endpoints", "image: "+name)
	return folder
}

// TestHostsOfTheImage runs the image through every host, with an annotation that is right, and with one that is misspelt: then the host
// fails, shows why, and neither prints nor writes anything else.
func TestHostsOfTheImage(t *testing.T) {
	environment := startDockerWithImage(t)
	byHand := func(t *testing.T) string {
		folder := shell.CopyOf(t, root+"/examples/kpt-package/config-path")
		shell.MustRun(t, folder, "kpt fn source . --fn-config private-endpoints.yaml > list.yaml")
		return folder
	}
	inKustomization := func(t *testing.T) string { return shell.CopyOf(t, root+"/examples/container") }
	for host, test := range map[string]struct {
		folder  func(*testing.T) string
		command string
	}{
		"kustomize":               {inKustomization, kustomize},
		"kubectl":                 {inKustomization, kubectl},
		"kpt fn render":           {kptPackage, kptRender + " --output unwrap"},
		"kpt fn eval":             {kptPackage, kptEval + " --output unwrap"},
		"docker run by kustomize": {byHand, dockerByKustomize + " < list.yaml"},
		"docker run by kpt":       {byHand, dockerByKpt + " < list.yaml"},
	} {
		t.Run(host, func(t *testing.T) {
			folder := test.folder(t)
			got := shell.MustRun(t, folder, test.command, environment...)
			require.Contains(t, got, "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy")

			for _, file := range []string{"service.yaml", "list.yaml"} {
				if path := filepath.Join(folder, file); exists(path) {
					shell.Edit(t, path, `"private"`, `"Private"`)
				}
			}
			before := shell.Snapshot(t, folder)
			failed := shell.Run(t, folder, test.command, environment...)
			require.NotZero(t, failed.Status)
			require.Contains(t, failed.Stderr, `"Private" is not a value: use "private"`)
			require.NotContains(t, failed.Stdout, "kind: Ingress")
			require.Equal(t, before, shell.Snapshot(t, folder))
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestDockerRun looks at a container while it waits for its input, and at what it leaves.
func TestDockerRun(t *testing.T) {
	environment := startDockerWithImage(t)
	docker := func(command string) string {
		return strings.TrimSpace(shell.MustRun(t, root, command, environment...))
	}
	container := docker("docker run --detach --interactive --network none --security-opt=no-new-privileges " + name)
	process := "/proc/" + docker("docker inspect --format {{.State.Pid}} "+container)
	status := shell.Read(t, process, "status")
	require.Contains(t, status, "Uid:\t65534\t65534\t65534\t65534\n", "the image itself says that it runs as nobody")
	require.Contains(t, status, "Gid:\t65534\t65534\t65534\t65534\n")
	require.Contains(t, status, "NoNewPrivs:\t1\n")
	require.Regexp(t, `^.*\n.*\n\s*lo:[^\n]*\n$`, shell.Read(t, process, "net/dev"), "there is no network")
	docker("docker rm --force " + container)

	list := kptPackage(t) + "/list.yaml"
	shell.MustRun(t, filepath.Dir(list), "kpt fn source . --fn-config private-endpoints.yaml > list.yaml")
	docker("docker run --interactive --name finished --network none " + name + " < " + list)
	require.Empty(t, docker("docker diff finished"), "nothing was written")
	require.Contains(t, docker("docker run --rm -i --read-only --network none "+name+" < "+list), "kind: Ingress", "nothing has to be written")

	version := docker(`docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.version"}}' ` + name)
	require.True(t, strings.HasPrefix(docker("docker run --rm "+name+" version"), fmt.Sprintf("private-endpoints %s go", version)))
	for _, program := range []string{"sh", "/bin/sh", "bash", "busybox"} {
		require.NotZero(t, shell.Run(t, root, "docker run --rm --network none --entrypoint "+program+" "+name, environment...).Status)
	}
}
