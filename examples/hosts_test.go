// Package examples_test runs every example exactly as its README says, with the real hosts.
package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
