package exposure

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return slices.Concat(
		[]finding.Rule{Unreadable},
		gatewayRules(), contourRules(), istioRules(), skipperRules(),
	)
}
