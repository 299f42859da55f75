package controller

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	opens  bool
	cause  string
	remedy string
}

var (
	nginxCacheDuration = regexp.MustCompile(`^[-._~a-zA-Z0-9/:, ]*$`)
	nginxRedirect      = regexp.MustCompile(`^[-._~a-zA-Z0-9/:,?&=]*$`)
	nginxErrorCodes    = regexp.MustCompile(`\b(401|403)\b`)
	nginxSnippet       = regexp.MustCompile(`auth_request\s+off|satisfy|return|rewrite|proxy_pass|error_page|internal|allow|access_by_lua|if\s*\(`)
	nginxPerUser       = regexp.MustCompile(`\$cookie_|\$http_cookie|\$http_authorization`)
)

// isTrue reads a boolean as the controller does, to which 1 and T are true; what a stricter one takes for text counts too.
func isTrue(value string) bool {
	yes, _ := strconv.ParseBool(value)
	return yes || strings.EqualFold(value, "true")
}

func hasNginx(item *manifest.Item, name string) bool {
	_, ok := item.Annotation(nginxPrefix + name)
	return ok
}

// The rules about ingress-nginx: what its annotation parser and templates were seen to do.
var (
	nginxDropped       = finding.Rule{Code: "PE301", Severity: finding.Error, Title: "value with which ingress-nginx drops the protection"}
	nginxSatisfy       = finding.Rule{Code: "PE302", Severity: finding.Error, Title: "another check can take the place of sign-in"}
	nginxCanary        = finding.Rule{Code: "PE303", Severity: finding.Error, Title: "canary Ingress is not protected by itself"}
	nginxSnippetRule   = finding.Rule{Code: "PE304", Severity: finding.Error, Title: "snippet on a private Ingress"}
	nginxErrorPage     = finding.Rule{Code: "PE307", Severity: finding.Error, Title: "error page in the place of a refusal"}
	nginxChallengePath = finding.Rule{Code: "PE309", Severity: finding.Error, Title: "path that ingress-nginx never protects"}
	nginxCacheKey      = finding.Rule{Code: "PE311", Severity: finding.Error, Title: "one user's sign-in serves everybody"}
	nginxMirror        = finding.Rule{Code: "PE313", Severity: finding.Error, Title: "private requests are copied"}
	nginxPassthrough   = finding.Rule{Code: "PE319", Severity: finding.Error, Title: "TLS passthrough on a private Ingress"}
)

// nginxFlaws lists the flaws that show in the value of an annotation.
var nginxFlaws = []nginxFlaw{
	{
		nginxDropped,
		[]string{"auth-cache-duration"},
		func(value string, _ *manifest.Item) bool { return !nginxCacheDuration.MatchString(value) }, true,
		"makes the controller drop the protection: the value has a character that it refuses", "correct or remove the annotation",
	},
	{
		nginxDropped,
		[]string{"auth-request-redirect"},
		func(value string, _ *manifest.Item) bool { return !nginxRedirect.MatchString(value) }, true,
		"makes the controller drop the protection: the value has a character that it refuses", "correct or remove the annotation",
	},
	{
		nginxDropped,
		[]string{"auth-always-set-cookie"},
		func(value string, _ *manifest.Item) bool { return value != "true" && value != "false" }, true,
		"makes the controller drop the protection: the value is not a boolean", `write "true" or "false", or remove the annotation`,
	},
	{
		nginxSatisfy,
		[]string{"satisfy"},
		func(value string, item *manifest.Item) bool {
			return strings.TrimSpace(value) == "any" && slices.ContainsFunc([]string{"whitelist-source-range", "allowlist-source-range", "denylist-source-range", "auth-type"}, func(name string) bool {
				return hasNginx(item, name)
			})
		}, true,
		"lets whoever passes the other check in without sign-in", "remove the annotation",
	},
	{
		nginxPassthrough,
		[]string{"ssl-passthrough"},
		func(value string, _ *manifest.Item) bool { return isTrue(value) }, true,
		"hands the connection to the backend before anybody can be asked to sign in", "remove the annotation",
	},
	{
		nginxCanary,
		[]string{"canary"},
		func(value string, _ *manifest.Item) bool { return isTrue(value) }, true,
		"makes the controller ignore the protection of this Ingress and use that of the main one", "mark the main Ingress private, and remove the intent here",
	},
	{
		nginxErrorPage,
		[]string{"custom-http-errors"},
		func(value string, _ *manifest.Item) bool { return nginxErrorCodes.MatchString(value) }, true,
		"answers 401 or 403 with an error page, and the page decides who gets in (CVE-2026-24513)", "remove 401 and 403 from the list",
	},
	{
		nginxMirror,
		[]string{"mirror-target"},
		func(value string, _ *manifest.Item) bool { return value != "" }, false,
		"copies private requests to another server", "remove the annotation",
	},
	{
		nginxCacheKey,
		[]string{"auth-cache-key"},
		func(value string, _ *manifest.Item) bool { return !nginxPerUser.MatchString(value) }, true,
		"shares one user's sign-in with everybody: the key names no cookie", "remove the annotation, or put the session cookie into the key",
	},
	{
		nginxSnippetRule,
		[]string{"auth-snippet", "configuration-snippet", "server-snippet"},
		func(value string, _ *manifest.Item) bool { return nginxSnippet.MatchString(value) }, true,
		"holds a directive that can answer before anybody is asked to sign in", "remove the annotation",
	},
}

// judgeNginx reads an Ingress as ingress-nginx does.
func judgeNginx(item *manifest.Item, _ Context) Judgement {
	judgement := Judgement{By: "annotation " + nginxAuthURL}
	address, _ := item.Annotation(nginxAuthURL)
	if parsed, err := url.Parse(config.WithoutPlaceholders(address)); err == nil && parsed.Host != "" {
		judgement.Asks = address
	}
	for _, known := range nginxFlaws {
		for _, name := range known.names {
			if value, ok := item.Annotation(nginxPrefix + name); ok && known.found(value, item) {
				judgement.Flaws = append(judgement.Flaws, Flaw{Rule: known.Rule, Opens: known.opens, Field: field(nginxPrefix + name), Cause: known.cause, Remedy: known.remedy})
			}
		}
	}
	for r, rule := range item.View("spec", "rules").Elements() {
		for p, path := range rule.Get("http", "paths").Elements() {
			if strings.HasPrefix(path.Get("path").Text(), "/.well-known/acme-challenge") {
				judgement.Flaws = append(judgement.Flaws, Flaw{
					Rule: nginxChallengePath, Opens: true, Field: fmt.Sprintf("spec.rules[%d].http.paths[%d].path", r, p),
					Cause: fmt.Sprintf("ingress-nginx never asks for sign-in on path %s (no-auth-locations)", path.Get("path").Text()), Remedy: "use another path",
				})
			}
		}
	}
	return judgement
}

// nginxRules returns the rules of this file.
func nginxRules() []finding.Rule {
	return []finding.Rule{nginxDropped, nginxSatisfy, nginxCanary, nginxSnippetRule, nginxErrorPage, nginxChallengePath, nginxCacheKey, nginxMirror, nginxPassthrough}
}
