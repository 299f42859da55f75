package verify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// clusterScoped are the frequent kinds that have no namespace. One that is missing here costs time, and nothing else.
var clusterScoped = []string{
	"ClusterIssuer", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "GatewayClass", "IngressClass", "Namespace",
	"PersistentVolume", "PriorityClass", "StorageClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
}

// checkUnknownNamespaces proves the endpoints once more for each namespace in which the objects may live that name none: a door
// that is open there must not be passed over because nobody said where it is.
func (c *checker) checkUnknownNamespaces() {
	if !c.hasUnknownNamespace() {
		return
	}
	for _, namespace := range c.possibleNamespaces() {
		c.checkAssuming(namespace)
	}
}

// hasUnknownNamespace says whether an object of the set names no namespace, and none is assumed for it. To ask every object would be to
// parse it.
func (c *checker) hasUnknownNamespace() bool {
	for _, item := range c.Set.Items() {
		if !slices.Contains(clusterScoped, item.Kind()) && mayLackNamespace(item) && item.Namespace() == "" {
			// What is assumed for one is assumed for all.
			return c.NamespaceOf(item) == ""
		}
	}
	return false
}

// mayLackNamespace says by the bytes of an object whether it may name no namespace.
func mayLackNamespace(item *manifest.Item) bool {
	namespace, certain := item.NamespaceOnLines()
	return !certain || namespace == ""
}

// possibleNamespaces are those of the private endpoints.
func (c *checker) possibleNamespaces() []string {
	possible := map[string]bool{}
	for _, e := range c.Endpoints {
		possible[e.Namespace] = true
	}
	return slices.Sorted(maps.Keys(possible))
}

// checkAssuming proves the endpoints of a namespace, with everything there that names none.
func (c *checker) checkAssuming(namespace string) {
	assuming := newChecker(c.Input, c.waivers)
	assuming.findings, assuming.reported, assuming.about, assuming.assumed = c.findings, c.reported, c.about, namespace
	assuming.NamespaceOf = func(item *manifest.Item) string { return cmp.Or(c.NamespaceOf(item), namespace) }
	assuming.Endpoints = slices.DeleteFunc(slices.Clone(c.Endpoints), func(e endpoint.Private) bool { return e.Namespace != namespace })
	assuming.check()
	c.findings = assuming.findings
}

// underAssumption says in a finding what it rests on.
func (c *checker) underAssumption(found finding.Finding) finding.Finding {
	if c.assumed == "" {
		return found
	}
	found.Cause += fmt.Sprintf(", if what names no namespace lives in %s", c.assumed)
	found.Remedy += "; or say where objects without a namespace live: pass --namespace, or set spec.defaultNamespace"
	return found
}
