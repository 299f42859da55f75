package transformer_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// TestRerunsEqualAFreshRun edits a set between runs, at random, as people and layers do: annotates, removes annotations,
// renames, moves, changes classes, deletes and adds objects, and changes the configuration. After each run, over what the
// run before left, the result must be what a first run over the sources alone gives.
func TestRerunsEqualAFreshRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{T: t}
		for range rapid.IntRange(1, 4).Draw(t, "sources") {
			m.add()
		}
		for range rapid.IntRange(1, 6).Draw(t, "runs") {
			m.runAndCompare()
			for range rapid.IntRange(1, 3).Draw(t, "edits") {
				m.edit()
			}
		}
		m.runAndCompare()
	})
}

// source is one object of the user's, as a person wrote it.
type source struct {
	kind, namespace, name string
	annotations           map[string]string
	class, host, path     string

	// ranWith is the class that the last run was given, and ranTo the one that it left.
	ranWith, ranTo string
}

func (s *source) key() string { return s.kind + " " + s.namespace + "/" + s.name }

// text is the manifest of the source.
func (s *source) text() string {
	var text strings.Builder
	if s.kind == "Service" {
		fmt.Fprintf(&text, "apiVersion: v1\nkind: Service\n")
	} else {
		fmt.Fprintf(&text, "apiVersion: networking.k8s.io/v1\nkind: Ingress\n")
	}
	fmt.Fprintf(&text, "metadata:\n  name: %s\n  namespace: %s\n", s.name, s.namespace)
	if len(s.annotations) > 0 {
		text.WriteString("  annotations:\n")
		for _, key := range slices.Sorted(maps.Keys(s.annotations)) {
			fmt.Fprintf(&text, "    %s: %q\n", key, s.annotations[key])
		}
	}
	if s.kind == "Service" {
		text.WriteString("spec:\n  ports:\n  - name: grpc\n    port: 9000\n")
		return text.String()
	}
	text.WriteString("spec:\n")
	if s.class != "" {
		fmt.Fprintf(&text, "  ingressClassName: %s\n", s.class)
	}
	text.WriteString("  rules:\n  - ")
	if s.host != "" {
		fmt.Fprintf(&text, "host: %s\n    ", s.host)
	}
	fmt.Fprintf(&text, "http:\n      paths:\n      - path: %s\n        pathType: Prefix\n        backend:\n          service:\n            name: %s\n            port:\n              number: 80\n", s.path, strings.TrimPrefix(s.path, "/"))
	return text.String()
}

const (
	auto     = "dev.okteto.com/auto-ingress"
	private  = "dev.okteto.com/private"
	generate = "dev.okteto.com/generate-host"
	list     = "traefik.ingress.kubernetes.io/router.middlewares"
	policies = "nginx.org/policies"
)

var (
	namespaces = []string{"cindy", "shop"}
	names      = []string{"api", "web", "admin"}
	classes    = []string{"", "nginx", "traefik", config.SentinelClass}
	// values are what a person may write in each annotation; the empty one stands for none.
	values = map[string]map[string][]string{
		"Service": {auto: {"", "private", "true", "false"}},
		"Ingress": {private: {"", "true", "false"}, generate: {"", "true", "app", "domain"}, list: {"", "cindy-compress@kubernetescrd"}, policies: {"", "cindy/limit"}},
	}
)

// model holds the sources as a person wrote them, and the set that the runs have worked on.
type model struct {
	*rapid.T

	sources       []*source
	paths         int
	working       []byte
	configuration int
}

func (m *model) add() {
	m.paths++
	s := &source{
		kind:      rapid.SampledFrom([]string{"Service", "Ingress"}).Draw(m.T, "kind"),
		namespace: rapid.SampledFrom(namespaces).Draw(m.T, "namespace"), name: rapid.SampledFrom(names).Draw(m.T, "name"),
		annotations: map[string]string{}, path: fmt.Sprintf("/path%d", m.paths),
	}
	if m.taken(s.key()) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(values[s.kind])) {
		if value := rapid.SampledFrom(values[s.kind][key]).Draw(m.T, key); value != "" {
			s.annotations[key] = value
		}
	}
	if s.kind == "Ingress" {
		s.class = rapid.SampledFrom(classes).Draw(m.T, "class")
		s.host = rapid.SampledFrom([]string{"", fmt.Sprintf("host%d.example.org", m.paths)}).Draw(m.T, "host")
	}
	s.ranWith, s.ranTo = s.class, s.class
	m.sources = append(m.sources, s)
	m.working = append(m.working, "---\n"+s.text()...)
}

func (m *model) taken(key string) bool {
	return slices.ContainsFunc(m.sources, func(s *source) bool { return s.key() == key })
}

// edit changes one source, and the same object of the working set.
func (m *model) edit() {
	if len(m.sources) == 0 {
		m.add()
		return
	}
	s := rapid.SampledFrom(m.sources).Draw(m.T, "source")
	switch rapid.SampledFrom([]string{"annotate", "rename", "move", "class", "delete", "add", "configure"}).Draw(m.T, "edit") {
	case "annotate":
		m.annotate(s)
	case "rename":
		m.identify(s, s.namespace, rapid.SampledFrom(names).Draw(m.T, "new name"))
	case "move":
		m.identify(s, rapid.SampledFrom(namespaces).Draw(m.T, "new namespace"), s.name)
	case "class":
		m.classify(s, rapid.SampledFrom(classes).Draw(m.T, "new class"))
	case "delete":
		m.change(s, func(set *manifest.Set, item *manifest.Item) { set.Remove(item) })
		m.sources = slices.DeleteFunc(m.sources, func(other *source) bool { return other == s })
	case "add":
		m.add()
	case "configure":
		m.configuration = rapid.IntRange(0, len(configurations)-1).Draw(m.T, "configuration")
	}
}

func (m *model) annotate(s *source) {
	key := rapid.SampledFrom(slices.Sorted(maps.Keys(values[s.kind]))).Draw(m.T, "key")
	if key == list || key == policies {
		// In a rendered set these annotations hold entries of ours too: a person would edit, not replace it.
		return
	}
	value := rapid.SampledFrom(values[s.kind][key]).Draw(m.T, "value")
	m.change(s, func(_ *manifest.Set, item *manifest.Item) {
		if value == "" {
			require.NoError(m, item.RemoveAnnotation(key))
		} else {
			require.NoError(m, item.SetAnnotation(key, value))
		}
	})
	if value == "" {
		delete(s.annotations, key)
	} else {
		s.annotations[key] = value
	}
}

func (m *model) identify(s *source, namespace, name string) {
	renamed := &source{kind: s.kind, namespace: namespace, name: name}
	if m.taken(renamed.key()) {
		return
	}
	m.change(s, func(_ *manifest.Set, item *manifest.Item) {
		require.NoError(m, item.Set(namespace, "metadata", "namespace"))
		require.NoError(m, item.Set(name, "metadata", "name"))
	})
	s.namespace, s.name = namespace, name
}

// classify changes the class of an Ingress. One that ends at the class that the last run left has not been edited.
func (m *model) classify(s *source, class string) {
	if s.kind != "Ingress" {
		return
	}
	m.change(s, func(_ *manifest.Set, item *manifest.Item) {
		if class == "" {
			require.NoError(m, item.Delete("spec", "ingressClassName"))
		} else {
			require.NoError(m, item.Set(class, "spec", "ingressClassName"))
		}
	})
	s.class = class
	if class == s.ranTo {
		s.class = s.ranWith
	}
}

// remember notes the classes that a run was given and has left.
func (m *model) remember() {
	for _, s := range m.sources {
		m.change(s, func(_ *manifest.Set, item *manifest.Item) {
			s.ranWith, s.ranTo = s.class, item.View("spec", "ingressClassName").Text()
		})
	}
}

// change edits the object of a source in the working set.
func (m *model) change(s *source, edit func(*manifest.Set, *manifest.Item)) {
	set, findings := manifest.Read(m.working)
	require.Empty(m, findings)
	for _, item := range set.Items() {
		_, generated := item.Annotation("private-endpoints.dev/generated-from")
		if !generated && item.Kind() == s.kind && item.Namespace() == s.namespace && item.Name() == s.name {
			edit(set, item)
			m.working = m.write(set)
			return
		}
	}
	require.Fail(m, "lost", "%s is not in the set:\n%s", s.key(), m.working)
}

func (m *model) write(set *manifest.Set) []byte {
	var out bytes.Buffer
	_, err := set.WriteTo(&out)
	require.NoError(m, err)
	return out.Bytes()
}

const settings = `apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
%s
  tls:
    secretName: %s
  auth:
    url: http://proxy.auth.svc.cluster.local/%s
    signInURL: https://auth.example.com/start
  access:
    groups: ["{namespace}"]
  verify:
    mode: "off"
`

// configurations differ in the first class, and in values that are written into objects.
var configurations = []string{
	fmt.Sprintf(settings, "  - {name: nginx, controller: ingress-nginx}\n  - {name: traefik, controller: traefik}", "one", "one"),
	fmt.Sprintf(settings, "  - {name: traefik, controller: traefik}\n  - {name: nginx, controller: ingress-nginx}", "one", "one"),
	fmt.Sprintf(settings, "  - {name: nginx, controller: traefik}\n  - {name: traefik, controller: ingress-nginx}", "two", "two"),
	fmt.Sprintf(settings, "  - {name: nginx, controller: f5-nginx}\n  - {name: traefik, controller: haproxy-ingress}", "two", "one"),
	fmt.Sprintf(settings, "  - {name: traefik, controller: f5-nginx}\n  - {name: nginx, controller: traefik-nginx}", "one", "two"),
}

// runAndCompare runs over the working set and over the sources alone. Where a run fails the set stays as it was.
func (m *model) runAndCompare() {
	var fresh []byte
	for _, s := range m.sources {
		fresh = append(fresh, "---\n"+s.text()...)
	}
	again, problems := m.run(m.working)
	first, expected := m.run(fresh)
	require.Equal(m, expected, problems, "sources:\n%s\nworking set:\n%s", fresh, m.working)
	if expected != "" {
		return
	}
	require.Equal(m, m.objects(first), m.objects(again), "sources:\n%s\nworking set:\n%s", fresh, m.working)
	twice, problems := m.run(again)
	require.Empty(m, problems)
	require.Equal(m, string(again), string(twice), "a run over its own result changes nothing")
	m.working = again
	m.remember()
}

// run returns the transformed set and the codes of the errors, sorted.
func (m *model) run(input []byte) ([]byte, string) {
	if len(bytes.TrimSpace(input)) == 0 {
		return nil, ""
	}
	set, findings := manifest.Read(input)
	require.Empty(m, findings)
	configuration, findings := config.Decode([]byte(configurations[m.configuration]))
	require.Empty(m, findings)
	findings = transformer.Transform(set, configuration, transformer.Options{})
	var codes []string
	for _, f := range findings {
		if f.Severity == "error" {
			codes = append(codes, f.Code+" "+f.Object.String())
		}
	}
	slices.Sort(codes)
	return m.write(set), strings.Join(slices.Compact(codes), "\n")
}

// objects returns the objects of a set by their identity, without what has no meaning: order and empty mappings.
func (m *model) objects(stream []byte) map[string]string {
	objects := map[string]string{}
	if len(bytes.TrimSpace(stream)) == 0 {
		return objects
	}
	set, findings := manifest.Read(stream)
	require.Empty(m, findings)
	for _, item := range set.Items() {
		data, err := item.JSON()
		require.NoError(m, err)
		text, err := yaml.JSONToYAML(data)
		require.NoError(m, err)
		require.NotContains(m, objects, item.Object().String(), "twice in the set")
		objects[item.Object().String()] = string(text)
	}
	return objects
}
