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
		"that is not among them, reaches it as the client wrote it, also through the protected route. F5 NGINX hands no header of the auth " +
		"service on, and takes away only those that nginx.org/proxy-set-headers gives an empty value. Looked for are the headers of " +
		"auth.responseHeaders in the configuration; without a configuration, whether the annotation is there at all.",
	Remedy: "Name every header that the application trusts, or run the function again. On F5 NGINX, write each with a colon and nothing behind it.",
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

// overwriting is the annotation that names the headers which a controller does not let clients write.
type overwriting struct {
	annotation string
	// cause is what the annotation does not do with the headers that follow, and remedy what helps.
	cause, remedy string
}

// overwrites are the annotations by the id of the controller.
var overwrites = map[string]overwriting{
	"ingress-nginx": nginxOverwrites,
	"traefik-nginx": nginxOverwrites,
	"f5-nginx": {
		"nginx.org/proxy-set-headers", "does not take away",
		"write each header with a colon and nothing behind it, such as X-Auth-Request-User:, which takes it away, or let the application trust none of them: F5 NGINX hands no header of the auth service on",
	},
}

var nginxOverwrites = overwriting{
	"nginx.ingress.kubernetes.io/auth-response-headers",
	"does not name", "name every header that the application trusts",
}

// checkHeaders reports the identity headers that clients can write on an endpoint, where its controller overwrites those alone that an
// annotation names.
func (c *checker) checkHeaders(proof *Proof) {
	known, ok := overwrites[proof.Controller]
	if !ok {
		return
	}
	item, written := proof.Endpoint.Route, proof.Auth.Overwrites
	missing := []string{"X-Auth-Request-User and its like"}
	if c.Settings != nil {
		missing = slices.DeleteFunc(slices.Clone(c.Settings.Spec.Auth.ResponseHeaders), func(header string) bool {
			return slices.Contains(written, strings.ToLower(header))
		})
	} else if len(written) > 0 {
		return
	}
	if len(missing) > 0 {
		c.report(item, proof.Endpoint.Namespace, HeadersFromClients.At(item.Object(), "metadata.annotations["+known.annotation+"]",
			fmt.Sprintf("%s %s, which clients can write themselves", known.cause, strings.Join(missing, ", ")), known.remedy))
	}
}

// headerRules returns the rules of this file.
func headerRules() []finding.Rule { return []finding.Rule{HeadersFromClients} }
