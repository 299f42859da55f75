package finding

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// WriteText writes the list for a person: one line per Finding, the most severe first, each followed by the place, the reason
// of a waiver and a hint as far as it has them.
func (l List) WriteText(w io.Writer) error {
	return l.WritePainted(w, func(word string) string { return word })
}

// WritePainted is WriteText for a terminal: paint colours the words at the beginning of the lines, which are the severity,
// "waived" in its place, and "at", "waived" and "hint".
func (l List) WritePainted(w io.Writer, paint func(word string) string) error {
	for _, f := range l.Sorted() {
		weight := string(f.Severity)
		if f.Waived != "" {
			weight = "waived"
		}
		if _, err := fmt.Fprintf(w, "%s %s: %s\n", paint(weight), f.Code, visible(f.String())); err != nil {
			return err
		}
		for _, line := range [][2]string{{"at", visible(f.Object.Place())}, {"waived", visible(f.Waived)}, {"hint", f.Remedy}} {
			if line[1] == "" {
				continue
			}
			lines := strings.Split(line[1], "\n")
			for i := range lines {
				lines[i] = visible(lines[i])
			}
			if _, err := fmt.Fprintf(w, "  %s: %s\n", paint(line[0]), strings.Join(lines, "\n  ")); err != nil {
				return err
			}
		}
	}
	return nil
}

// visible returns text with characters that no one can see as their escapes. A name from the manifests must not give orders to
// a terminal, or to the log of a CI service, which reads commands at the beginning of a line.
func visible(text string) string {
	hidden := func(r rune) bool { return !unicode.IsPrint(r) }
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		if hidden(r) {
			shown.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			shown.WriteRune(r)
		}
	}
	return shown.String()
}

// escapeData and escapeProperty keep a text in its place of a workflow command:
// https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub writes the list as workflow commands, which GitHub shows beside the lines of a pull request.
func (l List) WriteGitHub(w io.Writer) error {
	for _, f := range l.Sorted() {
		properties := []string{"title=" + escapeProperty.Replace(f.Code+" "+f.Title)}
		if f.Object.File != "" {
			properties = append(properties, "file="+escapeProperty.Replace(f.Object.File))
		}
		if f.Object.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", f.Object.Line))
		}
		level := map[Severity]string{Error: "error", Warning: "warning", Info: "notice"}[f.Weight()]
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", level, strings.Join(properties, ","), escapeData.Replace(f.message())); err != nil {
			return err
		}
	}
	return nil
}

// message returns everything about a Finding that a person has to read, in lines.
func (f Finding) message() string {
	text := f.String()
	if f.Waived != "" {
		text += "\nwaived: " + f.Waived
	}
	if f.Remedy != "" {
		text += "\nhint: " + f.Remedy
	}
	return text
}
