package exposure

import (
	"cmp"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// mappings reads the Mappings of Emissary: https://emissary-ingress.dev/docs/3.10/topics/using/intro-mappings/.
func (r *reader) mappings() {
	for _, item := range r.objects.OfKind("getambassador.io", "Mapping") {
		if r.readable(item) {
			r.addMappingService(r.mapping(item, item.View("spec")), item.View("spec", "service").Text())
			item.Release()
		}
	}
}

// emissaryConfig holds Mappings and the like as a text on Services and Ingresses (cmd/entrypoint/parse_annotations.go).
const emissaryConfig = "getambassador.io/config"

// annotatedMappings reads the Mappings that stand in annotations.
func (r *reader) annotatedMappings() {
	services := r.objects.OfKind("", "Service")
	for _, item := range slices.Concat(services, r.objects.OfKind("networking.k8s.io", "Ingress"), r.objects.OfKind("extensions", "Ingress")) {
		if item.Contains(emissaryConfig) && r.readable(item) {
			r.annotatedMapping(item)
			item.Release()
		}
	}
}

// annotatedMapping adds the ways of the Mappings in the annotation of item, which are none of its own routes.
func (r *reader) annotatedMapping(item *manifest.Item) {
	text, _ := item.Annotation(emissaryConfig)
	if strings.TrimSpace(text) == "" {
		return
	}
	field := "metadata.annotations[" + emissaryConfig + "]"
	set, problems := manifest.Read([]byte(text))
	for _, problem := range problems {
		r.findings = append(r.findings, Unreadable.At(item.Object(), field, problem.Cause, "correct it: what it opens must be known"))
	}
	if set == nil {
		return
	}
	for _, object := range set.Items() {
		if _, err := object.Node(); err != nil {
			r.findings = append(r.findings, Unreadable.At(item.Object(), field, err.Error(), "correct it: what it opens must be known"))
			continue
		}
		if object.Kind() != "Mapping" {
			continue
		}
		spec := object.View()
		if spec.Get("spec").Exists() {
			spec = spec.Get("spec")
		}
		way := r.mapping(item, spec)
		way.Field, way.Aside = field, true
		way.Namespace = cmp.Or(object.View("namespace").Text(), object.Namespace(), way.Namespace)
		r.addMappingService(way, spec.Get("service").Text())
	}
}

// mapping returns the way of one Mapping, without its Service.
func (r *reader) mapping(item *manifest.Item, spec manifest.View) Way {
	auth := r.objects.JudgeMapping(spec)
	way := Way{
		Item: item, Field: "spec", Namespace: r.objects.NamespaceOf(item), Via: "Emissary", Auth: &auth,
		Host: mappingHost(cmp.Or(spec.Get("hostname").Text(), spec.Get("host").Text())), Redirects: spec.Get("host_redirect").Text() == "true",
	}
	if class := r.serving.Only("emissary"); class != "" {
		way.Via = "class " + class
	}
	prefix := spec.Get("prefix").Text()
	switch {
	case spec.Get("prefix_regex").Text() == "true":
		way.Paths, way.Narrowed = PathSet{literalPrefix(prefix), plain}, true
	case spec.Get("prefix_exact").Text() == "true":
		way.Paths = PathSet{prefix, exact}
	default:
		way.Paths = PathSet{prefix, plain}
	}
	for _, name := range []string{"method", "headers", "regex_headers", "query_parameters", "regex_query_parameters"} {
		way.Narrowed = way.Narrowed || spec.Get(name).Exists()
	}
	// Without a word on it the prefix becomes a slash; an empty word keeps it.
	if rewrite := spec.Get("rewrite"); spec.Get("regex_rewrite").Exists() || prefix != "/" && !rewrite.Exists() || rewrite.Text() != "" && rewrite.Text() != prefix {
		way.Rewrite = "/$1"
	}
	return way
}

// mappingHost returns the host of a Mapping; a star alone stands for every host, as no host does.
func mappingHost(host string) string {
	if host == "*" {
		return ""
	}
	return normalHost(host)
}

// addMappingService adds a way to a Service, written [scheme://]name[.namespace][:port].
func (r *reader) addMappingService(way Way, service string) {
	_, after, hasScheme := strings.Cut(service, "://")
	if !hasScheme {
		after = service
	}
	name, port, _ := strings.Cut(after, ":")
	labels := strings.Split(name, ".")
	switch {
	case len(labels) == 1:
		way.Service = way.Namespace + "/" + name
	case len(labels) == 2 || labels[2] == "svc":
		way.Service = labels[1] + "/" + labels[0]
	}
	if port == "" && strings.HasPrefix(service, "https://") {
		port = "443"
	}
	r.add(way, cmp.Or(port, "80"))
}
