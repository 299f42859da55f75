// Package config is the configuration of the program: the functionConfig of kind PrivateEndpoints, its defaults, and the
// checks that every value must pass before anything is written from it.
package config

import (
	"encoding/json"
	"slices"
)

// The identity of the functionConfig.
const (
	// Domain is the domain of the program's own API group, annotations and sentinel.
	Domain = "private-endpoints.dev"
	// APIVersion is the apiVersion of the functionConfig.
	APIVersion = Domain + "/v1alpha1"
	// Kind is the kind of the functionConfig.
	Kind = "PrivateEndpoints"
	// SentinelClass is the ingress class that no controller serves: the closed way to write a private Ingress.
	SentinelClass = Domain
)

// ControllerIDs are the controllers that a class can name. Package controller knows which of them are supported.
var ControllerIDs = []string{
	"ingress-nginx", "traefik", "traefik-nginx", "haproxy-ingress", "f5-nginx", "envoy-gateway", "gateway-api", "istio",
	"contour", "apisix", "skipper", "pomerium", "aws-alb", "gke", "emissary", "kong", "higress", "haproxytech", "cilium", "application-gateway",
	"kgateway", "nginx-gateway-fabric",
}

// Config is the functionConfig.
type Config struct {
	// APIVersion is private-endpoints.dev/v1alpha1.
	APIVersion string `json:"apiVersion"`
	// Kind is PrivateEndpoints.
	Kind string `json:"kind"`
	// Metadata is free: hosts add annotations, and layers rename.
	Metadata map[string]any `json:"metadata,omitempty"`
	// Spec says how endpoints are made and protected.
	Spec Spec `json:"spec"`
}

// Spec says how endpoints are made and protected.
type Spec struct {
	// AnnotationDomain is the domain of the intent annotations. Default: dev.okteto.com.
	AnnotationDomain string `json:"annotationDomain,omitempty" jsonschema:"default=dev.okteto.com"`
	// Subdomain is the domain under which hosts are generated: <service>-<namespace>.<subdomain>.
	Subdomain string `json:"subdomain,omitempty"`
	// DefaultNamespace is the namespace of objects that have none. An object without any is an error.
	DefaultNamespace string `json:"defaultNamespace,omitempty"`
	// IngressClasses say which controller serves which class; the first is used for what is generated.
	// It may be empty where gateway is set.
	IngressClasses []IngressClass `json:"ingressClasses,omitempty"`
	// Gateway makes HTTPRoutes of this Gateway, instead of Ingresses, for Services that choose no ingress class.
	Gateway *Gateway `json:"gateway,omitempty" jsonschema:"nullable"`
	// TLS says where the certificates of Ingresses come from; exactly one of its fields is set. Those of a Gateway are its
	// listener's business.
	TLS TLS `json:"tls,omitempty"`
	// Auth is the auth service that is asked for every request.
	Auth Auth `json:"auth"`
	// Access says which groups may enter.
	Access Access `json:"access"`
	// Services says what happens to Services that are open by their type.
	Services Services `json:"services,omitempty"`
	// Hosts restricts hosts.
	Hosts Hosts `json:"hosts,omitempty"`
	// Links are links to the endpoints in other tools.
	Links Links `json:"links,omitempty"`
	// Placeholders says whether Flux variables such as ${DOMAIN} may stand in this configuration: none or flux. Default:
	// none.
	Placeholders string `json:"placeholders,omitempty" jsonschema:"enum=none,enum=flux,default=none"`
	// AssumeWhole says that the set is whole, whatever it looks like. Default: false.
	AssumeWhole bool `json:"assumeWhole,omitempty"`
	// NetworkPolicy generates NetworkPolicies for the Pods of private endpoints: they admit their own namespace and the ingress
	// controller alone. None are generated when it is not set.
	NetworkPolicy *NetworkPolicy `json:"networkPolicy,omitempty" jsonschema:"nullable"`
	// Verify says what a way around the protection does.
	Verify Verify `json:"verify,omitempty"`
}

// IngressClass names the controller that serves a class.
type IngressClass struct {
	// Name is the class, as Ingresses write it.
	Name string `json:"name"`
	// Controller is the id of the controller.
	Controller string `json:"controller"`
	// Version is the controller's version, such as "3.7"; one that the configuration reference names when it is not set.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[0-9]+\\.[0-9]+(\\.[0-9]+)?$"`
	// Settings is what stands under the key with the controller's id; nil when there is none. Its type belongs to the
	// controller.
	Settings json.RawMessage `json:"-"`
}

// Gateway names the Gateway of generated routes.
type Gateway struct {
	// Name of the Gateway.
	Name string `json:"name"`
	// Namespace of the Gateway.
	Namespace string `json:"namespace"`
	// SectionName is its listener, which must be one with TLS. All of its listeners when it is not set.
	SectionName string `json:"sectionName,omitempty"`
	// Controller is the id of the controller that serves it.
	Controller string `json:"controller"`
	// Version is the controller's version, such as "3.7"; one that the configuration reference names when it is not set.
	Version string `json:"version,omitempty" jsonschema:"pattern=^[0-9]+\\.[0-9]+(\\.[0-9]+)?$"`
	// Settings is what stands under the key with the controller's id; nil when there is none. Its type belongs to the
	// controller.
	Settings json.RawMessage `json:"-"`
}

// Class returns the Gateway in the form of an ingress class, whose name no IngressClass can have.
func (g Gateway) Class() IngressClass {
	return IngressClass{Name: "Gateway " + g.Namespace + "/" + g.Name, Controller: g.Controller, Version: g.Version, Settings: g.Settings}
}

// TLS says where the certificates of endpoints come from.
type TLS struct {
	// SecretName is a Secret with a wildcard certificate in each endpoint's namespace.
	SecretName string `json:"secretName,omitempty"`
	// ClusterIssuer is a ClusterIssuer of cert-manager; each endpoint gets a Secret of its own.
	ClusterIssuer string `json:"clusterIssuer,omitempty"`
	// ControllerDefault says that the controller has a certificate of its own for every endpoint.
	ControllerDefault bool `json:"controllerDefault,omitempty"`
}

// Auth is the auth service.
type Auth struct {
	// URL is asked for every request. {namespace} and {groups} in its path are filled in; otherwise the groups are added
	// as the query allowed_groups.
	URL string `json:"url"`
	// SignInURL is where a browser is sent to sign in.
	SignInURL string `json:"signInURL,omitempty"`
	// ResponseHeaders are headers of the auth service's answer that the backend gets. Default: X-Auth-Request-User,
	// X-Auth-Request-Email, X-Auth-Request-Groups.
	ResponseHeaders []string `json:"responseHeaders,omitempty" jsonschema:"minItems=1,default=X-Auth-Request-User,default=X-Auth-Request-Email,default=X-Auth-Request-Groups"`
	// EnforcesNamespace is false for an auth service that decides by host name: then who may enter is not in the manifests.
	// Default: true.
	EnforcesNamespace *bool `json:"enforcesNamespace,omitempty" jsonschema:"default=true"`
}

// Access says which groups may enter the endpoints of a namespace; {namespace} in a group is filled in.
type Access struct {
	// Groups may enter; a member of any of them is let in.
	Groups []string `json:"groups" jsonschema:"minItems=1"`
	// Namespaces override Groups for single namespaces.
	Namespaces map[string]NamespaceAccess `json:"namespaces,omitempty"`
}

// NamespaceAccess is the access to one namespace.
type NamespaceAccess struct {
	// Groups may enter.
	Groups []string `json:"groups" jsonschema:"minItems=1"`
}

// Values of spec.services.convertLoadBalancers.
const (
	// ConvertPrivate makes private Services ClusterIP.
	ConvertPrivate = "private"
	// ConvertAll makes an endpoint of every Service of type LoadBalancer or NodePort, as Okteto does.
	ConvertAll = "all"
	// ConvertNever makes a private Service of these types an error.
	ConvertNever = "never"
)

// Services says what happens to Services of type LoadBalancer and NodePort.
type Services struct {
	// ConvertLoadBalancers is private, all or never. Default: private.
	ConvertLoadBalancers string `json:"convertLoadBalancers,omitempty" jsonschema:"enum=private,enum=all,enum=never,default=private"`
}

// Hosts restricts the hosts of Ingresses.
type Hosts struct {
	// EnforceSuffix holds every host of the listed classes to <namespace>.<subdomain> or -<namespace>.<subdomain>. Default:
	// false.
	EnforceSuffix bool `json:"enforceSuffix,omitempty"`
}

// Links are links to endpoints in other tools.
type Links struct {
	// ArgoCD gives every endpoint an annotation from which Argo CD makes a link, with a lock where the endpoint is private. Default:
	// false.
	ArgoCD bool `json:"argocd,omitempty"`
}

// NetworkPolicy describes the ingress controller to a NetworkPolicy.
type NetworkPolicy struct {
	// IngressController selects the Pods of the ingress controller.
	IngressController PodPeer `json:"ingressController"`
}

// PodPeer selects Pods by the labels of their namespace and their own.
type PodPeer struct {
	// NamespaceSelector selects namespaces.
	NamespaceSelector LabelSelector `json:"namespaceSelector"`
	// PodSelector selects Pods.
	PodSelector LabelSelector `json:"podSelector,omitempty"`
}

// LabelSelector selects by labels.
type LabelSelector struct {
	// MatchLabels must all match.
	MatchLabels map[string]string `json:"matchLabels,omitempty"`
}

// Values of spec.placeholders.
const (
	// PlaceholdersNone refuses Flux variables.
	PlaceholdersNone = "none"
	// PlaceholdersFlux lets them stand in hosts and in tls.secretName.
	PlaceholdersFlux = "flux"
)

// Values of spec.verify.mode.
const (
	// VerifyEnforce fails on a way around the protection.
	VerifyEnforce = "enforce"
	// VerifyWarn only warns of it.
	VerifyWarn = "warn"
	// VerifyOff does not look for it.
	VerifyOff = "off"
)

// Verify governs the verifier inside the function.
type Verify struct {
	// Mode is enforce, warn or off. Default: enforce.
	Mode string `json:"mode,omitempty" jsonschema:"enum=enforce,enum=warn,enum=off,default=enforce"`
}

// Class returns the listed class with a name.
func (c *Config) Class(name string) (IngressClass, bool) {
	index := slices.IndexFunc(c.Spec.IngressClasses, func(class IngressClass) bool { return class.Name == name })
	if index < 0 {
		return IngressClass{}, false
	}
	return c.Spec.IngressClasses[index], true
}

// EnforcesNamespace says whether the auth URL decides who may enter, as opposed to the auth service alone.
func (c *Config) EnforcesNamespace() bool {
	enforces := c.Spec.Auth.EnforcesNamespace
	return enforces == nil || *enforces
}

// setDefaults fills in what is not set.
func (c *Config) setDefaults() {
	defaults := []struct {
		field *string
		value string
	}{
		{&c.Spec.AnnotationDomain, "dev.okteto.com"},
		{&c.Spec.Services.ConvertLoadBalancers, ConvertPrivate},
		{&c.Spec.Placeholders, PlaceholdersNone},
		{&c.Spec.Verify.Mode, VerifyEnforce},
	}
	for _, d := range defaults {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.Spec.Auth.ResponseHeaders == nil {
		c.Spec.Auth.ResponseHeaders = []string{"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups"}
	}
}
