package exposure

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// ingresses reads every Ingress, of any version.
func (r *reader) ingresses() {
	for _, group := range []string{"networking.k8s.io", "extensions"} {
		for _, item := range r.objects.OfKind(group, "Ingress") {
			if r.readable(item) {
				r.ingress(item)
				item.Release()
			}
		}
	}
	r.joinCanaries()
}

// location is what one route of an Ingress takes requests for.
type location struct {
	via, host string
	paths     PathSet
}

func (w *Way) location() location { return location{w.Via, w.Host, w.Paths} }

// upstream is what a controller hands requests to: the port of a Service as an Ingress names it.
type upstream struct{ service, port string }

func (w *Way) upstream() upstream { return upstream{w.Service, w.Port} }

// joinCanaries gives a canary Ingress the protection of the main one, and its rewriting, through whose locations its requests come:
// ingress-nginx ignores these annotations of the canary (controller.go, mergeAlternativeBackends). One without a main Ingress in the set
// keeps no protection.
func (r *reader) joinCanaries() {
	main := map[location]*Way{}
	for i := range r.found {
		way := &r.found[i]
		if key := way.location(); !way.canary && main[key] == nil {
			main[key] = way
		}
	}
	shares := canaryShares{map[canaryKey]*canaryShare{}, map[upstream][]*canaryShare{}}
	for i := range r.found {
		way := &r.found[i]
		if !way.canary {
			continue
		}
		way.Auth = nil
		if joined := main[way.location()]; joined != nil {
			way.Auth, way.Rewrite = joined.Auth, joined.Rewrite
			if r.serving.Of(way.Ingress.Class) == "ingress-nginx" {
				shares.add(way, joined.upstream())
			}
		}
	}
	if len(shares.of) > 0 {
		r.found = append(r.found, r.sharedBy(shares)...)
	}
}

// canaryShares are the backends of canaries that take a share of an upstream, in the order of the set.
type canaryShares struct {
	known map[canaryKey]*canaryShare
	of    map[upstream][]*canaryShare
}

type canaryKey struct {
	item             *manifest.Item
	joined, upstream upstream
}

// canaryShare is what one Ingress takes of one upstream, with the locations that it names itself.
type canaryShare struct {
	way *Way
	own map[location]bool
}

func (s canaryShares) add(canary *Way, joined upstream) {
	key := canaryKey{canary.Item, joined, canary.upstream()}
	share := s.known[key]
	if share == nil {
		share = &canaryShare{canary, map[location]bool{}}
		s.known[key], s.of[joined] = share, append(s.of[joined], share)
	}
	share.own[canary.location()] = true
}

// sharedBy returns the ways to canaries through further locations: a canary takes its share of an upstream, and so of the requests of every
// location that leads there, on any host (controller.go, mergeAlternativeBackends; balancer.lua, route_to_alternative_balancer). The class makes
// no difference: one controller may serve several.
func (r *reader) sharedBy(shares canaryShares) []Way {
	var shared []Way
	for i := range r.found {
		way := &r.found[i]
		if way.Ingress == nil || way.canary || way.Aside || way.Layer != HTTP || r.serving.Of(way.Ingress.Class) != "ingress-nginx" {
			continue
		}
		for _, share := range shares.of[way.upstream()] {
			if !share.own[way.location()] {
				shared = append(shared, share.through(way))
			}
		}
	}
	return shared
}

// through returns the way to a canary through the location of another route.
func (s *canaryShare) through(route *Way) Way {
	way := *route
	way.Item, way.Field, way.Namespace, way.Ingress, way.canary = s.way.Item, s.way.Field, s.way.Namespace, s.way.Ingress, true
	way.Service, way.Port = s.way.Service, s.way.Port
	way.Remark = "as a canary of the Service that this path leads to"
	return way
}

// ingress reads the ways of one Ingress. A field of another type than the API's counts as absent: the API server refuses
// such an Ingress, so that it opens nothing.
func (r *reader) ingress(item *manifest.Item) {
	class := r.serving.ClassOf(item)
	if class == config.SentinelClass {
		return
	}
	ingress := &Ingress{Class: class, Auth: r.serving.JudgeIngress(class, item, r.objects)}
	base := Way{Item: item, Namespace: r.objects.NamespaceOf(item), Via: "class " + class, Unserved: r.serving.Of(class) == "", Auth: &ingress.Auth, Ingress: ingress}
	if class == "" {
		base.Via = "no class"
	}
	if r.serving.FollowsNginx(class) {
		redirectAsNginx(&base)
	}
	served := r.serving.Of(class)
	base.ranked = served == "ingress-nginx" || served == "traefik-nginx" || served == "traefik"
	base.canary = isTrue(item, nginxPrefix+"canary") && r.serving.FollowsNginx(class)
	// An Ingress with many paths is searched once.
	base.hasAsides = item.Contains("default-backend", "mirror-target", "-snippet")
	if passesTLS(item) {
		base.Layer = TLS
	}
	for _, fallback := range []string{"defaultBackend", "backend"} {
		if backend := item.View("spec", fallback); backend.Exists() {
			way := base
			way.Field, way.Paths = "spec."+fallback, Prefix("/")
			r.addNginxRoute(way, served, backend)
		}
	}
	secured := securedHosts(item)
	for i, rule := range item.View("spec", "rules").Elements() {
		for p, path := range rule.Get("http", "paths").Elements() {
			way := base
			way.Field = fmt.Sprintf("spec.rules[%d].http.paths[%d]", i, p)
			way.Host = normalHost(rule.Get("host").Text())
			way.TLS = isSecured(way.Host, secured)
			way.written = path.Get("path").Text()
			way.Paths = newPathSet(way.written, networkingv1.PathType(path.Get("pathType").Text()))
			way = r.addNginxRoute(way, served, path.Get("backend"))
			for _, alias := range aliases(item) {
				way.Host, way.Field = alias.host, alias.field
				way.TLS = isSecured(way.Host, secured)
				if served == "haproxy-ingress" {
					r.haproxyIngress(item, path.Get("backend"), &way)
				}
				r.addBackend(way, path.Get("backend"))
			}
		}
	}
}

// securedHosts returns the hosts of the tls entries of an Ingress.
func securedHosts(item *manifest.Item) map[string]bool {
	hosts := map[string]bool{}
	for _, entry := range item.View("spec", "tls").Elements() {
		for _, host := range entry.Get("hosts").Texts() {
			hosts[normalHost(host)] = true
		}
	}
	return hosts
}

// isSecured says whether a host is among secured. A wildcard stands for the hosts one label below it.
func isSecured(host string, secured map[string]bool) bool {
	_, parent, _ := strings.Cut(host, ".")
	return secured[host] || secured["*."+parent]
}

// addNginxRoute adds a way to a backend, with what the annotations of ingress-nginx make of it where they are followed, and the ways that
// they open beside it. It returns the way as they make it, which other hosts may share.
func (r *reader) addNginxRoute(way Way, served string, backend manifest.View) Way {
	rewriteAsNginx(served, &way)
	if mayBeNginx(served) {
		snippet, _ := way.Item.Annotation(nginxPrefix + "configuration-snippet")
		way.configuredBy("configuration-snippet", snippet)
	}
	r.addRoute(way, served, backend)
	r.addAsides(way, served)
	return way
}

// mayBeNginx says whether the controller with an id follows what ingress-nginx has beside its rewriting, or nobody knows.
func mayBeNginx(served string) bool {
	return served == "" || served == "ingress-nginx" || served == "traefik-nginx"
}

// addRoute adds a way to a backend as the controller with an id makes it.
func (r *reader) addRoute(way Way, served string, backend manifest.View) {
	way.Auth = way.Auth.Of(way.Field)
	switch served {
	case "traefik":
		r.traefikIngress(way.Item, &way)
	case "f5-nginx":
		f5Ingress(way.Item, backend, &way)
	case "haproxy-ingress":
		r.haproxyIngress(way.Item, backend, &way)
	case "skipper":
		r.skipperIngress(way.Item, &way)
	case "pomerium":
		pomeriumIngress(way.Item, &way)
	case "gke":
		gkeIngress(way.Item, &way)
	case "aws-alb":
		r.albIngress(way.Item, way, backend)
		return
	}
	r.addBackend(way, backend)
}

// addBackend adds a way to a backend, in the form of v1 or of the older versions.
func (r *reader) addBackend(way Way, backend manifest.View) {
	service := backend.Get("service")
	port := cmp.Or(service.Get("port", "number").Text(), service.Get("port", "name").Text(), service.Get("port").Text(), backend.Get("servicePort").Text())
	if name := cmp.Or(service.Get("name").Text(), backend.Get("serviceName").Text()); name != "" {
		way.Service = way.Namespace + "/" + name
	}
	r.add(way, port)
}

// normalHost drops what makes no difference between two hosts.
func normalHost(host string) string {
	var normal strings.Builder
	for _, variable := range config.Placeholders(host) {
		// The case of its letters is part of the name of a variable.
		before, after, _ := strings.Cut(host, variable)
		normal.WriteString(strings.ToLower(before) + variable)
		host = after
	}
	return strings.TrimSuffix(normal.String()+strings.ToLower(host), ".")
}

// nginxPrefix is the one of the annotations of ingress-nginx. Those that hand a request on to further hosts, or unread, count whatever
// controller serves the class: several controllers follow them.
const nginxPrefix = "nginx.ingress.kubernetes.io/"

// sharedPrefixes are those under which ingress-nginx and haproxy-ingress have the same annotation.
var sharedPrefixes = []string{nginxPrefix, haproxyPrefixes[0], haproxyPrefixes[1]}

// rewriteAsNginx reads the two annotations of ingress-nginx that make its paths regular expressions, and put another path in the place
// of the request's. Of the known controllers only ingress-nginx, Traefik's provider for its annotations and Higress follow them: what is
// left over from an earlier controller changes nothing. Of a controller that nobody knows, and of Higress, it is not known what they make of
// it, so that the backend may see the path of the request or any other.
func rewriteAsNginx(served string, way *Way) {
	target, _ := way.Item.Annotation(nginxPrefix + "rewrite-target")
	target = strings.TrimSpace(target)
	regular := isTrue(way.Item, nginxPrefix+"use-regex")
	// A path is not rewritten to itself (ingress-nginx: template.go, buildProxyPass; Traefik: applyRewriteTargetConfiguration).
	rewrites := target != "" && target != way.written
	switch served {
	case "ingress-nginx":
		rewrites = rewrites && target != cmp.Or(way.written, "/")
		// The controller ends a path of type Prefix in a slash, so that it is another one than the target (location.go,
		// updateServerLocations; template.go, enforceRegexModifier).
		slashed := target != "" && way.Paths.form == segments && !strings.HasSuffix(target, "/")
		way.Regular = regular || rewrites || slashed
		if rewrites {
			way.Rewrite = target
		}
	case "traefik-nginx":
		way.Regular = regular || target != ""
		// Traefik puts the target in the place of what the path matches, and leaves what follows (ingressnginx/rewritetarget).
		if rewrites {
			way.Rewrite = replaced(way.Paths, target)
		}
		// It takes an Exact path literally whatever the host does, so that it gets no request for more.
		way.ranked = way.ranked && !way.Paths.Exact()
	case "", "higress":
		way.Regular = regular || target != ""
		if rewrites {
			way.Rewrite = target + "$1"
		}
	}
}

// isTrue reads a boolean annotation as ingress-nginx does: 1 and T are true.
func isTrue(item *manifest.Item, annotation string) bool {
	value, _ := item.Annotation(annotation)
	yes, _ := strconv.ParseBool(value)
	return yes || strings.EqualFold(value, "true")
}

// redirectAsNginx notes where ingress-nginx answers every request with a redirect. Where one of the annotations about redirects has a value
// that it refuses, it leaves all of them out and serves the route (annotations/redirect/redirect.go, Parse). temporal-redirect counts before
// permanent-redirect, whose URL some versions check and some do not.
func redirectAsNginx(way *Way) {
	name := "temporal-redirect"
	target, written := way.Item.Annotation(nginxPrefix + name)
	if !written {
		name = "permanent-redirect"
		target, written = way.Item.Annotation(nginxPrefix + name)
	}
	if !written {
		return
	}
	wrong := refusedByNginx(way.Item)
	if parsed, err := url.Parse(strings.TrimSpace(config.WithoutPlaceholders(target))); err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" {
		wrong = name
	}
	way.Redirects = wrong == ""
	if wrong != "" {
		way.Remark = "whose redirect is left out because of the value of " + wrong
	}
}

// refusedByNginx returns the name of an annotation beside a redirect with a value that ingress-nginx refuses, empty where there is none.
func refusedByNginx(item *manifest.Item) string {
	for _, name := range []string{"permanent-redirect-code", "temporal-redirect-code"} {
		value, written := item.Annotation(nginxPrefix + name)
		if _, err := strconv.Atoi(value); written && err != nil {
			return name
		}
	}
	for _, name := range []string{"from-to-www-redirect", "relative-redirects"} {
		value, written := item.Annotation(nginxPrefix + name)
		if _, err := strconv.ParseBool(value); written && err != nil {
			return name
		}
	}
	return ""
}

// passesTLS says whether connections are handed to the backend as they are.
func passesTLS(item *manifest.Item) bool {
	for _, prefix := range sharedPrefixes {
		if isTrue(item, prefix+"ssl-passthrough") {
			return true
		}
	}
	return false
}

// alias is a further host that an Ingress answers for, and the field that says so.
type alias struct{ host, field string }

// aliases returns the further hosts that an Ingress answers for. One that is a regular expression may be any host.
func aliases(item *manifest.Item) []alias {
	var found []alias
	for _, prefix := range sharedPrefixes {
		for _, name := range []string{"server-alias", "server-alias-regex"} {
			value, _ := item.Annotation(prefix + name)
			for _, host := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' }) {
				if strings.HasPrefix(host, "~") || name == "server-alias-regex" {
					host = ""
				}
				found = append(found, alias{normalHost(host), "metadata.annotations[" + prefix + name + "]"})
			}
		}
	}
	return found
}
