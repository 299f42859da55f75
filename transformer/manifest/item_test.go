package manifest

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadKeepsBytes(t *testing.T) {
	const input = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n---\nkind: Secret\n"
	set, findings := Read([]byte(input))
	require.Empty(t, findings)
	require.Len(t, set.Items(), 2)
	var out bytes.Buffer
	_, err := set.WriteTo(&out)
	require.NoError(t, err)
	require.Equal(t, input, out.String())
}
