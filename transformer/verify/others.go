package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// checkOthers reports what the set as a whole does to an endpoint that one of the other controllers serves.
func (c *checker) checkOthers(proof *Proof) {}

// otherRules returns the rules of this file.
func otherRules() []finding.Rule { return nil }
