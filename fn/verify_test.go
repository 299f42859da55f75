package fn

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"

	"github.com/private-endpoints/private-endpoints/transformer"
)

// TestVerifyGolden runs verify over every case of every archive in testdata/verify. An archive is named after the code of a
// finding and shows when it is reported and when it is not. The files of the case "alias" are
//
//	alias.yaml         the rendered manifests; those of endpoint.yaml stand before them where the archive has that file
//	alias.args         arguments, one per line, when there are any
//	alias.config.yaml  the configuration; else the archive's config.yaml, else testdata/config.yaml; "none" for none
//	alias.want         what verify prints
func TestVerifyGolden(t *testing.T) {
	paths, err := filepath.Glob("../testdata/verify/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		code := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(code, func(t *testing.T) {
			archive := readArchive(t, path)
			leaks, misses := 0, 0
			for _, name := range archive.cases() {
				if name == "endpoint" {
					continue
				}
				t.Run(name, func(t *testing.T) {
					if archive.verify(t, name, code) {
						leaks++
					} else {
						misses++
					}
				})
			}
			require.NotZero(t, leaks, "no case shows %s", code)
			require.NotZero(t, misses, "no case shows a near miss of %s", code)
			if golden.FlagUpdate() {
				archive.write(t, path)
			}
		})
	}
}

// TestEverySideDoorHasAnArchive holds that the leak and the near miss of every rule about side doors are shown, and nothing else.
func TestEverySideDoorHasAnArchive(t *testing.T) {
	known := map[string]bool{}
	for _, rule := range transformer.Rules() {
		known[rule.Code] = true
		if rule.Code >= "PE200" && rule.Code < "PE800" {
			require.FileExists(t, "../testdata/verify/"+rule.Code+".txtar")
		}
	}
	paths, err := filepath.Glob("../testdata/verify/*.txtar")
	require.NoError(t, err)
	for _, path := range paths {
		require.True(t, known[strings.TrimSuffix(filepath.Base(path), ".txtar")], "%s is named after no rule", path)
	}
}

// verify runs one case and says whether a code was reported.
func (a archive) verify(t *testing.T, name, code string) bool {
	input, _ := a.file(name + ".yaml")
	if endpoint, ok := a.file("endpoint.yaml"); ok {
		input = bytes.Join([][]byte{endpoint, input}, []byte("---\n"))
	}
	arguments := []string{"verify"}
	if lines, ok := a.file(name + ".args"); ok {
		arguments = append(arguments, strings.Fields(string(lines))...)
	}
	configuration := a.configurationFlag(t, name)
	stdout, stderr, exit := call(input, append(arguments, configuration...)...)
	stdout = withoutFolder(stdout, configuration)
	require.Empty(t, stderr)
	if golden.FlagUpdate() {
		a.set(name+".want", name+".yaml", stdout)
	} else {
		want, _ := a.file(name + ".want")
		require.Equal(t, string(want), string(stdout))
	}
	failed := bytes.HasPrefix(stdout, []byte("error PE"))
	require.Equal(t, failed, exit == statusFindings)
	return bytes.Contains(stdout, []byte(" "+code+":"))
}

// withoutFolder takes the folder of a configuration out of messages, which is another one every time.
func withoutFolder(messages []byte, configuration []string) []byte {
	if len(configuration) == 0 {
		return messages
	}
	folder := filepath.ToSlash(filepath.Dir(configuration[1])) + "/"
	return bytes.ReplaceAll(messages, []byte(folder), nil)
}

// configurationFlag returns the flag that names the configuration of a case, which has been written to a file.
func (a archive) configurationFlag(t *testing.T, name string) []string {
	t.Helper()
	configuration := a.configuration(t, name)
	if configuration == nil {
		return nil
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(file, configuration, 0o600))
	return []string{"--config", file}
}
