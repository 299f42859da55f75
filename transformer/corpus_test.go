package transformer_test

import (
	"cmp"
	"encoding/csv"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// corpus is a collection of manifests of other projects, which a public clone does not have.
const corpus = "../../shared/corpus"

// The ways in which each set of the corpus is judged.
const (
	// asItIs verifies a set that nobody wrote for this program.
	asItIs = "as it is"
	// marked verifies it with private intent on every route whose owner protected it by hand.
	marked = "marked"
	// moved transforms it with private intent on every Service, as a team does that starts to use the program and leaves its
	// old routes in place.
	moved = "moved"
)

// judged is one line of the table: a finding about an object of a set, and why it is right.
type judged struct{ set, way, finding, object, reason string }

// TestCorpus judges manifests of other projects. Each finding stands in testdata/corpus.csv with the reason for which it is
// right, so that a false alarm, and a leak that is no longer found, are seen.
func TestCorpus(t *testing.T) {
	sets := corpusSets(t)
	table := map[judged]string{}
	for _, line := range readTable(t) {
		require.NotEmpty(t, line.reason, "%v", line)
		require.Contains(t, sets, line.set, "the table names a set that is not there")
		reason := line.reason
		line.reason = ""
		require.NotContains(t, table, line, "twice in the table")
		table[line] = reason
	}
	for _, name := range slices.Sorted(maps.Keys(sets)) {
		for _, way := range []string{asItIs, marked, moved} {
			t.Run(name+" "+way, func(t *testing.T) {
				for _, found := range judge(t, sets[name], way) {
					line := judged{set: name, way: way, finding: string(found.Severity) + " " + found.Code, object: found.Object.String()}
					if table[line] == "" {
						t.Errorf("not in the table: %s,%s,%s,%s,\n%s\nhint: %s", line.set, line.way, line.finding, line.object, found, found.Remedy)
					}
					table[line] = "found"
				}
			})
		}
	}
	for line, reason := range table {
		if reason != "found" {
			t.Errorf("no longer found: %v %s", line, reason)
		}
	}
}

// corpusSets returns the files of the corpus, by folder: the objects of one folder are deployed together.
func corpusSets(t *testing.T) map[string][]manifest.File {
	t.Helper()
	sets := map[string][]manifest.File{}
	err := filepath.WalkDir(corpus, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) == ".md" {
			return err
		}
		folder, err := filepath.Rel(corpus, filepath.Dir(path))
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		sets[filepath.ToSlash(folder)] = append(sets[filepath.ToSlash(folder)], manifest.File{Text: text})
		return err
	})
	if os.IsNotExist(err) {
		// Manifests of others are not ours to hand on: no clone holds them, and so no CI. What is said about them stands in testdata/corpus.csv.
		t.Skipf("NOT RUN: there is no collection of real manifests in %s", corpus)
	}
	require.NoError(t, err)
	return sets
}

func readTable(t *testing.T) []judged {
	t.Helper()
	file, err := os.Open("../testdata/corpus.csv")
	require.NoError(t, err)
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comment, reader.FieldsPerRecord = '#', 5
	records, err := reader.ReadAll()
	require.NoError(t, err)
	var table []judged
	for _, record := range records {
		table = append(table, judged{record[0], record[1], record[2], record[3], record[4]})
	}
	return table
}

// judge returns what is said about a set.
func judge(t *testing.T, files []manifest.File, way string) finding.List {
	t.Helper()
	set, findings := manifest.ReadFiles(files)
	if len(findings) > 0 {
		return findings
	}
	settings := corpusSettings(t)
	switch way {
	case marked:
		markRoutes(t, set)
	case moved:
		markServices(t, set)
		return transformer.Transform(set, settings, transformer.Options{Namespace: "default", Whole: true}).AtLeast(finding.Warning)
	}
	return transformer.Verify(set, settings, transformer.VerifyOptions{Options: transformer.Options{Namespace: "default"}}).Findings
}

// corpusSettings are a configuration that knows the classes of the corpus.
func corpusSettings(t *testing.T) *config.Config {
	t.Helper()
	settings, findings := config.Decode([]byte(`apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - {name: nginx, controller: ingress-nginx}
  - {name: nginx-tailscale, controller: ingress-nginx}
  - {name: traefik, controller: traefik, version: "3.7"}
  - {name: external, controller: traefik, version: "3.7"}
  tls: {controllerDefault: true}
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access: {groups: ["{namespace}"]}
`))
	require.Empty(t, findings)
	return settings
}

// markRoutes marks the Ingresses and IngressRoutes that their owners protected by hand.
func markRoutes(t *testing.T, set *manifest.Set) {
	t.Helper()
	for _, item := range set.Items() {
		protected := false
		for _, key := range []string{"nginx.ingress.kubernetes.io/auth-url", "traefik.ingress.kubernetes.io/router.middlewares", "ingress.kubernetes.io/oauth"} {
			_, found := item.Annotation(key)
			protected = protected || item.Kind() == "Ingress" && found
		}
		if item.Kind() == "IngressRoute" {
			for _, route := range item.View("spec", "routes").Elements() {
				protected = protected || route.Get("middlewares").Exists()
			}
		}
		if protected {
			require.NoError(t, item.SetAnnotation(private, "true"))
		}
	}
}

// markServices marks every Service, and writes one where an IngressRoute leads to a Service that the set does not hold.
func markServices(t *testing.T, set *manifest.Set) {
	t.Helper()
	present := map[string]bool{}
	for _, item := range set.Items() {
		if item.Kind() == "Service" && item.Group() == "" {
			present[item.Name()] = true
			require.NoError(t, item.SetAnnotation(auto, "private"))
		}
	}
	for _, item := range set.Items() {
		if item.Kind() != "IngressRoute" {
			continue
		}
		for _, route := range item.View("spec", "routes").Elements() {
			for _, service := range route.Get("services").Elements() {
				name, namespace := service.Get("name").Text(), cmp.Or(service.Get("namespace").Text(), item.Namespace())
				if present[name] {
					continue
				}
				present[name] = true
				port, err := strconv.Atoi(service.Get("port").Text())
				require.NoError(t, err)
				added, err := manifest.New(map[string]any{
					"apiVersion": "v1", "kind": "Service",
					"metadata": map[string]any{"name": name, "namespace": namespace, "annotations": map[string]any{auto: "private"}},
					"spec":     map[string]any{"ports": []any{map[string]any{"name": "http", "port": port}}},
				})
				require.NoError(t, err)
				set.InsertAfter(item, added)
			}
		}
	}
}
