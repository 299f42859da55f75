package fn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer"
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
	// Service is the backend as namespace/name.
	Service string `json:"service"`
}

const endpointsHelp = `List the endpoints of rendered manifests, and which of them are private.

Private is what is marked private and asks everybody who comes. With --format json the list can be kept in git and given to
"verify --baseline", which fails when a private endpoint has become public.`

const endpointsExamples = `  private-endpoints endpoints --config private-endpoints.yaml rendered/
  private-endpoints endpoints --config private-endpoints.yaml --format json rendered/ > endpoints.json`

const formatTable = "table"

func (p Process) endpointsCommand() *cobra.Command {
	var configuration, format string
	var options transformer.VerifyOptions
	command := &cobra.Command{
		Use:     "endpoints [FILE|DIR...|-]",
		Short:   "List the endpoints, and which of them are private",
		Long:    endpointsHelp,
		Example: endpointsExamples,
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := checkFormat(format, formatTable, formatJSON); err != nil {
				return err
			}
			report, err := p.judge(configuration, arguments, options)
			if err != nil {
				return err
			}
			if len(report.Routes) == 0 && report.Findings.HasErrors() {
				_ = p.writeText(p.Stderr, p.style.heard(report.Findings))
				return status(statusFindings)
			}
			return p.writeListing(list(report.Routes), format)
		},
	}
	flags := command.Flags()
	flags.StringVar(&configuration, "config", "", "`FILE` with the configuration of the function")
	flags.StringVar(&options.Namespace, "namespace", "", "`NAMESPACE` of objects that have none")
	flags.StringVar(&format, "format", formatTable, "how to print: table, json")
	return command
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
		all.Endpoints = append(all.Endpoints, listed{
			URL: route.URL(), Host: route.Way.Host, Path: route.Way.Paths.String(), Private: route.Private,
			Kind: source.Kind, Namespace: route.Way.Namespace, Name: source.Name, Service: route.Way.Service,
		})
	}
	return all
}

func (p Process) writeListing(all listing, format string) error {
	if format == formatJSON {
		encoder := json.NewEncoder(p.Stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(all)
	}
	table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "URL\tACCESS\tOBJECT\tSERVICE")
	for _, e := range all.Endpoints {
		access := "public"
		if e.Private {
			access = "🔒 private"
		}
		fmt.Fprintf(table, "%s\t%s\t%s %s/%s\t%s\n", e.URL, access, e.Kind, e.Namespace, e.Name, e.Service)
	}
	return table.Flush()
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
