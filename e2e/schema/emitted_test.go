package schema

import (
	"bytes"
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/semver"
	"golang.org/x/tools/txtar"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	yamlutil "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

const root = "../.."

// output is what the function wrote in one case, and the configurations that it may have read.
type output struct {
	name           string
	manifests      []byte
	configurations [][]byte
}

// TestEmitted holds the custom resources of every golden and example against the definitions of their kinds. A test is named
// archive/case/kind/name/version.
func TestEmitted(t *testing.T) {
	for _, source := range []struct {
		name    string
		outputs []output
	}{
		{"testdata", caseOutputs(t)},
		{"layers", layerOutputs(t)},
		{"examples", exampleOutputs(t)},
	} {
		require.NotEmpty(t, source.outputs)
		custom := 0
		for _, o := range source.outputs {
			for _, object := range o.customResources(t) {
				custom++
				d, err := definitionOf(object)
				require.NoError(t, err, o.name)
				releases, err := d.releasesFor(versionOf(d, o.configurations))
				require.NoError(t, err, o.name)
				for _, release := range releases {
					t.Run(strings.Join([]string{o.name, object.GetKind(), object.GetName(), release}, "/"), func(t *testing.T) {
						requireAccepted(t, d, release, object)
					})
				}
			}
		}
		require.NotZero(t, custom, "%s: no custom resource was found", source.name)
	}
}

// requireAccepted says that an API server with a release of a definition takes an object.
func requireAccepted(t *testing.T, d definition, release string, object *unstructured.Unstructured) {
	t.Helper()
	j, err := d.judgeOf(release, object.GroupVersionKind().Version)
	require.NoError(t, err)
	require.NoError(t, j.errors(object))
}

// caseOutputs returns the streams and lists of the archives in testdata: fn/golden_test.go says what an archive holds.
func caseOutputs(t *testing.T) []output {
	t.Helper()
	var outputs []output
	for _, archive := range archives(t, "testdata/*.txtar") {
		for _, file := range archive.Files {
			name, ok := strings.CutSuffix(file.Name, ".want.yaml")
			if !ok {
				continue
			}
			configurations := [][]byte{archive.file(name + ".config.yaml"), archive.file("config.yaml"), read(t, "testdata/config.yaml")}
			first := slices.IndexFunc(configurations, func(data []byte) bool { return data != nil })
			// A ResourceList may bring its own.
			outputs = append(outputs, output{archive.name + "/" + name, file.Data, [][]byte{configurations[first], archive.file(name + ".yaml")}})
		}
	}
	return outputs
}

// layerOutputs returns what kustomize renders of the trees in testdata/layers: examples/layers_test.go says what they hold.
func layerOutputs(t *testing.T) []output {
	t.Helper()
	functions := [][]byte{read(t, "examples/overlays/function/private-endpoints.yaml"), read(t, "examples/traefik/private-endpoints.yaml")}
	var outputs []output
	for _, archive := range archives(t, "testdata/layers/*.txtar") {
		configurations := slices.Clone(functions)
		for _, file := range archive.Files {
			configurations = append(configurations, file.Data)
		}
		if manifests := archive.file("want.yaml"); manifests != nil {
			outputs = append(outputs, output{archive.name + "/want", manifests, configurations})
		}
	}
	return outputs
}

// exampleOutputs returns what the examples print.
func exampleOutputs(t *testing.T) []output {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "examples/*/want.yaml"))
	require.NoError(t, err)
	var outputs []output
	for _, path := range paths {
		o := output{name: filepath.Base(filepath.Dir(path)) + "/want"}
		o.manifests, err = os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, filepath.WalkDir(filepath.Dir(path), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".yaml" {
				return err
			}
			configuration, err := os.ReadFile(path)
			o.configurations = append(o.configurations, configuration)
			return err
		}))
		outputs = append(outputs, o)
	}
	return outputs
}

// archive is a txtar archive and its name without the extension.
type archive struct {
	name string
	*txtar.Archive
}

func archives(t *testing.T, pattern string) []archive {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, pattern))
	require.NoError(t, err)
	var found []archive
	for _, path := range paths {
		parsed, err := txtar.ParseFile(path)
		require.NoError(t, err)
		found = append(found, archive{strings.TrimSuffix(filepath.Base(path), ".txtar"), parsed})
	}
	return found
}

// file returns the content of a file, or nil.
func (a archive) file(name string) []byte {
	index := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == name })
	if index < 0 {
		return nil
	}
	return a.Files[index].Data
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, path))
	require.NoError(t, err)
	return data
}

// ours are the annotations of what the function writes, generates or protects. Everything else passed through as it came.
var ours = []string{"private-endpoints.dev/for", "private-endpoints.dev/generated-from", "private-endpoints.dev/added"}

// kubernetes are the groups of the kinds of Kubernetes itself that the function writes. Whatever else it writes needs a definition.
var kubernetes = []string{"", "networking.k8s.io"}

// placeholder is a variable of Flux, which is filled in before an API server sees it.
var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// customResources returns the objects of the function's own that are not of a kind of Kubernetes itself.
func (o output) customResources(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	var found []*unstructured.Unstructured
	for _, object := range objectsIn(t, o.manifests) {
		annotated := slices.ContainsFunc(ours, func(key string) bool { return object.GetAnnotations()[key] != "" })
		if annotated && !slices.Contains(kubernetes, object.GroupVersionKind().Group) {
			found = append(found, object)
		}
	}
	return found
}

// objectsIn parses the documents of a stream that hold an object of the function's own, and opens lists. Other documents may be
// odd on purpose.
func objectsIn(t *testing.T, stream []byte) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for document := range bytes.SplitSeq(stream, []byte("\n---\n")) {
		if !slices.ContainsFunc(ours, func(key string) bool { return bytes.Contains(document, []byte(key)) }) {
			continue
		}
		objects = append(objects, opened(t, parsed(t, placeholder.ReplaceAll(document, []byte("placeholder"))))...)
	}
	return objects
}

// parsed returns the object in a document of YAML or JSON.
func parsed(t *testing.T, document []byte) *unstructured.Unstructured {
	t.Helper()
	data := document
	if !yamlutil.IsJSONBuffer(document) {
		var err error
		data, err = yaml.YAMLToJSONStrict(document)
		require.NoError(t, err, "%s", document)
	}
	object := &unstructured.Unstructured{}
	require.NoError(t, object.UnmarshalJSON(data), "%s", document)
	return object
}

// opened returns the items of a list, or the object itself.
func opened(t *testing.T, object *unstructured.Unstructured) []*unstructured.Unstructured {
	t.Helper()
	items, isList, err := unstructured.NestedSlice(object.Object, "items")
	require.NoError(t, err)
	if !isList {
		return []*unstructured.Unstructured{object}
	}
	var objects []*unstructured.Unstructured
	for _, item := range items {
		content, ok := item.(map[string]any)
		require.True(t, ok, "an item of %s is no object", object.GetKind())
		objects = append(objects, opened(t, &unstructured.Unstructured{Object: content})...)
	}
	return objects
}

// versionOf returns the oldest version that configurations declare of the controller of a definition, or the one that is
// assumed where none is declared.
func versionOf(d definition, configurations [][]byte) string {
	oldest := ""
	for _, configuration := range configurations {
		for document := range bytes.SplitSeq(configuration, []byte("\n---\n")) {
			for _, version := range declared(document, d.controller) {
				version = cmp.Or(version, d.assumed)
				if oldest == "" || semver.Compare("v"+version, "v"+oldest) < 0 {
					oldest = version
				}
			}
		}
	}
	return cmp.Or(oldest, d.assumed)
}

// configuration is the part of a PrivateEndpoints that names controllers, by itself or in a ResourceList.
type configuration struct {
	Kind string
	Spec struct {
		IngressClasses []controller
		Gateway        controller
	}
	FunctionConfig *configuration
}

type controller struct{ Controller, Version string }

// declared returns the versions of a controller in a document, which is "" where a class declares none.
func declared(document []byte, id string) []string {
	// Whatever else a document holds is nothing to this test.
	var c configuration
	if yaml.Unmarshal(document, &c) != nil {
		return nil
	}
	if c.FunctionConfig != nil {
		c = *c.FunctionConfig
	}
	if c.Kind != "PrivateEndpoints" {
		return nil
	}
	var versions []string
	for _, named := range append(c.Spec.IngressClasses, c.Spec.Gateway) {
		if named.Controller == id {
			versions = append(versions, named.Version)
		}
	}
	return versions
}

func TestVersionOf(t *testing.T) {
	middleware := definitions[0]
	of := func(documents ...string) string {
		configurations := make([][]byte, len(documents))
		for i, document := range documents {
			configurations[i] = []byte(document)
		}
		return versionOf(middleware, configurations)
	}
	class := func(version string) string {
		return "kind: PrivateEndpoints\nspec: {ingressClasses: [{controller: ingress-nginx, version: '1.15'}, {controller: traefik" + version + "}]}"
	}
	require.Equal(t, "3.7", of())
	require.Equal(t, "3.7", of(class("")))
	require.Equal(t, "3.4", of(class(", version: '3.4'")))
	require.Equal(t, "3.4", of(class(", version: '3.10'"), class(", version: '3.4'")))
	require.Equal(t, "3.7", of(class(", version: '3.10'"), class("")))
	require.Equal(t, "3.10", of("kind: ResourceList\nfunctionConfig: {kind: PrivateEndpoints, spec: {gateway: {controller: traefik, version: '3.10'}}}"))
	require.Equal(t, "3.7", of("kind: Other\nspec: {gateway: {controller: traefik, version: '3.10'}}"))
}

// TestCustomResources shows which objects of an output are judged.
func TestCustomResources(t *testing.T) {
	const (
		user   = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: theirs}\n"
		odd    = "apiVersion: traefik.io/v1alpha1\napiVersion: traefik.io/v1alpha1\n"
		native = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: api, annotations: {private-endpoints.dev/for: cindy/api}}\n"
		made   = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: made, annotations: {private-endpoints.dev/generated-from: Service/api}}\n"
		route  = `{"apiVersion":"example.com/v1","kind":"Route","metadata":{"name":"marked","annotations":{"private-endpoints.dev/for":"cindy/marked"}}}`
	)
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(made, "\n", "\n  ") + "\n- " + route + "\n"
	for stream, want := range map[string][]string{
		user + "---\n" + odd + "---\n" + native:   nil,
		native + "---\n" + made + "---\n" + route: {"made", "marked"},
		list: {"made", "marked"},
	} {
		var names []string
		for _, object := range (output{manifests: []byte(stream)}).customResources(t) {
			names = append(names, object.GetName())
		}
		require.Equal(t, want, names, stream)
	}
}

// TestEmittedWrong breaks what a golden holds, which must not pass.
func TestEmittedWrong(t *testing.T) {
	outputs := caseOutputs(t)
	o := outputs[slices.IndexFunc(outputs, func(o output) bool { return o.name == "traefik/service" })]
	o.manifests = bytes.ReplaceAll(o.manifests, []byte("trustForwardHeader:"), []byte("trustForwardHeaders:"))
	object := o.customResources(t)[0]
	j, err := definitions[0].judgeOf("v3.7.13", object.GroupVersionKind().Version)
	require.NoError(t, err)
	require.ErrorContains(t, j.errors(object), "trustForwardHeaders: Forbidden: unknown field")
}
