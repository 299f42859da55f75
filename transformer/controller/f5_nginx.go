package controller

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// f5Nginx is github.com/nginx/kubernetes-ingress: a Policy per endpoint asks the auth service, and the Ingress names it in an
// annotation (https://docs.nginx.com/nginx-ingress-controller/configuration/policy-resource/). Before version 5.5 no Policy
// asks on an Ingress, and before 5.4 the annotation is passed over.
var f5Nginx = Controller{
	ID:               "f5-nginx",
	ClassControllers: []string{"nginx.org/ingress-controller"},
	Oldest:           version{5, 5},
	Assumed:          version{5, 5},
	DecodeSettings:   decodeF5,
	Route:            routeF5,
	Protect:          protectF5,
	Conflicts:        conflictsF5,
	Support: Support{
		Name: "F5 NGINX Ingress Controller", Groups: groupsAnyway, SignIn: "a page of the auth service on each host (signInPath), else none",
		Headers: "none; the client's pass", Objects: []string{"Policy"}, Missing: "closed: 500", Tested: testedGolden + ", " + testedSchema,
	},
	JudgeIngress: judgeF5,
	Overwrites:   f5Overwrites,
}

const (
	f5Group = "k8s.nginx.org"
	// f5Policies names the Policies of an Ingress, f5PlusPolicies those that NGINX Plus alone has.
	f5Policies     = "nginx.org/policies"
	f5PlusPolicies = "nginx.com/policies"
	// f5Mergeable makes an Ingress the master of its host, or a minion.
	f5Mergeable = "nginx.org/mergeable-ingress-type"
	// f5TLSServices, f5GRPCServices and f5WebSocketServices name the Services behind an Ingress that speak more than HTTP.
	f5TLSServices       = "nginx.org/ssl-services"
	f5GRPCServices      = "nginx.org/grpc-services"
	f5WebSocketServices = "nginx.org/websocket-services"
)

// f5Snippets are the annotations whose text goes into the configuration of nginx.
var f5Snippets = []string{"nginx.org/server-snippets", "nginx.org/location-snippets"}

// F5Settings are the settings under the key f5-nginx of a class.
type F5Settings struct {
	// SignInPath is where the auth service shows its sign-in page on the host of every endpoint: F5 hands everything below the first
	// segment of the path on to it. A page is shown, no redirect followed. Without it, who is not signed in gets a bare 401.
	SignInPath string `json:"signInPath,omitempty"`
}

// f5SignInPath is what F5 accepts in authSigninURI and reads alike everywhere. A path of one segment is none: everything below it
// would be the auth service's.
var f5SignInPath = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*){2,}$`) })

func decodeF5(class config.IngressClass, path string) (any, finding.List) {
	var settings F5Settings
	own := path + ".f5-nginx"
	if findings := class.DecodeSettings(own, &settings); findings.HasErrors() {
		return nil, findings
	}
	if settings.SignInPath != "" && !f5SignInPath().MatchString(settings.SignInPath) {
		return nil, finding.List{WrongSettings.At(finding.Object{}, own+".signInPath", fmt.Sprintf("%q is not a path of two or more segments", settings.SignInPath), "write it as /oauth2/sign_in")}
	}
	return settings, nil
}

// routeF5 names the Service where it speaks more than HTTP. To port 443 and the like F5 speaks HTTP too, unless told otherwise.
func routeF5(request Request) (Changes, error) {
	e := request.Endpoint
	if e.Backend == nil {
		return Changes{}, nil
	}
	annotations := map[string]string{}
	switch e.Backend.Protocol {
	case endpoint.HTTP:
	case endpoint.HTTPS:
		annotations[f5TLSServices] = e.Name
	case endpoint.GRPC:
		annotations[f5GRPCServices] = e.Name
	default:
		return Changes{}, fmt.Errorf("f5-nginx cannot speak %s to a backend", e.Backend.Protocol)
	}
	if slices.Contains([]string{"ws", "wss", "kubernetes.io/ws", "kubernetes.io/wss"}, strings.ToLower(e.Backend.AppProtocol)) {
		annotations[f5WebSocketServices] = e.Name
	}
	return Changes{Annotations: annotations}, nil
}

// protectF5 names the Policy with its namespace: moved by a later layer, the Ingress finds it no more and answers with an error,
// where it would else go on admitting the groups of before (E24).
func protectF5(request Request) (Changes, error) {
	auth, err := f5ExternalAuth(request.AuthURL)
	if err != nil {
		return Changes{}, err
	}
	if page := request.Settings.(F5Settings).SignInPath; page != "" {
		first, _, _ := strings.Cut(page[1:], "/")
		auth["authSigninURI"], auth["authSigninRedirectBasePath"] = page, "/"+first
	}
	e := request.Endpoint
	policy := Object{APIVersion: f5Group + "/v1", Kind: "Policy", Name: objectName(e, ""), Spec: map[string]any{"externalAuth": auth}}
	return Changes{Lists: map[string][]string{f5Policies: {e.Namespace + "/" + policy.Name}}, Objects: []Object{policy}}, nil
}

// f5ExternalAuth takes the address of the auth service apart: F5 asks a Service, by its name. The port is always written: without
// one that it can look up, F5 leaves the question out.
func f5ExternalAuth(address string) (map[string]any, error) {
	if !isPlainURL(address) {
		return nil, fmt.Errorf("auth URL %q has a character that F5 NGINX would read in a way of its own", address)
	}
	service, err := clusterServiceOf(address)
	if err != nil {
		return nil, err
	}
	if service.scheme != "http" {
		return nil, errors.New("auth URL with https: to check its certificate F5 NGINX needs a Secret in every namespace; ask the Service inside the cluster with http")
	}
	question := service.path
	if service.query != "" {
		question += "?" + service.query
	}
	return map[string]any{"authURI": question, "authServiceName": service.namespace + "/" + service.name, "authServicePorts": []int{service.port}}, nil
}

// conflictsF5 finds Policies of the Ingress that authenticate too (E17).
func conflictsF5(e *endpoint.Endpoint, objects *Objects) []Flaw {
	var found []Flaw
	for _, annotation := range []string{f5Policies, f5PlusPolicies} {
		for _, policy := range objects.ingressPolicies(e.Route, annotation) {
			if policy.Item != nil && f5Authenticates(policy.Item) {
				found = append(found, Flaw{
					Rule: Conflict, Field: field(annotation), Cause: fmt.Sprintf("%s authenticates too", policy.Item.Object()),
					Remedy: "remove the entry, or the annotation that makes the Ingress private, to protect it by hand",
				})
			}
		}
	}
	return found
}

// f5Rules returns the rules of this controller.
func f5Rules() []finding.Rule {
	return []finding.Rule{f5Unasked, f5Second, f5Snippet, f5Port, f5Merged}
}
