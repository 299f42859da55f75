package transformer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// TestVerifierAgreesWithARouter holds the verifier, which compares sets of paths, against a router that knows nothing of sets: it
// tries every host with every path that could make a difference, picks the route as the controllers do, and looks where the
// request ends. A way over which a request reaches what an endpoint makes private, without sign-in, must be reported; and what is
// reported as reaching it must let some request through, at least where nothing else public stands before it.
func TestVerifierAgreesWithARouter(t *testing.T) { rapid.Check(t, agreeWithRouter) }

// FuzzVerifierAgreesWithARouter does the same for as long as one likes.
func FuzzVerifierAgreesWithARouter(f *testing.F) { f.Fuzz(rapid.MakeFuzz(agreeWithRouter)) }

func agreeWithRouter(t *rapid.T) {
	settings, findings := config.Decode([]byte(routerSettings))
	require.Empty(t, findings)
	world := drawWorld(t)
	text := world.text()
	set, findings := manifest.Read([]byte(text))
	require.Empty(t, findings)
	report := transformer.Verify(set, settings, transformer.VerifyOptions{})
	comparingAll := transformer.Verify(set, settings, transformer.VerifyOptions{Explain: true})
	found := report.Findings
	require.Equal(t, found.Sorted(), comparingAll.Findings.Sorted(), text)
	for n, route := range report.Routes {
		require.Equal(t, comparingAll.Routes[n].Access(), route.Access(), "%s\n%s", route.URL(), text)
	}
	reported := reportedWays(found)
	for object, request := range world.leaks() {
		require.NotEmpty(t, reported[object], "%s: %s, and nothing is reported\n%s", object, request, text)
	}
	for object, codes := range reported {
		for _, code := range codes {
			// What else is reported is about requests that two routes share, whether or not they lead to one backend. So is
			// PE203 where paths are rewritten.
			if slices.Contains([]string{"PE201", "PE206", "PE207"}, code) || code == "PE203" && !strings.Contains(text, "rewrite-target") {
				require.Contains(t, world.only(object).leaks(), object, "%s is reported, and no request gets through\n%s", code, text)
			}
		}
	}
}

const routerSettings = `
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata: {name: private-endpoints}
spec:
  subdomain: example.com
  ingressClasses:
  - {name: nginx, controller: ingress-nginx}
  - {name: internal, controller: ingress-nginx}
  gateway: {name: public, namespace: cindy, controller: traefik}
  tls: {controllerDefault: true}
  auth: {url: "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth"}
  access: {groups: ["{namespace}"]}
`

// reportedWays returns the codes of the findings by which a way is said to be open, by the object that opens it.
func reportedWays(findings finding.List) map[string][]string {
	reported := map[string][]string{}
	for _, found := range findings {
		if found.Severity != finding.Info && (strings.HasPrefix(found.Code, "PE20") || found.Code == "PE305") {
			reported[found.Object.String()] = append(reported[found.Object.String()], found.Code)
		}
	}
	return reported
}

// world is a small set: routes to Services, and Services to two kinds of Pods.
type world struct {
	routes   []route
	services []service
	// alone is the only public object that gets requests; all do where it is empty.
	alone string
}

// route is an object with one path. Its gate is a class of Ingresses, or the Gateway of HTTPRoutes.
type route struct {
	object, gate, host, path, pathType, rewrite string
	service                                     int
	private                                     bool
}

type service struct{ kind, selector, target string }

const gatewayGate = "gateway"

func drawWorld(t *rapid.T) world {
	var w world
	for range rapid.IntRange(1, 3).Draw(t, "Services") {
		w.services = append(w.services, service{
			kind:     rapid.SampledFrom([]string{"ClusterIP", "ClusterIP", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer"}).Draw(t, "type"),
			selector: rapid.SampledFrom([]string{"app: a", "app: b", "tier: web"}).Draw(t, "selector"),
			target:   rapid.SampledFrom([]string{"8080", "8080", "9090"}).Draw(t, "targetPort"),
		})
	}
	for range rapid.IntRange(1, 5).Draw(t, "routes") {
		r := route{
			gate:     rapid.SampledFrom([]string{"nginx", "nginx", "internal", gatewayGate}).Draw(t, "gate"),
			host:     rapid.SampledFrom([]string{"a.example.com", "a.example.com", "b.example.com", "*.example.com", ""}).Draw(t, "host"),
			path:     rapid.SampledFrom([]string{"/", "/a", "/a/b", "/ab", "/A", "/b"}).Draw(t, "path"),
			pathType: rapid.SampledFrom([]string{"Prefix", "Prefix", "Exact", "ImplementationSpecific"}).Draw(t, "pathType"),
			service:  rapid.IntRange(0, len(w.services)-1).Draw(t, "Service"),
		}
		kind := "HTTPRoute"
		if r.gate == gatewayGate {
			r.pathType = rapid.SampledFrom([]string{"Prefix", "Exact"}).Draw(t, "path type of a Gateway")
		} else {
			kind = "Ingress"
			r.rewrite = rapid.SampledFrom([]string{"", "", "", "", "/a", "/"}).Draw(t, "rewrite")
		}
		r.private = (strings.HasPrefix(r.host, "a.") || strings.HasPrefix(r.host, "b.")) && rapid.Bool().Draw(t, "private")
		r.object = fmt.Sprintf("%s cindy/r%d", kind, len(w.routes))
		w.routes = append(w.routes, r)
	}
	return w
}

// text is the manifests of the world.
func (w world) text() string {
	text := workloadText("a") + workloadText("b") + askingMiddleware
	for i, s := range w.services {
		text += fmt.Sprintf("---\napiVersion: v1\nkind: Service\nmetadata: {name: s%d, namespace: cindy}\nspec: {type: %s, selector: {%s}, ports: [{port: 80, targetPort: %s}]}\n", i, s.kind, s.selector, s.target)
	}
	for _, r := range w.routes {
		text += r.text()
	}
	return text
}

// asked is the address at which private routes ask, and askingMiddleware what asks there for an HTTPRoute.
const (
	asked            = "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"
	askingMiddleware = "---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: auth, namespace: cindy}\nspec: {forwardAuth: {address: \"" + asked + "\"}}\n"
)

func workloadText(app string) string {
	return fmt.Sprintf("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %[1]s, namespace: cindy}\nspec: {selector: {matchLabels: {app: %[1]s}}, template: {metadata: {labels: {app: %[1]s, tier: web}}, spec: {containers: [{name: app}]}}}\n", app)
}

func (r route) text() string {
	_, name, _ := strings.Cut(r.object, "/")
	if r.gate == gatewayGate {
		pathType, hosts, annotations, filters := map[string]string{"Prefix": "PathPrefix", "Exact": "Exact"}[r.pathType], "", "", ""
		if r.private {
			annotations = `, annotations: {dev.okteto.com/private: "true"}`
			filters = "filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: auth}}], "
		}
		if r.host != "" {
			hosts = fmt.Sprintf("hostnames: [%q], ", r.host)
		}
		return fmt.Sprintf("---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: %s, namespace: cindy%s}\nspec: {parentRefs: [{name: public}], %srules: [{matches: [{path: {type: %s, value: %s}}], %sbackendRefs: [{name: s%d, port: 80}]}]}\n",
			name, annotations, hosts, pathType, r.path, filters, r.service)
	}
	annotations, host := "", ""
	if r.private {
		annotations = `dev.okteto.com/private: "true", nginx.ingress.kubernetes.io/auth-url: "` + asked + `", `
	}
	if r.rewrite != "" {
		annotations += "nginx.ingress.kubernetes.io/rewrite-target: " + r.rewrite
	}
	if r.host != "" {
		host = fmt.Sprintf("host: %q, ", r.host)
	}
	return fmt.Sprintf("---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: %s, namespace: cindy, annotations: {%s}}\nspec: {ingressClassName: %s, rules: [{%shttp: {paths: [{path: %s, pathType: %s, backend: {service: {name: s%d, port: {number: 80}}}}]}}]}\n",
		name, annotations, r.gate, host, r.path, r.pathType, r.service)
}

// leaks returns what opens private Pods, with the request that gets through.
func (w world) leaks() map[string]string {
	secret := w.secret()
	leaks := map[string]string{}
	for _, gate := range []string{"nginx", "internal", gatewayGate} {
		for _, host := range []string{"a.example.com", "b.example.com", "c.example.com", "example.org"} {
			for _, path := range w.paths() {
				for _, r := range w.winners(gate, host, path) {
					for _, target := range w.targets(r.service) {
						if !r.private && secret[target+r.seen(path)] {
							leaks[r.object] = fmt.Sprintf("%s%s through %s reaches %s%s", host, path, gate, target, r.seen(path))
						}
					}
				}
			}
		}
	}
	for i, s := range w.services {
		for _, target := range w.targets(i) {
			for hidden := range secret {
				if s.kind != "ClusterIP" && strings.HasPrefix(hidden, target+"/") {
					leaks[fmt.Sprintf("Service cindy/s%d", i)] = "a connection to " + target
				}
			}
		}
	}
	return leaks
}

// only returns the world in which one object is the only public route that gets requests. The others still say how paths are read.
func (w world) only(object string) world {
	w.alone = object
	return w
}

// gets says whether a route gets requests at a gate.
func (w world) gets(r route, gate string) bool {
	return r.gate == gate && (r.private || w.alone == "" || r.object == w.alone)
}

// secret returns the paths of Pods, behind their ports, that the private routes stand for.
func (w world) secret() map[string]bool {
	secret := map[string]bool{}
	for _, r := range w.routes {
		for _, path := range w.paths() {
			if rank := r.rank(path, w.regular(r.gate, r.host)); r.private && rank > 0 {
				for _, target := range w.targets(r.service) {
					secret[target+r.seen(path)] = true
				}
			}
		}
	}
	return secret
}

// paths returns every path of a request that could make a difference.
func (w world) paths() []string {
	paths := []string{"/", "/z"}
	for _, r := range w.routes {
		paths = append(paths, r.rewrite)
		text := strings.TrimSuffix(r.path, "/")
		for _, more := range []string{"", "/", "z", "/z"} {
			paths = append(paths, text+more, strings.ToLower(text)+more, strings.ToUpper(text)+more)
		}
	}
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), func(path string) bool { return !strings.HasPrefix(path, "/") })
}

// targets returns the ports of the Pods behind a Service.
func (w world) targets(index int) []string {
	s := w.services[index]
	var targets []string
	for _, app := range []string{"a", "b"} {
		if s.selector == "tier: web" || s.selector == "app: "+app {
			targets = append(targets, app+":"+s.target)
		}
	}
	return targets
}

// winners returns the routes that may get a request at a gate. There are several where nothing in the manifests decides.
func (w world) winners(gate, host, path string) []route {
	server, ok := w.server(gate, host)
	if !ok {
		return nil
	}
	best, winners := 1, []route(nil)
	for _, r := range w.routes {
		if !w.gets(r, gate) || r.host != server {
			continue
		}
		switch rank := r.rank(path, w.regular(gate, server)); {
		case rank > best:
			best, winners = rank, []route{r}
		case rank == best:
			winners = append(winners, r)
		}
	}
	return winners
}

// server returns the most specific host of the routes at a gate that stands for a host.
func (w world) server(gate, host string) (string, bool) {
	_, parent, _ := strings.Cut(host, ".")
	for _, candidate := range []string{host, "*." + parent, ""} {
		if slices.ContainsFunc(w.routes, func(r route) bool { return w.gets(r, gate) && r.host == candidate }) {
			return candidate, true
		}
	}
	return "", false
}

// regular says whether an Ingress makes the controller read the paths of a host as regular expressions. One controller may serve
// both classes.
func (w world) regular(gate, host string) bool {
	return gate != gatewayGate && slices.ContainsFunc(w.routes, func(r route) bool {
		// A path of type Prefix gets a slash at its end, so that it is another one than the path that takes its place.
		return r.host == host && r.rewrite != "" && (r.rewrite != r.path || r.pathType == "Prefix" && r.path != "/")
	})
}

// rank says how well a route takes a path: not at all is 0, and a path alone comes before the longest prefix.
func (r route) rank(path string, regular bool) int {
	const alone = 1000
	text := strings.TrimSuffix(r.path, "/")
	switch {
	case regular:
		if strings.HasPrefix(strings.ToLower(path), strings.ToLower(text + "/")[:max(len(text), 1)]) {
			return 1 + max(len(text), 1)
		}
	case r.pathType == "Exact":
		if path == r.path {
			return alone + 1
		}
	case r.pathType == "Prefix":
		if path == text {
			return alone
		}
		if strings.HasPrefix(path, text+"/") {
			return 1 + len(text+"/")
		}
	default:
		if strings.HasPrefix(path, r.path) {
			return 1 + len(r.path)
		}
	}
	return 0
}

// seen returns the path that the backend gets. A path is not rewritten to itself.
func (r route) seen(path string) string {
	if r.rewrite != "" && r.rewrite != r.path {
		return r.rewrite
	}
	return path
}
