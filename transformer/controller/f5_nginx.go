package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// f5Nginx is github.com/nginx/kubernetes-ingress.
var f5Nginx = Controller{
	ID:               "f5-nginx",
	ClassControllers: []string{"nginx.org/ingress-controller"},
	ByHand:           "name a Policy with spec.externalAuth in the annotation " + f5Policies,
	JudgeIngress:     judgeF5,
}

const (
	f5Group = "k8s.nginx.org"
	// f5Policies names the Policies of an Ingress, f5PlusPolicies those that NGINX Plus alone has.
	f5Policies     = "nginx.org/policies"
	f5PlusPolicies = "nginx.com/policies"
	// f5Mergeable makes an Ingress the master of its host, or a minion.
	f5Mergeable = "nginx.org/mergeable-ingress-type"
)

// f5Snippets are the annotations whose text goes into the configuration of nginx.
var f5Snippets = []string{"nginx.org/server-snippets", "nginx.org/location-snippets"}

// f5Rules returns the rules of this controller.
func f5Rules() []finding.Rule {
	return []finding.Rule{f5Unasked, f5Second, f5Snippet, f5Port, f5Merged}
}
