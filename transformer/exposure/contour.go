package exposure

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// httpProxies reads the HTTPProxies of Contour: https://projectcontour.io/docs/1.33/config/api/. One without a virtualhost is
// served only where another one includes it.
func (r *reader) httpProxies() {
	for _, item := range r.objects.OfKind(contourGroup, "HTTPProxy") {
		if !r.readable(item) {
			continue
		}
		if virtualHost := item.View("spec", "virtualhost"); virtualHost.Exists() {
			class := cmp.Or(item.View("spec", "ingressClassName").Text(), r.serving.Only("contour"))
			way := Way{Item: item, Namespace: r.objects.NamespaceOf(item), Via: "Contour", Host: normalHost(virtualHost.Get("fqdn").Text())}
			if class != "" {
				way.Via = "class " + class
			}
			r.contourConnections(way, item, map[*manifest.Item]bool{})
			way.Paths = PathSet{"/", plain}
			r.contourRoutes(way, item, virtualHost, map[*manifest.Item]bool{})
		}
		item.Release()
	}
}

const contourGroup = "projectcontour.io"

// contourConnections adds the connections that an HTTPProxy hands over without reading them, whether it ends their TLS or not,
// and those of the one that it includes for them. seen are the ones on the way there.
func (r *reader) contourConnections(way Way, item *manifest.Item, seen map[*manifest.Item]bool) {
	proxy := item.View("spec", "tcpproxy")
	if !proxy.Exists() || seen[item] {
		return
	}
	seen[item] = true
	way.Field, way.Layer, way.Paths = "spec.tcpproxy", TLS, Prefix("/")
	namespace := r.objects.NamespaceOf(item)
	r.contourServices(way, proxy.Get("services"), namespace)
	for _, field := range []string{"include", "includes"} { // The second one is the older name.
		if include := proxy.Get(field); include.Exists() {
			for _, other := range r.included(include, namespace) {
				r.contourConnections(way, other, seen)
			}
		}
	}
}

// included returns the HTTPProxies that an inclusion from a namespace means.
func (r *reader) included(include manifest.View, namespace string) []*manifest.Item {
	return r.objects.Named(contourGroup, "HTTPProxy", cmp.Or(include.Get("namespace").Text(), namespace), include.Get("name").Text())
}

// contourRoutes adds the routes of an HTTPProxy, and of those that it includes, whose conditions come on top of those of the
// inclusion. seen are the ones on the way there.
func (r *reader) contourRoutes(base Way, item *manifest.Item, virtualHost manifest.View, seen map[*manifest.Item]bool) {
	if seen[item] {
		return
	}
	seen[item] = true
	namespace := r.objects.NamespaceOf(item)
	for i, route := range item.View("spec", "routes").Elements() {
		way := base
		if len(seen) == 1 {
			way.Field = fmt.Sprintf("spec.routes[%d]", i)
		}
		way.narrow(route.Get("conditions"))
		way.Redirects = route.Get("requestRedirectPolicy").Exists() || route.Get("directResponsePolicy").Exists()
		if route.Get("pathRewritePolicy").Exists() {
			way.Rewrite = "/$1"
		}
		auth := judgeContour(virtualHost, route)
		way.Auth = &auth
		r.contourServices(way, route.Get("services"), namespace)
		if len(route.Get("services").Elements()) == 0 {
			// It leads nowhere, and still takes requests.
			r.add(way, "")
		}
	}
	for i, include := range item.View("spec", "includes").Elements() {
		way := base
		if len(seen) == 1 {
			way.Field = fmt.Sprintf("spec.includes[%d]", i)
		}
		way.narrow(include.Get("conditions"))
		for _, other := range r.included(include, namespace) {
			r.contourRoutes(way, other, virtualHost, seen)
		}
	}
	delete(seen, item)
}

// narrow leaves of a way what conditions let through, which all have to hold, on top of those of the inclusions above them. A
// prefix is plain text, the last condition decides what the whole is, and of several slashes Contour makes one
// (internal/dag/conditions.go, mergePathMatchConditions).
func (w *Way) narrow(conditions manifest.View) {
	for _, condition := range conditions.Elements() {
		switch {
		case condition.Get("prefix").Exists():
			w.Paths = PathSet{w.Paths.text + condition.Get("prefix").Text(), plain}
		case condition.Get("exact").Exists():
			w.Paths = PathSet{w.Paths.text + condition.Get("exact").Text(), exact}
		case condition.Get("regex").Exists():
			w.Paths, w.Narrowed = PathSet{w.Paths.text + literalPrefix(condition.Get("regex").Text()), plain}, true
		default:
			w.Narrowed = true
		}
	}
	for strings.Contains(w.Paths.text, "//") {
		w.Paths.text = strings.ReplaceAll(w.Paths.text, "//", "/")
	}
}

func (r *reader) contourServices(way Way, services manifest.View, namespace string) {
	for _, service := range services.Elements() {
		way.Service = namespace + "/" + service.Get("name").Text()
		r.add(way, service.Get("port").Text())
	}
}

// judgeContour reads the authorisation of a virtual host and what a route makes of it.
func judgeContour(virtualHost, route manifest.View) controller.Judgement {
	authorization := virtualHost.Get("authorization")
	if !authorization.Exists() {
		return controller.Judgement{}
	}
	judgement := controller.Judgement{By: "spec.virtualhost.authorization", Asks: "the ExtensionService " + authorization.Get("extensionRef", "name").Text()}
	add := func(rule finding.Rule, cause, remedy string) {
		judgement.Flaws = append(judgement.Flaws, controller.Flaw{Rule: rule, Opens: true, Cause: cause, Remedy: remedy})
	}
	policy := route.Get("authPolicy", "disabled")
	if !policy.Exists() {
		policy = authorization.Get("authPolicy", "disabled")
	}
	if policy.Text() == "true" {
		add(contourDisabled, "switches off the authorisation of the virtual host", "remove authPolicy.disabled")
	}
	if authorization.Get("failOpen").Text() == "true" {
		add(contourFailsOpen, "lets everybody in when the auth service does not answer", "write failOpen: false")
	}
	if route.Get("permitInsecure").Text() == "true" {
		add(contourPlain, "is served without TLS too, where Contour asks nobody", "remove permitInsecure")
	}
	return judgement
}

// contourExample is a private Ingress, and an HTTPProxy to the same Service.
const contourExample = privateExample + `---
apiVersion: projectcontour.io/v1
kind: HTTPProxy
metadata:
  name: admin
  namespace: cindy
spec:
  virtualhost:
    fqdn: open.example.com
`

// The rules about Contour.
var (
	contourDisabled = finding.Rule{
		Code: "PE631", Severity: finding.Error, Title: "route without the authorisation of its host",
		Cause:  "authPolicy.disabled takes a route, or a whole virtual host, out of the authorisation that the host asks for.",
		Remedy: "Remove it.",
		Example: contourExample + `    tls:
      secretName: wildcard
    authorization:
      extensionRef:
        name: authorizer
  routes:
  - authPolicy:
      disabled: true
    services:
    - name: admin
      port: 80
`,
	}
	contourFailsOpen = finding.Rule{
		Code: "PE632", Severity: finding.Error, Title: "authorisation that fails open",
		Cause:  "With failOpen: true, Contour lets requests through when the auth service does not answer. An attacker who can make it slow gets in.",
		Remedy: "Write failOpen: false.",
		Example: contourExample + `    tls:
      secretName: wildcard
    authorization:
      failOpen: true
      extensionRef:
        name: authorizer
  routes:
  - services:
    - name: admin
      port: 80
`,
	}
	contourPlain = finding.Rule{
		Code: "PE633", Severity: finding.Error, Title: "authorisation on TLS alone",
		Cause: "Contour asks an ExtensionService about requests that come over TLS. A route with permitInsecure answers over plain HTTP too, and asks " +
			"nobody there.",
		Remedy: "Remove permitInsecure.",
		Example: contourExample + `    tls:
      secretName: wildcard
    authorization:
      extensionRef:
        name: authorizer
  routes:
  - permitInsecure: true
    services:
    - name: admin
      port: 80
`,
	}
)

// contourRules returns the rules of this file.
func contourRules() []finding.Rule {
	return []finding.Rule{contourDisabled, contourFailsOpen, contourPlain}
}
