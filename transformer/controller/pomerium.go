package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// pomerium is github.com/pomerium/ingress-controller.
var pomerium = Controller{
	ID:               "pomerium",
	ClassControllers: []string{"pomerium.io/ingress-controller"},
}

// pomeriumRules returns the rules of this file.
func pomeriumRules() []finding.Rule { return nil }
