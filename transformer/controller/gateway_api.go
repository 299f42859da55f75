package controller

import (
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
)

const gatewayGroup = "gateway.networking.k8s.io"

// gatewayAPI is any controller that has the filter ExternalAuth of HTTPRoutes, which is in the experimental channel of the Gateway API
// (https://gateway-api.sigs.k8s.io/geps/gep-1494/): Cilium 1.20, NGINX Gateway Fabric 2.7 with its experimental features. The standard
// channel refuses the filter when the route is applied.
var gatewayAPI = Controller{
	ID:               "gateway-api",
	ExternalAuth:     true,
	HTTPRoute:        routeByAppProtocol,
	ProtectHTTPRoute: protectGatewayAPI,
	Conflicts:        conflictsGatewayAPI,
	Support: Support{
		Name: "any with the filter ExternalAuth, such as Cilium 1.20", Groups: groupsInPath, SignIn: "by the answer of the auth service",
		Headers: "set by the controller", Objects: []string{"ReferenceGrant"}, Missing: "closed", Tested: testedSchema,
	},
	JudgeIngress: judgeNothing,
	ByHand:       servesRoutes,
}

// The filter, in the order of its fields.
type (
	externalAuthFilter struct {
		Type         string       `json:"type"`
		ExternalAuth authQuestion `json:"externalAuth"`
	}
	authQuestion struct {
		Protocol   string           `json:"protocol"`
		BackendRef serviceReference `json:"backendRef"`
		HTTP       httpExternalAuth `json:"http"`
	}
	httpExternalAuth struct {
		Path                   string   `json:"path"`
		AllowedHeaders         []string `json:"allowedHeaders"`
		AllowedResponseHeaders []string `json:"allowedResponseHeaders"`
	}
)

// protectGatewayAPI asks at a path that the path of the request follows: the auth service must not mind.
func protectGatewayAPI(request Request) (Changes, error) {
	service, err := routedAuthService(request)
	if err != nil {
		return Changes{}, err
	}
	filter := externalAuthFilter{"ExternalAuth", authQuestion{"HTTP", service.reference(), httpExternalAuth{service.path, askedHeaders, request.ResponseHeaders}}}
	return Changes{Filters: []any{filter}, Objects: service.grant(request.Endpoint, gatewayGroup, "HTTPRoute")}, nil
}

// conflictsGatewayAPI finds a filter of the user's that asks somebody else (E17).
func conflictsGatewayAPI(e *endpoint.Endpoint, _ *Objects) []Flaw {
	var found []Flaw
	for i, rule := range e.Route.View("spec", "rules").Elements() {
		for j, filter := range rule.Get("filters").Elements() {
			if filter.Get("type").Text() == "ExternalAuth" {
				found = append(found, Flaw{
					Rule: Conflict, Field: fmt.Sprintf("spec.rules[%d].filters[%d]", i, j), Cause: "asks an auth service too",
					Remedy: "remove the filter, or the annotation that makes the route private, to protect it by hand",
				})
			}
		}
	}
	return found
}

// routeByAppProtocol checks that a controller of a Gateway speaks to the backend of a generated HTTPRoute as it must. All know
// kubernetes.io/h2c (https://gateway-api.sigs.k8s.io/geps/gep-1911/); TLS to a backend is the business of a BackendTLSPolicy.
func routeByAppProtocol(request Request) (Changes, error) {
	backend := request.Endpoint.Backend
	switch {
	case backend == nil:
		return Changes{}, nil
	case backend.Protocol == endpoint.HTTPS:
		return Changes{}, fmt.Errorf("the controller of a Gateway does not speak %s to a backend by itself: that takes a BackendTLSPolicy", backend.Protocol)
	case backend.Protocol != endpoint.HTTP && !strings.EqualFold(backend.AppProtocol, "kubernetes.io/h2c"):
		return Changes{}, fmt.Errorf("the backend speaks %s, which the controller of a Gateway learns from appProtocol: kubernetes.io/h2c alone", backend.Protocol)
	}
	return Changes{}, nil
}

// serviceReference names a Service, in the form of the Gateway API.
type serviceReference struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	Port      int    `json:"port"`
}

func (s clusterService) reference() serviceReference {
	return serviceReference{s.name, s.namespace, s.port}
}

// The parts of a ReferenceGrant, in the order of its fields.
type (
	referenceGrant struct {
		From []grantFrom `json:"from"`
		To   []grantTo   `json:"to"`
	}
	grantFrom struct {
		Group     string `json:"group"`
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
	}
	grantTo struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
	}
)

// grant returns what lets objects of a kind in the namespace of an endpoint name a Service of another one: nothing, where it is the
// same (https://gateway-api.sigs.k8s.io/api-types/referencegrant/).
func (s clusterService) grant(e *endpoint.Endpoint, group, kind string) []Object {
	if s.namespace == e.Namespace {
		return nil
	}
	return []Object{{APIVersion: gatewayGroup + "/v1beta1", Kind: "ReferenceGrant", Namespace: s.namespace, Name: objectName(e, ""), Spec: referenceGrant{
		From: []grantFrom{{group, kind, e.Namespace}}, To: []grantTo{{"", "Service", s.name}},
	}}}
}
