package exposure

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// virtualServers reads the VirtualServers and TransportServers of F5.
func (r *reader) virtualServers() {}

// f5Rules returns the rules of this file.
func f5Rules() []finding.Rule { return nil }
