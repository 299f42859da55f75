package fn

import (
	"encoding/json"
	"fmt"

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
	return checkValue("format", format, known...)
}

// writeReport writes what was found to stdout.
func (p Process) writeReport(report transformer.Report, format string) error {
	findings := p.style.heard(report.Findings)
	switch format {
	case formatJSON:
		return p.writeJSON(report, findings)
	case formatSARIF:
		return findings.WriteSARIF(p.Stdout, transformer.Rules(), p.version())
	case formatGitHub:
		if err := findings.WriteGitHub(p.Stdout); err != nil {
			return err
		}
	default:
		if err := p.writeText(p.Stdout, findings); err != nil {
			return err
		}
	}
	if p.style.quiet {
		return nil
	}
	_, err := fmt.Fprintf(p.Stdout, "%s: %s, %s\n", count(len(report.Endpoints), "private endpoint"),
		count(report.Findings.Count(finding.Error), "error"), count(report.Findings.Count(finding.Warning), "warning"))
	return err
}

// encode writes a value as JSON for people and programs alike.
func (p Process) encode(value any) error {
	encoder := json.NewEncoder(p.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func (p Process) writeJSON(report transformer.Report, findings finding.List) error {
	return p.encode(struct {
		Findings  finding.List `json:"findings"`
		Endpoints int          `json:"endpoints"`
		Private   int          `json:"private"`
	}{append(finding.List{}, findings.Sorted()...), len(report.Routes), len(report.Endpoints)})
}
