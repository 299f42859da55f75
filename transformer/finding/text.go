package finding

import (
	"fmt"
	"io"
	"strings"
)

// WriteText writes the list for a person: one line per Finding, the most severe first, each followed by a "hint:" line
// where it has a remedy.
func (l List) WriteText(w io.Writer) error {
	for _, f := range l.Sorted() {
		if _, err := fmt.Fprintf(w, "%s %s: %s\n", f.Severity, f.Code, f); err != nil {
			return err
		}
		if f.Remedy == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "  hint: %s\n", strings.ReplaceAll(f.Remedy, "\n", "\n  ")); err != nil {
			return err
		}
	}
	return nil
}
