package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// HeadersFromClients are identity headers that the application gets from whoever sends them (N17).
var HeadersFromClients = finding.Rule{
	Code: "PE317", Severity: finding.Warning, Title: "identity headers can be written by clients",
	Cause: "The controller overwrites only the headers that auth-response-headers names. An identity header that the application trusts, and " +
		"that is not among them, reaches it as the client wrote it, also through the protected route. Looked for are the headers of " +
		"auth.responseHeaders in the configuration; without a configuration, whether the annotation is there at all.",
	Remedy: "Name every header that the application trusts, or run the function again.",
	Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
    nginx.ingress.kubernetes.io/auth-response-headers: X-Auth-Request-User
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

const nginxResponseHeaders = "nginx.ingress.kubernetes.io/auth-response-headers"

// checkNginx reports what is missing on an endpoint that ingress-nginx serves, or Traefik with its annotations.
func (c *checker) checkNginx(proof *Proof) {
	if proof.Controller != "ingress-nginx" && proof.Controller != "traefik-nginx" {
		return
	}
	item := proof.Endpoint.Route
	value, _ := item.Annotation(nginxResponseHeaders)
	written := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ',' || r == ' ' })
	missing := []string{"X-Auth-Request-User and its like"}
	if c.Settings != nil {
		missing = slices.DeleteFunc(slices.Clone(c.Settings.Spec.Auth.ResponseHeaders), func(header string) bool {
			return slices.Contains(written, strings.ToLower(header))
		})
	} else if len(written) > 0 {
		return
	}
	if len(missing) > 0 {
		c.report(item, proof.Endpoint.Namespace, HeadersFromClients.At(item.Object(), "metadata.annotations["+nginxResponseHeaders+"]",
			fmt.Sprintf("does not name %s, which clients can write themselves", strings.Join(missing, ", ")), "name every header that the application trusts"))
	}
}

// nginxRules returns the rules of this file.
func nginxRules() []finding.Rule { return []finding.Rule{HeadersFromClients} }
