package e2e

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// markers counts the calls of apply.
var markers int

// awaitMarkers returns when the controller serves what was applied. A marker for each of its providers is applied last, and
// each provider hands on what it saw in the order in which it saw it.
func awaitMarkers(t *testing.T) {
	t.Helper()
	for _, provider := range []string{"nginx", "traefik", "custom"} {
		host := fmt.Sprintf("%s-%d.marker.example.com", provider, markers)
		require.Eventually(t, func() bool {
			return anonymous().visit(t, "http://"+host+"/").Status == http.StatusOK
		}, 30*time.Second, 50*time.Millisecond, "the controller does not serve %s", host)
	}
	// The kinds of one provider are watched one by one; the controller collects what changes within 100 ms.
	time.Sleep(300 * time.Millisecond)
}

const markerManifests = `apiVersion: v1
kind: Service
metadata: {name: marker, namespace: marker}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: nginx, namespace: marker}
spec:
  ingressClassName: nginx
  rules:
  - host: nginx-%[1]d.marker.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: marker, port: {name: http}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: traefik, namespace: marker}
spec:
  ingressClassName: traefik
  rules:
  - host: traefik-%[1]d.marker.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: marker, port: {name: http}}}}]}
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: custom, namespace: marker}
spec:
  entryPoints: [web]
  routes:
  - kind: Rule
    match: Host(` + "`custom-%[1]d.marker.example.com`" + `)
    services: [{name: marker, port: http}]
`
