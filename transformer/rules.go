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

// Rules returns the rule of every finding, sorted by code.
func Rules() []finding.Rule {
	rules := slices.Concat(manifest.Rules(), config.Rules(), endpoint.Rules(), controller.Rules(), exposure.Rules(), verify.Rules())
	slices.SortStableFunc(rules, func(a, b finding.Rule) int { return cmp.Compare(a.Code, b.Code) })
	return rules
}
