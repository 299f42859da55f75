package examples_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// corpus is a collection of manifests of other projects, which a public clone does not have.
const corpus = "../../shared/corpus"

// oktetoSample is what becomes of one of Okteto's sample applications.
type oktetoSample struct {
	// urls are those that Okteto serves by its documented rules.
	urls []string
	// refused is the code of the error that the table of the page foresees, where the application cannot move as it is.
	refused string
}

// oktetoSamples are the applications of the corpus, by folder. The first part of a folder is the repository on GitHub, with + for /, and
// @ for a commit that is not the newest.
var oktetoSamples = map[string]oktetoSample{
	"okteto+deno-getting-started":                      {urls: []string{"https://hello-world-cindy.apps.example.com/"}},
	"okteto+go-getting-started":                        {urls: []string{"https://hello-world-cindy.apps.example.com/"}},
	"okteto+go-getting-started@2d545e9":                {urls: []string{"https://hello-world-cindy.apps.example.com/"}, refused: "PE126"},
	"okteto+go-getting-started@b587db0":                {urls: []string{"https://hello-world-cindy.apps.example.com/"}},
	"okteto+go-todo-list/manifests":                    {urls: []string{"https://todo-list-cindy.apps.example.com/"}},
	"okteto+go-vault-secrets":                          {urls: []string{"https://hello-world-cindy.apps.example.com/"}},
	"okteto+microservices-demo/result/chart/templates": {urls: []string{"https://result-cindy.apps.example.com/"}},
	"okteto+microservices-demo/vote/chart/templates":   {urls: []string{"https://vote-cindy.apps.example.com/"}},
	"okteto+movies/rent/chart/templates":               {urls: []string{"https://movies-cindy.apps.example.com/rent"}},
	"okteto+polling/k8s": {urls: []string{
		"https://polling-cindy.apps.example.com/", "https://polling-cindy.apps.example.com/api",
	}},
	"okteto+samples/coder/manifests": {urls: []string{"https://vote-cindy.apps.example.com/"}},
	"okteto+samples/jib/manifests":   {urls: []string{"https://hello-cindy.apps.example.com/"}},
	"okteto+samples/php/manifests":   {urls: []string{"https://web-cindy.apps.example.com/"}},
	"okteto+samples/rails/manifests": {urls: []string{"https://blog-cindy.apps.example.com/"}},
}

// TestOktetoSamples moves Okteto's own sample applications with the commands of the page: as they are, and with each endpoint made private.
// Each ends with the URLs that it had, or with an error that the page foresees.
func TestOktetoSamples(t *testing.T) {
	shell.Need(t, "kustomize")
	require.ElementsMatch(t, oktetoFolders(t), slices.Collect(maps.Keys(oktetoSamples)))
	for folder, sample := range oktetoSamples {
		t.Run(folder+" as it is", func(t *testing.T) {
			t.Parallel()
			move(t, readSample(t, folder), sample, false)
		})
		t.Run(folder+" private", func(t *testing.T) {
			t.Parallel()
			move(t, madePrivate(readSample(t, folder)), oktetoSample{urls: sample.urls}, true)
		})
	}
}

// oktetoFolders returns the folders of the corpus with manifests of Okteto.
func oktetoFolders(t *testing.T) []string {
	t.Helper()
	if _, err := os.Stat(corpus); os.IsNotExist(err) {
		// Manifests of others are not ours to hand on: no clone holds them, and so no CI. What is said about them stands in testdata/corpus.csv.
		t.Skipf("NOT RUN: there is no collection of real manifests in %s", corpus)
	}
	repositories, err := filepath.Glob(corpus + "/okteto+*")
	require.NoError(t, err)
	var folders []string
	for _, repository := range repositories {
		for path := range shell.Snapshot(t, repository) {
			folder, err := filepath.Rel(corpus, filepath.Dir(path))
			require.NoError(t, err)
			folders = append(folders, filepath.ToSlash(folder))
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// readSample returns the files of an application, by their names.
func readSample(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for path, text := range shell.Snapshot(t, filepath.Join(corpus, folder)) {
		files[filepath.Base(path)] = text
	}
	return files
}

var generateHost = regexp.MustCompile(`(?m)^( *)dev\.okteto\.com/generate-host:`)

// madePrivate marks what is annotated as private.
func madePrivate(files map[string]string) map[string]string {
	for name, text := range files {
		text = strings.ReplaceAll(text, `auto-ingress: "true"`, `auto-ingress: "private"`)
		files[name] = generateHost.ReplaceAllString(text, "${1}dev.okteto.com/private: \"true\"\n$0")
	}
	return files
}

// move puts the manifests where the page says, and runs its commands.
func move(t *testing.T, manifests map[string]string, sample oktetoSample, private bool) {
	t.Helper()
	const document = "../docs/migrate-from-okteto.md"
	folder := shell.CopyOf(t, "okteto")
	require.NoError(t, os.RemoveAll(filepath.Join(folder, "manifests")))
	shell.Write(t, filepath.Join(folder, "manifests"), manifests)
	served, err := json.Marshal(sample.urls)
	require.NoError(t, err)
	shell.Write(t, folder, map[string]string{"served.json": string(served)})
	for _, command := range shell.ReadPage(t, document).Commands(t) {
		got := shell.Run(t, folder, command)
		if sample.refused != "" && got.Status != 0 {
			require.Regexp(t, `^kustomize build `, command)
			require.Contains(t, got.Stderr, "error "+sample.refused+": ")
			require.Contains(t, shell.Read(t, document), "`"+sample.refused+"`")
			require.Empty(t, shell.Read(t, folder, "rendered.yaml"))
			return
		}
		require.Equal(t, 0, got.Status, "%s\n%s%s", command, got.Stdout, got.Stderr)
	}
	require.Empty(t, sample.refused, "nothing refused it")
	requireListed(t, shell.Read(t, folder, "baseline.json"), sample.urls, private)
}

// requireListed holds a listing to the URLs that it must have, all private or all public.
func requireListed(t *testing.T, listing string, urls []string, private bool) {
	t.Helper()
	var list struct {
		Endpoints []struct {
			URL     string
			Private bool
		}
	}
	require.NoError(t, json.Unmarshal([]byte(listing), &list))
	var listed []string
	for _, endpoint := range list.Endpoints {
		listed = append(listed, endpoint.URL)
		require.Equal(t, private, endpoint.Private, endpoint.URL)
	}
	require.ElementsMatch(t, urls, listed)
}
