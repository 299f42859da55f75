package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestF5Paths is about the paths of routes; "..." marks what takes only some of the requests for its paths.
func TestF5Paths(t *testing.T) {
	tests := map[string]struct {
		path string
		want PathSet
		part bool
	}{
		"plain text":                {"/x", PathSet{"/x", plain}, false},
		"root":                      {"/", PathSet{"/", plain}, false},
		"exact":                     {"=/x", PathSet{"/x", exact}, false},
		"exact after a blank":       {"= /x", PathSet{"/x", exact}, false},
		"expression":                {`~ ^/x/[0-9]+`, PathSet{"/x/", plain}, true},
		"expression from anywhere":  {`~ \.jpg$`, Prefix("/"), true},
		"expression of either case": {`~* ^/X`, Prefix("/"), true},
		"not an expression":         {`~ ^/(`, PathSet{"", plain}, true},
		"nothing":                   {"", Prefix("/"), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, part := f5Paths(test.path)
			require.Equal(t, test.want, got)
			require.Equal(t, test.part, part)
		})
	}
}

const serverHead = "apiVersion: k8s.nginx.org/v1\nkind: VirtualServer\nmetadata: {name: a, namespace: cindy}\n"

func TestVirtualServers(t *testing.T) {
	const (
		upstreams = "upstreams: [{name: u, service: s, port: 80}, {name: v, service: bob/t, port: 80, backup: b, backupPort: 80}]"
		included  = "apiVersion: k8s.nginx.org/v1\nkind: VirtualServerRoute\nmetadata: {name: part, namespace: bob, labels: {app: x, tier: y}}\n" +
			"spec: {host: a.b, upstreams: [{name: u, service: t, port: 80}], subroutes: [{path: /x/y, action: {pass: u}}]}\n---\n"
	)
	tests := map[string]struct {
		input string
		want  []string
	}{
		"route": {
			serverHead + "spec: {host: A.b, " + upstreams + ", routes: [{path: /x, action: {pass: u}}]}", []string{"spec.routes[0] F5 NGINX a.b /x cindy/s"},
		},
		"class": {
			serverHead + "spec: {ingressClassName: c, host: a.b, " + upstreams + ", routes: [{path: /x, action: {pass: u}}]}",
			[]string{"spec.routes[0] class c a.b /x cindy/s"},
		},
		"the class that F5 serves": {
			"apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: f5}\nspec: {controller: nginx.org/ingress-controller}\n---\n" +
				serverHead + "spec: {host: a.b, " + upstreams + ", routes: [{path: /x, action: {pass: u}}]}",
			[]string{"spec.routes[0] class f5 a.b /x cindy/s"},
		},
		"closed class": {
			serverHead + "spec: {ingressClassName: private-endpoints.dev, host: a.b, " + upstreams + ", routes: [{path: /x, action: {pass: u}}]}", nil,
		},
		"Service of another namespace, and its backup": {
			serverHead + "spec: {host: a.b, " + upstreams + ", routes: [{path: /x, action: {pass: v}}]}",
			[]string{"spec.routes[0] F5 NGINX a.b /x bob/t", "spec.routes[0] F5 NGINX a.b /x cindy/b"},
		},
		"unknown upstream": {serverHead + "spec: {host: a.b, routes: [{path: /x, action: {pass: u}}]}", []string{"spec.routes[0] F5 NGINX a.b /x "}},
		"split": {
			serverHead + "spec: {host: a.b, " + upstreams + ", routes: [{path: /x, splits: [{action: {pass: u}}, {action: {proxy: {upstream: v}}}]}]}",
			[]string{"spec.routes[0] F5 NGINX a.b /x cindy/s", "spec.routes[0] F5 NGINX a.b /x bob/t", "spec.routes[0] F5 NGINX a.b /x cindy/b"},
		},
		"match, and what is left": {
			serverHead + "spec: {host: a.b, " + upstreams + ", routes: [{path: /x, action: {return: {body: x}}, matches: [{splits: [{action: {pass: u}}]}]}]}",
			[]string{"spec.routes[0] F5 NGINX a.b /x ", "spec.routes[0] F5 NGINX a.b /x cindy/s"},
		},
		"included by name": {
			included + serverHead + "spec: {host: a.b, routes: [{path: /x, route: bob/part}]}", []string{"spec.routes[0] F5 NGINX a.b /x/y bob/t"},
		},
		"included by labels": {
			included + serverHead + "spec: {host: a.b, routes: [{path: /x, routeSelector: {matchLabels: {app: x}}}]}", []string{"spec.routes[0] F5 NGINX a.b /x/y bob/t"},
		},
		"other labels":                {included + serverHead + "spec: {host: a.b, routes: [{path: /x, routeSelector: {matchLabels: {app: x, tier: z}}}]}", nil},
		"name in this namespace":      {included + serverHead + "spec: {host: a.b, routes: [{path: /x, route: part}]}", nil},
		"not included":                {included, nil},
		"VirtualServer of the others": {"apiVersion: example.com/v1\nkind: VirtualServer\nmetadata: {name: a, namespace: cindy}\nspec: {routes: [{path: /}]}\n", nil},
		"connections for a host": {
			"apiVersion: k8s.nginx.org/v1\nkind: TransportServer\nmetadata: {name: a, namespace: cindy}\n" +
				"spec: {host: a.b, listener: {name: tls-passthrough, protocol: TLS_PASSTHROUGH}, " + upstreams + ", action: {pass: u}}",
			[]string{"spec.action F5 NGINX a.b / cindy/s"},
		},
		"connections to a port": {
			"apiVersion: k8s.nginx.org/v1\nkind: TransportServer\nmetadata: {name: a, namespace: cindy}\n" +
				"spec: {host: a.b, listener: {name: raw, protocol: TCP}, " + upstreams + ", action: {pass: u}}",
			[]string{"spec.action listener raw  / cindy/s"},
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

func TestVirtualServerRouteThatCannotBeRead(t *testing.T) {
	got, findings := routes(t, "apiVersion: k8s.nginx.org/v1\nkind: VirtualServerRoute\nmetadata: {name: a, namespace: cindy}\nspec: {a: 1, a: 2}\n")
	require.Empty(t, got)
	require.Len(t, findings, 1)
	require.Equal(t, Unreadable.Code, findings[0].Code)
}

// TestVirtualServerActions is about what a route does with a request.
func TestVirtualServerActions(t *testing.T) {
	tests := map[string]struct {
		path, action, rewrite string
		redirects             bool
	}{
		"pass":                   {"/x", "pass: u", "", false},
		"proxy":                  {"/x", "proxy: {upstream: u}", "", false},
		"beginning is replaced":  {"/x", "proxy: {upstream: u, rewritePath: /y}", "/y$1", false},
		"whole path is replaced": {"=/x", "proxy: {upstream: u, rewritePath: /y}", "/y", false},
		"snippet":                {"/x", "pass: u}, location-snippets: 'rewrite ^/x(.*) /$1 break;', a: {", "/$1", false},
		"path of groups":         {"~ ^/x/(.*)", "proxy: {upstream: u, rewritePath: /y/$1}", "/y/$1$1", false},
		"redirect":               {"/x", "redirect: {url: https://a.b}", "", true},
		"answer of its own":      {"/x", "return: {body: x}", "", true},
		"nothing":                {"/x", "", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ways, findings := read(t, serverHead+"spec: {host: a.b, upstreams: [{name: u, service: s, port: 80}], routes: [{path: '"+test.path+"', action: {"+test.action+"}}]}")
			require.Empty(t, findings)
			require.Len(t, ways, 1)
			require.Equal(t, test.rewrite, ways[0].Rewrite)
			require.Equal(t, test.redirects, ways[0].Redirects)
		})
	}
}

// TestIngressesOfF5AndHAProxy is about annotations that change the paths of an Ingress.
func TestIngressesOfF5AndHAProxy(t *testing.T) {
	tests := map[string]struct {
		controller, annotations, pathType string
		want                              Way
	}{
		"F5: rewritten":                    {"nginx.org/ingress-controller", "nginx.org/rewrites: serviceName=t rewrite=/z;serviceName=s rewrite=/y/", "Prefix", Way{Paths: Prefix("/x"), Rewrite: "/y/$1"}},
		"F5: exact path rewritten":         {"nginx.org/ingress-controller", "nginx.org/rewrites: serviceName=s rewrite=/y", "Exact", Way{Paths: PathSet{"/x", exact}, Rewrite: "/y"}},
		"F5: another Service":              {"nginx.org/ingress-controller", "nginx.org/rewrites: serviceName=t rewrite=/y", "Prefix", Way{Paths: Prefix("/x")}},
		"F5: all rewritten":                {"nginx.org/ingress-controller", "nginx.org/rewrite-target: /y", "Prefix", Way{Paths: Prefix("/x"), Rewrite: "/y"}},
		"F5: rewritten by snippet":         {"nginx.org/ingress-controller", "nginx.org/location-snippets: rewrite ^/x(.*) /$1 break;", "Prefix", Way{Paths: Prefix("/x"), Rewrite: "/$1"}},
		"F5: expressions":                  {"nginx.org/ingress-controller", "nginx.org/path-regex: case_sensitive", "Prefix", Way{Paths: Prefix("/x"), Regular: true}},
		"F5: exact":                        {"nginx.org/ingress-controller", "nginx.org/path-regex: exact", "Prefix", Way{Paths: PathSet{"/x", exact}}},
		"HAProxy: rewritten":               {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/rewrite-target: /y", "Prefix", Way{Paths: Prefix("/x"), Rewrite: "/y$1"}},
		"HAProxy: rewritten by snippet":    {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/config-backend: http-request set-path /y", "Prefix", Way{Paths: Prefix("/x"), Rewrite: "/$1"}},
		"HAProxy: redirect":                {"haproxy-ingress.github.io/controller", "ingress.kubernetes.io/redirect-to: https://a.b", "Prefix", Way{Paths: Prefix("/x"), Redirects: true}},
		"HAProxy: expressions":             {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/path-type: Regex", "ImplementationSpecific", Way{Paths: PathSet{"/x", plain}, Regular: true}},
		"HAProxy: exact":                   {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/path-type: exact", "ImplementationSpecific", Way{Paths: PathSet{"/x", exact}}},
		"HAProxy: segments":                {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/path-type: prefix", "ImplementationSpecific", Way{Paths: Prefix("/x")}},
		"HAProxy: plain text":              {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/path-type: begin", "ImplementationSpecific", Way{Paths: PathSet{"/x", plain}, Folded: true}},
		"HAProxy: type of the Ingress":     {"haproxy-ingress.github.io/controller", "haproxy-ingress.github.io/path-type: regex", "Prefix", Way{Paths: Prefix("/x")}},
		"annotation of another controller": {"example.com/controller", "haproxy-ingress.github.io/rewrite-target: /y", "Prefix", Way{Paths: Prefix("/x")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ways, findings := read(t, "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {controller: "+test.controller+"}\n---\n"+
				"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: cindy\n  annotations:\n    "+test.annotations+"\n"+
				"spec: {ingressClassName: c, rules: [{host: a.b, http: {paths: [{path: /x, pathType: "+test.pathType+", backend: {service: {name: s}}}]}}]}\n")
			require.Empty(t, findings)
			require.Len(t, ways, 1)
			got := Way{Paths: ways[0].Paths, Rewrite: ways[0].Rewrite, Regular: ways[0].Regular, Redirects: ways[0].Redirects, Folded: ways[0].Folded}
			require.Equal(t, test.want, got)
		})
	}
}

// TestAliases is about further hosts of an Ingress. One that is a regular expression may be any host.
func TestAliases(t *testing.T) {
	for annotation, want := range map[string][]string{
		"nginx.ingress.kubernetes.io/server-alias: c.d":           {"a.b", "c.d"},
		"nginx.ingress.kubernetes.io/server-alias: c.d,~^.+$":     {"a.b", "c.d", ""},
		"haproxy-ingress.github.io/server-alias: C.d":             {"a.b", "c.d"},
		"ingress.kubernetes.io/server-alias: c.d":                 {"a.b", "c.d"},
		"haproxy-ingress.github.io/server-alias-regex: ^.*\\.d$$": {"a.b", ""},
		"haproxy-ingress.github.io/server-aliases: c.d":           {"a.b"},
	} {
		ways, findings := read(t, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: cindy\n  annotations:\n    "+annotation+"\n"+
			"spec: {rules: [{host: a.b, http: {paths: [{path: /x, backend: {service: {name: s}}}]}}]}\n")
		require.Empty(t, findings)
		var hosts []string
		for _, way := range ways {
			hosts = append(hosts, way.Host)
		}
		require.Equal(t, want, hosts, annotation)
	}
}
