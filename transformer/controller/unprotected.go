package controller

import (
	"fmt"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// unprotecting are controllers that have nothing by which a single Ingress asks an auth service. They are known so that an
// Ingress of theirs, often one that was moved from another controller, is reported for what it is.
var unprotecting = []Controller{
	{
		ID: "kong", ClassControllers: []string{"ingress-controllers.konghq.com/kong"}, JudgeIngress: judgeNothing,
		ByHand: "serve the Ingress with a controller that can ask: no plugin of Kong's free edition asks an auth service, and this version does not read konghq.com/plugins",
	},
	{
		ID: "higress", ClassControllers: []string{"higress.io/higress-controller"}, JudgeIngress: judgeNothing,
		ByHand: "serve the Ingress with a controller that can ask: Higress follows many annotations of ingress-nginx, but not those that ask",
	},
	{
		ID: "haproxytech", ClassControllers: []string{"haproxy.org/ingress-controller"}, JudgeIngress: judgeNothing,
		ByHand: "serve the Ingress with haproxy-ingress, which is another controller: the one of HAProxy Technologies knows passwords alone",
	},
	{
		ID: "cilium", ClassControllers: []string{"cilium.io/ingress-controller"}, JudgeIngress: judgeNothing,
		ExternalAuth: true, GatewayControllers: []string{"io.cilium/gateway-controller"},
		ByHand: "route with an HTTPRoute, and set spec.gateway.controller: gateway-api: Cilium 1.20 has the filter ExternalAuth, and asks nobody on an Ingress",
	},
	{
		ID: "application-gateway", ClassControllers: []string{"azure/application-gateway"}, JudgeIngress: judgeNothing,
		ByHand: "serve the Ingress with a controller that can ask: Azure Application Gateway signs nobody in",
	},
	{
		ID: "openshift", ClassControllers: []string{"openshift.io/ingress-to-route"}, JudgeIngress: judgeNothing,
		ByHand: "serve the Ingress with a controller that can ask: the router of OpenShift asks nobody",
	},
	{
		ID: "kgateway", GatewayControllers: []string{"kgateway.dev/kgateway"}, JudgeIngress: judgeNothing,
		ByHand: "route with an HTTPRoute that Envoy Gateway or Traefik serves: this version writes no TrafficPolicy and no GatewayExtension",
	},
	{
		ID: "nginx-gateway-fabric", ExternalAuth: true, GatewayControllers: []string{"gateway.nginx.org/nginx-gateway-controller"}, JudgeIngress: judgeNothing,
		ByHand: "route with an HTTPRoute, and set spec.gateway.controller: gateway-api: version 2.7 has the filter ExternalAuth among its experimental features",
	},
}

// servesRoutes is what to do about an Ingress of a controller for the Gateway API alone.
const servesRoutes = "route with an HTTPRoute: this controller serves no Ingress"

// judgeNothing is the judgement of a controller that asks nobody on an Ingress.
func judgeNothing(*manifest.Item, Context) Judgement { return Judgement{} }

// authAnnotation is an annotation that makes a controller ask.
type authAnnotation struct {
	key string
	// followers are the ids of the controllers that follow it.
	followers []string
}

// authAnnotations are the annotations that make the known controllers ask.
var authAnnotations = []authAnnotation{
	{nginxAuthURL, []string{"ingress-nginx", "traefik-nginx"}},
	{nginxPrefix + "auth-type", []string{"ingress-nginx", "traefik-nginx"}},
	{traefikMiddlewares, []string{"traefik", "traefik-nginx"}},
	{"haproxy-ingress.github.io/auth-url", []string{"haproxy-ingress"}},
	{"ingress.kubernetes.io/auth-url", []string{"haproxy-ingress"}},
	{"nginx.org/policies", []string{"f5-nginx"}},
	{skipperFilter, []string{"skipper"}},
	{albPrefix + "auth-type", []string{"aws-alb"}},
	{pomeriumPrefix + "policy", []string{"pomerium"}},
	{pomeriumPrefix + "allow_any_authenticated_user", []string{"pomerium"}},
	{apisixAuthURI, []string{"apisix"}},
	{"haproxy.org/auth-type", []string{"haproxytech"}},
}

// nobodyAsked adds the annotations with which an Ingress that asks nobody seems to: they are those of another controller
// (https://github.com/jcmoraisjr/haproxy-ingress/issues/1491).
func (c Controller) nobodyAsked(judgement *Judgement, item *manifest.Item) {
	if judgement.Asks != "" || judgement.opened() {
		return
	}
	for _, known := range authAnnotations {
		if _, written := item.Annotation(known.key); written && !slices.Contains(known.followers, c.ID) {
			judgement.add(Flaw{
				Rule: ignoredAnnotation, Opens: c.ByHand != "", Field: field(known.key), Cause: fmt.Sprintf("is ignored by %s, which serves this class: nobody is asked", c.ID),
				Remedy: c.ignoredRemedy(known),
			})
		}
	}
}

// ByHand returns what makes a route of a kind ask somebody where this version does not protect that kind with a controller, empty where it
// does.
func ByHand(id, kind string) string {
	for _, controller := range All() {
		if controller.ID == id && !(kind == "HTTPRoute" && controller.SupportsHTTPRoutes()) {
			return controller.ByHand
		}
	}
	return ""
}

func (c Controller) ignoredRemedy(known authAnnotation) string {
	if c.ByHand != "" {
		return c.ByHand
	}
	return fmt.Sprintf("remove it, or serve the Ingress with %s; then run the function again", known.followers[0])
}

// ignoredAnnotation is protection that nobody reads.
var ignoredAnnotation = finding.Rule{
	Code: "PE701", Severity: finding.Error, Title: "annotation of another controller",
	Cause: "An Ingress asks for sign-in with the annotation of another controller than the one that serves its class. Annotations that a " +
		"controller does not know are no error to it: it serves the Ingress to everybody. This is how Ingresses become public that are " +
		"moved from one controller to another.",
	Remedy: "Write what the controller of the class understands, or use a class of the controller that the annotation belongs to.",
	Example: exampleClass("kong", "ingress-controllers.konghq.com/kong") +
		exampleIngress("kong", "nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"),
}

// unprotectedRules returns the rules of this file.
func unprotectedRules() []finding.Rule { return []finding.Rule{ignoredAnnotation} }

// exampleClass is an IngressClass, for examples of controllers that the documentation's configuration does not list.
func exampleClass(name, controller string) string {
	return `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: ` + name + `
spec:
  controller: ` + controller + `
---
`
}

// exampleIngress is a private Ingress of a class with more annotations, one a line.
func exampleIngress(class string, annotations ...string) string {
	lines := ""
	for _, annotation := range annotations {
		lines += "    " + annotation + "\n"
	}
	return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
` + lines + `spec:
  ingressClassName: ` + class + `
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`
}
