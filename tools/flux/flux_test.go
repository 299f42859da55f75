// Package flux_test holds the example for Flux against Flux's own code.
package flux_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/kustomize"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

const example = "../../examples/flux"

// TestFluxRunsNoFunction is the reason why the manifests are rendered before Flux sees them.
func TestFluxRunsNoFunction(t *testing.T) {
	const exec = "exec:\n        path: private-endpoints\n"
	for name, function := range map[string]string{
		"exec":      exec,
		"container": "container:\n        image: ghcr.io/private-endpoints/private-endpoints\n",
	} {
		t.Run(name, func(t *testing.T) {
			app := appWith(t, "private-endpoints.yaml", exec, function)
			_, err := kustomize.Build(filesys.MakeFsOnDisk(), app)
			require.ErrorContains(t, err, "external plugins disabled; unable to load external plugin 'PrivateEndpoints'")
		})
	}
	t.Run("none", func(t *testing.T) {
		app := appWith(t, "kustomization.yaml", "transformers:\n- private-endpoints.yaml\n", "")
		resources, err := kustomize.Build(filesys.MakeFsOnDisk(), app)
		require.NoError(t, err)
		require.Equal(t, 2, resources.Size())
	})
}

// appWith returns a copy of the application in which a text of a file is replaced.
func appWith(t *testing.T, file, old, text string) string {
	t.Helper()
	app := t.TempDir()
	require.NoError(t, os.CopyFS(app, os.DirFS(filepath.Join(example, "app"))))
	path := filepath.Join(app, file)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(content), old, text, 1)), 0o644))
	return app
}

// TestClusters decodes what each cluster is given strictly.
func TestClusters(t *testing.T) {
	for _, cluster := range []string{"east", "west"} {
		t.Run(cluster, func(t *testing.T) {
			resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).
				Run(filesys.MakeFsOnDisk(), filepath.Join(example, "clusters", cluster))
			require.NoError(t, err)
			require.Equal(t, 2, resources.Size())

			var source sourcev1.OCIRepository
			var app kustomizev1.Kustomization
			for _, resource := range resources.Resources() {
				target := map[string]any{sourcev1.OCIRepositoryKind: &source, kustomizev1.KustomizationKind: &app}[resource.GetKind()]
				require.NotNil(t, target, resource.GetKind())
				text, err := resource.AsYAML()
				require.NoError(t, err)
				require.NoError(t, yaml.UnmarshalStrict(text, target))
			}
			require.Equal(t, sourcev1.GroupVersion.String(), source.APIVersion)
			require.Equal(t, kustomizev1.GroupVersion.String(), app.APIVersion)
			require.Equal(t, source.Kind+"/"+source.Name, app.Spec.SourceRef.Kind+"/"+app.Spec.SourceRef.Name)
			require.Equal(t, source.Namespace, app.Namespace)
			require.Equal(t, map[string]string{"CLUSTER_DOMAIN": cluster + ".example.com"}, app.Spec.PostBuild.Substitute)
		})
	}
}
