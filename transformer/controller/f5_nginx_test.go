package controller

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// f5PolicyOf is a Policy of namespace cindy with an externalAuth.
func f5PolicyOf(name, externalAuth string) string {
	return "---\napiVersion: k8s.nginx.org/v1\nkind: Policy\nmetadata: {name: " + name + ", namespace: cindy}\nspec: {externalAuth: {" + externalAuth + "}}\n"
}

// TestF5Address is about who a Policy asks, written as a URL as the configuration does.
func TestF5Address(t *testing.T) {
	const proxy = "---\napiVersion: v1\nkind: Service\nmetadata: {name: oauth2-proxy, namespace: auth}\nspec: {ports: [{port: 4180}, {port: 80}]}\n"
	tests := map[string]struct {
		externalAuth, others, want string
		flaws                      []string
	}{
		"Service of another namespace": {"authURI: '/a?b=c', authServiceName: auth/oauth2-proxy, authServicePorts: [80]", "", "http://oauth2-proxy.auth.svc.cluster.local/a?b=c", nil},
		"of the namespace":             {"authURI: /a, authServiceName: oauth2-proxy, authServicePorts: [80]", "", "http://oauth2-proxy.cindy.svc.cluster.local/a", nil},
		"another port":                 {"authURI: /a, authServiceName: auth/oauth2-proxy, authServicePorts: [8080, 80]", "", "http://oauth2-proxy.auth.svc.cluster.local:8080/a", nil},
		"with TLS":                     {"authURI: /a, authServiceName: auth/oauth2-proxy, authServicePorts: [443], sslEnabled: true", "", "https://oauth2-proxy.auth.svc.cluster.local/a", nil},
		"first port of the Service":    {"authURI: /a, authServiceName: auth/oauth2-proxy", proxy, "http://oauth2-proxy.auth.svc.cluster.local:4180/a", []string{"PE504"}},
		"port out of range":            {"authURI: /a, authServiceName: auth/oauth2-proxy, authServicePorts: [65536]", "", "http://oauth2-proxy.auth.svc.cluster.local:65536/a", []string{"PE504"}},
		"no Service":                   {"authURI: /a, authServicePorts: [80]", "", "", nil},
		"no path":                      {"authServiceName: auth/oauth2-proxy, authServicePorts: [80]", "", "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judged(t, f5Nginx, "", "nginx.org/policies: auth", f5PolicyOf("auth", test.externalAuth)+test.others)
			require.Equal(t, test.want, judgement.Asks)
			require.Equal(t, test.flaws, codes(judgement))
			require.Equal(t, test.want != "" && test.flaws == nil, judgement.Closed())
		})
	}
}

// TestF5Policies is about which Policies of an Ingress count.
func TestF5Policies(t *testing.T) {
	const asks = "authURI: /a, authServiceName: auth/oauth2-proxy, authServicePorts: [80]"
	other := func(spec string) string {
		return "---\napiVersion: k8s.nginx.org/v1\nkind: Policy\nmetadata: {name: other, namespace: cindy}\nspec: {" + spec + "}\n"
	}
	tests := map[string]struct {
		annotations, others string
		asks                string
		flaws               []string
	}{
		"nothing":                      {"", "", "", nil},
		"empty list":                   {"nginx.org/policies: ' , '", "", "", nil},
		"asks":                         {"nginx.org/policies: auth", "", "http://oauth2-proxy.auth.svc.cluster.local/a", nil},
		"with its namespace":           {"nginx.org/policies: cindy/auth", "", "http://oauth2-proxy.auth.svc.cluster.local/a", nil},
		"of another namespace":         {"nginx.org/policies: bob/auth", "", "", []string{"PE501"}},
		"other kind first":             {"nginx.org/policies: 'other, auth'", other("cors: {}"), "http://oauth2-proxy.auth.svc.cluster.local/a", nil},
		"unknown behind it":            {"nginx.org/policies: 'auth, lost'", "", "http://oauth2-proxy.auth.svc.cluster.local/a", nil},
		"unknown before it":            {"nginx.org/policies: 'lost, auth'", "", "http://oauth2-proxy.auth.svc.cluster.local/a", []string{"PE501"}},
		"password: refused, so closed": {"nginx.org/policies: other", other("basicAuth: {secret: users}"), "a password", nil},
		"client certificates":          {"nginx.org/policies: other", other("ingressMTLS: {clientCertSecret: ca}"), "", []string{"PE501"}},
		"misspelt":                     {"nginx.org/policy: auth", "", "", nil},
		"misspelt by two letters":      {"nginx.org/polices: auth", "", "", []string{"PE217"}},
		"of another controller":        {"nginx.ingress.kubernetes.io/auth-url: http://a/b", "", "", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judged(t, f5Nginx, "5.5", test.annotations, f5PolicyOf("auth", asks)+test.others)
			require.Equal(t, test.asks, judgement.Asks)
			require.Equal(t, test.flaws, codes(judgement))
			require.Equal(t, test.asks != "" && test.flaws == nil, judgement.Closed())
		})
	}
}

// TestF5MinionOfAnotherClass is about a master that another instance of the controller serves.
func TestF5MinionOfAnotherClass(t *testing.T) {
	const asks = "authURI: /a, authServiceName: auth/oauth2-proxy, authServicePorts: [80]"
	master := "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n" +
		"metadata: {name: host, namespace: bob, annotations: {nginx.org/mergeable-ingress-type: master, nginx.org/policies: cindy/auth}}\n" +
		"spec: {CLASSrules: [{host: Admin.example.com}], tls: [{hosts: [admin.example.com]}]}\n"
	for class, want := range map[string]bool{"": true, "ingressClassName: other, ": false} {
		judgement := judged(t, f5Nginx, "", "nginx.org/mergeable-ingress-type: minion", f5PolicyOf("auth", asks)+strings.Replace(master, "CLASS", class, 1))
		require.Equal(t, want, judgement.Closed(), class)
		require.Equal(t, want, judgement.EndsTLS, class)
	}
}
