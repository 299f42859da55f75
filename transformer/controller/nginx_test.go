package controller

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const nginxClass = "{name: nginx, controller: ingress-nginx}"

// nginxGrammars are the validators of the controller's annotation parser, without the blanks and variables that two of them
// let through and that no annotation of ours may hold. An annotation that is not listed must not be emitted.
var nginxGrammars = map[string]*regexp.Regexp{
	"auth-url":              regexp.MustCompile(`\A[-._~a-zA-Z0-9/:,?&=]+\z`),
	"auth-signin":           regexp.MustCompile(`\A[-._~a-zA-Z0-9/:,?&=]+\z`),
	"auth-response-headers": regexp.MustCompile(`\A[a-zA-Z\d-]+(,[a-zA-Z\d-]+)*\z`),
	"backend-protocol":      regexp.MustCompile(`\A(HTTPS|GRPC)\z`),
}

// nginxAnnotations returns the annotations of ingress-nginx on an object, without their prefix.
func nginxAnnotations(item *manifest.Item) map[string]string {
	found := map[string]string{}
	for key, value := range item.View("metadata", "annotations").Fields() {
		if name, ours := strings.CutPrefix(key, "nginx.ingress.kubernetes.io/"); ours {
			found[name] = value.Text()
		}
	}
	return found
}

// only returns the one object of a kind.
func only(t *testing.T, set *manifest.Set, kind string) *manifest.Item {
	t.Helper()
	var found []*manifest.Item
	for _, item := range set.Items() {
		if item.Kind() == kind {
			found = append(found, item)
		}
	}
	require.Len(t, found, 1, kind)
	return found[0]
}

func TestNginxProtects(t *testing.T) {
	const defaultHeaders = "X-Auth-Request-User,X-Auth-Request-Email,X-Auth-Request-Groups"
	const defaultSignIn = "https://auth.example.com/oauth2/start"
	tests := map[string]struct {
		change    func(*config.Config)
		namespace string
		port      string
		want      map[string]string
	}{
		"defaults": {
			func(*config.Config) {}, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders,
			},
		},
		"several groups": {
			func(c *config.Config) { c.Spec.Access.Groups = []string{"ns-{namespace}", "platform:admins"} }, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=ns-cindy,platform:admins",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders,
			},
		},
		"groups of the namespace": {
			func(c *config.Config) {
				c.Spec.Access.Namespaces = map[string]config.NamespaceAccess{"cindy": {Groups: []string{"blue"}}}
			}, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=blue",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders,
			},
		},
		"template in the path": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://verify.auth.svc:8080/ns/{namespace}/groups/{groups}" }, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://verify.auth.svc:8080/ns/cindy/groups/cindy",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders,
			},
		},
		"auth service that knows the host": {
			func(c *config.Config) { enforces := false; c.Spec.Auth.EnforcesNamespace = &enforces }, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders,
			},
		},
		"no sign-in": {
			func(c *config.Config) { c.Spec.Auth.SignInURL = "" }, "cindy", "port: 8080",
			map[string]string{
				"auth-url": "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy", "auth-response-headers": defaultHeaders,
			},
		},
		"sign-in with a query": {
			func(c *config.Config) { c.Spec.Auth.SignInURL += "?prompt=login&x=a,b" }, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy",
				"auth-signin": defaultSignIn + "?prompt=login&x=a,b", "auth-response-headers": defaultHeaders,
			},
		},
		"one response header": {
			func(c *config.Config) { c.Spec.Auth.ResponseHeaders = []string{"Remote-User"} }, "cindy", "port: 8080",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy",
				"auth-signin": defaultSignIn, "auth-response-headers": "Remote-User",
			},
		},
		"https backend": {
			func(*config.Config) {}, "cindy", "{name: https, port: 8443}",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders, "backend-protocol": "HTTPS",
			},
		},
		"grpc backend": {
			func(*config.Config) {}, "cindy", "{name: grpc, port: 9000}",
			map[string]string{
				"auth-url":    "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy",
				"auth-signin": defaultSignIn, "auth-response-headers": defaultHeaders, "backend-protocol": "GRPC",
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, findings := transform(t, settings(t, nginxClass, test.change), service(test.namespace, "admin", test.port))
			require.False(t, findings.HasErrors(), findings)
			require.Equal(t, test.want, nginxAnnotations(only(t, set, "Ingress")))
		})
	}
}

// TestNginxGrammar emits annotations for every mixture of what a configuration can hold, and reads them as the controller
// does: a value that it refuses is dropped, and with some annotations the whole protection.
func TestNginxGrammar(t *testing.T) {
	urls := []string{
		"http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth", "https://a.example.com:8443", "http://a/", "http://a.b/x/{namespace}",
		"http://a.b/{groups}/{namespace}/auth", "http://a.b/~x/y_z/1.2-3/",
	}
	signIns := []string{"", "https://auth.example.com/oauth2/start", "https://a.b:8443/?x=1&y=2", "https://a.b/~x/y_z?a=b:c,/d-e.f"}
	groups := [][]string{
		{"{namespace}"}, {"ns-{namespace}", "b"}, {"role:{namespace}:admin"}, {"A.b_c~d:e-f", "0"}, {strings.Repeat("g", 128), strings.Repeat("h", 128)},
	}
	headers := [][]string{{"X-Auth-Request-User", "X-Auth-Request-Email"}, {"A"}, {"X-1", strings.Repeat("h", 64)}}
	namespaces := []string{"cindy", "a-b", "0", strings.Repeat("n", 40)}
	ports := []string{"port: 8080", "{name: https, port: 8443}", "{name: grpc, port: 9000}", "port: 443"}
	emitted := map[string]int{}
	for i := range len(urls) * len(signIns) * len(groups) * len(headers) {
		settings := settings(t, nginxClass, func(c *config.Config) {
			c.Spec.Auth.URL = urls[i%len(urls)]
			c.Spec.Auth.SignInURL = signIns[i/len(urls)%len(signIns)]
			c.Spec.Access.Groups = groups[i/len(urls)/len(signIns)%len(groups)]
			c.Spec.Auth.ResponseHeaders = headers[i/len(urls)/len(signIns)/len(groups)]
		})
		namespace, port := namespaces[i%len(namespaces)], ports[i/len(namespaces)%len(ports)]
		set, findings := transform(t, settings, service(namespace, "admin", port))
		require.Empty(t, findings)
		for name, value := range nginxAnnotations(only(t, set, "Ingress")) {
			require.Contains(t, nginxGrammars, name, "an annotation whose grammar is not known")
			require.Regexp(t, nginxGrammars[name], value, name)
			emitted[name]++
			if name == "auth-url" || name == "auth-signin" {
				requireAddress(t, value)
			}
			if name == "auth-url" {
				requireConstrained(t, value, namespace, settings.Spec.Access.Groups)
			}
		}
	}
	require.Len(t, emitted, len(nginxGrammars), "every grammar was needed")
}

// requireAddress is what the controller's parser asks of a URL beside its letters.
func requireAddress(t *testing.T, value string) {
	t.Helper()
	parsed, err := url.Parse(value)
	require.NoError(t, err)
	require.NotEmpty(t, parsed.Scheme, value)
	require.NotEmpty(t, parsed.Host, value)
	require.NotContains(t, parsed.Host, "..", value)
}

// requireConstrained holds that the auth URL says who may enter: without a group, or with two queries, everybody who can
// sign in would.
func requireConstrained(t *testing.T, value, namespace string, groups []string) {
	t.Helper()
	parsed, err := url.Parse(value)
	require.NoError(t, err)
	if parsed.RawQuery == "" {
		require.Contains(t, strings.Split(parsed.Path, "/"), namespace)
		return
	}
	var want []string
	for _, group := range groups {
		want = append(want, strings.ReplaceAll(group, "{namespace}", namespace))
	}
	require.Equal(t, url.Values{"allowed_groups": {strings.Join(want, ",")}}, parsed.Query())
	require.NotContains(t, value, "{")
}

// TestNginxRefuses is about what the controller cannot do, or would not accept. A configuration with such values is
// refused before; this is the second fence.
func TestNginxRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(*config.Config)
		port   string
		rule   string
		cause  string
	}{
		"h2c": {
			func(*config.Config) {}, "{name: x, port: 8080, appProtocol: kubernetes.io/h2c}", Unroutable.Code, "ingress-nginx cannot speak h2c to a backend",
		},
		"variable in the auth URL": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://$host/auth" }, "port: 8080", Unprotectable.Code,
			`auth URL "http://$host/auth?allowed_groups=cindy" has a character that ingress-nginx refuses`,
		},
		"blank in the auth URL": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://a b/auth" }, "port: 8080", Unprotectable.Code,
			`auth URL "http://a b/auth?allowed_groups=cindy" has a character that ingress-nginx refuses`,
		},
		"semicolon in the auth URL": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://a/auth;" }, "port: 8080", Unprotectable.Code,
			`auth URL "http://a/auth;?allowed_groups=cindy" has a character that ingress-nginx refuses`,
		},
		"line end in the auth URL": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://a/auth\n" }, "port: 8080", Unprotectable.Code,
			`auth URL "http://a/auth\n?allowed_groups=cindy" has a character that ingress-nginx refuses`,
		},
		"percent in the sign-in URL": {
			func(c *config.Config) { c.Spec.Auth.SignInURL = "https://a/%20" }, "port: 8080", Unprotectable.Code,
			`sign-in URL "https://a/%20" has a character that ingress-nginx refuses`,
		},
		"fragment in the sign-in URL": {
			func(c *config.Config) { c.Spec.Auth.SignInURL = "https://a/#x" }, "port: 8080", Unprotectable.Code,
			`sign-in URL "https://a/#x" has a character that ingress-nginx refuses`,
		},
		"group that is a path": {
			func(c *config.Config) { c.Spec.Access.Groups = []string{"/team-a"} }, "port: 8080", WrongGroups.Code,
			`group "/team-a" of namespace cindy cannot be written into an auth URL: use letters, digits and ._~:- , starting with a letter or digit, at most 128 characters`,
		},
		"group that would be two": {
			func(c *config.Config) { c.Spec.Access.Groups = []string{"{namespace},b"} }, "port: 8080", WrongGroups.Code,
			`group "cindy,b" of namespace cindy cannot be written into an auth URL: use letters, digits and ._~:- , starting with a letter or digit, at most 128 characters`,
		},
		"no group": {
			func(c *config.Config) { c.Spec.Access.Groups = nil }, "port: 8080", WrongGroups.Code, "no group may enter namespace cindy",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, findings := transform(t, settings(t, nginxClass, test.change), service("cindy", "admin", test.port))
			require.Len(t, findings, 1)
			require.Equal(t, test.rule, findings[0].Code)
			require.Equal(t, test.cause, findings[0].Cause)
		})
	}
}

// TestNginxLeavesPublicAlone holds that an endpoint without sign-in gets what it needs to be served, and nothing more.
func TestNginxLeavesPublicAlone(t *testing.T) {
	input := strings.Replace(service("cindy", "admin", "{name: https, port: 8443}"), "auto-ingress: private", `auto-ingress: "true"`, 1)
	set, findings := transform(t, settings(t, nginxClass), input)
	require.Empty(t, findings)
	require.Equal(t, map[string]string{"backend-protocol": "HTTPS"}, nginxAnnotations(only(t, set, "Ingress")))
}

// TestNginxFlaws has, for every annotation that opens a protected Ingress, a value that does and a near one that does not.
func TestNginxFlaws(t *testing.T) {
	const dropped = "makes the controller drop the protection: the value has a character that it refuses"
	const directive = "holds a directive that can answer before anybody is asked to sign in"
	const allowlist = "    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8\n"
	const authURL = "    nginx.ingress.kubernetes.io/auth-url: http://a/b\n"
	tests := map[string]struct {
		name, opens, near string
		beside            string // more annotations, as lines of YAML
		cause             string
	}{
		"auth-cache-duration":    {"auth-cache-duration", "200 202 10m;", "200 202 401 5m, 403 1m", "", dropped},
		"auth-request-redirect":  {"auth-request-redirect", "https://$host/", "https://a.example.com/b?c=d", "", dropped},
		"redirect with a #":      {"auth-request-redirect", "https://a/#b", "https://a/b", "", dropped},
		"auth-always-set-cookie": {"auth-always-set-cookie", "yes", "true", "", "makes the controller drop the protection: the value is not a boolean"},
		"cookie, empty":          {"auth-always-set-cookie", "", "false", "", "makes the controller drop the protection: the value is not a boolean"},
		"satisfy":                {"satisfy", "any", "all", allowlist, "lets whoever passes the other check in without sign-in"},
		"satisfy, other name": {
			"satisfy", "any", "ANY", "    nginx.ingress.kubernetes.io/allowlist-source-range: 10.0.0.0/8\n", "lets whoever passes the other check in without sign-in",
		},
		"satisfy, denylist": {
			"satisfy", "any", "all", "    nginx.ingress.kubernetes.io/denylist-source-range: 10.0.0.0/8\n", "lets whoever passes the other check in without sign-in",
		},
		"satisfy, basic auth": {
			"satisfy", "any", "all", "    nginx.ingress.kubernetes.io/auth-type: basic\n", "lets whoever passes the other check in without sign-in",
		},
		"satisfy with a blank":        {"satisfy", " any", " all", allowlist, "lets whoever passes the other check in without sign-in"},
		"ssl-passthrough, a number":   {"ssl-passthrough", "1", "0", "", "hands the connection to the backend before anybody can be asked to sign in"},
		"canary, a letter":            {"canary", "T", "F", "", "makes the controller ignore the protection of this Ingress and use that of the main one"},
		"ssl-passthrough":             {"ssl-passthrough", "true", "false", "", "hands the connection to the backend before anybody can be asked to sign in"},
		"canary":                      {"canary", "true", "false", "", "makes the controller ignore the protection of this Ingress and use that of the main one"},
		"custom-http-errors 401":      {"custom-http-errors", "401,404", "404,500", "", "answers 401 or 403 with an error page, and the page decides who gets in (CVE-2026-24513)"},
		"custom-http-errors 403":      {"custom-http-errors", "404, 403", "4030,1403", "", "answers 401 or 403 with an error page, and the page decides who gets in (CVE-2026-24513)"},
		"mirror-target":               {"mirror-target", "https://a.example.com$request_uri", "", "", "copies private requests to another server"},
		"auth-cache-key":              {"auth-cache-key", "$remote_addr", "$cookie__oauth2_proxy", "", "shares one user's sign-in with everybody: the key names no session cookie"},
		"auth-cache-key, all cookies": {"auth-cache-key", "$host", "$host$http_cookie", "", "shares one user's sign-in with everybody: the key names no session cookie"},
		"auth-snippet":                {"auth-snippet", "proxy_pass http://a;", "proxy_set_header X-A b;", "", directive},
		"configuration-snippet":       {"configuration-snippet", "return 200;", "more_set_headers X-A;", "", directive},
		"auth_request off":            {"configuration-snippet", "auth_request  off;", "auth_request_set $a b;", "", directive},
		"server-snippet":              {"server-snippet", "if ($a) { set $b c; }", "set $b c;", "", directive},
		"stream-snippet":              {"stream-snippet", "server { proxy_pass a:80; }", "log_format a b;", "", "opens ports of the controller on which nobody is asked to sign in"},
		"satisfy in a snippet":        {"configuration-snippet", "satisfy any;", "set $a b;", "", directive},
		"snippet of another kind":     {"auth-snippet", "proxy_set_header X-A b;", " ", "", "goes into the configuration of nginx as it is, and nobody can tell from outside what it does"},
		"permanent-redirect":          {"permanent-redirect", "https://a", "", "", "answers before anybody is asked to sign in, and shows everybody the target"},
		"temporal-redirect":           {"temporal-redirect", "https://a", " ", "", "answers before anybody is asked to sign in, and shows everybody the target"},
		"app-root":                    {"app-root", "/a", "", "", "answers before anybody is asked to sign in, and shows everybody the target"},
		"server-alias":                {"server-alias", "a.example.com", "", "", "serves the private paths under further hosts, whose cookies and sign-in are not those of the first"},
		"auth-tls-verify-client":      {"auth-tls-verify-client", "optional_no_ca", "on", "", "lets in who has no client certificate"},
		"auth-url":                    {"auth-url", "http://a/b;", "http://a/b?c=${D}", "", "has a character that the controller refuses"},
		"auth-signin":                 {"auth-signin", "https://a/#b", "https://a/b", authURL, "has a character that the controller refuses"},
		"auth-method":                 {"auth-method", "FETCH", "GET", authURL, "is no method, so that the controller answers 503"},
		"auth-response-headers":       {"auth-response-headers", "X-A;", "X-A, x_b", authURL, "has a character that no header name has, so that the controller answers 503"},
	}
	covered := map[string]bool{}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			annotation := func(value string) string {
				return fmt.Sprintf("    nginx.ingress.kubernetes.io/%s: %q\n", test.name, value) + test.beside
			}
			flaws := judge(t, "ingress-nginx", ingress(annotation(test.opens))).Flaws
			require.Len(t, flaws, 1)
			require.Equal(t, "metadata.annotations[nginx.ingress.kubernetes.io/"+test.name+"]", flaws[0].Field)
			require.Equal(t, test.cause, flaws[0].Cause)
			require.NotEmpty(t, flaws[0].Remedy)
			for _, flaw := range judge(t, "ingress-nginx", ingress(annotation(test.near))).Flaws {
				require.NotEqual(t, test.cause, flaw.Cause)
			}
		})
		covered[test.name] = true
	}
	for _, known := range nginxFlaws {
		for _, name := range known.names {
			require.True(t, covered[name], "%s has no case", name)
		}
	}
	t.Run("of ingress-nginx alone", func(t *testing.T) {
		for _, line := range []string{`auth-always-set-cookie: "yes"`, "auth-cache-key: a", "auth-method: FETCH", "satisfy: any\n" + strings.TrimSuffix(allowlist, "\n")} {
			annotation := "    nginx.ingress.kubernetes.io/" + line + "\n"
			require.NotEmpty(t, judge(t, "ingress-nginx", ingress(annotation)).Flaws)
			require.Empty(t, judge(t, "traefik-nginx", ingress(annotation)).Flaws, line)
		}
		require.NotEmpty(t, judge(t, "traefik-nginx", ingress("    nginx.ingress.kubernetes.io/ssl-passthrough: \"true\"\n")).Flaws)
	})
	t.Run("satisfy alone", func(t *testing.T) {
		require.Empty(t, judge(t, "ingress-nginx", ingress("    nginx.ingress.kubernetes.io/satisfy: any\n")).Flaws)
	})
}

// judge says what a controller makes of the only Ingress of input.
func judge(t *testing.T, id, input string) Judgement {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	for _, controller := range All() {
		if controller.ID == id {
			return controller.JudgeIngress(only(t, set, "Ingress"), Context{Objects: Index(set, (*manifest.Item).Namespace)})
		}
	}
	require.Fail(t, "no controller", id)
	return Judgement{}
}

// TestNginxChallengePath is about the path prefix on which the controller never asks.
func TestNginxChallengePath(t *testing.T) {
	tests := map[string]struct {
		path  string
		opens bool
	}{
		"challenge":            {"/.well-known/acme-challenge", true},
		"below the challenge":  {"/.well-known/acme-challenge/x", true},
		"longer than it":       {"/.well-known/acme-challenges", true},
		"beside the challenge": {"/.well-known/acme", false},
		"challenge elsewhere":  {"/x/.well-known/acme-challenge", false},
		"root":                 {"/", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			flaws := judge(t, "ingress-nginx", strings.Replace(ingress(""), "path: /\n", "path: "+test.path+"\n", 1)).Flaws
			if !test.opens {
				require.Empty(t, flaws)
				return
			}
			require.Len(t, flaws, 1)
			require.Equal(t, fmt.Sprintf("ingress-nginx never asks for sign-in on path %s (no-auth-locations)", test.path), flaws[0].Cause)
		})
	}
}

// TestNginxAuthURL is about what the annotation must be for somebody to be asked.
func TestNginxAuthURL(t *testing.T) {
	const asked = "nginx.ingress.kubernetes.io/auth-url: http://a/b"
	tests := map[string]struct {
		annotations string
		closed      bool
		codes       []string
	}{
		"asks":                        {asked, true, nil},
		"placeholder":                 {"nginx.ingress.kubernetes.io/auth-url: https://auth.${SECRET_DOMAIN}/a", true, nil},
		"absent":                      {"a: b", false, nil},
		"blank":                       {`nginx.ingress.kubernetes.io/auth-url: " "`, false, []string{"PE217"}},
		"no scheme":                   {"nginx.ingress.kubernetes.io/auth-url: a/b", false, nil},
		"sign-in alone":               {"nginx.ingress.kubernetes.io/auth-signin: https://a/b", false, []string{"PE221"}},
		"opted out":                   {`nginx.ingress.kubernetes.io/enable-global-auth: "false"`, false, []string{"PE310"}},
		"opted out, asks itself":      {asked + "\n    nginx.ingress.kubernetes.io/enable-global-auth: \"false\"", true, nil},
		"opted in":                    {`nginx.ingress.kubernetes.io/enable-global-auth: "true"`, false, nil},
		"misspelt":                    {"nginx.ingress.kubernetes.io/auth-ulr: http://a/b", false, []string{"PE217"}},
		"misspelt prefix":             {"nginx.ingress.kubernets.io/auth-url: http://a/b", false, []string{"PE217"}},
		"prefix of another":           {"ingress.kubernetes.io/auth-url: http://a/b", false, []string{"PE217"}},
		"prefix of another too":       {asked + "\n    haproxy-ingress.github.io/auth-url: http://a/b", true, nil},
		"misspelt beside a right one": {asked + "\n    nginx.ingress.kubernetes.io/auth-sigin: http://a/b", true, []string{"PE217"}},
		"another annotation":          {"nginx.ingress.kubernetes.io/auth-type: basic", false, nil},
		"host by the client":          {"nginx.ingress.kubernetes.io/auth-url: http://$http_host/a", false, []string{"PE308"}},
		"groups by the client":        {"nginx.ingress.kubernetes.io/auth-url: http://a/b?c=$arg_c", false, []string{"PE308"}},
		"host of an exact rule":       {"nginx.ingress.kubernetes.io/auth-url: http://$host/a", true, []string{"PE308"}},
		"host of an alias":            {"nginx.ingress.kubernetes.io/auth-url: http://$host/a\n    nginx.ingress.kubernetes.io/server-alias: b", false, []string{"PE308", "PE312"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judge(t, "ingress-nginx", ingress("    "+test.annotations+"\n"))
			var codes []string
			for _, flaw := range judgement.Flaws {
				codes = append(codes, flaw.Rule.Code)
			}
			require.Equal(t, test.codes, codes)
			require.Equal(t, test.closed, judgement.Closed())
		})
	}
}

// TestNginxTwoSourcesOfTruth is E17.
func TestNginxTwoSourcesOfTruth(t *testing.T) {
	const ours = "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"
	for _, name := range []string{"auth-url", "auth-signin", "auth-response-headers"} {
		for _, value := range []string{"https://example.com", "", " "} {
			t.Run(fmt.Sprintf("%s %q", name, value), func(t *testing.T) {
				_, findings := transform(t, settings(t, nginxClass), ingress(fmt.Sprintf("    nginx.ingress.kubernetes.io/%s: %q\n", name, value)))
				require.Len(t, findings, 1)
				require.Equal(t, Conflict.Code, findings[0].Code)
				require.Equal(t, "metadata.annotations[nginx.ingress.kubernetes.io/"+name+"]", findings[0].Field)
			})
		}
	}
	t.Run("the same value", func(t *testing.T) {
		set, findings := transform(t, settings(t, nginxClass), ingress("    nginx.ingress.kubernetes.io/auth-url: "+ours+"\n"))
		require.Empty(t, findings)
		record, _ := only(t, set, "Ingress").Annotation(endpoint.AnnotationAdded)
		require.False(t, slices.ContainsFunc(strings.Split(record, ","), func(entry string) bool { return strings.Contains(entry, "/auth-url=") }), record)
	})
}
