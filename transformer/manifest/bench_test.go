package manifest

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// manyItems returns a ResourceList of n items, about 900 bytes each, as kustomize sends it.
func manyItems(n int) []byte {
	kinds := []string{"apps/v1 Deployment", "v1 Service", "networking.k8s.io/v1 Ingress", "v1 ConfigMap"}
	var list bytes.Buffer
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range n {
		var apiVersion, kind string
		_, err := fmt.Sscanf(kinds[i%len(kinds)], "%s %s", &apiVersion, &kind)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&list, "- apiVersion: %s\n  kind: %s\n  metadata:\n    annotations:\n      kustomize.config.k8s.io/id: |\n", apiVersion, kind)
		fmt.Fprintf(&list, "        kind: %s\n        name: item-%d\n      config.kubernetes.io/index: '%d'\n    name: item-%d\n  spec:\n", kind, i, i, i)
		for port := range 12 {
			fmt.Fprintf(&list, "  - name: \"port-%d\"\n    port: %d\n    args: [a, \"b\"]\n", port, port)
		}
	}
	list.WriteString("functionConfig:\n  apiVersion: v1\n  kind: ConfigMap\n")
	return list.Bytes()
}

// BenchmarkUnchanged reads 10,000 items, asks for the kind of each and writes them back.
func BenchmarkUnchanged(b *testing.B) {
	input := manyItems(10_000)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		set, findings := Read(input)
		require.Empty(b, findings)
		for _, item := range set.Items() {
			require.NotEmpty(b, item.Kind())
		}
		_, err := set.WriteTo(io.Discard)
		require.NoError(b, err)
	}
}

// BenchmarkUnchangedStream is BenchmarkUnchanged over a plain stream.
func BenchmarkUnchangedStream(b *testing.B) {
	input := bytes.ReplaceAll(manyItems(10_000), []byte("\n- apiVersion: "), []byte("\n---\n  apiVersion: "))
	input = input[bytes.Index(input, []byte("---\n")):bytes.Index(input, []byte("functionConfig:"))]
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		set, findings := Read(input)
		require.Empty(b, findings)
		for _, item := range set.Items() {
			item.Kind()
		}
		_, err := set.WriteTo(io.Discard)
		require.NoError(b, err)
	}
}

// BenchmarkEdited adds an annotation to every twentieth of 10,000 items.
func BenchmarkEdited(b *testing.B) {
	input := manyItems(10_000)
	b.ReportAllocs()
	for b.Loop() {
		set, _ := Read(input)
		for n, item := range set.Items() {
			if n%20 == 0 {
				require.NoError(b, item.SetAnnotation("example.com/a", "b"))
			}
		}
		_, err := set.WriteTo(io.Discard)
		require.NoError(b, err)
	}
}
