package hosts_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// startDocker starts a Docker engine of the test's own and returns the environment in which "docker" speaks to it. It needs no network
// and no file system of its own, and is gone after the test, with everything that it kept.
func startDocker(t *testing.T) []string {
	t.Helper()
	folder := engineFolder(t, "dockerd")
	socket := "unix://" + filepath.Join(folder, "socket")
	engine := exec.Command("dockerd", "--host", socket, "--pidfile", filepath.Join(folder, "pid"),
		"--data-root", filepath.Join(folder, "data"), "--exec-root", filepath.Join(folder, "run"),
		"--storage-driver=vfs", "--bridge=none", "--iptables=false", "--ip6tables=false")
	engine.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	log, err := engine.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, engine.Start())
	t.Cleanup(func() { stop(t, engine) })
	awaitLine(t, engine, log, "API listen on")
	return []string{"DOCKER_HOST=" + socket}
}

// awaitLine returns when the log of a program has the text.
func awaitLine(t *testing.T, program *exec.Cmd, log io.Reader, text string) {
	t.Helper()
	limit := time.AfterFunc(2*time.Minute, func() { _ = program.Process.Kill() })
	defer limit.Stop()
	var before strings.Builder
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			return
		}
		before.WriteString(lines.Text() + "\n")
	}
	require.Fail(t, program.Path+" did not start", before.String())
}

func stop(t *testing.T, program *exec.Cmd) {
	t.Helper()
	require.NoError(t, program.Process.Signal(syscall.SIGTERM))
	limit := time.AfterFunc(time.Minute, func() { _ = program.Process.Kill() })
	defer limit.Stop()
	require.NoError(t, program.Wait())
}

// usePodman returns the environment in which "podman" keeps everything in a folder that is gone after the test. No container may have
// higher limits than the test itself.
func usePodman(t *testing.T) []string {
	t.Helper()
	folder := engineFolder(t, "podman")
	shell.Write(t, folder, map[string]string{
		"containers.conf": `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
tmp_dir = "` + folder + `/tmp"
`,
		"storage.conf": `[storage]
driver = "vfs"
graphroot = "` + folder + `/data"
runroot = "` + folder + `/run"
`,
	})
	return []string{"CONTAINERS_CONF=" + folder + "/containers.conf", "CONTAINERS_STORAGE_CONF=" + folder + "/storage.conf"}
}

// engineFolder makes sure that an engine can run, and returns a folder for what it keeps. The path is short, because that of a socket
// has at most 107 bytes.
func engineFolder(t *testing.T, program string) string {
	t.Helper()
	shell.Need(t, program)
	require.Zero(t, os.Geteuid(), "%s has to run as root here", program)
	folder, err := os.MkdirTemp("", "engine")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(folder)) })
	return folder
}

// asDocker adds a program "docker" that calls podman, for hosts that know no other name.
func asDocker(t *testing.T, environment []string) []string {
	t.Helper()
	folder := t.TempDir()
	shell.Write(t, folder, map[string]string{"docker": "#!/bin/sh\nexec podman \"$@\"\n"})
	require.NoError(t, os.Chmod(filepath.Join(folder, "docker"), 0o755))
	return append(environment, "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}
