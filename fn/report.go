package fn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// The formats of a report.
const (
	formatText   = "text"
	formatJSON   = "json"
	formatSARIF  = "sarif"
	formatGitHub = "github"
)

// checkFormat refuses a format that a command does not have.
func checkFormat(format string, known ...string) error {
	if !slices.Contains(known, format) {
		return fmt.Errorf("--format %s is not known: use one of %s", format, strings.Join(known, ", "))
	}
	return nil
}

// writeReport writes what was found to stdout.
func (p Process) writeReport(report transformer.Report, format string) error {
	switch format {
	case formatJSON:
		return p.writeJSON(report)
	case formatSARIF:
		return report.Findings.WriteSARIF(p.Stdout, transformer.Rules(), p.version())
	case formatGitHub:
		if err := report.Findings.WriteGitHub(p.Stdout); err != nil {
			return err
		}
	default:
		if err := report.Findings.WriteText(p.Stdout); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(p.Stdout, "%s: %s, %s\n", count(len(report.Endpoints), "private endpoint"),
		count(report.Findings.Count(finding.Error), "error"), count(report.Findings.Count(finding.Warning), "warning"))
	return err
}

func (p Process) writeJSON(report transformer.Report) error {
	encoder := json.NewEncoder(p.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Findings  finding.List `json:"findings"`
		Endpoints int          `json:"endpoints"`
		Private   int          `json:"private"`
	}{append(finding.List{}, report.Findings.Sorted()...), len(report.Routes), len(report.Endpoints)})
}
