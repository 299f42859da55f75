package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// contour is github.com/projectcontour/contour.
var contour = Controller{
	ID:               "contour",
	ClassControllers: []string{"projectcontour.io/ingress-controller", "projectcontour.io/projectcontour/contour"},
}

// contourRules returns the rules of this file.
func contourRules() []finding.Rule { return nil }
