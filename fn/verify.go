package fn

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// verification is how the verify command was called.
type verification struct {
	configuration string
	options       transformer.VerifyOptions
	exitZero      bool
}

const verifyHelp = `Prove that no private endpoint can be reached without sign-in.

verify reads rendered manifests and changes nothing. For every endpoint that is marked private it looks at each way in
that the manifests open, to the same Pods or for the same requests, and fails when one of them asks nobody to sign in. It
also finds intent that nobody has followed: the function did not run, or something undid its work after it.

With several arguments, or a folder, everything is one set: pass what is deployed together, such as one rendered
kustomization, and not a whole repository.`

const verifyExamples = `  kustomize build --enable-alpha-plugins --enable-exec . | private-endpoints verify --config private-endpoints.yaml
  private-endpoints verify --config private-endpoints.yaml rendered/`

func (p Process) verifyCommand() *cobra.Command {
	var call verification
	command := &cobra.Command{
		Use:     "verify [FILE|DIR...|-]",
		Short:   "Prove that private endpoints have no public side door",
		Long:    verifyHelp,
		Example: verifyExamples,
		RunE: func(_ *cobra.Command, arguments []string) error {
			if exit := p.verify(call, arguments); exit != statusOK {
				return status(exit)
			}
			return nil
		},
	}
	flags := command.Flags()
	flags.StringVar(&call.configuration, "config", "", "`FILE` with the configuration of the function")
	flags.StringVar(&call.options.Namespace, "namespace", "", "`NAMESPACE` of objects that have none")
	flags.BoolVar(&call.options.IgnoreWaivers, "no-waivers", false, "let waived findings count")
	flags.BoolVar(&call.exitZero, "exit-zero", false, "exit with status 0 whatever was found")
	return command
}

// verify runs the command and returns the exit status.
func (p Process) verify(call verification, arguments []string) int {
	settings, findings, err := p.readConfiguration(call.configuration)
	if err != nil {
		fmt.Fprintf(p.Stderr, "private-endpoints: the configuration cannot be read: %v\n", err)
		return statusUsage
	}
	var report transformer.Report
	if !findings.HasErrors() {
		input, err := io.ReadAll(p.Stdin)
		if err != nil {
			fmt.Fprintf(p.Stderr, "private-endpoints: stdin cannot be read: %v\n", err)
			return statusFindings
		}
		var set *manifest.Set
		if set, findings = manifest.Read(input); !findings.HasErrors() {
			report = transformer.Verify(set, settings, call.options)
			findings = append(findings, report.Findings...)
		}
	}
	_ = arguments
	_ = findings.WriteText(p.Stdout)
	fmt.Fprintf(p.Stdout, "%s: %s, %s\n", count(len(report.Endpoints), "private endpoint"),
		count(findings.Count(finding.Error), "error"), count(findings.Count(finding.Warning), "warning"))
	if findings.HasErrors() && !call.exitZero {
		return statusFindings
	}
	return statusOK
}

// readConfiguration reads a configuration from a file; there is none where the name is empty.
func (p Process) readConfiguration(name string) (*config.Config, finding.List, error) {
	if name == "" {
		return nil, nil, nil
	}
	document, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	settings, findings := config.Decode(document)
	return settings, findings, nil
}
