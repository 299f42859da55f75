package config

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const (
	cannot         = "cannot be written into an auth URL: use letters, digits and ._~:- , starting with a letter or digit, at most 128 characters"
	mapTheClaim    = "map the claim in the identity provider to a plain name"
	dnsName        = "write a DNS name, lower case"
	noGroup        = `is required and must not be empty: without a group everybody who can sign in gets in -> write the groups that may enter, for example ["{namespace}"]`
	onlyPath       = "use letters, digits and ._~- between single slashes"
	notAlike       = "which not every controller reads alike"
	useFlux        = "write the value itself, or set spec.placeholders: flux"
	noPlaceholder  = "write the value itself: only subdomain, tls.secretName and the hosts of auth.url and auth.signInURL can be placeholders"
	wrongNamespace = "use lower-case letters, digits and hyphens, at most 63 characters"
)

var (
	label63 = strings.Repeat("a", 63)
	host253 = strings.Join([]string{label63, label63, label63, label63[:61]}, ".")
)

func TestValues(t *testing.T) {
	const ids = "the controllers are ingress-nginx, traefik, traefik-nginx, haproxy-ingress, f5-nginx, envoy-gateway, gateway-api, istio, contour, apisix, skipper, pomerium, aws-alb, gke, emissary, kong, higress, haproxytech, cilium, application-gateway, kgateway, nginx-gateway-fabric"
	const subdomain = "write the domain under which the endpoints live, lower case and without a wildcard: apps.example.com"
	tests := map[string]struct{ spec, want string }{
		"annotation domain":          {"annotationDomain: endpoints.example.com", ""},
		"annotation domain, wrong":   {"annotationDomain: dev.okteto.com/", `PE102 spec.annotationDomain: "dev.okteto.com/" is not a DNS name -> write a domain such as dev.okteto.com`},
		"annotation domain, ours":    {"annotationDomain: private-endpoints.dev", `PE102 spec.annotationDomain: "private-endpoints.dev" is the program's own domain -> use a domain of your own, or leave the field out for dev.okteto.com`},
		"no subdomain":               {"subdomain: null", ""},
		"subdomain, longest":         {"subdomain: " + host253, ""},
		"subdomain, too long":        {"subdomain: a" + host253, `PE102 spec.subdomain: "a` + host253 + `" is not a DNS name -> ` + subdomain},
		"subdomain, label too long":  {"subdomain: a" + label63 + ".com", `PE102 spec.subdomain: "a` + label63 + `.com" is not a DNS name -> ` + subdomain},
		"subdomain, upper case":      {"subdomain: Apps.example.com", `PE102 spec.subdomain: "Apps.example.com" is not a DNS name -> ` + subdomain},
		"subdomain, wildcard":        {"subdomain: '*.example.com'", `PE102 spec.subdomain: "*.example.com" is not a DNS name -> ` + subdomain},
		"subdomain, dot at the end":  {"subdomain: example.com.", `PE102 spec.subdomain: "example.com." is not a DNS name -> ` + subdomain},
		"default namespace":          {"defaultNamespace: shop-2", ""},
		"default namespace, empty":   {"defaultNamespace: ''", ""},
		"default namespace, dot":     {"defaultNamespace: shop.eu", `PE102 spec.defaultNamespace: "shop.eu" is not a namespace -> ` + wrongNamespace},
		"suffix":                     {"hosts: {enforceSuffix: true}", ""},
		"suffix, no subdomain":       {"{hosts: {enforceSuffix: true}, subdomain: null}", "PE102 spec.hosts.enforceSuffix: needs spec.subdomain -> set spec.subdomain"},
		"convert":                    {"services: {convertLoadBalancers: all}", ""},
		"convert, near":              {"services: {convertLoadBalancers: Private}", `PE102 spec.services.convertLoadBalancers: "Private" is not a value -> did you mean private? The values are private, all, never`},
		"convert, nothing near":      {"services: {convertLoadBalancers: sometimes}", `PE102 spec.services.convertLoadBalancers: "sometimes" is not a value -> use one of private, all, never`},
		"verify":                     {"verify: {mode: 'off'}", ""},
		"verify, near":               {"verify: {mode: warning}", `PE102 spec.verify.mode: "warning" is not a value -> use one of enforce, warn, off`},
		"verify, on is not off":      {"verify: {mode: 'on'}", `PE102 spec.verify.mode: "on" is not a value -> use one of enforce, warn, off`},
		"verify, of":                 {"verify: {mode: of}", `PE102 spec.verify.mode: "of" is not a value -> did you mean off? The values are enforce, warn, off`},
		"placeholders":               {"placeholders: none", ""},
		"placeholders, near":         {"placeholders: Flux", `PE102 spec.placeholders: "Flux" is not a value -> did you mean flux? The values are none, flux`},
		"no class":                   {"ingressClasses: []", "PE102 spec.ingressClasses: is required -> list the class of your ingress controller"},
		"class, null":                {"ingressClasses: [null]", "PE102 spec.ingressClasses[0].name: is required -> set it\nPE102 spec.ingressClasses[0].controller: is required -> set it"},
		"class, two":                 {"ingressClasses: [{name: a, controller: traefik}, {name: b, controller: traefik}]", ""},
		"class, twice":               {"ingressClasses: [{name: a, controller: traefik}, {name: a, controller: ingress-nginx}]", `PE102 spec.ingressClasses[1].name: "a" is listed twice -> remove one of the two`},
		"class, sentinel":            {"ingressClasses: [{name: a, controller: traefik}, {name: private-endpoints.dev, controller: traefik}]", "PE102 spec.ingressClasses[1].name: is the class that no controller may serve -> name the class of your ingress controller"},
		"class, upper case":          {"ingressClasses: [{name: Nginx, controller: ingress-nginx}]", `PE102 spec.ingressClasses[0].name: "Nginx" is not the name of an IngressClass -> ` + dnsName},
		"controller, near":           {"ingressClasses: [{name: a, controller: treafik}]", `PE102 spec.ingressClasses[0].controller: "treafik" is not a controller -> did you mean traefik?`},
		"controller, nothing near":   {"ingressClasses: [{name: a, controller: apache}]", `PE102 spec.ingressClasses[0].controller: "apache" is not a controller -> ` + ids},
		"controller, a part":         {"ingressClasses: [{name: a, controller: nginx}]", `PE102 spec.ingressClasses[0].controller: "nginx" is not a controller -> did you mean ingress-nginx or traefik-nginx or f5-nginx or nginx-gateway-fabric?`},
		"version, two numbers":       {"ingressClasses: [{name: a, controller: traefik, version: '3.10'}]", ""},
		"version, three numbers":     {"ingressClasses: [{name: a, controller: traefik, version: 3.7.1}]", ""},
		"version, one number":        {"ingressClasses: [{name: a, controller: traefik, version: '3'}]", `PE102 spec.ingressClasses[0].version: "3" is not a version -> write it as "3.7" or "3.7.1", without v`},
		"version, v":                 {"ingressClasses: [{name: a, controller: traefik, version: v3.7}]", `PE102 spec.ingressClasses[0].version: "v3.7" is not a version -> write it as "3.7" or "3.7.1", without v`},
		"version, four numbers":      {"ingressClasses: [{name: a, controller: traefik, version: 3.7.1.2}]", `PE102 spec.ingressClasses[0].version: "3.7.1.2" is not a version -> write it as "3.7" or "3.7.1", without v`},
		"version, dot at the end":    {"ingressClasses: [{name: a, controller: traefik, version: '3.'}]", `PE102 spec.ingressClasses[0].version: "3." is not a version -> write it as "3.7" or "3.7.1", without v`},
		"tls, issuer":                {"tls: {secretName: null, clusterIssuer: letsencrypt}", ""},
		"tls, controller":            {"tls: {secretName: null, controllerDefault: true}", ""},
		"tls, no":                    {"tls: {controllerDefault: false}", ""},
		"tls, none":                  {"tls: null", "PE102 spec.tls: none of secretName, clusterIssuer and controllerDefault is set -> set exactly one of them"},
		"tls, false alone":           {"tls: {secretName: null, controllerDefault: false}", "PE102 spec.tls: none of secretName, clusterIssuer and controllerDefault is set -> set exactly one of them"},
		"tls, two":                   {"tls: {clusterIssuer: letsencrypt}", "PE102 spec.tls: 2 of secretName, clusterIssuer and controllerDefault are set -> set exactly one of them"},
		"tls, three":                 {"tls: {clusterIssuer: letsencrypt, controllerDefault: true}", "PE102 spec.tls: 3 of secretName, clusterIssuer and controllerDefault are set -> set exactly one of them"},
		"tls, secret with namespace": {"tls: {secretName: certificates/apps}", `PE102 spec.tls.secretName: "certificates/apps" is not the name of a Secret -> ` + dnsName},
		"tls, issuer in capitals":    {"tls: {secretName: null, clusterIssuer: LetsEncrypt}", `PE102 spec.tls.clusterIssuer: "LetsEncrypt" is not the name of a ClusterIssuer -> ` + dnsName},
		"no access":                  {"access: null", "PE102 spec.access.groups: " + noGroup},
		"everything at once":         {"{subdomain: A, tls: null, access: null}", `PE102 spec.subdomain: "A" is not a DNS name -> ` + subdomain + "\nPE102 spec.tls: none of secretName, clusterIssuer and controllerDefault is set -> set exactly one of them\nPE102 spec.access.groups: " + noGroup},
		"headers":                    {"auth: {responseHeaders: [X-User, Remote-Groups2]}", ""},
		"headers, empty":             {"auth: {responseHeaders: []}", "PE102 spec.auth.responseHeaders: is empty -> list the headers that the backend gets, or leave the field out for the default"},
		"headers, underscore":        {"auth: {responseHeaders: [X-User, X_Email]}", `PE102 spec.auth.responseHeaders[1]: "X_Email" is not a header name -> use letters, digits and hyphens, starting with a letter`},
		"headers, digit first":       {"auth: {responseHeaders: [1X]}", `PE102 spec.auth.responseHeaders[0]: "1X" is not a header name -> use letters, digits and hyphens, starting with a letter`},
		"headers, two in one":        {"auth: {responseHeaders: ['X-User,X-Email']}", `PE102 spec.auth.responseHeaders[0]: "X-User,X-Email" is not a header name -> use letters, digits and hyphens, starting with a letter`},
		"headers, longest":           {"auth: {responseHeaders: [X" + label63 + "]}", ""},
		"headers, too long":          {"auth: {responseHeaders: [XX" + label63 + "]}", `PE102 spec.auth.responseHeaders[0]: "XX` + label63 + `" is not a header name -> use letters, digits and hyphens, starting with a letter`},
		"headers, twice":             {"auth: {responseHeaders: [X-User, x-user]}", `PE102 spec.auth.responseHeaders[1]: "x-user" is listed twice -> remove one of the two`},
		"headers, of the connection": {"auth: {responseHeaders: [host]}", `PE102 spec.auth.responseHeaders[0]: "host" belongs to the connection or to the user's credentials -> remove it`},
		"headers, of the user":       {"auth: {responseHeaders: [Authorization]}", `PE102 spec.auth.responseHeaders[0]: "Authorization" belongs to the connection or to the user's credentials -> remove it`},
		"gateway":                    {"gateway: {name: web, namespace: gateways, sectionName: https, controller: traefik, version: \"3.7\", traefik: {signIn: none}}", ""},
		"gateway alone":              {"{gateway: {name: web, namespace: gateways, controller: traefik}, ingressClasses: [], tls: {}}", ""},
		"gateway without namespace":  {"gateway: {name: web, controller: traefik}", "PE102 spec.gateway.namespace: is required -> set it"},
		"gateway of nobody":          {"gateway: {name: web, namespace: gateways}", "PE102 spec.gateway.controller: is required -> set it"},
		"gateway, unknown":           {"gateway: {name: web, namespace: gateways, controller: trafik}", "PE102 spec.gateway.controller: \"trafik\" is not a controller -> did you mean traefik?"},
		"gateway, sentinel":          {"gateway: {name: private-endpoints.dev, namespace: gateways, controller: traefik}", "PE102 spec.gateway.name: is the name that no Gateway may have -> name the Gateway of your cluster"},
		"gateway, bad name":          {"gateway: {name: Web, namespace: gateways, controller: traefik}", "PE102 spec.gateway.name: \"Web\" is not a name -> write a DNS name, lower case"},
		"gateway, bad version":       {"gateway: {name: web, namespace: gateways, controller: traefik, version: v3}", "PE102 spec.gateway.version: \"v3\" is not a version -> write it as \"3.7\" or \"3.7.1\", without v"},
		"gateway, foreign settings":  {"gateway: {name: web, namespace: gateways, controller: traefik, istio: {}}", "PE101 spec.gateway.istio: settings of istio beside a controller that is traefik -> remove them, or correct the controller"},
		"links":                      {"links: {argocd: true}", ""},
		"network policy":             {"networkPolicy: {ingressController: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, podSelector: {matchLabels: {app: nginx}}}}", ""},
		"network policy, everybody":  {"networkPolicy: {ingressController: {namespaceSelector: {}}}", "PE102 spec.networkPolicy.ingressController.namespaceSelector.matchLabels: is required: without a label every namespace would be admitted -> write kubernetes.io/metadata.name and the namespace of the ingress controller"},
		"gateway, null":              {"{gateway: null, networkPolicy: null}", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, with(t, test.spec), test.want) })
	}
}

// TestAddresses is the grammar of auth.url and auth.signInURL (E19, E20). The finding shows what was written.
func TestAddresses(t *testing.T) {
	tests := map[string]struct{ field, address, want string }{
		"http":                       {"url", "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth", ""},
		"https":                      {"url", "https://auth.example.com/oauth2/auth", ""},
		"port":                       {"url", "http://oauth2-proxy.auth:4180/oauth2/auth", ""},
		"no path":                    {"url", "http://auth", ""},
		"slash at the end":           {"url", "http://auth/check/", ""},
		"namespace in the path":      {"url", "http://auth/check/{namespace}", ""},
		"groups in the path":         {"url", "http://auth/check/{groups}/", ""},
		"another template":           {"url", "http://auth/check/{service}", "has a character that is not allowed in it -> write it as https://host/path"},
		"namespace in the host":      {"url", "http://{namespace}.auth/check", "has a character that is not allowed in it -> write it as https://host/path"},
		"namespace in the query":     {"url", "http://auth/check?ns={namespace}", "has a query -> remove it: the groups are added as the query"},
		"query":                      {"url", "http://auth/check?allowed_groups=all", "has a query -> remove it: the groups are added as the query"},
		"empty query":                {"url", "http://auth/check?", "has a query -> remove it: the groups are added as the query"},
		"user":                       {"url", "http://user:secret@auth/check", "holds a user name -> remove it: it would stand in every Ingress"},
		"empty user":                 {"url", "http://@auth/check", "holds a user name -> remove it: it would stand in every Ingress"},
		"fragment":                   {"url", "http://auth/check#top", "holds a fragment -> remove it"},
		"empty fragment":             {"url", "http://auth/check#", "holds a fragment -> remove it"},
		"upper-case host":            {"url", "http://Auth.example.com/check", `has host "Auth.example.com", which is not a DNS name -> write the host lower case, in full`},
		"no host":                    {"url", "http:///check", `has host "", which is not a DNS name -> write the host lower case, in full`},
		"underscore in the host":     {"url", "http://auth_proxy/check", `has host "auth_proxy", which is not a DNS name -> write the host lower case, in full`},
		"IPv6":                       {"url", "http://[::1]/check", `has host "::1", which is not a DNS name -> write the host lower case, in full`},
		"no scheme":                  {"url", "auth.example.com/check", "does not start with http:// or https:// -> write it as https://host/path"},
		"another scheme":             {"url", "ftp://auth.example.com/check", "does not start with http:// or https:// -> write it as https://host/path"},
		"port of zero":               {"url", "http://auth:0/check", `has port "0" -> write a port between 1 and 65535`},
		"port too high":              {"url", "http://auth:65536/check", `has port "65536" -> write a port between 1 and 65535`},
		"port forgotten":             {"url", "http://auth:/check", `has port "" -> write a port between 1 and 65535`},
		"two slashes":                {"url", "http://auth//check", `has path "//check", ` + notAlike + " -> " + onlyPath},
		"path upwards":               {"url", "http://auth/check/../other", `has path "/check/../other", ` + notAlike + " -> " + onlyPath},
		"path upwards at the end":    {"url", "http://auth/check/..", `has path "/check/..", ` + notAlike + " -> " + onlyPath},
		"path on the spot":           {"url", "http://auth/./check", `has path "/./check", ` + notAlike + " -> " + onlyPath},
		"dots in a name":             {"url", "http://auth/..check/a..b", ""},
		"ampersand in the path":      {"url", "http://auth/check&a", `has path "/check&a", ` + notAlike + " -> " + onlyPath},
		"path not ASCII":             {"url", "http://auth/prüfen", `has path "/prüfen", ` + notAlike + " -> " + onlyPath},
		"percent":                    {"url", "http://auth/a%2fb", "has a character that is not allowed in it -> write it as https://host/path"},
		"variable":                   {"url", "http://$host/check", "has a character that is not allowed in it -> write it as https://host/path"},
		"semicolon":                  {"url", "http://auth/check;", "has a character that is not allowed in it -> write it as https://host/path"},
		"quote":                      {"url", `http://auth/"`, "has a character that is not allowed in it -> write it as https://host/path"},
		"line break":                 {"url", "http://auth/check\n", "has a character that is not allowed in it -> write it as https://host/path"},
		"sign-in":                    {"signInURL", "https://auth.example.com/oauth2/start", ""},
		"sign-in with query":         {"signInURL", "https://auth.example.com/start?prompt=login&a=b,c", ""},
		"sign-in over http":          {"signInURL", "http://auth.example.com/start", "does not start with https:// -> write it as https://host/path"},
		"sign-in with rd":            {"signInURL", "https://auth.example.com/start?rd=https://a", "has a parameter rd -> remove it: the controller adds the page to return to"},
		"sign-in, like rd":           {"signInURL", "https://auth.example.com/start?rds=a", ""},
		"sign-in with template":      {"signInURL", "https://auth.example.com/{namespace}", "has a character that is not allowed in it -> write it as https://host/path"},
		"sign-in, star in the query": {"signInURL", "https://auth.example.com/start?a=*", `has query "a=*", ` + notAlike + " -> use letters, digits and ._~=&:/?,-"},
		"sign-in, path":              {"signInURL", "https://auth.example.com/a+b", `has path "/a+b", ` + notAlike + " -> " + onlyPath},
		"sign-in with user":          {"signInURL", "https://user@auth.example.com/start", "holds a user name -> remove it: it would stand in every Ingress"},
		"sign-in with fragment":      {"signInURL", "https://auth.example.com/start#a", "holds a fragment -> remove it"},
		"sign-in, template for rd":   {"signInURL", "https://auth.example.com/start?rd=$escaped_request_uri", "has a character that is not allowed in it -> write it as https://host/path"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.want != "" {
				test.want = "PE102 spec.auth." + test.field + ": " + quoted(test.address) + " " + test.want
			}
			check(t, with(t, "auth: {"+test.field+": "+quoted(test.address)+"}"), test.want)
		})
	}
	t.Run("no URL", func(t *testing.T) {
		check(t, with(t, "auth: {url: null}"), "PE102 spec.auth.url: is required -> set it")
	})
	t.Run("no sign-in URL", func(t *testing.T) { check(t, with(t, "auth: {signInURL: null}"), "") })
}

// quoted is the form in which both YAML and findings write text.
func quoted(value string) string { return strconv.Quote(value) }

// TestPlaceholders is E21: where Flux variables may stand, and that they must be allowed.
func TestPlaceholders(t *testing.T) {
	tests := map[string]struct {
		spec string
		// none and flux are the findings under each value of spec.placeholders.
		none, flux string
	}{
		"subdomain":               {"subdomain: '${DOMAIN}'", `PE102 spec.subdomain: "${DOMAIN}" holds a placeholder -> ` + useFlux, ""},
		"part of the subdomain":   {"subdomain: 'apps.${ENV}-1.example.com'", `PE102 spec.subdomain: "apps.${ENV}-1.example.com" holds a placeholder -> ` + useFlux, ""},
		"default":                 {"subdomain: '${DOMAIN:=apps.example.com}'", `PE102 spec.subdomain: "${DOMAIN:=apps.example.com}" holds a placeholder -> ` + useFlux, ""},
		"underscore":              {"subdomain: '${_DOMAIN}'", `PE102 spec.subdomain: "${_DOMAIN}" holds a placeholder -> ` + useFlux, ""},
		"secret":                  {"tls: {secretName: 'wildcard-${ENV}'}", `PE102 spec.tls.secretName: "wildcard-${ENV}" holds a placeholder -> ` + useFlux, ""},
		"host of the URL":         {"auth: {url: 'http://auth.${DOMAIN}:80/check'}", `PE102 spec.auth.url: "http://auth.${DOMAIN}" holds a placeholder -> ` + useFlux, ""},
		"default with a slash":    {"auth: {url: 'http://${HOST:=a/b}/check'}", `PE102 spec.auth.url: "http://${HOST:=a/b}" holds a placeholder -> ` + useFlux, ""},
		"host and template":       {"auth: {url: 'http://${HOST}/{namespace}'}", `PE102 spec.auth.url: "http://${HOST}" holds a placeholder -> ` + useFlux, ""},
		"host of the sign-in URL": {"auth: {signInURL: 'https://auth.${DOMAIN}/start?a=b'}", `PE102 spec.auth.signInURL: "https://auth.${DOMAIN}" holds a placeholder -> ` + useFlux, ""},

		"path":             {"auth: {url: 'http://auth/${PATH}'}", `PE102 spec.auth.url: "/${PATH}" holds a placeholder -> ` + noPlaceholder, "="},
		"port":             {"auth: {url: 'http://auth:${PORT}/check'}", `PE102 spec.auth.url: ":${PORT}/check" holds a placeholder -> ` + noPlaceholder, "="},
		"query":            {"auth: {signInURL: 'https://auth/start?a=${B}'}", `PE102 spec.auth.signInURL: "/start?a=${B}" holds a placeholder -> ` + noPlaceholder, "="},
		"domain":           {"annotationDomain: '${DOMAIN}'", `PE102 spec.annotationDomain: "${DOMAIN}" holds a placeholder -> ` + noPlaceholder, "="},
		"namespace":        {"defaultNamespace: '${NAMESPACE}'", `PE102 spec.defaultNamespace: "${NAMESPACE}" holds a placeholder -> ` + noPlaceholder, "="},
		"issuer":           {"tls: {secretName: null, clusterIssuer: '${ISSUER}'}", `PE102 spec.tls.clusterIssuer: "${ISSUER}" holds a placeholder -> ` + noPlaceholder, "="},
		"class":            {"ingressClasses: [{name: '${CLASS}', controller: traefik}]", `PE102 spec.ingressClasses[0].name: "${CLASS}" holds a placeholder -> ` + noPlaceholder, "="},
		"group":            {"access: {groups: ['${GROUP}']}", `PE102 spec.access.groups[0]: "${GROUP}" holds {GROUP}: only {namespace} is filled in -> remove it`, "="},
		"group, namespace": {"access: {groups: ['${namespace}']}", `PE102 spec.access.groups[0]: "${namespace}" ` + cannot + " -> " + mapTheClaim, "="},
		"header":           {"auth: {responseHeaders: ['${HEADER}']}", `PE102 spec.auth.responseHeaders[0]: "${HEADER}" is not a header name -> use letters, digits and hyphens, starting with a letter`, "="},

		"whole URL":   {"auth: {url: '${URL}'}", `PE102 spec.auth.url: "${URL}" holds a placeholder -> ` + useFlux + "\n" + `PE102 spec.auth.url: "${URL}" does not start with http:// or https:// -> write it as https://host/path`, `PE102 spec.auth.url: "${URL}" does not start with http:// or https:// -> write it as https://host/path`},
		"not closed":  {"tls: {secretName: 'a-${ENV'}", `PE102 spec.tls.secretName: "a-${ENV" holds a placeholder -> ` + useFlux + "\n" + `PE102 spec.tls.secretName: "a-${ENV" is not the name of a Secret -> ` + dnsName, `PE102 spec.tls.secretName: "a-${ENV" is not the name of a Secret -> ` + dnsName},
		"no variable": {"tls: {secretName: 'a-${1}'}", `PE102 spec.tls.secretName: "a-${1}" holds a placeholder -> ` + useFlux + "\n" + `PE102 spec.tls.secretName: "a-${1}" is not the name of a Secret -> ` + dnsName, `PE102 spec.tls.secretName: "a-${1}" is not the name of a Secret -> ` + dnsName},
		"bare":        {"tls: {secretName: 'a-$ENV'}", `PE102 spec.tls.secretName: "a-$ENV" is not the name of a Secret -> ` + dnsName, "="},
		"rest wrong":  {"tls: {secretName: 'A-${ENV}'}", `PE102 spec.tls.secretName: "A-${ENV}" holds a placeholder -> ` + useFlux + "\n" + `PE102 spec.tls.secretName: "A-${ENV}" is not the name of a Secret -> ` + dnsName, `PE102 spec.tls.secretName: "A-${ENV}" is not the name of a Secret -> ` + dnsName},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.flux == "=" {
				test.flux = test.none
			}
			check(t, with(t, test.spec), test.none)
			var over map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(test.spec), &over))
			over["placeholders"] = "flux"
			spec, err := yaml.Marshal(over)
			require.NoError(t, err)
			check(t, with(t, string(spec)), test.flux)
		})
	}
}

// TestGroupGrammar is E20 for groups: what would separate, quote or expand somewhere is refused, never escaped.
func TestGroupGrammar(t *testing.T) {
	group128 := strings.Repeat("g", 128)
	tests := map[string]struct{ group, want string }{
		"plain":              {"admins", ""},
		"punctuation":        {"Team.A_1~b:c-d", ""},
		"template":           {"ns-{namespace}-admins", ""},
		"template twice":     {"{namespace}-{namespace}", ""},
		"number":             {"2024", ""},
		"longest":            {group128, ""},
		"too long":           {group128 + "g", cannot + " -> " + mapTheClaim},
		"comma":              {"admins,everybody", cannot + " -> " + mapTheClaim},
		"dollar":             {"$http_x_group", cannot + " -> " + mapTheClaim},
		"path of Keycloak":   {"/team-a", cannot + " -> " + mapTheClaim},
		"e-mail":             {"cindy@example.com", cannot + " -> " + mapTheClaim},
		"space":              {"team a", cannot + " -> " + mapTheClaim},
		"ampersand":          {"a&b", cannot + " -> " + mapTheClaim},
		"percent":            {"a%2cb", cannot + " -> " + mapTheClaim},
		"not ASCII":          {"käufer", cannot + " -> " + mapTheClaim},
		"line break":         {"admins\n", cannot + " -> " + mapTheClaim},
		"hyphen first":       {"-admins", cannot + " -> " + mapTheClaim},
		"another template":   {"{service}", "holds {service}: only {namespace} is filled in -> remove it"},
		"second template":    {"{namespace}-{groups}", "holds {groups}: only {namespace} is filled in -> remove it"},
		"empty template":     {"{}", "holds {}: only {namespace} is filled in -> remove it"},
		"blank in template":  {"{ namespace }", "holds { namespace }: only {namespace} is filled in -> remove it"},
		"template, not open": {"namespace}", cannot + " -> " + mapTheClaim},
		"not closed":         {"{namespace", cannot + " -> " + mapTheClaim},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.want != "" {
				test.want = "PE102 spec.access.groups[1]: " + quoted(test.group) + " " + test.want
			}
			check(t, with(t, "access: {groups: [admins, "+quoted(test.group)+"]}"), test.want)
		})
	}
}

// TestAccess is E13: there is always a group, also where a namespace has its own.
func TestAccess(t *testing.T) {
	tests := map[string]struct{ access, want string }{
		"override":          {"{namespaces: {shop: {groups: [cashiers]}}}", ""},
		"no group":          {"{groups: []}", "PE102 spec.access.groups: " + noGroup},
		"null":              {"{groups: null}", "PE102 spec.access.groups: " + noGroup},
		"empty group":       {"{groups: ['']}", "PE102 spec.access.groups[0]: is empty -> remove it, or name a group"},
		"null group":        {"{groups: [admins, null]}", "PE102 spec.access.groups[1]: is empty -> remove it, or name a group"},
		"override empty":    {"{namespaces: {shop: {groups: []}}}", "PE102 spec.access.namespaces.shop.groups: " + noGroup},
		"override wrong":    {"{namespaces: {shop: {groups: [cashiers, '/team']}}}", `PE102 spec.access.namespaces.shop.groups[1]: "/team" ` + cannot + " -> " + mapTheClaim},
		"not a namespace":   {"{namespaces: {shop.eu: {groups: [cashiers]}}}", `PE102 spec.access.namespaces.shop.eu: "shop.eu" is not a namespace -> ` + wrongNamespace},
		"only the override": {"{groups: null, namespaces: {shop: {groups: [cashiers]}}}", "PE102 spec.access.groups: " + noGroup},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, with(t, "access: "+test.access), test.want) })
	}
}

func TestGroups(t *testing.T) {
	settings, findings := Decode(with(t, `
access:
  groups: ["ns-{namespace}", admins, "`+strings.Repeat("g", 100)+`-{namespace}"]
  namespaces:
    shop: {groups: ["cashiers-{namespace}"]}
`))
	require.Empty(t, findings)
	tests := map[string]struct {
		namespace string
		want      []string
		err       string
	}{
		"general":  {"cindy", []string{"ns-cindy", "admins", strings.Repeat("g", 100) + "-cindy"}, ""},
		"override": {"shop", []string{"cashiers-shop"}, ""},
		"too long once filled in": {
			strings.Repeat("n", 40), nil,
			`group "` + strings.Repeat("g", 100) + "-" + strings.Repeat("n", 40) + `" of namespace ` + strings.Repeat("n", 40) + " " + cannot,
		},
		"placeholder for a namespace": {"${NS}", nil, `group "ns-${NS}" of namespace ${NS} ` + cannot},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			groups, err := settings.Groups(test.namespace)
			require.Equal(t, test.want, groups)
			if test.err == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.err)
		})
	}
	t.Run("none", func(t *testing.T) {
		_, err := new(Config).Groups("shop")
		require.EqualError(t, err, "no group may enter namespace shop")
	})
}
