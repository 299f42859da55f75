package fn

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
)

// TestCommands runs command lines in a folder with the files of an archive in testdata/commands. The command "alias" is
//
//	alias.args   the arguments, one per line
//	alias.stdin  standard input, empty where there is none
//	alias.want   what it prints, first to stdout and then to stderr, and its exit status where that is not 0
func TestCommands(t *testing.T) {
	paths, err := filepath.Glob("../testdata/commands/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		path, err := filepath.Abs(path)
		require.NoError(t, err)
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive := readArchive(t, path)
			archive.extract(t)
			for _, file := range slices.Clone(archive.Files) {
				if name, ok := strings.CutSuffix(file.Name, ".args"); ok {
					t.Run(name, func(t *testing.T) { archive.command(t, name, strings.Fields(string(file.Data))) })
				}
			}
			if golden.FlagUpdate() {
				archive.write(t, path)
			}
		})
	}
}

// extract makes a folder of the archive the working directory.
func (a archive) extract(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, file := range a.Files {
		require.NoError(t, os.MkdirAll(filepath.Dir(file.Name), 0o755))
		require.NoError(t, os.WriteFile(file.Name, file.Data, 0o600))
	}
}

func (a archive) command(t *testing.T, name string, arguments []string) {
	t.Helper()
	input, _ := a.file(name + ".stdin")
	stdout, stderr, exit := call(input, arguments...)
	got := string(stdout) + string(stderr)
	if exit != statusOK {
		got += fmt.Sprintf("exit status %d\n", exit)
	}
	if golden.FlagUpdate() {
		a.set(name+".want", name+".args", []byte(got))
		return
	}
	want, _ := a.file(name + ".want")
	require.Equal(t, string(want), got)
}
