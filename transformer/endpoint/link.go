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

// annotationNoLinks hides the links that Argo CD makes of the rules of an Ingress by itself: they have no lock, and before
// version 3.6 they say http where no Secret is named: https://argo-cd.readthedocs.io/en/stable/user-guide/external-url/.
const annotationNoLinks = "argocd.argoproj.io/ignore-default-links"

// link gives each host of an endpoint a link in Argo CD, with a lock where it is private (E16). A link that the user wrote stays. A host
// with variables of Flux has no URL yet.
func (p *Plan) link(endpoint *Endpoint) {
	if !p.settings.Spec.Links.ArgoCD {
		return
	}
	if hidden, _ := endpoint.Source.Annotation(p.vocabulary.key(keyHideFromUI)); hidden == "true" {
		return
	}
	linked := 0
	for i, host := range endpoint.Hosts {
		key := annotationLink
		if i > 0 {
			key += "-" + strconv.Itoa(i+1)
		}
		if hostProblem(host) != "" || len(config.Placeholders(host)) > 0 {
			continue
		}
		linked++
		if _, written := endpoint.Route.Annotation(key); !written {
			endpoint.Additions.Annotation(key, endpoint.title(host)+"|"+endpoint.address(host))
		}
	}
	if _, written := endpoint.Route.Annotation(annotationNoLinks); !written && endpoint.Gateway == nil && linked > 0 && linked == len(endpoint.Hosts) {
		endpoint.Additions.Annotation(annotationNoLinks, "true")
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
