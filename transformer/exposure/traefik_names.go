package exposure

import (
	"strings"
	"unicode"
)

// addProviderService adds the ways to what another provider of Traefik calls name@provider. Those of Kubernetes join namespace, name and
// port of a Service with hyphens, so that one name may mean several Services; the one for Ingresses of nginx may put the name of the
// Ingress between. What Traefik brings itself, such as api@internal, is no private Pod, and of anything else nobody here knows what it leads
// to. seen is that of addTraefikService.
func (r *reader) addProviderService(way Way, full string, seen map[string]bool) {
	name, provider, _ := strings.Cut(full, "@")
	words := strings.Split(name, "-")
	found := provider == "kubernetescrd" && r.addTraefikCalled(way, words, seen)
	if strings.HasPrefix(provider, "kubernetes") {
		for _, called := range r.servicesCalled(words, provider == "kubernetesingressnginx") {
			found = true
			way.Service = called.service
			r.add(way, called.port)
		}
	}
	switch {
	case found:
	case provider == "internal":
		r.add(way, "")
	default:
		r.addUnknown(way, "TraefikService "+full)
	}
}

// addTraefikCalled adds the ways to the TraefikServices of which Traefik makes a name of words, and says whether there are any.
func (r *reader) addTraefikCalled(way Way, words []string, seen map[string]bool) bool {
	found := false
	for end := 1; end < len(words); end++ {
		found = r.addTraefikObject(way, strings.Join(words[:end], "-"), strings.Join(words[end:], "-"), seen) || found
	}
	return found
}

// servicePortName is a port of a Service, given as namespace/name.
type servicePortName struct{ service, port string }

// servicesCalled returns the ports of Services of the set of which Traefik makes a name of words. With skips, there may be others between
// namespace and name.
func (r *reader) servicesCalled(words []string, skips bool) []servicePortName {
	var called []servicePortName
	for end := 1; end < len(words)-1; end++ {
		for start := end; start == end || skips && start < len(words)-1; start++ {
			for last := start + 1; last < len(words); last++ {
				key := strings.Join(words[:end], "-") + "/" + strings.Join(words[start:last], "-")
				for _, service := range r.serviceNames()[key] {
					called = append(called, servicePortName{service, strings.Join(words[last:], "-")})
				}
			}
		}
	}
	return called
}

// serviceNames returns the Services of the set, given as namespace/name, by the same written as Traefik does.
func (r *reader) serviceNames() map[string][]string {
	if r.byTraefikName == nil {
		r.byTraefikName = map[string][]string{}
		for _, item := range r.objects.OfKind("", "Service") {
			namespace := r.objects.NamespaceOf(item)
			key := traefikName(namespace) + "/" + traefikName(item.Name())
			r.byTraefikName[key] = append(r.byTraefikName[key], namespace+"/"+item.Name())
		}
	}
	return r.byTraefikName
}

// traefikName writes a name as Traefik does within others (provider.Normalize).
func traefikName(name string) string {
	return strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }), "-")
}
