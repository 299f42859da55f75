package controller

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// awsALB is the AWS Load Balancer Controller.
var awsALB = Controller{
	ID:               "aws-alb",
	ClassControllers: []string{"ingress.k8s.aws/alb"},
	JudgeIngress:     judgeALB,
	ByHand:           "write " + albPrefix + "auth-type: oidc with auth-idp-oidc, or cognito with auth-idp-cognito, and listen on HTTPS alone or with ssl-redirect",
}

const (
	albPrefix = "alb.ingress.kubernetes.io/"
	// albUseAnnotation is the port of a backend that is described by an annotation of its name.
	albUseAnnotation = "use-annotation"
)

// ALBAction is what a rule of a load balancer does with a request.
type ALBAction struct {
	// Type is forward, redirect or fixed-response.
	Type string `json:"type"`
	// TargetGroupARN is a target group that the cluster does not make.
	TargetGroupARN string `json:"targetGroupARN"`
	ForwardConfig  struct {
		TargetGroups []ALBTargetGroup `json:"targetGroups"`
	} `json:"forwardConfig"`
}

// ALBTargetGroup is one of the backends among which an action distributes requests.
type ALBTargetGroup struct {
	ServiceName string `json:"serviceName"`
	// ServicePort is a name or a number.
	ServicePort any `json:"servicePort"`
}

// Forwards says whether requests reach a backend.
func (a ALBAction) Forwards() bool { return a.Type != "redirect" && a.Type != "fixed-response" }

// ALBActionOf returns what an Ingress does with the requests for one of its backends: forward them to the Service of that name
// or, for the port use-annotation, what the annotation actions.NAME says (pkg/ingress/enhanced_backend_builder.go). One that
// cannot be read forwards to nobody known.
func ALBActionOf(item *manifest.Item, backend manifest.View) ALBAction {
	service, port := backendService(backend)
	action := ALBAction{Type: "forward"}
	if port != albUseAnnotation {
		action.ForwardConfig.TargetGroups = []ALBTargetGroup{{service, port}}
		return action
	}
	text, _ := item.Annotation(albPrefix + "actions." + service)
	if json.Unmarshal([]byte(text), &action) != nil {
		return ALBAction{Type: "forward"}
	}
	return action
}

// backendService returns the name of the Service of a backend, and its port by number or name.
func backendService(backend manifest.View) (name, port string) {
	service := backend.Get("service")
	port = cmp.Or(service.Get("port", "number").Text(), service.Get("port", "name").Text(), backend.Get("servicePort").Text())
	return cmp.Or(service.Get("name").Text(), backend.Get("serviceName").Text()), port
}

// albRoute is one route of an Ingress.
type albRoute struct {
	item    *manifest.Item
	context Context
	field   string
	// service is the backend where there is just one: its annotations come before those of the Ingress.
	service *manifest.Item
}

// judgeALB reads an Ingress as the AWS Load Balancer Controller does: sign-in is an action of the rules of HTTPS listeners
// (pkg/ingress/model_build_actions.go), and knows no groups.
func judgeALB(item *manifest.Item, context Context) Judgement {
	return judgeRoutes(item, func(field string, backend manifest.View) (Judgement, bool) {
		action := ALBActionOf(item, backend)
		route := albRoute{item: item, context: context, field: field}
		if groups := action.ForwardConfig.TargetGroups; len(groups) == 1 {
			if found := context.Named("", "Service", context.NamespaceOf(item), groups[0].ServiceName); len(found) > 0 {
				route.service = found[0]
			}
		}
		return route.judge(), action.Forwards()
	})
}

func (r albRoute) judge() Judgement {
	judgement := Judgement{By: "annotation " + albPrefix + "auth-type", SignsIn: true}
	authType, place := r.setting("auth-type")
	switch authType {
	case "oidc", "cognito":
		judgement.Asks = r.provider(authType)
		if judgement.Asks == "" {
			judgement.add(Flaw{
				Rule: albRefused, Opens: true, Field: place, Cause: fmt.Sprintf("is %s, and auth-idp-%s does not say with whom people sign in", authType, authType),
				Remedy: "write " + albPrefix + "auth-idp-" + authType,
			})
		}
		judgement.add(r.unauthenticated()...)
		judgement.add(r.plainListeners(&judgement)...)
	case "none":
		judgement.add(r.optedOut(place)...)
	}
	return judgement
}

// setting returns an annotation, and the field to report it at: of the Service where it has the annotation, else of the Ingress.
func (r albRoute) setting(name string) (value, place string) {
	if r.service != nil {
		if value, ok := r.service.Annotation(albPrefix + name); ok {
			return value, r.field + ".backend"
		}
	}
	value, _ = r.item.Annotation(albPrefix + name)
	return value, field(albPrefix + name)
}

// provider names those with whom people sign in, empty where nothing does.
func (r albRoute) provider(authType string) string {
	var provider struct {
		Issuer, SecretName, UserPoolARN, UserPoolClientID string
	}
	text, _ := r.setting("auth-idp-" + authType)
	switch err := json.Unmarshal([]byte(text), &provider); {
	case err != nil:
		return ""
	case authType == "oidc" && provider.Issuer != "" && provider.SecretName != "":
		return fmt.Sprintf("%s as the client of Secret %s/%s", provider.Issuer, r.context.NamespaceOf(r.item), provider.SecretName)
	case authType == "cognito" && provider.UserPoolARN != "" && provider.UserPoolClientID != "":
		return fmt.Sprintf("%s as client %s", provider.UserPoolARN, provider.UserPoolClientID)
	}
	return ""
}

// unauthenticated reports a way past sign-in for those who have not signed in.
func (r albRoute) unauthenticated() []Flaw {
	value, place := r.setting("auth-on-unauthenticated-request")
	if value == "" || value == "authenticate" || value == "deny" {
		return nil
	}
	return []Flaw{{
		Rule: albAllows, Opens: true, Field: place, Cause: fmt.Sprintf("auth-on-unauthenticated-request is %q, which lets everybody in", value),
		Remedy: "write authenticate, or deny",
	}}
}

// optedOut reports a Service that takes its route out of the sign-in of the Ingress.
func (r albRoute) optedOut(place string) []Flaw {
	ofIngress, _ := r.item.Annotation(albPrefix + "auth-type")
	if r.service == nil || ofIngress == "" || ofIngress == "none" {
		return nil
	}
	return []Flaw{{
		Rule: albOptsOut, Opens: true, Field: place, Cause: fmt.Sprintf("%s has %sauth-type: none, which comes before that of the Ingress", r.service.Object(), albPrefix),
		Remedy: "remove the annotation from the Service",
	}}
}

// plainListeners reports HTTP listeners on which nobody is asked (G5), and says in judgement whether there is none.
func (r albRoute) plainListeners(judgement *Judgement) []Flaw {
	report := func(cause, remedy string) []Flaw {
		return []Flaw{{Rule: albPlain, Opens: true, Field: field(albPrefix + "listen-ports"), Cause: cause, Remedy: remedy}}
	}
	_, hasCertificate := r.item.Annotation(albPrefix + "certificate-arn")
	text, written := r.item.Annotation(albPrefix + "listen-ports")
	if !written {
		text = `[{"HTTP": 80}]`
		if hasCertificate || r.parameters().Get("certificateArn").Exists() {
			text = `[{"HTTPS": 443}]`
		}
	}
	var listeners []map[string]int
	if json.Unmarshal([]byte(text), &listeners) != nil {
		return report("cannot be read, so that nobody knows whether a listener is plain HTTP", `write [{"HTTPS": 443}]`)
	}
	plain, overTLS := slices.ContainsFunc(listeners, has("HTTP")), slices.ContainsFunc(listeners, has("HTTPS"))
	_, redirects := r.item.Annotation(albPrefix + "ssl-redirect")
	redirects = redirects || r.parameters().Get("sslRedirectPort").Exists()
	switch {
	case !overTLS:
		return report("the load balancer listens on plain HTTP alone, where it asks nobody", `write [{"HTTPS": 443}], and name the certificate in `+albPrefix+"certificate-arn")
	case plain && !redirects:
		return report("the load balancer listens on plain HTTP too, where it asks nobody", "write "+albPrefix+`ssl-redirect: "443", or remove HTTP`)
	}
	judgement.EndsTLS = true
	return nil
}

func has(protocol string) func(map[string]int) bool {
	return func(listener map[string]int) bool { return listener[protocol] != 0 }
}

// parameters returns what the IngressClassParams of the class says, which comes before annotations.
func (r albRoute) parameters() manifest.View { return ALBParameters(r.item, r.context.Objects) }

// ALBParameters returns the spec of the IngressClassParams of an Ingress's class, absent where the set has none:
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/.
func ALBParameters(item *manifest.Item, objects *Objects) manifest.View {
	class := item.View("spec", "ingressClassName").Text()
	for _, candidate := range objects.OfKind("networking.k8s.io", "IngressClass") {
		if class == "" || candidate.Name() != class {
			continue
		}
		for _, parameters := range objects.OfKind("elbv2.k8s.aws", "IngressClassParams") {
			if parameters.Name() == candidate.View("spec", "parameters", "name").Text() {
				return parameters.View("spec")
			}
		}
	}
	return manifest.View{}
}

// albExample is a private Ingress of the AWS Load Balancer Controller with more annotations.
func albExample(annotations ...string) string {
	return exampleClass("alb", "ingress.k8s.aws/alb") + exampleIngress("alb", append([]string{
		albPrefix + "auth-type: cognito",
		albPrefix + `auth-idp-cognito: '{"userPoolARN":"arn:aws:cognito-idp:eu-central-1:1:userpool/a","userPoolClientID":"b","userPoolDomain":"c"}'`,
	}, annotations...)...)
}

// albOverTLS is the annotation that makes the load balancer listen on HTTPS.
const albOverTLS = albPrefix + "certificate-arn: arn:aws:acm:eu-central-1:1:certificate/a"

// The rules about the AWS Load Balancer Controller.
var (
	albAllows = finding.Rule{
		Code: "PE711", Severity: finding.Error, Title: "load balancer lets everybody in",
		Cause: "auth-on-unauthenticated-request: allow makes an application load balancer recognise people who have signed in, and let through " +
			"everybody else.",
		Remedy:  "Write authenticate, which is the default, or deny.",
		Example: albExample(albOverTLS, albPrefix+"auth-on-unauthenticated-request: allow"),
	}
	albPlain = finding.Rule{
		Code: "PE712", Severity: finding.Error, Title: "load balancer listens on plain HTTP",
		Cause: "An application load balancer asks people to sign in on HTTPS listeners only; on an HTTP listener the same rules lead to the backend. " +
			"Without certificate-arn and listen-ports the controller makes one listener, for HTTP: entries in spec.tls do not change that.",
		Remedy:  "Name a certificate and listen on HTTPS alone, or redirect with ssl-redirect.",
		Example: albExample(albOverTLS, albPrefix+`listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'`),
	}
	albOptsOut = finding.Rule{
		Code: "PE713", Severity: finding.Error, Title: "Service opts out of sign-in",
		Cause: "The AWS Load Balancer Controller reads the annotations of a route's Service before those of the Ingress. A Service with auth-type: none " +
			"is public through every Ingress.",
		Remedy: "Remove the annotation from the Service.",
		Example: albExample(albOverTLS) + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
  annotations:
    ` + albPrefix + `auth-type: none
spec:
  selector:
    app: admin
  ports:
  - port: 80
`,
	}
	albRefused = finding.Rule{
		Code: "PE714", Severity: finding.Error, Title: "sign-in that the controller cannot set up",
		Cause: "auth-type names a kind of sign-in, and the annotation that says with whom people sign in is missing or incomplete. The controller " +
			"refuses the Ingress and leaves the load balancer as it was: public, if it was that.",
		Remedy:  "Write the annotation: for oidc with issuer, endpoints and secretName, for cognito with userPoolARN, userPoolClientID and userPoolDomain.",
		Example: exampleClass("alb", "ingress.k8s.aws/alb") + exampleIngress("alb", albPrefix+"auth-type: oidc", albOverTLS),
	}
)

// albRules returns the rules of this file.
func albRules() []finding.Rule { return []finding.Rule{albAllows, albPlain, albOptsOut, albRefused} }
