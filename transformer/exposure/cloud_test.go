package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWildcardPaths has the paths without a type that load balancers of clouds read as patterns.
func TestWildcardPaths(t *testing.T) {
	for path, want := range map[string]PathSet{
		"/*": {"/", plain}, "/": {"/", exact}, "/a": {"/a", exact}, "/a*": {"/a", plain}, "/a/*": {"/a/", plain}, "*": {"", plain}, "/a?c/*": {"/a", plain},
	} {
		require.Equal(t, want, wildcardPaths(path), path)
	}
	require.True(t, wildcardPaths("*").Everything())
	require.True(t, wildcardPaths("/*").Everything())
}
