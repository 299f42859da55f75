package exposure

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// httpProxies reads the HTTPProxies of Contour.
func (r *reader) httpProxies() {}

// contourRules returns the rules of this file.
func contourRules() []finding.Rule { return nil }
