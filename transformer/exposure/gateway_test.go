package exposure

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const httpRouteHead = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a, namespace: cindy}\n"

func TestGatewayRoutes(t *testing.T) {
	gateway := func(listeners string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: infra}\nspec: {listeners: [" + listeners + "]}\n---\n"
	}
	const toGateway = "parentRefs: [{name: g, namespace: infra}]"
	tests := map[string]struct {
		input string
		want  []string
	}{
		"route": {
			httpRouteHead + "spec: {parentRefs: [{name: g}], hostnames: [A.b], rules: [{backendRefs: [{name: s, port: 80}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g a.b / cindy/s"},
		},
		"every host": {
			httpRouteHead + "spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: s}]}]}", []string{"spec.rules[0] Gateway cindy/g  / cindy/s"},
		},
		"every parent, host, rule, match and backend": {
			httpRouteHead + "spec: {parentRefs: [{name: g}, {name: h, namespace: infra}], hostnames: [a.b], rules: [{matches: [{path: {value: /x}}, {path: {type: Exact, value: /y}}], backendRefs: [{name: s}, {name: t, namespace: bob}]}]}",
			[]string{
				"spec.rules[0] Gateway cindy/g a.b /x cindy/s", "spec.rules[0] Gateway cindy/g a.b /x bob/t",
				"spec.rules[0] Gateway cindy/g a.b /y cindy/s", "spec.rules[0] Gateway cindy/g a.b /y bob/t",
				"spec.rules[0] Gateway infra/h a.b /x cindy/s", "spec.rules[0] Gateway infra/h a.b /x bob/t",
				"spec.rules[0] Gateway infra/h a.b /y cindy/s", "spec.rules[0] Gateway infra/h a.b /y bob/t",
			},
		},
		"kind of a backend written out": {
			httpRouteHead + `spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{backendRefs: [{group: "", kind: Service, name: s}, {group: example.com, kind: Bucket, name: s}]}]}`,
			[]string{"spec.rules[0] Gateway cindy/g a.b / cindy/s", "spec.rules[0] Gateway cindy/g a.b / "},
		},
		"no backend": {httpRouteHead + "spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{}]}", []string{"spec.rules[0] Gateway cindy/g a.b / "}},
		"copies of the requests": {
			httpRouteHead + "spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{filters: [{type: RequestMirror, requestMirror: {backendRef: {name: m}}}], backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g a.b / cindy/m", "spec.rules[0] Gateway cindy/g a.b / cindy/s"},
		},
		"inside the mesh": {httpRouteHead + "spec: {parentRefs: [{group: '', kind: Service, name: s}], rules: [{backendRefs: [{name: s}]}]}", nil},
		"no parent":       {httpRouteHead + "spec: {rules: [{backendRefs: [{name: s}]}]}", nil},
		"ListenerSet":     {httpRouteHead + "spec: {parentRefs: [{kind: ListenerSet, name: l}], hostnames: [a.b], rules: [{backendRefs: [{name: s}]}]}", []string{"spec.rules[0] ListenerSet cindy/l a.b / cindy/s"}},
		"expression for a path": {
			httpRouteHead + "spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{matches: [{path: {type: RegularExpression, value: '/x/[0-9]+'}}], backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g a.b /x/ cindy/s"},
		},
		"hosts of the listeners": {
			gateway("{name: a, hostname: '*.b', allowedRoutes: {namespaces: {from: All}}}, {name: c, hostname: c.d, allowedRoutes: {namespaces: {from: All}}}") +
				httpRouteHead + "spec: {" + toGateway + ", hostnames: [a.b, c.d, e.f], rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway infra/g a.b / cindy/s", "spec.rules[0] Gateway infra/g c.d / cindy/s"},
		},
		"host of a listener alone": {
			gateway("{name: a, hostname: a.b, allowedRoutes: {namespaces: {from: All}}}") + httpRouteHead + "spec: {" + toGateway + ", rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway infra/g a.b / cindy/s"},
		},
		"section": {
			gateway("{name: a, hostname: a.b, allowedRoutes: {namespaces: {from: All}}}, {name: c, hostname: c.d, allowedRoutes: {namespaces: {from: All}}}") +
				httpRouteHead + "spec: {parentRefs: [{name: g, namespace: infra, sectionName: c}], rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway infra/g c.d / cindy/s"},
		},
		"listener for its own namespace": {
			gateway("{name: a, hostname: a.b}") + httpRouteHead + "spec: {" + toGateway + ", rules: [{backendRefs: [{name: s}]}]}", nil,
		},
		"listener for chosen namespaces": {
			gateway("{name: a, hostname: a.b, allowedRoutes: {namespaces: {from: Selector, selector: {}}}}") + httpRouteHead + "spec: {" + toGateway + ", rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway infra/g a.b / cindy/s"},
		},
		"GRPCRoute": {
			strings.Replace(httpRouteHead, "HTTPRoute", "GRPCRoute", 1) + "spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{matches: [{method: {service: x}}], backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g a.b /x/ cindy/s"},
		},
		"TLSRoute": {
			strings.Replace(httpRouteHead, "HTTPRoute", "TLSRoute", 1) + "spec: {parentRefs: [{name: g}], hostnames: [a.b], rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g a.b / cindy/s"},
		},
		"TCPRoute": {
			strings.Replace(httpRouteHead, "HTTPRoute", "TCPRoute", 1) + "spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: s}]}]}",
			[]string{"spec.rules[0] Gateway cindy/g  / cindy/s"},
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

// TestPolicyOfTheParent has the policy of a Gateway. A ListenerSet of the same name has none.
func TestPolicyOfTheParent(t *testing.T) {
	const policy = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: p, namespace: cindy}\n" +
		"spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: g}], basicAuth: {users: {name: u}}}\n---\n"
	for kind, want := range map[string]string{"Gateway": "a password", "ListenerSet": ""} {
		found, findings := read(t, policy+httpRouteHead+"spec: {parentRefs: [{kind: "+kind+", name: g}], rules: [{backendRefs: [{name: s}]}]}")
		require.Empty(t, findings)
		require.Equal(t, want, found[0].Auth.Asks, kind)
	}
}
