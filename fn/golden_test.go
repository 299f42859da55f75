package fn

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"gotest.tools/v3/golden"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// TestGolden runs every case of every archive in testdata. An archive shows one behaviour and holds its right and wrong
// cases side by side. The files of the case "private" are
//
//	private.yaml         stdin
//	private.args         arguments, one per line, when there are any
//	private.config.yaml  the configuration; else the archive's config.yaml, else testdata/config.yaml; "none" for none
//	private.want.yaml    stdout; absent when stdout must be empty
//	private.stderr       the findings
//
// A case with an error finding must end with exit status 1 and not one byte on stdout. Sent as a ResourceList it must come
// back as it was, with results.
func TestGolden(t *testing.T) {
	paths, err := filepath.Glob("../testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive := readArchive(t, path)
			for _, name := range archive.cases() {
				t.Run(name, func(t *testing.T) { archive.check(t, name) })
			}
			if golden.FlagUpdate() {
				archive.write(t, path)
			}
		})
	}
}

// archive is a txtar archive whose files can be looked up and replaced.
type archive struct{ *txtar.Archive }

func readArchive(t *testing.T, path string) archive {
	t.Helper()
	parsed, err := txtar.ParseFile(path)
	require.NoError(t, err)
	require.NotEmpty(t, bytes.TrimSpace(parsed.Comment), "an archive starts with a sentence that says what it shows")
	return archive{parsed}
}

func (a archive) file(name string) ([]byte, bool) {
	index := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	if index < 0 {
		return nil, false
	}
	return a.Files[index].Data, true
}

// set replaces a file, adds it after the last one of its case, or removes it when it is empty.
func (a archive) set(name, after string, data []byte) {
	index := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	switch {
	case index >= 0 && len(data) == 0:
		a.Files = slices.Delete(a.Files, index, index+1)
	case index >= 0:
		a.Files[index].Data = data
	case len(data) > 0:
		index = slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == after })
		a.Files = slices.Insert(a.Files, index+1, txtar.File{Name: name, Data: data})
	}
}

// cases returns the names of the cases in their order: the files with one dot that are no configuration.
func (a archive) cases() []string {
	var names []string
	for _, file := range a.Files {
		name, extension, _ := strings.Cut(file.Name, ".")
		if extension == "yaml" && name != "config" {
			names = append(names, name)
		}
	}
	return names
}

func (a archive) check(t *testing.T, name string) {
	input, _ := a.file(name + ".yaml")
	stdout, stderr, exit := a.run(t, name, input)
	if golden.FlagUpdate() {
		a.set(name+".want.yaml", name+".yaml", stdout)
		a.set(name+".stderr", lastOf(a, name), stderr)
		return
	}
	want, _ := a.file(name + ".want.yaml")
	findings, _ := a.file(name + ".stderr")
	require.Equal(t, string(findings), string(stderr))
	require.Equal(t, string(want), string(stdout))
	if bytes.Contains(stderr, []byte("error PE")) {
		require.Equal(t, statusFindings, exit)
		a.requireUntransformed(t, name, input, stdout)
		return
	}
	require.Equal(t, statusOK, exit)
	require.NotEmpty(t, stdout)
	requireValid(t, stdout)
	a.requireStable(t, name, stdout)
}

func lastOf(a archive, name string) string {
	if _, ok := a.file(name + ".want.yaml"); ok {
		return name + ".want.yaml"
	}
	return name + ".yaml"
}

func (a archive) run(t *testing.T, name string, input []byte) (stdout, stderr []byte, exit int) {
	t.Helper()
	var arguments []string
	if lines, ok := a.file(name + ".args"); ok {
		arguments = strings.Fields(string(lines))
	}
	configuration := a.configurationFlag(t, name)
	stdout, stderr, exit = call(input, append(arguments, configuration...)...)
	return stdout, withoutFolder(stderr, configuration), exit
}

// call runs the program in this process.
func call(input []byte, arguments ...string) (stdout, stderr []byte, exit int) {
	var out, messages bytes.Buffer
	exit = Main(Process{
		Arguments: arguments, Getenv: func(string) string { return "" },
		Stdin: bytes.NewReader(input), Stdout: &out, Stderr: &messages, Version: "test",
	})
	return out.Bytes(), messages.Bytes(), exit
}

func (a archive) configuration(t *testing.T, name string) []byte {
	t.Helper()
	for _, candidate := range []string{name + ".config.yaml", "config.yaml"} {
		if configuration, ok := a.file(candidate); ok {
			if strings.TrimSpace(string(configuration)) == "none" {
				return nil
			}
			return configuration
		}
	}
	configuration, err := os.ReadFile("../testdata/config.yaml")
	require.NoError(t, err)
	return configuration
}

func (a archive) write(t *testing.T, path string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, txtar.Format(a.Archive), 0o644))
}

// requireValid decodes every Ingress with intent, and what Kubernetes itself has of what is from us, strictly into the API's type.
func requireValid(t *testing.T, output []byte) {
	t.Helper()
	set, findings := manifest.Read(output)
	require.Empty(t, findings)
	for _, item := range set.Items() {
		_, ours := item.Annotation("private-endpoints.dev/for")
		switch {
		case ours && item.Kind() == "Ingress":
			require.NoError(t, item.DecodeStrict(&networkingv1.Ingress{}))
		case ours && item.Kind() == "NetworkPolicy":
			require.NoError(t, item.DecodeStrict(&networkingv1.NetworkPolicy{}))
		}
	}
}

// requireStable runs the case on its own output, which must not change.
func (a archive) requireStable(t *testing.T, name string, output []byte) {
	t.Helper()
	again, stderr, exit := a.run(t, name, output)
	require.Equal(t, statusOK, exit, "second run: %s", stderr)
	require.Equal(t, withoutResults(output), withoutResults(again), "the second run must change nothing")
}

// withoutResults cuts the results off a ResourceList, where they stand last: what was said once need not be said again.
func withoutResults(output []byte) string {
	items, _, _ := strings.Cut(string(output), "\nresults:\n")
	return strings.TrimSuffix(items, "\n")
}

// requireUntransformed says that a failed run wrote nothing of a stream, and a ResourceList as it came.
func (a archive) requireUntransformed(t *testing.T, name string, input, stdout []byte) {
	t.Helper()
	set, findings := manifest.Read(input)
	if set != nil && set.IsResourceList() {
		requireVerbatim(t, input, stdout)
		return
	}
	require.Empty(t, stdout)
	list := asResourceList(set)
	if findings.HasErrors() || list == nil {
		return
	}
	stdout, stderr, exit := a.run(t, name, list)
	require.Equal(t, statusFindings, exit, "%s", stderr)
	requireVerbatim(t, list, stdout)
}

// requireVerbatim says that output is the ResourceList input with nothing changed but results added.
func requireVerbatim(t *testing.T, input, output []byte) {
	t.Helper()
	require.True(t, bytes.HasPrefix(output, input), "the items must come back verbatim, not as:\n%s", output)
	list, err := yaml.Parse(string(output))
	require.NoError(t, err)
	require.NotNil(t, list.Field("results"))
}

// asResourceList writes the items of a stream as a ResourceList; it returns nil where one of them cannot be read.
func asResourceList(set *manifest.Set) []byte {
	if set == nil || len(set.Items()) == 0 {
		return nil
	}
	list := bytes.NewBufferString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for _, item := range set.Items() {
		node, err := item.Node()
		if err != nil {
			return nil
		}
		list.WriteString("- " + strings.ReplaceAll(strings.TrimSpace(node.MustString()), "\n", "\n  ") + "\n")
	}
	return list.Bytes()
}
