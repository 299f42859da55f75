package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// checkTraefik reports what the set as a whole does to an endpoint that Traefik serves.
func (c *checker) checkTraefik(proof *Proof) {}

// traefikRules returns the rules of this file.
func traefikRules() []finding.Rule { return nil }
