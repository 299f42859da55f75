package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMatrix sends every visitor to every kind of endpoint in every dialect.
func TestMatrix(t *testing.T) {
	visitors := newVisitors(t)
	for _, d := range []dialect{nginx, traefikNginx, traefikStatic, traefikErrors, traefikNoLogin, traefikGateway} {
		t.Run(d.name, func(t *testing.T) {
			apply(t, d.transform(t, d.manifests()))
			for _, e := range matrixEndpoints {
				t.Run(e.kind, func(t *testing.T) {
					e.visit(t, d, visitors)
				})
			}
		})
	}
}

// endpointOfMatrix is an endpoint of matrixManifests.
type endpointOfMatrix struct {
	kind string
	// page is a page deep in the private part.
	page string
	// open is a page of the public part, where there is one.
	open string
}

var matrixEndpoints = []endpointOfMatrix{
	{kind: "expanded Service", page: "https://expanded-team-a.apps.example.com/deep/link?a=1&b=2"},
	{kind: "own route", page: "https://own.apps.example.com/deep/link?a=1&b=2"},
	{kind: "partial protection", page: "https://shop-team-a.apps.example.com/admin/link?a=1&b=2", open: "https://shop-team-a.apps.example.com/catalogue"},
	{kind: "converted LoadBalancer", page: "https://balanced-team-a.apps.example.com/deep/link?a=1&b=2"},
	{kind: "TLS to the Pods", page: "https://encrypted-team-a.apps.example.com/deep/link?a=1&b=2"},
}

// matrixManifests are the Services and the Ingresses of the matrix, matrixRoutes the Services and the HTTPRoutes.
const (
	matrixManifests = matrixServices + "---\n" + matrixIngresses
	matrixRoutes    = matrixServices + "---\n" + matrixHTTPRoutes
)

const matrixServices = `apiVersion: v1
kind: Service
metadata:
  name: expanded
  namespace: team-a
  annotations: {dev.okteto.com/auto-ingress: "private"}
spec:
  selector: {app: expanded}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: own, namespace: team-a}
spec:
  selector: {app: own}
  ports: [{port: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: team-a}
spec:
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: balanced
  namespace: team-a
  annotations: {dev.okteto.com/auto-ingress: "private"}
spec:
  type: LoadBalancer
  loadBalancerClass: private-endpoints.dev
  allocateLoadBalancerNodePorts: false
  selector: {app: balanced}
  ports: [{name: web, port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata:
  name: encrypted
  namespace: team-a
  annotations: {dev.okteto.com/auto-ingress: "private"}
spec:
  selector: {app: encrypted}
  ports: [{name: https, port: 8443}]
`

const matrixIngresses = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: own
  namespace: team-a
  annotations: {dev.okteto.com/private: "true"}
spec:
  rules:
  - host: own.apps.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: own, port: {number: 8080}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: team-a
  annotations: {dev.okteto.com/generate-host: "shop"}
spec:
  rules:
  - http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop-admin
  namespace: team-a
  annotations: {dev.okteto.com/generate-host: "shop", dev.okteto.com/private: "true"}
spec:
  ingressClassName: private-endpoints.dev
  rules:
  - http: {paths: [{path: /admin, pathType: Prefix, backend: {service: {name: shop, port: {name: http}}}}]}
`

const matrixHTTPRoutes = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: own
  namespace: team-a
  annotations: {dev.okteto.com/private: "true"}
spec:
  parentRefs: [{name: private-endpoints.dev}]
  hostnames: [own.apps.example.com]
  rules:
  - matches: [{path: {type: PathPrefix, value: /}}]
    backendRefs: [{name: own, port: 8080}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: shop
  namespace: team-a
  annotations: {dev.okteto.com/generate-host: "shop"}
spec:
  rules:
  - backendRefs: [{name: shop, port: 80}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: shop-admin
  namespace: team-a
  annotations: {dev.okteto.com/generate-host: "shop", dev.okteto.com/private: "true"}
spec:
  parentRefs: [{name: private-endpoints.dev}]
  rules:
  - matches: [{path: {type: PathPrefix, value: /admin}}]
    backendRefs: [{name: shop, port: 80}]
`

// visitors are the people who knock at a door of the namespace team-a.
type visitors struct {
	// anonymous has never signed in; expired did so eight days ago, longer than a session lasts.
	anonymous, expired *visitor
	// member is in the group of the namespace, stranger in another one, both in each of them.
	member, stranger, both *visitor
}

func newVisitors(t *testing.T) visitors {
	t.Helper()
	member := signedIn(t, "alice")
	return visitors{
		anonymous: anonymous(),
		expired:   withCookie("expired", signedAt(t, member.cookie(t), time.Now().Add(-8*24*time.Hour))),
		member:    member,
		stranger:  signedIn(t, "bob"),
		both:      signedIn(t, "carol"),
	}
}

func (e endpointOfMatrix) visit(t *testing.T, d dialect, v visitors) {
	awaitStatus(t, v.member, e.page, http.StatusOK)
	row := []string{d.name, e.kind}
	for _, outsider := range []*visitor{v.anonymous, v.expired} {
		t.Run(outsider.name, func(t *testing.T) {
			got := outsider.visit(t, e.page)
			d.requireSignIn(t, e.page, got)
			row = append(row, fmt.Sprint(got.Status))
		})
	}
	t.Run("resigned cookie", func(t *testing.T) {
		fresh := withCookie("fresh", signedAt(t, v.member.cookie(t), time.Now()))
		require.Equal(t, http.StatusOK, fresh.visit(t, e.page).Status, "an expired cookie is refused for its age, not for its signature")
	})
	for _, person := range []*visitor{v.member, v.both} {
		t.Run(person.name, func(t *testing.T) {
			got := person.visit(t, e.page)
			require.Equal(t, http.StatusOK, got.Status)
			require.Equal(t, pathOf(t, e.page), got.Echo.URI)
			requireIdentity(t, person.name, got.Echo)
			row = append(row, fmt.Sprint(got.Status))
		})
	}
	t.Run(v.stranger.name, func(t *testing.T) {
		got := v.stranger.visit(t, e.page)
		require.Equal(t, http.StatusForbidden, got.Status)
		require.Empty(t, got.Pods)
		row = append(row, fmt.Sprint(got.Status))
	})
	t.Run("without TLS", func(t *testing.T) {
		got := v.member.visit(t, strings.Replace(e.page, "https:", "http:", 1))
		require.Empty(t, got.Pods)
		row = append(row, fmt.Sprint(got.Status))
	})
	t.Run("return", func(t *testing.T) {
		row = append(row, d.requireReturn(t, e.page))
	})
	open := "–"
	if e.open != "" {
		t.Run("public part", func(t *testing.T) {
			got := v.anonymous.visit(t, e.open)
			require.Equal(t, http.StatusOK, got.Status)
			open = fmt.Sprint(got.Status)
		})
	}
	proof.add("matrix", append(row, open)...)
}

// requireSignIn holds the answer to somebody without a session to what the dialect promises.
func (d dialect) requireSignIn(t *testing.T, page string, got answer) {
	t.Helper()
	require.Empty(t, got.Pods)
	start := "https://" + authHost + "/oauth2/start?rd="
	switch d {
	case nginx, traefikNginx:
		require.Equal(t, http.StatusFound, got.Status)
		// The provider escapes only what would end the parameter.
		location, err := url.Parse(got.Location)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(got.Location, start), got.Location)
		require.Equal(t, page, location.Query().Get("rd"))
	case traefikStatic:
		require.Equal(t, http.StatusFound, got.Status)
		require.Equal(t, start+url.QueryEscape(frontOf(t, page)), got.Location)
	case traefikErrors, traefikGateway:
		require.Equal(t, http.StatusFound, got.Status)
		require.True(t, strings.HasPrefix(got.Location, issuer+"/auth?"), got.Location)
	default:
		require.Equal(t, http.StatusUnauthorized, got.Status)
		require.Empty(t, got.Location)
	}
}

// requireReturn signs somebody in from a page on, and returns where they arrive: at the page, or at the front page.
func (d dialect) requireReturn(t *testing.T, page string) string {
	t.Helper()
	if d == traefikNoLogin {
		return "–"
	}
	person := anonymous()
	person.name = "alice"
	landed := person.signIn(t, person.visit(t, page).Location)
	got := person.visit(t, landed)
	require.Equal(t, http.StatusOK, got.Status)
	if d == traefikStatic {
		require.Equal(t, frontOf(t, page), landed)
		return "the front page"
	}
	require.Equal(t, page, landed)
	return "the page asked for"
}

// requireIdentity holds the headers that reach the Pods to the person who sent the request.
func requireIdentity(t *testing.T, name string, got echo) {
	t.Helper()
	require.Equal(t, []string{name}, got.Header.Values("X-Auth-Request-User"))
	require.Equal(t, []string{name + "@example.com"}, got.Header.Values("X-Auth-Request-Email"))
	require.Equal(t, []string{strings.Join(people[name], ",")}, got.Header.Values("X-Auth-Request-Groups"))
}

// awaitStatus waits until a visitor gets an answer with the status.
func awaitStatus(t *testing.T, v *visitor, page string, status int) {
	t.Helper()
	var got answer
	require.Eventually(t, func() bool {
		got = v.visit(t, page)
		return got.Status == status
	}, 10*time.Second, 100*time.Millisecond, "%s at %s: want %d", v.name, page, status)
}

func frontOf(t *testing.T, page string) string {
	t.Helper()
	parsed, err := url.Parse(page)
	require.NoError(t, err)
	return "https://" + parsed.Host + "/"
}

func pathOf(t *testing.T, page string) string {
	t.Helper()
	parsed, err := url.Parse(page)
	require.NoError(t, err)
	return parsed.RequestURI()
}
