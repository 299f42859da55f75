package exposure

import (
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// haproxyPrefixes are those of the annotations of haproxy-ingress; the first one counts before the second.
var haproxyPrefixes = []string{"haproxy-ingress.github.io/", "ingress.kubernetes.io/"}

// haproxyIngress completes a way of an Ingress that haproxy-ingress serves: what its annotations, and those of its Service, make of the path
// (https://haproxy-ingress.github.io/docs/configuration/keys/). Only a path of type ImplementationSpecific has a type by
// annotation.
func (r *reader) haproxyIngress(item *manifest.Item, backend manifest.View, way *Way) {
	if haproxyAnnotation(item, "tcp-service-port") != "" {
		// Hosts count for TLS alone, and paths for nothing (converters/ingress/ingress.go, syncIngressTCP).
		way.Layer, way.Host, way.Paths, way.Via = TCP, "", Prefix("/"), "its tcp-service-port"
		return
	}
	if value := r.objects.HAProxyValue(item, backend, "rewrite-target"); value != "" {
		way.Rewrite = replaced(way.Paths, value)
	}
	for name, snippet := range r.objects.HAProxySnippets(item, backend) {
		way.configuredBy(name, snippet)
	}
	for _, name := range []string{"http-header-match", "http-header-match-regex"} {
		way.Ahead = way.Ahead || r.objects.HAProxyValue(item, backend, name) != ""
	}
	way.Narrowed = way.Narrowed || way.Ahead
	way.Redirects = way.Redirects || r.objects.HAProxyValue(item, backend, "redirect-to") != ""
	if way.Paths.form != plain {
		return
	}
	switch strings.ToLower(haproxyAnnotation(item, "path-type")) {
	case "exact":
		way.Paths = PathSet{way.Paths.String(), exact}
	case "prefix":
		way.Paths = Prefix(way.Paths.String())
	case "regex":
		way.Regular = true
	default:
		// The type is begin: the start of the path, in capital or small letters.
		way.Paths, way.Folded = way.Paths.folded(), true
	}
}

func haproxyAnnotation(item *manifest.Item, name string) string {
	for _, prefix := range haproxyPrefixes {
		if value, written := item.Annotation(prefix + name); written {
			return value
		}
	}
	return ""
}
