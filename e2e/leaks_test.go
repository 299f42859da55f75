package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// leak is a way in that somebody opened beside, or took out of, what the function wrote.
type leak struct {
	name    string
	dialect dialect
	// source is the private endpoint, leakSource where it is empty.
	source string
	// add is what is added to the private endpoint; change is applied to what the function wrote for it.
	add    string
	change func(protected string) string
	// fixed is what is added in the place of add, before the function runs.
	fixed string
	// reported is what the verifier says: "severity code object".
	reported []string
	// who knocks, anonymous where it is nil, and how. The door is open where open says so.
	who   func(visitors) *visitor
	knock func(t *testing.T, v *visitor) answer
	open  func(answer) bool
}

// leakSource is the private endpoint of every leak.
const leakSource = `apiVersion: v1
kind: Service
metadata:
  name: vault
  namespace: team-a
  annotations: {dev.okteto.com/auto-ingress: "private"}
spec:
  selector: {app: vault}
  ports: [{name: http, port: 80, targetPort: 8080}]
`

const (
	vaultPage = "https://vault-team-a.apps.example.com/"
	vaultPods = "team-a/app=vault"
)

// TestLeaks shows of each leak that the door is open, that the verifier says so and nothing else, and that the fixed twin is
// closed and silent.
func TestLeaks(t *testing.T) {
	visitors := newVisitors(t)
	for _, l := range leaks {
		t.Run(l.name, func(t *testing.T) {
			knocker := visitors.anonymous
			if l.who != nil {
				knocker = l.who(visitors)
			}
			source := leakSource
			if l.source != "" {
				source = l.source
			}
			protected := l.dialect.transform(t, source)
			leaking := protected
			if l.change != nil {
				leaking = l.change(protected)
				require.NotEqual(t, protected, leaking)
			}
			if l.add != "" {
				leaking += "---\n" + l.add
			}
			var open, closed answer
			t.Run("open", func(t *testing.T) {
				apply(t, leaking)
				open = l.knock(t, knocker)
				require.True(t, l.isOpen(open), "%+v", open)
				require.Equal(t, l.reported, l.dialect.verify(t, leaking))
			})
			t.Run("fixed", func(t *testing.T) {
				if l.fixed != "" {
					source += "---\n" + l.fixed
				}
				fixed := l.dialect.transform(t, source)
				apply(t, fixed)
				awaitStatus(t, visitors.member, vaultPage, http.StatusOK)
				closed = l.knock(t, knocker)
				require.False(t, l.isOpen(closed), "%+v", closed)
				require.Empty(t, l.dialect.verify(t, fixed))
			})
			proof.add("leaks", l.name, l.dialect.name, fmt.Sprintf("%s: %d", knocker.name, open.Status), strings.Join(l.reported, "<br>"), fmt.Sprintf("%s: %d", knocker.name, closed.Status))
		})
	}
}

// isOpen reports whether the private Pods answered, where the leak has no other sign.
func (l leak) isOpen(got answer) bool {
	if l.open != nil {
		return l.open(got)
	}
	return got.Pods == vaultPods
}

// at knocks at a page.
func at(page string, headers ...string) func(*testing.T, *visitor) answer {
	return func(t *testing.T, v *visitor) answer {
		t.Helper()
		return v.visit(t, page, headers...)
	}
}

// replaced changes every line that begins with a key, or takes it out where there is no other.
func replaced(key, line string) func(string) string {
	return func(manifests string) string {
		var kept strings.Builder
		for each := range strings.Lines(manifests) {
			if trimmed := strings.TrimLeft(each, " "); strings.HasPrefix(trimmed, key+":") {
				if line == "" {
					continue
				}
				each = each[:len(each)-len(trimmed)] + line + "\n"
			}
			kept.WriteString(each)
		}
		return kept.String()
	}
}

// ingress is an Ingress of team-a to the Service vault, with further lines of its metadata.
func ingress(name, class, host, path, metadata string) string {
	rule := "http: {paths: [{path: " + path + ", pathType: Prefix, backend: {service: {name: vault, port: {number: 80}}}}]}"
	if host != "" {
		rule = "host: " + host + "\n    " + rule
	}
	return `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ` + name + `
  namespace: team-a
` + metadata + `spec:
  ingressClassName: ` + class + `
  rules:
  - ` + rule + "\n"
}

const private = `  annotations: {dev.okteto.com/private: "true"}
`

const nginxAnnotation = "nginx.ingress.kubernetes.io/"

var leaks = []leak{
	{
		name:     "a public Ingress on another host",
		dialect:  nginx,
		add:      ingress("side-door", "nginx", "side-door.apps.example.com", "/", ""),
		fixed:    ingress("side-door", "nginx", "side-door.apps.example.com", "/", private),
		reported: []string{"error PE201 Ingress team-a/side-door"},
		knock:    at("https://side-door.apps.example.com/"),
	},
	{
		name:     "the same Pods behind another Service",
		dialect:  nginx,
		add:      strings.ReplaceAll(ingress("side-door", "nginx", "side-door.apps.example.com", "/", ""), "name: vault", "name: twin") + "---\n" + twinService,
		fixed:    strings.ReplaceAll(ingress("side-door", "nginx", "side-door.apps.example.com", "/", private), "name: vault", "name: twin") + "---\n" + twinService,
		reported: []string{"error PE201 Ingress team-a/side-door"},
		knock:    at("https://side-door.apps.example.com/"),
	},
	{
		name:     "a public Ingress for every host",
		dialect:  nginx,
		add:      ingress("catch-all", "nginx", "", "/", ""),
		reported: []string{"error PE206 Ingress team-a/catch-all"},
		knock:    at("https://anything.apps.example.com/"),
	},
	{
		name:    "a default backend",
		dialect: nginx,
		add: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: catch-all, namespace: team-a}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: vault, port: {number: 80}}}
`,
		reported: []string{"error PE206 Ingress team-a/catch-all"},
		knock:    at("https://anything.apps.example.com/"),
	},
	{
		name:     "a public path inside the private one",
		dialect:  nginx,
		add:      ingress("inside", "nginx", "vault-team-a.apps.example.com", "/api", ""),
		fixed:    ingress("inside", "nginx", "vault-team-a.apps.example.com", "/api", private),
		reported: []string{"warning PE203 Ingress team-a/inside", "warning PE213 Ingress team-a/inside"},
		knock:    at(vaultPage+"api", "X-Auth-Request-User", "root"),
		open: func(got answer) bool {
			return got.Pods == vaultPods && got.Echo.Header.Get("X-Auth-Request-User") == "root"
		},
	},
	{
		name:    "the same host and path in another class",
		dialect: nginx,
		add: ingress("twin", "traefik", "vault-team-a.apps.example.com", "/", `  annotations: {traefik.ingress.kubernetes.io/router.priority: "1000", traefik.ingress.kubernetes.io/router.tls: "true"}
`),
		reported: []string{"error PE201 Ingress team-a/twin"},
		knock:    at(vaultPage),
	},
	{
		name:     "the sign-in page without the question",
		dialect:  nginx,
		change:   replaced(nginxAnnotation+"auth-url", ""),
		reported: []string{"error PE221 Ingress team-a/vault"},
		knock:    at(vaultPage),
	},
	{
		name:     "an empty auth URL",
		dialect:  nginx,
		change:   replaced(nginxAnnotation+"auth-url", nginxAnnotation+`auth-url: ""`),
		reported: []string{"error PE217 Ingress team-a/vault"},
		knock:    at(vaultPage),
	},
	{
		name:     "the client chooses the auth service",
		dialect:  nginx,
		change:   replaced(nginxAnnotation+"auth-url", nginxAnnotation+"auth-url: http://$http_x_service/"),
		reported: []string{"error PE308 Ingress team-a/vault"},
		knock: func(t *testing.T, v *visitor) answer {
			return v.visit(t, vaultPage, "X-Service", theBed.backend.address("marker/marker")+":8080")
		},
	},
	{
		name:     "an auth URL without groups",
		dialect:  nginx,
		change:   func(protected string) string { return strings.ReplaceAll(protected, "?allowed_groups=team-a", "") },
		reported: []string{"error PE167 Ingress team-a/vault"},
		who:      func(v visitors) *visitor { return v.stranger },
		knock:    at(vaultPage),
	},
	{
		name:    "the group of another namespace",
		dialect: nginx,
		change: func(protected string) string {
			return strings.ReplaceAll(protected, "allowed_groups=team-a", "allowed_groups=team-b")
		},
		reported: []string{"error PE167 Ingress team-a/vault"},
		who:      func(v visitors) *visitor { return v.stranger },
		knock:    at(vaultPage),
	},
	{
		name:     "identity headers that are not overwritten",
		dialect:  nginx,
		change:   replaced(nginxAnnotation+"auth-response-headers", ""),
		reported: []string{"warning PE317 Ingress team-a/vault"},
		who:      func(v visitors) *visitor { return v.member },
		knock:    at(vaultPage, "X-Auth-Request-User", "root"),
		open:     func(got answer) bool { return got.Echo.Header.Get("X-Auth-Request-User") == "root" },
	},
	{
		name:     "TLS that is passed through",
		dialect:  nginx,
		source:   strings.NewReplacer("name: http,", "name: https,", "port: 80,", "port: 443,").Replace(leakSource),
		change:   replaced("private-endpoints.dev/for", "private-endpoints.dev/for: team-a/vault\n    "+nginxAnnotation+`ssl-passthrough: "true"`),
		reported: []string{"error PE319 Ingress team-a/vault"},
		knock: func(t *testing.T, _ *visitor) answer {
			return raw(t, "vault-team-a.apps.example.com", "GET / HTTP/1.1\r\nHost: vault-team-a.apps.example.com\r\nConnection: close\r\n\r\n")
		},
	},
	{
		name:    "a route of Traefik's own kind",
		dialect: traefikStatic,
		add: `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: side-door, namespace: team-a}
spec:
  entryPoints: [websecure]
  tls: {}
  routes:
  - kind: Rule
    match: Host(` + "`side-door.apps.example.com`" + `)
    services: [{name: vault, port: 80}]
`,
		reported: []string{"error PE201 IngressRoute team-a/side-door"},
		knock:    at("https://side-door.apps.example.com/"),
	},
	{
		name:    "a route of higher rank",
		dialect: traefikStatic,
		add: ingress("twin", "traefik", "vault-team-a.apps.example.com", "/", `  annotations: {traefik.ingress.kubernetes.io/router.priority: "1000", traefik.ingress.kubernetes.io/router.tls: "true"}
`),
		reported: []string{"error PE202 Ingress team-a/twin"},
		knock:    at(vaultPage),
	},
	{
		name:    "a Middleware that asks nobody",
		dialect: traefikNoLogin,
		change: func(protected string) string {
			before, _, _ := strings.Cut(protected, "  forwardAuth:")
			return before + "  headers: {customRequestHeaders: {X-Private: \"true\"}}\n"
		},
		reported: []string{"error PE161 Ingress team-a/vault"},
		knock:    at(vaultPage),
	},
	{
		name:     "a path that begins like the private one",
		dialect:  traefikStatic,
		source:   leakSource + "---\n" + plansManifests("/plans"),
		add:      plansIngress("side-door", "side-door.apps.example.com", "/pla", "plans", overTLS),
		reported: []string{"error PE201 Ingress team-a/side-door"},
		knock:    at("https://side-door.apps.example.com/plans"),
		open:     func(got answer) bool { return got.Pods == plansPods },
	},
	{
		name:    "an HTTPRoute",
		dialect: traefikStatic,
		add: `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: side-door, namespace: team-a}
spec:
  parentRefs: [{name: public, namespace: gateways}]
  hostnames: [side-door.apps.example.com]
  rules:
  - backendRefs: [{name: vault, port: 80}]
`,
		reported: []string{"error PE201 HTTPRoute team-a/side-door"},
		knock:    at("https://side-door.apps.example.com/"),
	},
}

const twinService = `apiVersion: v1
kind: Service
metadata: {name: twin, namespace: team-a}
spec:
  selector: {app: vault}
  ports: [{name: http, port: 80, targetPort: 8080}]
`

const (
	plansPods = "team-a/app=plans"
	overTLS   = "  annotations: {traefik.ingress.kubernetes.io/router.tls: \"true\"}\n"
)

// plansManifests are a private path of a host, and the Service behind it.
func plansManifests(path string) string {
	return `apiVersion: v1
kind: Service
metadata: {name: plans, namespace: team-a}
spec:
  selector: {app: plans}
  ports: [{name: http, port: 80, targetPort: 8080}]
---
` + plansIngress("plans", "plans.apps.example.com", path, "plans", private)
}

// plansIngress is an Ingress of Traefik's class.
func plansIngress(name, host, path, service, metadata string) string {
	return strings.Replace(ingress(name, "traefik", host, path, metadata), "name: vault,", "name: "+service+",", 1)
}

// TestSlashAtTheEnd: Traefik takes the slash at the end of a private Prefix literally, so that the path without it goes to the public
// route around it.
func TestSlashAtTheEnd(t *testing.T) {
	outsider := anonymous()
	public := strings.ReplaceAll(strings.ReplaceAll(leakSource, "vault", "pages"), "  annotations: {dev.okteto.com/auto-ingress: \"private\"}\n", "") +
		"---\n" + plansIngress("pages", "plans.apps.example.com", "/", "pages", overTLS)
	for path, want := range map[string]struct {
		open     bool
		reported []string
	}{
		"/plans/": {true, []string{"warning PE204 Ingress team-a/plans"}},
		"/plans":  {false, []string{}},
	} {
		t.Run(path, func(t *testing.T) {
			protected := traefikStatic.transform(t, plansManifests(path)+"---\n"+public)
			apply(t, protected)
			awaitStatus(t, outsider, "https://plans.apps.example.com/plans/", http.StatusFound)
			awaitStatus(t, outsider, "https://plans.apps.example.com/", http.StatusOK)
			got := outsider.visit(t, "https://plans.apps.example.com/plans")
			require.Equal(t, want.open, got.Pods == "team-a/app=pages", "%+v", got)
			require.Equal(t, want.reported, traefikStatic.verify(t, protected))
		})
	}
}
