package controller

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// F5Policy is a reference to a Policy of F5's controller.
type F5Policy struct {
	// Reference is its namespace and name.
	Reference string
	// Item is nil where the set does not hold it.
	Item *manifest.Item
}

func (o *Objects) f5Policy(namespace, name string) F5Policy {
	policy := F5Policy{Reference: namespace + "/" + name}
	if found := o.Named(f5Group, "Policy", namespace, name); len(found) > 0 {
		policy.Item = found[0]
	}
	return policy
}

// F5Policies returns the Policies of a list of name and namespace; those without a namespace are in the given one.
func (o *Objects) F5Policies(list manifest.View, namespace string) []F5Policy {
	var policies []F5Policy
	for _, reference := range list.Elements() {
		policies = append(policies, o.f5Policy(cmp.Or(reference.Get("namespace").Text(), namespace), reference.Get("name").Text()))
	}
	return policies
}

// ingressPolicies returns the Policies that an Ingress names in an annotation.
func (o *Objects) ingressPolicies(item *manifest.Item, annotation string) []F5Policy {
	list, _ := item.Annotation(annotation)
	var policies []F5Policy
	for _, reference := range strings.Split(list, ",") {
		reference = strings.TrimSpace(reference)
		if namespace, name, found := strings.Cut(reference, "/"); found {
			policies = append(policies, o.f5Policy(namespace, name))
		} else if reference != "" {
			policies = append(policies, o.f5Policy(o.NamespaceOf(item), reference))
		}
	}
	return policies
}

// f5Kinds are the kinds of Policy that ask for credentials, with what they ask for. Client certificates are not a sign-in.
var f5Kinds = []struct{ field, asks string }{
	{"oidc", "OpenID Connect"}, {"oidcNative", "OpenID Connect"}, {"jwt", "a JSON Web Token"}, {"basicAuth", "a password"}, {"apiKey", "an API key"},
}

// f5Authenticates says whether a Policy asks for credentials.
func f5Authenticates(policy *manifest.Item) bool {
	return policy.View("spec", "externalAuth").Exists() ||
		slices.ContainsFunc(f5Kinds, func(kind struct{ field, asks string }) bool { return policy.View("spec", kind.field).Exists() })
}

// JudgeF5Policies says who is asked on a route of F5's own kinds. levels are the Policies that apply, those of the route first
// and then those of the server: a Policy of one takes the place of those of its kind in the next
// (https://docs.nginx.com/nginx-ingress-controller/configuration/policy-resource/precedence-and-overrides/). snippets go into
// the configuration of the route. field is where the route names the Policies.
func (o *Objects) JudgeF5Policies(field string, levels [][]F5Policy, snippets []string) Judgement {
	judgement, asking := judgePolicies(field, levels, o)
	if asking != nil {
		judgement.add(f5AuthSnippets(asking)...)
	}
	for _, snippet := range snippets {
		if judgement.Asks != "" && f5Decides(snippet) {
			judgement.add(Flaw{Rule: f5Snippet, Opens: true, Cause: "has a snippet with a directive that decides who passes", Remedy: "remove the snippet"})
		}
	}
	return judgement
}

// judgePolicies looks for the first Policy that asks an auth service, or else for one that asks for other credentials. It returns
// that of the auth service too.
func judgePolicies(field string, levels [][]F5Policy, objects *Objects) (Judgement, *manifest.Item) {
	var judgement Judgement
	for _, policies := range levels {
		for i, policy := range policies {
			switch {
			case policy.Item == nil:
				judgement.add(Flaw{
					Rule: f5Unasked, Opens: true, Field: field, Cause: fmt.Sprintf("names the Policy %s, which is not in the set: whom it asks is not known", policy.Reference),
					Remedy: "put the Policy that asks first, or pass the set with this one",
				})
			case policy.Item.View("spec", "externalAuth").Exists():
				judgement.Asks, judgement.By = externalAuth(policy.Item, objects), policy.Item.Object().String()
				judgement.add(f5Others(field, policies[i:])...)
				return judgement, policy.Item
			}
		}
	}
	for _, policy := range slices.Concat(levels...) {
		for _, kind := range f5Kinds {
			if judgement.Asks == "" && policy.Item != nil && policy.Item.View("spec", kind.field).Exists() {
				judgement.Asks, judgement.By, judgement.SignsIn = kind.asks, policy.Item.Object().String(), true
			}
		}
	}
	return judgement, nil
}

// f5Others reports a second Policy that asks an auth service: nobody asks that one.
func f5Others(field string, policies []F5Policy) []Flaw {
	for _, other := range policies[1:] {
		if other.Item != nil && other.Item != policies[0].Item && other.Item.View("spec", "externalAuth").Exists() {
			return []Flaw{{
				Rule: f5Second, Field: field, Cause: fmt.Sprintf("names %s after %s, and one alone is asked: the first", other.Item.Object(), policies[0].Item.Object()),
				Remedy: "name one of the two",
			}}
		}
	}
	return nil
}

// externalAuth returns the URL that a Policy asks. Without a port F5 takes the first of the Service.
func externalAuth(policy *manifest.Item, objects *Objects) string {
	auth := policy.View("spec", "externalAuth")
	namespace, name, found := strings.Cut(auth.Get("authServiceName").Text(), "/")
	if !found {
		namespace, name = objects.NamespaceOf(policy), namespace
	}
	scheme, path := "http", auth.Get("authURI").Text()
	if auth.Get("sslEnabled").Text() == "true" {
		scheme = "https"
	}
	if name == "" || path == "" {
		return ""
	}
	port, _ := authPort(policy)
	if port == "" {
		port = objects.firstPort(namespace, name)
	}
	return serviceAddress(scheme, namespace, name, port, path)
}

// authPort returns the port that a Policy names, and whether one can be used; the port is empty where it names none.
func authPort(policy *manifest.Item) (string, bool) {
	ports := policy.View("spec", "externalAuth", "authServicePorts").Texts()
	if len(ports) == 0 {
		return "", false
	}
	number, err := strconv.Atoi(ports[0])
	return ports[0], err == nil && number > 0 && number <= 65535
}

// firstPort returns the number of the first port of a Service, empty where the set does not hold it.
func (o *Objects) firstPort(namespace, service string) string {
	for _, item := range o.Named("", "Service", namespace, service) {
		for _, port := range item.View("spec", "ports").Elements() {
			return port.Get("port").Text()
		}
	}
	return ""
}

// judgeF5 reads the Policies of an Ingress, and of its master where it is a minion, whose TLS is that of the master.
func judgeF5(item *manifest.Item, context Context) Judgement {
	kind, _ := item.Annotation(f5Mergeable)
	if kind == "master" {
		return Judgement{Flaws: []Flaw{{
			Rule: f5Merged, Opens: true, Field: field(f5Mergeable), Cause: "makes this the master of its host, which has no paths of its own: those that are meant are in its minions",
			Remedy: "write the intent on the minions",
		}}}
	}
	applying, levels, endsTLS := []*manifest.Item{item}, [][]F5Policy{context.ingressPolicies(item, f5Policies)}, false
	if master := context.masterOf(item, kind); master != nil {
		applying, levels = append(applying, master), append(levels, context.ingressPolicies(master, f5Policies))
		endsTLS = master.View("spec", "tls").Exists()
	}
	judgement, asking := judgePolicies(field(f5Policies), levels, context.Objects)
	judgement.EndsTLS = endsTLS
	switch {
	case asking != nil:
		judgement.add(f5Asked(asking, context)...)
	case judgement.Asks == "" && !judgement.opened():
		judgement.add(f5NobodyAsked(item, kind, slices.Concat(levels...), context)...)
	}
	for _, ingress := range applying {
		judgement.add(f5IngressSnippets(ingress, item)...)
	}
	return judgement
}

// f5Asked reports what defeats a Policy on an Ingress.
func f5Asked(policy *manifest.Item, context Context) []Flaw {
	flaws := f5AuthSnippets(policy)
	if context.isOlder(version{5, 5}) {
		flaws = append(flaws, Flaw{
			Rule: f5Unasked, Opens: true, Field: field(f5Policies), Cause: fmt.Sprintf("is how F5 asks since version 5.5, and version %s is declared", context.Version),
			Remedy: "declare the version that the cluster runs, and update the controller",
		})
	}
	if port, usable := authPort(policy); !usable {
		cause := fmt.Sprintf("%s names no port in authServicePorts: where F5 cannot look it up, it leaves the question out", policy.Object())
		if port != "" {
			cause = fmt.Sprintf("%s names port %s, which is none: F5 leaves the question out", policy.Object(), port)
		}
		flaws = append(flaws, Flaw{Rule: f5Port, Opens: true, Field: field(f5Policies), Cause: cause, Remedy: "write the number of the port, such as authServicePorts: [80]"})
	}
	return flaws
}

// f5NobodyAsked says why nobody is asked although something is written.
func f5NobodyAsked(item *manifest.Item, kind string, policies []F5Policy, context Context) []Flaw {
	plus := context.ingressPolicies(item, f5PlusPolicies)
	switch {
	case len(policies) > 0:
		return []Flaw{{
			Rule: f5Unasked, Opens: true, Field: field(f5Policies), Cause: fmt.Sprintf("names %s, which asks nobody", policies[0].Item.Object()),
			Remedy: "run the function again, or name a Policy with spec.externalAuth too",
		}}
	case len(plus) > 0:
		return []Flaw{{
			Rule: f5Unasked, Opens: true, Field: field(f5PlusPolicies), Cause: "is for the policies of NGINX Plus alone: an auth service is asked through " + f5Policies,
			Remedy: "write " + f5Policies,
		}}
	case kind == "minion":
		return []Flaw{{
			Rule: f5Merged, Opens: true, Field: field(f5Mergeable), Cause: "makes this a minion, and neither it nor a master of the set names a Policy",
			Remedy: "run the function over the set, or name a Policy with spec.externalAuth in " + f5Policies + " of this Ingress",
		}}
	}
	for key := range item.View("metadata", "annotations").Fields() {
		if isMisspelt(key, f5Policies) {
			return []Flaw{{Rule: BlankAuth, Opens: true, Field: field(key), Cause: "is not an annotation of this controller", Remedy: "write " + f5Policies}}
		}
	}
	return nil
}

// f5AuthSnippets reports a snippet with which the question answers itself.
func f5AuthSnippets(policy *manifest.Item) []Flaw {
	if snippet := policy.View("spec", "externalAuth", "authSnippets").Text(); !f5Decides(snippet) {
		return nil
	}
	return []Flaw{{Rule: f5Snippet, Opens: true, Cause: fmt.Sprintf("%s has authSnippets with a directive that answers in the place of the auth service", policy.Object()), Remedy: "remove authSnippets"}}
}

// f5IngressSnippets reports the snippets of an Ingress, or of its master.
func f5IngressSnippets(item, ingress *manifest.Item) []Flaw {
	var flaws []Flaw
	for _, name := range f5Snippets {
		snippet, _ := item.Annotation(name)
		if strings.TrimSpace(snippet) == "" {
			continue
		}
		flaw := Flaw{
			Rule: f5Snippet, Severity: finding.Warning, Field: field(name), Cause: "goes into the configuration of nginx as it is, and nobody can tell from outside what it does",
			Remedy: "remove the annotation, or waive this with a reason",
		}
		if f5Decides(snippet) {
			flaw.Severity, flaw.Opens, flaw.Cause, flaw.Remedy = finding.Error, true, "holds a directive that decides who passes", "remove the annotation"
		}
		if item != ingress {
			flaw.Field, flaw.Cause = "", fmt.Sprintf("annotation %s of its master, %s, %s", name, item.Object(), flaw.Cause)
		}
		flaws = append(flaws, flaw)
	}
	return flaws
}

// f5Decides says whether a snippet asks somebody else, or answers by itself.
func f5Decides(snippet string) bool {
	return strings.Contains(snippet, "auth_request") || answers(snippet, nil)
}

// masterOf returns the master Ingress of the host and class of a minion, nil where the set holds none
// (https://docs.nginx.com/nginx-ingress-controller/configuration/ingress-resources/cross-namespace-configuration/).
func (o *Objects) masterOf(item *manifest.Item, kind string) *manifest.Item {
	if kind != "minion" {
		return nil
	}
	if o.masters == nil {
		o.masters = map[string]*manifest.Item{}
		for _, other := range o.ingressesWith(f5Mergeable) {
			if kind, _ := other.Annotation(f5Mergeable); kind == "master" {
				o.masters[f5Server(other)] = other
			}
			other.Release()
		}
	}
	return o.masters[f5Server(item)]
}

// f5Server returns the class and the host of an Ingress that may have one host alone.
func f5Server(item *manifest.Item) string {
	legacy, _ := item.Annotation("kubernetes.io/ingress.class")
	class := cmp.Or(item.View("spec", "ingressClassName").Text(), legacy)
	for _, rule := range item.View("spec", "rules").Elements() {
		return class + " " + strings.ToLower(rule.Get("host").Text())
	}
	return class
}

// f5Overwrites returns the headers of nginx.org/proxy-set-headers that have a value of their own, be it an empty one: without a colon
// the client's is passed on (template_helper.go, generateProxySetHeaders).
func f5Overwrites(item *manifest.Item) []string {
	value, _ := item.Annotation("nginx.org/proxy-set-headers")
	var names []string
	for _, entry := range strings.Split(value, ",") {
		if name, _, set := strings.Cut(entry, ":"); set {
			names = append(names, strings.ToLower(strings.TrimSpace(name)))
		}
	}
	return names
}
