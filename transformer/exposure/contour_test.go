package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const proxyHead = "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: a, namespace: cindy}\n"

func TestHTTPProxies(t *testing.T) {
	const (
		// included has no virtualhost, and so opens nothing by itself.
		included = "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: part, namespace: bob}\n" +
			"spec: {routes: [{conditions: [{prefix: /v1}], services: [{name: t}]}, {services: [{name: u}]}]}\n---\n"
		loop = "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: part, namespace: cindy}\n" +
			"spec: {routes: [{services: [{name: t}]}], includes: [{name: part}]}\n---\n"
		connection = "apiVersion: projectcontour.io/v1\nkind: HTTPProxy\nmetadata: {name: part, namespace: cindy}\n" +
			"spec: {tcpproxy: {services: [{name: t}], include: {name: part}}}\n---\n"
	)
	tests := map[string]struct {
		input string
		want  []string
	}{
		"route": {
			proxyHead + "spec: {virtualhost: {fqdn: A.b}, routes: [{services: [{name: s, port: 80}]}]}", []string{"spec.routes[0] Contour a.b / cindy/s"},
		},
		"class": {
			proxyHead + "spec: {ingressClassName: c, virtualhost: {fqdn: a.b}, routes: [{services: [{name: s}]}]}", []string{"spec.routes[0] class c a.b / cindy/s"},
		},
		"every route and Service": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b}, routes: [{conditions: [{prefix: /x}], services: [{name: s}, {name: m, mirror: true}]}, {services: [{name: t}]}]}",
			[]string{"spec.routes[0] Contour a.b /x cindy/s", "spec.routes[0] Contour a.b /x cindy/m", "spec.routes[1] Contour a.b / cindy/t"},
		},
		"exact and regular paths": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b}, routes: [{conditions: [{exact: /x}], services: [{name: s}]}, {conditions: [{regex: '/y/[0-9]+'}], services: [{name: s}]}]}",
			[]string{"spec.routes[0] Contour a.b /x cindy/s", "spec.routes[1] Contour a.b /y/ cindy/s"},
		},
		"condition for a header": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b}, routes: [{conditions: [{header: {name: x, present: true}}, {prefix: /x}], services: [{name: s}]}]}",
			[]string{"spec.routes[0] Contour a.b /x cindy/s"},
		},
		"no Service": {proxyHead + "spec: {virtualhost: {fqdn: a.b}, routes: [{requestRedirectPolicy: {}}]}", []string{"spec.routes[0] Contour a.b / "}},
		"included": {
			included + proxyHead + "spec: {virtualhost: {fqdn: a.b}, includes: [{name: part, namespace: bob, conditions: [{prefix: /api/}]}]}",
			[]string{"spec.includes[0] Contour a.b /api/v1 bob/t", "spec.includes[0] Contour a.b /api/ bob/u"},
		},
		"included twice": {
			included + proxyHead + "spec: {virtualhost: {fqdn: a.b}, includes: [{name: part, namespace: bob}, {name: part, namespace: bob, conditions: [{prefix: /x}]}]}",
			[]string{
				"spec.includes[0] Contour a.b /v1 bob/t", "spec.includes[0] Contour a.b / bob/u",
				"spec.includes[1] Contour a.b /x/v1 bob/t", "spec.includes[1] Contour a.b /x bob/u",
			},
		},
		"included by itself": {
			loop + proxyHead + "spec: {virtualhost: {fqdn: a.b}, includes: [{name: part}]}", []string{"spec.includes[0] Contour a.b / cindy/t"},
		},
		"included from another set": {proxyHead + "spec: {virtualhost: {fqdn: a.b}, includes: [{name: absent}]}", nil},
		"not included":              {included, nil},
		"connection passed through": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b, tls: {passthrough: true}}, tcpproxy: {services: [{name: s}]}}", []string{"spec.tcpproxy Contour a.b / cindy/s"},
		},
		"connection whose TLS ends": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b, tls: {secretName: c}}, tcpproxy: {services: [{name: s}]}}", []string{"spec.tcpproxy Contour a.b / cindy/s"},
		},
		"connection beside routes": {
			proxyHead + "spec: {virtualhost: {fqdn: a.b, tls: {passthrough: true}}, tcpproxy: {services: [{name: s}]}, routes: [{services: [{name: t}]}]}",
			[]string{"spec.tcpproxy Contour a.b / cindy/s", "spec.routes[0] Contour a.b / cindy/t"},
		},
		"included connection": {
			connection + proxyHead + "spec: {virtualhost: {fqdn: a.b, tls: {passthrough: true}}, tcpproxy: {include: {name: part}}}", []string{"spec.tcpproxy Contour a.b / cindy/t"},
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

// TestContourPrefix holds prefixes to plain text: /admin is the prefix of /administrators too.
func TestContourPrefix(t *testing.T) {
	found, findings := read(t, proxyHead+"spec: {virtualhost: {fqdn: a.b}, routes: [{conditions: [{prefix: /admin}], services: [{name: s}]}, {services: [{name: s}]}]}")
	require.Empty(t, findings)
	require.True(t, found[0].Paths.Contains(Prefix("/administrators")))
	require.True(t, found[1].Paths.Equal(Prefix("/")))
}
