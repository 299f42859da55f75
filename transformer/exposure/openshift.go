package exposure

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// openShiftRoutes reads the Routes of OpenShift, which asks nobody:
// https://docs.openshift.com/container-platform/latest/rest_api/network_apis/route-route-openshift-io-v1.html. Those without a
// group are of its third version, and oc still takes them.
func (r *reader) openShiftRoutes() {
	for _, group := range []string{"route.openshift.io", ""} {
		for _, item := range r.objects.OfKind(group, "Route") {
			if r.readable(item) {
				r.openShiftRoute(item)
				item.Release()
			}
		}
	}
}

func (r *reader) openShiftRoute(item *manifest.Item) {
	spec := item.View("spec")
	way := Way{
		Item: item, Namespace: r.objects.NamespaceOf(item), Via: "OpenShift", TLS: spec.Get("tls").Exists(),
		Host: normalHost(spec.Get("host").Text()), Paths: openShiftPaths(spec.Get("path").Text()), atPods: true,
	}
	if class := r.serving.Only("openshift"); class != "" {
		way.Via = "class " + class
	}
	_, parent, _ := strings.Cut(way.Host, ".")
	switch {
	case way.Host == "":
		way.Host = normalHost(cmp.Or(spec.Get("subdomain").Text(), item.Name()+"-"+way.Namespace))
		way.Remark = "on a host that the cluster completes"
	case parent != "" && spec.Get("wildcardPolicy").Text() == "Subdomain":
		way.Host = "*." + parent
	}
	if spec.Get("tls", "termination").Text() == "passthrough" {
		way.Layer, way.Paths = TLS, Prefix("/")
	}
	if _, rewrites := item.Annotation("haproxy.router.openshift.io/rewrite-target"); rewrites {
		way.Rewrite = "/$1"
	}
	port := spec.Get("port", "targetPort").Text()
	way.Field = "spec.to"
	r.openShiftBackend(way, spec.Get("to"), port)
	for i, backend := range spec.Get("alternateBackends").Elements() {
		way.Field = fmt.Sprintf("spec.alternateBackends[%d]", i)
		r.openShiftBackend(way, backend, port)
	}
}

func (r *reader) openShiftBackend(way Way, backend manifest.View, port string) {
	if name := backend.Get("name").Text(); name != "" {
		way.Service = way.Namespace + "/" + name
		r.add(way, port)
	}
}

// openShiftPaths returns the paths of a Route. The router takes whole segments, unless the path ends in a slash
// (pkg/router/template/util, GenerateRouteRegexp).
func openShiftPaths(path string) PathSet {
	if strings.Trim(path, "/") == "" {
		return Prefix("/")
	}
	if strings.HasSuffix(path, "/") {
		return PathSet{path, plain}
	}
	return Prefix(path)
}

// atPods returns the targets of a Service that have a port by the name that the Service has for it, or by its number at the Pods: all of
// them where port is empty or none has it (pkg/router/template/template_helper.go, endpointsForAlias).
func (p *pods) atPods(namespace, name, port string) []Target {
	all := p.behind(namespace, name, "")
	s := p.services[namespace+"/"+name]
	if s == nil || port == "" {
		return all
	}
	if slices.ContainsFunc(s.ports, func(candidate servicePort) bool { return candidate.name == port }) {
		return p.behind(namespace, name, port)
	}
	at := slices.DeleteFunc(slices.Clone(all), func(target Target) bool { return target.Port != port && isNumber(target.Port) })
	if len(at) == 0 {
		return all
	}
	return at
}
