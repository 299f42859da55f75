package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// HostOfOne is a public object that can take a whole host away from a private one.
var HostOfOne = finding.Rule{
	Code: "PE506", Severity: finding.Error, Title: "two objects for a host that goes to one",
	Cause: "F5 NGINX gives a host to one Ingress or VirtualServer, the oldest that asks for it, and leaves the others out: it does not join their " +
		"paths as other controllers do. Where the public one gets the host of a private one, its path / answers for the private path too. It is a " +
		"warning where it leads to other Pods: the private endpoint may then not be served at all. How old objects are, only the cluster knows.",
	Remedy: "Let one object have the host, such as a master Ingress with the two as its minions (nginx.org/mergeable-ingress-type).",
	Example: classOf("f5", "nginx.org/ingress-controller") + ingressOf("f5", `    nginx.org/policies: auth
    nginx.org/proxy-set-headers: "X-Auth-Request-User:"
`) + `---
apiVersion: k8s.nginx.org/v1
kind: Policy
metadata:
  name: auth
  namespace: cindy
spec:
  externalAuth:
    authURI: /oauth2/auth?allowed_groups=cindy
    authServiceName: auth/oauth2-proxy
    authServicePorts: [80]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: www
  namespace: cindy
spec:
  ingressClassName: f5
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
`,
}

// f5Rules returns the rules of this file.
func f5Rules() []finding.Rule { return []finding.Rule{HostOfOne} }
