package verify

import (
	"fmt"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// OtherPort is a public way to a port of a private Service that is not the port of its endpoint (G3).
var OtherPort = finding.Rule{
	Code: "PE218", Severity: finding.Error, Title: "another port of a private Service is public",
	Cause: "The annotation stands on a Service, and so makes all of it private; the endpoint has one of its ports. A public route, or a " +
		"LoadBalancer, leads to another of its ports, on the same Pods: often to the application itself, where the endpoint has the port for " +
		"metrics. A Service that chooses its private port with private-endpoints.dev/port has other ports that may be public.",
	Remedy: "Make the route private too, choose the port that is private with private-endpoints.dev/port, or waive it where the port is meant to be public.",
	Example: twoPorts + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: cindy
spec:
  ingressClassName: nginx
  rules:
  - host: www.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              name: http
`,
}

// otherPorts reports the ways that lead to the other ports of a Service which is private as a whole, and ask nobody.
func (c *checker) otherPorts(proof *Proof, t table) {
	source := proof.Endpoint.Source
	if source.Kind() != "Service" {
		return
	}
	if source.Contains(endpoint.AnnotationPort) {
		if _, chosen := source.Annotation(endpoint.AnnotationPort); chosen {
			return
		}
	}
	isOwn := func(target exposure.Target) bool {
		return slices.ContainsFunc(proof.Own, func(way *exposure.Way) bool { return slices.ContainsFunc(way.Targets, target.Meets) })
	}
	for _, target := range c.ways.Targets(proof.Endpoint.Namespace, source.Name(), "") {
		if !isOwn(target) {
			c.otherPort(proof, target, t)
		}
	}
}

// otherPort reports the ways to one port of Pods. Many Services can have the same Pods: what is to be said is said once.
func (c *checker) otherPort(proof *Proof, target exposure.Target, t table) {
	if said, known := c.openPorts[target]; known && !c.Explain {
		c.said = append(c.said, said...)
		return
	}
	before, source := len(c.said), proof.Endpoint.Source
	for _, way := range t.byPod[target.Pod][""] {
		if way.Redirects || !slices.ContainsFunc(way.Targets, target.Meets) {
			continue
		}
		c.reportSideDoor(way.Item, proof.Endpoint.Namespace, OtherPort.At(way.Item.Object(), way.Field,
			fmt.Sprintf("%s leads to %s, another port of %s, which is private as a whole", openingText(way), target, source.Object()),
			fmt.Sprintf("make it private too, choose the private port with %s on the Service, or waive it where this port is meant to be public", endpoint.AnnotationPort)))
		c.explain(proof, way, OtherPort)
	}
	c.openPorts[target] = slices.Clone(c.said[before:])
}

func openingText(way *exposure.Way) string {
	if way.Layer == exposure.TCP {
		return way.Via
	}
	return wayText(way)
}
