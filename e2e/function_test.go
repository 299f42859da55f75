package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dialect is a configuration of the function: which controller it writes for.
type dialect struct {
	name string
	// class is the entry of spec.ingressClasses; empty where the function writes HTTPRoutes.
	class string
	// gateway is spec.gateway; empty where the function writes Ingresses.
	gateway string
}

var (
	nginx          = dialect{name: "nginx annotations", class: `{name: nginx, controller: ingress-nginx}`}
	traefikNginx   = dialect{name: "Traefik, nginx annotations", class: `{name: nginx, controller: traefik-nginx, version: "3.7"}`}
	traefikStatic  = dialect{name: "Traefik, signIn: static", class: `{name: traefik, controller: traefik, version: "3.7"}`}
	traefikErrors  = dialect{name: "Traefik, signIn: errors", class: `{name: traefik, controller: traefik, version: "3.7", traefik: {signIn: errors, signInService: {name: oauth2-proxy, namespace: auth, port: 80}}}`}
	traefikNoLogin = dialect{name: "Traefik, signIn: none", class: `{name: traefik, controller: traefik, version: "3.7", traefik: {signIn: none}}`}
	// Of Gateway API the sign-in forms are the same Middlewares; one is enough to see that they are asked.
	traefikGateway = dialect{name: "Traefik, HTTPRoute, signIn: errors", gateway: `{name: public, namespace: gateways, sectionName: https, controller: traefik, version: "3.7", traefik: {signIn: errors, signInService: {name: oauth2-proxy, namespace: auth, port: 80}}}`}
)

// manifests returns those of the matrix as people write them for the dialect.
func (d dialect) manifests() string {
	if d.gateway != "" {
		return matrixRoutes
	}
	return matrixManifests
}

// configuration is the configuration of the function, with the class of the dialect first and the other one after it.
func (d dialect) configuration() string {
	classes, gateway := []string{d.class, nginx.class}, "null"
	switch {
	case d == nginx, d == traefikNginx:
		classes = []string{d.class, traefikErrors.class}
	case d.gateway != "":
		classes, gateway = []string{nginx.class, traefikErrors.class}, d.gateway
	}
	return fmt.Sprintf(`apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata: {name: private-endpoints}
spec:
  subdomain: apps.example.com
  ingressClasses:
  - %s
  - %s
  gateway: %s
  tls: {secretName: wildcard-apps}
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access: {groups: ["{namespace}"]}
`, classes[0], classes[1], gateway)
}

// transform returns what the function makes of manifests.
func (d dialect) transform(t *testing.T, manifests string) string {
	t.Helper()
	stdout, stderr, err := d.call(t, manifests)
	require.NoError(t, err, stderr)
	return stdout
}

// verify returns what the verifier reports, as "severity code object"; information is left out.
func (d dialect) verify(t *testing.T, manifests string) []string {
	t.Helper()
	stdout, stderr, err := d.call(t, manifests, "verify", "--format", "json", "--exit-zero")
	require.NoError(t, err, stderr)
	var report struct {
		Findings []struct {
			Code, Severity string
			Object         struct{ Kind, Namespace, Name string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	found := []string{}
	for _, f := range report.Findings {
		if f.Severity != "info" {
			found = append(found, fmt.Sprintf("%s %s %s %s/%s", f.Severity, f.Code, f.Object.Kind, f.Object.Namespace, f.Object.Name))
		}
	}
	return found
}

func (d dialect) call(t *testing.T, manifests string, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "private-endpoints.yaml")
	require.NoError(t, os.WriteFile(file, []byte(d.configuration()), 0o644))
	command := exec.Command("../bin/private-endpoints", append(arguments, "--config", file)...)
	command.Stdin = strings.NewReader(manifests)
	var out, log bytes.Buffer
	command.Stdout, command.Stderr = &out, &log
	err = command.Run()
	return out.String(), log.String(), err
}
