// Package schema holds every custom resource that the function writes against the definitions that controllers install, with
// the validation of an API server and without one: structure, unknown fields, and rules in CEL. "make schema" runs it.
package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/semver"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// definition is where the CustomResourceDefinition of a kind is found.
type definition struct {
	group, kind string
	// filter is a type of filter that an HTTPRoute must have to be of this definition, which alone knows it.
	filter string
	// controller is the id whose version in the configuration decides which releases are asked, and assumed the version where
	// none is declared. No controller: every release is asked.
	controller, assumed string
	// module and file are the Go module that carries the definition, and where. No module: a file of this folder.
	module, file string
	// releases are the oldest that is supported, those that brought fields that the function writes, and a current one.
	releases []release
}

// release is a version of a module, which stands for the versions of the controller from since to the next release.
type release struct{ since, version string }

const (
	traefikModule = "github.com/traefik/traefik/v3"
	gatewayModule = "sigs.k8s.io/gateway-api"
	gatewayGroup  = "gateway.networking.k8s.io"
)

// definitions holds every custom kind that the function may write. The oldest release comes first, and the current one last.
// Where the module proxy does not hold a release, the nearest one stands for it. The modules of the Gateway API from v1.7 need a
// later Go than this one.
var definitions = []definition{
	{
		group: "traefik.io", kind: "Middleware", controller: "traefik", assumed: "3.7",
		module: traefikModule, file: "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
		releases: []release{{"3.4", "v3.4.0"}, {"3.6", "v3.6.0"}, {"3.6.14", "v3.6.13"}, {"3.7", "v3.7.5"}, {"3.7.13", "v3.7.13"}},
	},
	{
		// v1.0.0 is the first with version v1 of the kind.
		group: gatewayGroup, kind: "HTTPRoute",
		module: gatewayModule, file: "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
		releases: []release{{version: "v1.0.0"}, {version: "v1.5.1"}, {version: "v1.6.3"}},
	},
	{
		// The experimental channel alone has the filter of GEP-1494, since v1.4.
		group: gatewayGroup, kind: "HTTPRoute", filter: "ExternalAuth",
		module: gatewayModule, file: "config/crd/experimental/gateway.networking.k8s.io_httproutes.yaml",
		releases: []release{{version: "v1.4.1"}, {version: "v1.5.1"}, {version: "v1.6.3"}},
	},
	{
		group: gatewayGroup, kind: "ReferenceGrant",
		module: gatewayModule, file: "config/crd/standard/gateway.networking.k8s.io_referencegrants.yaml",
		releases: []release{{version: "v1.0.0"}, {version: "v1.5.1"}, {version: "v1.6.3"}},
	},
	{
		group: "gateway.envoyproxy.io", kind: "SecurityPolicy", controller: "envoy-gateway", assumed: "1.8",
		module: "github.com/envoyproxy/gateway", file: "charts/gateway-helm/charts/crds/crds/generated/gateway.envoyproxy.io_securitypolicies.yaml",
		releases: []release{{"1.8", "v1.8.0"}, {"1.9", "v1.9.1"}},
	},
	{
		group: "security.istio.io", kind: "AuthorizationPolicy", controller: "istio", assumed: "1.24",
		module: "istio.io/api", file: "kubernetes/customresourcedefinitions.gen.yaml",
		releases: []release{{"1.24", "v1.24.2"}, {"1.32", "v1.32.0"}},
	},
	{
		group: "k8s.nginx.org", kind: "Policy", controller: "f5-nginx", assumed: "5.5",
		file:     "testdata/k8s.nginx.org_policies.yaml",
		releases: []release{{"5.5", "v5.5.0"}},
	},
}

// definitionOf returns the definition of an object's kind, and an error for a kind that has none.
func definitionOf(object *unstructured.Unstructured) (definition, error) {
	kind := object.GroupVersionKind().GroupKind()
	filters := filterTypes(object.Object)
	// A definition for a filter stands after that for the rest of its kind.
	for _, d := range slices.Backward(definitions) {
		if d.group == kind.Group && d.kind == kind.Kind && (d.filter == "" || slices.Contains(filters, d.filter)) {
			return d, nil
		}
	}
	return definition{}, fmt.Errorf("%s has no definition: add it to the table", kind)
}

// filterTypes returns the types of the filters of a route, wherever they stand.
func filterTypes(value any) []string {
	var types []string
	switch value := value.(type) {
	case map[string]any:
		if filters, ok := value["filters"].([]any); ok {
			for _, filter := range filters {
				name, _, _ := unstructured.NestedString(map[string]any{"filter": filter}, "filter", "type")
				types = append(types, name)
			}
		}
		for _, inner := range value {
			types = append(types, filterTypes(inner)...)
		}
	case []any:
		for _, inner := range value {
			types = append(types, filterTypes(inner)...)
		}
	}
	return types
}

// releasesFor returns the releases that must take an object: the one that stands for a version of the controller, and the
// current one.
func (d definition) releasesFor(version string) ([]string, error) {
	current := d.releases[len(d.releases)-1].version
	if d.controller == "" {
		var all []string
		for _, r := range d.releases {
			all = append(all, r.version)
		}
		return all, nil
	}
	for _, r := range slices.Backward(d.releases) {
		if semver.Compare("v"+version, "v"+r.since) >= 0 {
			return slices.Compact([]string{r.version, current}), nil
		}
	}
	return nil, fmt.Errorf("%s %s is older than every release of %s in the table", d.controller, version, d.kind)
}

// read returns the file that holds the definition in a version.
func (d definition) read(version string) ([]byte, error) {
	if d.module == "" {
		return os.ReadFile(d.file)
	}
	folders, err := modules()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(folders[d.module+"@"+version], d.file))
}

// modules returns the folders of all modules in the table. One go.mod holds one version of a module, so they are asked for by
// name: the go command takes them from its cache, or gets them from the module proxy and checks their sums.
var modules = sync.OnceValues(func() (map[string]string, error) {
	names := []string{"mod", "download", "-json"}
	for _, d := range definitions {
		for _, r := range d.releases {
			if name := d.module + "@" + r.version; d.module != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	command := exec.Command("go", names...)
	command.Dir = os.TempDir() // outside of this module, whose go.mod shall not change
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	folders, err := moduleFolders(output)
	if err != nil {
		return nil, err
	}
	return folders, command.Wait()
})

// moduleFolders reads what "go mod download -json" prints.
func moduleFolders(output io.Reader) (map[string]string, error) {
	folders := map[string]string{}
	for decoder := json.NewDecoder(output); ; {
		var module struct{ Path, Version, Dir, Error string }
		err := decoder.Decode(&module)
		switch {
		case errors.Is(err, io.EOF):
			return folders, nil
		case err != nil:
			return nil, err
		case module.Error != "":
			return nil, errors.New(module.Error)
		}
		folders[module.Path+"@"+module.Version] = module.Dir
	}
}

func TestDefinitionOf(t *testing.T) {
	object := func(apiVersion, kind string, filters ...any) *unstructured.Unstructured {
		spec := map[string]any{"rules": []any{map[string]any{"filters": filters}}}
		return &unstructured.Unstructured{Object: map[string]any{"apiVersion": apiVersion, "kind": kind, "spec": spec}}
	}
	found, err := definitionOf(object("gateway.networking.k8s.io/v1", "HTTPRoute", map[string]any{"type": "ExtensionRef"}))
	require.NoError(t, err)
	require.Contains(t, found.file, "/standard/")
	found, err = definitionOf(object("gateway.networking.k8s.io/v1", "HTTPRoute", map[string]any{"type": "ExternalAuth"}))
	require.NoError(t, err)
	require.Contains(t, found.file, "/experimental/")
	_, err = definitionOf(object("traefik.io/v1alpha1", "IngressRoute"))
	require.ErrorContains(t, err, "IngressRoute.traefik.io has no definition")
	_, err = definitionOf(object("traefik.containo.us/v1alpha1", "Middleware"))
	require.ErrorContains(t, err, "Middleware.traefik.containo.us has no definition")
}

func TestReleasesFor(t *testing.T) {
	middleware := definitions[0]
	for version, want := range map[string][]string{
		"3.4":    {"v3.4.0", "v3.7.13"},
		"3.5.3":  {"v3.4.0", "v3.7.13"},
		"3.6.13": {"v3.6.0", "v3.7.13"},
		"3.6.14": {"v3.6.13", "v3.7.13"},
		"3.7":    {"v3.7.5", "v3.7.13"},
		"3.7.13": {"v3.7.13"},
		"3.10":   {"v3.7.13"},
	} {
		got, err := middleware.releasesFor(version)
		require.NoError(t, err)
		require.Equal(t, want, got, version)
	}
	for _, version := range []string{"3.3", "latest", ""} {
		_, err := middleware.releasesFor(version)
		require.ErrorContains(t, err, "older than every release", version)
	}
}
