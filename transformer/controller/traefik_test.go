package controller

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

func traefikClass(version, settings string) string {
	return fmt.Sprintf("{name: traefik, controller: traefik, version: %q, traefik: {%s}}", version, settings)
}

// middlewares returns the Middlewares of a set as JSON by their references, in the order of the set.
func middlewares(t *testing.T, set *manifest.Set) (references []string, specs []string) {
	t.Helper()
	for _, item := range set.Items() {
		if item.Kind() != "Middleware" {
			continue
		}
		require.Equal(t, "traefik.io/v1alpha1", item.APIVersion())
		var object struct {
			Spec map[string]any `json:"spec"`
		}
		require.NoError(t, item.Decode(&object))
		spec, err := json.Marshal(object.Spec)
		require.NoError(t, err)
		references, specs = append(references, item.Namespace()+"-"+item.Name()+"@kubernetescrd"), append(specs, string(spec))
	}
	return references, specs
}

func TestTraefikProtects(t *testing.T) {
	const (
		address   = `"address":"http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"`
		headers   = `"authResponseHeaders":["X-Auth-Request-User","X-Auth-Request-Email","X-Auth-Request-Groups"]`
		forwarded = `"trustForwardHeader":false`
		size      = `"maxResponseBodySize":65536`
		signIn    = `"authSigninURL":"https://auth.example.com/oauth2/start?rd=https%3A%2F%2Fadmin-cindy.apps.example.com%2F"`
		withError = "signIn: errors, signInService: {name: oauth2-proxy, namespace: auth, port: 80}"
		errors    = `{"errors":{"query":"/oauth2/start?rd={url}","service":{"name":"oauth2-proxy","namespace":"auth","port":80},"status":["401"],"statusRewrites":{"401":302}}}`
	)
	// forwardAuth joins fields, which JSON sorts by name.
	forwardAuth := func(fields ...string) string { return `{"forwardAuth":{` + strings.Join(fields, ",") + `}}` }
	tests := map[string]struct {
		version, settings string
		change            func(*config.Config)
		want              []string
	}{
		"static, no version":    {"", "", nil, []string{forwardAuth(address, headers, signIn, size, forwarded)}},
		"static, 3.7":           {"3.7", "signIn: static", nil, []string{forwardAuth(address, headers, signIn, size, forwarded)}},
		"static, 4.0":           {"4.0.1", "", nil, []string{forwardAuth(address, headers, signIn, size, forwarded)}},
		"errors, 3.7":           {"3.7", withError, nil, []string{errors, forwardAuth(address, headers, size, forwarded)}},
		"errors, 3.6.14":        {"3.6.14", withError, nil, []string{errors, forwardAuth(address, headers, size, forwarded)}},
		"errors, 3.6.13":        {"3.6.13", withError, nil, []string{errors, forwardAuth(address, headers, forwarded)}},
		"errors, 3.6":           {"3.6", withError, nil, []string{errors, forwardAuth(address, headers, forwarded)}},
		"errors, 3.4":           {"3.4", withError, nil, []string{errors, forwardAuth(address, headers, forwarded)}},
		"none, 3.7":             {"3.7", "signIn: none", nil, []string{forwardAuth(address, headers, size, forwarded)}},
		"none, 3.4":             {"3.4", "signIn: none", nil, []string{forwardAuth(address, headers, forwarded)}},
		"static without a page": {"3.4", "", func(c *config.Config) { c.Spec.Auth.SignInURL = "" }, []string{forwardAuth(address, headers, forwarded)}},
		"static with a query": {
			"3.7", "", func(c *config.Config) { c.Spec.Auth.SignInURL += "?prompt=login" },
			[]string{forwardAuth(address, headers, strings.Replace(signIn, "?rd=", "?prompt=login\\u0026rd=", 1), size, forwarded)},
		},
		"errors with a query": {
			"3.7", withError, func(c *config.Config) { c.Spec.Auth.SignInURL += "?prompt=login" },
			[]string{strings.Replace(errors, "?rd=", "?prompt=login\\u0026rd=", 1), forwardAuth(address, headers, size, forwarded)},
		},
		"errors without a page": {
			"3.7", withError, func(c *config.Config) { c.Spec.Auth.SignInURL = "" }, []string{errors, forwardAuth(address, headers, size, forwarded)},
		},
		"errors on another path": {
			"3.7", withError, func(c *config.Config) { c.Spec.Auth.SignInURL = "https://auth.example.com/sso/in" },
			[]string{strings.Replace(errors, "/oauth2/start", "/sso/in", 1), forwardAuth(address, headers, size, forwarded)},
		},
		"errors with a placeholder": {
			"3.7", withError, func(c *config.Config) { c.Spec.Auth.SignInURL = "https://auth.${DOMAIN:=a/b}/sso/in" },
			[]string{strings.Replace(errors, "/oauth2/start", "/sso/in", 1), forwardAuth(address, headers, size, forwarded)},
		},
		"errors of the own namespace": {
			"3.7", "signIn: errors, signInService: {name: oauth2-proxy, port: 4180}", nil,
			[]string{strings.NewReplacer(`,"namespace":"auth"`, "", `"port":80`, `"port":4180`).Replace(errors), forwardAuth(address, headers, size, forwarded)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			change := test.change
			if change == nil {
				change = func(*config.Config) {}
			}
			set, findings := transform(t, settings(t, traefikClass(test.version, test.settings), change), service("cindy", "admin", "port: 8080"))
			require.Empty(t, findings)
			references, specs := middlewares(t, set)
			require.Equal(t, test.want, specs)
			list, _ := only(t, set, "Ingress").Annotation("traefik.ingress.kubernetes.io/router.middlewares")
			require.Equal(t, strings.Join(references, ","), list, "in the order in which Traefik runs them")
		})
	}
}

// TestTraefikRefuses is about what an older version cannot do.
func TestTraefikRefuses(t *testing.T) {
	for _, version := range []string{"3.4", "3.6.13", "3.6.14", "3.6"} {
		_, findings := transform(t, settings(t, traefikClass(version, "signIn: static")), service("cindy", "admin", "port: 8080"))
		require.Len(t, findings, 1, version)
		require.Equal(t, Unprotectable.Code, findings[0].Code)
		require.Equal(t, "signIn: static needs Traefik 3.7: declare its version, or use signIn: errors or none", findings[0].Cause)
	}
}

// TestTraefikGrammar holds what is written against the grammars of the API server and of Traefik.
func TestTraefikGrammar(t *testing.T) {
	reference := regexp.MustCompile(`\A[a-z0-9-]+@kubernetescrd\z`)
	name := regexp.MustCompile(`\A[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\z`)
	group := regexp.MustCompile(`\A[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}(,[A-Za-z0-9][A-Za-z0-9._~:-]{0,127})*\z`)
	const withErrors = "signIn: errors, signInService: {name: oauth2-proxy, namespace: auth, port: 80}"
	for _, mode := range []string{"", "signIn: none", withErrors} {
		for _, namespace := range []string{"cindy", "a-b", "0", strings.Repeat("n", 31)} {
			for _, source := range []string{"admin", "a-b-c", strings.Repeat("s", 31)} {
				for _, groups := range [][]string{{"{namespace}"}, {"role:{namespace}:admin", "A.b_c~d"}} {
					set, findings := transform(t, settings(t, traefikClass("3.7", mode), func(c *config.Config) { c.Spec.Access.Groups = groups }),
						service(namespace, source, "port: 8080"))
					require.Empty(t, findings)
					for _, item := range set.Items() {
						require.Regexp(t, name, item.Name())
						require.Equal(t, namespace, item.Namespace())
						spec := item.View("spec", "forwardAuth")
						if !spec.Exists() {
							continue
						}
						requireAddress(t, spec.Get("address").Text())
						address, err := url.Parse(spec.Get("address").Text())
						require.NoError(t, err)
						require.Len(t, address.Query()["allowed_groups"], 1)
						require.Regexp(t, group, address.Query().Get("allowed_groups"))
					}
					list, _ := only(t, set, "Ingress").Annotation("traefik.ingress.kubernetes.io/router.middlewares")
					for _, entry := range strings.Split(list, ",") {
						require.Regexp(t, reference, entry)
						require.LessOrEqual(t, len(entry), 63+1+63+len("@kubernetescrd"))
					}
				}
			}
		}
	}
}

// TestTraefikNamesDoNotCollide is about Traefik's own name of a Middleware, in which namespace and name are joined by a
// hyphen: whoever owns namespace a-b could otherwise take the place of what protects namespace a.
func TestTraefikNamesDoNotCollide(t *testing.T) {
	pairs := [][2]string{{"a-b", "c"}, {"a", "b-c"}, {"a-b-c", "d"}, {"a", "b-c-d"}, {"a-b", "c-d"}, {"a-private-endpoint", "b"}, {"a", "private-endpoint-b"}}
	names := map[string][2]string{}
	for _, pair := range pairs {
		for _, purpose := range []string{"", "sign-in-"} {
			e := &endpoint.Endpoint{Namespace: pair[0], Name: pair[1]}
			joined := pair[0] + "-" + objectName(e, purpose)
			other, taken := names[joined]
			require.False(t, taken, "%v and %v have the name %s", pair, other, joined)
			names[joined] = pair
		}
	}
	require.Len(t, names, 2*len(pairs))
}

// TestTraefikListKeepsTheUsersEntries is E17: what authenticates stands in front, so that nothing rewrites the path before.
func TestTraefikListKeepsTheUsersEntries(t *testing.T) {
	const key = "traefik.ingress.kubernetes.io/router.middlewares"
	set, findings := transform(t, settings(t, traefikClass("3.7", "")), ingress("    "+key+": cindy-strip@kubernetescrd,cindy-limit@kubernetescrd\n"))
	require.Empty(t, findings)
	references, _ := middlewares(t, set)
	list, _ := only(t, set, "Ingress").Annotation(key)
	require.Equal(t, references[0]+",cindy-strip@kubernetescrd,cindy-limit@kubernetescrd", list)
}

func TestTraefikConflicts(t *testing.T) {
	const key = "traefik.ingress.kubernetes.io/router.middlewares"
	middleware := func(namespace, name, spec string) string {
		return "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: {" + spec + "}\n"
	}
	ours := objectName(&endpoint.Endpoint{Namespace: "cindy", Name: "admin"}, "")
	tests := map[string]struct {
		annotations, beside string
		rule                finding.Rule
		cause               string // empty where nothing is wrong
	}{
		"forwardAuth":        {"cindy-own@kubernetescrd", middleware("cindy", "own", "forwardAuth: {address: x}"), Conflict, "Middleware cindy/own authenticates too"},
		"basicAuth":          {"cindy-own@kubernetescrd", middleware("cindy", "own", "basicAuth: {secret: x}"), Conflict, "Middleware cindy/own authenticates too"},
		"digestAuth":         {"cindy-own@kubernetescrd", middleware("cindy", "own", "digestAuth: {secret: x}"), Conflict, "Middleware cindy/own authenticates too"},
		"second in the list": {"cindy-a@kubernetescrd, cindy-own@kubernetescrd", middleware("cindy", "own", "basicAuth: {secret: x}"), Conflict, "Middleware cindy/own authenticates too"},
		"of another namespace": {
			"bob-own@kubernetescrd", middleware("bob", "own", "basicAuth: {secret: x}"), Conflict, "Middleware bob/own authenticates too",
		},
		"headers":                       {"cindy-own@kubernetescrd", middleware("cindy", "own", "headers: {sslRedirect: true}"), finding.Rule{}, ""},
		"not in the list":               {"cindy-a@kubernetescrd", middleware("cindy", "own", "basicAuth: {secret: x}"), finding.Rule{}, ""},
		"not in the set":                {"cindy-own@kubernetescrd", "", finding.Rule{}, ""},
		"name of another object":        {"cindy-own@kubernetescrd", middleware("bob", "own", "basicAuth: {secret: x}"), finding.Rule{}, ""},
		"our name in another namespace": {"cindy-a@kubernetescrd", middleware("bob", ours, "headers: {}"), finding.Rule{}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, findings := transform(t, settings(t, traefikClass("3.7", "")), ingress("    "+key+": "+test.annotations+"\n")+test.beside)
			if test.cause == "" {
				require.Empty(t, findings)
				return
			}
			require.Len(t, findings, 1)
			require.Equal(t, test.rule.Code, findings[0].Code)
			require.Equal(t, "metadata.annotations["+key+"]", findings[0].Field)
			require.Equal(t, test.cause, findings[0].Cause)
		})
	}
}

// TestTraefikRoutes is what any endpoint gets, private or public, and what the user may decide otherwise.
func TestTraefikRoutes(t *testing.T) {
	const scheme = "traefik.ingress.kubernetes.io/service.serversscheme"
	tests := map[string]struct {
		settings, port string
		ingress        map[string]string
		scheme         string // on the Service, empty where Traefik finds it by itself
	}{
		"http":             {"", "port: 8080", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, ""},
		"own entry points": {"entryPoints: [https, internal]", "port: 8080", map[string]string{"router.entrypoints": "https,internal", "router.tls": "true"}, ""},
		"https by name":    {"", "{name: https, port: 8443}", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, ""},
		"https by number":  {"", "port: 443", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, ""},
		"https by appProtocol": {
			"", "{name: a, port: 8443, appProtocol: https}", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, "https",
		},
		"http on 443": {"", "{name: http, port: 443}", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, "http"},
		"grpc":        {"", "{name: grpc, port: 9000}", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, "h2c"},
		"h2c":         {"", "{name: a, port: 80, appProtocol: kubernetes.io/h2c}", map[string]string{"router.entrypoints": "websecure", "router.tls": "true"}, "h2c"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			input := strings.Replace(service("cindy", "admin", test.port), "auto-ingress: private", `auto-ingress: "true"`, 1)
			set, findings := transform(t, settings(t, traefikClass("3.7", test.settings)), input)
			require.Empty(t, findings)
			got := map[string]string{}
			for key, value := range only(t, set, "Ingress").View("metadata", "annotations").Fields() {
				if name, ours := strings.CutPrefix(key, "traefik.ingress.kubernetes.io/"); ours {
					got[name] = value.Text()
				}
			}
			require.Equal(t, test.ingress, got)
			written, _ := only(t, set, "Service").Annotation(scheme)
			require.Equal(t, test.scheme, written)
		})
	}
	t.Run("the user decides", func(t *testing.T) {
		set, findings := transform(t, settings(t, traefikClass("3.7", "")), ingress("    traefik.ingress.kubernetes.io/router.entrypoints: internal\n"))
		require.Empty(t, findings)
		value, _ := only(t, set, "Ingress").Annotation("traefik.ingress.kubernetes.io/router.entrypoints")
		require.Equal(t, "internal", value)
	})
}

func TestTraefikSettings(t *testing.T) {
	tests := map[string]struct{ version, settings, want string }{
		"nothing":                  {"", "", ""},
		"oldest":                   {"3.4", "signIn: none", ""},
		"too old":                  {"3.3", "", "PE151 version: 3.3 is too old: 3.4 is the oldest that can protect"},
		"too old by a patch":       {"3.3.99", "", "PE151 version: 3.3.99 is too old: 3.4 is the oldest that can protect"},
		"another major":            {"2.11", "", "PE151 version: 2.11 is too old: 3.4 is the oldest that can protect"},
		"unknown field":            {"", "entryPoint: web", "PE101 traefik.entryPoint: is not a field of the configuration"},
		"letter case of a field":   {"", "signin: none", "PE101 traefik.signin: is not a field of the configuration"},
		"field of a service":       {"", "signIn: errors, signInService: {name: a, port: 80, scheme: http}", "PE101 traefik.signInService.scheme: is not a field of the configuration"},
		"type of a field":          {"", "entryPoints: web", "PE101 traefik.entryPoints: is a string, not a list"},
		"unknown sign-in":          {"", "signIn: error", `PE151 traefik.signIn: "error" is not a value`},
		"errors without a Service": {"", "signIn: errors", "PE151 traefik.signInService: is needed by signIn: errors"},
		"Service without errors":   {"", "signInService: {name: a, port: 80}", "PE151 traefik.signInService: is only used with signIn: errors"},
		"Service, none":            {"", "signIn: none, signInService: {name: a, port: 80}", "PE151 traefik.signInService: is only used with signIn: errors"},
		"Service without a name":   {"", "signIn: errors, signInService: {port: 80}", `PE151 traefik.signInService.name: "" is not the name of a Service`},
		"Service with a domain":    {"", "signIn: errors, signInService: {name: a.b, port: 80}", `PE151 traefik.signInService.name: "a.b" is not the name of a Service`},
		"namespace of the Service": {"", "signIn: errors, signInService: {name: a, namespace: B, port: 80}", `PE151 traefik.signInService.namespace: "B" is not a namespace`},
		"no port":                  {"", "signIn: errors, signInService: {name: a}", "PE151 traefik.signInService.port: 0 is not a port number"},
		"port too high":            {"", "signIn: errors, signInService: {name: a, port: 65536}", "PE151 traefik.signInService.port: 65536 is not a port number"},
		"port in quotes":           {"", "signIn: errors, signInService: {name: a, port: '80'}", "PE101 traefik.signInService.port: is a string, not a number"},
		"half a port":              {"", "signIn: errors, signInService: {name: a, port: 80.5}", "PE101 traefik.signInService.port: is not a whole number"},
		"number that is no port":   {"", "signIn: errors, signInService: {name: a, port: 1e300}", "PE101 traefik.signInService.port: is not a whole number"},
		"null":                     {"", "signIn: null, entryPoints: null", ""},
		"highest port":             {"", "signIn: errors, signInService: {name: a, port: 65535}", ""},
		"entry point with a comma": {"", `entryPoints: ["a,b"]`, `PE151 traefik.entryPoints[0]: "a,b" is not the name of an entry point`},
		"empty entry point":        {"", `entryPoints: [""]`, `PE151 traefik.entryPoints[0]: "" is not the name of an entry point`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, findings := Resolve(settings(t, traefikClass(test.version, test.settings)))
			if test.want == "" {
				require.Empty(t, findings)
				return
			}
			require.Len(t, findings, 1)
			found := findings[0]
			require.Equal(t, test.want, fmt.Sprintf("%s %s: %s", found.Code, strings.TrimPrefix(found.Field, "spec.ingressClasses[0]."), found.Cause))
			require.NotEmpty(t, found.Remedy)
		})
	}
}
