package verify

import (
	"fmt"
	"iter"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

var (
	// Moved is protection that was made for another namespace or name: group, host and references are those of before.
	Moved = finding.Rule{
		Code: "PE165", Severity: finding.Error, Title: "protection belongs to another endpoint",
		Cause: "The annotation private-endpoints.dev/for says for which endpoint the protection was written, and the object has another " +
			"namespace or name. A layer above the function has renamed or moved it: group, host and references are still those of " +
			"before.",
		Remedy: "Run the function after whatever sets namespaces and names: with kustomize, list it in the outermost kustomization.",
		Example: privateStart + asksGroup + `    private-endpoints.dev/for: staging/admin
` + privateEnd,
	}
	// Dangling is a reference of ours to an object that the set does not hold.
	Dangling = finding.Rule{
		Code: "PE166", Severity: finding.Error, Title: "reference of ours does not resolve",
		Cause: "An Ingress names a Middleware or a Policy that the function has generated, and the set does not hold it: a layer above the " +
			"function has renamed it, changed its namespace or removed it. Traefik does not serve such a route, and F5 NGINX answers with an " +
			"error, until somebody creates an object of that name.",
		Remedy: "Run the function after whatever sets namespaces and names, with kustomize in the outermost kustomization, and pass on everything that it wrote.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    private-endpoints.dev/for: cindy/admin
    traefik.ingress.kubernetes.io/router.middlewares: cindy-private-endpoint-d5c2c7cdb9@kubernetescrd
spec:
  ingressClassName: traefik
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
)

// placementRemedy is what helps against both: a layer above the function has renamed or moved what it wrote.
const placementRemedy = "run the function after whatever changed the namespace or name: with kustomize, list it in the outermost kustomization"

// Placement reports what this program wrote for another namespace or name than it has now, and what it refers to and is
// not there (E24). It needs no configuration, so that it can judge rendered output. namespaceOf tells where an object will
// live; for one whose namespace is not known, only names count.
func Placement(set *manifest.Set, namespaceOf func(*manifest.Item) string) finding.List {
	var findings finding.List
	written := writtenItems(set)
	present := map[string]bool{}
	for _, item := range written {
		present[item.Kind()+" "+namespaceOf(item)+"/"+item.Name()] = true
	}
	for _, item := range written {
		madeFor, _ := item.Annotation(endpoint.AnnotationFor)
		namespace := namespaceOf(item)
		switch {
		case isEndpoint(item) || item.Kind() == "Service":
			if !names(madeFor, namespace, item.Name()) {
				findings = append(findings, moved(item, madeFor))
			}
			findings = append(findings, dangling(item, namespace, present)...)
		case !present["Ingress "+madeFor] && !present["HTTPRoute "+madeFor] && namespace != "":
			findings = append(findings, moved(item, madeFor))
		}
	}
	return findings
}

// writtenItems returns the objects that carry the name of an endpoint.
func writtenItems(set *manifest.Set) []*manifest.Item {
	var written []*manifest.Item
	for _, item := range set.Items() {
		if !item.Contains(endpoint.AnnotationFor) {
			continue
		}
		if _, ok := item.Annotation(endpoint.AnnotationFor); ok {
			written = append(written, item)
		}
	}
	return written
}

func names(madeFor, namespace, name string) bool {
	madeNamespace, madeName, _ := strings.Cut(madeFor, "/")
	return madeName == name && (namespace == "" || madeNamespace == namespace)
}

func moved(item *manifest.Item, madeFor string) finding.Finding {
	return Moved.At(item.Object(), "metadata.annotations["+endpoint.AnnotationFor+"]", fmt.Sprintf("was written for %s", madeFor), placementRemedy)
}

func isEndpoint(item *manifest.Item) bool {
	return item.Kind() == "Ingress" || item.Kind() == "HTTPRoute"
}

// isRenamed says whether what was generated for a private Service leads to it and was written for another name, so that Placement
// reports it: a layer above the function has renamed both.
func (c *checker) isRenamed(e endpoint.Private) bool {
	if c.renamed == nil {
		c.renamed = map[string]bool{}
		for _, way := range c.ways.Ways {
			if way.Item.Contains(endpoint.AnnotationGeneratedFrom) && wasRenamed(way.Item) {
				c.renamed[way.Service] = true
			}
		}
	}
	return c.renamed[e.Namespace+"/"+e.Source.Name()]
}

// wasRenamed says whether a generated object was written for another name than it has.
func wasRenamed(item *manifest.Item) bool {
	from, _ := item.Annotation(endpoint.AnnotationGeneratedFrom)
	madeFor, _ := item.Annotation(endpoint.AnnotationFor)
	_, name, _ := strings.Cut(madeFor, "/")
	return isEndpoint(item) && name != item.Name() && from == "Service/"+name
}

// dangling looks for the objects that we generated, by the form of their names.
func dangling(item *manifest.Item, namespace string, present map[string]bool) finding.List {
	var findings finding.List
	for field, named := range references(item, namespace) {
		withoutNamespace := reference{named.kind, "", named.name}
		if !present[named.String()] && (namespace != "" || !present[withoutNamespace.String()]) {
			findings = append(findings, Dangling.At(item.Object(), field, fmt.Sprintf("%s is not in the set", named), placementRemedy))
		}
	}
	return findings
}

// reference is an object that a route names.
type reference struct{ kind, namespace, name string }

func (r reference) String() string { return r.kind + " " + r.namespace + "/" + r.name }

// ours is how the names begin of what we generate beside a route.
const ours = "private-endpoint-"

// references returns the objects of ours that an Ingress or HTTPRoute names, with the field that does.
func references(item *manifest.Item, namespace string) iter.Seq2[string, reference] {
	return func(yield func(string, reference) bool) {
		for _, list := range referring {
			value, _ := item.Annotation(list.annotation)
			for _, entry := range strings.Split(value, ",") {
				named, isOurs := list.read(strings.TrimSpace(entry), namespace)
				if isOurs && !yield("metadata.annotations["+list.annotation+"]", named) {
					return
				}
			}
		}
		for i, rule := range item.View("spec", "rules").Elements() {
			for _, filter := range rule.Get("filters").Elements() {
				name := filter.Get("extensionRef", "name").Text()
				if strings.HasPrefix(name, ours) && !yield(fmt.Sprintf("spec.rules[%d].filters", i), reference{"Middleware", namespace, name}) {
					return
				}
			}
		}
	}
}

// referring are the annotations that list objects of ours, with what reads an entry on a route of a namespace.
var referring = []struct {
	annotation string
	read       func(entry, namespace string) (named reference, isOurs bool)
}{
	{"traefik.ingress.kubernetes.io/router.middlewares", readMiddleware},
	{"nginx.org/policies", readPolicy},
}

func readMiddleware(entry, _ string) (reference, bool) {
	entry, found := strings.CutSuffix(entry, "@kubernetescrd")
	// The last one, because a namespace may hold the words too.
	at := strings.LastIndex(entry, "-"+ours)
	if !found || at < 0 {
		return reference{}, false
	}
	return reference{"Middleware", entry[:at], entry[at+1:]}, true
}

func readPolicy(entry, namespace string) (reference, bool) {
	name := entry
	if before, after, found := strings.Cut(entry, "/"); found {
		namespace, name = before, after
	}
	return reference{"Policy", namespace, name}, strings.HasPrefix(name, ours)
}
