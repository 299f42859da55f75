package fn

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// verification is how the verify command was called.
type verification struct {
	configuration string
	format        string
	baseline      string
	proof         string
	options       transformer.VerifyOptions
	exitZero      bool
}

const verifyHelp = `Prove that no private endpoint can be reached without sign-in.

verify reads rendered manifests and changes nothing. For every endpoint that is marked private it looks at each way in
that the manifests open, to the same Pods or for the same requests, and fails when one of them asks nobody to sign in. It
also finds intent that nobody has followed: the function did not run, or something undid its work after it.

With several arguments, or a folder, everything is one set: pass what is deployed together, such as one rendered
kustomization, and not a whole repository. Without an argument, and for -, manifests are read from standard input.

--proof shows one endpoint as it was judged: every way in for its hosts and to its Pods, and why each is closed.
"private-endpoints explain CODE" tells more about a finding.

Without --config, verify knows what the manifests say and no more. It does not compare groups, and it knows the controller of a
class only where the IngressClass is among the manifests.`

const verifyExamples = `  kustomize build --enable-alpha-plugins --enable-exec . | private-endpoints verify --config private-endpoints.yaml
  private-endpoints verify --config private-endpoints.yaml rendered/
  private-endpoints verify --config private-endpoints.yaml --proof shop/admin rendered/
  private-endpoints verify --config private-endpoints.yaml --format sarif rendered/ > findings.sarif`

func (p Process) verifyCommand() *cobra.Command {
	var call verification
	command := &cobra.Command{
		Use:        "verify [FILE|DIR...|-]",
		SuggestFor: []string{"check", "lint", "prove", "test", "validate"},
		Short:      "Prove that private endpoints have no public side door",
		Long:       verifyHelp,
		Example:    verifyExamples,
		RunE: func(_ *cobra.Command, arguments []string) error {
			if err := checkFormat(call.format, formatText, formatJSON, formatSARIF, formatGitHub); err != nil {
				return err
			}
			if call.proof != "" && call.format != formatText {
				return advise("leave out --format", "--proof is text")
			}
			return p.verify(call, arguments)
		},
	}
	flags := command.Flags()
	flags.StringVar(&call.configuration, "config", "", "`FILE` with the configuration of the function")
	flags.StringVar(&call.format, "format", formatText, "`FORMAT` of the report: text, json, sarif, github")
	flags.StringVar(&call.baseline, "baseline", "", "`FILE` of \"endpoints --format json\": what was private there must not be public")
	flags.StringVar(&call.proof, "proof", "", "print how the private endpoint `NAMESPACE/NAME` was judged")
	flags.StringVar(&call.options.Namespace, "namespace", "", "`NAMESPACE` of objects that have none")
	flags.BoolVar(&call.options.IgnoreWaivers, "no-waivers", false, "let waived findings count")
	flags.BoolVar(&call.exitZero, "exit-zero", false, "exit with status 0 whatever was found")
	return command
}

// verify runs the command.
func (p Process) verify(call verification, arguments []string) error {
	if call.baseline != "" {
		var err error
		if call.options.Baseline, err = readBaseline(call.baseline); err != nil {
			return advise(`it is an output of "private-endpoints endpoints --format json", kept in git`, "the baseline cannot be read: %w", pathError(err))
		}
	}
	call.options.Explain = call.proof != ""
	report, err := p.judge(call.configuration, arguments, call.options)
	if err != nil {
		return err
	}
	if call.proof != "" {
		if err := p.writeProof(report, call.proof); err != nil {
			return err
		}
	}
	if err := p.writeReport(report, call.format); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	if report.Findings.HasErrors() && !call.exitZero {
		return status(statusFindings)
	}
	return nil
}

// readConfiguration reads a configuration from a file; there is none where the name is empty.
func (p Process) readConfiguration(name string) (*config.Config, finding.List, error) {
	if name == "" {
		return nil, nil, nil
	}
	document, err := readConfigurationFile(name)
	if err != nil {
		return nil, nil, err
	}
	settings, findings := decode(document, name)
	return settings, findings, nil
}
