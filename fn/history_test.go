package fn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
)

// TestHistory holds that what has once made private endpoints public, in this kind of tool or beside it, does not go
// unnoticed. An archive in testdata/history tells of one such case and names the public report. verify must fail for the
// manifests of every case whose name starts with "leak", and pass the others. The files of the case "alias" are
//
//	alias.yaml           the rendered manifests
//	alias.baseline.json  what the endpoints command listed earlier, where that counts
//	alias.config.yaml    the configuration; else the archive's config.yaml, else testdata/config.yaml
//	alias.want           what verify prints
func TestHistory(t *testing.T) {
	paths, err := filepath.Glob("../testdata/history/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive := readArchive(t, path)
			require.Contains(t, string(archive.Comment), "https://", "the public report")
			passed := map[bool]bool{}
			for _, name := range archive.cases() {
				leaks := strings.HasPrefix(name, "leak")
				passed[leaks] = true
				t.Run(name, func(t *testing.T) { archive.requireNoticed(t, name, leaks) })
			}
			require.Len(t, passed, 2, "an archive has a leak and a near miss")
			if golden.FlagUpdate() {
				archive.write(t, path)
			}
		})
	}
}

// requireNoticed verifies one case, which is a leak or none.
func (a archive) requireNoticed(t *testing.T, name string, leaks bool) {
	t.Helper()
	arguments := append([]string{"verify"}, a.configurationFlag(t, name)...)
	if baseline, ok := a.file(name + ".baseline.json"); ok {
		file := filepath.Join(t.TempDir(), "baseline.json")
		require.NoError(t, os.WriteFile(file, baseline, 0o600))
		arguments = append(arguments, "--baseline", file)
	}
	input, _ := a.file(name + ".yaml")
	stdout, stderr, exit := call(input, arguments...)
	require.Empty(t, stderr)
	require.Equal(t, leaks, exit == statusFindings, "%s", stdout)
	if golden.FlagUpdate() {
		a.set(name+".want", name+".yaml", stdout)
		return
	}
	want, _ := a.file(name + ".want")
	require.Equal(t, string(want), string(stdout))
}
