package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// limit is something that protection by an ingress controller does not prevent. When it no longer holds, the page that tells
// people about it is wrong, and the test fails.
type limit struct {
	name   string
	closed string
	show   func(t *testing.T, v visitors) answer
}

// TestLimits shows what the security model names as not protected.
func TestLimits(t *testing.T) {
	apply(t, nginx.transform(t, matrixManifests))
	visitors := newVisitors(t)
	awaitStatus(t, visitors.member, privatePage, http.StatusOK)
	for _, l := range limits {
		t.Run(l.name, func(t *testing.T) {
			proof.add("limits", l.name, fmt.Sprint(l.show(t, visitors).Status), l.closed)
		})
	}
}

var limits = []limit{
	{
		name:   "inside the cluster, the Pods are reached without sign-in",
		closed: "a NetworkPolicy",
		show: func(t *testing.T, _ visitors) answer {
			require.NoError(t, answers(fmt.Sprintf("http://%s:%d/", theBed.backend.address(privatePods), podPort))())
			return answer{Status: http.StatusOK}
		},
	},
	{
		name:   "the Pods behind an endpoint receive the session cookie of their visitors, which opens every other endpoint to which those have access",
		closed: "an auth service whose cookie opens one host alone, or a controller that removes the cookie",
		show: func(t *testing.T, v visitors) answer {
			stolen := v.member.visit(t, "https://"+partlyPublicHost+"/").Echo.Header.Get("Cookie")
			require.Contains(t, stolen, cookieName+"=")
			got := anonymous().visit(t, privatePage, "Cookie", stolen)
			require.Equal(t, privatePods, got.Pods)
			return got
		},
	},
	{
		name:   "identity headers that `auth.responseHeaders` does not list reach the Pods as the client wrote them",
		closed: "the list, and an application that trusts no other header",
		show: func(t *testing.T, v visitors) answer {
			got := v.member.visit(t, privatePage, "X-Auth-Request-Preferred-Username", "root", "X-Forwarded-User", "root")
			require.Equal(t, "root", got.Echo.Header.Get("X-Auth-Request-Preferred-Username"))
			require.Equal(t, "root", got.Echo.Header.Get("X-Forwarded-User"))
			return got
		},
	},
	{
		name:   "a public path beside a private one passes identity headers as the client wrote them",
		closed: "Pods of their own for what is public (`PE213`)",
		show: func(t *testing.T, v visitors) answer {
			got := v.anonymous.visit(t, "https://"+partlyPublicHost+"/catalogue", "X-Auth-Request-User", "root")
			require.Equal(t, "root", got.Echo.Header.Get("X-Auth-Request-User"))
			return got
		},
	},
	{
		name:   "`/admin;x/secret` and `/catalogue/..;/admin/secret` match the public rule; a server that removes what follows a `;` takes them for `/admin/secret`",
		closed: "a host or Pods of their own for what is private, where the server does that",
		show: func(t *testing.T, _ visitors) answer {
			var got answer
			for _, target := range []string{"/admin;x/secret", "/catalogue/..;/admin/secret"} {
				got = raw(t, partlyPublicHost, "GET "+target+" HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n")
				require.Equal(t, target, got.Echo.URI)
			}
			return got
		},
	},
	{
		name:   "`/admin%2fsecret`, `/%2fadmin/secret`, `/catalogue/..%2fadmin/secret` and the same with a backslash match the public rule; a server that decodes them before it looks takes them for `/admin/secret`",
		closed: "Pods of their own for what is private (`PE213`), where the server does that",
		show: func(t *testing.T, _ visitors) answer {
			var got answer
			for _, target := range []string{"/admin%2fsecret", "/%2fadmin/secret", "/catalogue/..%2fadmin/secret", `/catalogue\..\admin\secret`, "/catalogue%5c..%5cadmin%5csecret"} {
				got = raw(t, partlyPublicHost, "GET "+target+" HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n")
				require.NotEmpty(t, got.Pods, "%s", target)
			}
			return got
		},
	},
}
