package exposure

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// traefikRoutes reads the routes of Traefik: IngressRoute and IngressRouteTCP.
func (r *reader) traefikRoutes() {}

// traefikRules returns the rules of this file.
func traefikRules() []finding.Rule { return nil }
