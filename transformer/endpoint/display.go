package endpoint

import (
	"cmp"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Display is how the routes of an object want to be listed (E16). It is a wish of whoever wrote the object, and says nothing about who
// gets in.
type Display struct {
	// Hidden leaves the routes out.
	Hidden bool
	// URLs stand in their place where there are any. They are whatever somebody wrote.
	URLs []string
}

// DisplayOf reads the wish of the first of some objects that has one. They live in namespace. settings may be nil: ${OKTETO_DOMAIN} then
// has no value and stays.
func DisplayOf(settings *config.Config, namespace string, objects ...*manifest.Item) Display {
	words, values := vocabulary{oktetoDomain}, []string{"${OKTETO_NAMESPACE}", namespace}
	if settings != nil {
		words.domain = settings.Spec.AnnotationDomain
		values = append(values, "${OKTETO_DOMAIN}", settings.Spec.Subdomain)
	}
	var hidden, urls string
	for _, object := range objects {
		if !object.Contains(words.key(keyHideFromUI), words.key(keyEndpoints)) {
			continue
		}
		hide, _ := object.Annotation(words.key(keyHideFromUI))
		shown, _ := object.Annotation(words.key(keyEndpoints))
		hidden, urls = cmp.Or(hidden, hide), cmp.Or(urls, shown)
	}
	display := Display{Hidden: hidden == "true"}
	for url := range strings.SplitSeq(strings.NewReplacer(values...).Replace(urls), ",") {
		if url = strings.TrimSpace(url); url != "" {
			display.URLs = append(display.URLs, url)
		}
	}
	return display
}
