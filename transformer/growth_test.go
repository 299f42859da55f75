package transformer_test

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/bench/workload"
	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// workloadSettings returns the configuration of the inputs of the benchmarks.
func workloadSettings(tb testing.TB) *config.Config {
	tb.Helper()
	var file bytes.Buffer
	require.NoError(tb, workload.Configuration(&file))
	settings, findings := config.Decode(file.Bytes())
	require.Empty(tb, findings)
	return settings
}

// TestGrowth doubles each input, and holds what transforming and verifying allocate to little more than twice. Time is left to the
// benchmark, which has the machine to itself.
func TestGrowth(t *testing.T) {
	sizes := map[string]int{"one large item": 20_000, "deep nesting": 400}
	settings := workloadSettings(t)
	for name, write := range workload.Shapes {
		t.Run(name, func(t *testing.T) {
			size := sizes[name]
			if size == 0 {
				size = 1000
			}
			for work, do := range map[string]func(*manifest.Set){
				"transform": func(set *manifest.Set) { transformer.Transform(set, settings, transformer.Options{}) },
				"verify":    func(set *manifest.Set) { transformer.Verify(set, settings, transformer.VerifyOptions{}) },
			} {
				once, twice := allocated(t, write, size, do), allocated(t, write, 2*size, do)
				t.Logf("%s: %d and %d allocations, %d and %d bytes", work, once.Mallocs, twice.Mallocs, once.TotalAlloc, twice.TotalAlloc)
				require.Less(t, float64(twice.Mallocs)/float64(once.Mallocs), 2.2, work)
				require.Less(t, float64(twice.TotalAlloc)/float64(once.TotalAlloc), 2.2, work)
			}
		})
	}
}

// allocated returns what do allocates on an input of a size.
func allocated(t *testing.T, write func(io.Writer, int), size int, do func(*manifest.Set)) runtime.MemStats {
	t.Helper()
	var text bytes.Buffer
	write(&text, size)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	set, findings := manifest.Read(text.Bytes())
	require.Empty(t, findings)
	do(set)
	runtime.ReadMemStats(&after)
	return runtime.MemStats{Mallocs: after.Mallocs - before.Mallocs, TotalAlloc: after.TotalAlloc - before.TotalAlloc}
}
