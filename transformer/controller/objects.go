package controller

import "github.com/private-endpoints/private-endpoints/transformer/manifest"

// Objects finds the objects of a set by kind and name, to follow the references of routes.
type Objects struct {
	namespaceOf func(*manifest.Item) string
	byKind      map[string][]*manifest.Item
	// byName is filled for a kind when it is asked for: to know a name, an object has to be parsed.
	byName map[string]map[string][]*manifest.Item
	// middlewares are the Middlewares of Traefik by its id for them; nil until they are asked for.
	middlewares map[string][]*manifest.Item
	// haproxy is what haproxy-ingress reads of several objects together.
	haproxy haproxyIndex
	// masters are the master Ingresses of F5 by class and host; nil until they are asked for.
	masters map[string]*manifest.Item
	// envoyPolicies are the SecurityPolicies of Envoy Gateway by namespace, and envoySelecting those that select by labels; nil until they
	// are asked for.
	envoyPolicies  map[string][]*manifest.Item
	envoySelecting []*manifest.Item
	// serverSnippets are what Ingresses put into the servers of ingress-nginx, by host; nil until they are asked for.
	serverSnippets map[string][]nginxSnippet
	// nginxConfigMaps are the settings of ingress-nginx; nil until readsNginxSettings.
	nginxConfigMaps    []nginxSettings
	readsNginxSettings bool
}

// Index returns the objects of set. namespaceOf tells where an object will live.
func Index(set *manifest.Set, namespaceOf func(*manifest.Item) string) *Objects {
	objects := &Objects{namespaceOf: namespaceOf, byKind: map[string][]*manifest.Item{}, byName: map[string]map[string][]*manifest.Item{}}
	for _, item := range set.Items() {
		key := item.Group() + "/" + item.Kind()
		objects.byKind[key] = append(objects.byKind[key], item)
	}
	return objects
}

// NamespaceOf returns the namespace in which item will live, empty where that is not known.
func (o *Objects) NamespaceOf(item *manifest.Item) string { return o.namespaceOf(item) }

// OfKind returns the objects of a group and kind, in the order of the set.
func (o *Objects) OfKind(group, kind string) []*manifest.Item { return o.byKind[group+"/"+kind] }

// Named returns the objects with a group, kind, namespace and name. There should be one at most; a set that has not been
// rendered may hold more.
func (o *Objects) Named(group, kind, namespace, name string) []*manifest.Item {
	key := group + "/" + kind
	names, indexed := o.byName[key]
	if !indexed {
		names = map[string][]*manifest.Item{}
		for _, item := range o.byKind[key] {
			full := o.namespaceOf(item) + "/" + item.Name()
			names[full] = append(names[full], item)
		}
		o.byName[key] = names
	}
	return names[namespace+"/"+name]
}
