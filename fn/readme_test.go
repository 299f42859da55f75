package fn

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var statusLine = regexp.MustCompile(`(?m)^exit status \d+\n`)

var verifyTranscript = regexp.MustCompile("(?s)```console\n\\$ private-endpoints verify.*?```\n")

// TestPagesShowWhatVerifyPrints holds the transcripts of docs/verify.md to testdata/commands/prove-it.txtar, which TestCommands runs,
// and those of the README to docs/verify.md.
func TestPagesShowWhatVerifyPrints(t *testing.T) {
	page, err := os.ReadFile("../docs/verify.md")
	require.NoError(t, err)
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	shown := verifyTranscript.FindAllString(string(readme), -1)
	require.NotEmpty(t, shown)
	for _, transcript := range shown {
		require.Contains(t, string(page), transcript)
	}
	archive := readArchive(t, "../testdata/commands/prove-it.txtar")
	for name, source := range map[string]string{"private-endpoints.yaml": "private-endpoints.yaml", "rendered.yaml": "want.yaml", "debug.yaml": "debug.yaml"} {
		example, err := os.ReadFile("../examples/hello-world/" + source)
		require.NoError(t, err)
		shown, _ := archive.file(name)
		require.Equal(t, string(example), string(shown), "%s is the one of the example", name)
	}
	for _, file := range archive.Files {
		name, ok := strings.CutSuffix(file.Name, ".args")
		if !ok {
			continue
		}
		want, _ := archive.file(name + ".want")
		transcript := "$ private-endpoints " + strings.Join(strings.Fields(string(file.Data)), " ") + "\n" + statusLine.ReplaceAllString(string(want), "")
		require.True(t, strings.Contains(string(page), "```console\n"+transcript+"```\n"), "docs/verify.md does not show %s:\n%s", name, transcript)
	}
}
