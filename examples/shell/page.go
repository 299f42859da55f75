package shell

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Page is a Markdown document whose commands are run. Its first lines name the folder, relative to the document, in a copy of which they run:
//
//	<!-- The commands run in ../examples/helm. -->
//
// A block marked "sh" has to succeed. A block marked "console" is a transcript: every command stands behind "$ ", and below it what a
// terminal shows. A block marked "yaml", "json" or "text" shows a part of a file of that folder.
type Page struct {
	path, folder string
	blocks       []block
}

type block struct{ language, text string }

var (
	folderLine  = regexp.MustCompile(`<!-- The commands run in (\S+)\. -->`)
	fencedBlock = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")
)

// ReadPage reads the document at path.
func ReadPage(t testing.TB, path string) Page {
	t.Helper()
	text := Read(t, path)
	folder := folderLine.FindStringSubmatch(text)
	require.NotNil(t, folder, "%s does not say where its commands run", path)
	page := Page{path: path, folder: filepath.Join(filepath.Dir(path), folder[1])}
	for _, match := range fencedBlock.FindAllStringSubmatch(text, -1) {
		page.blocks = append(page.blocks, block{match[1], match[2]})
	}
	require.NotEmpty(t, page.blocks)
	return page
}

// Run runs the blocks from top to bottom in one copy of the folder, each in a shell of its own, and returns that copy. The
// environment, as NAME=value, is added to that of the test.
func (p Page) Run(t testing.TB, environment ...string) string {
	t.Helper()
	folder := CopyOf(t, p.folder)
	for _, block := range p.blocks {
		switch block.language {
		case "sh":
			MustRun(t, folder, block.text, environment...)
		case "console":
			for _, step := range transcript(t, block.text) {
				require.Equal(t, step.output, screen(t, folder, step.command, environment), "%s: %s", p.path, step.command)
			}
		case "yaml", "json", "text":
			requireShown(t, folder, block.text)
		default:
			require.Fail(t, "a block that nothing holds to the truth", "%s: ```%s\n%s", p.path, block.language, block.text)
		}
	}
	return folder
}

// Commands returns what Run would run, from top to bottom: each block marked "sh", and each command of a transcript.
func (p Page) Commands(t testing.TB) []string {
	t.Helper()
	var commands []string
	for _, block := range p.blocks {
		switch block.language {
		case "sh":
			commands = append(commands, block.text)
		case "console":
			for _, step := range transcript(t, block.text) {
				commands = append(commands, step.command)
			}
		}
	}
	return commands
}

type step struct{ command, output string }

// transcript returns the commands of a console block, with what each prints. A command goes on where its line ends with a backslash.
func transcript(t testing.TB, text string) []step {
	t.Helper()
	var steps []step
	goesOn := false
	for line := range strings.Lines(text) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case goesOn:
			steps[len(steps)-1].command += line
		case isCommand:
			steps = append(steps, step{command: command})
		default:
			require.NotEmpty(t, steps, "a transcript begins with a command: %s", text)
			steps[len(steps)-1].output += line
			continue
		}
		goesOn = strings.HasSuffix(line, "\\\n")
	}
	return steps
}

// requireShown fails where no file under folder holds text. The file may indent it as a whole.
func requireShown(t testing.TB, folder, text string) {
	t.Helper()
	for _, content := range Snapshot(t, folder) {
		for depth := range 10 {
			if strings.Contains("\n"+content, "\n"+indented(text, strings.Repeat("  ", depth))) {
				return
			}
		}
	}
	require.Fail(t, "no file of the folder holds this", "%s:\n%s", folder, text)
}

func indented(text, prefix string) string {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			lines.WriteString(prefix)
		}
		lines.WriteString(line)
	}
	return lines.String()
}
