package endpoint

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// routing is what intent means on the objects of a kind.
type routing int

const (
	// unprotected kinds may route; intent on them is an error, because nobody would keep it.
	unprotected routing = iota
	serviceKind
	ingressKind
	httpRouteKind
	// harmless kinds cannot route; intent on them has no effect.
	harmless
)

// kindsOf lists the kinds that are not unprotected, by group and kind: a Knative Service is no Service.
var kindsOf = map[string]routing{
	"/Service":                              serviceKind,
	"networking.k8s.io/Ingress":             ingressKind,
	"extensions/Ingress":                    ingressKind,
	gatewayGroup + "/HTTPRoute":             httpRouteKind,
	"/Secret":                               harmless,
	"/ConfigMap":                            harmless,
	"/ServiceAccount":                       harmless,
	"/PersistentVolumeClaim":                harmless,
	"/PersistentVolume":                     harmless,
	"/Pod":                                  harmless,
	"/ReplicationController":                harmless,
	"apps/Deployment":                       harmless,
	"apps/StatefulSet":                      harmless,
	"apps/DaemonSet":                        harmless,
	"apps/ReplicaSet":                       harmless,
	"batch/Job":                             harmless,
	"batch/CronJob":                         harmless,
	"rbac.authorization.k8s.io/Role":        harmless,
	"rbac.authorization.k8s.io/ClusterRole": harmless,
	"rbac.authorization.k8s.io/RoleBinding": harmless,
	"rbac.authorization.k8s.io/ClusterRoleBinding": harmless,
}

func routingOf(item *manifest.Item) routing { return kindsOf[item.Group()+"/"+item.Kind()] }

// routes says whether objects of a kind carry routes, which can be made private.
func routes(kind routing) bool { return kind == ingressKind || kind == httpRouteKind }

// intent is what the annotations of one object ask for.
type intent struct {
	private     bool
	public      bool   // a public endpoint for a Service
	host        string // the value of generate-host, empty where it is absent or "false"
	noHost      bool   // generate-host is "false"
	noGateway   bool   // gateway is "false"
	saysNo      bool   // an intent key says "false"
	class, port string
}

// any says whether the object asks for anything.
func (i intent) any() bool { return i.private || i.public || i.host != "" }

// readIntent reads the annotations of item and reports everything that looks like intent and is not (E22). The second
// result is nil when nothing is wrong.
func (v vocabulary) readIntent(item *manifest.Item) (intent, finding.List) {
	if _, err := item.Node(); err != nil {
		return intent{}, finding.List{unreadable(item, err)}
	}
	reader := intentReader{vocabulary: v, item: item, kind: routingOf(item)}
	reader.readAnnotations()
	reader.readLabels()
	if reader.kind == serviceKind || routes(reader.kind) {
		reader.findMisplaced(item.View(), "")
	} else {
		reader.findEnclosed()
	}
	reader.combine()
	return reader.intent, reader.findings
}

func unreadable(item *manifest.Item, err error) finding.Finding {
	return UnreadableObject.At(item.Object(), "", err.Error(), "correct the object")
}

type intentReader struct {
	vocabulary
	item     *manifest.Item
	kind     routing
	values   map[string]string
	intent   intent
	findings finding.List
}

func (r *intentReader) report(rule finding.Rule, field, cause, remedy string) {
	r.findings = append(r.findings, rule.At(r.item.Object(), field, cause, remedy))
}

func annotationField(key string) string { return "metadata.annotations[" + key + "]" }

func (r *intentReader) readAnnotations() {
	r.values = map[string]string{}
	annotations := r.item.View("metadata", "annotations")
	if annotations.Exists() && annotations.Node().Kind != yaml.MappingNode && r.item.ContainsFold(r.traces()...) {
		r.report(UnreadableObject, "metadata.annotations", "is not a mapping of keys to values", "write each annotation as key: \"value\"")
	}
	for key, value := range annotations.Fields() {
		field := annotationField(key)
		if !r.isKnown(key) {
			if cause, remedy := r.nearMiss(key); cause != "" {
				r.report(WrongKey, field, cause, remedy)
			}
			continue
		}
		text, ok := stringValue(value.Node())
		if !ok {
			r.report(WrongValue, field, describe(value.Node())+" is not a string", "annotation values are strings: put the value in quotes")
			continue
		}
		r.values[key] = text
	}
}

// readLabels refuses our keys as labels: a label is no intent, and somebody believes that it is.
func (r *intentReader) readLabels() {
	for key := range r.item.View("metadata", "labels").Fields() {
		if r.isKnown(key) || r.looksMeant(key) {
			r.report(MisplacedIntent, "metadata.labels["+key+"]", "is a label and has no effect", "move it to metadata.annotations")
		}
	}
}

func (r *intentReader) looksMeant(key string) bool {
	cause, _ := r.nearMiss(key)
	return cause != ""
}

// findMisplaced looks for intent keys anywhere in the object but in its own metadata: beside metadata, in a template, in a
// sequence where the mapping of annotations should be.
func (r *intentReader) findMisplaced(value manifest.View, path string) {
	for key, inner := range value.Fields() {
		field := strings.TrimPrefix(path+"."+key, ".")
		if (field == "metadata.annotations" || field == "metadata.labels") && len(inner.Elements()) == 0 {
			continue
		}
		if r.isKnown(key) || strings.Contains(key, "/") && r.looksMeant(key) {
			r.report(MisplacedIntent, strings.TrimPrefix(path+"["+key+"]", "."), "has no effect here", "move it to metadata.annotations of the object itself")
		}
		r.findMisplaced(inner, field)
	}
	for i, element := range value.Elements() {
		r.findMisplaced(element, path+index(i))
	}
}

// combine turns the values into intent, kind by kind.
func (r *intentReader) combine() {
	r.intent.port, r.intent.class = r.values[AnnotationPort], r.values[AnnotationIngressClass]
	switch r.kind {
	case serviceKind:
		r.combineService()
	case ingressKind, httpRouteKind:
		r.combineRoute()
	case harmless:
		r.warnHarmless()
	default:
		r.refuseKind()
	}
}

func (r *intentReader) combineService() {
	auto := r.choice(keyAutoIngress, "true", "private", "false")
	private := r.choice(keyPrivate, "true", "false")
	if auto == "" && private == "true" {
		r.report(WrongAnnotation, annotationField(r.key(keyPrivate)), "does not create an endpoint on a Service",
			fmt.Sprintf("write %s: \"private\"", r.key(keyAutoIngress)))
	}
	if auto == "false" && private == "true" || auto == "private" && private == "false" {
		r.report(WrongAnnotation, annotationField(r.key(keyPrivate)), fmt.Sprintf("%q contradicts %s: %q", private, r.key(keyAutoIngress), auto),
			"remove one of the two annotations")
	}
	r.readGateway()
	if value, ok := r.values[r.key(keyGenerateHost)]; ok && value != "false" {
		r.report(WrongAnnotation, annotationField(r.key(keyGenerateHost)), "has no effect on a Service",
			"remove it: the host of a Service is <service>-<namespace>.<subdomain>; for another one write an Ingress")
	}
	r.intent.private = auto == "private" || auto == "true" && private == "true"
	r.intent.public = auto == "true" && !r.intent.private
	r.intent.saysNo = auto == "false"
}

func (r *intentReader) combineRoute() {
	if value, ok := r.values[r.key(keyAutoIngress)]; ok && value != "false" {
		r.report(WrongAnnotation, annotationField(r.key(keyAutoIngress)), "belongs on a Service",
			fmt.Sprintf("write %s: \"true\" to make every route of this %s private", r.key(keyPrivate), r.item.Kind()))
	}
	if r.intent.port != "" {
		r.report(WrongAnnotation, annotationField(AnnotationPort), "has no effect on an "+r.item.Kind(), "remove it: the backend names the port")
	}
	private := r.choice(keyPrivate, "true", "false")
	r.intent.private = private == "true"
	r.intent.host = r.generateHost()
	r.readGateway()
	r.intent.noHost = r.values[r.key(keyGenerateHost)] == "false" || r.intent.noGateway && r.intent.host == ""
	r.intent.saysNo = private == "false"
}

// readGateway reads whether a Gateway may be filled in, which only an HTTPRoute has.
func (r *intentReader) readGateway() {
	if _, written := r.values[r.key(keyGateway)]; !written {
		return
	}
	if r.kind != httpRouteKind {
		r.report(WrongAnnotation, annotationField(r.key(keyGateway)), "has no effect here", "remove it: only an HTTPRoute has a Gateway")
		return
	}
	r.intent.noGateway = r.choice(keyGateway, "true", "false") == "false"
}

func (r *intentReader) refuseKind() {
	cause := fmt.Sprintf("%s of %s is not a kind that can be protected", r.item.Kind(), r.item.APIVersion())
	for _, key := range r.wanted() {
		r.report(UnprotectedKind, annotationField(key), cause, "put the annotation on a Service, an Ingress or an HTTPRoute, or remove it")
	}
}

func (r *intentReader) warnHarmless() {
	for _, key := range r.wanted() {
		r.report(UselessIntent, annotationField(key), fmt.Sprintf("has no effect on a %s", r.item.Kind()),
			"put the annotation on the Service, Ingress or HTTPRoute that routes")
	}
}

// wanted returns the intent keys of the object, sorted, without those that say a plain no.
func (r *intentReader) wanted() []string {
	var keys []string
	for key, value := range r.values {
		if r.isIntent(key) && value != "false" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// choice returns the value of an annotation when it is one of allowed, and reports any other.
func (r *intentReader) choice(word string, allowed ...string) string {
	key := r.key(word)
	value, ok := r.values[key]
	switch {
	case !ok:
		return ""
	case slices.Contains(allowed, value):
		return value
	case word == keyAutoIngress && value == "domain":
		r.report(WrongValue, annotationField(key), `"domain" is an old value that is no longer known: use "true" or "private"`,
			fmt.Sprintf("for the host <namespace>.<subdomain> write an Ingress with %s: \"domain\"", r.key(keyGenerateHost)))
		return ""
	}
	cause := fmt.Sprintf("%q is not a value", value)
	if proposal := config.Nearest(strings.ToLower(strings.TrimSpace(value)), allowed); proposal != "" {
		cause += fmt.Sprintf(": use %q", proposal)
	}
	r.report(WrongValue, annotationField(key), cause, "the values are "+quoteAll(allowed))
	return ""
}

// generateHost returns the value of generate-host, empty where it is absent, "false" or wrong.
func (r *intentReader) generateHost() string {
	key := r.key(keyGenerateHost)
	value, ok := r.values[key]
	if !ok || value == "false" {
		return ""
	}
	if problem := labelProblem(value); problem != "" {
		r.report(WrongValue, annotationField(key), fmt.Sprintf("%q is not a value: it %s", value, problem),
			`the values are "true", "domain", "false" and any DNS label: lower case letters, digits and hyphens`)
		return ""
	}
	return value
}

func quoteAll(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = fmt.Sprintf("%q", value)
	}
	return strings.Join(quoted, ", ")
}

// stringValue returns the text of a string scalar. Words that YAML 1.1 reads as a boolean or number are no strings
// without quotes: the API server's tools would refuse them.
func stringValue(node *yaml.Node) (string, bool) {
	if node.Kind != yaml.ScalarNode || node.ShortTag() != yaml.NodeTagString {
		return "", false
	}
	plain := node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && yaml.IsYaml1_1NonString(node) {
		return "", false
	}
	return node.Value, true
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a sequence"
	default:
		if node.Value == "" {
			return "an empty value"
		}
		return "unquoted " + node.Value
	}
}
