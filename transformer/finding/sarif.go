package finding

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	// SARIF has a large schema; the library is the one that other scanners use, and adds nothing to the start of the program.
	"github.com/owenrumney/go-sarif/v2/sarif"
)

// Source is the name of the program that reports. Every Result of a ResourceList carries it as a tag, so that a later run can tell
// its own Results from those of other functions.
const Source = "private-endpoints"

// homePage is where people learn about the program that reports.
const homePage = "https://github.com/private-endpoints/private-endpoints"

// WriteSARIF writes the list as a SARIF 2.1.0 log, which code scanning services read. rules are those of the program, version
// is its version. A Finding of an input without a name stands in a file named stdin, because the services want a place.
func (l List) WriteSARIF(w io.Writer, rules []Rule, version string) error {
	report, err := sarif.New(sarif.Version210)
	if err != nil {
		return err
	}
	run := sarif.NewRunWithInformationURI(Source, homePage)
	run.Tool.Driver.Version = &version
	texts := map[string]Rule{}
	for _, rule := range rules {
		texts[rule.Code] = rule
	}
	for _, f := range l.Sorted() {
		describe(run.AddRule(f.Code), texts[f.Code])
		run.AddResult(f.sarif())
	}
	report.AddRun(run)
	var compact, indented bytes.Buffer
	if err := report.Write(&compact); err != nil {
		return err
	}
	// The library writes an absent guid of a suppression as null, which the schema refuses.
	if err := json.Indent(&indented, bytes.ReplaceAll(compact.Bytes(), []byte(`"guid":null,`), nil), "", "  "); err != nil {
		return err
	}
	indented.WriteByte('\n')
	_, err = indented.WriteTo(w)
	return err
}

// describe gives a rule of a log its texts.
func describe(descriptor *sarif.ReportingDescriptor, rule Rule) {
	descriptor.WithShortDescription(sarif.NewMultiformatMessageString(rule.Title)).
		WithFullDescription(sarif.NewMultiformatMessageString(rule.Cause)).
		WithTextHelp(rule.Remedy).
		WithHelpURI(homePage + "/blob/main/docs/findings.md#" + strings.ToLower(rule.Code)).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(rule.Severity.sarif()))
}

func (s Severity) sarif() string {
	if s == Info {
		return "note"
	}
	return string(s)
}

// reference returns the name of a file as a URI reference.
func reference(file string) string {
	location := url.URL{Path: file}
	if strings.HasPrefix(file, "/") {
		location.Scheme = "file"
	}
	return location.String()
}

func (f Finding) sarif() *sarif.Result {
	place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(reference(cmp.Or(f.Object.File, "stdin"))))
	if f.Object.Line > 0 {
		place.WithRegion(sarif.NewRegion().WithStartLine(f.Object.Line))
	}
	location := sarif.NewLocationWithPhysicalLocation(place)
	if name := f.Object.String(); name != "" {
		location.AddLogicalLocations(sarif.NewLogicalLocation().WithFullyQualifiedName(name).WithKind("resource"))
	}
	result := sarif.NewRuleResult(f.Code).WithLevel(f.Severity.sarif()).WithMessage(sarif.NewTextMessage(f.message()))
	result.AddLocation(location)
	// The line changes with every edit above it; this does not.
	result.WithPartialFingerPrints(map[string]any{"finding/v1": f.Code + " " + f.Object.String() + " " + f.Field})
	if f.Waived != "" {
		suppression := sarif.NewSuppression("inSource").WithStatus("accepted").WithLocation(location).WithJustifcation(f.Waived)
		result.Suppressions = []*sarif.Suppression{suppression}
	}
	return result
}
