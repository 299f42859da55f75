package exposure

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// gatewayRoutes reads the routes of the Gateway API.
func (r *reader) gatewayRoutes() {}

// gatewayRules returns the rules of this file.
func gatewayRules() []finding.Rule { return nil }
