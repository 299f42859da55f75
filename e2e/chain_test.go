package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestChain holds the bed itself to what is known of its parts, with manifests that a person wrote: every part works, and a
// closed door is closed because of the auth service.
func TestChain(t *testing.T) {
	apply(t, chainManifests)
	visitors := []*visitor{anonymous(), signedIn(t, "alice"), signedIn(t, "bob")}
	for host, want := range map[string][]int{
		"public":  {200, 200, 200},
		"nginx":   {302, 200, 403},
		"traefik": {302, 200, 403},
		"gateway": {401, 200, 403},
	} {
		t.Run(host, func(t *testing.T) {
			for i, v := range visitors {
				t.Run(v.name, func(t *testing.T) {
					awaitStatus(t, v, "https://"+host+".apps.example.com/", want[i])
				})
			}
		})
	}
	t.Run("inside the cluster", func(t *testing.T) {
		require.NoError(t, answers("http://"+theBed.backend.address("team-a/app=chain")+":8080/")())
	})
}

const chainManifests = `apiVersion: v1
kind: Service
metadata: {name: chain, namespace: team-a}
spec:
  selector: {app: chain}
  ports: [{name: http, port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: public, namespace: team-a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [public.apps.example.com], secretName: wildcard-apps}]
  rules:
  - host: public.apps.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: chain, port: {name: http}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: nginx
  namespace: team-a
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=team-a
    nginx.ingress.kubernetes.io/auth-signin: https://auth.example.com/oauth2/start
spec:
  ingressClassName: nginx
  tls: [{hosts: [nginx.apps.example.com], secretName: wildcard-apps}]
  rules:
  - host: nginx.apps.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: chain, port: {name: http}}}}]}
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: ask, namespace: team-a}
spec:
  forwardAuth:
    address: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=team-a
    trustForwardHeader: false
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: sign-in, namespace: team-a}
spec:
  errors:
    status: ["401"]
    statusRewrites: {"401": 302}
    query: /oauth2/start?rd={url}
    service: {name: oauth2-proxy, namespace: auth, port: 80}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: traefik
  namespace: team-a
  annotations:
    traefik.ingress.kubernetes.io/router.entrypoints: websecure
    traefik.ingress.kubernetes.io/router.tls: "true"
    traefik.ingress.kubernetes.io/router.middlewares: team-a-sign-in@kubernetescrd,team-a-ask@kubernetescrd
spec:
  ingressClassName: traefik
  tls: [{hosts: [traefik.apps.example.com], secretName: wildcard-apps}]
  rules:
  - host: traefik.apps.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: chain, port: {name: http}}}}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: gateway, namespace: team-a}
spec:
  parentRefs: [{name: public, namespace: gateways}]
  hostnames: [gateway.apps.example.com]
  rules:
  - filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: ask}}]
    backendRefs: [{name: chain, port: 80}]
`
