package exposure

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// traefikGroups are the API groups of Traefik's own kinds; the second one is that of version 2.
var traefikGroups = []string{"traefik.io", "traefik.containo.us"}

// traefikRoutes reads the routes of Traefik's own kinds:
// https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/.
func (r *reader) traefikRoutes() {
	for _, group := range traefikGroups {
		r.eachTraefik(group, "IngressRoute", r.ingressRoute)
		r.eachTraefik(group, "IngressRouteTCP", r.ingressRouteTCP)
		r.eachTraefik(group, "IngressRouteUDP", r.ingressRouteUDP)
	}
}

// eachTraefik calls read for every object of a kind that somebody may serve.
func (r *reader) eachTraefik(group, kind string, read func(*manifest.Item, Way)) {
	for _, item := range r.objects.OfKind(group, kind) {
		if r.readable(item) {
			if way := r.traefikWay(item); way.Via != "" {
				read(item, way)
			}
			item.Release()
		}
	}
}

// traefikWay returns what the ways of an object have in common. A route without a class belongs to the one that Traefik serves
// here, so that it competes with the Ingresses of that class.
func (r *reader) traefikWay(item *manifest.Item) Way {
	class, _ := item.Annotation("kubernetes.io/ingress.class")
	if class == config.SentinelClass {
		return Way{}
	}
	way := Way{Item: item, Namespace: r.objects.NamespaceOf(item), Via: "Traefik", EntryPoints: item.View("spec", "entryPoints").Texts(), TLSOnly: item.View("spec", "tls").Exists()}
	if class = cmp.Or(class, r.serving.Only("traefik")); class != "" {
		way.Via = "class " + class
	}
	return way
}

func (r *reader) ingressRoute(item *manifest.Item, base Way) {
	class := strings.TrimPrefix(base.Via, "class ")
	for i, route := range item.View("spec", "routes").Elements() {
		field := fmt.Sprintf("spec.routes[%d]", i)
		middlewares := r.objects.References(route.Get("middlewares"), base.Namespace)
		auth := r.serving.JudgeMiddlewares(class, field+".middlewares", middlewares, r.objects)
		rule := route.Get("match").Text()
		way := base
		way.Field, way.Auth, way.Rewrite = field, &auth, controller.PathAfter(middlewares, r.objects)
		way.redirectToHTTPS(item.View("spec", "tls").Exists(), controller.RedirectsToHTTPS(middlewares, r.objects))
		way.Priority, _ = strconv.Atoi(route.Get("priority").Text())
		way.Priority, way.ranked = cmp.Or(way.Priority, len(rule)), true
		for _, m := range readMatch(rule) {
			way.Host, way.Paths, way.Narrowed = m.host, m.paths, m.narrowed
			r.addTraefikServices(way, route.Get("services"))
			r.addErrorPages(way, field+".middlewares", middlewares)
		}
	}
}

// addTraefikServices adds a way to every Service of a list, through objects of kind TraefikService too. A list without any
// leads nowhere, and still takes requests.
func (r *reader) addTraefikServices(way Way, services manifest.View) {
	for _, service := range services.Elements() {
		r.addTraefikService(way, service, way.Namespace, map[string]bool{})
	}
	if len(services.Elements()) == 0 {
		r.add(way, "")
	}
}

// addErrorPages adds the ways to the Services from which Middlewares, which the object of a way names at a field, fetch error pages.
func (r *reader) addErrorPages(way Way, field string, middlewares []controller.Middleware) {
	for _, page := range controller.ErrorPages(middlewares, r.objects) {
		aside := way
		aside.Field, aside.Aside, aside.Redirects, aside.Remark = field, true, false, ""
		aside.Via = "the errors of " + page.Middleware.Object().String()
		if !page.Asked {
			aside.Auth = nil
		}
		path, _, _ := strings.Cut(page.Query, "?")
		aside.Rewrite = cmp.Or(path, "/")
		if strings.Contains(path, "{") {
			// Such as the status of the answer.
			aside.Rewrite = "/$1"
		}
		r.addTraefikService(aside, page.Service, r.objects.NamespaceOf(page.Middleware), map[string]bool{})
	}
}

// addTraefikService adds the ways to one entry of a list that stands in a namespace. seen are the TraefikServices on the way
// there, which may lead back to themselves.
func (r *reader) addTraefikService(way Way, service manifest.View, namespace string, seen map[string]bool) {
	namespace = cmp.Or(service.Get("namespace").Text(), namespace)
	full := namespace + "/" + service.Get("name").Text()
	switch {
	case service.Get("kind").Text() != "TraefikService":
		way.Service = full
		r.add(way, service.Get("port").Text())
		return
	case seen[full]:
		return
	}
	seen[full] = true
	if strings.Contains(full, "@") {
		r.addProviderService(way, service.Get("name").Text(), seen)
		return
	}
	if !r.addTraefikObject(way, namespace, service.Get("name").Text(), seen) {
		// Such as one of another set.
		r.add(way, "")
	}
}

// addTraefikObject adds the ways to what a TraefikService leads to, and says whether the set has it.
func (r *reader) addTraefikObject(way Way, namespace, name string, seen map[string]bool) bool {
	found := false
	for _, group := range traefikGroups {
		for _, item := range r.objects.Named(group, "TraefikService", namespace, name) {
			found = true
			r.addTraefikParts(way, item.View("spec"), namespace, seen)
		}
	}
	return found
}

// addTraefikParts adds a way to everything that a TraefikService leads to. A mirror gets a copy of the requests.
func (r *reader) addTraefikParts(way Way, spec manifest.View, namespace string, seen map[string]bool) {
	for _, list := range [][]string{{"weighted", "services"}, {"highestRandomWeight", "services"}, {"mirroring", "mirrors"}} {
		for _, service := range spec.Get(list...).Elements() {
			r.addTraefikService(way, service, namespace, seen)
		}
	}
	for _, single := range [][]string{{"mirroring"}, {"failover", "service"}, {"failover", "fallback"}} {
		if service := spec.Get(single...); service.Get("name").Text() != "" {
			r.addTraefikService(way, service, namespace, seen)
		}
	}
}

// ingressRouteTCP reads connections, which nobody looks into: with TLS they are told apart by the name that the client sends.
func (r *reader) ingressRouteTCP(item *manifest.Item, base Way) {
	for i, route := range item.View("spec", "routes").Elements() {
		way := base
		way.Field, way.Layer = fmt.Sprintf("spec.routes[%d]", i), TCP
		if item.View("spec", "tls").Exists() {
			way.Layer = TLS
		}
		for _, m := range readMatch(route.Get("match").Text()) {
			way.Host, way.Paths = m.host, Prefix("/")
			for _, service := range route.Get("services").Elements() {
				r.addTraefikService(way, service, way.Namespace, map[string]bool{})
			}
		}
	}
}

func (r *reader) ingressRouteUDP(item *manifest.Item, base Way) {
	for i, route := range item.View("spec", "routes").Elements() {
		way := base
		way.Field, way.Layer, way.Paths = fmt.Sprintf("spec.routes[%d]", i), TCP, Prefix("/")
		for _, service := range route.Get("services").Elements() {
			r.addTraefikService(way, service, way.Namespace, map[string]bool{})
		}
	}
}

// traefikIngress completes a way of an Ingress that Traefik serves: what ranks it, and what its Middlewares change.
func (r *reader) traefikIngress(item *manifest.Item, way *Way) {
	entryPoints, _ := item.Annotation("traefik.ingress.kubernetes.io/router.entrypoints")
	way.EntryPoints = strings.FieldsFunc(entryPoints, func(r rune) bool { return r == ',' || r == ' ' })
	matcher := traefikPaths(item, way)
	priority, _ := item.Annotation("traefik.ingress.kubernetes.io/router.priority")
	way.Priority, _ = strconv.Atoi(priority)
	way.Priority = cmp.Or(way.Priority, len(traefikRule(way, matcher)))
	onlyTLS, _ := item.Annotation("traefik.ingress.kubernetes.io/router.tls")
	way.TLSOnly = onlyTLS == "true"
	way.TLS = way.TLS || way.TLSOnly
	middlewares := controller.IngressMiddlewares(item, r.objects)
	way.Rewrite = controller.PathAfter(middlewares, r.objects)
	way.redirectToHTTPS(way.TLS, controller.RedirectsToHTTPS(middlewares, r.objects))
	r.addErrorPages(*way, "metadata.annotations[traefik.ingress.kubernetes.io/router.middlewares]", middlewares)
}

// redirectToHTTPS notes that a route, which asks for TLS or does not, has a Middleware that redirects to https.
func (w *Way) redirectToHTTPS(asksTLS, redirects bool) {
	w.Redirects = redirects && !asksTLS && isPlain(w.EntryPoints)
	if redirects && !w.Redirects {
		w.Remark = "whose redirect to https lets pass what comes over TLS"
	}
}

// plainEntryPoints are the names that entry points without TLS have: that of Traefik's Helm chart, and that of its first version.
var plainEntryPoints = []string{"web", "http"}

// isPlain says whether requests come through entry points without TLS alone. Any other may add TLS by itself, without a word in the
// route (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/#opt-http-tls): a redirect to https then lets every
// request pass. None means all of them.
func isPlain(entryPoints []string) bool {
	return len(entryPoints) > 0 && !slices.ContainsFunc(entryPoints, func(name string) bool { return !isPlainName(name) })
}

func isPlainName(entryPoint string) bool { return slices.Contains(plainEntryPoints, entryPoint) }

// traefikPaths completes which paths a way of an Ingress takes, and returns the matcher that Traefik makes of it (provider/kubernetes/
// ingress, loadRouter). Traefik compares a Prefix as text, and by segments only where its strictPrefixMatching is set.
func traefikPaths(item *manifest.Item, way *Way) string {
	matcher, _ := item.Annotation("traefik.ingress.kubernetes.io/router.pathmatcher")
	switch {
	case way.Paths.Exact():
		return "Path"
	case way.Paths.form == segments:
		way.most = &PathSet{way.Paths.text, plain}
		way.WithoutSlash = len(way.written) > 1 && strings.HasSuffix(way.written, "/")
	case matcher == "Path":
		way.Paths = PathSet{way.Paths.String(), exact}
		return matcher
	case matcher == "PathRegexp":
		most := something.paths
		if strings.HasPrefix(way.written, "^") && !strings.Contains(way.written, "|") {
			most = PathSet{literalPrefix(way.written), plain}
		}
		way.most = &most
		return matcher
	}
	return "PathPrefix"
}

// traefikRule returns the rule that Traefik makes of a route of an Ingress: the longer one wins (provider/kubernetes/ingress,
// loadRouter).
func traefikRule(way *Way, matcher string) string {
	var parts []string
	if parent, wildcard := strings.CutPrefix(way.Host, "*."); wildcard {
		parts = append(parts, "HostRegexp(`^[a-zA-Z0-9-]+\\."+strings.ReplaceAll(parent, ".", `\.`)+"$`)")
	} else if way.Host != "" {
		parts = append(parts, "Host(`"+way.Host+"`)")
	}
	return strings.Join(append(parts, matcher+"(`"+cmp.Or(way.written, "/")+"`)"), " && ")
}
