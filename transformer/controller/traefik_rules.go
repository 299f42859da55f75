package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// traefikIngress is a private Ingress that names the Middlewares which its continuation declares.
const (
	traefikIngressHead = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    traefik.ingress.kubernetes.io/router.middlewares: `
	traefikIngressTail = `
spec:
  ingressClassName: traefik
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
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: auth
  namespace: cindy
spec:
  forwardAuth:
    address: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
`
)

// The rules about Traefik's Middlewares.
var (
	traefikReference = finding.Rule{
		Code: "PE401", Severity: finding.Error, Title: "Middleware that protects nothing",
		Cause: "A private route names a Middleware that should ask, and it has no address; or it names one before the Middleware that asks, and the " +
			"set does not hold it, so that nobody knows what it does to a request first: that is a warning.",
		Remedy: "Write the address of the auth service, or put the Middleware that asks first.",
		Example: traefikIngressHead + "cindy-open@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: open
  namespace: cindy
spec:
  forwardAuth:
    trustForwardHeader: false
`,
	}
	traefikCollision = finding.Rule{
		Code: "PE402", Severity: finding.Error, Title: "two Middlewares with one id",
		Cause: "Traefik knows a Middleware by its namespace and name joined with a hyphen. Middleware c of namespace a-b and Middleware b-c of " +
			"namespace a are one to it, and the last one read wins: whoever owns the other namespace can replace the protection.",
		Remedy: "Rename one of the two.",
		Example: traefikIngressHead + "cindy-auth-x@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: auth-x
  namespace: cindy
spec:
  forwardAuth:
    address: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: x
  namespace: cindy-auth
spec:
  compress: {}
`,
	}
	traefikOrder = finding.Rule{
		Code: "PE405", Severity: finding.Error, Title: "request is changed before anybody is asked",
		Cause: "A Middleware that changes the path, the host or the answer stands before the one that asks. The auth service then judges another " +
			"request than the one that the application gets; such differences have been ways around the sign-in (CVE-2026-40912, CVE-2026-48020).",
		Remedy: "Put the Middleware that asks first.",
		Example: traefikIngressHead + "cindy-strip@kubernetescrd,cindy-auth@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: strip
  namespace: cindy
spec:
  stripPrefix:
    prefixes: [/admin]
`,
	}
	traefikErrors = finding.Rule{
		Code: "PE406", Severity: finding.Warning, Title: "refusal is replaced",
		Cause: "An errors Middleware before the one that asks replaces answers with status 403. A person who has signed in and is in no group of the " +
			"namespace is sent to the sign-in page again and again.",
		Remedy: "Let the errors Middleware take status 401 alone.",
		Example: traefikIngressHead + "cindy-sign-in@kubernetescrd,cindy-auth@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: sign-in
  namespace: cindy
spec:
  errors:
    status: ["401-403"]
    query: /oauth2/start?rd={url}
    service:
      name: oauth2-proxy
      port: 80
`,
	}
	traefikUnverified = finding.Rule{
		Code: "PE407", Severity: finding.Warning, Title: "auth service is not verified",
		Cause: "The Middleware asks over https and accepts any certificate. Whoever can stand between Traefik and the auth service can answer in its " +
			"place, and let everybody in.",
		Remedy: "Remove tls.insecureSkipVerify, and name the certificate authority in tls.caSecret.",
		Example: traefikIngressHead + "cindy-unverified@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: unverified
  namespace: cindy
spec:
  forwardAuth:
    address: https://auth.example.com/oauth2/auth?allowed_groups=cindy
    tls:
      insecureSkipVerify: true
`,
	}
	traefikVersionRule = finding.Rule{
		Code: "PE410", Severity: finding.Warning, Title: "field that this Traefik does not have",
		Cause: "A Middleware has a field, or an Ingress an annotation, that came with a later version of Traefik than the configuration declares for " +
			"the class. The API server drops a field that it does not know, and Traefik passes over such an annotation: the protection holds, but " +
			"people get a bare refusal instead of the sign-in page.",
		Remedy: "Declare the version that the cluster runs, and run the function again.",
		Example: `# configuration:
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: traefik
    controller: traefik
    version: "3.5"
  tls:
    secretName: wildcard-apps
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access:
    groups: ["{namespace}"]
---
` + traefikIngressHead + "cindy-new@kubernetescrd" + traefikIngressTail + `---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: new
  namespace: cindy
spec:
  forwardAuth:
    address: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
    authSigninURL: https://auth.example.com/oauth2/start
`,
	}
)

// traefikRules returns the rules of this file.
func traefikRules() []finding.Rule {
	return []finding.Rule{traefikReference, traefikCollision, traefikOrder, traefikErrors, traefikUnverified, traefikVersionRule}
}
