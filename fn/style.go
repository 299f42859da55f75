package fn

import (
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// style is how findings are shown.
type style struct {
	quiet bool
	color string
}

// The values of --color.
const (
	colorAuto   = "auto"
	colorAlways = "always"
	colorNever  = "never"
)

// flags adds the flags about style to those of a command that reports findings.
func (s *style) flags(flags *pflag.FlagSet) {
	flags.BoolVar(&s.quiet, "quiet", false, "leave out information: report errors, warnings and waivers alone")
	flags.StringVar(&s.color, "color", colorAuto, "`WHEN` to colour the words error, warning, info: auto, always, never")
}

func (s *style) check() error {
	return checkValue("color", s.color, colorAuto, colorAlways, colorNever)
}

// heard returns the findings that are to be reported. One that somebody has accepted is, always.
func (s *style) heard(findings finding.List) finding.List {
	if !s.quiet {
		return findings
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f finding.Finding) bool { return f.Severity == finding.Info })
}

// writeText writes findings for a person.
func (p Process) writeText(w io.Writer, findings finding.List) error {
	if !p.isColoured(w) {
		return findings.WriteText(w)
	}
	return findings.WritePainted(w, paint)
}

// isColoured says whether what is written to w has colours: on a terminal that shows them, unless NO_COLOR forbids it as
// https://no-color.org says. On Windows the shells that show them set TERM.
func (p Process) isColoured(w io.Writer) bool {
	if p.style.color != colorAuto {
		return p.style.color == colorAlways
	}
	return isTerminal(w) && p.Getenv("NO_COLOR") == "" && !slices.Contains([]string{"", "dumb"}, p.Getenv("TERM"))
}

// isTerminal says whether a stream of the process is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// paint colours a word that begins a line: an error red, a warning yellow, everything else dim.
func paint(word string) string {
	color := map[string]string{string(finding.Error): "1;31", string(finding.Warning): "1;33"}[word]
	if color == "" {
		color = "2"
	}
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}
