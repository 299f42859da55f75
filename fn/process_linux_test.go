package fn

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// TestMain is the program itself where the test is called by its name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == programName {
		os.Exit(Main(Process{
			Arguments: os.Args[1:], Getenv: os.Getenv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Version: "test",
		}))
	}
	os.Exit(m.Run())
}

// process runs a script that finds the program in PATH, in a folder with a configuration and manifests.
func process(t *testing.T, script string, environment ...string) shell.Result {
	t.Helper()
	folder := t.TempDir()
	test, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(test, filepath.Join(folder, programName)))
	configuration, err := os.ReadFile(configurationFile)
	require.NoError(t, err)
	shell.Write(t, folder, map[string]string{
		"config.yaml":  string(configuration),
		"service.yaml": privateService,
		"wrong.yaml":   strings.Replace(privateService, `"private"`, `"privat"`, 1),
		"open.yaml":    strings.Replace(privateService, "spec:\n", "spec:\n  type: LoadBalancer\n", 1),
	})
	path := folder + string(os.PathListSeparator) + os.Getenv("PATH")
	return shell.Run(t, folder, script, append([]string{"PATH=" + path, "TERM=xterm", "NO_COLOR="}, environment...)...)
}

// terminal runs a command on a terminal of its own and returns what it shows.
func terminal(t *testing.T, command string, environment ...string) string {
	t.Helper()
	shell.Need(t, "script")
	got := process(t, "script --quiet --return --command '"+command+"' /dev/null </dev/null || echo \"exit status $?\"", environment...)
	return strings.ReplaceAll(got.Stdout, "\r\n", "\n")
}

const (
	redError   = "\x1b[1;31merror\x1b[0m PE110: "
	plainError = "error PE110: "
	dimHint    = "  \x1b[2mhint\x1b[0m: "
)

func TestColours(t *testing.T) {
	const function = "private-endpoints --config config.yaml < wrong.yaml"
	const verify = "private-endpoints verify --config config.yaml wrong.yaml"
	for name, test := range map[string]struct {
		command     string
		environment []string
		coloured    bool
	}{
		"the function":                {function, nil, true},
		"the function into a file":    {function + " 2>log; cat log", nil, false},
		"verify":                      {verify, nil, true},
		"verify through a pipe":       {verify + " | cat", nil, false},
		"NO_COLOR":                    {verify, []string{"NO_COLOR=1"}, false},
		"NO_COLOR with a no":          {function, []string{"NO_COLOR=0"}, false},
		"a simple terminal":           {verify, []string{"TERM=dumb"}, false},
		"an unknown terminal":         {verify, []string{"TERM="}, false},
		"never":                       {verify + " --color never", nil, false},
		"always, through a pipe":      {verify + " --color always | cat", nil, true},
		"always in spite of NO_COLOR": {verify + " --color always", []string{"NO_COLOR=1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			shown := terminal(t, test.command, test.environment...)
			if test.coloured {
				require.Contains(t, shown, redError)
				require.Contains(t, shown, dimHint)
			} else {
				require.Contains(t, shown, plainError)
				require.NotContains(t, shown, "\x1b")
			}
		})
	}
	shown := terminal(t, "private-endpoints --config config.yaml < open.yaml")
	require.Contains(t, shown, "\x1b[1;33mwarning\x1b[0m PE135: ")
	require.Contains(t, shown, "\x1b[2minfo\x1b[0m PE901: ")
	require.Contains(t, shown, "apiVersion: v1\nkind: Service\n", "the manifests have no colours")
	shown = terminal(t, "private-endpoints verify --format json wrong.yaml")
	require.Contains(t, shown, `"severity": "error"`)
	require.NotContains(t, shown, "\x1b")
}

// Nobody waits for what a person was never told to type.
func TestStdinIsATerminal(t *testing.T) {
	for command, hint := range map[string]string{
		"private-endpoints":                      "pipe manifests in: kustomize build . | private-endpoints --config FILE",
		"private-endpoints --config config.yaml": "pipe manifests in: kustomize build . | private-endpoints --config FILE",
		"private-endpoints verify":               "pipe manifests in, or name files and folders",
		"private-endpoints endpoints":            "pipe manifests in, or name files and folders",
	} {
		require.Equal(t, "private-endpoints: stdin is a terminal\n  hint: "+hint+"\nexit status 2\n", terminal(t, command), command)
	}
}

// The next command of a pipe may stop reading, as head does.
func TestBrokenPipe(t *testing.T) {
	for _, command := range []string{"controllers", "explain PE201", "completion bash", "--help", "verify wrong.yaml", "--config config.yaml <service.yaml 2>/dev/null"} {
		got := process(t, "mkfifo pipe; exec 3<>pipe 4>pipe 3<&-; private-endpoints "+command+" >&4")
		require.Equal(t, 128+int(syscall.SIGPIPE), got.Status, command)
		require.Empty(t, got.Stderr, command)
	}
}

// Stdout that cannot be written is no wrong call, and never a success.
func TestFullDisk(t *testing.T) {
	for _, command := range []string{"controllers", "version", "explain PE201", "verify service.yaml", "verify --quiet --proof cindy/api --config config.yaml service.yaml", "--quiet --config config.yaml <service.yaml"} {
		got := process(t, "private-endpoints "+command+" >/dev/full")
		require.Equal(t, statusFindings, got.Status, command)
		require.Contains(t, got.Stderr, "no space left on device\n", command)
		require.NotContains(t, got.Stderr, "hint", command)
	}
}

// TestLinksToFolders holds that a link which is named is followed, and that one on the way is not passed over without a word.
func TestLinksToFolders(t *testing.T) {
	const outside = "mkdir -p real outside && cp open.yaml outside && cp service.yaml real && "
	named := process(t, outside+"ln -s outside link && private-endpoints verify --config config.yaml link")
	require.Contains(t, named.Stdout, "at: link/open.yaml:1")
	below := process(t, outside+"ln -s ../outside real/link && private-endpoints verify --config config.yaml real")
	require.Equal(t, statusUsage, below.Status)
	require.Equal(t, "private-endpoints: real/link is a link to a folder, which is not followed\n  hint: name the folder behind it as another argument, or remove the link\n", below.Stderr)
}
