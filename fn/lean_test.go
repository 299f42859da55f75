package fn

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLinksNothingThatIsSlowToStart holds the program free of packages that cost time at every start, used or not: the framework of
// kyaml's functions compiles the expressions of a validation, and kyaml's openapi brings the schemas of all kinds.
func TestLinksNothingThatIsSlowToStart(t *testing.T) {
	dependencies, err := exec.Command("go", "list", "-deps", "./private-endpoints").Output()
	require.NoError(t, err)
	linked := map[string]bool{}
	for _, dependency := range strings.Fields(string(dependencies)) {
		linked[dependency] = true
	}
	require.True(t, linked["sigs.k8s.io/kustomize/kyaml/yaml"])
	for _, slow := range []string{
		"sigs.k8s.io/kustomize/kyaml/fn/framework", "sigs.k8s.io/kustomize/kyaml/openapi", "k8s.io/kube-openapi/pkg/validation/strfmt",
	} {
		require.False(t, linked[slow], slow)
	}
}
