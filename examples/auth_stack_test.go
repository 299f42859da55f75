package examples_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// The sign-in host is public and must be: there is nothing to say about it, until it leads to the application too.
func TestSignInHostIsNoSideDoor(t *testing.T) {
	shell.Need(t, "kustomize")
	folder := shell.CopyOf(t, "auth-stack")
	output := shell.MustRun(t, folder, build+" | private-endpoints verify --config private-endpoints.yaml")
	require.Equal(t, "1 private endpoint: 0 errors, 0 warnings\n", output)

	shell.Write(t, folder, map[string]string{"app/ingress.yaml": `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: notes-on-the-sign-in-host
spec:
  ingressClassName: nginx
  rules:
  - host: auth.example.com
    http: {paths: [{path: /notes, pathType: Prefix, backend: {service: {name: notes, port: {name: http}}}}]}
`})
	shell.Edit(t, filepath.Join(folder, "app", "kustomization.yaml"), "- service.yaml\n", "- service.yaml\n- ingress.yaml\n")
	got := shell.Run(t, folder, build)
	require.NotEqual(t, 0, got.Status)
	require.Contains(t, got.Stderr, "error PE201: Ingress cindy/notes-on-the-sign-in-host: ")
}

var setting = regexp.MustCompile(`^([a-z0-9_]+) = \S`)

// Every setting of oauth2-proxy has a line that says what it is for, and none of them lets requests in unasked.
func TestEverySettingOfTheAuthStackIsExplained(t *testing.T) {
	text := shell.Read(t, "auth-stack", "oauth2-proxy", "oauth2-proxy.cfg")
	previous, settings := "", map[string]bool{}
	for line := range strings.Lines(text) {
		if match := setting.FindStringSubmatch(line); match != nil {
			require.True(t, strings.HasPrefix(previous, "# "), "%s has no explanation", match[1])
			require.False(t, settings[match[1]], "%s stands twice", match[1])
			settings[match[1]] = true
		}
		previous = line
	}
	require.NotEmpty(t, settings)
	_, leftOut, found := strings.Cut(text, "# Left out on purpose: ")
	require.True(t, found)
	for _, name := range regexp.MustCompile(`[a-z]+(_[a-z]+)+`).FindAllString(leftOut, -1) {
		require.False(t, settings[name], name)
	}
}
