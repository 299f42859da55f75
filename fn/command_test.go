package fn

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const configurationFile = "../testdata/config.yaml"

const privateService = `apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: "private"
spec:
  ports:
  - port: 8080
`

func TestExitStatus(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		input     string
		status    int
		message   string
	}{
		"nothing wrong":       {[]string{"--config", configurationFile}, privateService, statusOK, "info PE901"},
		"an error finding":    {[]string{"--config", configurationFile}, strings.Replace(privateService, "private", "privat", 1), statusFindings, "error PE110"},
		"empty stdin":         {[]string{"--config", configurationFile}, "", statusFindings, "did the command before fail?"},
		"blank stdin":         {[]string{"--config", configurationFile}, " \n\n", statusFindings, "did the command before fail?"},
		"no configuration":    {nil, privateService, statusFindings, "error PE100"},
		"no such file":        {[]string{"--config", "nowhere.yaml"}, privateService, statusUsage, "the configuration cannot be read"},
		"unknown flag":        {[]string{"--confg", configurationFile}, privateService, statusUsage, "unknown flag: --confg"},
		"unknown command":     {[]string{"verfy"}, privateService, statusUsage, `unknown command "verfy"`},
		"flag without value":  {[]string{"--config"}, privateService, statusUsage, "flag needs an argument"},
		"argument to version": {[]string{"version", "now"}, "", statusUsage, `version takes no argument: "now"`},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status := call([]byte(test.input), test.arguments...)
			require.Equal(t, test.status, status)
			require.Contains(t, string(stderr), test.message)
			if status != statusOK {
				require.Empty(t, stdout)
			}
		})
	}
}

func TestHelpIsDocumentation(t *testing.T) {
	stdout, stderr, status := call(nil, "--help")
	require.Equal(t, statusOK, status)
	require.Empty(t, stderr)
	for _, part := range []string{"auto-ingress", "generate-host", "Exit status", "--namespace", "--whole", "--quiet", "NO_COLOR", "completion bash", "version"} {
		require.Contains(t, string(stdout), part)
	}
	_, example, found := strings.Cut(string(stdout), "A minimal configuration:\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "\n\n")
	_, findings := config.Decode([]byte(strings.ReplaceAll(example+"\n", "\n  ", "\n")[2:]))
	require.Empty(t, findings, "the configuration that the help prints works")
}

func TestVersion(t *testing.T) {
	stdout, _, status := call(nil, "version")
	require.Equal(t, statusOK, status)
	require.Regexp(t, `^private-endpoints test go\S+ \w+/\w+\n$`, string(stdout))
	flag, _, status := call(nil, "--version")
	require.Equal(t, statusOK, status)
	require.Equal(t, string(stdout), string(flag))
}

// kustomize calls an exec plugin of the older kind with one argument and marks the call in the environment.
func TestLegacyPlugin(t *testing.T) {
	input := []byte(privateService)
	run := func(mark, argument string) (stdout, stderr bytes.Buffer, status int) {
		status = Main(Process{
			Arguments: []string{argument}, Stdin: bytes.NewReader(input), Stdout: &stdout, Stderr: &stderr,
			Getenv: func(name string) string {
				require.Equal(t, "KUSTOMIZE_PLUGIN_CONFIG_STRING", name)
				return mark
			},
		})
		return stdout, stderr, status
	}
	stdout, stderr, status := run("kind: PrivateEndpoints", configurationFile)
	require.Equal(t, statusOK, status, stderr.String())
	require.True(t, bytes.HasPrefix(stdout.Bytes(), input))
	require.Contains(t, stdout.String(), "kind: Ingress")

	_, stderr, status = run("", configurationFile)
	require.Equal(t, statusUsage, status, "without the mark, the argument is one too many")
	require.Contains(t, stderr.String(), "unknown command")
}

// TestAHugeItem pushes an item of 5 MB through, once as one that nobody reads and once as a source.
func TestAHugeItem(t *testing.T) {
	lines := strings.Repeat("    "+strings.Repeat("x", 99)+"\n", 50_000)
	data := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: huge\ndata:\n  text: |\n" + lines
	input := data + "---\n" + privateService
	stdout, stderr, status := call([]byte(input), "--config", configurationFile)
	require.Equal(t, statusOK, status, string(stderr))
	require.True(t, bytes.HasPrefix(stdout, []byte(input)))

	note := "    example.com/note: |\n" + strings.ReplaceAll(lines, "    x", "      x")
	source := strings.Replace(privateService, "spec:\n", note+"spec:\n", 1)
	stdout, stderr, status = call([]byte(source), "--config", configurationFile)
	require.Equal(t, statusOK, status, string(stderr))
	require.True(t, bytes.HasPrefix(stdout, []byte(source)))
	require.Contains(t, string(stdout[len(source):]), "kind: Ingress")

	broken := strings.Replace(source, `"private"`, `"Private"`, 1)
	stdout, _, status = call([]byte(broken), "--config", configurationFile)
	require.Equal(t, statusFindings, status)
	require.Empty(t, stdout)
}

// TestRealManifests sends what hosts and other projects really have through the whole program: every item that carries no
// intent leaves byte for byte as it came.
func TestRealManifests(t *testing.T) {
	for _, root := range []string{"../testdata/captured", "../../shared/corpus"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(path, ".md") {
				return err
			}
			t.Run(filepath.ToSlash(path), func(t *testing.T) { requireUntouched(t, path) })
			return nil
		})
		if os.IsNotExist(err) && root != "../testdata/captured" {
			t.Log("no corpus: only the captured inputs are read")
			continue
		}
		require.NoError(t, err)
	}
}

func requireUntouched(t *testing.T, path string) {
	t.Helper()
	input, err := os.ReadFile(path)
	require.NoError(t, err)
	arguments := []string{"--namespace", "default", "--whole"}
	if set, _ := manifest.Read(input); set == nil || set.FunctionConfig() == nil {
		arguments = append(arguments, "--config", configurationFile)
	}
	stdout, stderr, status := call(input, arguments...)
	if status != statusOK {
		require.Contains(t, string(stderr), "error PE")
		if len(stdout) > 0 {
			requireVerbatim(t, input, stdout)
		}
		return
	}
	separator := "\n---"
	if bytes.Contains(input, []byte("kind: ResourceList")) {
		separator = "\n- "
	}
	rest := string(stdout)
	for _, document := range strings.SplitAfter(string(input), separator) {
		if strings.Contains(document, "okteto") {
			continue
		}
		at := strings.Index(rest, strings.TrimSuffix(document, separator))
		require.GreaterOrEqual(t, at, 0, "lost or changed:\n%s", document)
		rest = rest[at:]
	}
}
