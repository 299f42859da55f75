package controller

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Pieces of the examples: a private Service, and the start of a configuration up to the classes and from there on.
const (
	privateService = `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: "private"
spec:
  selector:
    app: hello-world
  ports:
`
	plainPort = `  - port: 8080
`
	settingsStart = `apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
`
	settingsEnd = `  tls:
    secretName: wildcard-apps
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access:
    groups: ["{namespace}"]
`
)

// The rules of this room.
var (
	// Unsupported is a controller that this version cannot protect with.
	Unsupported = finding.Rule{
		Code: "PE150", Severity: finding.Error, Title: "controller not supported",
		Cause: "The controller of a class is known, and this version cannot write what protects an endpoint there. The annotations of " +
			"another controller would be ignored, and the endpoint public.",
		Remedy: "Name a class of a supported controller first, or protect these endpoints by hand.",
		Example: settingsStart + `  - name: apisix
    controller: apisix
` + settingsEnd,
	}
	// WrongSettings are settings of a controller that it does not know.
	WrongSettings = finding.Rule{
		Code: "PE151", Severity: finding.Error, Title: "controller settings not valid",
		Cause: "The settings of a controller, or the version that the class declares, are not valid. A version without the means to " +
			"protect is refused, because the API server drops fields that it does not know without a word.",
		Remedy: "Correct the setting, or declare the version that the cluster runs.",
		Example: settingsStart + `  - name: traefik
    controller: traefik
    version: "3.3"
` + settingsEnd,
	}
	// Conflict is authentication that a user configured beside ours (E17).
	Conflict = finding.Rule{
		Code: "PE152", Severity: finding.Error, Title: "authentication is configured already",
		Cause: "An Ingress with private intent carries a setting of authentication that is not the one which the configuration asks " +
			"for. There would be two sources of truth: which of them is meant, only a person can say.",
		Remedy: "Remove the setting and let the function write it, or remove the annotation that makes the Ingress private, and protect it by hand.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: https://auth.example.org/check
spec:
  ingressClassName: nginx
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
	// Unroutable is an endpoint that the controller cannot serve as it is.
	Unroutable = finding.Rule{
		Code: "PE154", Severity: finding.Error, Title: "controller cannot serve the endpoint",
		Cause: "The port of the Service speaks a protocol that the controller cannot speak to a backend. Such an endpoint would answer " +
			"with errors.",
		Remedy: "Choose another port with private-endpoints.dev/port, or a class of another controller.",
		Example: privateService + `  - port: 8080
    appProtocol: kubernetes.io/h2c
`,
	}
	// Unprotectable is an endpoint whose protection cannot be written in the controller's grammar (E20).
	Unprotectable = finding.Rule{
		Code: "PE157", Severity: finding.Error, Title: "protection cannot be written",
		Cause: "What has to be written does not exist in the controller's grammar, or not in the version that the configuration " +
			"declares. Left out, the endpoint would be less than private.",
		Remedy: "Correct the value in the configuration, or declare the version that the cluster runs.",
		Example: settingsStart + `  - name: traefik
    controller: traefik
    version: "3.6"
` + settingsEnd + "---\n" + privateService + plainPort,
	}
	// WrongGroups are groups of a namespace that cannot be written into an auth URL (E13, E20).
	WrongGroups = finding.Rule{
		Code: "PE155", Severity: finding.Error, Title: "groups not valid",
		Cause: "The groups of the namespace, once its name is filled in, cannot be written into the address that the auth service is " +
			"asked under: they are too long, or have a character that controllers read differently.",
		Remedy: "Write shorter groups in spec.access.namespaces, or map the claim in the identity provider to a plain name.",
		Example: settingsStart + `  - name: nginx
    controller: ingress-nginx
  tls:
    secretName: wildcard-apps
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
  access:
    groups:
    - "engineering-tenant-of-the-production-cluster-in-region-one:{namespace}:everybody-who-may-open-the-endpoints-of-the-whole-namespace:{namespace}"
---
` + privateService + plainPort,
	}
	// NotEnforced is a private endpoint whose auth service alone knows who may enter (E19).
	NotEnforced = finding.Rule{
		Code: "PE156", Severity: finding.Warning, Title: "namespace rule lies elsewhere",
		Cause: "With auth.enforcesNamespace: false the auth service decides by host name, or not at all by namespace, who may enter. " +
			"Somebody is asked at every endpoint, but nothing in these manifests says that it is the right people.",
		Remedy: "Give each private host its own rule in the auth service.",
		Example: settingsStart + `  - name: nginx
    controller: ingress-nginx
  tls:
    secretName: wildcard-apps
  auth:
    url: http://authelia.auth.svc.cluster.local/api/authz/auth-request
    enforcesNamespace: false
  access:
    groups: ["{namespace}"]
---
` + privateService + plainPort,
	}
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return slices.Concat(
		[]finding.Rule{Unsupported, WrongSettings, Conflict, Unroutable, Unprotectable, WrongGroups, NotEnforced},
		nginxRules(), traefikRules(), haproxyRules(), f5Rules(), skipperRules(), pomeriumRules(), albRules(), gkeRules(), unprotectedRules(), apisixRules(), emissaryRules(),
	)
}
