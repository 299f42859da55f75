package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// checkNginx reports what the set as a whole does to an endpoint that ingress-nginx serves, or Traefik with its annotations.
func (c *checker) checkNginx(proof *Proof) {}

// nginxRules returns the rules of this file.
func nginxRules() []finding.Rule { return nil }
