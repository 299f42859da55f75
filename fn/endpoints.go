package fn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// listing is the JSON form of the routes of a set. It is kept in git and compared with later: a key keeps its meaning, and new
// ones may come.
type listing struct {
	Endpoints []listed `json:"endpoints"`
}

type listed struct {
	URL  string `json:"url"`
	Host string `json:"host"`
	Path string `json:"path"`
	// Private says that the endpoint is marked private, and that everybody who comes is asked.
	Private bool `json:"private"`
	// Kind, Namespace and Name are those of the object that asks for the endpoint.
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Service is the backend as namespace/name, and Port its port by name or number.
	Service string `json:"service"`
	Port    string `json:"port,omitempty"`
	// Access is "private" where that is proved, "not proved" where the endpoint is marked private and may be open, or "public".
	Access verify.Access `json:"access,omitempty"`
	// Groups are those whose members are let in, and Admits says who is where there are none.
	Groups     []string `json:"groups,omitempty"`
	Admits     string   `json:"admits,omitempty"`
	Controller string   `json:"controller,omitempty"`
	// Hidden and Declared are wishes of the objects for the other formats.
	Hidden   bool     `json:"hidden,omitempty"`
	Declared []string `json:"declared,omitempty"`
	// Findings are what verify finds about the endpoint.
	Findings []listedFinding `json:"findings,omitempty"`
}

type listedFinding struct {
	Code     string           `json:"code"`
	Severity finding.Severity `json:"severity"`
	Waived   bool             `json:"waived,omitempty"`
}

const endpointsHelp = `List the endpoints of rendered manifests, and who may enter them.

A lock stands where it is proved that nobody enters without sign-in. An endpoint that is marked private and not proved to be carries an
alarm, and the codes of what verify found; without --config these are all whose class no IngressClass explains. The rest is public.

Endpoints are sorted by namespace, host and path. Those with the annotation dev.okteto.com/hide-from-ui: "true" are left out
of tables and pages without --all; dev.okteto.com/endpoints puts other URLs in the place of an object's own. These are shown as
declared, because nothing is proved about them. JSON has everything.

With --format json the list can be kept in git and given to "verify --baseline", which fails when a private endpoint has become
public. --format markdown suits a comment on a merge request, and --format html is a page that needs no other file.

The exit status is 1 when there is an error finding; the listing is complete nevertheless.`

const endpointsExamples = `  private-endpoints endpoints --config private-endpoints.yaml rendered/
  private-endpoints endpoints --config private-endpoints.yaml --format html rendered/ > endpoints.html
  private-endpoints endpoints --config private-endpoints.yaml --format json rendered/ > baseline.json`

const (
	formatTable    = "table"
	formatMarkdown = "markdown"
	formatHTML     = "html"
)

func (p Process) endpointsCommand() *cobra.Command {
	var configuration, format string
	var all bool
	var options transformer.VerifyOptions
	command := &cobra.Command{
		Use:     "endpoints [FILE|DIR...|-]",
		Short:   "List the endpoints, and which of them are private",
		Long:    endpointsHelp,
		Example: endpointsExamples,
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := checkFormat(format, formatTable, formatJSON, formatMarkdown, formatHTML); err != nil {
				return err
			}
			report, err := p.judge(configuration, arguments, options)
			if err != nil {
				return err
			}
			return p.list(report, format, all)
		},
	}
	flags := command.Flags()
	flags.StringVar(&configuration, "config", "", "`FILE` with the configuration of the function")
	flags.StringVar(&options.Namespace, "namespace", "", "`NAMESPACE` of objects that have none")
	flags.StringVar(&format, "format", formatTable, "`FORMAT` of the list: table, json, markdown, html")
	flags.BoolVar(&all, "all", false, "list what annotations hide or replace, too")
	return command
}

// list writes the endpoints of a report to stdout, and what is wrong and stands beside none of them to stderr.
func (p Process) list(report transformer.Report, format string, all bool) error {
	slices.SortStableFunc(report.Routes, byPlace)
	page := newPage(report, all)
	if err := p.writeText(p.Stderr, p.style.heard(page.Elsewhere)); err != nil {
		return err
	}
	// A listing of nothing could be kept as a baseline that knows nothing.
	if len(report.Routes) > 0 || !report.Findings.HasErrors() {
		if err := p.writeListing(report.Routes, page, format); err != nil {
			return fmt.Errorf("the listing cannot be written: %w", err)
		}
	}
	if report.Findings.HasErrors() {
		return status(statusFindings)
	}
	return nil
}

func (p Process) writeListing(routes []verify.Route, page page, format string) error {
	switch format {
	case formatJSON:
		return p.encode(list(routes))
	case formatMarkdown:
		return page.writeMarkdown(p.Stdout)
	case formatHTML:
		return page.writeHTML(p.Stdout)
	default:
		return page.writeTable(p.Stdout)
	}
}

// judge verifies the manifests that arguments name. The error is for a person who has called the command wrongly.
func (p Process) judge(configuration string, arguments []string, options transformer.VerifyOptions) (transformer.Report, error) {
	settings, findings, err := p.readConfiguration(configuration)
	if err != nil {
		return transformer.Report{}, fmt.Errorf("the configuration cannot be read: %w", err)
	}
	files, err := p.readInputs(arguments)
	if err != nil {
		return transformer.Report{}, err
	}
	if findings.HasErrors() {
		return transformer.Report{Findings: findings}, nil
	}
	set, problems := manifest.ReadFiles(files)
	if problems.HasErrors() {
		return transformer.Report{Findings: append(findings, problems...)}, nil
	}
	report := transformer.Verify(set, settings, options)
	report.Findings = append(findings, report.Findings...)
	return report, nil
}

func list(routes []verify.Route) listing {
	all := listing{Endpoints: []listed{}}
	for _, route := range routes {
		source := route.Source.Object()
		groups, admits := route.Admits()
		e := listed{
			URL: route.URL(), Host: route.Way.Host, Path: route.Way.Paths.String(), Private: route.Private,
			Kind: source.Kind, Namespace: route.Way.Namespace, Name: source.Name, Service: route.Way.Service, Port: route.Way.Port,
			Access: route.Access(), Groups: groups, Admits: admits, Controller: route.Controller,
			Hidden: route.Display.Hidden, Declared: route.Display.URLs,
		}
		for _, found := range route.Findings {
			e.Findings = append(e.Findings, listedFinding{found.Code, found.Severity, found.Waived != ""})
		}
		all.Endpoints = append(all.Endpoints, e)
	}
	return all
}

// readBaseline reads a listing that was written earlier. A key that this version does not know is refused: it may say more
// than would be compared.
func readBaseline(name string) ([]verify.Known, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var earlier listing
	if err := decoder.Decode(&earlier); err != nil {
		return nil, fmt.Errorf("%s is no output of \"endpoints --format json\": %w", name, err)
	}
	if earlier.Endpoints == nil {
		return nil, fmt.Errorf("%s is no output of \"endpoints --format json\": it has no endpoints", name)
	}
	var known []verify.Known
	for _, e := range earlier.Endpoints {
		known = append(known, verify.Known{URL: e.URL, Host: e.Host, Path: e.Path, Service: e.Service, Private: e.Private})
	}
	return known, nil
}
