package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const virtualHead = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a, namespace: cindy}\n"

func TestVirtualServices(t *testing.T) {
	const (
		// delegated has no gateways, and so opens nothing by itself.
		delegated = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: part, namespace: bob}\n" +
			"spec: {http: [{match: [{uri: {prefix: /api/v1}}], route: [{destination: {host: t}}]}, {route: [{destination: {host: u}}]}]}\n---\n"
		loop = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: part, namespace: cindy}\n" +
			"spec: {http: [{delegate: {name: part}}, {route: [{destination: {host: t}}]}]}\n---\n"
	)
	tests := map[string]struct {
		input string
		want  []string
	}{
		"route": {
			virtualHead + "spec: {hosts: [A.b], gateways: [g], http: [{route: [{destination: {host: s}}]}]}", []string{"spec.http[0] Istio Gateway cindy/g a.b / cindy/s"},
		},
		"every host": {
			virtualHead + "spec: {hosts: ['*'], gateways: [g], http: [{route: [{destination: {host: s}}]}]}", []string{"spec.http[0] Istio Gateway cindy/g  / cindy/s"},
		},
		"names of Gateways": {
			virtualHead + "spec: {hosts: [a.b], gateways: [./g, out/g, g.old.svc.cluster.local, mesh], http: [{route: [{destination: {host: s}}]}]}",
			[]string{
				"spec.http[0] Istio Gateway cindy/g a.b / cindy/s", "spec.http[0] Istio Gateway out/g a.b / cindy/s",
				"spec.http[0] Istio Gateway old/g a.b / cindy/s",
			},
		},
		"inside the mesh":     {virtualHead + "spec: {hosts: [a.b], http: [{route: [{destination: {host: s}}]}]}", nil},
		"the mesh by name":    {virtualHead + "spec: {hosts: [a.b], gateways: [mesh], http: [{route: [{destination: {host: s}}]}]}", nil},
		"names of a Service":  {virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{route: [{destination: {host: s.bob.svc.cluster.local}}, {destination: {host: s.bob}}]}]}", []string{"spec.http[0] Istio Gateway cindy/g a.b / bob/s", "spec.http[0] Istio Gateway cindy/g a.b / bob/s"}},
		"outside the cluster": {virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{route: [{destination: {host: www.example.com}}]}]}", []string{"spec.http[0] Istio Gateway cindy/g a.b / "}},
		"every match": {
			virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{match: [{uri: {exact: /x}}, {uri: {prefix: /y}}, {uri: {regex: '/z/.*'}}, {method: {exact: GET}}], route: [{destination: {host: s}}]}]}",
			[]string{
				"spec.http[0] Istio Gateway cindy/g a.b /x cindy/s", "spec.http[0] Istio Gateway cindy/g a.b /y cindy/s",
				"spec.http[0] Istio Gateway cindy/g a.b /z/ cindy/s", "spec.http[0] Istio Gateway cindy/g a.b / cindy/s",
			},
		},
		"letter case ignored": {
			virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{match: [{uri: {exact: /x}, ignoreUriCase: true}], route: [{destination: {host: s}}]}]}",
			[]string{"spec.http[0] Istio Gateway cindy/g a.b / cindy/s"},
		},
		"match for one Gateway": {
			virtualHead + "spec: {hosts: [a.b], gateways: [g, mesh], http: [{match: [{uri: {prefix: /x}, gateways: [mesh]}, {uri: {prefix: /y}, gateways: [g]}], route: [{destination: {host: s}}]}]}",
			[]string{"spec.http[0] Istio Gateway cindy/g a.b /y cindy/s"},
		},
		"copies of the requests": {
			virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{route: [{destination: {host: s}}], mirror: {host: m}, mirrors: [{destination: {host: o}}]}]}",
			[]string{"spec.http[0] Istio Gateway cindy/g a.b / cindy/s", "spec.http[0] Istio Gateway cindy/g a.b / cindy/m", "spec.http[0] Istio Gateway cindy/g a.b / cindy/o"},
		},
		"redirect": {virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{redirect: {uri: /}}]}", []string{"spec.http[0] Istio Gateway cindy/g a.b / "}},
		"delegate": {
			delegated + virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{match: [{uri: {prefix: /api}}], delegate: {name: part, namespace: bob}}]}",
			[]string{"spec.http[0] Istio Gateway cindy/g a.b /api/v1 bob/t", "spec.http[0] Istio Gateway cindy/g a.b /api bob/u"},
		},
		"delegate of itself": {
			loop + virtualHead + "spec: {hosts: [a.b], gateways: [g], http: [{delegate: {name: part}}]}", []string{"spec.http[0] Istio Gateway cindy/g a.b / cindy/t"},
		},
		"not delegated": {delegated, nil},
		"connections": {
			virtualHead + "spec: {hosts: [a.b], gateways: [g], tls: [{match: [{sniHosts: [a.b]}], route: [{destination: {host: s}}]}], tcp: [{route: [{destination: {host: t}}]}]}",
			[]string{"spec.tls[0] Istio Gateway cindy/g a.b / cindy/s", "spec.tcp[0] Istio Gateway cindy/g a.b / cindy/t"},
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
