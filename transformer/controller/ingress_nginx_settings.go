package controller

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// The settings of ingress-nginx, in its ConfigMap, that open private paths
// (https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/).
const (
	nginxNoAuthLocations = "no-auth-locations"
	nginxHTTPErrors      = "custom-http-errors"
)

// nginxSettings are what one ConfigMap of the set tells ingress-nginx. Which ConfigMap a controller reads is one of its arguments, so that each
// with such a key counts.
type nginxSettings struct {
	object string
	// unasked are the beginnings of paths on which nobody is asked.
	unasked []string
	// pages says that 401 or 403 are answered with an error page.
	pages bool
	// opening is the key of a snippet for all Ingresses with which requests can pass unasked, empty where there is none.
	opening string
	// addresses is the key of a list of addresses that are let in or kept out, empty where there is none.
	addresses string
}

// nginxSettingSnippets go into the configuration of every location, of every server and of all servers.
var nginxSettingSnippets = []string{"location-snippet", nginxServerSnippet, "http-snippet"}

// nginxSettingAddresses are lists of addresses that count where an Ingress has none of its own.
var nginxSettingAddresses = []string{"whitelist-source-range", "denylist-source-range"}

// nginxSettings returns the settings that the ConfigMaps of the set have. One that cannot be read has none here: package exposure reports it.
func (o *Objects) nginxSettings() []nginxSettings {
	if !o.readsNginxSettings {
		o.readsNginxSettings = true
		for _, item := range o.OfKind("", "ConfigMap") {
			if item.Contains(nginxNoAuthLocations, nginxHTTPErrors, "-snippet", "-source-range") {
				o.nginxConfigMaps = append(o.nginxConfigMaps, readNginxSettings(item))
			}
			item.Release()
		}
	}
	return o.nginxConfigMaps
}

func readNginxSettings(item *manifest.Item) nginxSettings {
	settings := nginxSettings{object: item.Object().String(), pages: answersRefusals(item.View("data", nginxHTTPErrors).Text())}
	for _, start := range strings.Split(item.View("data", nginxNoAuthLocations).Text(), ",") {
		if start = strings.TrimSpace(start); start != "" {
			settings.unasked = append(settings.unasked, start)
		}
	}
	for _, key := range nginxSettingSnippets {
		if opensServer(item.View("data", key).Text()) {
			settings.opening = key
		}
	}
	for _, key := range nginxSettingAddresses {
		if strings.TrimSpace(item.View("data", key).Text()) != "" {
			settings.addresses = key
		}
	}
	return settings
}

// answersRefusals says whether a list of statuses makes ingress-nginx answer a refusal with an error page.
func answersRefusals(statuses string) bool {
	return slices.ContainsFunc(strings.Split(statuses, ","), func(status string) bool {
		status = strings.TrimSpace(status)
		return status == "401" || status == "403"
	})
}

// nginxSet reports what the settings of the controller do to a private Ingress. An Ingress with error pages of its own has no others.
func nginxSet(item *manifest.Item, objects *Objects) []Flaw {
	var flaws []Flaw
	for _, settings := range objects.nginxSettings() {
		if settings.pages && !hasNginx(item, nginxHTTPErrors) {
			flaws = append(flaws, Flaw{
				Rule: nginxErrorPage, Opens: true,
				Cause:  fmt.Sprintf("%s answers 401 or 403 with an error page (data[%s]), and the page decides who gets in (CVE-2026-24513)", settings.object, nginxHTTPErrors),
				Remedy: "remove 401 and 403 from the list",
			})
		}
		if settings.opening != "" {
			flaws = append(flaws, Flaw{
				Rule: nginxSnippetRule, Opens: true,
				Cause:  fmt.Sprintf("data[%s] of %s goes into the configuration of every Ingress, and holds a directive that can let requests pass unasked", settings.opening, settings.object),
				Remedy: "remove the directive there",
			})
		}
		if settings.addresses != "" && satisfiesAny(item) && !hasOtherCheck(item) {
			flaws = append(flaws, Flaw{
				Rule: nginxSatisfy, Opens: true, Field: field(nginxPrefix + "satisfy"),
				Cause:  fmt.Sprintf("lets whoever passes the addresses in data[%s] of %s in without sign-in", settings.addresses, settings.object),
				Remedy: "remove the annotation",
			})
		}
		for place, path := range pathsOf(item) {
			for _, start := range settings.unasked {
				if strings.HasPrefix(path, start) {
					flaws = append(flaws, Flaw{
						Rule: nginxChallengePath, Opens: true, Field: place,
						Cause:  fmt.Sprintf("ingress-nginx never asks for sign-in on path %s: it begins with %s, which stands in data[%s] of %s", path, start, nginxNoAuthLocations, settings.object),
						Remedy: "use another path, or remove that one from the setting",
					})
				}
			}
		}
	}
	return flaws
}
