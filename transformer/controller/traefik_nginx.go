package controller

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// traefikNginx is Traefik with its kubernetesIngressNGINX provider, which follows the annotations of ingress-nginx and checks
// none of them (pkg/provider/kubernetes/ingress-nginx of Traefik 3.7). Before version 3.7 it has few of them, of those that
// protect auth-url and auth-response-headers.
var traefikNginx = Controller{
	ID:               "traefik-nginx",
	ClassControllers: []string{},
	Oldest:           version{3, 5},
	Assumed:          traefikSignIn,
	Route:            routeTraefikNginx,
	// What ingress-nginx accepts has no variable, which this provider would fill in. An older version leaves auth-signin
	// unread: a browser then gets a bare 401 instead of the sign-in page. Nothing is open, and signInURL is there for the
	// other classes too, so that it is no error; judgeTraefikNginx warns.
	Protect: protectNginx,
	Support: Support{
		Name: "Traefik with the provider kubernetesIngressNGINX", Groups: groupsAnyway, SignIn: "redirect, back to the page asked for (3.7)",
		Headers: "set by the controller", Missing: "closed: 500", Tested: testedHTTP,
	},
	JudgeIngress: judgeTraefikNginx,
	Overwrites:   nginxOverwrites,
}

// traefikSignIn is the first version with auth-signin, and with canaries and redirects by annotation.
var traefikSignIn = version{3, 7}

// routeTraefikNginx writes GRPC for h2c too: the provider takes it for HTTP/2 without TLS (annotations.go, parseBackendProtocol).
func routeTraefikNginx(request Request) (Changes, error) {
	if backend := request.Endpoint.Backend; backend != nil && backend.Protocol == endpoint.H2C {
		return Changes{Annotations: map[string]string{nginxBackendProtocol: "GRPC"}}, nil
	}
	return routeNginx(request)
}

// judgeTraefikNginx reads an Ingress as the provider does: it does not know satisfy and the auth-cache annotations, and drops
// nothing (CHANGELOG and provider source of v3.7).
func judgeTraefikNginx(item *manifest.Item, context Context) Judgement {
	judgement := judgeNginxAnnotations(item, context, true)
	if judgement.Asks != "" && hasNginx(item, "auth-signin") && context.isOlder(traefikSignIn) {
		judgement.add(Flaw{
			Rule: traefikVersionRule, Field: field(nginxAuthSignIn),
			Cause:  "is an annotation of Traefik " + traefikSignIn.String() + ", and version " + context.Version + " is declared: who is not signed in gets a bare 401",
			Remedy: "declare the version that the cluster runs, or update Traefik",
		})
	}
	return judgement
}

// traefikBraces finds variables in braces, as Traefik does (pkg/middlewares/ingressnginx/interpolation.go).
var traefikBraces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{([a-zA-Z_][a-zA-Z0-9_]*)\}`) })

// traefikFilled are the variables that Traefik fills in, and traefikFilledPrefixes the beginnings of more of them.
var (
	traefikFilled = []string{
		"host", "best_http_host", "hostname", "request_uri", "escaped_request_uri", "scheme", "args", "query_string", "remote_addr",
		"proxy_add_x_forwarded_for", "request_method", "uri", "document_uri", "server_name", "server_port", "content_type", "content_length", "is_args",
	}
	traefikFilledPrefixes = []string{"http_", "upstream_http_", "arg_", "cookie_"}
)

// withoutBraces returns an address with the variables that Traefik fills in without their braces, in which they would be taken
// for placeholders of Flux.
func withoutBraces(address string) string {
	return traefikBraces().ReplaceAllStringFunc(address, func(variable string) string {
		name := strings.Trim(variable, "${}")
		if slices.Contains(traefikFilled, name) || slices.ContainsFunc(traefikFilledPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			return "$" + name
		}
		return variable
	})
}

// FollowsNginx says whether the controller of a class follows all the annotations of ingress-nginx with which an Ingress takes
// requests of another one, or answers them by itself.
func (s Serving) FollowsNginx(class string) bool {
	switch s.Of(class) {
	case "ingress-nginx":
		return true
	case "traefik-nginx":
		return !Context{Version: s.versions[class]}.isOlder(traefikSignIn)
	}
	return false
}
