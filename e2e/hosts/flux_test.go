package hosts_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/examples/shell"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// ociRegistry is a registry on the loopback interface, which records what is written to it.
type ociRegistry struct {
	address     string
	environment []string
	mutex       sync.Mutex
	written     []string
}

func newOCIRegistry(t *testing.T) *ociRegistry {
	t.Helper()
	r := &ociRegistry{environment: []string{"DOCKER_CONFIG=" + t.TempDir()}}
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodGet && request.Method != http.MethodHead {
			r.mutex.Lock()
			r.written = append(r.written, request.Method+" "+request.URL.Path)
			r.mutex.Unlock()
		}
		handler.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	r.address = server.Listener.Addr().String()
	r.environment = append(r.environment, "REGISTRY="+r.address+"/cindy")
	return r
}

// publish runs the script of the example, which pushes to the registry.
func (r *ociRegistry) publish(t *testing.T, folder string) shell.Result {
	t.Helper()
	return shell.Run(t, folder, `./publish.sh "oci://$REGISTRY/hello-world:1.0.0" --source https://example.com/cindy --revision main`, r.environment...)
}

// TestFlux runs the page. What is pulled is what was verified, and what each cluster makes of it are objects that Kubernetes knows.
func TestFlux(t *testing.T) {
	r := newOCIRegistry(t)
	folder := page(t, "flux.md", r.environment...)
	require.Contains(t, shell.Read(t, folder, "pulled/app.yaml"), "hello-world-cindy.apps.${CLUSTER_DOMAIN}")
	for cluster, other := range map[string]string{"east": "west", "west": "east"} {
		applied := shell.Read(t, folder, "build", cluster+".yaml")
		require.Contains(t, applied, "hello-world-cindy.apps."+cluster+".example.com")
		require.NotContains(t, applied, other)
		require.NotContains(t, applied, "${")
		requireKubernetes(t, applied)
	}
}

// requireKubernetes decodes the objects strictly.
func requireKubernetes(t *testing.T, text string) {
	t.Helper()
	set, findings := manifest.Read([]byte(text))
	require.Empty(t, findings)
	var kinds []string
	for _, item := range set.Items() {
		kinds = append(kinds, item.Kind())
		types := map[string]any{"Service": &corev1.Service{}, "Ingress": &networkingv1.Ingress{}}
		require.Contains(t, types, item.Kind())
		require.NoError(t, item.DecodeStrict(types[item.Kind()]))
	}
	require.ElementsMatch(t, []string{"Service", "Service", "Ingress", "Ingress"}, kinds)
}

// TestFluxPublishes is the control of TestFluxPublishesNothing.
func TestFluxPublishes(t *testing.T) {
	r := newOCIRegistry(t)
	result := r.publish(t, shell.CopyOf(t, "../../examples/flux"))
	require.Zero(t, result.Status, result.Stderr)
	require.Contains(t, r.written, "PUT /v2/cindy/hello-world/manifests/1.0.0")
}

// TestFluxJobs runs the commands of the jobs, with the variables that the services set.
func TestFluxJobs(t *testing.T) {
	var github struct {
		Jobs struct {
			Publish struct {
				Steps []struct {
					If, Run string
					Env     map[string]string
				}
			}
		}
	}
	var gitlab map[string]struct {
		Script    []string
		Variables map[string]string
	}
	readYAML(t, "../../examples/flux/.github/workflows/publish.yaml", &github)
	readYAML(t, "../../examples/flux/.gitlab-ci.yml", &gitlab)

	check, publish := github.Jobs.Publish.Steps[len(github.Jobs.Publish.Steps)-2], github.Jobs.Publish.Steps[len(github.Jobs.Publish.Steps)-1]
	require.Equal(t, "github.event_name == 'pull_request'", check.If)
	require.Equal(t, "github.event_name == 'push'", publish.If)
	requireJobs(t, check.Run, publish.Run, publish.Env)
	requireJobs(t, strings.Join(gitlab["check"].Script, "\n"), strings.Join(gitlab["publish"].Script, "\n"), gitlab["publish"].Variables)
}

// requireJobs runs both jobs: the first must push nothing, the second what the clusters follow.
func requireJobs(t *testing.T, check, publish string, variables map[string]string) {
	t.Helper()
	r := newOCIRegistry(t)
	values := strings.NewReplacer(
		"ghcr.io/cindy", r.address+"/cindy", "$CI_REGISTRY_IMAGE", r.address+"/cindy/hello-world",
		"${{ github.actor }}:${{ secrets.GITHUB_TOKEN }}", "cindy:secret", "$CI_REGISTRY_USER:$CI_REGISTRY_PASSWORD", "cindy:secret",
	)
	environment := append(
		r.environment,
		"GITHUB_SHA=6a3a1b7", "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=cindy/hello-world", "GITHUB_REF_NAME=main",
		"CI_COMMIT_SHA=6a3a1b7", "CI_PROJECT_URL=https://gitlab.com/cindy/hello-world", "CI_COMMIT_REF_NAME=main",
	)
	for name, value := range variables {
		require.NotEqual(t, value, values.Replace(value))
		environment = append(environment, name+"="+values.Replace(value))
	}
	folder := shell.CopyOf(t, "../../examples/flux")
	shell.MustRun(t, folder, check, environment...)
	require.Empty(t, r.written)
	shell.MustRun(t, folder, publish, environment...)
	require.Contains(t, r.written, "PUT /v2/cindy/hello-world/manifests/6a3a1b7")
	require.Contains(t, r.written, "PUT /v2/cindy/hello-world/manifests/production")
}

func readYAML(t *testing.T, path string, target any) {
	t.Helper()
	require.NoError(t, yaml.Unmarshal([]byte(shell.Read(t, path)), target))
}

// TestFluxPublishesNothing breaks each stage once.
func TestFluxPublishesNothing(t *testing.T) {
	const east, west = "clusters/east/kustomization.yaml", "clusters/west/kustomization.yaml"
	const variables = "      postBuild:\n        substitute:\n"
	for name, test := range map[string]struct {
		edits   []edit
		message string
	}{
		"the function fails":       {[]edit{{"app/service.yaml", `"private"`, `"privat"`}}, "error PE110"},
		"the function is left out": {[]edit{{"publish.sh", " --enable-exec", ""}}, "error PE162"},
		"nothing is rendered":      {[]edit{{"app/kustomization.yaml", "resources:\n- service.yaml", "resources: []"}}, "error PE106"},
		"a variable has no value":  {[]edit{{west, "CLUSTER_DOMAIN", "DOMAIN"}}, "variable not set (strict mode): \"CLUSTER_DOMAIN\""},
		"a cluster moves the application": {
			[]edit{{west, variables, "      targetNamespace: dora\n" + variables}}, "error PE165",
		},
		"a cluster takes the protection away": {[]edit{{west, variables, unprotects + variables}}, "error PE221"},
		"two hosts become one": {[]edit{
			{"app/kustomization.yaml", "- service.yaml\n", "- service.yaml\n- docs.yaml\n"},
			{"app/docs.yaml", "", docs},
			{east, variables, variables + "          DOCS_HOST: docs.example.com\n"},
			{west, variables, variables + "          DOCS_HOST: hello-world-cindy.apps.west.example.com\n"},
		}, "error PE202"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := shell.CopyOf(t, "../../examples/flux")
			for _, e := range test.edits {
				e.apply(t, folder)
			}
			r := newOCIRegistry(t)
			result := r.publish(t, folder)
			require.NotZero(t, result.Status)
			require.Contains(t, result.Stdout+result.Stderr, test.message)
			require.Empty(t, r.written)
		})
	}
}

// edit replaces old in a file, or writes a new one where old is empty.
type edit struct{ file, old, text string }

func (e edit) apply(t *testing.T, folder string) {
	t.Helper()
	if e.old == "" {
		shell.Write(t, folder, map[string]string{e.file: e.text})
		return
	}
	shell.Edit(t, filepath.Join(folder, e.file), e.old, e.text)
}

const (
	unprotects = `      patches:
      - target:
          kind: Ingress
          name: hello-world
        patch: |
          - op: remove
            path: /metadata/annotations/nginx.ingress.kubernetes.io~1auth-url
`
	docs = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: docs
spec:
  ingressClassName: nginx
  rules:
  - host: ${DOCS_HOST}
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: website
            port:
              number: 8080
`
)
