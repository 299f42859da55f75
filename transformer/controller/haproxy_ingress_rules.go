package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// haproxyHead and haproxyTail make a private Ingress of one more annotation, with the class that haproxy-ingress serves.
const (
	haproxyHead = `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata:
  name: haproxy
spec:
  controller: haproxy-ingress.github.io/controller
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    haproxy-ingress.github.io/auth-url: `
	haproxyURL  = "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy\n    "
	haproxyTail = `
spec:
  ingressClassName: haproxy
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
)

// The rules about haproxy-ingress.
var (
	haproxyPlaced = finding.Rule{
		Code: "PE521", Severity: finding.Error, Title: "place where haproxy-ingress never asks",
		Cause: "auth-external-placement says where HAProxy asks: in the backend, which is the default, or in the frontend. With any other value, also " +
			"an empty one, auth-url is read in neither of them, and everybody is let in. In the frontend the annotations of the Ingress alone are " +
			"read, once for each host: on a Service they are for nothing, and where two Ingresses of a host differ, the first one read decides. " +
			"frontend alone is a warning: until the spring of 2026 HAProxy was not told to ask for every request there " +
			"(https://github.com/jcmoraisjr/haproxy-ingress/pull/1470).",
		Remedy:  "Remove the annotation: in the backend each Ingress decides for itself.",
		Example: haproxyHead + haproxyURL + "haproxy-ingress.github.io/auth-external-placement: front" + haproxyTail,
	}
	haproxyMixed = finding.Rule{
		Code: "PE522", Severity: finding.Error, Title: "two sign-ins for one Service",
		Cause: "oauth and auth-url are two ways to ask. Where both are set for one Service, on whatever Ingress, haproxy-ingress leaves oauth out " +
			"and takes back that it refuses everybody until the sign-in is set up: the paths with oauth are open, and those with an auth-url that " +
			"cannot be used are too. oauth cannot ask for groups.",
		Remedy:  "Remove oauth, and write auth-url on every Ingress of the Service.",
		Example: haproxyHead + haproxyURL + "haproxy-ingress.github.io/oauth: oauth2_proxy" + haproxyTail,
	}
	haproxySnippet = finding.Rule{
		Code: "PE523", Severity: finding.Error, Title: "snippet for a private backend",
		Cause: "config-backend and its like go into the configuration of HAProxy as they are. A rule that sets txn.auth_response_successful says that " +
			"the auth service has agreed, and http-request allow skips the rules that ask: that is an error. Any other snippet is a warning, " +
			"because nobody can tell from outside what it does.",
		Remedy:  "Remove the annotation, or waive the warning with a reason.",
		Example: haproxyHead + haproxyURL + "haproxy-ingress.github.io/config-backend-early: http-request allow if { path_beg /metrics }" + haproxyTail,
	}
	haproxyPrecedence = finding.Rule{
		Code: "PE524", Severity: finding.Error, Title: "Service and Ingress do not ask alike",
		Cause: "haproxy-ingress reads the annotations of a Service before those of the Ingress. A blank auth-url on the Service takes the one of the " +
			"Ingress away, and everybody is let in. On Services alone the annotation protects the paths that lead to these Services, and no other " +
			"path of the Ingress. A Service that names another address than the Ingress is a warning: the one of the Ingress is never asked.",
		Remedy: "Write auth-url on the Ingress, where it is for every path, and remove it from the Services.",
		Example: haproxyHead + haproxyURL + "private-endpoints.dev/for: cindy/admin" + haproxyTail + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
  annotations:
    haproxy-ingress.github.io/auth-url: ""
spec:
  selector:
    app: admin
  ports:
  - port: 80
`,
	}
	haproxyUnverified = finding.Rule{
		Code: "PE525", Severity: finding.Warning, Title: "auth service is not verified by haproxy-ingress",
		Cause: "haproxy-ingress asks over https and accepts any certificate. Whoever can stand between HAProxy and the auth service can answer in its " +
			"place, and let everybody in.",
		Remedy: "Ask the auth service inside the cluster, by its Service.",
		Example: `# configuration:
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: haproxy
    controller: haproxy-ingress
  tls:
    secretName: wildcard-apps
  auth:
    url: https://auth.example.com/oauth2/auth
  access:
    groups: ["{namespace}"]
---
` + haproxyHead + "https://auth.example.com/oauth2/auth?allowed_groups=cindy" + haproxyTail,
	}
	haproxyExpression = finding.Rule{
		Code: "PE526", Severity: finding.Error, Title: "expression in a sign-in address",
		Cause: "auth-signin is a format of HAProxy: it fills in what stands between %[ and ]. An expression can read anything that HAProxy knows, such " +
			"as its environment, and the answer shows it to whoever asks. The function writes " + haproxyPage + ", which is the page to return to, and " +
			haproxyHost + ", which is the host of an Ingress with several.",
		Remedy:  "Write " + haproxyPage + " for the page to return to, and %% for a percent sign.",
		Example: haproxyHead + haproxyURL + `haproxy-ingress.github.io/auth-signin: https://auth.example.com/oauth2/start?rd=%[env(HOME)]` + haproxyTail,
	}
	haproxyPassed = finding.Rule{
		Code: "PE527", Severity: finding.Error, Title: "private Ingress that HAProxy does not read",
		Cause: "With ssl-passthrough HAProxy hands connections to the backend as they are, and with tcp-service-port it makes a TCP service of the " +
			"Ingress. It reads no request, so that nobody is asked to sign in, whatever auth-url says.",
		Remedy:  "Remove the annotation.",
		Example: haproxyHead + haproxyURL + `haproxy-ingress.github.io/ssl-passthrough: "true"` + haproxyTail,
	}
)
