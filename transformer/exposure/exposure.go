// Package exposure lists the ways in from outside that a set of manifests opens: which requests are let in, by which object,
// who is asked before they pass, and which Pods they reach.
package exposure

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Layer is what a way in lets through.
type Layer int

// The layers.
const (
	// HTTP is requests, which a controller reads and can keep out.
	HTTP Layer = iota
	// TLS is connections for a host name, which nobody reads before the Pods.
	TLS
	// TCP is connections to a port.
	TCP
)

// Ingress is what is known of an Ingress as a whole: its class, and what the controller of the class makes of it.
type Ingress struct {
	Class string
	Auth  controller.Judgement
}

// Way is one way in.
type Way struct {
	// Item opens the way, at Field.
	Item  *manifest.Item
	Field string
	// Namespace is the one of Item.
	Namespace string
	// Via is what lets the requests in: the class of an Ingress, a Gateway, the type of a Service. Two ways through the
	// same one compete for requests; two others do not.
	Via string
	// Unserved says that nothing in the set or the configuration tells what Via is, so that nobody knows what it does.
	Unserved bool
	Layer    Layer
	// TLS says that the object asks for TLS for the host.
	TLS bool
	// Host is lower case and empty where every host is meant; it may start with "*.".
	Host  string
	Paths PathSet
	// most are the paths that the way takes where its controller is set to take more than Paths; nil where that is no question.
	most *PathSet
	// WithoutSlash says that Paths ends in a slash without which the way may not take the path, however it is written in Kubernetes.
	WithoutSlash bool
	// Expression is the regular expression of the paths where the controller may put it before a prefix, empty elsewhere. Paths are then
	// what begins like it.
	Expression string
	// Narrowed says that the way takes only some of the requests for these paths, such as those with a header.
	Narrowed bool
	// Server is what has the host to itself where the controller gives each host to one object and leaves out the others that ask for
	// it; empty elsewhere.
	Server string
	// ranked says that of several routes for a host the one with the most specific path gets a request.
	ranked bool
	// Redirects says that the way answers by itself and never reaches a backend.
	Redirects bool
	// Remark says in words why the way takes or reaches more than its object seems to say; empty where there is nothing to say.
	Remark string
	// Aside says that the way is none of the routes of its object: requests of a route go there too, or instead of its backend at times, such
	// as to an error page. Via then names what sends them.
	Aside bool
	// Regular says that the object asks its controller to read paths as regular expressions, which it then does for all
	// routes of the host.
	Regular bool
	// Folded says that the way takes its paths in capital and in small letters alike.
	Folded bool
	// EntryPoints are those of Traefik, or the listeners of a Gateway, on which the way is open; none means all.
	EntryPoints []string
	// TLSOnly says that Traefik takes nothing but TLS on the way, and leaves what comes without it to others.
	TLSOnly bool
	// Priority is what Traefik ranks the way by against others that match a request; 0 where something else decides.
	Priority int
	// Rank orders the ways through Via where it takes the first that matches a request, and not the most specific one; it is
	// empty elsewhere. The lower one comes first.
	Rank string
	// Ahead says that the controller takes the way before every way of the host that is not Ahead, however specific the paths of these are.
	Ahead bool
	// Rewrite is the path that the backend sees instead, empty where it sees the one of the request. It may hold
	// references to groups of a regular expression, such as $1.
	Rewrite string
	// Service is the backend as namespace/name, empty where the way leads to no Service.
	Service string
	// Port is the port of Service by name or number, empty where any is meant or none is known.
	Port string
	// Unknown names the backend of which nobody knows what it leads to, empty where there is none.
	Unknown string
	// Targets are the ports of Pods that the way reaches, as far as the set tells.
	Targets []Target
	// Auth is who is asked; nil where nobody is.
	Auth *controller.Judgement
	// Ingress tells of the Ingress that opens the way; nil where another kind does.
	Ingress *Ingress
	// written is the path of an Ingress as it stands there.
	written string
	// canary says that the way takes a share of the requests of another one.
	canary bool
	// atPods says that Port may be the number of a port of the Pods.
	atPods bool
	// selector is what chooses the Pods that the way leads to without a Service; nil where nothing does.
	selector *podSelector
	// hasAsides says that annotations of an Ingress may open ways beside this one.
	hasAsides bool
}

// Map is every way in of a set.
type Map struct {
	// Ways are in the order of the objects that open them.
	Ways []*Way
	pods *pods
}

// Read lists the ways in of a set. The Pods behind the Services to which the objects in private lead are looked for, and behind
// further services, given as namespace/name, and every Service that leads to them: what others lead to is known by name alone.
// The findings are about objects that may open a way and cannot be read.
func Read(objects *controller.Objects, serving controller.Serving, private map[*manifest.Item]bool, services []string) (*Map, finding.List) {
	reader := &reader{objects: objects, serving: serving}
	reader.ingresses()
	reader.traefikRoutes()
	reader.gatewayRoutes()
	reader.httpProxies()
	reader.virtualServices()
	reader.virtualServers()
	reader.routeGroups()
	reader.mappings()
	reader.annotatedMappings()
	reader.openShiftRoutes()
	reader.forwardedPorts()
	reader.complete(private, services)
	reader.services()
	reader.hostPorts()
	spreadRegular(reader.ways)
	return &Map{reader.ways, reader.pods}, reader.findings
}

// Targets returns the ports of Pods behind a port of a Service; port is its name or number, or empty for any.
func (m *Map) Targets(namespace, service, port string) []Target {
	return m.pods.behind(namespace, service, port)
}

// reader collects the ways of a set, kind by kind.
type reader struct {
	objects *controller.Objects
	serving controller.Serving
	// found are the ways of routes, before it is known what stands behind their Services.
	found    []Way
	pods     *pods
	ways     []*Way
	findings finding.List
	// entries are the ServiceEntries of Istio by their hosts, nil as long as nobody has asked.
	entries map[string][]*manifest.Item
	// byTraefikName are the Services by the names that Traefik gives them, nil as long as nobody has asked.
	byTraefikName map[string][]string
}

// Unreadable is an object that may be a way in and cannot be read, so that nothing is proved about it.
var Unreadable = finding.Rule{
	Code: "PE160", Severity: finding.Error, Title: "route cannot be read",
	Cause: "An object of a kind that lets requests in is not valid YAML, or has a key twice, so that nobody can tell what it opens. A way in that " +
		"is not understood must not be taken for none. An object that may be an endpoint itself is reported as PE105.",
	Remedy: "Correct the object.",
	Example: privateExample + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
spec:
  type: ClusterIP
  type: LoadBalancer
  selector:
    app: admin
  ports:
  - port: 80
`,
}

// readable reports an object that cannot be read.
func (r *reader) readable(item *manifest.Item) bool {
	if _, err := item.Node(); err != nil {
		r.findings = append(r.findings, Unreadable.At(item.Object(), "", err.Error(), "correct the object: what it opens must be known"))
		return false
	}
	return true
}

// add keeps a way to a port of its Service, given by name or number, or empty for any.
func (r *reader) add(way Way, port string) {
	way.Port = port
	r.found = append(r.found, way)
}

// addUnknown keeps a way to a backend of which nobody knows what it leads to.
func (r *reader) addUnknown(way Way, backend string) {
	way.Unknown = backend
	r.add(way, "")
}

// addHost keeps a way to a port of what a DNS name stands for: a Service, or a host elsewhere. A name of two labels may be either, and is
// completed to a Service first.
func (r *reader) addHost(way Way, host, port string) {
	name, namespace, ok := clusterName(host)
	if !ok {
		name, namespace, ok = strings.Cut(normalHost(host), ".")
		ok = ok && !strings.Contains(namespace, ".")
	}
	if ok {
		way.Service = namespace + "/" + name
	} else {
		way.Targets = []Target{{"host " + normalHost(host), port}}
	}
	r.add(way, port)
}

// addAddress keeps a way to a port of an IP address.
func (r *reader) addAddress(way Way, address, port string) {
	way.Targets = []Target{{"address " + address, port}}
	r.add(way, port)
}

// complete adds the Pods behind the ways found. A backend under a name that a Service had before kustomize renamed it may mean
// either (references are corrected after the last layer), so it means both.
func (r *reader) complete(private map[*manifest.Item]bool, services []string) {
	services = slices.Clone(services)
	for _, way := range r.found {
		if private[way.Item] && way.Service != "" && !way.Aside {
			services = append(services, way.Service)
		}
	}
	r.pods = newPods(r.objects, services)
	for _, item := range r.pods.unreadable {
		r.readable(item)
	}
	for _, way := range r.found {
		if way.selector != nil {
			way.Targets = r.pods.selected(*way.selector)
		}
		if way.Service == "" {
			r.ways = append(r.ways, &way)
			continue
		}
		for _, service := range r.pods.namesOf(way.Service) {
			copied := way
			copied.Service = service
			namespace, name := splitName(service)
			copied.Targets = r.pods.behind(namespace, name, way.Port)
			if way.atPods {
				copied.Targets = r.pods.atPods(namespace, name, way.Port)
			}
			r.ways = append(r.ways, &copied)
		}
	}
}

// spreadRegular marks every Ingress way of a host on which some Ingress makes its controller read paths as regular expressions.
// The class makes no difference: one controller may serve several.
func spreadRegular(ways []*Way) {
	regular := map[string]bool{}
	for _, way := range ways {
		regular[way.Host] = regular[way.Host] || way.Regular
	}
	for _, way := range ways {
		way.Regular = regular[way.Host] && way.Item.Kind() == "Ingress"
	}
}

// TakesFrom says whether w gets every request with which other could reach a path that the backend sees through private. It does
// not, where that is in doubt.
func (w *Way) TakesFrom(other, private *Way) bool {
	switch {
	case w.Layer != HTTP || other.Layer != HTTP || w.Via != other.Via || w.Host != other.Host || !w.OpenWith(other):
		return false
	case !w.ranked || w.Narrowed || w.canary || w.Priority < other.Priority || w.Priority == other.Priority && w.Priority > 0:
		return false
	case other.Rewrite != "" || private.anyCase() && !w.Regular:
		return false
	}
	own, others, paths := w.Paths, other.Paths, private.Seen()
	if w.Regular {
		var plainOwn, plainOther bool
		own, plainOwn = own.Regular()
		others, plainOther = others.Regular()
		if !plainOwn || !plainOther {
			return false
		}
		paths = paths.folded()
	}
	return own.Contains(paths) && others.Contains(own) && !own.Contains(others)
}

// OpenWith says whether w is open wherever other is: on its entry points or listeners, and there without TLS too where other is.
func (w *Way) OpenWith(other *Way) bool {
	leavesPlain := w.TLSOnly && !other.TLSOnly && (len(other.EntryPoints) == 0 || slices.ContainsFunc(other.EntryPoints, isPlainName))
	return w.openOn(other.EntryPoints) && !leavesPlain
}

// openOn says whether a way is open on all of some entry points. None means all.
func (w *Way) openOn(entryPoints []string) bool {
	if len(w.EntryPoints) == 0 {
		return true
	}
	for _, name := range entryPoints {
		if !slices.Contains(w.EntryPoints, name) {
			return false
		}
	}
	return len(entryPoints) > 0
}

// Most returns the paths that the way takes, and those that it takes too where its controller is set to.
func (w *Way) Most() PathSet {
	if w.most == nil {
		return w.Paths
	}
	return *w.most
}

// Shares says whether the backend may see one and the same path through w and through the private way other. Where it depends on the
// controller what w takes, it takes the most.
func (w *Way) Shares(other *Way) bool {
	seen, otherSeen := w.seen(w.Most()), other.Seen()
	if w.anyCase() || other.anyCase() {
		seen, otherSeen = seen.folded(), otherSeen.folded()
	}
	return seen.Meets(otherSeen)
}

// anyCase says whether the backend may see its paths in capital and in small letters.
func (w *Way) anyCase() bool { return (w.Regular || w.Folded) && w.Rewrite == "" }

// Seen returns the paths that the backend sees, or more where that cannot be told.
func (w *Way) Seen() PathSet { return w.seen(w.Paths) }

// seen returns what the backend sees of the requests for some paths.
func (w *Way) seen(requested PathSet) PathSet {
	switch {
	case w.Layer != HTTP:
		return Prefix("/")
	case w.Rewrite == "" && !w.Regular:
		return requested
	case w.Rewrite == "":
		paths, _ := requested.Regular()
		return paths
	case strings.HasPrefix(w.Rewrite, "/") && !strings.Contains(w.Rewrite, "$"):
		return newPathSet(w.Rewrite, networkingv1.PathTypeExact)
	default:
		return Prefix("/")
	}
}
