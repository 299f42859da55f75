package exposure

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// judgeIstioRoute says who is asked at a Gateway of the Gateway API, given as namespace/name, for a host and for the matches of a rule
// of an HTTPRoute. An AuthorizationPolicy that is about the Pods of the Gateway, and not about the Gateway by its name, does not count:
// which Pods these are does not stand in the set.
func (r *reader) judgeIstioRoute(gateway, host string, matches []manifest.View) controller.Judgement {
	var judgement controller.Judgement
	namespace, name := splitName(gateway)
	for _, item := range r.objects.OfKind("security.istio.io", "AuthorizationPolicy") {
		if !isCustom(item) || r.objects.NamespaceOf(item) != namespace || !targets(item, name) {
			continue
		}
		for _, to := range operations(item) {
			hosts, paths := to.Get("hosts").Texts(), to.Get("paths").Texts()
			switch {
			case !slices.Contains(hosts, host) || len(paths) > 0 && !coversMatches(paths, matches):
			case !slices.Contains(hosts, host+":*"):
				judgement.Flaws = append(judgement.Flaws, withoutPort(item, host))
			default:
				judgement.Asks = controller.AskedByIstio(item.View("spec", "provider", "name").Text(), gateway)
				judgement.By, judgement.SignsIn = item.Object().String(), true
			}
		}
	}
	return judgement
}

// isCustom says whether an AuthorizationPolicy asks a provider. In a dry run it refuses nobody, where Istio takes one on such a policy at all; it
// reads the annotation as strconv.ParseBool does (pilot/pkg/security/authz/builder/builder.go, isDryRun).
func isCustom(policy *manifest.Item) bool {
	if policy.View("spec", "action").Text() != "CUSTOM" {
		return false
	}
	written, _ := policy.Annotation("istio.io/dry-run")
	dryRun, _ := strconv.ParseBool(written)
	return !dryRun
}

// targets says whether a policy names a Gateway.
func targets(policy *manifest.Item, gateway string) bool {
	for _, target := range append(policy.View("spec", "targetRefs").Elements(), policy.View("spec", "targetRef")) {
		if target.Get("kind").Text() == "Gateway" && target.Get("name").Text() == gateway {
			return true
		}
	}
	return false
}

// operations returns the requests that a policy is about, without those for which it has conditions that are not read here.
func operations(policy *manifest.Item) []manifest.View {
	var read []manifest.View
	for _, rule := range policy.View("spec", "rules").Elements() {
		if !hasOnly(rule, "to") {
			continue
		}
		for _, to := range rule.Get("to").Elements() {
			if operation := to.Get("operation"); hasOnly(operation, "hosts", "paths") {
				read = append(read, operation)
			}
		}
	}
	return read
}

// hasOnly says whether a mapping has no other keys than these.
func hasOnly(mapping manifest.View, keys ...string) bool {
	for key := range mapping.Fields() {
		if !slices.Contains(keys, key) {
			return false
		}
	}
	return true
}

// withoutPort is a policy that a port in the Host header passes.
func withoutPort(policy *manifest.Item, host string) controller.Flaw {
	return controller.Flaw{
		Rule: istioPort, Opens: true, Cause: fmt.Sprintf("%s lists %s without %s:*, so that a request that writes the port is not asked", policy.Object(), host, host),
		Remedy: "list the host in both forms",
	}
}

// coversMatches says whether the paths of a policy are those of all matches of a rule, in the form in which they are written here.
func coversMatches(paths []string, matches []manifest.View) bool {
	for _, match := range matches {
		path := strings.TrimRight(match.Get("path", "value").Text(), "/")
		switch {
		case match.Get("path", "type").Text() == "Exact":
			if !slices.Contains(paths, match.Get("path", "value").Text()) {
				return false
			}
		case path == "" || !slices.Contains(paths, path) || !slices.Contains(paths, path+"/*"):
			return false
		}
	}
	return len(matches) > 0
}
