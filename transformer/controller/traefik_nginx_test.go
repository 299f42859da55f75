package controller

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTraefikVariables is about variables in braces: ingress-nginx refuses them, and Traefik fills in those that it knows.
func TestTraefikVariables(t *testing.T) {
	const annotation = "nginx.ingress.kubernetes.io/auth-url: "
	tests := map[string]struct {
		address string
		want    []string
	}{
		"none":                      {"http://auth.svc/check", nil},
		"header":                    {"http://$http_host/check", []string{"PE308"}},
		"header in braces":          {"http://${http_host}/check", []string{"PE308"}},
		"parameter in braces":       {"http://auth.svc/check?allowed_groups=${arg_group}", []string{"PE308"}},
		"known by its whole name":   {"http://auth.svc/check?${query_string}", []string{"PE308"}},
		"placeholder":               {"http://auth.${DOMAIN}/check", nil},
		"placeholder with the name": {"http://auth.${host_domain}/check", nil},
		"placeholder with default":  {"http://auth.${domain:=svc}/check", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			judgement := judged(t, traefikNginx, "", annotation+"'"+test.address+"'", "")
			require.Equal(t, test.want, codes(judgement))
			require.Equal(t, test.want == nil, judgement.Closed())
		})
	}
	require.Empty(t, codes(judged(t, ingressNginx, "", annotation+"'http://auth.${host}.svc/check'", "")), "ingress-nginx has no variables in braces")
}

func TestTraefikSignInVersion(t *testing.T) {
	const annotations = "nginx.ingress.kubernetes.io/auth-url: http://auth.svc/check, nginx.ingress.kubernetes.io/auth-signin: https://auth.example.com/start"
	for declared, want := range map[string][]string{"": nil, "3.7": nil, "3.10": nil, "3.6.24": {"PE410"}, "3.5": {"PE410"}} {
		judgement := judged(t, traefikNginx, declared, annotations, "")
		require.Equal(t, want, codes(judgement), declared)
		require.True(t, judgement.Closed(), declared)
	}
}
