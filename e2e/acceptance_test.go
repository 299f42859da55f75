package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// TestAcceptance asks the API server whether it would take what the function writes, with the real definitions of all kinds.
func TestAcceptance(t *testing.T) {
	matrix, examples, cases := 0, 0, 0
	for _, d := range []dialect{nginx, traefikStatic, traefikErrors, traefikNoLogin, traefikGateway} {
		t.Run(d.name, func(t *testing.T) { matrix += requireAccepted(t, d.transform(t, d.manifests())) })
	}
	for _, name := range exampleNames(t) {
		t.Run(name, func(t *testing.T) { examples += requireAccepted(t, exampleOutput(t, name)) })
	}
	archives, err := filepath.Glob("../testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, archive := range archives {
		written := writtenIn(t, archive)
		if len(written) == 0 {
			continue
		}
		t.Run(filepath.Base(archive), func(t *testing.T) { cases += requireAccepted(t, strings.Join(written, "\n---\n")) })
	}
	proof.add("acceptance", "the matrix", fmt.Sprint(matrix))
	proof.add("acceptance", "`examples`", fmt.Sprint(examples))
	proof.add("acceptance", "`testdata`", fmt.Sprint(cases))
	t.Run("a wrong field is refused", func(t *testing.T) {
		wrong := strings.ReplaceAll(traefikStatic.transform(t, matrixManifests), "trustForwardHeader:", "trustForwardHeaders:")
		require.ErrorContains(t, dryRun(wrong), "trustForwardHeaders")
	})
	t.Run("a wrong host is refused", func(t *testing.T) {
		wrong := strings.ReplaceAll(nginx.transform(t, matrixManifests), "host: own.", "host: OWN_.")
		require.ErrorContains(t, dryRun(wrong), "spec.rules[0].host")
	})
}

// requireAccepted returns how many objects the API server took.
func requireAccepted(t *testing.T, manifests string) int {
	t.Helper()
	require.NoError(t, dryRun(manifests), manifests)
	objects, err := decode(manifests)
	require.NoError(t, err)
	return len(objects)
}

// dryRunNamespaces are the namespaces that dryRun has created.
var dryRunNamespaces = map[string]bool{}

// dryRun sends manifests to the API server, which judges them and keeps nothing. Their namespaces are created.
func dryRun(manifests string) error {
	objects, err := decode(manifests)
	if err != nil {
		return err
	}
	var around []any
	for _, namespace := range namespacesOf(objects) {
		if !dryRunNamespaces[namespace] {
			dryRunNamespaces[namespace] = true
			around = append(around, namespaceManifest(namespace))
		}
	}
	if len(around) > 0 {
		if _, err := theBed.kubectl(listOf(around), "apply", "--filename=-"); err != nil {
			return err
		}
	}
	_, err = theBed.kubectl(manifests, "apply", "--dry-run=server", "--filename=-")
	return err
}

// forAnnotation is on everything that the function wrote.
const forAnnotation = "private-endpoints.dev/for:"

// undefined marks documents of which no definition is installed here: kinds of other controllers, and the filter of the experimental
// channel. "make schema" holds what the function writes of them against their definitions.
var undefined = []string{"apiVersion: gateway.envoyproxy.io/", "apiVersion: k8s.nginx.org/", "apiVersion: security.istio.io/", "type: ExternalAuth"}

// writtenIn returns what the function wrote in the streams of an archive, without the sources, which may be odd on purpose. What it
// writes into a ResourceList is the same.
func writtenIn(t *testing.T, path string) []string {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(t, err)
	var written []string
	for _, file := range archive.Files {
		if !strings.HasSuffix(file.Name, ".want.yaml") {
			continue
		}
		documents := strings.Split(string(file.Data), "\n---\n")
		ours := slices.DeleteFunc(documents, func(document string) bool {
			return !strings.Contains(document, forAnnotation) || slices.ContainsFunc(undefined, func(mark string) bool { return strings.Contains(document, mark) }) || strings.Contains(document, "${") || strings.Contains(document, "kind: ResourceList")
		})
		if len(ours) > 0 {
			written = append(written, strings.Join(ours, "\n---\n"))
		}
	}
	return written
}
