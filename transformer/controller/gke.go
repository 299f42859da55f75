package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// gke is the Ingress controller of Google Kubernetes Engine.
var gke = Controller{
	ID:               "gke",
	ClassControllers: []string{},
}

// gkeRules returns the rules of this file.
func gkeRules() []finding.Rule { return nil }
