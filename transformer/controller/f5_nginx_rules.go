package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// f5Class, f5Head and f5Tail make a private Ingress of its annotations, with the class that F5 serves. f5Policy is a Policy that
// asks, up to its port.
const (
	f5Class = `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: f5
spec:
  controller: nginx.org/ingress-controller
---
`
	f5Head = f5Class + `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    `
	f5Tail = `
spec:
  ingressClassName: f5
  tls:
  - hosts: [admin.example.com]
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
	f5Policy = `---
apiVersion: k8s.nginx.org/v1
kind: Policy
metadata:
  name: auth
  namespace: cindy
spec:
  externalAuth:
    authURI: /oauth2/auth?allowed_groups=cindy
    authServiceName: auth/oauth2-proxy
`
	f5PolicyPort = `    authServicePorts: [80]
`
)

// The rules about F5's controller.
var (
	f5Unasked = finding.Rule{
		Code: "PE501", Severity: finding.Error, Title: "Policy that asks nobody",
		Cause: "nginx.org/policies names Policies, and none of them asks an auth service: they are of other kinds, or the set does not hold the first " +
			"one, so that nobody knows whom it asks. Versions before 5.5 ask nobody in this way, and those before 5.4 do not know the annotation: " +
			"they serve the Ingress to everybody. nginx.com/policies is another annotation.",
		Remedy: "Let the function write the Policy that asks, or name one with spec.externalAuth first; and declare the version that the cluster runs.",
		Example: f5Head + "nginx.org/policies: lan" + f5Tail + `---
apiVersion: k8s.nginx.org/v1
kind: Policy
metadata:
  name: lan
  namespace: cindy
spec:
  accessControl:
    allow: [10.0.0.0/8]
`,
	}
	f5Second = finding.Rule{
		Code: "PE502", Severity: finding.Warning, Title: "second auth service that nobody asks",
		Cause: "Of several Policies with externalAuth on one route F5 follows the first and leaves the others out, with a warning in the events of the " +
			"object. Who reads the list may think that both are asked.",
		Remedy: "Name one of them.",
		Example: f5Head + "nginx.org/policies: auth,admins" + f5Tail + f5Policy + f5PolicyPort + `---
apiVersion: k8s.nginx.org/v1
kind: Policy
metadata:
  name: admins
  namespace: cindy
spec:
  externalAuth:
    authURI: /oauth2/auth?allowed_groups=admins
    authServiceName: auth/oauth2-proxy
    authServicePorts: [80]
`,
	}
	f5Snippet = finding.Rule{
		Code: "PE503", Severity: finding.Error, Title: "snippet beside a Policy",
		Cause: "A snippet goes into the configuration of nginx as it is. auth_request in it takes the place of the question that the Policy asks, and " +
			"directives such as return, satisfy or proxy_pass answer without it, also in the authSnippets of the Policy itself: that is an error. " +
			"Any other snippet on the Ingress is a warning, because nobody can tell from outside what it does.",
		Remedy:  "Remove the snippet, or waive the warning with a reason.",
		Example: f5Head + "nginx.org/policies: auth\n    nginx.org/location-snippets: auth_request off;" + f5Tail + f5Policy + f5PolicyPort,
	}
	f5Port = finding.Rule{
		Code: "PE504", Severity: finding.Error, Title: "Policy without a port",
		Cause: "For an Ingress F5 needs the port of the auth service to set up the question. With port 0, or none that it can look up, it leaves " +
			"the question out and says so in a warning alone: everybody is let in.",
		Remedy:  "Write the number of the port in authServicePorts.",
		Example: f5Head + "nginx.org/policies: auth" + f5Tail + f5Policy,
	}
	f5Merged = finding.Rule{
		Code: "PE505", Severity: finding.Error, Title: "mergeable Ingress without protection",
		Cause: "F5 makes one server of a master Ingress and its minions. A Policy of the master is for all of them, one of a minion for its own paths: " +
			"here neither names one, or the set does not hold the master. Private intent on the master itself is reported too, for it has no paths, " +
			"and nothing would tell which of its minions are meant.",
		Remedy:  "Write the intent on the minion, and let the function write its Policy.",
		Example: f5Head + "nginx.org/mergeable-ingress-type: minion" + f5Tail,
	}
)
