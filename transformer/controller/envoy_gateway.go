package controller

import (
	"errors"
	"fmt"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// envoyGateway is Envoy Gateway: a SecurityPolicy per endpoint asks the auth service for every request to the HTTPRoute
// (https://gateway.envoyproxy.io/docs/api/extension_types/#securitypolicy). It asks with extAuth, and not with oidc, which would
// need a client and its secret in every namespace, and a second description of who may enter.
//
// A policy that is not valid, or whose auth service cannot be reached or may not be used, makes Envoy Gateway answer 500.
var envoyGateway = Controller{
	ID:                 "envoy-gateway",
	GatewayControllers: []string{"gateway.envoyproxy.io/gatewayclass-controller"},
	// The first version with pathOverride. Before, the path of the request follows the one that is asked.
	Oldest:           version{1, 8},
	Assumed:          version{1, 8},
	HTTPRoute:        routeByAppProtocol,
	ProtectHTTPRoute: protectEnvoyGateway,
	Conflicts:        conflictsEnvoyGateway,
	Support: Support{
		Name: "Envoy Gateway", Groups: groupsInPath, SignIn: "by the answer of the auth service", Headers: "set by the controller",
		Objects: []string{"SecurityPolicy", "ReferenceGrant"}, Missing: "closed: 500; open without the SecurityPolicy", Tested: testedSchema,
	},
	JudgeIngress: judgeNothing,
	ByHand:       servesRoutes,
}

const (
	envoyGroup  = "gateway.envoyproxy.io"
	envoyAPI    = envoyGroup + "/v1alpha1"
	envoyPolicy = "SecurityPolicy"
)

// askedHeaders are the headers of a request that the auth service gets beside its method and host. Others that tell where a request
// came from are the client's own word.
var askedHeaders = []string{"Cookie", "Accept", "X-Forwarded-Proto"}

// The parts of a SecurityPolicy that are written, in the order of its fields.
type (
	securityPolicy struct {
		TargetRefs []targetReference `json:"targetRefs"`
		ExtAuth    extAuth           `json:"extAuth"`
	}
	targetReference struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
	}
	extAuth struct {
		FailOpen         bool        `json:"failOpen"`
		HeadersToExtAuth []string    `json:"headersToExtAuth"`
		HTTP             httpExtAuth `json:"http"`
	}
	httpExtAuth struct {
		BackendRefs      []serviceReference `json:"backendRefs"`
		PathOverride     string             `json:"pathOverride"`
		HeadersToBackend []string           `json:"headersToBackend"`
	}
)

func protectEnvoyGateway(request Request) (Changes, error) {
	service, err := routedAuthService(request)
	if err != nil {
		return Changes{}, err
	}
	e := request.Endpoint
	policy := Object{APIVersion: envoyAPI, Kind: envoyPolicy, Name: objectName(e, ""), Spec: securityPolicy{
		TargetRefs: []targetReference{{gatewayGroup, e.Route.Kind(), e.Name}},
		ExtAuth: extAuth{HeadersToExtAuth: askedHeaders, HTTP: httpExtAuth{
			BackendRefs: []serviceReference{service.reference()}, PathOverride: service.path, HeadersToBackend: request.ResponseHeaders,
		}},
	}}
	return Changes{Objects: append([]Object{policy}, service.grant(e, envoyGroup, envoyPolicy)...)}, nil
}

// conflictsEnvoyGateway finds another SecurityPolicy for the HTTPRoute: of two, Envoy Gateway follows the older one (E17).
func conflictsEnvoyGateway(e *endpoint.Endpoint, objects *Objects) []Flaw {
	var found []Flaw
	for _, item := range objects.envoyPoliciesFor(e.Namespace) {
		if objects.NamespaceOf(item) == e.Namespace && item.Name() == objectName(e, "") {
			continue
		}
		if verb := isAbout(item, objects.NamespaceOf(item), e); verb != "" {
			found = append(found, Flaw{
				Rule: Conflict, Cause: fmt.Sprintf("%s %s about this HTTPRoute too, and the older of two policies counts", item.Object(), verb),
				Remedy: "remove the policy, or name the Gateway in it and write its mergeType, or the annotation that makes the route private, to protect it by hand",
			})
		}
	}
	return found
}

// isAbout says whether a policy of a namespace is, or may be, about the HTTPRoute of an endpoint, by its name or its labels. It returns
// the verb, empty where the policy is not.
func isAbout(policy *manifest.Item, namespace string, e *endpoint.Endpoint) string {
	for _, target := range append(policy.View("spec", "targetRefs").Elements(), policy.View("spec", "targetRef")) {
		if namespace == e.Namespace && target.Get("kind").Text() == e.Route.Kind() && target.Get("name").Text() == e.Name {
			return "is"
		}
	}
	verb := ""
	for _, selector := range policy.View("spec", "targetSelectors").Elements() {
		switch EnvoySelects(selector, namespace, e.Route.Kind(), e.Namespace, e.Route) {
		case Selected:
			return "is"
		case MaybeSelected:
			verb = "may be"
		}
	}
	return verb
}

// routedAuthService returns the auth service as a controller of a Gateway reaches it: a Service of the cluster, asked at a path without
// a query. Envoy lets a request through on status 200 alone, and the /oauth2/auth of oauth2-proxy answers 202.
func routedAuthService(request Request) (clusterService, error) {
	service, err := clusterServiceOf(request.AuthURL)
	switch {
	case err != nil:
		return clusterService{}, err
	case service.scheme != "http":
		return clusterService{}, errors.New("auth.url must begin with http:// here: the controller of the Gateway would need a BackendTLSPolicy to ask over TLS")
	case service.query != "":
		return clusterService{}, errors.New("the question must stand in the path of auth.url here, with {namespace} or {groups}, and be answered with 200: oauth2-proxy takes it as a query, and answers 202, which counts as a refusal")
	}
	return service, nil
}
