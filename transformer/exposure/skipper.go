package exposure

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// routeGroups reads the RouteGroups of Skipper.
func (r *reader) routeGroups() {}

// skipperRules returns the rules of this file.
func skipperRules() []finding.Rule { return nil }
