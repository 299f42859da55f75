package transformer_test

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// largestSeed keeps a run of the fuzz test short.
const largestSeed = 16 << 10

// seed is one input of a fuzz test, with a configuration that fits it.
type seed struct{ manifests, configuration []byte }

// seeds returns the cases of the golden archives, what hosts really send and, where the collection is at hand, manifests of
// other projects.
func seeds(f *testing.F) []seed {
	f.Helper()
	configuration, err := os.ReadFile("../testdata/config.yaml")
	require.NoError(f, err)
	var seeds []seed
	for _, root := range []string{"../testdata/verify", "../testdata/history", "../testdata/captured", corpus} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, ".md") {
				return err
			}
			if filepath.Ext(path) == ".txtar" {
				seeds = append(seeds, cases(f, path, configuration)...)
				return nil
			}
			data, err := os.ReadFile(path)
			seeds = append(seeds, seed{data, configuration})
			return err
		})
		if !os.IsNotExist(err) || root != corpus {
			require.NoError(f, err)
		}
	}
	return slices.DeleteFunc(seeds, func(s seed) bool { return len(s.manifests) > largestSeed })
}

// cases returns the cases of an archive as the golden test of package fn reads them.
func cases(f *testing.F, path string, configuration []byte) []seed {
	f.Helper()
	archive, err := txtar.ParseFile(path)
	require.NoError(f, err)
	files := map[string][]byte{}
	for _, file := range archive.Files {
		files[file.Name] = file.Data
	}
	if own, ok := files["config.yaml"]; ok {
		configuration = own
	}
	var seeds []seed
	for _, file := range archive.Files {
		name, extension, _ := strings.Cut(file.Name, ".")
		if extension != "yaml" || name == "config" {
			continue
		}
		of := seed{file.Data, configuration}
		if own, ok := files[name+".config.yaml"]; ok {
			of.configuration = own
		}
		if endpoint, ok := files["endpoint.yaml"]; ok && name != "endpoint" {
			of.manifests = bytes.Join([][]byte{endpoint, file.Data}, []byte("---\n"))
		}
		seeds = append(seeds, of)
	}
	return seeds
}

// FuzzVerify changes lines of manifests, verifies the result with and without a configuration, transforms it, and verifies
// what was transformed. Nothing panics, the same input gives the same findings, and no intent is lost: what is marked private
// is proved, or there is an error.
func FuzzVerify(f *testing.F) {
	all := seeds(f)
	lines := linesOf(all)
	var configurations []*config.Config
	number := map[string]byte{}
	for _, s := range all {
		if _, known := number[string(s.configuration)]; !known {
			settings, findings := config.Decode(s.configuration)
			if findings.HasErrors() {
				continue
			}
			number[string(s.configuration)] = byte(len(configurations))
			configurations = append(configurations, settings)
		}
		edits := sha256.Sum256(s.manifests)
		f.Add(s.manifests, number[string(s.configuration)], edits[:8])
	}
	f.Fuzz(func(t *testing.T, manifests []byte, configuration byte, edits []byte) {
		if len(manifests) > 2*largestSeed {
			return
		}
		input := edited(manifests, edits, lines)
		set, findings := manifest.Read(input)
		if len(findings) > 0 {
			require.Nil(t, set)
			return
		}
		settings := configurations[int(configuration)%len(configurations)]
		requireProof(t, input, nil)
		requireProof(t, input, settings)
		output, done := transformed(t, input, settings)
		if done && settings.Spec.Verify.Mode == config.VerifyEnforce {
			requireProof(t, output, settings)
			again, _ := manifest.Read(output)
			report := transformer.Verify(again, settings, transformer.VerifyOptions{})
			passes := len(report.Endpoints) == 0 || !report.Findings.HasErrors()
			require.True(t, passes, "the result of the function does not pass:\n%s\n%s", text(t, report.Findings), output)
		}
	})
}

// linesOf returns every line of the seeds once, without its indentation, for edits to choose from.
func linesOf(all []seed) [][]byte {
	known := map[string]bool{}
	for _, s := range all {
		for line := range bytes.Lines(s.manifests) {
			known[string(bytes.TrimSpace(line))] = true
		}
	}
	var lines [][]byte
	for line := range known {
		lines = append(lines, []byte(line))
	}
	slices.SortFunc(lines, bytes.Compare)
	return lines
}

// edited changes lines of a text: each four bytes of edits say what happens to which line. Unlike changed bytes, a line that
// is gone, doubled, or comes from another manifest most often leaves valid YAML.
func edited(input, edits []byte, lines [][]byte) []byte {
	text := bytes.SplitAfter(input, []byte("\n"))
	for edit := range slices.Chunk(edits[:min(len(edits), 64)/4*4], 4) {
		at := int(edit[1]) * len(text) / 256
		other := lines[(int(edit[2])<<8|int(edit[3]))%len(lines)]
		indent := text[at][:len(text[at])-len(bytes.TrimLeft(text[at], " "))]
		switch edit[0] % 5 {
		case 0:
			text = slices.Delete(text, at, at+1)
		case 1:
			text = slices.Insert(text, at, text[at])
		case 2:
			text = slices.Insert(text, at, slices.Concat(indent, other, []byte("\n")))
		case 3:
			text[at] = slices.Concat(indent, other, []byte("\n"))
		case 4:
			with := int(edit[3]) * len(text) / 256
			text[at], text[with] = text[with], text[at]
		}
		if len(text) == 0 {
			break
		}
	}
	return bytes.Join(text, nil)
}

// transformed runs the function and returns what it writes, and whether it writes at all.
func transformed(t *testing.T, input []byte, settings *config.Config) ([]byte, bool) {
	t.Helper()
	run := func() ([]byte, finding.List) {
		set, findings := manifest.Read(input)
		require.Empty(t, findings)
		findings = transformer.Transform(set, settings, transformer.Options{})
		if findings.HasErrors() {
			return nil, findings
		}
		var output bytes.Buffer
		_, err := set.WriteTo(&output)
		require.NoError(t, err)
		return output.Bytes(), findings
	}
	output, findings := run()
	again, repeated := run()
	require.Equal(t, text(t, findings), text(t, repeated))
	require.Equal(t, string(output), string(again))
	return output, !findings.HasErrors()
}

// requireProof verifies a set twice and looks for every object that is marked private among what was proved; a private Ingress with the name
// of a Service may stand for it (PE162). The second time every way is
// compared with every other, for the proof, and the findings have to be the same.
func requireProof(t *testing.T, input []byte, settings *config.Config) {
	t.Helper()
	run := func(explain bool) (*manifest.Set, transformer.Report) {
		set, findings := manifest.Read(input)
		require.Empty(t, findings)
		return set, transformer.Verify(set, settings, transformer.VerifyOptions{Options: transformer.Options{Namespace: "default"}, Explain: explain})
	}
	set, report := run(false)
	_, again := run(true)
	require.Equal(t, text(t, report.Findings), text(t, again.Findings))
	for n, route := range report.Routes {
		require.Equal(t, again.Routes[n].Access(), route.Access(), route.URL())
	}
	if report.Findings.HasErrors() {
		return
	}
	proved := map[*manifest.Item]bool{}
	ingresses := map[string]bool{}
	for _, proof := range report.Endpoints {
		source := proof.Endpoint.Source
		proved[source] = proof.Auth.Closed()
		if source.Kind() == "Ingress" {
			ingresses[proof.Endpoint.Namespace+"/"+source.Name()] = proof.Auth.Closed()
		}
	}
	domain := "dev.okteto.com"
	if settings != nil {
		domain = settings.Spec.AnnotationDomain
	}
	for _, item := range set.Items() {
		if isMarkedPrivate(t, item, domain) {
			served := item.Kind() == "Service" && ingresses[cmp.Or(item.Namespace(), "default")+"/"+item.Name()]
			require.True(t, proved[item] || served, "%s is private, and neither proved nor reported:\n%s", item.Object(), input)
		}
	}
}

// isMarkedPrivate reads the intent of an object without the code that it is there to check.
func isMarkedPrivate(t *testing.T, item *manifest.Item, domain string) bool {
	t.Helper()
	var object struct {
		APIVersion, Kind string
		Metadata         struct{ Annotations map[string]any }
	}
	if err := item.Decode(&object); err != nil {
		_, broken := item.Node()
		require.False(t, broken != nil && item.Kind() == "Ingress" && item.Contains(domain), "an Ingress that cannot be read, and may be private, must be an error: %v", err)
		return false
	}
	switch group, _, _ := strings.Cut(object.APIVersion, "/"); {
	case object.Kind == "Ingress" && (group == "networking.k8s.io" || group == "extensions"):
		return object.Metadata.Annotations[domain+"/private"] == "true"
	case object.Kind == "Service" && object.APIVersion == "v1":
		return object.Metadata.Annotations[domain+"/auto-ingress"] == "private"
	default:
		return false
	}
}

func text(t *testing.T, findings finding.List) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, findings.WriteText(&out))
	return out.String()
}
