package controller

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// settings is the configuration that a test starts from. Tests change it in Go, so that only what they are about is
// written down.
func settings(t *testing.T, class string, changes ...func(*config.Config)) *config.Config {
	t.Helper()
	decoded, findings := config.Decode([]byte(`
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata: {name: private-endpoints}
spec:
  subdomain: apps.example.com
  ingressClasses: [` + class + `]
  tls: {secretName: wildcard-apps}
  auth: {url: "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth", signInURL: "https://auth.example.com/oauth2/start"}
  access: {groups: ["{namespace}"]}
`))
	require.Empty(t, findings)
	for _, change := range changes {
		change(decoded)
	}
	return decoded
}

// service is the source of most tests; port is one line of YAML.
func service(namespace, name, port string) string {
	return "apiVersion: v1\nkind: Service\nmetadata:\n  name: " + name + "\n  namespace: \"" + namespace + "\"" +
		"\n  annotations:\n    dev.okteto.com/auto-ingress: private\nspec:\n  ports:\n  - " + port + "\n"
}

// ingress is a private Ingress with more annotations, as lines of YAML.
func ingress(annotations string) string {
	return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
` + annotations + `spec:
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: admin, port: {number: 8080}}}
`
}

// transform runs a set through this room and returns the set, which is complete when the findings hold no error.
func transform(t *testing.T, settings *config.Config, input string) (*manifest.Set, finding.List) {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	classes, findings := Resolve(settings)
	require.Empty(t, findings)
	plan, findings := endpoint.Expand(set, settings, endpoint.Options{})
	require.False(t, findings.HasErrors(), findings)
	findings = classes.Apply(plan, settings)
	if !findings.HasErrors() {
		require.Empty(t, plan.Write())
	}
	return set, findings
}

// TestResolveNamesTheSupportedControllers has every controller that a configuration may name, of which some are not
// supported yet: such a class would stay open.
func TestResolveNamesTheSupportedControllers(t *testing.T) {
	supportedIDs := []string{"ingress-nginx", "traefik", "traefik-nginx", "haproxy-ingress", "f5-nginx"}
	for _, id := range config.ControllerIDs {
		t.Run(id, func(t *testing.T) {
			_, findings := Resolve(settings(t, nginxClass+", {name: other, controller: "+id+"}"))
			if slices.Contains(supportedIDs, id) {
				require.Empty(t, findings)
				return
			}
			known := All()[slices.IndexFunc(All(), func(c Controller) bool { return c.ID == id })]
			require.NotEmpty(t, known.ByHand)
			require.Equal(t, finding.List{Unsupported.At(finding.Object{}, "spec.ingressClasses[1].controller",
				fmt.Sprintf("controller %q cannot protect endpoints in this version", id), known.ByHand+"; supported are "+strings.Join(supportedIDs, ", "))}, findings)
		})
	}
}

func TestResolveRefusesSettingsOfAControllerWithoutAny(t *testing.T) {
	_, findings := Resolve(settings(t, "{name: nginx, controller: ingress-nginx, ingress-nginx: {a: b}}"))
	require.Equal(t, finding.List{WrongSettings.At(finding.Object{}, "spec.ingressClasses[0].ingress-nginx", "ingress-nginx has no settings", "remove them")}, findings)
}
