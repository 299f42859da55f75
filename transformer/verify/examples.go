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
	// twoPorts is a private Service of two ports, and the Ingress that was made for the first.
	twoPorts = `apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: "private"
    private-endpoints.dev/for: cindy/admin
spec:
  selector:
    app: admin
  ports:
  - name: http-metrics
    port: 9100
  - name: http
    port: 8080
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    nginx.ingress.kubernetes.io/auth-response-headers: X-Auth-Request-User,X-Auth-Request-Email,X-Auth-Request-Groups
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
    private-endpoints.dev/for: cindy/admin
    private-endpoints.dev/generated-from: Service/admin
spec:
  ingressClassName: nginx
  tls:
  - hosts: [admin-cindy.apps.example.com]
    secretName: wildcard-apps
  rules:
  - host: admin-cindy.apps.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 9100
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
