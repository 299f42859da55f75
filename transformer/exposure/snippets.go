package exposure

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// addAsides adds the ways that annotations of ingress-nginx, or the snippets of F5, open beside a route. What stands in the location of the
// route asks as the route does. A canary has no location of its own.
func (r *reader) addAsides(way Way, served string) {
	if way.canary || !way.hasAsides {
		return
	}
	way.Aside, way.Redirects, way.Remark = true, false, ""
	if served == "f5-nginx" {
		r.addTargets(way, "nginx.org/location-snippets")
		way.Auth = nil
		r.addTargets(way, "nginx.org/server-snippets")
	}
	if !mayBeNginx(served) {
		return
	}
	r.addDefaultBackend(way)
	r.addMirror(way)
	r.addTargets(way, nginxPrefix+"configuration-snippet")
	r.addUpstreams(way, nginxPrefix+"configuration-snippet")
	// The snippets of a server and of a port stand outside the location, so that they ask nobody.
	way.Auth = nil
	r.addTargets(way, nginxPrefix+"server-snippet")
	way.Layer, way.Host, way.Paths = TCP, "", Prefix("/")
	r.addTargets(way, nginxPrefix+"stream-snippet")
}

// by returns the value of an annotation, and the way as it is opened by that.
func (w *Way) by(annotation string) (string, Way) {
	value, _ := w.Item.Annotation(annotation)
	_, name, _ := strings.Cut(annotation, "/")
	aside := *w
	aside.Field, aside.Via = "metadata.annotations["+annotation+"]", "its "+name
	return strings.TrimSpace(value), aside
}

// addDefaultBackend adds the way to the Service that answers where the one of the route is down. Error pages are asked for under the path /
// there (nginx.tmpl, CUSTOM_ERRORS).
func (r *reader) addDefaultBackend(way Way) {
	name, aside := way.by(nginxPrefix + "default-backend")
	if name == "" {
		return
	}
	aside.Service = way.Namespace + "/" + name
	r.add(aside, "")
	if errors, _ := way.by(nginxPrefix + "custom-http-errors"); errors != "" {
		aside.Rewrite = "/"
		r.add(aside, "")
	}
}

// addMirror adds the way to the Service that gets a copy of each request.
func (r *reader) addMirror(way Way) {
	target, aside := way.by(nginxPrefix + "mirror-target")
	service, port, path := serviceOfURL(target)
	if service == "" {
		return
	}
	aside.Service, aside.Rewrite = service, "/$1"
	if path == "" || path == "$request_uri" {
		// A copy has the path of the request, whatever becomes of that.
		aside.Rewrite = ""
	}
	r.add(aside, port)
}

// addTargets adds the ways to the Services to which the snippet in an annotation hands requests on.
func (r *reader) addTargets(way Way, annotation string) {
	snippet, aside := way.by(annotation)
	aside.Rewrite = "/$1"
	for _, target := range nginxTargets(snippet) {
		service, port, _ := serviceOfURL(target)
		if aside.Service = service; service != "" {
			r.add(aside, port)
		}
	}
}

// addUpstreams adds the ways to the Services whose upstream the snippet in an annotation puts in the place of the route's: the balancer of
// ingress-nginx finds it by the name in that variable (balancer.lua, get_balancer).
func (r *reader) addUpstreams(way Way, annotation string) {
	snippet, aside := way.by(annotation)
	for _, words := range nginxStatements(snippet) {
		if len(words) != 3 || words[0] != "set" || words[1] != "$proxy_upstream_name" {
			continue
		}
		for _, to := range upstreamsNamed(strings.Trim(words[2], `"'`)) {
			aside.Service = to.service
			r.add(aside, to.port)
		}
	}
}

// longestUpstream is the length of the longest name of an upstream: those of a namespace, a Service and a port.
const longestUpstream = 63 + 1 + 63 + 1 + 15

// upstreamsNamed returns the ports of Services that ingress-nginx may call by a name: namespace-service-port, each of which may have hyphens.
func upstreamsNamed(name string) []upstream {
	if len(name) > longestUpstream {
		return nil
	}
	var upstreams []upstream
	parts := strings.Split(name, "-")
	for service := 1; service < len(parts)-1; service++ {
		for port := service + 1; port < len(parts); port++ {
			upstreams = append(upstreams, upstream{
				strings.Join(parts[:service], "-") + "/" + strings.Join(parts[service:port], "-"), strings.Join(parts[port:], "-"),
			})
		}
	}
	return upstreams
}

// nginxTargets returns what directives of a text for the configuration of nginx name as the place to which requests go, or may go.
func nginxTargets(snippet string) []string {
	var targets []string
	for _, statement := range nginxStatements(snippet) {
		if directive := statement[0]; directive == "set" || directive == "server" || slices.Contains(passingDirectives, directive) {
			targets = append(targets, statement[1:]...)
		}
	}
	return targets
}

// nginxStatements splits a text for the configuration of nginx into the words of its statements. Quotes and comments are not read: what
// looks like a statement counts as one.
func nginxStatements(snippet string) [][]string {
	var statements [][]string
	for _, statement := range strings.FieldsFunc(snippet, func(r rune) bool { return strings.ContainsRune(";{}\n", r) }) {
		if words := strings.Fields(statement); len(words) > 0 {
			statements = append(statements, words)
		}
	}
	return statements
}

// serviceName matches the name that a Service has in the cluster: name.namespace, which may be followed by svc and the domain of the
// cluster.
var serviceName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([a-z0-9-]+)\.([a-z0-9-]+)(\.svc(\..*)?)?$`) })

// serviceOfURL returns the Service, as namespace/name, that an address leads to, with the port and the path. The scheme may be missing. The
// Service is empty where it leads elsewhere.
func serviceOfURL(address string) (service, port, path string) {
	address = strings.Trim(address, `"'`)
	if _, rest, found := strings.Cut(address, "://"); found {
		address = rest
	}
	host := address
	if end := strings.IndexAny(address, "/$?"); end >= 0 {
		host, path = address[:end], address[end:]
	}
	parsed, err := url.Parse("http://" + host)
	if err != nil {
		return "", "", ""
	}
	parts := serviceName().FindStringSubmatch(strings.ToLower(parsed.Hostname()))
	if parts == nil {
		return "", "", ""
	}
	return parts[2] + "/" + parts[1], parsed.Port(), path
}

// configuredBy notes that a text, which an annotation or field with a name puts into the configuration of the route, may rewrite paths or
// choose where requests go. Where they then end, nobody can tell from outside: it may be any path of the Pods behind the route.
func (w *Way) configuredBy(name, snippet string) {
	if nginxLeadsElsewhere(snippet) || haproxyLeadsElsewhere(snippet) {
		w.Rewrite, w.Remark = "/$1", "as its "+name+" may do"
	}
}

// passingDirectives are those of nginx that hand a request on, beside rewrite and what runs Lua. After try_files and error_page nginx looks for
// the location anew, and so for who is asked there
// (https://nginx.org/en/docs/dirindex.html).
var passingDirectives = []string{"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass", "js_content"}

// nginxLeadsElsewhere says whether a text for the configuration of nginx holds a directive after which the backend may see another path. A
// rewrite that ends in a redirect is none. What cannot be read as directives counts as what it looks like.
func nginxLeadsElsewhere(snippet string) bool {
	for _, words := range nginxStatements(snippet) {
		switch directive := words[0]; {
		case directive == "rewrite" && !redirectsByItself(words):
			return true
		case slices.Contains(passingDirectives, directive), strings.HasSuffix(directive, "_by_lua_block"), strings.HasSuffix(directive, "_by_lua"), strings.HasSuffix(directive, "_by_lua_file"):
			// The filters see the answer, after the request has gone where it goes.
			if !strings.Contains(directive, "filter_by_lua") && !strings.HasPrefix(directive, "log_by_lua") {
				return true
			}
		}
	}
	return false
}

// redirectsByItself says whether a rewrite answers with a redirect (https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite).
func redirectsByItself(words []string) bool {
	if len(words) == 4 {
		return words[3] == "redirect" || words[3] == "permanent"
	}
	return len(words) == 3 && (strings.HasPrefix(words[2], "http://") || strings.HasPrefix(words[2], "https://") || strings.HasPrefix(words[2], "$scheme"))
}

// rewritingActions are the words of HAProxy that change the path of a request, run Lua or choose a server (https://docs.haproxy.org).
var rewritingActions = []string{
	"replace-path", "set-path", "replace-uri", "set-uri", "normalize-uri", "reqrep", "reqirep", "lua.", "use-server",
}

// haproxyLeadsElsewhere says whether a text for the configuration of HAProxy holds one of these words.
func haproxyLeadsElsewhere(snippet string) bool {
	return slices.ContainsFunc(rewritingActions, func(word string) bool { return strings.Contains(snippet, word) })
}
