package controller

import (
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// haproxyIngress is github.com/jcmoraisjr/haproxy-ingress. Since version 0.13 it refuses everybody where auth-url cannot be
// used; an older one lets everybody in.
var haproxyIngress = Controller{
	ID:               "haproxy-ingress",
	ClassControllers: []string{"haproxy-ingress.github.io/controller"},
	Oldest:           version{0, 13},
	Assumed:          haproxyEncodes,
	DecodeSettings:   decodeHAProxy,
	Route:            routeHAProxy,
	Protect:          protectHAProxy,
	Conflicts:        conflictsHAProxy,
	Support: Support{
		Name: "HAProxy Ingress (jcmoraisjr/haproxy-ingress)", Groups: groupsAnyway, SignIn: "redirect, back to the page asked for; of another group too",
		Headers: "set by the controller, where the auth service sends them", Missing: "closed", Tested: testedGolden,
	},
	JudgeIngress: judgeHAProxy,
}

// haproxyEncodes is the first version whose HAProxy, 2.4, knows url_enc. An older one refuses its whole configuration for it.
var haproxyEncodes = version{0, 14}

// haproxyPrefixes are those of the controller's annotations (--annotations-prefix); the first one counts before the second.
var haproxyPrefixes = []string{"haproxy-ingress.github.io/", "ingress.kubernetes.io/"}

// The controller's annotations, without their prefix.
const (
	haproxyAuthURL        = "auth-url"
	haproxySignIn         = "auth-signin"
	haproxyHeadersSucceed = "auth-headers-succeed"
	haproxyHeadersFail    = "auth-headers-fail"
	haproxyPlacement      = "auth-external-placement"
	haproxyOAuth          = "oauth"
	haproxyProtocol       = "backend-protocol"
)

// haproxySnippets are the annotations whose text goes into the configuration of a backend.
var haproxySnippets = []string{"config-backend", "config-backend-early", "config-backend-late"}

// The expressions that HAProxy fills in, and that may stand in auth-signin.
const (
	// haproxyPage is the page that a person wanted.
	haproxyPage = "%[pathq,url_enc]"
	// haproxyHost is the host by which the route was found, read as haproxy-ingress does: what a client writes behind a
	// colon, such as :@example.org, is no part of it.
	haproxyHost = "%[hdr(host),field(1,:),lower]"
)

// signInRedirect sends a browser that is refused to the sign-in page.
const signInRedirect = "redirect"

// HAProxySettings are the settings under the key haproxy-ingress of a class.
type HAProxySettings struct {
	// SignIn is how a browser comes to the sign-in page: redirect sends it to auth.signInURL whenever the auth service refuses,
	// also a person of another group, who is sent round in circles instead of being told; none passes on what the auth service
	// answers, so that it has to redirect by itself. Default: redirect.
	SignIn string `json:"signIn,omitempty" jsonschema:"enum=redirect,enum=none,default=redirect"`
}

func decodeHAProxy(class config.IngressClass, path string) (any, finding.List) {
	settings := HAProxySettings{SignIn: signInRedirect}
	own := path + ".haproxy-ingress"
	if findings := class.DecodeSettings(own, &settings); findings.HasErrors() {
		return nil, findings
	}
	if settings.SignIn != signInRedirect && settings.SignIn != signInNone {
		return nil, finding.List{WrongSettings.At(finding.Object{}, own+".signIn", fmt.Sprintf("%q is not a value", settings.SignIn), fmt.Sprintf("use %s or %s", signInRedirect, signInNone))}
	}
	return settings, nil
}

// routeHAProxy says what the backend speaks. Redirects to https are the controller's default.
func routeHAProxy(request Request) (Changes, error) {
	backend := request.Endpoint.Backend
	if backend == nil || backend.Protocol == endpoint.HTTP {
		return Changes{}, nil
	}
	protocol := "h2"
	if backend.Protocol == endpoint.HTTPS {
		protocol = "h1-ssl"
	}
	return Changes{Annotations: map[string]string{haproxyPrefixes[0] + haproxyProtocol: protocol}}, nil
}

// protectHAProxy asks under the URL, which works from every namespace; a Service of another one is only asked where the
// controller allows it.
func protectHAProxy(request Request) (Changes, error) {
	if !isPlainURL(request.AuthURL) || !haproxyForm().MatchString(config.WithoutPlaceholders(request.AuthURL)) {
		return Changes{}, fmt.Errorf("auth URL %q is not what haproxy-ingress accepts", request.AuthURL)
	}
	changes := Changes{Annotations: map[string]string{
		haproxyPrefixes[0] + haproxyAuthURL:        request.AuthURL,
		haproxyPrefixes[0] + haproxyHeadersSucceed: strings.Join(request.ResponseHeaders, ","),
	}}
	if request.Settings.(HAProxySettings).SignIn == signInNone || request.SignInURL == "" {
		// Location and cookies of the auth service's own redirect.
		changes.Defaults = map[string]string{haproxyPrefixes[0] + haproxyHeadersFail: "*"}
		return changes, nil
	}
	if !isPlainURL(request.SignInURL) {
		return Changes{}, fmt.Errorf("sign-in URL %q has a character that HAProxy would read as an expression", request.SignInURL)
	}
	changes.Annotations[haproxyPrefixes[0]+haproxySignIn] = request.SignInURL + querySeparator(request.SignInURL) + "rd=https://" + haproxyReturn(request)
	return changes, nil
}

// haproxyReturn is where a browser returns to after sign-in. The annotation is one for all hosts of the Ingress.
func haproxyReturn(request Request) string {
	host, page := haproxyHost, "/"
	if hosts := request.Endpoint.Hosts; len(hosts) == 1 {
		host = hosts[0]
	}
	if request.Version.atLeast(haproxyEncodes) {
		page = haproxyPage
	}
	return host + page
}

// conflictsHAProxy finds what the controller knows under its older prefix too, and would pass over for what is written (E17).
func conflictsHAProxy(e *endpoint.Endpoint, _ *Objects) []Flaw {
	var found []Flaw
	for _, name := range []string{haproxyAuthURL, haproxySignIn} {
		if _, ok := e.Route.Annotation(haproxyPrefixes[1] + name); ok {
			found = append(found, Flaw{
				Rule: Conflict, Field: field(haproxyPrefixes[1] + name), Cause: "stands for the same as " + haproxyPrefixes[0] + name,
				Remedy: "remove the annotation, or the annotation that makes the Ingress private, to protect it by hand",
			})
		}
	}
	return found
}

// haproxyRules returns the rules of this controller.
func haproxyRules() []finding.Rule {
	return []finding.Rule{haproxyPlaced, haproxyMixed, haproxySnippet, haproxyPrecedence, haproxyUnverified, haproxyExpression, haproxyPassed}
}
