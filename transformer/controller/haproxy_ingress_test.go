package controller

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// judged returns what a controller makes of the first object of a set, an Ingress of a class that it serves. A set is written as
// the annotations of that Ingress, and further objects.
func judged(t *testing.T, controller Controller, version, annotations, others string) Judgement {
	t.Helper()
	set, findings := manifest.Read([]byte(`apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: admin, namespace: cindy, annotations: {` + annotations + `}}
spec: {rules: [{host: admin.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: admin, port: {number: 80}}}}]}}]}
` + others))
	require.Empty(t, findings)
	return controller.JudgeIngress(set.Items()[0], Context{Index(set, (*manifest.Item).Namespace), version})
}

// codes returns the codes of the flaws of a judgement.
func codes(judgement Judgement) []string {
	var found []string
	for _, flaw := range judgement.Flaws {
		found = append(found, flaw.Rule.Code)
	}
	return found
}

// TestHAProxyAddress is about who is asked. A Service is written as a URL, as the configuration does.
func TestHAProxyAddress(t *testing.T) {
	const (
		proxy      = "---\napiVersion: v1\nkind: Service\nmetadata: {name: oauth2-proxy, namespace: auth}\nspec: {ports: [{name: http, port: 4180}]}\n"
		annotation = "haproxy-ingress.github.io/auth-url: "
		full       = "http://oauth2-proxy.auth.svc.cluster.local"
	)
	tests := map[string]struct{ annotations, others, want string }{
		"URL":                         {annotation + full + "/oauth2/auth", "", full + "/oauth2/auth"},
		"Service":                     {annotation + "svc://auth/oauth2-proxy:80/oauth2/auth", "", full + "/oauth2/auth"},
		"Service with another port":   {annotation + "svc://auth/oauth2-proxy:4180/oauth2/auth", "", full + ":4180/oauth2/auth"},
		"Service with a named port":   {annotation + "svc://auth/oauth2-proxy:http/oauth2/auth", proxy, full + ":4180/oauth2/auth"},
		"named port of another set":   {annotation + "svc://auth/oauth2-proxy:http/oauth2/auth", "", full + ":http/oauth2/auth"},
		"Service without a path":      {annotation + "service://auth/oauth2-proxy:80", "", full + "/"},
		"Service of the namespace":    {annotation + "svc://oauth2-proxy:80/auth", "", "http://oauth2-proxy.cindy.svc.cluster.local/auth"},
		"Service with a query":        {annotation + "'svc://auth/oauth2-proxy:80/oauth2/auth?allowed_groups=a,b'", "", full + "/oauth2/auth?allowed_groups=a,b"},
		"older prefix":                {"ingress.kubernetes.io/auth-url: " + full, "", full},
		"both prefixes":               {"ingress.kubernetes.io/auth-url: http://x, " + annotation + full, "", full},
		"not an address: all refused": {annotation + "oauth2-proxy", "", "oauth2-proxy"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judged(t, haproxyIngress, "", test.annotations, test.others)
			require.Empty(t, codes(judgement))
			require.True(t, judgement.Closed())
			require.Equal(t, test.want, judgement.Asks)
		})
	}
}

// TestHAProxyAsksNobody is about Ingresses with a flaw of a rule that other controllers have too, or with none.
func TestHAProxyAsksNobody(t *testing.T) {
	tests := map[string]struct {
		annotations string
		want        []string
	}{
		"nothing":                   {"", nil},
		"of another controller":     {"nginx.ingress.kubernetes.io/auth-url: http://a/b", nil},
		"blank":                     {"haproxy-ingress.github.io/auth-url: ''", []string{"PE217"}},
		"blank under the first":     {"haproxy-ingress.github.io/auth-url: '', ingress.kubernetes.io/auth-url: http://a/b", []string{"PE217"}},
		"misspelt":                  {"haproxy-ingress.github.io/auth-ulr: http://a/b", []string{"PE217"}},
		"misspelt in the prefix":    {"haproxy-ingress.github.com/auth-url: http://a/b", []string{"PE217"}},
		"sign-in page alone":        {"haproxy-ingress.github.io/auth-signin: https://a/b", []string{"PE221"}},
		"redirect in place of it":   {"haproxy-ingress.github.io/redirect-to: https://a/b", nil},
		"client certificates alone": {"haproxy-ingress.github.io/auth-tls-secret: ca", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judged(t, haproxyIngress, "", test.annotations, "")
			require.False(t, judgement.Closed())
			require.Equal(t, test.want, codes(judgement))
		})
	}
}

// TestHAProxyOAuth is about the older way to ask, which knows no groups.
func TestHAProxyOAuth(t *testing.T) {
	judgement := judged(t, haproxyIngress, "", "haproxy-ingress.github.io/oauth: oauth2_proxy", "")
	require.True(t, judgement.Closed())
	require.True(t, judgement.SignsIn)
	require.Equal(t, "the oauth2_proxy of namespace cindy", judgement.Asks)
}

func TestSameAddress(t *testing.T) {
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"equal":                    {"http://a.b/c?d=e", "http://a.b/c?d=e", true},
		"port of the scheme":       {"http://a.b:80/c", "http://a.b/c", true},
		"port of another scheme":   {"http://a.b:443/c", "http://a.b/c", false},
		"port of https":            {"https://a.b:443/c", "https://a.b/c", true},
		"another port":             {"http://a.b:8080/c", "http://a.b/c", false},
		"domain of the cluster":    {"http://a.b.svc/c", "http://a.b.svc.cluster.local/c", true},
		"the same with a port":     {"http://a.b.svc:8080/c", "http://a.b.svc.cluster.local:8080/c", true},
		"domain of another one":    {"http://a.b.svc/c", "http://a.b.svc.example.com/c", false},
		"name without svc":         {"http://a.b/c", "http://a.b.svc.cluster.local/c", false},
		"letter case of the host":  {"http://A.b/c", "http://a.b/c", true},
		"letter case of the path":  {"http://a.b/C", "http://a.b/c", false},
		"another scheme":           {"https://a.b/c", "http://a.b/c", false},
		"other groups":             {"http://a.b/c?allowed_groups=x", "http://a.b/c?allowed_groups=y", false},
		"no address":               {"a password", "a password", true},
		"variable, taken as it is": {"http://auth.${DOMAIN}/c", "http://auth.${DOMAIN}/c", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, SameAddress(test.a, test.b))
			require.Equal(t, test.want, SameAddress(test.b, test.a))
		})
	}
}

// TestHAProxyRefuses is about URLs that a configuration cannot hold, and that HAProxy would read in a way of its own.
func TestHAProxyRefuses(t *testing.T) {
	const class = "{name: haproxy, controller: haproxy-ingress}"
	tests := map[string]struct {
		change func(*config.Config)
		cause  string
	}{
		"expression in the sign-in URL": {
			func(c *config.Config) { c.Spec.Auth.SignInURL += "?x=%[env(HOME)]" },
			`sign-in URL "https://auth.example.com/oauth2/start?x=%[env(HOME)]" has a character that HAProxy would read as an expression`,
		},
		"percent sign": {
			func(c *config.Config) { c.Spec.Auth.SignInURL += "%20" },
			`sign-in URL "https://auth.example.com/oauth2/start%20" has a character that HAProxy would read as an expression`,
		},
		"space in the auth URL": {
			func(c *config.Config) { c.Spec.Auth.URL = "http://a.b/c d" }, `auth URL "http://a.b/c d?allowed_groups=cindy" is not what haproxy-ingress accepts`,
		},
		"no scheme": {
			func(c *config.Config) { c.Spec.Auth.URL = "a.b/c" }, `auth URL "a.b/c?allowed_groups=cindy" is not what haproxy-ingress accepts`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, findings := transform(t, settings(t, class, test.change), service("cindy", "admin", "port: 8080"))
			require.Len(t, findings, 1)
			require.Equal(t, Unprotectable.Code, findings[0].Code)
			require.Equal(t, test.cause, findings[0].Cause)
		})
	}
}
