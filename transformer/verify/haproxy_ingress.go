package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// HeaderFirst is a public route of haproxy-ingress that takes requests with a header before the private one, although it is less specific.
var HeaderFirst = finding.Rule{
	Code: "PE528", Severity: finding.Error, Title: "requests with a header pass the private path",
	Cause: "haproxy-ingress looks at the paths with http-header-match or http-header-match-regex before all others of the host, however specific these " +
		"are (pkg/haproxy/types/maps.go). Whoever sends the header comes to the public route instead of the private one. It is a warning where that " +
		"leads to other Pods.",
	Remedy: "Make the Ingress with the header private too, or serve it on a host of its own.",
	Example: classOf("haproxy", "haproxy-ingress.github.io/controller") + ingressOf("haproxy", `    haproxy-ingress.github.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
`) + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: beta
  namespace: cindy
  annotations:
    haproxy-ingress.github.io/http-header-match: "X-Beta: 1"
spec:
  ingressClassName: haproxy
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

// haproxyRules returns the rules of this file.
func haproxyRules() []finding.Rule { return []finding.Rule{HeaderFirst} }
