// Package exposure lists the ways in from outside that a set of manifests opens: which host and path leads to which
// Service.
package exposure

import (
	"fmt"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Unreadable is an object that may be a way in and cannot be read, so that nothing is proved about it.
var Unreadable = finding.Rule{Code: "PE160", Severity: finding.Error, Title: "route cannot be read"}

// Route is one way in: requests for Paths on Host reach Service.
type Route struct {
	Item *manifest.Item
	// Field is where the route stands in the Item.
	Field     string
	Namespace string
	Class     string
	// Host is lower case and empty where every host is meant; it may start with "*.".
	Host    string
	Paths   PathSet
	Service string
	// Regular says that the object asks its controller to read paths as regular expressions, which it then does for all
	// routes of the host, or that it rewrites paths, so that the backend sees another one.
	Regular bool
}

// Ingresses returns the routes of every Ingress in set. namespaceOf tells where an object will live.
func Ingresses(set *manifest.Set, namespaceOf func(*manifest.Item) string) ([]Route, finding.List) {
	var routes []Route
	var findings finding.List
	names := serviceNames(set, namespaceOf)
	for _, item := range set.Items() {
		if item.Kind() != "Ingress" || item.Group() != "networking.k8s.io" && item.Group() != "extensions" {
			continue
		}
		var ingress ingress
		if err := item.Decode(&ingress); err != nil {
			findings = append(findings, Unreadable.At(item.Object(), "", err.Error(), "correct the Ingress: what it opens must be known"))
			continue
		}
		found := ingress.routes(item, namespaceOf(item))
		item.Release()
		for _, route := range found {
			routes = append(routes, route)
			// Whether the reference means the renamed Service is not known before the last layer, so it may mean both.
			if name, renamed := names[route.Namespace+"/"+route.Service]; renamed {
				route.Service = name
				routes = append(routes, route)
			}
		}
	}
	return routes, findings
}

// previousNames is the annotation in which kustomize keeps the earlier names of an object while it renders. Only after the
// last layer it corrects the references to them.
const previousNames = "internal.config.kubernetes.io/previousNames"

// serviceNames returns the present name of every Service by its namespace and each of its previous names.
func serviceNames(set *manifest.Set, namespaceOf func(*manifest.Item) string) map[string]string {
	names := map[string]string{}
	for _, item := range set.Items() {
		if item.Kind() != "Service" || item.Group() != "" || !item.Contains(previousNames) {
			continue
		}
		previous, _ := item.Annotation(previousNames)
		for _, name := range strings.Split(previous, ",") {
			names[namespaceOf(item)+"/"+name] = item.Name()
		}
	}
	return names
}

// ingress is an Ingress of any version, in as far as it routes.
type ingress struct {
	Metadata struct {
		Annotations map[string]any `json:"annotations"`
	} `json:"metadata"`
	Spec struct {
		IngressClassName string   `json:"ingressClassName"`
		DefaultBackend   *backend `json:"defaultBackend"`
		Backend          *backend `json:"backend"`
		Rules            []struct {
			Host string `json:"host"`
			HTTP struct {
				Paths []struct {
					Path     string                `json:"path"`
					PathType networkingv1.PathType `json:"pathType"`
					Backend  backend               `json:"backend"`
				} `json:"paths"`
			} `json:"http"`
		} `json:"rules"`
	} `json:"spec"`
}

type backend struct {
	Service struct {
		Name string `json:"name"`
	} `json:"service"`
	ServiceName string `json:"serviceName"`
}

func (b backend) name() string {
	if b.ServiceName != "" {
		return b.ServiceName
	}
	return b.Service.Name
}

func (i ingress) routes(item *manifest.Item, namespace string) []Route {
	base := Route{Item: item, Namespace: namespace, Class: i.class(), Regular: i.readsRegular()}
	var routes []Route
	for _, fallback := range []*backend{i.Spec.DefaultBackend, i.Spec.Backend} {
		if fallback != nil {
			route := base
			route.Field, route.Paths, route.Service = "spec.defaultBackend", Prefix("/"), fallback.name()
			routes = append(routes, route)
		}
	}
	for r, rule := range i.Spec.Rules {
		for p, path := range rule.HTTP.Paths {
			route := base
			route.Field = fmt.Sprintf("spec.rules[%d].http.paths[%d]", r, p)
			route.Host = strings.TrimSuffix(strings.ToLower(rule.Host), ".")
			route.Paths, route.Service = newPathSet(path.Path, path.PathType), path.Backend.name()
			routes = append(routes, route)
		}
	}
	return routes
}

func (i ingress) class() string {
	if i.Spec.IngressClassName != "" {
		return i.Spec.IngressClassName
	}
	class, _ := i.Metadata.Annotations["kubernetes.io/ingress.class"].(string)
	return class
}

// readsRegular looks for the two annotations of ingress-nginx that turn every path of a host into a regular expression.
func (i ingress) readsRegular() bool {
	rewrite, _ := i.Metadata.Annotations["nginx.ingress.kubernetes.io/rewrite-target"].(string)
	regular, _ := i.Metadata.Annotations["nginx.ingress.kubernetes.io/use-regex"].(string)
	return rewrite != "" || strings.EqualFold(regular, "true")
}
