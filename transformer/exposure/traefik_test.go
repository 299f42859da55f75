package exposure

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadMatch is about the rules of Traefik. A condition that is not understood may match any request: "..." marks what takes
// only some of the requests for its paths.
func TestReadMatch(t *testing.T) {
	tests := map[string]struct {
		rule string
		want []string
	}{
		"host":                     {"Host(`A.example.com`)", []string{"a.example.com /"}},
		"host and path":            {"Host(`a.b`) && PathPrefix(`/x`)", []string{"a.b /x"}},
		"exact path":               {"Host(`a.b`) && Path(`/x`)", []string{"a.b /x"}},
		"quotes":                   {`Host("a.b")`, []string{"a.b /"}},
		"either host":              {"Host(`a.b`) || Host(`c.d`)", []string{"a.b /", "c.d /"}},
		"hosts of version 2":       {"Host(`a.b`, `c.d`) && PathPrefix(`/x`, `/y`)", []string{"a.b /x", "a.b /y", "c.d /x", "c.d /y"}},
		"parentheses":              {"(Host(`a.b`) || Host(`c.d`)) && PathPrefix(`/x`)", []string{"a.b /x", "c.d /x"}},
		"path inside a path":       {"PathPrefix(`/x`) && PathPrefix(`/x/y`)", []string{" /x/y"}},
		"paths that do not meet":   {"PathPrefix(`/x`) && PathPrefix(`/y`)", nil},
		"hosts that do not meet":   {"Host(`a.b`) && Host(`c.d`)", nil},
		"negation":                 {"Host(`a.b`) && !Path(`/admin`)", []string{"a.b / ..."}},
		"negated host":             {"!Host(`a.b`)", []string{" / ..."}},
		"expression for a path":    {"Host(`a.b`) && PathRegexp(`^/X/[0-9]+`)", []string{"a.b /X/ ..."}},
		"expression from anywhere": {"PathRegexp(`/x`)", []string{" / ..."}},
		"expression or another":    {"PathRegexp(`^/x|y`)", []string{" / ..."}},
		"expression for a host":    {"HostRegexp(`^.+\\.b$`)", []string{" / ..."}},
		"pattern of version 2":     {"HostRegexp(`{sub:[a-z]+}.b`)", []string{" / ..."}},
		"header":                   {"Host(`a.b`) && Header(`X-A`, `b`)", []string{"a.b / ..."}},
		"every name of a client":   {"HostSNI(`*`)", []string{" /"}},
		"unknown matcher":          {"Planet(`earth`)", []string{" / ..."}},
		"no text":                  {"Host(a)", []string{" / ..."}},
		"nothing":                  {"", []string{" / ..."}},
		"not a rule":               {"Host(`a.b`) &&", []string{" / ..."}},
		"arithmetic":               {"Host(`a.b`) + 1", []string{" / ..."}},
		"product of alternatives":  {"(" + strings.TrimSuffix(strings.Repeat("Method(`a`) || ", 300), " || ") + ") && Host(`a.b`)", []string{" / ..."}},
		"deep":                     {strings.Repeat("(", 100_000), []string{" / ..."}},
		"letter case of a matcher": {"host(`a.b`)", []string{" / ..."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, m := range readMatch(test.rule) {
				text := fmt.Sprintf("%s %s", m.host, m.paths)
				if m.narrowed {
					text += " ..."
				}
				got = append(got, text)
			}
			require.Equal(t, test.want, got)
		})
	}
}

const routeHead = "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata: {name: a, namespace: cindy}\n"

func TestTraefikRoutes(t *testing.T) {
	const weighted = "---\napiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata: {name: w, namespace: cindy}\n"
	tests := map[string]struct {
		input string
		want  []string
	}{
		"route": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: s, port: 80}]}]}", []string{"spec.routes[0] Traefik a.b / cindy/s"},
		},
		"class": {
			strings.Replace(routeHead, "namespace: cindy", "namespace: cindy, annotations: {kubernetes.io/ingress.class: t}", 1) + "spec: {routes: [{match: Host(`a.b`), services: [{name: s}]}]}",
			[]string{"spec.routes[0] class t a.b / cindy/s"},
		},
		"closed class": {
			strings.Replace(routeHead, "namespace: cindy", "namespace: cindy, annotations: {kubernetes.io/ingress.class: private-endpoints.dev}", 1) + "spec: {routes: [{match: Host(`a.b`), services: [{name: s}]}]}",
			nil,
		},
		"version 2": {
			strings.Replace(routeHead, "traefik.io", "traefik.containo.us", 1) + "spec: {routes: [{match: Host(`a.b`), services: [{name: s}]}]}",
			[]string{"spec.routes[0] Traefik a.b / cindy/s"},
		},
		"kind of another group": {strings.Replace(routeHead, "traefik.io", "example.com", 1) + "spec: {routes: [{match: Host(`a.b`), services: [{name: s}]}]}", nil},
		"Service of another namespace": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: s, namespace: bob}]}]}", []string{"spec.routes[0] Traefik a.b / bob/s"},
		},
		"no Service": {routeHead + "spec: {routes: [{match: Host(`a.b`)}]}", []string{"spec.routes[0] Traefik a.b / "}},
		"of Traefik itself": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: api@internal, kind: TraefikService}]}]}", []string{"spec.routes[0] Traefik a.b / "},
		},
		"weighted": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: w, kind: TraefikService}]}]}\n" + weighted + "spec: {weighted: {services: [{name: s}, {name: t, namespace: bob}]}}",
			[]string{"spec.routes[0] Traefik a.b / cindy/s", "spec.routes[0] Traefik a.b / bob/t"},
		},
		"variable of Flux": {
			routeHead + "spec: {routes: [{match: 'Host(`a.${DOMAIN/./-}`) && !Path(`/b`)', services: [{name: s}]}]}\n", []string{"spec.routes[0] Traefik a.${DOMAIN/./-} / cindy/s"},
		},
		"pattern of version 2": {
			routeHead + "spec: {routes: [{match: 'Host(`{sub:[a-z]+}.${DOMAIN}`)', services: [{name: s}]}]}\n", []string{"spec.routes[0] Traefik  / cindy/s"},
		},
		"mirrors get a copy": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: w, kind: TraefikService}]}]}\n" + weighted + "spec: {mirroring: {name: s, mirrors: [{name: t}]}}",
			[]string{"spec.routes[0] Traefik a.b / cindy/t", "spec.routes[0] Traefik a.b / cindy/s"},
		},
		"failover": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: w, kind: TraefikService}]}]}\n" + weighted + "spec: {failover: {service: {name: s}, fallback: {name: t}}}",
			[]string{"spec.routes[0] Traefik a.b / cindy/s", "spec.routes[0] Traefik a.b / cindy/t"},
		},
		"leads to itself": {
			routeHead + "spec: {routes: [{match: Host(`a.b`), services: [{name: w, kind: TraefikService}]}]}\n" + weighted + "spec: {weighted: {services: [{name: w, kind: TraefikService}, {name: s}]}}",
			[]string{"spec.routes[0] Traefik a.b / cindy/s"},
		},
		"connections": {
			strings.Replace(routeHead, "IngressRoute", "IngressRouteTCP", 1) + "spec: {routes: [{match: HostSNI(`a.b`), services: [{name: s}]}], tls: {passthrough: true}}",
			[]string{"spec.routes[0] Traefik a.b / cindy/s"},
		},
		"packets": {
			strings.Replace(routeHead, "IngressRoute", "IngressRouteUDP", 1) + "spec: {routes: [{services: [{name: s}]}]}", []string{"spec.routes[0] Traefik  / cindy/s"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, findings := routes(t, test.input)
			require.Empty(t, findings)
			require.Equal(t, test.want, got)
		})
	}
}

// TestTraefikMiddlewares is about what Middlewares do to a route of Traefik's own kind.
func TestTraefikMiddlewares(t *testing.T) {
	middleware := func(name, spec string) string {
		return "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: " + name + ", namespace: cindy}\nspec: {" + spec + "}\n"
	}
	auth := middleware("auth", "forwardAuth: {address: http://a/b}")
	tests := map[string]struct {
		names, beside, spec string
		asks, rewrite       string
		redirects           bool
	}{
		"nobody is asked":         {"", "", "", "", "", false},
		"asks":                    {"{name: auth}", auth, "", "http://a/b", "", false},
		"asks in a chain":         {"{name: chain}", middleware("chain", "chain: {middlewares: [{name: auth}]}") + auth, "", "http://a/b", "", false},
		"chain of itself":         {"{name: chain}", middleware("chain", "chain: {middlewares: [{name: chain}, {name: auth}]}") + auth, "", "http://a/b", "", false},
		"of another namespace":    {"{name: auth, namespace: bob}", auth, "", "", "", false},
		"of a file":               {"{name: auth@file}", auth, "", "", "", false},
		"only addresses":          {"{name: lan}", middleware("lan", "ipAllowList: {sourceRange: [10.0.0.0/8]}"), "", "", "", false},
		"basic auth":              {"{name: basic}", middleware("basic", "basicAuth: {secret: x}"), "", "", "", false},
		"path is cut":             {"{name: strip}", middleware("strip", "stripPrefix: {prefixes: [/x]}"), "", "", "/$1", false},
		"path is replaced":        {"{name: replace}", middleware("replace", "replacePath: {path: /x}"), "", "", "/x", false},
		"redirect":                {"{name: https}", middleware("https", "redirectScheme: {scheme: https}"), ", entryPoints: [web]", "", "", true},
		"redirect that is past":   {"{name: https}", middleware("https", "redirectScheme: {scheme: https}"), ", entryPoints: [web], tls: {}", "", "", false},
		"redirect anywhere":       {"{name: https}", middleware("https", "redirectScheme: {scheme: https}"), "", "", "", false},
		"redirect of two":         {"{name: https}", middleware("https", "redirectScheme: {scheme: https}"), ", entryPoints: [web, websecure]", "", "", false},
		"redirect by expressions": {"{name: www}", middleware("www", "redirectRegex: {regex: x, replacement: y}"), "", "", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ways, findings := read(t, routeHead+"spec: {routes: [{match: Host(`a.b`), middlewares: ["+test.names+"], services: [{name: s}]}]"+test.spec+"}\n"+test.beside)
			require.Empty(t, findings)
			require.Len(t, ways, 1)
			require.Equal(t, test.asks, ways[0].Auth.Asks)
			require.Equal(t, test.asks != "", ways[0].Auth.Closed())
			require.Equal(t, test.rewrite, ways[0].Rewrite)
			require.Equal(t, test.redirects, ways[0].Redirects)
		})
	}
}

// TestErrorPages is about the Services from which Traefik fetches error pages.
func TestErrorPages(t *testing.T) {
	const middlewares = "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: errors, namespace: cindy}\nspec: {errors: {query: '%s', service: {name: t, port: 80}}}\n" +
		"---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: auth, namespace: cindy}\nspec: {forwardAuth: {address: http://a/b}}\n"
	tests := map[string]struct {
		names, query, rewrite string
		asks                  bool
	}{
		"before anybody is asked": {"{name: errors}, {name: auth}", "/x?y={url}", "/x", false},
		"after that":              {"{name: auth}, {name: errors}", "/x", "/x", true},
		"by status":               {"{name: errors}", "/{status}.html", "/$1", false},
		"without a query":         {"{name: errors}", "", "/", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ways, findings := read(t, routeHead+"spec: {routes: [{match: Host(`a.b`), middlewares: ["+test.names+"], services: [{name: s}]}]}\n"+fmt.Sprintf(middlewares, test.query))
			require.Empty(t, findings)
			require.Len(t, ways, 2)
			require.False(t, ways[0].Aside)
			require.True(t, ways[1].Aside)
			require.Equal(t, "cindy/t", ways[1].Service)
			require.Equal(t, "the errors of Middleware cindy/errors", ways[1].Via)
			require.Equal(t, test.rewrite, ways[1].Rewrite)
			require.Equal(t, test.asks, ways[1].Auth.Closed())
		})
	}
}
