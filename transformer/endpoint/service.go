package endpoint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// convertsFrom returns the type of a Service without intent where the configuration makes an endpoint of every Service that
// is open by its type, and the type that such a Service had before an earlier run converted it (E6). It is empty for any
// other Service; a plain "false" keeps one out.
func (p *Plan) convertsFrom(item *manifest.Item, intent intent, recorded map[string]string) string {
	if p.settings.Spec.Services.ConvertLoadBalancers != config.ConvertAll || intent.saysNo {
		return ""
	}
	if present := item.View("spec", "type").Text(); isOpenType(corev1.ServiceType(present)) {
		return present
	}
	return recorded[recordType]
}

func isOpenType(serviceType corev1.ServiceType) bool {
	return serviceType == corev1.ServiceTypeLoadBalancer || serviceType == corev1.ServiceTypeNodePort
}

// expandService makes the Ingress or HTTPRoute of a Service (E1).
func (p *Plan) expandService(source source) {
	item := source.item
	service := &corev1.Service{}
	if err := item.Decode(service); err != nil {
		p.findings = append(p.findings, unreadable(item, err))
		return
	}
	if !p.checkType(item, service.Spec.Type) {
		return
	}
	namespace, hasNamespace := p.namespaceOf(item)
	choice, hasPort := p.portOf(item, service, source.intent.port)
	class, gateway, hasClass := p.classOfService(item, source.intent.class)
	if !p.convertService(source, service) || !hasNamespace || !hasPort || !hasClass {
		return
	}
	host, err := computeHost(p.settings, service.Name, namespace)
	if err != nil {
		p.report(InvalidHost, item, "metadata.name", err.Error(), hostRemedy(p.settings, "rename the Service, or write an Ingress with a host of its own"))
		return
	}
	endpoint := &Endpoint{
		Source: item, Private: source.intent.private, Namespace: namespace, Name: service.Name,
		Class: class, Gateway: gateway, Hosts: []string{host}, Paths: []string{"/"},
		Backend: newBackend(item, choice),
	}
	if source.convertedFrom != "" {
		endpoint.Backend.Additions.remember(recordType, source.convertedFrom)
	}
	if err := p.build(endpoint); err != nil {
		p.findings = append(p.findings, unreadable(item, err))
		return
	}
	if !p.claim(endpoint, host, "/ "+string(networkingv1.PathTypePrefix), "metadata.name") {
		return
	}
	p.add(endpoint, host)
	p.reportService(endpoint, choice)
}

// checkType refuses a Service that is an alias, and one of a type that nobody knows: it may be open.
func (p *Plan) checkType(item *manifest.Item, serviceType corev1.ServiceType) bool {
	switch serviceType {
	case "", corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer:
		return true
	case corev1.ServiceTypeExternalName:
		p.report(WrongServiceType, item, "spec.type", "an ExternalName Service is only an alias: nothing here can be protected", "annotate the Service that it names, or write an Ingress in that namespace")
	default:
		p.report(WrongServiceType, item, "spec.type", fmt.Sprintf("%q is not a type of Service", serviceType), "write type: ClusterIP")
	}
	return false
}

func hostRemedy(settings *config.Config, remedy string) string {
	if settings.Spec.Subdomain == "" {
		return "set spec.subdomain to the domain under which the endpoints live"
	}
	return remedy
}

func (p *Plan) portOf(item *manifest.Item, service *corev1.Service, wanted string) (portChoice, bool) {
	choice, err := choosePort(service.Spec.Ports, wanted)
	if err == nil {
		return choice, true
	}
	field, remedy := "spec.ports", "choose a port with "+AnnotationPort+": <name or number>"
	if wanted != "" {
		field, remedy = annotationField(AnnotationPort), "write the name or number of one of its ports"
	}
	p.report(NoPort, item, field, err.Error(), remedy)
	return portChoice{}, false
}

// classOfService returns the class of a Service's Ingress: the one that it names, or the first of the list (E9). A Service
// that names none has an HTTPRoute where a Gateway is configured (E1).
func (p *Plan) classOfService(item *manifest.Item, name string) (config.IngressClass, *config.Gateway, bool) {
	gateway := p.settings.Spec.Gateway
	switch {
	case name == "" && gateway != nil:
		return gateway.Class(), gateway, true
	case name == "":
		return p.settings.Spec.IngressClasses[0], nil, true
	}
	class, listed := p.settings.Class(name)
	if !listed {
		p.report(WrongClass, item, annotationField(AnnotationIngressClass), fmt.Sprintf("class %q is not listed", name), p.listedClasses())
	}
	return class, nil, listed
}

// convertService takes a private Service off every way that leads around the ingress controller (E6).
func (p *Plan) convertService(source source, service *corev1.Service) bool {
	item, mode := source.item, p.settings.Spec.Services.ConvertLoadBalancers
	open := isOpenType(service.Spec.Type)
	if source.intent.private && open && mode == config.ConvertNever {
		p.report(WrongServiceType, item, "spec.type", fmt.Sprintf("a private Service of type %s is reachable without sign-in", service.Spec.Type), "write type: ClusterIP, or set spec.services.convertLoadBalancers: private")
		return false
	}
	if !source.intent.private && mode != config.ConvertAll {
		if namesSentinelClass(service) {
			p.refuseSentinel(item, serviceKind)
			return false
		}
		if open {
			p.report(PublicLoadBalancer, item, "spec.type", fmt.Sprintf("the Service stays reachable as %s beside its endpoint", service.Spec.Type), "write type: ClusterIP, or set spec.services.convertLoadBalancers: all")
		}
		return true
	}
	p.warnOpenService(source, service)
	if err := p.closeService(source, service, open); err != nil {
		p.findings = append(p.findings, unreadable(item, err))
		return false
	}
	return true
}

// warnOpenService shows the closed way to write a private Service that is open until this function has run.
func (p *Plan) warnOpenService(source source, service *corev1.Service) {
	if !source.intent.private {
		return
	}
	switch {
	case service.Spec.Type == corev1.ServiceTypeLoadBalancer && IsClosed(source.item.View("spec")):
	case service.Spec.Type == corev1.ServiceTypeLoadBalancer && namesSentinelClass(service):
		p.report(OpenSource, source.item, "spec.allocateLoadBalancerNodePorts", "the node ports of the LoadBalancer are open wherever this function is skipped",
			"write type: ClusterIP, or allocateLoadBalancerNodePorts: false, without nodePort, beside the class")
	case service.Spec.Type == corev1.ServiceTypeLoadBalancer:
		p.report(OpenSource, source.item, "spec.type", "the LoadBalancer is open wherever this function is skipped",
			"write type: ClusterIP, or loadBalancerClass: "+config.SentinelClass+" with allocateLoadBalancerNodePorts: false")
	case service.Spec.Type == corev1.ServiceTypeNodePort:
		p.report(OpenSource, source.item, "spec.type", "the NodePort is open wherever this function is skipped", "write type: ClusterIP")
	}
	if len(service.Spec.ExternalIPs) > 0 {
		p.report(OpenSource, source.item, "spec.externalIPs", "the addresses are open wherever this function is skipped", "remove spec.externalIPs")
	}
}

// IsClosed says whether the spec of a Service of type LoadBalancer is written in the closed way: no controller takes its class, and it has
// no node ports, which the API server allocates for every class unless it is told not to
// (https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-nodeport-allocation).
func IsClosed(spec manifest.View) bool {
	return spec.Get("loadBalancerClass").Text() == config.SentinelClass && spec.Get("allocateLoadBalancerNodePorts").Text() == "false" &&
		!slices.ContainsFunc(spec.Get("ports").Elements(), func(port manifest.View) bool { return port.Get("nodePort").Exists() })
}

func namesSentinelClass(service *corev1.Service) bool {
	class := service.Spec.LoadBalancerClass
	return class != nil && *class == config.SentinelClass
}

// openFields are the fields that a ClusterIP Service cannot have or must not have.
var openFields = []string{
	"externalTrafficPolicy", "healthCheckNodePort", "allocateLoadBalancerNodePorts",
	"loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges",
}

func (p *Plan) closeService(source source, service *corev1.Service, open bool) error {
	item := source.item
	var removed []string
	remove := func(parent manifest.View, path ...string) error {
		name := path[len(path)-1]
		if !parent.Get(name).Exists() {
			return nil
		}
		removed = append(removed, name)
		return item.Delete(path...)
	}
	spec := item.View("spec")
	var problems []error
	if open {
		problems = append(problems, item.Set(string(corev1.ServiceTypeClusterIP), "spec", "type"))
		for i, port := range item.View("spec", "ports").Elements() {
			problems = append(problems, remove(port, "spec", "ports", index(i), "nodePort"))
		}
	}
	// Without its external addresses a Service is as closed as a converted one, and the API server refuses the same fields.
	if open || source.intent.private && (len(service.Spec.ExternalIPs) > 0 || namesSentinelClass(service)) {
		for _, name := range openFields {
			problems = append(problems, remove(spec, "spec", name))
		}
	}
	if source.intent.private {
		problems = append(problems, remove(spec, "spec", "externalIPs"))
	}
	slices.Sort(removed)
	p.reportConversion(item, service.Spec.Type, open, slices.Compact(removed))
	return errors.Join(problems...)
}

func (p *Plan) reportConversion(item *manifest.Item, from corev1.ServiceType, converted bool, removed []string) {
	switch {
	case converted && len(removed) > 0:
		p.report(Converted, item, "spec.type", fmt.Sprintf("%s becomes ClusterIP, without %s", from, strings.Join(removed, ", ")), "")
	case converted:
		p.report(Converted, item, "spec.type", fmt.Sprintf("%s becomes ClusterIP", from), "")
	default:
		for _, name := range removed {
			p.report(Converted, item, "spec."+name, "removed", "")
		}
	}
}

func newBackend(item *manifest.Item, choice portChoice) *Backend {
	backend := &Backend{Port: choice.port.Port, PortName: choice.port.Name, Protocol: choice.protocol, Additions: newAdditions(item, false)}
	if choice.port.AppProtocol != nil {
		backend.AppProtocol = *choice.port.AppProtocol
	}
	return backend
}

// build builds the one object that routes to a Service.
func (p *Plan) build(endpoint *Endpoint) error {
	if endpoint.Gateway != nil {
		return endpoint.buildHTTPRoute()
	}
	return endpoint.buildIngress(p.settings, p.freeSecretName(endpoint, endpoint.Hosts))
}

// buildIngress builds the one Ingress of a Service. It has a class, a host and TLS, and no protection yet. secretName is for
// the certificate of an issuer.
func (e *Endpoint) buildIngress(settings *config.Config, secretName string) error {
	prefix, class := networkingv1.PathTypePrefix, e.Class.Name
	ingress := networkingv1.Ingress{
		TypeMeta:   metav1.TypeMeta{APIVersion: networkingv1.SchemeGroupVersion.String(), Kind: "Ingress"},
		ObjectMeta: e.generatedMetadata(e.Name),
		Spec: networkingv1.IngressSpec{
			IngressClassName: &class,
			Rules: []networkingv1.IngressRule{{
				Host: e.Hosts[0],
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
					Paths: []networkingv1.HTTPIngressPath{{
						Path: "/", PathType: &prefix,
						Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
							Name: e.Name, Port: networkingv1.ServiceBackendPort{Number: e.Backend.Port},
						}},
					}},
				}},
			}},
		},
	}
	entry, annotations := tlsFor(settings, secretName, e.Hosts)
	if len(entry.Hosts) > 0 {
		ingress.Spec.TLS = []networkingv1.IngressTLS{entry}
	}
	for key, value := range annotations {
		ingress.Annotations[key] = value
	}
	item, err := manifest.New(ingress)
	if err != nil {
		return err
	}
	e.Route, e.Additions = item, newAdditions(item, true)
	return nil
}

// claim gives a route of a computed host to an endpoint, unless another one of its namespace has it (E10). An Ingress and
// a Service of one name are compared when all endpoints are known (E7).
func (p *Plan) claim(endpoint *Endpoint, host, route, field string) bool {
	key := endpoint.Class.Name + " " + host + route
	other, taken := p.claimed[key]
	if taken && other.Namespace == endpoint.Namespace && (other == endpoint || other.Name != endpoint.Name) {
		path, _, _ := strings.Cut(route, " ")
		p.report(InvalidPath, endpoint.Source, field, fmt.Sprintf("path %s of host %s is also in %s", path, host, other.Object()), "remove one of the two, or give them hosts of their own")
		return false
	}
	p.claimed[key] = endpoint
	return true
}

// add keeps an endpoint, unless it has a computed host in common with another namespace (E3), or the source stands in the
// set twice.
func (p *Plan) add(endpoint *Endpoint, computed string) {
	twin := slices.ContainsFunc(p.byName[endpoint.Name], func(other *Endpoint) bool {
		return other.Namespace == endpoint.Namespace && other.Source.Kind() == endpoint.Source.Kind()
	})
	if twin {
		p.report(NameTaken, endpoint.Source, "metadata.name", "the object stands in the set twice", "remove one of the two")
		return
	}
	p.byName[endpoint.Name] = append(p.byName[endpoint.Name], endpoint)
	if p.takeHosts(endpoint, computed) {
		p.Endpoints = append(p.Endpoints, endpoint)
	}
}

// hostUse is an endpoint on a host, which was computed for it or written by a user.
type hostUse struct {
	endpoint *Endpoint
	computed bool
}

// takeHosts notes the hosts of an endpoint. Namespaces may share a host that their users wrote; a computed one stands for
// one namespace and its people.
func (p *Plan) takeHosts(endpoint *Endpoint, computed string) bool {
	for _, host := range endpoint.Hosts {
		use := hostUse{endpoint, host == computed}
		known := false
		for _, other := range p.hosts[host] {
			sameNamespace := other.endpoint.Namespace == endpoint.Namespace
			if !sameNamespace && (use.computed || other.computed) {
				p.refuseSharedHost(use, host, other.endpoint)
				return false
			}
			known = known || sameNamespace && other.computed == use.computed
		}
		if !known {
			p.hosts[host] = append(p.hosts[host], use)
		}
	}
	return true
}

func (p *Plan) refuseSharedHost(use hostUse, host string, other *Endpoint) {
	field := "spec.rules"
	if use.computed {
		field = "metadata.name"
	}
	p.report(SharedHost, use.endpoint.Source, field, fmt.Sprintf("host %q is also the one of %s", host, other.Object()), "rename one of the two, or write an Ingress with a host of its own")
}

func (p *Plan) reportService(endpoint *Endpoint, choice portChoice) {
	kind := "public"
	if endpoint.Private {
		kind = "private"
	}
	p.findings = append(p.findings,
		Created.At(endpoint.Object(), "", fmt.Sprintf("%s endpoint https://%s/ through %s", kind, endpoint.Hosts[0], endpoint.through()), ""),
		PortChosen.At(endpoint.Object(), fmt.Sprintf("spec.ports[%d]", choice.index), fmt.Sprintf("port %s, %s: %s", portName(choice.port), choice.protocol, choice.reason), ""))
}
