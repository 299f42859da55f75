package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// checkGateways reports what the set as a whole does to an endpoint through the Gateway API, Istio and Contour.
func (c *checker) checkGateways(proof *Proof) {}

// gatewayRules returns the rules of this file.
func gatewayRules() []finding.Rule { return nil }
