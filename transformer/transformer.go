// Package transformer is the library behind the program: a pure function over a set of manifests that makes private
// endpoints of what is annotated, and proves that nothing leads around them.
//
// Data flows one way, through one room at a time: package endpoint turns intent into endpoints, package controller
// protects them, package exposure lists every way in, and package verify judges them.
package transformer

import (
	"cmp"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// Options are the choices of one run that the configuration does not make.
type Options = endpoint.Options

// Report is the result of a verification.
type Report = verify.Report

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
	set.Encode()
	findings = append(findings, verify.Placement(set, plan.EffectiveNamespace)...)
	private := plan.Private()
	if len(private) > 0 {
		findings = append(findings, verify.Duplicates(set, plan.EffectiveNamespace, settings.Spec.Verify.Mode)...)
	}
	report := verify.Check(verify.Input{
		Set: set, NamespaceOf: plan.EffectiveNamespace, Endpoints: private, Settings: settings, Mode: settings.Spec.Verify.Mode,
	})
	return append(findings, report.Findings...)
}

// Verify proves the private endpoints of a set that is not going to be changed, such as the output of a renderer. settings may be
// nil: what the set itself does not say is then not proved. The mode of settings governs Transform alone. The Report tells what
// was found about each endpoint.
func Verify(set *manifest.Set, settings *config.Config, options VerifyOptions) verify.Report {
	private, findings := endpoint.Inspect(set, settings, options.Options)
	namespaceOf := func(item *manifest.Item) string {
		if settings == nil {
			return cmp.Or(item.Namespace(), options.Namespace)
		}
		return cmp.Or(item.Namespace(), options.Namespace, settings.Spec.DefaultNamespace)
	}
	findings = append(findings, verify.Placement(set, namespaceOf)...)
	if len(private) > 0 || len(options.Baseline) > 0 {
		findings = append(findings, verify.Duplicates(set, namespaceOf, config.VerifyEnforce)...)
	}
	report := verify.Check(verify.Input{
		Set: set, NamespaceOf: namespaceOf, Endpoints: private, Settings: settings, Mode: config.VerifyEnforce, Known: findings, Baseline: options.Baseline, List: true,
		Explain: options.Explain, IgnoreWaivers: options.IgnoreWaivers,
	})
	unreadable := map[finding.Object]bool{}
	for _, found := range findings {
		unreadable[found.Object] = unreadable[found.Object] || found.Code == endpoint.UnreadableObject.Code
	}
	// An object that may be private and may be a way in is reported once.
	report.Findings = append(findings, slices.DeleteFunc(report.Findings, func(found finding.Finding) bool {
		return found.Code == exposure.Unreadable.Code && unreadable[found.Object]
	})...)
	return report
}

// VerifyOptions are the choices of one verification that the configuration does not make.
type VerifyOptions struct {
	Options
	// Baseline are the routes of an earlier listing: what was private there must not be public now.
	Baseline []verify.Known
	// IgnoreWaivers makes every finding count, whatever has been accepted.
	IgnoreWaivers bool
	// Explain keeps what was concluded about every way in, for a person to read.
	Explain bool
}
