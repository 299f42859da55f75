package verify

// Pieces of the examples: a private Ingress, to which annotations can be added, how it goes on, and a public one behind it,
// whose host and path come between its pieces.
const (
	privateStart = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
`
	asksGroup = `    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
`
	privateEnd = `spec:
  ingressClassName: nginx
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
`
	privateAdmin = privateStart + asksGroup + privateEnd
	publicStart  = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: cindy
spec:
  ingressClassName: nginx
  rules:
  - host: `
	publicPath = `
    http:
      paths:
      - path: `
	publicEnd = `
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`
)
