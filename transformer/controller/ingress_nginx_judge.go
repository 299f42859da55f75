package controller

import (
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// nginxFlaw is a rule about one annotation, or several, of ingress-nginx.
type nginxFlaw struct {
	finding.Rule
	// names are the annotations, without their prefix.
	names []string
	// found says whether a value is a flaw.
	found func(value string, item *manifest.Item) bool
	// opens says that the protection does not hold with such a value.
	opens bool
	// severity is the one of the Rule where it is empty.
	severity finding.Severity
	// alone says that Traefik's provider for the annotations does not follow this one.
	alone         bool
	cause, remedy string
}

// nginxFlaws lists the flaws that show in the value of an annotation. The character classes are those of the controller's
// parser/validators.go.
var nginxFlaws = []nginxFlaw{
	{
		Rule: nginxDropped, names: []string{"auth-cache-duration"}, opens: true, alone: true,
		found:  func(value string, _ *manifest.Item) bool { return !hasOnly(value, nginxCharacters+", ") },
		cause:  "makes the controller drop the protection: the value has a character that it refuses",
		remedy: "correct or remove the annotation",
	},
	{
		Rule: nginxDropped, names: []string{"auth-request-redirect"}, opens: true, alone: true,
		found:  func(value string, _ *manifest.Item) bool { return !hasOnly(value, nginxCharacters+",?&=") },
		cause:  "makes the controller drop the protection: the value has a character that it refuses",
		remedy: "correct or remove the annotation",
	},
	{
		Rule: nginxDropped, names: []string{"auth-always-set-cookie"}, opens: true, alone: true,
		found:  isNoBoolean,
		cause:  "makes the controller drop the protection: the value is not a boolean",
		remedy: `write "true" or "false", or remove the annotation`,
	},
	{
		Rule: nginxSatisfy, names: []string{"satisfy"}, opens: true, alone: true,
		found: func(_ string, item *manifest.Item) bool { return satisfiesAny(item) && hasOtherCheck(item) },
		cause: "lets whoever passes the other check in without sign-in", remedy: "remove the annotation",
	},
	{
		Rule: nginxPassthrough, names: []string{"ssl-passthrough"}, opens: true, found: isTrue,
		cause: "hands the connection to the backend before anybody can be asked to sign in", remedy: "remove the annotation",
	},
	{
		Rule: nginxCanary, names: []string{"canary"}, opens: true, found: isTrue,
		cause:  "makes the controller ignore the protection of this Ingress and use that of the main one",
		remedy: "mark the main Ingress private, and remove the annotation that makes this one private",
	},
	{
		Rule: nginxErrorPage, names: []string{nginxHTTPErrors}, opens: true,
		found:  func(value string, _ *manifest.Item) bool { return answersRefusals(value) },
		cause:  "answers 401 or 403 with an error page, and the page decides who gets in (CVE-2026-24513)",
		remedy: "remove 401 and 403 from the list",
	},
	{
		Rule: nginxMirror, names: []string{"mirror-target"}, found: isWritten,
		cause: "copies private requests to another server", remedy: "remove the annotation",
	},
	{
		Rule: nginxCacheKey, names: []string{"auth-cache-key"}, opens: true, alone: true,
		found: func(value string, item *manifest.Item) bool { return !tellsUsersApart(value, item) },
		cause: "shares one user's sign-in with everybody: the key names no session cookie", remedy: "remove the annotation, or put $http_cookie into the key",
	},
	{
		Rule: nginxSnippetRule, names: nginxSnippets, opens: true, found: answers,
		cause: "holds a directive that can answer before anybody is asked to sign in", remedy: "remove the annotation",
	},
	{
		Rule: nginxSnippetRule, names: nginxSnippets, severity: finding.Warning,
		found: func(value string, item *manifest.Item) bool { return isWritten(value, item) && !answers(value, item) },
		cause: "goes into the configuration of nginx as it is, and nobody can tell from outside what it does", remedy: "remove the annotation, or waive this with a reason",
	},
	{
		Rule: nginxSnippetRule, names: []string{nginxStreamSnippet}, opens: true, alone: true, found: answers,
		cause: "opens ports of the controller on which nobody is asked to sign in", remedy: "remove the annotation",
	},
	{
		Rule: nginxSnippetRule, names: []string{nginxStreamSnippet}, severity: finding.Warning, alone: true,
		found: func(value string, item *manifest.Item) bool { return isWritten(value, item) && !answers(value, item) },
		cause: "goes into the configuration of nginx as it is, and nobody can tell from outside what it does", remedy: "remove the annotation, or waive this with a reason",
	},
	{
		Rule: nginxEarlyRedirect, names: []string{"permanent-redirect", "temporal-redirect", "app-root"}, found: isWritten,
		cause: "answers before anybody is asked to sign in, and shows everybody the target", remedy: "let the application redirect after sign-in",
	},
	{
		Rule: nginxAlias, names: []string{"server-alias"}, found: isWritten,
		cause:  "serves the private paths under further hosts, whose cookies and sign-in are not those of the first",
		remedy: "write a rule for each host",
	},
	{
		Rule: nginxOptionalCertificate, names: []string{"auth-tls-verify-client"},
		found: func(value string, _ *manifest.Item) bool { return strings.HasPrefix(value, "optional") },
		cause: "lets in who has no client certificate", remedy: `write "on", or remove the annotation`,
	},
	{
		Rule: nginxRefused, names: []string{"auth-url", "auth-signin"}, alone: true,
		found: func(value string, _ *manifest.Item) bool {
			return !hasOnly(config.WithoutPlaceholders(value), nginxCharacters+", ?&=$")
		},
		cause: "has a character that the controller refuses", remedy: "use letters, digits and -._~/:,?&= only",
	},
	{
		Rule: nginxRefused, names: []string{"auth-method"}, alone: true,
		found: func(value string, _ *manifest.Item) bool {
			return !slices.Contains([]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE"}, strings.TrimSpace(value))
		},
		cause: "is no method, so that the controller answers 503", remedy: "write GET, or remove the annotation",
	},
	{
		Rule: nginxRefused, names: []string{"auth-response-headers"}, alone: true,
		found: func(value string, _ *manifest.Item) bool { return !hasOnly(value, nginxHeaderCharacters) },
		cause: "has a character that no header name has, so that the controller answers 503", remedy: "write a list of header names with commas",
	},
}

const (
	nginxAlphanumerics    = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	nginxCharacters       = nginxAlphanumerics + "-._~/:"
	nginxHeaderCharacters = nginxAlphanumerics + "-_, "
)

func hasOnly(value, characters string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return !strings.ContainsRune(characters, r) })
}

func containsAny(value string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(value, word) })
}

// isTrue reads a boolean as the controller does, to which 1 and T are true; what a stricter one takes for text counts too.
func isTrue(value string, _ *manifest.Item) bool {
	yes, _ := strconv.ParseBool(value)
	return yes || strings.EqualFold(value, "true")
}

// isNoBoolean says whether the controller takes a value for no boolean (parser.GetBoolAnnotation).
func isNoBoolean(value string, _ *manifest.Item) bool {
	_, err := strconv.ParseBool(value)
	return err != nil
}

func isWritten(value string, _ *manifest.Item) bool { return strings.TrimSpace(value) != "" }

func hasNginx(item *manifest.Item, name string) bool {
	_, ok := item.Annotation(nginxPrefix + name)
	return ok
}

// sessionWords are in the names of cookies that hold a session, such as _oauth2_proxy and authelia_session.
var sessionWords = []string{"oauth", "auth", "session", "sso", "token", "sid", "jwt", "login"}

// nginxVariableName matches a variable as nginx reads one in a text: a hyphen ends its name.
var nginxVariableName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{?([A-Za-z0-9_]+)`) })

// tellsUsersApart says whether a key for answers of the auth service is another one for each person. A browser with a session cookie sends no
// Authorization, so that this counts only where nobody is sent to sign in.
func tellsUsersApart(key string, item *manifest.Item) bool {
	return slices.ContainsFunc(nginxVariableName().FindAllStringSubmatch(key, -1), func(found []string) bool {
		name := strings.ToLower(found[1])
		if cookie, ok := strings.CutPrefix(name, "cookie_"); ok {
			return containsAny(cookie, sessionWords...)
		}
		return name == "http_cookie" || name == "http_authorization" && !hasNginx(item, "auth-signin")
	})
}

// satisfiesAny says whether an Ingress lets in whoever passes one check of several.
func satisfiesAny(item *manifest.Item) bool {
	value, _ := item.Annotation(nginxPrefix + "satisfy")
	return strings.TrimSpace(value) == "any"
}

// hasOtherCheck says whether an Ingress has a check of its own beside the sign-in.
func hasOtherCheck(item *manifest.Item) bool {
	return slices.ContainsFunc([]string{"whitelist-source-range", "allowlist-source-range", "denylist-source-range", "auth-type"}, func(name string) bool {
		return hasNginx(item, name)
	})
}

const (
	nginxServerSnippet = "server-snippet"
	nginxStreamSnippet = "stream-snippet"
)

var nginxSnippets = []string{"auth-snippet", "configuration-snippet", nginxServerSnippet}

// answers says whether a snippet holds a directive that decides about a request by itself. A comment counts too: it is not
// worth telling apart.
func answers(value string, _ *manifest.Item) bool {
	return containsAny(strings.Join(strings.Fields(value), " "), "auth_request off", "satisfy", "return", "rewrite", "proxy_pass", "error_page",
		"internal", "allow", "access_by_lua", "if(", "if (")
}

// judgeNginx reads an Ingress as ingress-nginx does.
func judgeNginx(item *manifest.Item, context Context) Judgement {
	return judgeNginxAnnotations(item, context, false)
}

func judgeNginxAnnotations(item *manifest.Item, context Context, byTraefik bool) Judgement {
	judgement := Judgement{By: "annotation " + nginxAuthURL}
	address, _ := item.Annotation(nginxAuthURL)
	if parsed, err := url.Parse(config.WithoutPlaceholders(address)); err == nil && parsed.Host != "" {
		judgement.Asks = address
	}
	if byTraefik {
		address = withoutBraces(address)
	}
	judgement.add(nginxVariables(address, item)...)
	judgement.add(nginxMissing(item)...)
	judgement.add(misspelt(item, judgement.Asks == "")...)
	for _, known := range nginxFlaws {
		if known.alone && byTraefik {
			continue
		}
		for _, name := range known.names {
			if value, ok := item.Annotation(nginxPrefix + name); ok && known.found(value, item) {
				judgement.add(Flaw{
					Rule: known.Rule, Severity: known.severity, Opens: known.opens, Field: field(nginxPrefix + name), Cause: known.cause, Remedy: known.remedy,
				})
			}
		}
	}
	judgement.add(nginxPaths(item, byTraefik)...)
	if judgement.Asks != "" {
		judgement.add(nginxServerSnippets(item, context.Objects)...)
		if !byTraefik {
			judgement.add(nginxSet(item, context.Objects)...)
		}
	}
	return judgement
}

// nginxServerSnippets reports the snippets that other Ingresses put into the servers of the hosts of this one: ingress-nginx makes one server
// of all the Ingresses of a host, and so does Traefik's provider (nginx.tmpl; kubernetes.go, serverSnippets). The class makes no difference:
// one controller may serve several.
func nginxServerSnippets(item *manifest.Item, objects *Objects) []Flaw {
	var flaws []Flaw
	seen := map[finding.Object]bool{}
	for _, rule := range item.View("spec", "rules").Elements() {
		host := plainHost(rule.Get("host").Text())
		for _, snippet := range objects.serverSnippetsOf(host) {
			if snippet.object == item.Object() || seen[snippet.object] {
				continue
			}
			seen[snippet.object] = true
			flaw := Flaw{
				Rule: nginxSnippetRule, Severity: finding.Warning, Remedy: "remove the annotation there, move that Ingress to a host of its own, or waive this with a reason",
				Cause: fmt.Sprintf("annotation %s of %s goes into the server of host %s as it is, and nobody can tell from outside what it does", nginxPrefix+nginxServerSnippet, snippet.object, host),
			}
			if opensServer(snippet.text) {
				flaw.Severity, flaw.Opens, flaw.Remedy = finding.Error, true, "remove the annotation there, or move that Ingress to a host of its own"
				flaw.Cause = fmt.Sprintf("annotation %s of %s goes into the server of host %s, and holds a directive that can let requests pass unasked", nginxPrefix+nginxServerSnippet, snippet.object, host)
			}
			flaws = append(flaws, flaw)
		}
	}
	return flaws
}

// opensServer says whether a snippet for a whole server holds a directive with which a request can reach a backend of another Ingress
// without sign-in: one that changes who is asked, also about the question itself, or that hands requests on. Redirects of a public Ingress
// (return, rewrite) are usual there, and end or are looked up anew.
func opensServer(value string) bool {
	return containsAny(strings.Join(strings.Fields(value), " "), "auth_request off", "satisfy", "_pass ", "error_page", "_by_lua", "js_content")
}

// nginxSnippet is a text for the configuration of nginx, and the object that has it.
type nginxSnippet struct {
	object finding.Object
	text   string
}

// serverSnippetsOf returns the snippets that Ingresses put into the server of a host.
func (o *Objects) serverSnippetsOf(host string) []nginxSnippet {
	if o.serverSnippets == nil {
		o.serverSnippets = map[string][]nginxSnippet{}
		for _, item := range o.ingressesWith(nginxServerSnippet) {
			text, _ := item.Annotation(nginxPrefix + nginxServerSnippet)
			for _, rule := range item.View("spec", "rules").Elements() {
				if host := plainHost(rule.Get("host").Text()); strings.TrimSpace(text) != "" {
					o.serverSnippets[host] = append(o.serverSnippets[host], nginxSnippet{item.Object(), text})
				}
			}
		}
	}
	return o.serverSnippets[host]
}

// plainHost drops what makes no difference between two hosts.
func plainHost(host string) string { return strings.TrimSuffix(strings.ToLower(host), ".") }

// nginxVariables reports variables in the URL that is asked. What stands in braces after the sign is a placeholder of Flux.
func nginxVariables(address string, item *manifest.Item) []Flaw {
	address = config.WithoutPlaceholders(address)
	if !strings.Contains(address, "$") {
		return nil
	}
	flaw := Flaw{
		Rule: nginxVariable, Opens: true, Field: field(nginxAuthURL),
		Cause: "holds a variable that the client fills in, and so chooses what is asked", Remedy: "write the URL out",
	}
	withoutHost := strings.ReplaceAll(strings.ReplaceAll(address, "$host", ""), "$scheme", "")
	if !strings.Contains(withoutHost, "$") && hasExactHosts(item) {
		flaw.Severity, flaw.Opens = finding.Warning, false
		flaw.Cause = "holds the variable $host, which is the exact host of the rule only as long as no alias is added"
	}
	return []Flaw{flaw}
}

// hasExactHosts says whether every rule names one host.
func hasExactHosts(item *manifest.Item) bool {
	rules := item.View("spec", "rules").Elements()
	return len(rules) > 0 && !hasNginx(item, "server-alias") && !slices.ContainsFunc(rules, func(rule manifest.View) bool {
		host := rule.Get("host").Text()
		return host == "" || strings.HasPrefix(host, "*")
	})
}

// nginxMissing reports annotations that only make sense beside an auth-url that asks.
func nginxMissing(item *manifest.Item) []Flaw {
	address, written := item.Annotation(nginxAuthURL)
	var flaws []Flaw
	switch {
	case strings.TrimSpace(address) != "":
		return nil
	case written:
		flaws = append(flaws, Flaw{Rule: BlankAuth, Opens: true, Field: field(nginxAuthURL), Cause: "is blank, so that nobody is asked", Remedy: "write the URL of the auth service"})
	case hasNginx(item, "auth-signin"):
		flaws = append(flaws, Flaw{
			Rule: SignInAlone, Opens: true, Field: field(nginxAuthSignIn), Cause: "stands without auth-url, so that nobody is asked",
			Remedy: "write auth-url too, or remove the annotation",
		})
	}
	if value, ok := item.Annotation(nginxPrefix + "enable-global-auth"); ok && !isTrue(value, item) {
		flaws = append(flaws, Flaw{
			Rule: nginxGlobalOff, Opens: true, Field: field(nginxPrefix + "enable-global-auth"),
			Cause: "exempts the Ingress from the sign-in of the controller, and it has no auth-url of its own", Remedy: "remove the annotation",
		})
	}
	return flaws
}

// nginxAuthNames are the annotations that protect.
var nginxAuthNames = []string{"auth-url", "auth-signin", "auth-response-headers"}

// otherPrefixes are those under which other controllers, and earlier versions, know the same names.
var otherPrefixes = []string{"ingress.kubernetes.io/", "nginx.org/", "nginx.com/", "haproxy-ingress.github.io/", "haproxy.org/"}

// misspelt reports keys that are almost those of an annotation that protects, where that one is absent. opens says that nothing
// else protects.
func misspelt(item *manifest.Item, opens bool) []Flaw {
	var flaws []Flaw
	for key := range item.View("metadata", "annotations").Fields() {
		for _, name := range nginxAuthNames {
			right := nginxPrefix + name
			if key == right || hasNginx(item, name) || !isAlmost(key, right, name) {
				continue
			}
			flaws = append(flaws, Flaw{
				Rule: BlankAuth, Opens: opens && name == "auth-url", Field: field(key), Cause: "is not an annotation of this controller", Remedy: "write " + right,
			})
		}
	}
	return flaws
}

// isAlmost says whether a key has two wrong letters at most, or the prefix of somebody else.
func isAlmost(key, right, name string) bool {
	return slices.ContainsFunc(otherPrefixes, func(prefix string) bool { return key == prefix+name }) ||
		max(len(key)-len(right), len(right)-len(key)) <= 2 && levenshtein.ComputeDistance(key, right) <= 2
}

// nginxPaths reports paths that the controller leaves open, or reads in a way of its own.
func nginxPaths(item *manifest.Item, byTraefik bool) []Flaw {
	var flaws []Flaw
	for place, path := range pathsOf(item) {
		switch {
		case strings.HasPrefix(path, "/.well-known/acme-challenge") && !byTraefik:
			flaws = append(flaws, Flaw{
				Rule: nginxChallengePath, Opens: true, Field: place,
				Cause: fmt.Sprintf("ingress-nginx never asks for sign-in on path %s (%s)", path, nginxNoAuthLocations), Remedy: "use another path",
			})
		case !hasOnly(path, nginxAlphanumerics+"._/-"), strings.Contains(path, "//"), strings.Contains(path+"/", "/../"), strings.Contains(path+"/", "/./"):
			flaws = append(flaws, Flaw{
				Rule: nginxPath, Field: place, Cause: fmt.Sprintf("%q is not a path that everybody reads alike", path),
				Remedy: "use letters, digits, dot, underscore, hyphen and single slashes, without . and .. segments",
			})
		}
	}
	return flaws
}

// pathsOf returns the paths of an Ingress by the fields in which they stand.
func pathsOf(item *manifest.Item) iter.Seq2[string, string] {
	return func(yield func(field, path string) bool) {
		for r, rule := range item.View("spec", "rules").Elements() {
			for p, view := range rule.Get("http", "paths").Elements() {
				if !yield(fmt.Sprintf("spec.rules[%d].http.paths[%d].path", r, p), view.Get("path").Text()) {
					return
				}
			}
		}
	}
}

// nginxOverwrites returns the headers of auth-response-headers.
func nginxOverwrites(item *manifest.Item) []string {
	value, _ := item.Annotation(nginxResponseHeaders)
	return strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ',' || r == ' ' })
}
