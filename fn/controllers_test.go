package fn

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
)

const controllersDocument = "../docs/controllers.md"

// TestControllersDocument holds docs/controllers.md to what the command prints; -update writes it.
func TestControllersDocument(t *testing.T) {
	page, stderr, exit := call(nil, "controllers", "--format", "markdown")
	require.Equal(t, statusOK, exit, "%s", stderr)
	if golden.FlagUpdate() {
		require.NoError(t, os.WriteFile(controllersDocument, page, 0o644))
	}
	got, err := os.ReadFile(controllersDocument)
	require.NoError(t, err)
	require.Equal(t, string(page), string(got), "write it again: go test ./fn -run TestControllersDocument -update")
}

// TestControllersAreDescribed: of a supported controller everything is said, of any other one what to do instead.
func TestControllersAreDescribed(t *testing.T) {
	stdout, _, exit := call(nil, "controllers", "--format", "json")
	require.Equal(t, statusOK, exit)
	var list struct{ Controllers []described }
	require.NoError(t, json.Unmarshal(stdout, &list))
	known := map[string]bool{}
	for _, d := range list.Controllers {
		t.Run(d.ID, func(t *testing.T) {
			if !d.supported() {
				require.NotEmpty(t, d.Instead)
				return
			}
			for _, said := range []string{d.Name, d.Groups, d.SignIn, d.Headers, d.Missing, d.Tested} {
				require.NotEmpty(t, said)
			}
			require.Equal(t, !d.Ingress, d.Instead != "", "what to do about an Ingress that cannot be protected")
		})
		known[d.ID] = true
	}
	for _, id := range config.ControllerIDs {
		require.True(t, known[id], "%s can be configured", id)
	}
	require.Len(t, list.Controllers, len(controller.All()))
}

func TestControllersTable(t *testing.T) {
	stdout, _, exit := call(nil, "controllers")
	require.Equal(t, statusOK, exit)
	supported, others, found := strings.Cut(string(stdout), "\nNot supported:\n")
	require.True(t, found)
	require.Regexp(t, `(?m)^ID +VERSION +INGRESS`, supported)
	require.Regexp(t, `(?m)^traefik +3\.4 +yes +yes `, supported)
	require.Regexp(t, `(?m)^kong +serve the Ingress with`, others)
	_, stderr, exit := call(nil, "controllers", "--format", "html")
	require.Equal(t, statusUsage, exit)
	require.Contains(t, string(stderr), "markdown")
}
