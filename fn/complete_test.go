package fn

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The directives with which cobra tells the shell what else may follow.
const (
	noFiles    = ":4"
	theseFiles = ":8"
)

// completed returns what the shell is told about a command line whose last word is being typed.
func completed(t *testing.T, line ...string) []string {
	t.Helper()
	stdout, _, status := call(nil, append([]string{"__completeNoDesc"}, line...)...)
	require.Equal(t, statusOK, status)
	return strings.Fields(string(stdout))
}

// The shell asks the program itself what may follow.
func TestComplete(t *testing.T) {
	commands := []string{"completion", "controllers", "endpoints", "explain", "help", "verify", "version", noFiles}
	for name, test := range map[string]struct{ line, want []string }{
		"a command":              {[]string{""}, commands},
		"a command by its start": {[]string{"ver"}, []string{"verify", "version", noFiles}},
		"a shell":                {[]string{"completion", ""}, []string{"bash", "fish", "powershell", "zsh", noFiles}},
		"a flag":                 {[]string{"verify", "--no"}, []string{"--no-waivers", noFiles}},
		"a configuration":        {[]string{"--config", ""}, []string{"yaml", "yml", "json", theseFiles}},
		"one to verify with":     {[]string{"verify", "--config", ""}, []string{"yaml", "yml", "json", theseFiles}},
		"a baseline":             {[]string{"verify", "--baseline", ""}, []string{"json", theseFiles}},
		"manifests":              {[]string{"verify", ""}, []string{"yaml", "yml", "json", theseFiles}},
		"more manifests":         {[]string{"endpoints", "one.yaml", ""}, []string{"yaml", "yml", "json", theseFiles}},
		"a namespace":            {[]string{"--namespace", ""}, []string{noFiles}},
		"an endpoint":            {[]string{"verify", "--proof", ""}, []string{noFiles}},
		"colours":                {[]string{"verify", "--color", ""}, []string{"auto", "always", "never", noFiles}},
		"nothing":                {[]string{"version", ""}, []string{noFiles}},
		"a second code":          {[]string{"explain", "PE201", ""}, []string{noFiles}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, completed(t, test.line...)) })
	}
}

// TestCompleteFormats holds what is proposed after --format to what each command takes.
func TestCompleteFormats(t *testing.T) {
	for _, command := range []string{"verify", "endpoints", "controllers"} {
		_, stderr, status := call(nil, command, "--format", "nonsense")
		require.Equal(t, statusUsage, status)
		_, known, found := strings.Cut(string(stderr), "hint: use one of ")
		require.True(t, found, "%s", stderr)
		require.Equal(t, append(strings.Split(strings.TrimSpace(known), ", "), noFiles), completed(t, command, "--format", ""), command)
	}
}

func TestCompleteCodes(t *testing.T) {
	stdout, _, status := call(nil, "__complete", "explain", "PE20")
	require.Equal(t, statusOK, status)
	require.Contains(t, string(stdout), "PE201\tprivate path reachable without sign-in\n")
	require.True(t, slices.Contains(completed(t, "explain", "pe20"), "PE201"), "small letters do as well")
}

// A host calls the program without arguments; kustomize calls an exec plugin of the older kind with one. Neither is taken for a
// shell that asks for completion, and such a shell is served wherever it runs.
func TestCompletionLeavesHostsAlone(t *testing.T) {
	configuration, err := filepath.Abs(configurationFile)
	require.NoError(t, err)
	run := func(mark string, arguments ...string) string {
		var stdout, stderr bytes.Buffer
		require.Equal(t, statusOK, Main(Process{
			Arguments: arguments, Stdin: strings.NewReader(privateService), Stdout: &stdout, Stderr: &stderr,
			Getenv: func(string) string { return mark },
		}), stderr.String())
		return stdout.String()
	}
	t.Chdir(t.TempDir())
	require.Contains(t, run("kind: PrivateEndpoints", configuration), "kind: Ingress")
	require.Equal(t, "verify\nversion\n"+noFiles+"\n", run("kind: PrivateEndpoints", "__completeNoDesc", "ver"))
	require.Contains(t, run("kind: PrivateEndpoints", "completion", "bash"), "__start_private-endpoints")

	for _, input := range []string{"", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"} {
		stdout, stderr, status := call([]byte(input))
		require.Equal(t, statusFindings, status, "without arguments the program is the function")
		require.Contains(t, string(stderr), "error PE")
		require.Empty(t, stdout)
	}
}

func TestCompletionScripts(t *testing.T) {
	for shell, part := range map[string]string{
		"bash": "complete -o default", "zsh": "#compdef private-endpoints", "fish": "complete -c private-endpoints", "powershell": "Register-ArgumentCompleter",
	} {
		stdout, stderr, status := call(nil, "completion", shell)
		require.Equal(t, statusOK, status)
		require.Empty(t, stderr)
		require.Contains(t, string(stdout), part, shell)
	}
}
