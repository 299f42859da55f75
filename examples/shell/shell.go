// Package shell runs the commands of examples and documents in tests, as a person at a terminal would.
package shell

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

// Need skips the test, and says so, where a program is not installed; with CI=true in the environment that is a failure.
func Need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed", program)
	}
	t.Skipf("SKIPPED, NOT TESTED: %s is not installed (kustomize: make bin/kustomize)", program)
}

// Result is what a script left.
type Result struct {
	Stdout, Stderr string
	// Status is the exit status.
	Status int
}

// Run runs a script in folder with bash, which stops at the first command that fails. The environment, as NAME=value, is added to
// that of the test.
func Run(t testing.TB, folder, script string, environment ...string) Result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := bash(folder, script, environment)
	command.Stdout, command.Stderr = &stdout, &stderr
	run(t, command)
	return Result{stdout.String(), stderr.String(), command.ProcessState.ExitCode()}
}

// MustRun is Run for a script that has to succeed; it returns what stands on stdout.
func MustRun(t testing.TB, folder, script string, environment ...string) string {
	t.Helper()
	got := Run(t, folder, script, environment...)
	require.Equal(t, 0, got.Status, "%s\n%s", script, got.Stderr)
	return got.Stdout
}

// screen runs a script and returns what a terminal would show: both streams, in the order in which they were written.
func screen(t testing.TB, folder, script string, environment []string) string {
	t.Helper()
	var output bytes.Buffer
	command := bash(folder, script, environment)
	command.Stdout, command.Stderr = &output, &output
	run(t, command)
	return output.String()
}

func bash(folder, script string, environment []string) *exec.Cmd {
	command := exec.Command("bash", "-euo", "pipefail", "-c", script)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	return command
}

// run fails the test where the command cannot be started at all; how it ends is for the caller to judge.
func run(t testing.TB, command *exec.Cmd) {
	t.Helper()
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		require.NoError(t, err)
	}
}

// CopyOf returns a copy of a folder, so that hosts may write into it.
func CopyOf(t testing.TB, folder string) string {
	t.Helper()
	target := filepath.Join(t.TempDir(), filepath.Base(folder))
	require.NoError(t, os.CopyFS(target, os.DirFS(folder)))
	return target
}

// Write puts files, by their paths in folder, into it.
func Write(t testing.TB, folder string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
}

// Read returns the content of the file whose path the elements make.
func Read(t testing.TB, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	require.NoError(t, err)
	return string(data)
}

// Edit replaces text in a file, which must hold it.
func Edit(t testing.TB, path, old, text string) {
	t.Helper()
	content := Read(t, path)
	require.Contains(t, content, old)
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(content, old, text)), 0o644))
}

// Snapshot returns the content of every file under folder, by its path.
func Snapshot(t testing.TB, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = Read(t, path)
		}
		return err
	}))
	return files
}
