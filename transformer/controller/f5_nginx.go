package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// f5Nginx is github.com/nginx/kubernetes-ingress.
var f5Nginx = Controller{
	ID:               "f5-nginx",
	ClassControllers: []string{"nginx.org/ingress-controller"},
}

// f5Rules returns the rules of this file.
func f5Rules() []finding.Rule { return nil }
