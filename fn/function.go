package fn

import (
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// invocation is how the function was called.
type invocation struct {
	// configuration is a file; empty when the input carries the configuration.
	configuration string
	options       transformer.Options
}

// legacyPlugin says whether kustomize calls the program as an exec plugin of the older kind, which works without
// --enable-exec, and returns the file with the configuration. Such a call sends a plain stream and one argument.
func (p Process) legacyPlugin() (string, bool) {
	if p.Getenv("KUSTOMIZE_PLUGIN_CONFIG_STRING") == "" || len(p.Arguments) == 0 {
		return "", false
	}
	info, err := os.Stat(p.Arguments[0])
	return p.Arguments[0], err == nil && info.Mode().IsRegular()
}

// transform runs the function on stdin. Nothing is written to stdout before the set has been verified: the next command in a
// pipe may be kubectl apply.
func (p Process) transform(call invocation) error {
	if isTerminal(p.Stdin) {
		return advise(`pipe manifests in: kustomize build . | private-endpoints --config FILE`, "stdin is a terminal")
	}
	var file []byte
	if call.configuration != "" {
		var err error
		if file, err = readConfigurationFile(call.configuration); err != nil {
			return fmt.Errorf("the configuration cannot be read: %w", err)
		}
	}
	input, err := readAll(p.Stdin)
	if err != nil {
		fmt.Fprintf(p.Stderr, "private-endpoints: stdin cannot be read: %v\n", err)
		return status(statusFindings)
	}
	if p.OnInput != nil {
		p.OnInput(len(input))
	}
	set, findings := run(input, file, call)
	findings = p.style.heard(findings)
	p.writeFindings(findings)
	if err := p.writeSet(set, input, findings); err != nil {
		fmt.Fprintf(p.Stderr, "private-endpoints: nothing usable was written: %v\n", err)
		return status(statusFindings)
	}
	if findings.HasErrors() {
		return status(statusFindings)
	}
	return nil
}

// readAll reads everything, into memory of the right size where the size is known.
func readAll(source io.Reader) ([]byte, error) {
	size := bytes.MinRead
	if file, ok := source.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			size += int(info.Size())
		}
	}
	input := bytes.NewBuffer(make([]byte, 0, size))
	_, err := input.ReadFrom(source)
	return input.Bytes(), err
}

// run reads the input and transforms it. The set is nil when the input cannot be read.
func run(input, file []byte, call invocation) (*manifest.Set, finding.List) {
	set, findings := manifest.Read(input)
	if findings.HasErrors() {
		return nil, findings
	}
	settings, problems := configuration(set, file, call.configuration)
	findings = append(findings, problems...)
	if findings.HasErrors() {
		return set, findings
	}
	findings = append(findings, ofFile(transformer.Transform(set, settings, call.options), call.configuration)...)
	if findings.HasErrors() {
		// What was chosen for a set that is not written is of no interest.
		return set, findings.AtLeast(finding.Warning)
	}
	return set, findings
}

// configuration decodes the one configuration that there must be: the functionConfig of a ResourceList, or a file.
func configuration(set *manifest.Set, file []byte, name string) (*config.Config, finding.List) {
	embedded := set.FunctionConfig()
	switch {
	case embedded != nil && file != nil:
		return nil, finding.List{config.Two()}
	case file != nil:
		return decode(file, name)
	case embedded == nil:
		return nil, finding.List{config.Missing()}
	}
	document, err := embedded.JSON()
	if err != nil {
		return nil, finding.List{config.Unreadable(err)}
	}
	return config.Decode(document)
}

// writeFindings writes the findings to stderr, and their number where one is an error.
func (p Process) writeFindings(findings finding.List) {
	// Where stderr is gone there is nobody left to tell.
	_ = p.writeText(p.Stderr, findings)
	if findings.HasErrors() {
		fmt.Fprintf(p.Stderr, "private-endpoints: %s, %s: nothing was transformed\n",
			count(findings.Count(finding.Error), "error"), count(findings.Count(finding.Warning), "warning"))
	}
}

func count(number int, noun string) string {
	if number == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", number, noun)
}

// writeSet writes the transformed set. After an error it writes the input of a ResourceList again, with results, because
// kpt deletes what is missing from the output; and nothing of a stream, because it may be applied.
func (p Process) writeSet(set *manifest.Set, input []byte, findings finding.List) error {
	if set == nil {
		return nil
	}
	if findings.HasErrors() {
		if !set.IsResourceList() {
			return nil
		}
		set, _ = manifest.Read(input)
	}
	set.SetResults(findings)
	_, err := set.WriteTo(p.Stdout)
	return err
}
