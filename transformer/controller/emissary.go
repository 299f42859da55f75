package controller

import (
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// emissary is github.com/emissary-ingress/emissary.
var emissary = Controller{
	ID:               "emissary",
	ClassControllers: []string{"getambassador.io/ingress-controller"},
	JudgeIngress:     func(_ *manifest.Item, context Context) Judgement { return context.JudgeMapping(manifest.View{}) },
	ByHand:           "pass the set with the AuthService of the cluster, which Emissary asks on every route",
}

const emissaryGroup = "getambassador.io"

// JudgeMapping says who is asked on a Mapping, or on an Ingress of Emissary, whose spec is absent then: the AuthService of the cluster,
// which is for all routes that do not opt out (https://emissary-ingress.dev/docs/3.10/topics/running/services/auth-service/). One of
// another set is not known.
func (o *Objects) JudgeMapping(spec manifest.View) Judgement {
	services := o.OfKind(emissaryGroup, "AuthService")
	if len(services) == 0 {
		return Judgement{}
	}
	service := services[0].View("spec")
	address := service.Get("auth_service").Text()
	if address == "" {
		return Judgement{}
	}
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	judgement := Judgement{By: services[0].Object().String(), Asks: address + service.Get("path_prefix").Text() + " and the path of the request"}
	if spec.Get("bypass_auth").Text() == "true" {
		judgement.add(Flaw{Rule: emissaryBypass, Opens: true, Cause: "opts out of the AuthService of the cluster", Remedy: "remove bypass_auth"})
	}
	if service.Get("failure_mode_allow").Text() == "true" {
		judgement.add(Flaw{
			Rule: emissaryFailsOpen, Opens: true, Cause: judgement.By + " lets everybody in when the auth service does not answer", Remedy: "write failure_mode_allow: false",
		})
	}
	return judgement
}

// emissaryExample is a private Ingress, an AuthService with one field, and a Mapping with another.
func emissaryExample(ofService, ofMapping string) string {
	return nginxHead + `nginx.ingress.kubernetes.io/auth-response-headers: X-Auth-Request-User` + nginxTail + `---
apiVersion: getambassador.io/v3alpha1
kind: AuthService
metadata:
  name: authentication
  namespace: emissary
spec:
  auth_service: authorizer.auth
  proto: http
` + ofService + `---
apiVersion: getambassador.io/v3alpha1
kind: Mapping
metadata:
  name: admin
  namespace: cindy
spec:
  hostname: open.example.com
  prefix: /
  service: admin
` + ofMapping
}

// The rules about Emissary.
var (
	emissaryBypass = finding.Rule{
		Code: "PE751", Severity: finding.Error, Title: "Mapping opts out of sign-in",
		Cause:   "Emissary asks the AuthService of the cluster on every Mapping, except on those with bypass_auth: true.",
		Remedy:  "Remove bypass_auth.",
		Example: emissaryExample("", "  bypass_auth: true\n"),
	}
	emissaryFailsOpen = finding.Rule{
		Code: "PE752", Severity: finding.Error, Title: "AuthService that fails open",
		Cause: "With failure_mode_allow: true, Emissary lets requests through when the auth service does not answer. An attacker who can make it slow " +
			"gets in, on every route of the cluster.",
		Remedy:  "Write failure_mode_allow: false.",
		Example: emissaryExample("  failure_mode_allow: true\n", ""),
	}
)

// emissaryRules returns the rules of this file.
func emissaryRules() []finding.Rule { return []finding.Rule{emissaryBypass, emissaryFailsOpen} }
