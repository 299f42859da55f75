package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// haproxyIngress is github.com/jcmoraisjr/haproxy-ingress.
var haproxyIngress = Controller{
	ID:               "haproxy-ingress",
	ClassControllers: []string{"haproxy-ingress.github.io/controller"},
	ByHand:           "write " + haproxyPrefixes[0] + haproxyAuthURL + " on the Ingress, with the address of the auth service and the groups of the namespace",
	JudgeIngress:     judgeHAProxy,
}

// haproxyPrefixes are those of the controller's annotations (--annotations-prefix); the first one counts before the second.
var haproxyPrefixes = []string{"haproxy-ingress.github.io/", "ingress.kubernetes.io/"}

// The controller's annotations, without their prefix.
const (
	haproxyAuthURL   = "auth-url"
	haproxySignIn    = "auth-signin"
	haproxyPlacement = "auth-external-placement"
	haproxyOAuth     = "oauth"
)

// haproxySnippets are the annotations whose text goes into the configuration of a backend.
var haproxySnippets = []string{"config-backend", "config-backend-early", "config-backend-late"}

// haproxyRules returns the rules of this controller.
func haproxyRules() []finding.Rule {
	return []finding.Rule{haproxyPlaced, haproxyMixed, haproxySnippet, haproxyPrecedence, haproxyUnverified, haproxyExpression, haproxyPassed}
}
