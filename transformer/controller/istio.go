package controller

import (
	"cmp"
	"errors"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// istio is Istio with a Gateway of the Gateway API: an AuthorizationPolicy with the action CUSTOM beside the Gateway asks a provider of the
// mesh for every request to the hosts of an endpoint (https://istio.io/latest/docs/tasks/security/authorization/authz-custom/). What the
// provider asks stands in the configuration of the mesh, the same for every host, so that it must decide by the host who may enter.
//
// Istio refuses every request of the hosts where the mesh does not have the provider.
var istio = Controller{
	ID:                 "istio",
	ClassControllers:   []string{"istio.io/ingress-controller"},
	GatewayControllers: []string{"istio.io/gateway-controller"},
	// Since then an AuthorizationPolicy may name several Gateways in targetRefs.
	Oldest:           version{1, 24},
	Assumed:          version{1, 24},
	DecodeSettings:   decodeIstio,
	HTTPRoute:        routeByAppProtocol,
	ProtectHTTPRoute: protectIstio,
	JudgeIngress:     judgeNothing,
	ByHand:           "route with an HTTPRoute, and set spec.gateway.controller: istio: no annotation makes Istio ask on an Ingress",
	Support: Support{
		Name: "Istio", Groups: "by the host, in the auth service", SignIn: "by the answer of the auth service", Headers: "as the provider of the mesh says",
		Objects: []string{"AuthorizationPolicy"}, Missing: "closed without the provider; open without the AuthorizationPolicy", Tested: testedSchema,
	},
}

// IstioSettings are the settings under the key istio of the Gateway.
type IstioSettings struct {
	// Provider is the name of an external authorizer of the mesh, in meshConfig.extensionProviders. It asks the service of auth.url,
	// which decides by the host who may enter.
	Provider string `json:"provider"`
}

func decodeIstio(class config.IngressClass, path string) (any, finding.List) {
	var settings IstioSettings
	own := path + ".istio"
	if findings := class.DecodeSettings(own, &settings); findings.HasErrors() {
		return nil, findings
	}
	if settings.Provider == "" {
		return nil, finding.List{WrongSettings.At(finding.Object{}, own+".provider", "is required", "write the name of a provider of meshConfig.extensionProviders")}
	}
	return settings, nil
}

// AskedByIstio names what an AuthorizationPolicy of a provider asks at a Gateway of the Gateway API, given as namespace/name. What the
// provider asks does not stand in the manifests.
func AskedByIstio(provider, gateway string) string {
	return "the Istio provider " + provider + " at Gateway " + gateway
}

// IstioProvider returns the provider that settings name for the Gateway; ok is false where Istio does not serve it.
func IstioProvider(settings *config.Config) (provider string, ok bool) {
	if settings.Spec.Gateway == nil || settings.Spec.Gateway.Controller != istio.ID {
		return "", false
	}
	// Settings that are not valid name none, so that no provider is the right one.
	decoded, _ := decodeIstio(settings.Spec.Gateway.Class(), "spec.gateway")
	named, _ := decoded.(IstioSettings)
	return named.Provider, true
}

const (
	istioGroup = "security.istio.io"
	istioAPI   = istioGroup + "/v1"
)

// The parts of an AuthorizationPolicy that are written, in the order of its fields.
type (
	authorizationPolicy struct {
		TargetRefs []targetReference `json:"targetRefs"`
		Action     string            `json:"action"`
		Provider   istioProvider     `json:"provider"`
		Rules      []istioRule       `json:"rules"`
	}
	istioProvider struct {
		Name string `json:"name"`
	}
	istioRule struct {
		To []istioTo `json:"to"`
	}
	istioTo struct {
		Operation istioOperation `json:"operation"`
	}
	istioOperation struct {
		Hosts []string `json:"hosts"`
		Paths []string `json:"paths,omitempty"`
	}
)

func protectIstio(request Request) (Changes, error) {
	if request.EnforcesNamespace {
		return Changes{}, errors.New("the provider of the mesh asks the same question for every host: it must decide by the host who may enter, which auth.enforcesNamespace: false says")
	}
	e := request.Endpoint
	operation := istioOperation{Paths: istioPaths(e.Route)}
	for _, host := range e.Hosts {
		// Istio compares the header Host as the client writes it, also with a port.
		operation.Hosts = append(operation.Hosts, host, host+":*")
	}
	return Changes{Objects: []Object{{APIVersion: istioAPI, Kind: "AuthorizationPolicy", Namespace: e.Gateway.Namespace, Name: objectName(e, ""), Spec: authorizationPolicy{
		TargetRefs: []targetReference{{gatewayGroup, "Gateway", e.Gateway.Name}}, Action: "CUSTOM",
		Provider: istioProvider{request.Settings.(IstioSettings).Provider}, Rules: []istioRule{{[]istioTo{{operation}}}},
	}}}}, nil
}

// istioPaths returns the paths of an HTTPRoute as an AuthorizationPolicy writes them; none where that is every path.
func istioPaths(route *manifest.Item) []string {
	var paths []string
	for _, rule := range route.View("spec", "rules").Elements() {
		matches := rule.Get("matches").Elements()
		if len(matches) == 0 {
			return nil
		}
		for _, match := range matches {
			path := cmp.Or(strings.TrimRight(match.Get("path", "value").Text(), "/"), "/")
			switch {
			case match.Get("path", "type").Text() == "Exact":
				paths = append(paths, match.Get("path", "value").Text())
			case path == "/":
				return nil
			default:
				paths = append(paths, path, path+"/*")
			}
		}
	}
	return paths
}
