package verify

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// RanksHigher is a public route that Traefik takes before the private one, although it is less specific (T3).
var RanksHigher = finding.Rule{
	Code: "PE403", Severity: finding.Error, Title: "public route comes before the private one",
	Cause: "Traefik does not look for the most specific route: it ranks routes by a number, by default the length of their rule. A public route for " +
		"the whole host with a higher router.priority takes the private requests too. So it does without one where the private path has pathType " +
		"Exact: Path(`/x`) is shorter than PathPrefix(`/`). HTTPRoutes are ranked by their path, and higher for a method, headers, or a long " +
		"regular expression.",
	Remedy: "Write pathType: Prefix, or give the private route a higher traefik.ingress.kubernetes.io/router.priority. An HTTPRoute has no priority " +
		"of its own: write a longer private path, or give it a host of its own.",
	Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    traefik.ingress.kubernetes.io/router.middlewares: cindy-auth@kubernetescrd
spec:
  ingressClassName: traefik
  tls:
  - hosts: [admin.example.com]
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /admin
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: auth
  namespace: cindy
spec:
  forwardAuth:
    address: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: www
  namespace: cindy
  annotations:
    traefik.ingress.kubernetes.io/router.priority: "1000"
spec:
  ingressClassName: traefik
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: www
            port:
              number: 80
`,
}

// traefikRules returns the rules of this file.
func traefikRules() []finding.Rule { return []finding.Rule{RanksHigher} }
