package controller

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// nginxHead and nginxTail make a private Ingress of one more annotation.
const (
	nginxHead = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
    `
	nginxTail = `
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
`
)

// The rules about ingress-nginx, and about Traefik's provider for its annotations: what their annotation parsers and templates
// were seen to do.
var (
	nginxDropped = finding.Rule{
		Code: "PE301", Severity: finding.Error, Title: "value with which ingress-nginx drops the protection",
		Cause: "ingress-nginx reads auth-url together with the other auth- annotations. When auth-cache-duration or auth-request-redirect has a " +
			"character that it refuses, or auth-always-set-cookie is no boolean, it drops all of them without a word: admission passes, and " +
			"everybody is let in.",
		Remedy:  "Correct the value, or remove the annotation.",
		Example: nginxHead + `nginx.ingress.kubernetes.io/auth-always-set-cookie: "yes"` + nginxTail,
	}
	nginxSatisfy = finding.Rule{
		Code: "PE302", Severity: finding.Error, Title: "another check can take the place of sign-in",
		Cause: "satisfy: any lets in whoever passes one of several checks. Together with a list of addresses or basic auth, everybody who comes " +
			"from a listed address, or knows the password, needs no sign-in. The list may be a setting in the ConfigMap of the controller. Alone it changes nothing and is not reported.",
		Remedy:  "Remove the annotation: then all checks count.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/satisfy: any\n    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8" + nginxTail,
	}
	nginxCanary = finding.Rule{
		Code: "PE303", Severity: finding.Error, Title: "canary Ingress is not protected by itself",
		Cause: "A canary Ingress takes its share of the requests through the location of the main Ingress, and ingress-nginx ignores the auth " +
			"annotations of the canary. What is private on the canary alone is public.",
		Remedy:  "Mark the main Ingress private, and remove the annotation that makes the canary private.",
		Example: nginxHead + `nginx.ingress.kubernetes.io/canary: "true"` + nginxTail,
	}
	nginxSnippetRule = finding.Rule{
		Code: "PE304", Severity: finding.Error, Title: "snippet on a private Ingress",
		Cause: "A snippet goes into the configuration of nginx as it is. Directives such as return, rewrite, satisfy, proxy_pass, error_page or " +
			"auth_request off answer before anybody is asked to sign in, or instead of it: that is an error. Any other snippet is a warning, " +
			"because nobody can tell from outside what it does. A server-snippet goes into the one server of its host, and so counts on every " +
			"private Ingress of that host; a stream-snippet opens ports. Of the snippets in a ConfigMap of the controller, which go into all of " +
			"them, those are reported with which a request can pass unasked.",
		Remedy:  "Remove the annotation, or waive the warning with a reason.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/configuration-snippet: return 200 open;" + nginxTail,
	}
	nginxEarlyRedirect = finding.Rule{
		Code: "PE306", Severity: finding.Warning, Title: "redirect before sign-in",
		Cause: "permanent-redirect, temporal-redirect and app-root answer before anybody is asked to sign in. Nobody reaches the backend, but " +
			"everybody learns the target.",
		Remedy:  "Let the application redirect after sign-in, or accept that the target is known.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/app-root: /internal/console" + nginxTail,
	}
	nginxErrorPage = finding.Rule{
		Code: "PE307", Severity: finding.Error, Title: "error page in the place of a refusal",
		Cause: "With 401 or 403 in custom-http-errors, ingress-nginx answers a refusal with an error page of a backend: an error page that says " +
			"200 lets the request through (CVE-2026-24513), and the way to the sign-in page is lost.",
		Remedy:  "Remove 401 and 403 from the list.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/custom-http-errors: 401,503" + nginxTail,
	}
	nginxVariable = finding.Rule{
		Code: "PE308", Severity: finding.Error, Title: "client chooses what the auth service is asked",
		Cause: "The URL that is asked holds a variable of nginx. What a client sends fills it in: with $http_host or $host in the place of the " +
			"host the client sends the question to a server of its own, which says yes; with $arg_, $cookie_ or $request_uri it adds groups. " +
			"$host alone, on a route with an exact host, is a warning: nginx fills it in from the request line.",
		Remedy: "Write the URL out.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://$http_host/oauth2/auth?allowed_groups=cindy
spec:
  ingressClassName: nginx
`,
	}
	nginxChallengePath = finding.Rule{
		Code: "PE309", Severity: finding.Error, Title: "path that ingress-nginx never protects",
		Cause: "The setting no-auth-locations of ingress-nginx leaves paths that start with /.well-known/acme-challenge without sign-in, so that " +
			"certificates can be obtained. It compares the path of the Ingress, so that everything behind such a path is public. A ConfigMap of the " +
			"set can name further ones.",
		Remedy: "Use another path.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /.well-known/acme-challenge/admin
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
	nginxGlobalOff = finding.Rule{
		Code: "PE310", Severity: finding.Error, Title: "opted out of sign-in",
		Cause: "enable-global-auth: \"false\" exempts an Ingress from the sign-in that the whole controller asks for, and the Ingress has no " +
			"auth-url of its own. With one it is harmless.",
		Remedy: "Remove the annotation, and let the function protect the Ingress.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/enable-global-auth: "false"
spec:
  ingressClassName: nginx
`,
	}
	nginxCacheKey = finding.Rule{
		Code: "PE311", Severity: finding.Error, Title: "one user's sign-in serves everybody",
		Cause: "auth-cache-key names what an answer of the auth service is kept for. A key without the session cookie keeps the first answer for " +
			"everybody: a variable that browsers do not fill in, such as $remote_user, is the same for all. $http_authorization counts where there is " +
			"no auth-signin, and a cookie where its name looks like that of a session. nginx ends the name of a variable at a hyphen.",
		Remedy:  "Remove the annotation, or put the session cookie into the key, such as $cookie__oauth2_proxy, or all cookies: $http_cookie.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/auth-cache-key: admin" + nginxTail,
	}
	nginxAlias = finding.Rule{
		Code: "PE312", Severity: finding.Warning, Title: "private Ingress under further hosts",
		Cause: "server-alias serves the same locations, with the same sign-in, under further hosts. The cookie and the list of addresses that the " +
			"auth service returns to are those of the first host, so that people may not be able to sign in, and a pattern may stand for hosts " +
			"of others.",
		Remedy:  "Write a rule for each host.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/server-alias: old.example.com" + nginxTail,
	}
	nginxMirror = finding.Rule{
		Code: "PE313", Severity: finding.Error, Title: "private requests are copied",
		Cause:   "mirror-target sends a copy of every request, with its cookies, to another server.",
		Remedy:  "Remove the annotation.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/mirror-target: http://203.0.113.9$request_uri" + nginxTail,
	}
	nginxPath = finding.Rule{
		Code: "PE314", Severity: finding.Error, Title: "private path that controllers read differently",
		Cause: "Only letters, digits, dot, underscore, hyphen and single slashes are read alike by everybody who looks at a path. Outside that, " +
			"nginx may read an expression, or a quote that ends the configuration (CVE-2026-24512), and what is protected is not what is written.",
		Remedy: "Use a path of these characters, without empty, . and .. segments.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /admin(/|$)(.*)
        pathType: ImplementationSpecific
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
	nginxOptionalCertificate = finding.Rule{
		Code: "PE316", Severity: finding.Warning, Title: "client certificate is optional",
		Cause: "auth-tls-verify-client asks for a client certificate and lets in who has none. Client certificates never count as sign-in here; " +
			"an optional one may be taken for a second lock that it is not.",
		Remedy:  "Require the certificate, or remove the annotation.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/auth-tls-verify-client: optional_no_ca" + nginxTail,
	}
	nginxPassthrough = finding.Rule{
		Code: "PE319", Severity: finding.Error, Title: "TLS passthrough on a private Ingress",
		Cause:   "ssl-passthrough hands the connection to the backend as it is. The controller reads no request, so that nobody is asked to sign in.",
		Remedy:  "Remove the annotation.",
		Example: nginxHead + `nginx.ingress.kubernetes.io/ssl-passthrough: "true"` + nginxTail,
	}
	nginxRefused = finding.Rule{
		Code: "PE320", Severity: finding.Warning, Title: "value that ingress-nginx refuses",
		Cause: "ingress-nginx accepts few characters in its auth annotations. Where auth-url has another one it ignores the whole Ingress; with a " +
			"wrong auth-method or auth-response-headers it answers 503; a wrong auth-signin is left out. Nobody gets in, also those who should.",
		Remedy:  "Correct the value.",
		Example: nginxHead + "nginx.ingress.kubernetes.io/auth-method: FETCH" + nginxTail,
	}
	// BlankAuth is an auth annotation that is there and has no effect (G8).
	BlankAuth = finding.Rule{
		Code: "PE217", Severity: finding.Error, Title: "auth annotation without effect",
		Cause: "An annotation that should protect is blank, or its key is misspelt or has the prefix of another controller. Nothing refuses it: " +
			"the controller simply does not ask.",
		Remedy: "Correct the key or the value.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-ulr: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
spec:
  ingressClassName: nginx
`,
	}
	// SignInAlone is a sign-in page that nobody is sent to, because nobody is asked (G13).
	SignInAlone = finding.Rule{
		Code: "PE221", Severity: finding.Error, Title: "sign-in page without a question",
		Cause: "auth-signin says where to send people who are not signed in, and there is no auth-url that finds out. Everybody gets in: seen with " +
			"ingress-nginx and with Traefik's provider for its annotations.",
		Remedy: "Let the function write auth-url, or remove auth-signin.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-signin: https://auth.example.com/oauth2/start
spec:
  ingressClassName: nginx
`,
	}
)

// nginxRules returns the rules of this file.
func nginxRules() []finding.Rule {
	return []finding.Rule{
		nginxDropped, nginxSatisfy, nginxCanary, nginxSnippetRule, nginxEarlyRedirect, nginxErrorPage, nginxVariable, nginxChallengePath,
		nginxGlobalOff, nginxCacheKey, nginxAlias, nginxMirror, nginxPath, nginxOptionalCertificate, nginxPassthrough, nginxRefused,
		BlankAuth, SignInAlone,
	}
}
