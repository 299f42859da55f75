package controller

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Selection says whether a selector takes an object.
type Selection int

// The selections.
const (
	NotSelected Selection = iota
	// MaybeSelected is where what decides does not stand in the set.
	MaybeSelected
	Selected
)

// EnvoySelects says whether an entry of targetSelectors, of a policy of Envoy Gateway in the namespace home, takes an object of a kind and
// namespace; object is nil where the set does not hold it. Since 1.9 it may take objects of other namespaces, where the labels of these
// and a ReferenceGrant decide, which may stand in another set
// (https://gateway.envoyproxy.io/docs/api/extension_types/#targetselector).
func EnvoySelects(selector manifest.View, home, kind, namespace string, object *manifest.Item) Selection {
	from := selector.Get("namespaces", "from").Text()
	switch {
	case selector.Get("kind").Text() != kind || home != namespace && from != "All" && from != "Selector":
		return NotSelected
	case object == nil:
		return MaybeSelected
	case !matchesLabels(selector, object.View("metadata", "labels")):
		return NotSelected
	case home != namespace || from == "Selector":
		return MaybeSelected
	default:
		return Selected
	}
}

// matchesLabels says whether a label selector takes what has these labels. One that is not valid takes nothing
// (internal/gatewayapi/helpers.go, selectorFromTargetSelector).
func matchesLabels(selector, labels manifest.View) bool {
	for key, value := range selector.Get("matchLabels").Fields() {
		if label := labels.Get(key); !label.Exists() || label.Text() != value.Text() {
			return false
		}
	}
	for _, requirement := range selector.Get("matchExpressions").Elements() {
		label := labels.Get(requirement.Get("key").Text())
		listed := label.Exists() && slices.Contains(requirement.Get("values").Texts(), label.Text())
		operator := requirement.Get("operator").Text()
		if !(operator == "In" && listed || operator == "NotIn" && !listed || operator == "Exists" && label.Exists() || operator == "DoesNotExist" && !label.Exists()) {
			return false
		}
	}
	return true
}

// envoyPoliciesFor returns the SecurityPolicies of a namespace, and those of others that may select objects in it.
func (o *Objects) envoyPoliciesFor(namespace string) []*manifest.Item {
	if o.envoyPolicies == nil {
		o.envoyPolicies = map[string][]*manifest.Item{}
		for _, item := range o.OfKind(envoyGroup, envoyPolicy) {
			home := o.NamespaceOf(item)
			o.envoyPolicies[home] = append(o.envoyPolicies[home], item)
			if item.Contains("targetSelectors") {
				o.envoySelecting = append(o.envoySelecting, item)
			}
		}
	}
	found := slices.Clone(o.envoyPolicies[namespace])
	for _, item := range o.envoySelecting {
		if o.NamespaceOf(item) != namespace {
			found = append(found, item)
		}
	}
	return found
}
