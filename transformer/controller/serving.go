package controller

import (
	"cmp"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Serving tells which controller serves which class and which Gateway: the configuration does, and the IngressClass and GatewayClass
// objects of a set do.
type Serving struct {
	// controllers are the known ones by id.
	controllers map[string]Controller

	ids      map[string]string
	versions map[string]string
	// named are the ids by class and Gateway as the objects of the set say, whatever the configuration says.
	named map[string]string
	// gateways are the ids of controllers by the Gateway, named as config.Gateway.Class names it.
	gateways map[string]string
	// assumed is the class of Ingresses that name none.
	assumed string
}

// annotationDefaultClass marks the IngressClass of Ingresses without a class:
// https://kubernetes.io/docs/concepts/services-networking/ingress/#default-ingress-class.
const annotationDefaultClass = "ingressclass.kubernetes.io/is-default-class"

// NewServing reads the classes of settings, which may be nil, and of the IngressClass objects.
func NewServing(settings *config.Config, objects *Objects) Serving {
	serving := Serving{controllers: map[string]Controller{}, ids: map[string]string{}, versions: map[string]string{}, named: map[string]string{}, gateways: map[string]string{}}
	for _, known := range All() {
		serving.controllers[known.ID] = known
	}
	for _, item := range objects.OfKind("networking.k8s.io", "IngressClass") {
		if id := idOf(item.View("spec", "controller").Text(), func(c Controller) []string { return c.ClassControllers }); id != "" {
			serving.ids[item.Name()], serving.named[item.Name()] = id, id
		}
		if value, _ := item.Annotation(annotationDefaultClass); value == "true" {
			serving.assumed = item.Name()
		}
	}
	serving.readGateways(objects)
	if settings != nil && settings.Spec.Gateway != nil {
		gateway := settings.Spec.Gateway.Class()
		serving.gateways[gateway.Name], serving.versions[gateway.Name] = gateway.Controller, gateway.Version
	}
	if settings != nil {
		for _, class := range settings.Spec.IngressClasses {
			serving.ids[class.Name], serving.versions[class.Name] = class.Controller, class.Version
		}
	}
	return serving
}

// readGateways finds the controllers of the Gateways in the set, through the GatewayClasses in the set.
func (s Serving) readGateways(objects *Objects) {
	const group = "gateway.networking.k8s.io"
	classes := map[string]string{}
	for _, item := range objects.OfKind(group, "GatewayClass") {
		classes[item.Name()] = idOf(item.View("spec", "controllerName").Text(), func(c Controller) []string { return c.GatewayControllers })
	}
	for _, item := range objects.OfKind(group, "Gateway") {
		if id := classes[item.View("spec", "gatewayClassName").Text()]; id != "" {
			gateway := "Gateway " + objects.NamespaceOf(item) + "/" + item.Name()
			s.gateways[gateway], s.named[gateway] = id, id
		}
	}
}

// idOf returns the id of the controller that has a name among those that names returns, or the empty string.
func idOf(name string, names func(Controller) []string) string {
	for _, controller := range All() {
		for _, own := range names(controller) {
			if name == own || strings.HasPrefix(name, own+"/") {
				return controller.ID
			}
		}
	}
	return ""
}

// ClassOf returns the class of an Ingress: the field, the older annotation, or the class that the set makes the default. It
// is empty where there is none.
func (s Serving) ClassOf(item *manifest.Item) string {
	legacy, _ := item.Annotation("kubernetes.io/ingress.class")
	return cmp.Or(item.View("spec", "ingressClassName").Text(), legacy, s.assumed)
}

// Of returns the id of the controller that serves a class, empty where nobody says which one does.
func (s Serving) Of(class string) string { return s.ids[class] }

// Contradicts returns the id of the controller that the set gives a class, or a Gateway named as OfGateway takes it, to, where the
// configuration gives it to another one; empty where the two agree. Traefik's provider for the annotations of ingress-nginx takes the
// classes of ingress-nginx. Any controller may have the filter of gateway-api, and one that has not serves nobody.
func (s Serving) Contradicts(via string) string {
	named, configured := s.named[via], cmp.Or(s.ids[via], s.gateways[via])
	if named == configured || named == "ingress-nginx" && configured == "traefik-nginx" || configured == "gateway-api" {
		return ""
	}
	return named
}

// OfGateway returns the id of the controller that serves a Gateway, given as "Gateway namespace/name", empty where nobody says which one
// does.
func (s Serving) OfGateway(gateway string) string { return s.gateways[gateway] }

// Only returns the class that a controller serves, empty where it serves none or several. Objects that name no class, such as
// the routes of Traefik's own kinds, are then of that class.
func (s Serving) Only(id string) string {
	only := ""
	for class, served := range s.ids {
		switch {
		case served != id:
		case only != "":
			return ""
		default:
			only = class
		}
	}
	return only
}
