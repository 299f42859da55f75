package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// object is as much of a manifest as the bed has to know.
type object struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name      string            `yaml:"name"`
		Namespace string            `yaml:"namespace"`
		Labels    map[string]string `yaml:"labels"`
	} `yaml:"metadata"`
	Spec struct {
		Type string `yaml:"type"`
		// Selector has labels and their values where the object is a Service.
		Selector map[string]any `yaml:"selector"`
		Ports    []servicePort  `yaml:"ports"`
	} `yaml:"spec"`
}

type servicePort struct {
	Name        string `yaml:"name"`
	Port        int    `yaml:"port"`
	AppProtocol string `yaml:"appProtocol"`
}

// apply applies manifests for the time of a test, and returns when the controller serves them.
func apply(t *testing.T, manifests string) {
	t.Helper()
	t.Cleanup(func() {
		_, err := theBed.kubectl(manifests, "delete", "--ignore-not-found", "--wait=false", "--filename=-")
		require.NoError(t, err)
	})
	markers++
	require.NoError(t, theBed.install(manifests+"\n---\n"+fmt.Sprintf(markerManifests, markers)))
	awaitMarkers(t)
}

// install applies manifests, and what a cluster would add to them: their namespaces, with the wildcard certificate in each,
// and the addresses of the Pods that their Services select.
func (b *bed) install(manifests string) error {
	objects, err := decode(manifests)
	if err != nil {
		return err
	}
	var around []any
	for _, namespace := range namespacesOf(objects) {
		around = append(around, namespaceManifest(namespace), b.certificateManifest(namespace, "wildcard-apps"))
	}
	for _, service := range objects {
		if service.Kind == "Service" && service.Spec.Type != "ExternalName" && !hasSlice(objects, service) {
			around = append(around, b.sliceManifest(service))
		}
	}
	_, err = b.kubectl(listOf(around)+"---\n"+manifests, "apply", "--filename=-")
	return err
}

func decode(manifests string) ([]object, error) {
	decoder := yaml.NewDecoder(strings.NewReader(manifests))
	var objects []object
	for {
		var next object
		err := decoder.Decode(&next)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the manifests cannot be read: %w\n%s", err, manifests)
		}
		if next.Kind != "" {
			objects = append(objects, next)
		}
	}
}

func namespacesOf(objects []object) []string {
	names := map[string]bool{}
	for _, o := range objects {
		if o.Metadata.Namespace != "" {
			names[o.Metadata.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// serviceNameLabel ties an EndpointSlice to its Service.
const serviceNameLabel = "kubernetes.io/service-name"

func hasSlice(objects []object, service object) bool {
	return slices.ContainsFunc(objects, func(o object) bool {
		return o.Kind == "EndpointSlice" && o.Metadata.Namespace == service.Metadata.Namespace &&
			o.Metadata.Labels[serviceNameLabel] == service.Metadata.Name
	})
}

// podsOf names the Pods behind a Service: its namespace and selector, or its name where it has none.
func podsOf(service object) string {
	if len(service.Spec.Selector) == 0 {
		return service.Metadata.Namespace + "/" + service.Metadata.Name
	}
	var terms []string
	for _, key := range slices.Sorted(maps.Keys(service.Spec.Selector)) {
		terms = append(terms, fmt.Sprintf("%s=%v", key, service.Spec.Selector[key]))
	}
	return service.Metadata.Namespace + "/" + strings.Join(terms, ",")
}

type manifest = map[string]any

func namespaceManifest(name string) manifest {
	return manifest{"apiVersion": "v1", "kind": "Namespace", "metadata": manifest{"name": name}}
}

func (b *bed) certificateManifest(namespace, name string) manifest {
	return manifest{
		"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
		"metadata": manifest{"name": name, "namespace": namespace},
		"data":     manifest{"tls.crt": b.wildcard.certificate, "tls.key": b.wildcard.key},
	}
}

// sliceManifest gives a Service its Pods: no controller-manager runs that would.
func (b *bed) sliceManifest(service object) manifest {
	var ports []any
	for _, port := range service.Spec.Ports {
		target := podPort
		if strings.HasPrefix(port.Name, "https") || port.AppProtocol == "https" || port.Port == 443 {
			target = podPortTLS
		}
		ports = append(ports, manifest{"name": port.Name, "port": target})
	}
	name := service.Metadata.Name
	return manifest{
		"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
		"metadata":  manifest{"name": name, "namespace": service.Metadata.Namespace, "labels": manifest{serviceNameLabel: name}},
		"endpoints": []any{manifest{"addresses": []string{b.backend.address(podsOf(service))}, "conditions": manifest{"ready": true}}},
		"ports":     ports,
	}
}

// listOf encodes manifests as one document of a stream.
func listOf(items []any) string {
	buffer := bytes.NewBufferString("---\n")
	if err := json.NewEncoder(buffer).Encode(manifest{"apiVersion": "v1", "kind": "List", "items": items}); err != nil {
		panic(err)
	}
	return buffer.String()
}
