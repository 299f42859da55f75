// Package transformer is the library behind the program: a pure function over a set of manifests that makes private
// endpoints of what is annotated, and proves that nothing leads around them.
//
// Data flows one way, through one room at a time: package endpoint turns intent into endpoints, package controller
// protects them, package exposure lists every way in, and package verify judges them.
package transformer

import (
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// Options are the choices of one run that the configuration does not make.
type Options = endpoint.Options

// Transform makes the endpoints that the annotations in set ask for, as settings say. It edits set; objects that need no
// change keep their bytes. When the findings hold an error, nothing is complete and set must not be written: read the
// input again to pass it on.
func Transform(set *manifest.Set, settings *config.Config, options Options) finding.List {
	classes, findings := controller.Resolve(settings)
	if findings.HasErrors() {
		return findings
	}
	plan, expanded := endpoint.Expand(set, settings, options)
	findings = append(findings, expanded...)
	findings = append(findings, classes.Apply(plan, settings)...)
	findings = append(findings, plan.Write()...)
	if findings.HasErrors() {
		return findings
	}
	findings = append(findings, verify.Placement(set, plan.EffectiveNamespace)...)
	return append(findings, verify.Check(plan, settings)...)
}
