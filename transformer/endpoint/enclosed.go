package endpoint

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// policyGroups are the API groups whose objects judge or describe other objects: what they say about an annotation is no intent.
var policyGroups = []string{"kyverno.io", "gatekeeper.sh", "admissionregistration.k8s.io", "apiextensions.k8s.io"}

func isPolicy(item *manifest.Item) bool {
	for _, group := range policyGroups {
		if item.Group() == group || strings.HasSuffix(item.Group(), "."+group) {
			return true
		}
	}
	return false
}

// findEnclosed looks for intent on what others make of an object: a HelmRelease has the annotations of a chart's Ingress in its values,
// a Template has whole Services. They become objects where this function never sees them. What is a mapping is looked at in every kind;
// text only where the kind is not known to let nobody in: a ConfigMap may hold anything, and most of it is not applied.
func (r *intentReader) findEnclosed() {
	if isPolicy(r.item) || !r.item.Contains(r.domain+"/") {
		return
	}
	// written finds annotations in a text that is YAML or JSON itself.
	written := regexp.MustCompile(`(?m)(?:^|[{,])[\t ]*["']?(` + regexp.QuoteMeta(r.domain) + `/[a-z-]+)["']?[\t ]*:[\t ]*["']?([A-Za-z0-9-]+)`)
	for name, value := range r.item.View().Fields() {
		if name != "metadata" {
			r.findEnclosedBelow(value, &place{name: name}, written)
		}
	}
}

func (r *intentReader) findEnclosedBelow(value manifest.View, at *place, written *regexp.Regexp) {
	if r.kind != harmless {
		for _, annotation := range written.FindAllStringSubmatch(value.Text(), -1) {
			if r.isIntent(annotation[1]) && annotation[2] != "false" {
				r.reportEnclosed(at.String(), fmt.Sprintf("has the annotation %s in its text, for an object that this function does not see", annotation[1]))
				break
			}
		}
	}
	for key, inner := range value.Fields() {
		if r.isIntent(key) && inner.Text() != "false" {
			r.reportEnclosed(at.String()+"["+key+"]", "is written for an object that this function does not see")
		}
		r.findEnclosedBelow(inner, &place{at, "." + key}, written)
	}
	for i, element := range value.Elements() {
		r.findEnclosedBelow(element, &place{at, index(i)}, written)
	}
}

// reportEnclosed reports an error; a warning where the object is known to let nobody in.
func (r *intentReader) reportEnclosed(field, cause string) {
	rule, remedy := EnclosedIntent, "render what the "+r.item.Kind()+" makes before this function runs, so that the Service, Ingress or HTTPRoute itself is in the set, or remove the annotation"
	if r.kind == harmless {
		rule, remedy = UselessIntent, "put the annotation on the Service, Ingress or HTTPRoute that routes"
		cause = "has no effect here"
	}
	r.report(rule, field, cause, remedy)
}

// place is where a value stands in an object. It is spelled out only where something is found: the paths of all values of a deep object
// are as long as their number times their depth.
type place struct {
	above *place
	name  string
}

func (p *place) String() string {
	if p == nil {
		return ""
	}
	return p.above.String() + p.name
}
