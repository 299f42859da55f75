package exposure

import (
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// haproxyPrefixes are those of the annotations of haproxy-ingress; the first one counts before the second.
var haproxyPrefixes = []string{"haproxy-ingress.github.io/", "ingress.kubernetes.io/"}

// haproxyIngress completes a way of an Ingress that haproxy-ingress serves: what its annotations make of the path
// (https://haproxy-ingress.github.io/docs/configuration/keys/). Only a path of type ImplementationSpecific has a type by
// annotation.
func haproxyIngress(item *manifest.Item, way *Way) {
	if value := haproxyAnnotation(item, "rewrite-target"); value != "" {
		way.Rewrite = replaced(way.Paths, value)
	}
	way.Redirects = way.Redirects || haproxyAnnotation(item, "redirect-to") != ""
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
