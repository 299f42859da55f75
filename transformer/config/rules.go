package config

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// The rules of this room. Their findings are about no object: they are about the configuration.
var (
	// ruleMissing is a run without a configuration.
	ruleMissing = finding.Rule{
		Code: "PE100", Severity: finding.Error, Title: "no configuration",
		Cause: "The function was called without a configuration: no functionConfig in the ResourceList, and no --config. Who serves which class, and " +
			"which auth service is asked, stands in no manifest, and nothing is guessed. The example is what a host sends then.",
		Remedy: "Give the function a configuration: the finding prints a minimal one.",
		Example: `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
`,
	}
	// ruleField is a field that does not exist, has the wrong type or cannot be read.
	ruleField = finding.Rule{
		Code: "PE101", Severity: finding.Error, Title: "configuration field not valid",
		Cause: "The configuration has a field that nobody reads, a value of another type than its field, or is no PrivateEndpoints object at all. A " +
			"misspelt field that is passed over is a setting that somebody believes in: here, that every host belongs to its namespace.",
		Remedy: "Correct the field; the finding proposes the nearest one.",
		Example: Minimal + `
  hosts:
    enforceSufix: true
`,
	}
	// ruleValue is a value that is not allowed.
	ruleValue = finding.Rule{
		Code: "PE102", Severity: finding.Error, Title: "configuration value not valid",
		Cause: "A value of the configuration is missing, or is none that every consumer reads alike. Hosts, groups and URLs are copied into the " +
			"settings of ingress controllers, where a character too many changes what is asked: they are refused, never escaped or cut.",
		Remedy: "Correct the value. Where a group does not fit, map the claim in the identity provider to a plain name.",
		Example: `apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: nginx
    controller: ingress-nginx
  tls:
    secretName: wildcard-apps
  auth:
    url: http://$http_host/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access:
    groups: ["{namespace}"]
`,
	}
	// ruleTwo keeps a file from silently beating what stands in the input, or the other way round.
	ruleTwo = finding.Rule{
		Code: "PE104", Severity: finding.Error, Title: "two configurations",
		Cause: "The ResourceList carries a functionConfig, as in the example, and the function was called with --config as well. One of the two would " +
			"have to win without a word.",
		Remedy: "Remove the functionConfig, or leave out --config.",
		Example: `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: private-endpoints.dev/v1alpha1
  kind: PrivateEndpoints
  metadata:
    name: private-endpoints
items: []
`,
	}
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return []finding.Rule{ruleMissing, ruleField, ruleValue, ruleTwo}
}

// Missing is the finding of a run without a configuration. Its remedy holds a minimal one.
func Missing() finding.Finding {
	return ruleMissing.At(finding.Object{}, "", "no functionConfig: without a configuration nothing can be protected",
		"give the function this configuration as its functionConfig, or as a file with --config:\n"+Minimal)
}

// Two is the finding of a run with a functionConfig and a file.
func Two() finding.Finding {
	return ruleTwo.At(finding.Object{}, "", "the input carries a functionConfig and --config names a file", "remove one of the two")
}
