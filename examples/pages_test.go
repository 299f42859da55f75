package examples_test

import (
	"testing"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// TestPages runs the commands of the documents that need no host but kustomize.
func TestPages(t *testing.T) {
	for _, name := range []string{
		"endpoints.md",
		"faq.md",
		"migrate-from-okteto.md",
		"security-model.md",
	} {
		t.Run(name, func(t *testing.T) {
			shell.Need(t, "kustomize")
			shell.ReadPage(t, "../docs/"+name).Run(t)
		})
	}
}
