package controller

import (
	"net/url"
	"regexp"
	"strings"
	"sync"

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

// plainURL is what ingress-nginx accepts in auth-url and auth-signin, without the variables that it also accepts: with $host or
// $http_host the client chooses the auth server. No other controller reads more into it.
var plainURL = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[-._~a-zA-Z0-9/:,?&=]+$`) })

// isPlainURL checks what is known of a URL before Flux has filled in its variables.
func isPlainURL(address string) bool {
	return plainURL().MatchString(config.WithoutPlaceholders(address))
}

// querySeparator is what stands between a URL and one more parameter.
func querySeparator(address string) string {
	if strings.Contains(address, "?") {
		return "&"
	}
	return "?"
}

// withRedirect adds the page to return to after sign-in to a sign-in URL. The Flux variables of the page stay readable for
// Flux.
func withRedirect(signInURL, page string) string {
	escaped := url.QueryEscape(page)
	for _, placeholder := range config.Placeholders(page) {
		escaped = strings.Replace(escaped, url.QueryEscape(placeholder), placeholder, 1)
	}
	return signInURL + querySeparator(signInURL) + "rd=" + escaped
}
