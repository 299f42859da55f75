package controller

import (
	"net/url"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// AuthURL returns the URL that is asked for every request to the endpoints of a namespace (E19). The error says which group
// is missing or not valid.
func AuthURL(settings *config.Config, namespace string) (string, error) {
	groups, err := settings.Groups(namespace)
	if err != nil {
		return "", err
	}
	return authURL(settings, namespace, groups), nil
}

// authURL composes the URL that is asked for every request (E19): literal, with the groups of the namespace fixed by the
// manifest. oauth2-proxy admits a member of any group of allowed_groups. Where the URL's path has a template, that says
// who may enter instead; an auth service that decides by host name gets no constraint at all.
func authURL(settings *config.Config, namespace string, groups []string) string {
	address := settings.Spec.Auth.URL
	list := strings.Join(groups, ",")
	filled := strings.NewReplacer("{namespace}", namespace, "{groups}", list).Replace(address)
	if filled != address || !settings.EnforcesNamespace() {
		return filled
	}
	return filled + "?allowed_groups=" + list
}

// withRedirect adds the page to return to after sign-in to a sign-in URL. The Flux variables of the page stay readable for
// Flux.
func withRedirect(signInURL, page string) string {
	separator := "?"
	if strings.Contains(signInURL, "?") {
		separator = "&"
	}
	escaped := url.QueryEscape(page)
	for _, placeholder := range config.Placeholders(page) {
		escaped = strings.Replace(escaped, url.QueryEscape(placeholder), placeholder, 1)
	}
	return signInURL + separator + "rd=" + escaped
}
