// Package hosts_test runs the commands of the documents about hosts, with the real hosts. "make hosts-slow" builds these first.
package hosts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// TestMain makes sure that the function and the hosts are those of this repository.
func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	tools, err := filepath.Abs("../../bin")
	if err != nil {
		panic(err)
	}
	if err := os.Setenv("PATH", tools+string(os.PathListSeparator)+os.Getenv("PATH")); err != nil {
		panic(err)
	}
	for _, program := range []string{"private-endpoints", "kustomize"} {
		if path, err := exec.LookPath(program); err != nil || filepath.Dir(path) != tools {
			panic(program + " is not in bin: run make hosts-slow")
		}
	}
	return m.Run()
}

// page runs the commands of a document in docs, and returns the folder where they ran.
func page(t *testing.T, name string, environment ...string) string {
	t.Helper()
	return shell.ReadPage(t, filepath.Join("../../docs", name)).Run(t, environment...)
}
