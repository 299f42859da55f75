package endpoint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// toolGroups are the API groups whose objects judge or describe other objects, or are read by tools that run before this one, as a Kptfile
// and the settings of kpt's functions are: what they say about an annotation is no intent that gets lost.
var toolGroups = []string{"kyverno.io", "gatekeeper.sh", "admissionregistration.k8s.io", "apiextensions.k8s.io", "kpt.dev"}

// annotationLocal marks objects that are for tools, and are not applied
// (https://kpt.dev/reference/annotations/local-config/).
const annotationLocal = "config.kubernetes.io/local-config"

func isForTools(item *manifest.Item) bool {
	if local, _ := item.Annotation(annotationLocal); local == "true" {
		return true
	}
	return slices.ContainsFunc(toolGroups, func(group string) bool {
		return item.Group() == group || strings.HasSuffix(item.Group(), "."+group)
	})
}

// isData says whether what stands in an object is for programs: text and settings of any kind, most of which is never applied.
func isData(item *manifest.Item) bool {
	return item.Group() == "" && (item.Kind() == "ConfigMap" || item.Kind() == "Secret")
}

// findEnclosed looks for intent on what others make of an object: a HelmRelease has the annotations of a chart's Ingress in its values,
// a Template has whole Services. They become objects where this function never sees them.
func (r *intentReader) findEnclosed() {
	if isForTools(r.item) || isData(r.item) || !r.item.Contains(r.domain+"/") {
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
