package hosts_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// completions are command lines, the last word of which is being typed, and what the shell must propose. The folder holds
// config.yaml, notes.txt and baseline.json.
var completions = map[string]string{
	"private-endpoints ver":                "verify version",
	"private-endpoints explain PE20":       "PE201 PE202 PE203 PE204 PE205 PE206 PE207 PE208 PE209",
	"private-endpoints verify --format ":   "github json sarif text",
	"private-endpoints verify --config ":   "baseline.json config.yaml",
	"private-endpoints verify --baseline ": "baseline.json",
	"private-endpoints verify c":           "config.yaml",
}

// completes asks a shell for every one of completions; script prints what follows the line in $1, one per line.
func completes(t *testing.T, program, script string) {
	t.Helper()
	shell.Need(t, program)
	folder := t.TempDir()
	shell.Write(t, folder, map[string]string{"config.yaml": "", "notes.txt": "", "baseline.json": ""})
	for line, want := range completions {
		got := shell.MustRun(t, folder, program+" -c '"+script+"' "+program+" '"+line+"' | sort -u")
		require.Equal(t, want, strings.Join(strings.Fields(got), " "), "%s: %s", program, line)
	}
}

func TestCompletionInBash(t *testing.T) {
	completes(t, "bash", `
		source /usr/share/bash-completion/bash_completion
		source <(private-endpoints completion bash)
		compopt() { :; } # which works only while a person presses the key
		COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
		read -ra COMP_WORDS <<<"$1"
		[[ $1 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		__start_private-endpoints
		printf "%s\n" "${COMPREPLY[@]%% *}"`)
}

// fish completes a line without a person. It proposes every file where the program names extensions, which it cannot filter by.
func TestCompletionInFish(t *testing.T) {
	shell.Need(t, "fish")
	for _, line := range []string{"private-endpoints ver", "private-endpoints explain PE20", "private-endpoints verify --format "} {
		got := shell.MustRun(t, t.TempDir(), `fish -c 'private-endpoints completion fish | source; complete -C "`+line+`"' | cut -f 1 | sort`)
		require.Equal(t, completions[line], strings.Join(strings.Fields(got), " "), line)
	}
}

// zsh completes only for a person; here it loads the script and knows whom to ask.
func TestCompletionInZsh(t *testing.T) {
	shell.Need(t, "zsh")
	got := shell.MustRun(t, t.TempDir(), `zsh -fc 'autoload -U compinit; compinit -u -D; source <(private-endpoints completion zsh); print $_comps[private-endpoints]'`)
	require.Equal(t, "_private-endpoints\n", got)
}
