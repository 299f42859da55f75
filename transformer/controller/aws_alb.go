package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// awsALB is the AWS Load Balancer Controller.
var awsALB = Controller{
	ID:               "aws-alb",
	ClassControllers: []string{"ingress.k8s.aws/alb"},
}

// albRules returns the rules of this file.
func albRules() []finding.Rule { return nil }
