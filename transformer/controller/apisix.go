package controller

import (
	"net/url"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// apisix is github.com/apache/apisix-ingress-controller.
var apisix = Controller{
	ID:               "apisix",
	ClassControllers: []string{"apisix.apache.org/apisix-ingress-controller"},
	JudgeIngress:     judgeAPISIX,
	ByHand:           "write " + apisixAuthURI + " with the URL of the auth service, and " + apisixRequestHeaders + ": Cookie",
}

const (
	apisixPrefix         = "k8s.apisix.apache.org/"
	apisixAuthURI        = apisixPrefix + "auth-uri"
	apisixRequestHeaders = apisixPrefix + "auth-request-headers"
)

// judgeAPISIX reads the annotations from which APISIX makes its plugin forward-auth:
// https://apisix.apache.org/docs/apisix/plugins/forward-auth/.
func judgeAPISIX(item *manifest.Item, _ Context) Judgement {
	judgement := Judgement{By: "annotation " + apisixAuthURI}
	address, _ := item.Annotation(apisixAuthURI)
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return judgement
	}
	judgement.Asks = address
	headers, _ := item.Annotation(apisixRequestHeaders)
	if !strings.Contains(strings.ToLower(headers), "cookie") {
		judgement.add(Flaw{
			Rule: apisixWithoutCookie, Field: field(apisixRequestHeaders), Cause: "does not pass the cookie to the auth service, for which nobody is ever signed in", Remedy: "add Cookie to the list",
		})
	}
	if value, _ := item.Annotation(apisixPrefix + "auth-ssl-verify"); value == "false" && parsed.Scheme == "https" {
		judgement.add(Flaw{
			Rule: apisixUnverified, Field: field(apisixPrefix + "auth-ssl-verify"), Cause: "does not check the certificate of the auth service, so that whoever stands between can let people in",
			Remedy: "remove the annotation",
		})
	}
	return judgement
}

// apisixExample is a private Ingress of APISIX that asks at a URL, with more annotations.
func apisixExample(annotations ...string) string {
	return exampleClass("apisix", "apisix.apache.org/apisix-ingress-controller") + exampleIngress("apisix", annotations...)
}

// The rules about APISIX.
var (
	apisixWithoutCookie = finding.Rule{
		Code: "PE761", Severity: finding.Warning, Title: "APISIX withholds the cookie",
		Cause: "APISIX passes only those headers of a request to the auth service that auth-request-headers names. Without the cookie nobody gets in, " +
			"also those who have signed in.",
		Remedy:  "Add Cookie to k8s.apisix.apache.org/auth-request-headers.",
		Example: apisixExample(apisixAuthURI + ": http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"),
	}
	apisixUnverified = finding.Rule{
		Code: "PE762", Severity: finding.Warning, Title: "APISIX does not verify the auth service",
		Cause: "auth-ssl-verify: \"false\" makes APISIX accept any certificate where it asks over https. Whoever can stand between APISIX and the auth " +
			"service can answer in its place, and let everybody in.",
		Remedy:  "Remove the annotation.",
		Example: apisixExample(apisixAuthURI+": https://auth.example.com/oauth2/auth?allowed_groups=cindy", apisixRequestHeaders+": Cookie", apisixPrefix+`auth-ssl-verify: "false"`),
	}
)

// apisixRules returns the rules of this file.
func apisixRules() []finding.Rule { return []finding.Rule{apisixWithoutCookie, apisixUnverified} }
