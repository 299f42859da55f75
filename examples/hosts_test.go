// Package examples_test runs every example exactly as its README says, with the real hosts.
package examples_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain builds the function and puts it, and the kustomize of this repository, in front of PATH.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "private-endpoints")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	build := exec.Command("go", "build", "-o", filepath.Join(folder, "private-endpoints"), "../fn/private-endpoints")
	if output, err := build.CombinedOutput(); err != nil {
		panic(string(output))
	}
	tools, err := filepath.Abs("../bin")
	if err != nil {
		panic(err)
	}
	path := strings.Join([]string{folder, tools, os.Getenv("PATH")}, string(os.PathListSeparator))
	if err := os.Setenv("PATH", path); err != nil {
		panic(err)
	}
	return m.Run()
}

// need skips the test, and says so, where a host is not installed; in CI that is a failure.
func need(t *testing.T, host string) {
	t.Helper()
	if _, err := exec.LookPath(host); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", host)
	}
	t.Skipf("SKIPPED, NOT TESTED: %s is not installed (kustomize: make bin/kustomize)", host)
}

// result is what a command left.
type result struct {
	stdout, stderr string
	status         int
}

// sh runs a script in folder as a person would.
func sh(t *testing.T, folder, script string, environment ...string) result {
	t.Helper()
	command := exec.Command("bash", "-euo", "pipefail", "-c", script)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		require.NoError(t, err)
	}
	return result{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

// mustSh is sh for a script that has to succeed; it returns what stands on stdout.
func mustSh(t *testing.T, folder, script string, environment ...string) string {
	t.Helper()
	got := sh(t, folder, script, environment...)
	require.Equal(t, 0, got.status, "%s\n%s", script, got.stderr)
	return got.stdout
}

// copyOf returns a copy of a folder, so that hosts may write into it.
func copyOf(t *testing.T, folder string) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), filepath.Base(folder))
	require.NoError(t, os.CopyFS(target, os.DirFS(folder)))
	return target
}

// write puts files into folder.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

// edit replaces text in a file, which must hold it.
func edit(t *testing.T, path, old, text string) {
	t.Helper()
	content := read(t, path)
	require.Contains(t, content, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(content, old, text)), 0o644))
}

// snapshot returns the content of every file under folder.
func snapshot(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = read(t, path)
		}
		return err
	}))
	return files
}
