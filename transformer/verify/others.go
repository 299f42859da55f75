package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// The rules about controllers for which this version writes no protection.
var (
	// NobodyAsked is a private endpoint that lets everybody in, and that the function cannot help.
	NobodyAsked = finding.Rule{
		Code: "PE700", Severity: finding.Error, Title: "controller asks nobody",
		Cause: "A private Ingress belongs to a controller for which this version writes no protection, and nothing on the Ingress makes the controller " +
			"ask anybody. Some have nothing that could: Contour, Kong, Cilium and others ask on routes of their own kinds, for the whole " +
			"cluster, or never.",
		Remedy:  "Protect the Ingress by hand as the finding says, or serve it with a controller that the function protects with.",
		Example: classOf("kong", "ingress-controllers.konghq.com/kong") + ingressOf("kong", ""),
	}
	// SignedInAlone is a private endpoint whose controller signs people in by itself, for other people than its groups.
	SignedInAlone = finding.Rule{
		Code: "PE702", Severity: finding.Error, Title: "signed in is enough",
		Cause: "The controller signs people in by itself and does not ask for the groups of the namespace: whoever can sign in is let in, or other " +
			"groups are. Load balancers of clouds know no groups at all. It is a warning without a configuration, and where that says that " +
			"the manifests do not decide who may enter (auth.enforcesNamespace: false).",
		Remedy: "Ask for the groups, where the controller can. Else give the client of the sign-in, or the Identity-Aware Proxy, to these groups " +
			"alone, and waive this with a reason.",
		Example: classOf("pomerium", "pomerium.io/ingress-controller") + ingressOf("pomerium", `    ingress.pomerium.io/allow_any_authenticated_user: "true"
`),
	}
	// RanksFirst is a public route that a load balancer takes before the private one, although it is less specific.
	RanksFirst = finding.Rule{
		Code: "PE715", Severity: finding.Error, Title: "public route comes first",
		Cause: "The Ingresses of one group share a load balancer, which takes the first rule that matches and not the most specific one. Rules of a " +
			"lower group.order come first, then those of the Ingress whose namespace and name do. Skipper looks for Exact and Prefix paths first, and " +
			"for paths without a type, which are expressions to it, only where none of these matches. A public route for the whole host takes the " +
			"private requests too.",
		Remedy: "Give the private Ingress a lower alb.ingress.kubernetes.io/group.order; with Skipper, write pathType: Prefix.",
		Example: classOf("alb", "ingress.k8s.aws/alb") + ingressOf("alb", `    alb.ingress.kubernetes.io/group.name: shop
    alb.ingress.kubernetes.io/group.order: "10"
    alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:eu-central-1:1:certificate/a
    alb.ingress.kubernetes.io/auth-type: cognito
    alb.ingress.kubernetes.io/auth-idp-cognito: '{"userPoolARN":"arn:aws:cognito-idp:eu-central-1:1:userpool/a","userPoolClientID":"b","userPoolDomain":"c"}'
`) + publicOf("alb", "www", "    alb.ingress.kubernetes.io/group.name: shop\n"),
	}
	// HeaderFirst is a public route of haproxy-ingress that takes requests with a header before the private one, although it is less specific.
	HeaderFirst = finding.Rule{
		Code: "PE528", Severity: finding.Error, Title: "requests with a header pass the private path",
		Cause: "haproxy-ingress looks at the paths with http-header-match or http-header-match-regex before all others of the host, however specific these " +
			"are (pkg/haproxy/types/maps.go). Whoever sends the header comes to the public route instead of the private one. It is a warning where that " +
			"leads to other Pods.",
		Remedy: "Make the Ingress with the header private too, or serve it on a host of its own.",
		Example: classOf("haproxy", "haproxy-ingress.github.io/controller") + ingressOf("haproxy", `    haproxy-ingress.github.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
`) + publicOf("haproxy", "admin", `    haproxy-ingress.github.io/http-header-match: "X-Beta: 1"
`),
	}
)

// signedIn compares the groups that a controller asks for by itself with those of the namespace.
func (c *checker) signedIn(e endpoint.Private, auth controller.Judgement) {
	report := func(severity finding.Severity, cause string) {
		c.report(e.Route, e.Namespace, SignedInAlone.At(e.Route.Object(), "", auth.By+" "+cause,
			"ask for the groups of the namespace, or let nobody else sign in there and waive this with a reason").As(severity))
	}
	if c.Settings == nil || !c.Settings.EnforcesNamespace() {
		// Of what this program wrote, it says so when it writes it.
		if auth.Groups == nil && !e.Touched() {
			report(finding.Warning, "asks for no group, so that the manifests do not tell who gets in")
		}
		return
	}
	groups, err := c.Settings.Groups(e.Namespace)
	switch {
	case err != nil:
		c.report(e.Route, e.Namespace, WrongConstraint.At(e.Route.Object(), "", err.Error(), "correct spec.access in the configuration"))
	case auth.Groups == nil:
		report(finding.Error, "asks for no group, so that others than members of "+strings.Join(groups, " or ")+" get in")
	case len(auth.Groups) > 0 && !slices.Equal(sorted(auth.Groups), sorted(groups)):
		report(finding.Error, fmt.Sprintf("lets in members of %s, not of %s", strings.Join(sorted(auth.Groups), " or "), strings.Join(groups, " or ")))
	}
}

// sorted returns the different words of a list in their order.
func sorted(words []string) []string { return slices.Compact(slices.Sorted(slices.Values(words))) }

// otherRules returns the rules of this file.
func otherRules() []finding.Rule {
	return []finding.Rule{NobodyAsked, SignedInAlone, RanksFirst, HeaderFirst}
}

// classOf is an IngressClass, for the examples.
func classOf(name, controller string) string {
	return `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: ` + name + `
spec:
  controller: ` + controller + `
---
`
}

// ingressOf is a private Ingress of a class with further annotations, as lines, for the examples.
func ingressOf(class, annotations string) string {
	return exampleIngress(class, "admin", "/admin", "admin", "    dev.okteto.com/private: \"true\"\n"+annotations)
}

// publicOf is a public Ingress of that class for the whole host, which leads to a Service, as the next object of an example.
func publicOf(class, service, annotations string) string {
	return "---\n" + exampleIngress(class, "www", "/", service, annotations)
}

func exampleIngress(class, name, path, service, annotations string) string {
	return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ` + name + `
  namespace: cindy
  annotations:
` + annotations + `spec:
  ingressClassName: ` + class + `
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: ` + path + `
        pathType: Prefix
        backend:
          service:
            name: ` + service + `
            port:
              number: 80
`
}
