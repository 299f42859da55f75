package controller

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// pomerium is github.com/pomerium/ingress-controller.
var pomerium = Controller{
	ID:               "pomerium",
	ClassControllers: []string{"pomerium.io/ingress-controller"},
	JudgeIngress:     judgePomerium,
	ByHand:           "write " + pomeriumAnyGroup,
}

const (
	pomeriumPrefix   = "ingress.pomerium.io/"
	pomeriumAnyGroup = pomeriumPrefix + `policy: '[{"allow":{"and":[{"claim/groups":"GROUP"}]}}]'`
)

// pomeriumPolicies are the annotations that let people in. Whoever one of them names may pass.
var pomeriumPolicies = []string{"allow_any_authenticated_user", "allowed_domains", "allowed_idp_claims", "allowed_users", "policy"}

// pomeriumKnown are the other annotations (pomerium/ingress_annotations.go). One that Pomerium does not know makes it refuse the
// Ingress.
var pomeriumKnown = sync.OnceValue(func() []string {
	return strings.Fields(`
	allow_public_unauthenticated_access allow_spdy allow_websockets bearer_token_format circuit_breaker_thresholds cors_allow_preflight
	depends_on description health_checks healthy_panic_threshold host_path_regex_rewrite_pattern host_path_regex_rewrite_substitution
	host_rewrite host_rewrite_header idle_timeout idp_access_token_allowed_audiences identity_provider_secret
	kubernetes_service_account_token_secret load_balancing_policy logo_url mcp_client mcp_server mcp_server_max_request_bytes
	mcp_server_path mcp_server_upstream_oauth2_auth_url mcp_server_upstream_oauth2_scopes mcp_server_upstream_oauth2_secret
	mcp_server_upstream_oauth2_token_url name outlier_detection pass_identity_headers path_regex prefix_rewrite preserve_host_header
	regex_rewrite_pattern regex_rewrite_substitution remove_request_headers rewrite_response_headers secure_upstream
	service_proxy_upstream set_request_headers set_request_headers_secret set_response_headers set_response_headers_secret
	subtle_allow_empty_host tcp_upstream timeout tls_client_secret tls_custom_ca_secret tls_downstream_client_ca_secret
	tls_server_name tls_skip_verify udp_upstream upstream_tunnel upstream_tunnel_ssh_policy`)
})

// pomeriumSolver is the label of the Ingresses that obtain certificates. Pomerium serves them to everybody and reads none of their
// annotations (pomerium/ingress_to_route.go).
const pomeriumSolver = "acme.cert-manager.io/http01-solver"

// judgePomerium reads an Ingress as Pomerium does: it signs people in itself, lets nobody in without a policy, and serves nothing
// without TLS.
func judgePomerium(item *manifest.Item, _ Context) Judgement {
	judgement := Judgement{SignsIn: true, EndsTLS: true}
	var asked, by []string
	people := admitted{byGroup: true}
	for _, name := range pomeriumPolicies {
		value, written := item.Annotation(pomeriumPrefix + name)
		if !written || name == "allow_any_authenticated_user" && isFalse(value) {
			continue
		}
		by = append(by, "annotation "+pomeriumPrefix+name)
		asked = append(asked, name+" "+strings.Join(strings.Fields(value), " "))
		people.add(readPomerium(name, value))
	}
	judgement.Asks, judgement.By = "Pomerium with "+strings.Join(asked, ", "), strings.Join(by, " or ")
	if people.byGroup {
		judgement.Groups = slices.Concat([]string{}, people.groups)
	}
	if len(asked) == 0 {
		judgement.Asks, judgement.By, judgement.Groups = "Pomerium without a policy", "Pomerium", []string{}
	}
	if people.anybody {
		judgement.add(Flaw{
			Rule: pomeriumPublic, Opens: true, Field: field(pomeriumPrefix + "policy"), Cause: "lets people in without a condition on who they are",
			Remedy: "let every rule that allows have a condition on a claim, a group or a user",
		})
	}
	judgement.add(pomeriumAnnotations(item)...)
	if len(asked) == 0 && !judgement.opened() {
		judgement.add(Flaw{Rule: pomeriumNoPolicy, Cause: "has no policy, without which Pomerium lets nobody in", Remedy: "write " + pomeriumAnyGroup})
	}
	return judgement
}

// pomeriumAnnotations reports what opens an Ingress beside its policies, and what Pomerium refuses.
func pomeriumAnnotations(item *manifest.Item) []Flaw {
	var flaws []Flaw
	if strings.EqualFold(item.View("metadata", "labels", pomeriumSolver).Text(), "true") {
		flaws = append(flaws, Flaw{
			Rule: pomeriumPublic, Opens: true, Field: "metadata.labels[" + pomeriumSolver + "]", Cause: "makes Pomerium serve the Ingress to everybody, whatever its annotations say",
			Remedy: "remove the label",
		})
	}
	for key, value := range item.View("metadata", "annotations").Fields() {
		name, own := strings.CutPrefix(key, pomeriumPrefix)
		switch {
		case !own:
		case name == "allow_public_unauthenticated_access" && !isFalse(value.Text()):
			flaws = append(flaws, Flaw{Rule: pomeriumPublic, Opens: true, Field: field(key), Cause: "lets everybody in without sign-in", Remedy: "remove the annotation"})
		case name == "cors_allow_preflight" && !isFalse(value.Text()):
			flaws = append(flaws, Flaw{
				Rule: pomeriumPreflight, Field: field(key), Cause: "lets requests with method OPTIONS through to the backend without sign-in",
				Remedy: "remove the annotation, or make sure that the backend answers OPTIONS with headers alone",
			})
		case !slices.Contains(pomeriumKnown(), name) && !slices.Contains(pomeriumPolicies, name):
			flaws = append(flaws, Flaw{
				Rule: pomeriumRefused, Field: field(key), Cause: "is not known to Pomerium, which then refuses the whole Ingress", Remedy: "correct or remove the annotation; groups belong into a policy",
			})
		}
	}
	return flaws
}

// isFalse says whether a boolean annotation is a plain no. Anything else may be a yes.
func isFalse(value string) bool { return strings.TrimSpace(value) == "false" }

// admitted says whom a policy lets in.
type admitted struct {
	// anybody says that people get in who have not signed in.
	anybody bool
	// byGroup says that only members of groups get in.
	byGroup bool
	groups  []string
}

func (a *admitted) add(other admitted) {
	a.anybody, a.byGroup, a.groups = a.anybody || other.anybody, a.byGroup && other.byGroup, append(a.groups, other.groups...)
}

// readPomerium returns whom one annotation lets in.
func readPomerium(name, value string) admitted {
	switch name {
	case "policy":
		return readPolicy(value)
	case "allowed_idp_claims":
		var claims map[string][]string
		if yaml.Unmarshal([]byte(value), &claims) != nil || len(claims) != 1 {
			return admitted{}
		}
		return admitted{byGroup: len(claims["groups"]) > 0, groups: claims["groups"]}
	default:
		return admitted{}
	}
}

// readPolicy reads a policy in Pomerium's own language (https://www.pomerium.com/docs/internals/ppl). It is a rule or a list of
// them, and each operator of each rule that allows lets people in by itself (pkg/policy/generator/generator.go). One that is
// not understood may let anybody in.
func readPolicy(text string) admitted {
	var document any
	if yaml.Unmarshal([]byte(text), &document) != nil {
		return admitted{anybody: true}
	}
	rules, isList := document.([]any)
	if !isList {
		rules = []any{document}
	}
	people := admitted{byGroup: true}
	for _, rule := range rules {
		actions, ok := rule.(map[string]any)
		if !ok {
			return admitted{anybody: true}
		}
		operators, ok := actions["allow"].(map[string]any)
		if _, allows := actions["allow"]; allows && !ok {
			return admitted{anybody: true}
		}
		for operator, criteria := range operators {
			people.add(readOperator(operator, criteria))
		}
	}
	slices.Sort(people.groups)
	return people
}

// readOperator returns whom a list of criteria lets in: with or whoever meets one, with and whoever meets all of them. The other
// two operators are about who does not, which strangers do not either.
func readOperator(operator string, list any) admitted {
	criteria, ok := list.([]any)
	if !ok || len(criteria) == 0 || operator != "or" && operator != "and" {
		return admitted{anybody: true}
	}
	var signedIn, inGroup []string
	for _, entry := range criteria {
		criterion, _ := entry.(map[string]any)
		for name, value := range criterion {
			kind, _, _ := strings.Cut(name, "/")
			if len(criterion) == 1 && slices.Contains(pomeriumSignedIn, kind) {
				signedIn = append(signedIn, name)
				inGroup = append(inGroup, groupOf(name, value)...)
			}
		}
	}
	if operator == "and" {
		return admitted{anybody: len(signedIn) == 0, byGroup: len(inGroup) > 0, groups: inGroup[:min(1, len(inGroup))]}
	}
	return admitted{anybody: len(signedIn) < len(criteria), byGroup: len(inGroup) == len(criteria), groups: inGroup}
}

// pomeriumSignedIn are the criteria that nobody meets who has not signed in (pkg/policy/criteria).
var pomeriumSignedIn = []string{"authenticated_user", "claim", "claims", "domain", "domains", "email", "emails", "groups", "reject", "user", "users"}

// groupOf returns the group that a criterion asks for; none where it asks for something else.
func groupOf(name string, value any) []string {
	if matcher, ok := value.(map[string]any); ok && len(matcher) == 1 {
		value = matcher["has"]
		if is, ok := matcher["is"]; ok {
			value = is
		}
	}
	group, ok := value.(string)
	if !ok || !slices.Contains([]string{"groups", "claim/groups", "claims/groups"}, name) {
		return nil
	}
	return []string{group}
}

// pomeriumExample is a private Ingress of Pomerium with annotations, one a line.
func pomeriumExample(annotations ...string) string {
	return exampleClass("pomerium", "pomerium.io/ingress-controller") + exampleIngress("pomerium", annotations...)
}

// pomeriumPolicy is the annotation that lets the group of the examples in.
var pomeriumPolicy = fmt.Sprintf(`%spolicy: '[{"allow": {"and": [{"claim/groups": "cindy"}]}}]'`, pomeriumPrefix)

// The rules about Pomerium.
var (
	pomeriumPublic = finding.Rule{
		Code: "PE731", Severity: finding.Error, Title: "Pomerium lets everybody in",
		Cause: "Pomerium signs people in and follows a policy, except where allow_public_unauthenticated_access is set, where the policy has a rule " +
			"without a condition on who somebody is, such as accept, a path or a method, and on Ingresses with the label of cert-manager's solver.",
		Remedy:  "Remove the annotation or label, and let every rule that allows ask for a claim, a group or a user.",
		Example: pomeriumExample(pomeriumPrefix + `allow_public_unauthenticated_access: "true"`),
	}
	pomeriumRefused = finding.Rule{
		Code: "PE732", Severity: finding.Warning, Title: "annotation that Pomerium refuses",
		Cause: "Pomerium refuses an Ingress with an annotation that it does not know. allowed_groups is one of them: it was removed, and people were " +
			"left without access who look in vain for the mistake. Nobody gets in, also those who should.",
		Remedy:  "Correct or remove the annotation. Groups belong into a policy, as a condition on claim/groups.",
		Example: pomeriumExample(pomeriumPolicy, pomeriumPrefix+`allowed_groups: '["cindy"]'`),
	}
	pomeriumPreflight = finding.Rule{
		Code: "PE733", Severity: finding.Warning, Title: "OPTIONS without sign-in",
		Cause: "cors_allow_preflight lets every request with method OPTIONS through to the backend, so that browsers can ask whether another site may " +
			"use it. An application that answers OPTIONS with more than headers shows that to everybody.",
		Remedy:  "Remove the annotation, or make sure that the backend answers OPTIONS with headers alone.",
		Example: pomeriumExample(pomeriumPolicy, pomeriumPrefix+`cors_allow_preflight: "true"`),
	}
	pomeriumNoPolicy = finding.Rule{
		Code: "PE734", Severity: finding.Warning, Title: "nobody gets in",
		Cause:   "Pomerium lets in whom a policy names. A private Ingress without one is closed to everybody, also to those who should get in.",
		Remedy:  "Write a policy with a condition on claim/groups.",
		Example: pomeriumExample(),
	}
)

// pomeriumRules returns the rules of this file.
func pomeriumRules() []finding.Rule {
	return []finding.Rule{pomeriumPublic, pomeriumRefused, pomeriumPreflight, pomeriumNoPolicy}
}
