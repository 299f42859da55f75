package controller

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
)

// The annotations of ingress-nginx: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/.
const (
	nginxPrefix          = "nginx.ingress.kubernetes.io/"
	nginxAuthURL         = nginxPrefix + "auth-url"
	nginxAuthSignIn      = nginxPrefix + "auth-signin"
	nginxResponseHeaders = nginxPrefix + "auth-response-headers"
	nginxBackendProtocol = nginxPrefix + "backend-protocol"
)

// nginxURL is what the controller's own validation accepts in auth-url and auth-signin, without the variables that it
// also accepts: with $host or $http_host the client chooses the auth server.
var nginxURL = regexp.MustCompile(`^[-._~a-zA-Z0-9/:,?&=]+$`)

// isNginxURL checks what is known of a URL before Flux has filled in its variables.
func isNginxURL(address string) bool {
	return nginxURL.MatchString(config.WithoutPlaceholders(address))
}

// ingressNginx is github.com/kubernetes/ingress-nginx. It has the fewest annotations that protect: a typing error in a
// secondary one makes the controller drop the whole protection without a word.
var ingressNginx = Controller{
	ID:      "ingress-nginx",
	Route:   routeNginx,
	Protect: protectNginx,
	Defeats: defeatsNginx,
}

func routeNginx(request Request) (Changes, error) {
	backend := request.Endpoint.Backend
	if backend == nil {
		return Changes{}, nil
	}
	switch backend.Protocol {
	case endpoint.HTTP:
		return Changes{}, nil
	case endpoint.HTTPS:
		return Changes{Annotations: map[string]string{nginxBackendProtocol: "HTTPS"}}, nil
	case endpoint.GRPC:
		return Changes{Annotations: map[string]string{nginxBackendProtocol: "GRPC"}}, nil
	default:
		return Changes{}, fmt.Errorf("ingress-nginx cannot speak %s to a backend", backend.Protocol)
	}
}

func protectNginx(request Request) (Changes, error) {
	if !isNginxURL(request.AuthURL) {
		return Changes{}, fmt.Errorf("auth URL %q has a character that ingress-nginx refuses", request.AuthURL)
	}
	annotations := map[string]string{
		nginxAuthURL:         request.AuthURL,
		nginxResponseHeaders: strings.Join(request.ResponseHeaders, ","),
	}
	if request.SignInURL != "" {
		if !isNginxURL(request.SignInURL) {
			return Changes{}, fmt.Errorf("sign-in URL %q has a character that ingress-nginx refuses", request.SignInURL)
		}
		// The controller appends the page to return to by itself.
		annotations[nginxAuthSignIn] = request.SignInURL
	}
	return Changes{Annotations: annotations}, nil
}

// nginxDefeat is one annotation of ingress-nginx that opens a private Ingress with a value for which opens is true.
type nginxDefeat struct {
	names  []string
	opens  func(value string, ingress *endpoint.Endpoint) bool
	cause  string
	remedy string
}

var (
	nginxCacheDuration = regexp.MustCompile(`^[-._~a-zA-Z0-9/:, ]*$`)
	nginxRedirect      = regexp.MustCompile(`^[-._~a-zA-Z0-9/:,?&=]*$`)
	nginxErrorCodes    = regexp.MustCompile(`\b(401|403)\b`)
	nginxSnippet       = regexp.MustCompile(`auth_request\s+off|satisfy|return|rewrite|proxy_pass|error_page|internal|allow|access_by_lua|if\s*\(`)
	nginxPerUser       = regexp.MustCompile(`\$cookie_|\$http_cookie|\$http_authorization`)
)

// isTrue reads a boolean as the controller does, to which 1 and T are true; what a stricter one takes for text counts too.
func isTrue(value string) bool {
	yes, _ := strconv.ParseBool(value)
	return yes || strings.EqualFold(value, "true")
}

// nginxDefeats lists what the controller's annotation parser and templates were seen to do.
var nginxDefeats = []nginxDefeat{
	{
		[]string{"auth-cache-duration"},
		func(value string, _ *endpoint.Endpoint) bool { return !nginxCacheDuration.MatchString(value) },
		"makes the controller drop the protection: the value has a character that it refuses", "correct or remove the annotation",
	},
	{
		[]string{"auth-request-redirect"},
		func(value string, _ *endpoint.Endpoint) bool { return !nginxRedirect.MatchString(value) },
		"makes the controller drop the protection: the value has a character that it refuses", "correct or remove the annotation",
	},
	{
		[]string{"auth-always-set-cookie"},
		func(value string, _ *endpoint.Endpoint) bool { return value != "true" && value != "false" },
		"makes the controller drop the protection: the value is not a boolean", `write "true" or "false", or remove the annotation`,
	},
	{
		[]string{"satisfy"},
		func(value string, e *endpoint.Endpoint) bool {
			return strings.TrimSpace(value) == "any" && slices.ContainsFunc([]string{"whitelist-source-range", "allowlist-source-range", "denylist-source-range", "auth-type"}, func(name string) bool {
				_, ok := e.Ingress.Annotation(nginxPrefix + name)
				return ok
			})
		},
		"lets whoever passes the other check in without sign-in", "remove the annotation",
	},
	{
		[]string{"ssl-passthrough"},
		func(value string, _ *endpoint.Endpoint) bool { return isTrue(value) },
		"hands the connection to the backend before anybody can be asked to sign in", "remove the annotation",
	},
	{
		[]string{"canary"},
		func(value string, _ *endpoint.Endpoint) bool { return isTrue(value) },
		"makes the controller ignore the protection of this Ingress and use that of the main one", "mark the main Ingress private, and remove the intent here",
	},
	{
		[]string{"custom-http-errors"},
		func(value string, _ *endpoint.Endpoint) bool { return nginxErrorCodes.MatchString(value) },
		"answers 401 or 403 with an error page, and the page decides who gets in (CVE-2026-24513)", "remove 401 and 403 from the list",
	},
	{
		[]string{"mirror-target"},
		func(value string, _ *endpoint.Endpoint) bool { return value != "" },
		"copies private requests to another server", "remove the annotation",
	},
	{
		[]string{"auth-cache-key"},
		func(value string, _ *endpoint.Endpoint) bool { return !nginxPerUser.MatchString(value) },
		"shares one user's sign-in with everybody: the key names no cookie", "remove the annotation, or put the session cookie into the key",
	},
	{
		[]string{"auth-snippet", "configuration-snippet", "server-snippet"},
		func(value string, _ *endpoint.Endpoint) bool { return nginxSnippet.MatchString(value) },
		"holds a directive that can answer before anybody is asked to sign in", "remove the annotation",
	},
}

func defeatsNginx(e *endpoint.Endpoint, _ Middlewares) []Defeat {
	var found []Defeat
	for _, known := range nginxDefeats {
		for _, name := range known.names {
			if value, ok := e.Ingress.Annotation(nginxPrefix + name); ok && known.opens(value, e) {
				found = append(found, Defeat{Defeated, field(nginxPrefix + name), known.cause, known.remedy})
			}
		}
	}
	for _, path := range e.Paths {
		if strings.HasPrefix(path, "/.well-known/acme-challenge") {
			found = append(found, Defeat{Defeated, "spec.rules", fmt.Sprintf("ingress-nginx never asks for sign-in on path %s (no-auth-locations)", path), "use another path"})
		}
	}
	return found
}
