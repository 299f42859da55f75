package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// haproxyIngress is github.com/jcmoraisjr/haproxy-ingress.
var haproxyIngress = Controller{
	ID:               "haproxy-ingress",
	ClassControllers: []string{"haproxy-ingress.github.io/controller"},
}

// haproxyRules returns the rules of this file.
func haproxyRules() []finding.Rule { return nil }
