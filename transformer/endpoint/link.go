package endpoint

import (
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// annotationLink is the beginning of the annotations from which Argo CD makes links, each of a title and a URL:
// https://argo-cd.readthedocs.io/en/stable/user-guide/external-url/. One whose URL is not valid it leaves out without a word.
const annotationLink = "link.argocd.argoproj.io/private-endpoints"

// link gives each host of an endpoint a link in Argo CD, with a lock where it is private (E16). A link that the user wrote stays. A host
// with variables of Flux has no URL yet.
func (p *Plan) link(endpoint *Endpoint) {
	if hidden, _ := endpoint.Source.Annotation(p.vocabulary.key(keyHideFromUI)); !p.settings.Spec.Links.ArgoCD || hidden == "true" {
		return
	}
	for i, host := range endpoint.Hosts {
		key := annotationLink
		if i > 0 {
			key += "-" + strconv.Itoa(i+1)
		}
		if _, written := endpoint.Route.Annotation(key); written || hostProblem(host) != "" || len(config.Placeholders(host)) > 0 {
			continue
		}
		endpoint.Additions.Annotation(key, endpoint.title(host)+"|"+endpoint.address(host))
	}
}

// title names a host of the endpoint as a person reads it.
func (e *Endpoint) title(host string) string {
	title := host + strings.TrimSuffix(e.firstPath(), "/")
	if e.Private {
		return "🔒 " + title
	}
	return title
}

// address returns the URL of the endpoint at one of its hosts.
func (e *Endpoint) address(host string) string {
	scheme := "https"
	if e.Gateway == nil && !slices.ContainsFunc(e.Route.View("spec", "tls").Elements(), func(entry manifest.View) bool { return covers(entry.Get("hosts").Texts(), host) }) {
		scheme = "http"
	}
	return scheme + "://" + host + e.firstPath()
}

func (e *Endpoint) firstPath() string {
	if len(e.Paths) == 0 {
		return "/"
	}
	return e.Paths[0]
}
