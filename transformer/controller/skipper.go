package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// skipper is github.com/zalando/skipper.
var skipper = Controller{
	ID:               "skipper",
	ClassControllers: []string{"zalando.org/skipper"},
}

// skipperRules returns the rules of this file.
func skipperRules() []finding.Rule { return nil }
