package endpoint

import (
	"fmt"
	"strconv"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const ingressV1 = "networking.k8s.io/v1"

// modernise brings an Ingress to networking.k8s.io/v1: the two older versions, and the short backend form that Okteto's
// documentation prints (E12).
func (p *Plan) modernise(item *manifest.Item) error {
	if version := item.APIVersion(); version != ingressV1 {
		if version != "networking.k8s.io/v1beta1" && version != "extensions/v1beta1" {
			return fmt.Errorf("apiVersion %s of Ingress is not known: write %s", version, ingressV1)
		}
		if err := convertVersion(item); err != nil {
			return err
		}
		p.report(Converted, item, "apiVersion", fmt.Sprintf("%s becomes %s", version, ingressV1), "")
	}
	for _, backend := range shortBackends(item) {
		written := backend.port.Text()
		if err := item.Set(portReference(backend.port), append(backend.path, "service", "port")...); err != nil {
			return err
		}
		p.report(ShortBackend, item, backend.field+".service.port", fmt.Sprintf("%s is not valid in %s, and was rewritten", written, ingressV1), "write port: {number: <number>} or port: {name: <name>}")
	}
	return nil
}

// warnShortBackends reports the short form where no intent allows to rewrite it.
func (p *Plan) warnShortBackends(item *manifest.Item) {
	if item.APIVersion() != ingressV1 {
		return
	}
	for _, backend := range shortBackends(item) {
		p.report(ShortBackend, item, backend.field+".service.port", fmt.Sprintf("%s is not valid in %s: the API server refuses the Ingress", backend.port.Text(), ingressV1), "write port: {number: <number>} or port: {name: <name>}")
	}
}

// backendAt is a backend of an Ingress and where it stands.
type backendAt struct {
	value manifest.View
	port  manifest.View // of the short form
	path  []string
	field string
}

// backends returns every backend of an Ingress, in the form of any version; missing ones are left out.
func backends(item *manifest.Item, defaultName string) []backendAt {
	var all []backendAt
	add := func(value manifest.View, field string, path ...string) {
		if value.Exists() {
			all = append(all, backendAt{value: value, path: path, field: field})
		}
	}
	add(item.View("spec", defaultName), "spec."+defaultName, "spec", defaultName)
	for i, rule := range item.View("spec", "rules").Elements() {
		for j, path := range rule.Get("http", "paths").Elements() {
			add(path.Get("backend"), fmt.Sprintf("spec.rules[%d].http.paths[%d].backend", i, j),
				"spec", "rules", index(i), "http", "paths", index(j), "backend")
		}
	}
	return all
}

// shortBackends returns the backends whose port is a scalar.
func shortBackends(item *manifest.Item) []backendAt {
	var short []backendAt
	for _, backend := range backends(item, "defaultBackend") {
		if port := backend.value.Get("service", "port"); port.IsScalar() {
			backend.port = port
			short = append(short, backend)
		}
	}
	return short
}

// portReference is the port of a v1 backend for a scalar: a number, or a name.
func portReference(port manifest.View) map[string]any {
	if number, err := strconv.ParseInt(port.Text(), 10, 32); err == nil {
		return map[string]any{"number": number}
	}
	return map[string]any{"name": port.Text()}
}

// convertVersion rewrites the fields of the v1beta1 Ingress that v1 names differently:
// https://kubernetes.io/docs/reference/using-api/deprecation-guide/#ingress-v122.
func convertVersion(item *manifest.Item) error {
	for _, backend := range backends(item, "backend") {
		name, port := backend.value.Get("serviceName").Text(), backend.value.Get("servicePort")
		if name == "" || !port.Exists() {
			continue
		}
		for _, old := range []string{"serviceName", "servicePort"} {
			if err := item.Delete(append(backend.path, old)...); err != nil {
				return err
			}
		}
		if err := item.Set(map[string]any{"name": name, "port": portReference(port)}, append(backend.path, "service")...); err != nil {
			return err
		}
	}
	if err := convertDefaultBackend(item); err != nil {
		return err
	}
	for i, rule := range item.View("spec", "rules").Elements() {
		for j, path := range rule.Get("http", "paths").Elements() {
			if !path.Get("pathType").Exists() {
				// The default of the older versions; v1 has none.
				if err := item.Set("ImplementationSpecific", "spec", "rules", index(i), "http", "paths", index(j), "pathType"); err != nil {
					return err
				}
			}
		}
	}
	return item.Set(ingressV1, "apiVersion")
}

func convertDefaultBackend(item *manifest.Item) error {
	backend := item.View("spec", "backend")
	if !backend.Exists() {
		return nil
	}
	if err := item.Delete("spec", "backend"); err != nil {
		return err
	}
	return item.Set(backend, "spec", "defaultBackend")
}
