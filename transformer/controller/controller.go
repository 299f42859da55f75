// Package controller knows ingress controllers: how each of them asks an auth service before it lets a request through,
// and what defeats that. One file per controller holds everything that is known about it.
package controller

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Controller is one ingress controller: data, and one function that protects.
type Controller struct {
	// ID is the name of the controller in spec.ingressClasses.
	ID string
	// Oldest is the oldest version that can protect, and Assumed the one that runs where a class declares none.
	Oldest, Assumed version
	// DecodeSettings reads the controller's own settings of a class, which stands at path in the configuration, and checks
	// them. The result is handed on as Request.Settings. It is nil where the controller has no settings.
	DecodeSettings func(class config.IngressClass, path string) (any, finding.List)
	// Route returns what an Ingress of any endpoint needs, private or public, to be served over TLS and to speak to its
	// backend. The error says what the controller cannot do.
	Route func(Request) (Changes, error)
	// Protect returns what makes every route of a private endpoint ask the auth service. The error says why it cannot.
	Protect func(Request) (Changes, error)
	// HTTPRoute and ProtectHTTPRoute are Route and Protect for an endpoint whose Route is an HTTPRoute of a Gateway that the controller
	// serves.
	HTTPRoute, ProtectHTTPRoute func(Request) (Changes, error)
	// Conflicts finds settings of a private endpoint that authenticate beside ours (E17). It may be nil.
	Conflicts func(*endpoint.Endpoint, *Objects) []Flaw
	// ExternalAuth says that the controller has the filter ExternalAuth of HTTPRoutes (GEP-1494).
	ExternalAuth bool
	// GatewayControllers are the names that the controller has in spec.controllerName of a GatewayClass.
	GatewayControllers []string
	// ClassControllers are the names that the controller has in spec.controller of an IngressClass. One may be followed by a
	// slash and the name of an instance.
	ClassControllers []string
	// ByHand says what makes a route ask somebody where this version does not protect with the controller.
	ByHand string
	// Support is what people want to know who choose a controller. Of one that this version does not protect with, it has the name alone.
	Support Support
	// JudgeIngress reads what an Ingress of its class says about who may pass, as the controller does.
	JudgeIngress func(*manifest.Item, Context) Judgement
	// Overwrites returns the headers, in lower case, that clients cannot write on an Ingress where an annotation of it alone says so. It is
	// nil where the controller decides by itself.
	Overwrites func(*manifest.Item) []string
}

// Supported says whether this version protects an Ingress with the controller. The others are known, so that what they serve can be
// judged.
func (c Controller) Supported() bool { return c.Protect != nil }

// SupportsHTTPRoutes says whether this version protects an HTTPRoute with the controller.
func (c Controller) SupportsHTTPRoutes() bool { return c.ProtectHTTPRoute != nil }

// HasExternalAuth says whether the controller with an id has the filter ExternalAuth of HTTPRoutes.
func HasExternalAuth(id string) bool {
	return slices.ContainsFunc(All(), func(c Controller) bool { return c.ID == id && c.ExternalAuth })
}

// Request is what a controller is asked to do for one endpoint.
type Request struct {
	Endpoint *endpoint.Endpoint
	// AuthURL is asked for every request; the constraint on groups is part of it.
	AuthURL string
	// EnforcesNamespace says that AuthURL tells who may enter; else the auth service decides by the host.
	EnforcesNamespace bool
	// SignInURL is where a browser is sent; it may be empty.
	SignInURL string
	// ResponseHeaders are the headers of the auth service's answer that the backend gets.
	ResponseHeaders []string
	// Settings is the result of DecodeSettings.
	Settings any
	// Version is the declared version of the controller, or the assumed one.
	Version version
}

// Changes is what a controller needs written for one endpoint.
type Changes struct {
	// Annotations of the Ingress have one value. The user's own other value is an error: two sources of truth (E17).
	Annotations map[string]string
	// Defaults are annotations of the Ingress that give way to the user's.
	Defaults map[string]string
	// Lists are annotations of the Ingress that hold a comma-separated list; the entries go to its front.
	Lists map[string][]string
	// ServiceDefaults are annotations of the backend that give way to the user's.
	ServiceDefaults map[string]string
	// Filters go to the front of the filters of every rule of an HTTPRoute.
	Filters []any
	// Objects are written beside the Route.
	Objects []Object
}

// Object is an object that a controller needs beside the Route. It belongs to one endpoint, and lives in its namespace unless it says
// otherwise.
type Object struct {
	APIVersion, Kind, Namespace, Name string
	Spec                              any
}

// All returns every known controller, in the order of the documentation.
func All() []Controller {
	return append([]Controller{
		ingressNginx, traefik, traefikNginx, haproxyIngress, f5Nginx, envoyGateway, gatewayAPI, istio, contour, apisix, skipper, pomerium, awsALB, gke, emissary,
	}, unprotecting...)
}

// Classes are the classes of a configuration, and its Gateway, by name, with what their controllers need to know. They come from Resolve.
type Classes map[string]class

type class struct {
	Controller

	settings any
	version  version
}

// Resolve finds the controllers of the classes and of the Gateway of a configuration. It reports each of which the controller cannot be
// used as it is configured.
func Resolve(settings *config.Config) (Classes, finding.List) {
	classes := Classes{}
	var findings finding.List
	for i, configured := range settings.Spec.IngressClasses {
		findings = append(findings, classes.resolve(configured, fmt.Sprintf("spec.ingressClasses[%d]", i), "endpoints", Controller.Supported)...)
	}
	if gateway := settings.Spec.Gateway; gateway != nil {
		findings = append(findings, classes.resolve(gateway.Class(), "spec.gateway", "HTTPRoutes", Controller.SupportsHTTPRoutes)...)
	}
	return classes, findings
}

// resolve adds a class, which stands at path in the configuration, and whose controller must be one that can protect what it serves.
func (c Classes) resolve(configured config.IngressClass, path, served string, supported func(Controller) bool) finding.List {
	var ids []string
	remedy := ""
	for _, known := range All() {
		if !supported(known) {
			if known.ID == configured.Controller && known.ByHand != "" {
				remedy = known.ByHand + "; "
			}
			continue
		}
		if known.ID != configured.Controller {
			ids = append(ids, known.ID)
			continue
		}
		running, findings := known.running(configured, path)
		own, problems := known.settings(configured, path)
		c[configured.Name] = class{known, own, running}
		return append(findings, problems...)
	}
	return finding.List{Unsupported.At(finding.Object{}, path+".controller",
		fmt.Sprintf("controller %q cannot protect %s in this version", configured.Controller, served), remedy+"supported are "+strings.Join(ids, ", "))}
}

func (c Controller) settings(class config.IngressClass, path string) (any, finding.List) {
	if c.DecodeSettings != nil {
		return c.DecodeSettings(class, path)
	}
	if class.Settings != nil {
		return nil, finding.List{WrongSettings.At(finding.Object{}, path+"."+c.ID, c.ID+" has no settings", "remove them")}
	}
	return nil, nil
}

// Apply completes the Route of every endpoint of plan and protects the private ones. An endpoint for which something is
// wrong is reported; the set must then not be written.
func (c Classes) Apply(plan *endpoint.Plan, settings *config.Config) finding.List {
	var findings finding.List
	objects := Index(plan.Set, plan.EffectiveNamespace)
	for _, e := range plan.Endpoints {
		findings = append(findings, c.apply(e, objects, settings)...)
	}
	return findings
}

func (c Classes) apply(e *endpoint.Endpoint, objects *Objects, settings *config.Config) finding.List {
	class, ok := c[e.Class.Name]
	if !ok {
		return finding.List{Unsupported.At(e.Object(), "spec.ingressClassName", fmt.Sprintf("class %q has no controller", e.Class.Name), "list it with its controller")}
	}
	route, protect := class.Route, class.Protect
	if e.Gateway != nil {
		route, protect = class.HTTPRoute, class.ProtectHTTPRoute
	}
	request, findings := class.request(e, settings)
	if findings.HasErrors() {
		return findings
	}
	changes, err := route(request)
	if err != nil {
		return append(findings, Unroutable.At(e.Object(), "", err.Error(), "choose another port with "+endpoint.AnnotationPort+", or another controller"))
	}
	findings = append(findings, write(e, changes)...)
	if !e.Private {
		return findings
	}
	if class.Conflicts != nil {
		for _, flaw := range class.Conflicts(e, objects) {
			findings = append(findings, flaw.Finding(e.Object()))
		}
	}
	if changes, err = protect(request); err != nil {
		return append(findings, Unprotectable.At(e.Object(), "", err.Error(), "correct the value in the configuration"))
	}
	return append(findings, write(e, changes)...)
}

// write edits the objects of an endpoint and reports where the user has decided otherwise.
func write(e *endpoint.Endpoint, changes Changes) finding.List {
	var findings finding.List
	for _, key := range slices.Sorted(maps.Keys(changes.Annotations)) {
		value := changes.Annotations[key]
		if present, ok := e.Route.Annotation(key); ok && present != value {
			findings = append(findings, Conflict.At(e.Object(), field(key), fmt.Sprintf("%q is not what this endpoint needs: %q", present, value),
				"remove the annotation, or the annotation that makes the Ingress private, to protect it by hand"))
			continue
		}
		e.Additions.Annotation(key, value)
	}
	for _, key := range slices.Sorted(maps.Keys(changes.Lists)) {
		e.Additions.First(key, changes.Lists[key]...)
	}
	for _, key := range slices.Sorted(maps.Keys(changes.Defaults)) {
		if _, ok := e.Route.Annotation(key); !ok {
			e.Additions.Annotation(key, changes.Defaults[key])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(changes.ServiceDefaults)) {
		if _, ok := e.Source.Annotation(key); !ok {
			e.Backend.Additions.Annotation(key, changes.ServiceDefaults[key])
		}
	}
	e.Additions.Filters(changes.Filters...)
	for _, object := range changes.Objects {
		if err := e.Generate(object.APIVersion, object.Kind, object.Namespace, object.Name, object.Spec); err != nil {
			findings = append(findings, Unprotectable.At(e.Object(), "", err.Error(), "correct the object's metadata"))
		}
	}
	return findings
}

func field(key string) string { return "metadata.annotations[" + key + "]" }

func (c class) request(e *endpoint.Endpoint, settings *config.Config) (Request, finding.List) {
	request := Request{
		Endpoint: e, SignInURL: settings.Spec.Auth.SignInURL, ResponseHeaders: settings.Spec.Auth.ResponseHeaders, Settings: c.settings, Version: c.version,
	}
	if !e.Private {
		return request, nil
	}
	address, err := AuthURL(settings, e.Namespace)
	if err != nil {
		return Request{}, finding.List{WrongGroups.At(e.Object(), "metadata.namespace", err.Error(), "set spec.access.namespaces."+e.Namespace+".groups in the configuration, or map the claim in the identity provider")}
	}
	request.AuthURL, request.EnforcesNamespace = address, settings.EnforcesNamespace()
	if settings.EnforcesNamespace() {
		return request, nil
	}
	return request, finding.List{NotEnforced.At(e.Object(), "", "who may enter is decided by the auth service alone, not by these manifests",
		"give each private host its own rule in the auth service")}
}
