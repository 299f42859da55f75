// Command unverified is the function without its verifier: beside it the benchmark shows what the verification costs.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	set, findings := manifest.Read(input)
	if findings.HasErrors() {
		return errors.New(findings[0].String())
	}
	document, err := set.FunctionConfig().JSON()
	if err != nil {
		return err
	}
	settings, findings := config.Decode(document)
	if !findings.HasErrors() {
		findings = append(findings, transform(set, settings)...)
	}
	if findings.HasErrors() {
		return errors.New(findings.Sorted()[0].String())
	}
	if err := findings.WriteText(os.Stderr); err != nil {
		return err
	}
	set.SetResults(findings)
	_, err = set.WriteTo(os.Stdout)
	return err
}

// transform does what package transformer does before it verifies.
func transform(set *manifest.Set, settings *config.Config) finding.List {
	classes, findings := controller.Resolve(settings)
	plan, expanded := endpoint.Expand(set, settings, endpoint.Options{})
	findings = append(findings, expanded...)
	findings = append(findings, classes.Apply(plan, settings)...)
	return append(findings, plan.Write()...)
}
