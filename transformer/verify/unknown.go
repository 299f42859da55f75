package verify

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// UnknownKind is an object of a kind that this program does not know, and that names a private Service.
var UnknownKind = finding.Rule{
	Code: "PE208", Severity: finding.Info, Title: "kind that is not known names a private Service",
	Cause: "The object is of a kind that this program does not read, and one of its fields names a Service that is private elsewhere; or it is a " +
		"public route to a backend of a kind that this program does not read, which may lead to private Pods. Nothing is proved about this way.",
	Remedy: "Find out whether it routes from outside, and whom it asks. Nothing has to be done where it does not, or leads elsewhere.",
	Example: privateAdmin + `---
apiVersion: networking.cfargotunnel.com/v1alpha1
kind: TunnelBinding
metadata:
  name: admin
  namespace: cindy
subjects:
- kind: Service
  name: admin
  spec:
    fqdn: admin.example.org
tunnelRef:
  kind: ClusterTunnel
  name: public
`,
}

// knownGroups are the API groups, beside Kubernetes' own, whose routes are read or that are ours.
var knownGroups = []string{
	config.Domain, "gateway.networking.k8s.io", "traefik.io", "traefik.containo.us", "projectcontour.io", "networking.istio.io",
	"security.istio.io", "k8s.nginx.org", "zalando.org", "getambassador.io", "gateway.envoyproxy.io", "route.openshift.io",
}

// isUnknownKind says whether nobody here knows what objects of a group do. Kubernetes' own groups have no dot, or end in k8s.io.
func isUnknownKind(item *manifest.Item) bool {
	group := item.Group()
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !slices.Contains(knownGroups, group)
}

// unknownKinds reports the objects of unknown kinds that name the Service of a private endpoint.
func (c *checker) unknownKinds() {
	private := map[string]finding.Object{}
	for _, proof := range c.proofs {
		for _, way := range proof.Own {
			private[way.Service] = proof.Endpoint.Object()
		}
	}
	for _, item := range c.Set.Items() {
		if !isUnknownKind(item) || !item.ContainsFold("service", "backend") {
			continue
		}
		search := search{namespace: c.NamespaceOf(item), private: private}
		for key, value := range item.View().Fields() {
			if key != "metadata" && key != "status" {
				search.value([]string{key}, key, value)
			}
		}
		for _, found := range search.found {
			c.report(item, c.NamespaceOf(item), UnknownKind.At(item.Object(), found.field, fmt.Sprintf("names Service %s, which %s makes private", found.service, private[found.service]),
				"find out whether the object lets requests in, and whom it asks"))
		}
		item.Release()
	}
}

// unknownBackends reports the public routes to backends of which nobody here knows what they lead to, in a set with private endpoints.
func (c *checker) unknownBackends() {
	if len(c.Endpoints) == 0 {
		return
	}
	for _, way := range c.ways.Ways {
		if way.Unknown != "" && !way.Auth.Closed() {
			c.report(way.Item, way.Namespace, UnknownKind.At(way.Item.Object(), way.Field, fmt.Sprintf("leads to %s, and what that leads to is not known", way.Unknown),
				"find out whether it leads to private Pods"))
		}
	}
}

// search looks for the names of private Services in an object of a namespace.
type search struct {
	namespace string
	private   map[string]finding.Object
	found     []mention
}

// mention is a field that names a Service, given as namespace/name.
type mention struct{ field, service string }

// value searches a value, which stands under a key at a path. The path is joined where something is found and not before: at each level
// of a deep object it would be one more copy of the whole.
func (s *search) value(path []string, key string, value manifest.View) {
	if value.IsScalar() && namesService(key) {
		s.add(path, value.Text(), s.namespace)
	}
	if name := value.Get("name"); name.IsScalar() && (namesService(key) || value.Get("kind").Text() == "Service") {
		namespace := value.Get("namespace").Text()
		if namespace == "" {
			namespace = s.namespace
		}
		s.add(append(path, ".name"), name.Text(), namespace)
	}
	for inner, child := range value.Fields() {
		s.value(append(path, "."+inner), inner, child)
	}
	for i, element := range value.Elements() {
		s.value(append(path, "["+strconv.Itoa(i)+"]"), key, element)
	}
}

// namesService says whether the value of a key is likely to be a Service.
func namesService(key string) bool {
	key = strings.ToLower(key)
	return strings.Contains(key, "service") || strings.Contains(key, "backend")
}

// add keeps a mention of a private Service, by its name, its DNS name or a URL.
func (s *search) add(path []string, text, namespace string) {
	if parsed, err := url.Parse(text); err == nil && parsed.Host != "" {
		text = parsed.Hostname()
	}
	text, _, _ = strings.Cut(text, ":")
	labels := strings.Split(text, ".")
	if len(labels) > 1 {
		namespace = labels[1]
	}
	service := namespace + "/" + labels[0]
	if _, private := s.private[service]; private && labels[0] != "" {
		s.found = append(s.found, mention{strings.Join(path, ""), service})
	}
}
