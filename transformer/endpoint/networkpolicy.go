package endpoint

import (
	"fmt"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// restrictAll restricts who reaches the Pods behind the private endpoints.
func (p *Plan) restrictAll() {
	services := p.servicesByName()
	for _, endpoint := range p.Endpoints {
		if endpoint.Private {
			p.restrict(endpoint, services)
		}
	}
}

// restrict generates a NetworkPolicy for each Service behind a private endpoint: its Pods then take connections from their own namespace
// and from the ingress controller alone (E14). services are those of the set, by each name that they have or had.
func (p *Plan) restrict(endpoint *Endpoint, services map[string][]*manifest.Item) {
	restricted := map[*manifest.Item]bool{}
	for _, name := range endpoint.services() {
		meant := endpoint.meant(services[endpoint.Namespace+"/"+name])
		if len(meant) == 0 {
			p.report(Unrestricted, endpoint.Source, "", fmt.Sprintf("Service %s is not in the set, so that no NetworkPolicy is written for its Pods", name), "pass the set with it, or write the NetworkPolicy yourself")
		}
		for _, service := range meant {
			if !restricted[service] {
				restricted[service] = true
				p.restrictPods(endpoint, service)
			}
		}
	}
}

// meant returns those of services to which a reference of the endpoint leads, where all of them have or had the name in it: a build of
// kustomize corrects references after its last layer.
func (e *Endpoint) meant(services []*manifest.Item) []*manifest.Item {
	if e.Generated() {
		return []*manifest.Item{e.Source}
	}
	var alike []*manifest.Item
	for _, service := range services {
		if service.RenamedLike(e.Route) {
			alike = append(alike, service)
		}
	}
	if len(alike) == 0 {
		return services
	}
	return alike
}

// restrictPods generates the NetworkPolicy for the Pods of a Service. Its name comes from the present one of the Service, so that it stays
// when the references are corrected.
func (p *Plan) restrictPods(endpoint *Endpoint, service *manifest.Item) {
	selector, name := stringsOf(service.View("spec", "selector")), service.Name()
	if len(selector) == 0 {
		p.report(Unrestricted, endpoint.Source, "", fmt.Sprintf("Service %s selects no Pods, so that no NetworkPolicy is written for what is behind it", name), "restrict by other means who reaches it")
		return
	}
	if err := endpoint.Generate("networking.k8s.io/v1", "NetworkPolicy", "", "private-endpoint-"+shortHash(endpoint.Namespace+"/"+endpoint.Name+" "+name), policyFor(selector, p.settings.Spec.NetworkPolicy)); err != nil {
		p.findings = append(p.findings, unreadable(endpoint.Source, err))
	}
}

// policyFor admits the namespace of the policy and the ingress controller to Pods.
func policyFor(selector map[string]string, allowed *config.NetworkPolicy) networkingv1.NetworkPolicySpec {
	controller := networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{MatchLabels: allowed.IngressController.NamespaceSelector.MatchLabels}}
	if labels := allowed.IngressController.PodSelector.MatchLabels; len(labels) > 0 {
		controller.PodSelector = &metav1.LabelSelector{MatchLabels: labels}
	}
	return networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: selector},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
		Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}, controller}}},
	}
}

// services returns the names of the Services behind an endpoint, each once.
func (e *Endpoint) services() []string {
	if e.Generated() {
		return []string{e.Name}
	}
	names := []string{e.Route.View("spec", "defaultBackend", "service", "name").Text()}
	for _, rule := range e.Route.View("spec", "rules").Elements() {
		for _, path := range rule.Get("http", "paths").Elements() {
			names = append(names, path.Get("backend", "service", "name").Text())
		}
		for _, backend := range rule.Get("backendRefs").Elements() {
			// A Service of another namespace is restricted there, by who lives there.
			if namespace := backend.Get("namespace").Text(); namespace == "" || namespace == e.Namespace {
				names = append(names, backend.Get("name").Text())
			}
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
}

// servicesByName returns the Services of the set by namespace/name, for the present name and for each that a layer of a kustomization gave
// up.
func (p *Plan) servicesByName() map[string][]*manifest.Item {
	services := map[string][]*manifest.Item{}
	for _, item := range p.Set.Items() {
		if routingOf(item) != serviceKind {
			continue
		}
		namespace := p.EffectiveNamespace(item)
		for _, name := range append(item.EarlierNames(), manifest.Name{Name: item.Name()}) {
			key := namespace + "/" + name.Name
			if !slices.Contains(services[key], item) {
				services[key] = append(services[key], item)
			}
		}
	}
	return services
}

// stringsOf returns a copy of a mapping of strings.
func stringsOf(view manifest.View) map[string]string {
	values := map[string]string{}
	for key, value := range view.Fields() {
		values[key] = value.Text()
	}
	return values
}
