package endpoint

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Private is one private endpoint, as it stands in a set that is not going to be changed.
type Private struct {
	// Source is the Service, Ingress or HTTPRoute that carries the intent.
	Source *manifest.Item
	// Route is the Ingress or HTTPRoute: the Source itself, or what was generated for a Service; nil where nothing was.
	Route *manifest.Item
	// Namespace is the one in which the endpoint lives.
	Namespace string
}

// Object returns the source as findings name it.
func (p Private) Object() finding.Object { return p.Source.Object() }

// Private returns the private endpoints of the plan, which must have been written.
func (p *Plan) Private() []Private {
	var private []Private
	for _, e := range p.Endpoints {
		if e.Private {
			private = append(private, Private{e.Source, e.Route, e.Namespace})
		}
	}
	return private
}

// Inspect finds the private endpoints of a rendered set, and reports everything that looks like intent and is not (E22), as
// Expand does, without changing anything. settings may be nil: the annotation domain is then Okteto's.
func Inspect(set *manifest.Set, settings *config.Config, options Options) ([]Private, finding.List) {
	if settings == nil {
		settings = &config.Config{}
		settings.Spec.AnnotationDomain = oktetoDomain
	}
	plan := newPlan(set, settings, options)
	generated := map[string]*manifest.Item{}
	var private []Private
	for _, item := range set.Items() {
		source, from := plan.inspect(item)
		if from != "" {
			generated[plan.EffectiveNamespace(item)+"/"+from] = item
		}
		if source != nil {
			private = append(private, *source)
		}
	}
	for i := range private {
		if source := private[i].Source; routingOf(source) == serviceKind {
			private[i].Route = generated[private[i].Namespace+"/Service/"+source.Name()]
		}
	}
	return plan.withoutServed(private), plan.findings
}

// withoutServed leaves out the Services for which nothing was generated because a private Ingress of the user's is the endpoint that they
// ask for: see refuseTakenNames.
func (p *Plan) withoutServed(private []Private) []Private {
	ingresses := map[string]*manifest.Item{}
	for _, endpoint := range private {
		if routingOf(endpoint.Source) == ingressKind {
			ingresses[endpoint.Namespace+"/"+endpoint.Source.Name()] = endpoint.Route
		}
	}
	return slices.DeleteFunc(private, func(endpoint Private) bool {
		ingress := ingresses[endpoint.Namespace+"/"+endpoint.Source.Name()]
		return endpoint.Route == nil && !endpoint.Closed() && ingress != nil && p.servedBy(endpoint, ingress)
	})
}

// servedBy says whether the Ingress leads to the port of a Service that its endpoint would have, and at its host where the configuration
// tells that.
func (p *Plan) servedBy(endpoint Private, ingress *manifest.Item) bool {
	service := &corev1.Service{}
	if err := endpoint.Source.Decode(service); err != nil {
		return false
	}
	wanted, _ := endpoint.Source.Annotation(AnnotationPort)
	choice, err := choosePort(service.Spec.Ports, wanted)
	if err != nil {
		return false
	}
	host := ""
	if p.settings.Spec.Subdomain != "" {
		if host, err = computeHost(p.settings, service.Name, endpoint.Namespace); err != nil {
			return false
		}
	}
	return leadsTo(ingress, service.Name, choice.port.Port, choice.port.Name, host)
}

// inspect returns the private endpoint that item asks for, or what item was generated from when it routes.
func (p *Plan) inspect(item *manifest.Item) (*Private, string) {
	routing := routingOf(item)
	if isConfiguration(item) || !p.mayMatter(item, routing) {
		return nil, ""
	}
	defer item.Release()
	if !p.isObject(item) {
		return nil, ""
	}
	p.refuseSentinelClass(item)
	if from, ok := item.Annotation(AnnotationGeneratedFrom); ok {
		p.refuseIntent(item, from)
		if routes(routing) {
			p.refuseTwoClasses(item)
			return nil, from
		}
		return nil, ""
	}
	intent, findings := p.vocabulary.readIntent(item)
	p.findings = append(p.findings, findings...)
	switch {
	case findings.HasErrors():
		return nil, ""
	case !intent.private:
		p.refuseSentinel(item, routing)
		return nil, ""
	}
	namespace, ok := p.namespaceOf(item)
	if !ok {
		return nil, ""
	}
	private := &Private{Source: item, Namespace: namespace}
	if routes(routing) {
		p.refuseTwoClasses(item)
		private.Route = item
	}
	return private, ""
}

// refuseTwoClasses reports a private Ingress of two different classes.
func (p *Plan) refuseTwoClasses(item *manifest.Item) {
	legacy, ok := item.Annotation(annotationLegacy)
	if written := item.View("spec", "ingressClassName").Text(); ok && written != "" && written != legacy {
		p.reportTwoClasses(item, written, legacy)
	}
}

// Closed says whether the source still stands in the form that nothing serves.
func (p Private) Closed() bool {
	// Most have the word in annotations of this function alone, and need not be parsed.
	if !p.Source.ContainsBeside(config.SentinelClass, config.Domain+"/") {
		return false
	}
	legacy, _ := p.Source.Annotation(annotationLegacy)
	return p.Source.View("spec", "ingressClassName").Text() == config.SentinelClass || legacy == config.SentinelClass || namesSentinel(p.Source) ||
		IsClosed(p.Source.View("spec"))
}

// Touched says whether this program has written on the endpoint: its Route or the Service.
func (p Private) Touched() bool {
	for _, item := range []*manifest.Item{p.Source, p.Route} {
		if item == nil {
			continue
		}
		if written, _ := item.Annotation(AnnotationFor); strings.TrimSpace(written) != "" {
			return true
		}
	}
	return false
}
