package controller

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// judgeHAProxy reads an Ingress as haproxy-ingress does: route by route, since the annotations of a Service count before those
// of the Ingress.
func judgeHAProxy(item *manifest.Item, context Context) Judgement {
	judgement := judgeRoutes(item, func(_ string, backend manifest.View) (Judgement, bool) {
		route := context.haproxyRoute(item, backend)
		return route.judge(), route.read("redirect-to").text == ""
	})
	judgement.unevenRoutes(item)
	if judgement.Asks == "" && !judgement.opened() {
		judgement.add(haproxyMisspelt(item)...)
	}
	return judgement
}

// serviceName returns the name of the Service of a backend, in the form of v1 or of the older versions.
func serviceName(backend manifest.View) string {
	return cmp.Or(backend.Get("service", "name").Text(), backend.Get("serviceName").Text())
}

// unevenRoutes reports the routes that ask nobody where others of the same Ingress ask (H4).
func (j *Judgement) unevenRoutes(item *manifest.Item) {
	asked := false
	for _, route := range j.routes {
		asked = asked || route.Asks != ""
	}
	for place, backend := range backendsOf(item) {
		if route := j.routes[place]; asked && route != nil && route.Asks == "" && !route.opened() {
			j.add(Flaw{
				Rule: haproxyPrecedence, Opens: true, Field: place, Cause: fmt.Sprintf("Service %s has no auth-url, and neither has the Ingress: other paths ask through theirs", serviceName(backend)),
				Remedy: "write the annotation on the Ingress, where it is for every path",
			})
		}
	}
}

// haproxyRoute is one route of an Ingress.
type haproxyRoute struct {
	Context

	ingress *manifest.Item
	// backend is the Service, as namespace/name; service is nil where it has no annotation of haproxy-ingress.
	backend string
	service *manifest.Item
}

func (c Context) haproxyRoute(ingress *manifest.Item, backend manifest.View) haproxyRoute {
	full := c.NamespaceOf(ingress) + "/" + serviceName(backend)
	return haproxyRoute{c, ingress, full, c.haproxyServices()[full]}
}

// haproxyValue is the value of an annotation, and the object that has it; nil where it is written nowhere.
type haproxyValue struct {
	text, key string
	item      *manifest.Item
}

func (v haproxyValue) written() bool { return v.item != nil }

// read returns the value of an annotation: that of the Service, or else of the Ingress (ingress.go, addBackend).
func (r haproxyRoute) read(name string) haproxyValue {
	if r.service != nil {
		if value := readHAProxy(r.service, name); value.written() {
			return value
		}
	}
	return readHAProxy(r.ingress, name)
}

// HAProxyValue returns the value of an annotation for the route of an Ingress to a backend, as haproxy-ingress reads it: that of the Service,
// or else of the Ingress.
func (o *Objects) HAProxyValue(ingress *manifest.Item, backend manifest.View, name string) string {
	return Context{Objects: o}.haproxyRoute(ingress, backend).read(name).text
}

// HAProxySnippets returns the texts that go into the configuration of a backend, by the annotation that has them: those of its Service, and
// of every Ingress with a route to it.
func (o *Objects) HAProxySnippets(ingress *manifest.Item, backend manifest.View) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		route := Context{Objects: o}.haproxyRoute(ingress, backend)
		for _, name := range haproxySnippets {
			if snippet := route.read(name); snippet.text != "" && !yield(name, snippet.text) {
				return
			}
		}
		for _, snippet := range route.snippetsElsewhere() {
			if !yield(snippet.key, snippet.text) {
				return
			}
		}
	}
}

func readHAProxy(item *manifest.Item, name string) haproxyValue {
	for _, prefix := range haproxyPrefixes {
		if text, ok := item.Annotation(prefix + name); ok {
			return haproxyValue{text, prefix + name, item}
		}
	}
	return haproxyValue{}
}

// flaw returns what is wrong with a value; cause continues a sentence about its annotation.
func (r haproxyRoute) flaw(value haproxyValue, rule finding.Rule, cause, remedy string) Flaw {
	flaw := Flaw{Rule: rule, Field: field(value.key), Cause: cause, Remedy: remedy}
	if value.item != r.ingress {
		flaw.Field, flaw.Cause = "", fmt.Sprintf("annotation %s of %s %s", value.key, value.item.Object(), cause)
	}
	return flaw
}

// opening is flaw for a value with which the protection does not hold.
func (r haproxyRoute) opening(value haproxyValue, rule finding.Rule, cause, remedy string) Flaw {
	flaw := r.flaw(value, rule, cause, remedy)
	flaw.Opens = true
	return flaw
}

// judge says who is asked on the route, and what is wrong with that.
func (r haproxyRoute) judge() Judgement {
	var judgement Judgement
	oauth := r.read(haproxyOAuth)
	switch asking := r.asking(); {
	case asking.written():
		judgement.Asks, judgement.By = r.address(asking), "annotation "+asking.key
		if asking.item != r.ingress {
			judgement.By += " of " + asking.item.Object().String()
		}
		if strings.HasPrefix(asking.text, "https:") {
			judgement.add(r.flaw(asking, haproxyUnverified, "asks over https, and haproxy-ingress does not check the certificate", "ask inside the cluster, with http:// or svc://"))
		}
	case oauth.written():
		judgement.Asks, judgement.By, judgement.SignsIn = "the oauth2_proxy of namespace "+r.NamespaceOf(oauth.item), "annotation "+oauth.key, true
	default:
		judgement.add(r.nobodyAsked()...)
	}
	judgement.add(r.overridden()...)
	if oauth.written() && (r.read(haproxyAuthURL).text != "" || r.asksElsewhere()) {
		judgement.add(r.opening(oauth, haproxyMixed, "stands beside auth-url for one Service, and each of the two can switch the other off", "remove it: auth-url alone asks for the groups"))
	}
	judgement.add(r.settings()...)
	return judgement
}

// asking returns the auth-url that is asked (backend.go, buildBackendAuthExternal; host.go, buildHostAuthExternal). In the
// frontend only the annotations of the Ingress are read.
func (r haproxyRoute) asking() haproxyValue {
	if url := r.read(haproxyAuthURL); url.text != "" && placement(r.read(haproxyPlacement)) == "backend" {
		return url
	}
	if url := readHAProxy(r.ingress, haproxyAuthURL); url.text != "" && placement(readHAProxy(r.ingress, haproxyPlacement)) == "frontend" {
		return url
	}
	return haproxyValue{}
}

func placement(value haproxyValue) string {
	if !value.written() {
		return "backend"
	}
	return strings.ToLower(value.text)
}

// nobodyAsked says why nobody is asked although something is written.
func (r haproxyRoute) nobodyAsked() []Flaw {
	url, signIn := r.read(haproxyAuthURL), r.read(haproxySignIn)
	switch placed := r.read(haproxyPlacement); {
	case url.text != "" && placement(placed) == "frontend":
		return []Flaw{r.opening(placed, haproxyPlaced, "says frontend, where the annotations of the Ingress alone are read: nobody is asked", "remove it, or write both annotations on the Ingress")}
	case url.text != "":
		return []Flaw{r.opening(placed, haproxyPlaced, fmt.Sprintf("says %q, which is neither backend nor frontend: nobody is asked", placed.text), "remove it")}
	case url.written() && readHAProxy(r.ingress, haproxyAuthURL).text != "":
		return []Flaw{r.opening(url, haproxyPrecedence, "is blank and counts before that of the Ingress, so that nobody is asked", "remove it from the Service")}
	case url.written():
		return []Flaw{r.opening(url, BlankAuth, "is blank, so that nobody is asked", "write the URL of the auth service")}
	case signIn.written():
		return []Flaw{r.opening(signIn, SignInAlone, "stands without auth-url, so that nobody is asked", "write auth-url too, or remove the annotation")}
	default:
		return nil
	}
}

// overridden reports an Ingress whose auth-url is not the one that is asked, and one whose placement another Ingress decides.
func (r haproxyRoute) overridden() []Flaw {
	var flaws []Flaw
	asking, own := r.asking(), readHAProxy(r.ingress, haproxyAuthURL)
	if asking.written() && own.written() && asking.text != own.text {
		flaw := r.flaw(asking, haproxyPrecedence, "counts before that of the Ingress, which names "+own.text, "write it on one of the two")
		flaw.Severity = finding.Warning
		flaws = append(flaws, flaw)
	}
	placed := readHAProxy(r.ingress, haproxyPlacement)
	if !asking.written() || placement(placed) != "frontend" {
		return flaws
	}
	unmatched := r.flaw(placed, haproxyPlaced, "says frontend, where versions until the spring of 2026 do not ask for every request", "remove it: in the backend every request is asked for")
	unmatched.Severity = finding.Warning
	flaws = append(flaws, unmatched)
	for _, rule := range r.ingress.View("spec", "rules").Elements() {
		if host := rule.Get("host").Text(); r.frontendsDiffer(host) {
			flaws = append(flaws, r.opening(placed, haproxyPlaced, fmt.Sprintf("is decided once for all of host %s, and another Ingress decides otherwise", host), "remove it: in the backend each Ingress decides for itself"))
		}
	}
	return flaws
}

// haproxyForm is that of auth-url (utils.go, ParseURL). With another value everybody is refused.
var haproxyForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([a-z]+)://(?:([-a-z0-9]+)/)?([^][/: ]+)(?::([-a-z0-9]+))?(/[^"' ]*)?$`)
})

// address returns the URL that is asked: that of the Service where one is named.
func (r haproxyRoute) address(url haproxyValue) string {
	parts := haproxyForm().FindStringSubmatch(url.text)
	if parts == nil || parts[1] != "svc" && parts[1] != "service" {
		return normalAddress(url.text)
	}
	namespace, name := cmp.Or(parts[2], r.NamespaceOf(url.item)), parts[3]
	return serviceAddress("http", namespace, name, r.portNumber(namespace, name, parts[4]), cmp.Or(parts[5], "/"))
}

// portNumber returns the number of a port of a Service that is given by number or name; the name where the set does not tell.
func (o *Objects) portNumber(namespace, service, port string) string {
	for _, item := range o.Named("", "Service", namespace, service) {
		for _, candidate := range item.View("spec", "ports").Elements() {
			if candidate.Get("name").Text() == port {
				return candidate.Get("port").Text()
			}
		}
	}
	return port
}

// settings reports further annotations with which a request can pass, or a secret can.
func (r haproxyRoute) settings() []Flaw {
	var flaws []Flaw
	if signIn := r.read(haproxySignIn); hasOtherExpression(signIn.text) {
		flaws = append(flaws, r.flaw(signIn, haproxyExpression, "holds an expression that HAProxy fills in, and that can be anything it knows", `write "`+haproxyPage+`" for the page to return to, and %% for a percent sign`))
	}
	for _, name := range haproxySnippets {
		if snippet := r.read(name); strings.TrimSpace(snippet.text) != "" {
			flaws = append(flaws, r.judgeSnippet(snippet))
		}
	}
	for _, snippet := range r.snippetsElsewhere() {
		if snippet.item != r.ingress {
			flaws = append(flaws, r.judgeSnippet(snippet))
		}
	}
	if passed := readHAProxy(r.ingress, "ssl-passthrough"); isTrue(passed.text, r.ingress) {
		flaws = append(flaws, r.opening(passed, haproxyPassed, "hands the connection to the backend before anybody can be asked to sign in", "remove the annotation"))
	}
	if port := readHAProxy(r.ingress, "tcp-service-port"); port.text != "" {
		flaws = append(flaws, r.opening(port, haproxyPassed, "makes a TCP service of the Ingress, whose connections nobody reads", "remove the annotation"))
	}
	return flaws
}

func (r haproxyRoute) judgeSnippet(snippet haproxyValue) Flaw {
	if decides(snippet.text) {
		return r.opening(snippet, haproxySnippet, "holds a rule that lets requests pass unasked", "remove the annotation")
	}
	flaw := r.flaw(snippet, haproxySnippet, "goes into the configuration of HAProxy as it is, and nobody can tell from outside what it does", "remove the annotation, or waive this with a reason")
	flaw.Severity = finding.Warning
	return flaw
}

// hasOtherExpression says whether a text holds an expression of HAProxy that may not stand there.
func hasOtherExpression(text string) bool {
	return strings.Contains(strings.NewReplacer(haproxyPage, "", haproxyHost, "", "%%", "").Replace(text), "%")
}

// decides says whether a snippet of HAProxy sets the answer of the auth service, or skips the rules that look at it.
func decides(text string) bool {
	return containsAny(strings.Join(strings.Fields(text), " "), "auth_response_successful", "http-request allow")
}

// haproxyMisspelt reports keys that are almost auth-url.
func haproxyMisspelt(item *manifest.Item) []Flaw {
	var flaws []Flaw
	for key := range item.View("metadata", "annotations").Fields() {
		for _, prefix := range haproxyPrefixes {
			if right := prefix + haproxyAuthURL; isMisspelt(key, right) {
				flaws = append(flaws, Flaw{Rule: BlankAuth, Opens: true, Field: field(key), Cause: "is not an annotation of this controller", Remedy: "write " + right})
			}
		}
	}
	return flaws
}

// isMisspelt says whether a key has one or two wrong letters.
func isMisspelt(key, right string) bool {
	return key != right && max(len(key)-len(right), len(right)-len(key)) <= 2 && levenshtein.ComputeDistance(key, right) <= 2
}

// haproxyIndex is what the annotations of several objects decide together. Each part is nil until it is asked for.
type haproxyIndex struct {
	// services are those with annotations of haproxy-ingress, by namespace/name.
	services map[string]*manifest.Item
	// asking are the Services, as namespace/name, for which an Ingress has an auth-url.
	asking map[string]bool
	// front are the values that Ingresses have for annotations that the frontend reads once for each host.
	front map[frontKey]map[string]bool
	// snippets are those of Ingresses by the Service, as namespace/name, into whose backend they go.
	snippets map[string][]haproxyValue
}

type frontKey struct{ host, name string }

// haproxyServices returns the Services with annotations of haproxy-ingress, by namespace/name. The others are not parsed.
func (o *Objects) haproxyServices() map[string]*manifest.Item {
	if o.haproxy.services == nil {
		o.haproxy.services = map[string]*manifest.Item{}
		for _, item := range o.OfKind("", "Service") {
			if item.Contains(haproxyPrefixes...) {
				o.haproxy.services[o.NamespaceOf(item)+"/"+item.Name()] = item
			}
		}
	}
	return o.haproxy.services
}

// frontendsDiffer says whether the Ingresses of a host do not agree on what the frontend reads.
func (o *Objects) frontendsDiffer(host string) bool {
	if o.haproxy.front == nil {
		o.haproxy.front = map[frontKey]map[string]bool{}
		for _, item := range o.ingressesWith(haproxyAuthURL, haproxyPlacement) {
			o.haproxy.addFront(item)
			item.Release()
		}
	}
	return len(o.haproxy.front[frontKey{host, haproxyAuthURL}]) > 1 || len(o.haproxy.front[frontKey{host, haproxyPlacement}]) > 1
}

func (i *haproxyIndex) addFront(item *manifest.Item) {
	for _, name := range []string{haproxyAuthURL, haproxyPlacement} {
		value := readHAProxy(item, name)
		for _, rule := range item.View("spec", "rules").Elements() {
			if key := (frontKey{rule.Get("host").Text(), name}); value.written() {
				if i.front[key] == nil {
					i.front[key] = map[string]bool{}
				}
				i.front[key][value.text] = true
			}
		}
	}
}

// asksElsewhere says whether an Ingress makes haproxy-ingress ask for the Service of the route.
func (r haproxyRoute) asksElsewhere() bool {
	if r.haproxy.asking == nil {
		r.haproxy.asking = map[string]bool{}
		for _, item := range r.ingressesWith(haproxyAuthURL) {
			r.addAsking(item)
			item.Release()
		}
	}
	return r.haproxy.asking[r.backend]
}

func (o *Objects) addAsking(item *manifest.Item) {
	if readHAProxy(item, haproxyAuthURL).text == "" {
		return
	}
	for _, backend := range backendsOf(item) {
		o.haproxy.asking[o.NamespaceOf(item)+"/"+serviceName(backend)] = true
	}
}

// snippetsElsewhere returns the snippets that Ingresses put into the backend of the route: it is one for all of them.
func (r haproxyRoute) snippetsElsewhere() []haproxyValue {
	if r.haproxy.snippets == nil {
		r.haproxy.snippets = map[string][]haproxyValue{}
		for _, item := range r.ingressesWith(haproxySnippets[0]) {
			r.addSnippets(item)
		}
	}
	return r.haproxy.snippets[r.backend]
}

func (o *Objects) addSnippets(item *manifest.Item) {
	for _, name := range haproxySnippets {
		snippet := readHAProxy(item, name)
		if strings.TrimSpace(snippet.text) == "" {
			continue
		}
		for _, backend := range backendsOf(item) {
			service := o.NamespaceOf(item) + "/" + serviceName(backend)
			o.haproxy.snippets[service] = append(o.haproxy.snippets[service], snippet)
		}
	}
}

// ingressesWith returns the Ingresses whose bytes may hold one of some words.
func (o *Objects) ingressesWith(words ...string) []*manifest.Item {
	var found []*manifest.Item
	for _, group := range []string{"networking.k8s.io", "extensions"} {
		for _, item := range o.OfKind(group, "Ingress") {
			if item.Contains(words...) {
				found = append(found, item)
			}
		}
	}
	return found
}
