package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConfiguredBy is about texts for the configuration of nginx and of HAProxy after which nobody knows what a backend sees.
func TestConfiguredBy(t *testing.T) {
	leadsElsewhere := func(snippet string) bool {
		way := &Way{}
		way.configuredBy("snippet", snippet)
		require.Equal(t, way.Rewrite != "", way.Remark != "", snippet)
		return way.Rewrite != ""
	}
	for _, snippet := range []string{
		"rewrite ^/x/(.*)$ /$1 break;",
		"gzip on;\nrewrite ^/x/(.*)$ /$1;",
		"if ($a) { rewrite ^ /x last; }",
		"proxy_pass http://10.0.0.1;",
		"rewrite_by_lua_block { ngx.req.set_uri('/x') }",
		"access_by_lua_file /x.lua;",
		`http-request replace-path /x(/.*) \1`,
		"http-request set-pathq /x",
		"http-request lua.x",
	} {
		require.True(t, leadsElsewhere(snippet), snippet)
	}
	for _, snippet := range []string{
		"",
		"rewrite ^(/x)$ $1/ redirect;",
		"rewrite ^ https://a.b/x;",
		"rewrite ^ $scheme://a.b$request_uri permanent;",
		"proxy_pass_header Server; proxy_set_header X-A rewrite;",
		"# rewrite the host\nproxy_set_header Host a.b;",
		"header_filter_by_lua_block { ngx.header.x = 1 }",
		"return 403;",
		"http-request set-header X-A y",
		"timeout server 1m",
	} {
		require.False(t, leadsElsewhere(snippet), snippet)
	}
}

func TestServiceOfURL(t *testing.T) {
	for address, want := range map[string][3]string{
		"http://s.cindy.svc.cluster.local:8080/x": {"cindy/s", "8080", "/x"},
		"https://s.cindy.svc$request_uri":         {"cindy/s", "", "$request_uri"},
		"s.cindy:80":                              {"cindy/s", "80", ""},
		`"http://S.cindy"`:                        {"cindy/s", "", ""},
		"http://www.example.com":                  {},
		"http://10.0.0.1":                         {},
		"http://s":                                {},
		"http://[":                                {},
		"$backend":                                {},
		"":                                        {},
	} {
		service, port, path := serviceOfURL(address)
		if service == "" {
			port, path = "", ""
		}
		require.Equal(t, want, [3]string{service, port, path}, address)
	}
}

// TestAsidesOfNginx is about the ways that annotations open beside the route of an Ingress.
func TestAsidesOfNginx(t *testing.T) {
	const (
		f5    = "nginx.org/ingress-controller"
		route = "spec.rules[0].http.paths[0] class c a.b /x cindy/s"
	)
	annotation := func(name string) string {
		return "metadata.annotations[nginx.ingress.kubernetes.io/" + name + "] its " + name
	}
	tests := map[string]struct {
		controller, annotations string
		want                    []string
	}{
		"default backend":              {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/default-backend: t", []string{annotation("default-backend") + " a.b /x cindy/t"}},
		"of a class that nobody knows": {"example.com/controller", "nginx.ingress.kubernetes.io/default-backend: t", []string{annotation("default-backend") + " a.b /x cindy/t"}},
		"left over":                    {f5, "nginx.ingress.kubernetes.io/default-backend: t", nil},
		"copies":                       {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/mirror-target: http://t.bob.svc$request_uri", []string{annotation("mirror-target") + " a.b /x bob/t"}},
		"copies to the outside":        {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/mirror-target: http://t.example.com", nil},
		"snippet of the location":      {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/configuration-snippet: proxy_pass http://t.bob;", []string{annotation("configuration-snippet") + " a.b /x bob/t"}},
		"snippet of the server":        {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/server-snippet: 'location /y { set $t http://t.bob.svc; proxy_pass $t; }'", []string{annotation("server-snippet") + " a.b /x bob/t"}},
		"snippet of a port":            {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/stream-snippet: 'server { listen 9000; proxy_pass t.bob:80; }'", []string{annotation("stream-snippet") + "  / bob/t"}},
		"snippet of F5": {
			f5, "nginx.org/server-snippets: 'location /y { proxy_pass http://t.bob; }'",
			[]string{"metadata.annotations[nginx.org/server-snippets] its server-snippets a.b /x bob/t"},
		},
		"snippet with a header": {"k8s.io/ingress-nginx", "nginx.ingress.kubernetes.io/configuration-snippet: proxy_set_header Host t.bob;", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, findings := routes(t, "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {controller: "+test.controller+"}\n---\n"+
				"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: cindy\n  annotations:\n    "+test.annotations+"\n"+
				"spec: {ingressClassName: c, rules: [{host: a.b, http: {paths: [{path: /x, pathType: Prefix, backend: {service: {name: s}}}]}}]}\n")
			require.Empty(t, findings)
			require.Equal(t, append([]string{route}, test.want...), got)
		})
	}
}
