package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

const examplesFolder = "../examples"

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// exampleOutput runs the commands of an example's README with the built function, and returns what they print.
func exampleOutput(t *testing.T, name string) string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(examplesFolder, name, "README.md"))
	require.NoError(t, err)
	var script strings.Builder
	for _, block := range shellBlock.FindAllStringSubmatch(string(readme), -1) {
		script.WriteString(block[1])
	}
	if strings.Contains(script.String(), "kpt ") {
		shell.Need(t, "kpt")
	}
	folder := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.CopyFS(folder, os.DirFS(filepath.Join(examplesFolder, name))))
	tools, err := filepath.Abs("../bin")
	require.NoError(t, err)
	command := exec.Command("bash", "-euo", "pipefail", "-c", script.String())
	command.Dir = folder
	command.Env = append(os.Environ(), "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	output, err := command.Output()
	require.NoError(t, err)
	return deployed(string(output))
}

// deployed leaves out of a stream what kpt would not send to a cluster, and documents that are there twice: the two packages
// of an example write the same.
func deployed(stream string) string {
	var kept []string
	for _, document := range strings.Split(stream, "---\n") {
		if !strings.Contains(document, `config.kubernetes.io/local-config: "true"`) && !slices.Contains(kept, document) {
			kept = append(kept, document)
		}
	}
	return strings.Join(kept, "---\n")
}

// withoutAuthService leaves out of a stream the namespace of the auth service, which is up as long as the bed is.
func withoutAuthService(t *testing.T, stream string) string {
	t.Helper()
	var kept []string
	for _, document := range strings.Split(stream, "---\n") {
		objects, err := decode(document)
		require.NoError(t, err)
		if !slices.ContainsFunc(objects, func(o object) bool { return o.Metadata.Namespace == "auth" || o.Metadata.Name == "auth" }) {
			kept = append(kept, document)
		}
	}
	return strings.Join(kept, "---\n")
}

// notServed is the example of four controllers, of which Traefik alone is here, with an auth service that is not. It says the same
// application four times, which is more than one cluster can hold.
const notServed = "migration"

// exampleNames lists the folders with a README, but for the one that cannot be served here.
func exampleNames(t *testing.T) []string {
	t.Helper()
	readmes, err := filepath.Glob(filepath.Join(examplesFolder, "*", "README.md"))
	require.NoError(t, err)
	require.NotEmpty(t, readmes)
	var names []string
	for _, readme := range readmes {
		if name := filepath.Base(filepath.Dir(readme)); name != notServed {
			names = append(names, name)
		}
	}
	require.Len(t, names, len(readmes)-1, "%s is an example", notServed)
	return names
}

// TestExamples runs every example as its README says, applies what it prints, and visits each endpoint that the function
// itself lists.
func TestExamples(t *testing.T) {
	strangers := []*visitor{anonymous(), signedIn(t, "bob")}
	member := signedIn(t, "alice")
	for _, name := range exampleNames(t) {
		t.Run(name, func(t *testing.T) {
			output := withoutAuthService(t, exampleOutput(t, name))
			apply(t, output)
			for _, e := range listEndpoints(t, output) {
				t.Run(strings.TrimPrefix(e.URL, "https://"), func(t *testing.T) {
					awaitStatus(t, member, e.URL, http.StatusOK)
					row := []string{"`examples/" + name + "`", e.URL, fmt.Sprint(http.StatusOK)}
					for _, stranger := range strangers {
						got := stranger.visit(t, e.URL)
						require.Equal(t, !e.Private, got.Pods != "", "%s: %+v", stranger.name, got)
						row = append(row, fmt.Sprint(got.Status))
					}
					proof.add("examples", row...)
				})
			}
		})
	}
}

// listed is an endpoint in the listing of the function.
type listed struct {
	URL     string
	Private bool
}

func listEndpoints(t *testing.T, manifests string) []listed {
	t.Helper()
	// The configuration is that of the bed: it proves less of an example than that of the example, and says so.
	stdout, stderr, _ := nginx.call(t, manifests, "endpoints", "--format", "json")
	require.NotEmpty(t, stdout, stderr)
	var list struct{ Endpoints []listed }
	require.NoError(t, json.Unmarshal([]byte(stdout), &list))
	require.NotEmpty(t, list.Endpoints)
	return list.Endpoints
}
