package controller

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return slices.Concat(
		[]finding.Rule{Unsupported, WrongSettings, Conflict, Unroutable, Unprotectable, WrongGroups, NotEnforced},
		nginxRules(), traefikRules(), haproxyRules(), f5Rules(), contourRules(), skipperRules(), pomeriumRules(), albRules(), gkeRules(),
	)
}
