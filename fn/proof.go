package fn

import (
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// writeProof prints how the private endpoints with a name, namespace/name, were judged. The error is that there is none.
func (p Process) writeProof(report transformer.Report, name string) error {
	found := false
	for _, proof := range report.Endpoints {
		object := proof.Endpoint.Object()
		if strings.TrimPrefix(object.Namespace+"/"+object.Name, "/") == name {
			found = true
			if _, err := fmt.Fprintln(p.Stdout, strings.Join(proofLines(proof), "\n")); err != nil {
				return fmt.Errorf("the proof cannot be written: %w", err)
			}
		}
	}
	if found {
		return nil
	}
	var known []string
	for _, proof := range report.Endpoints {
		object := proof.Endpoint.Object()
		known = append(known, strings.TrimPrefix(object.Namespace+"/"+object.Name, "/"))
	}
	if len(known) == 0 {
		return fmt.Errorf("--proof %s: the manifests have no private endpoint", name)
	}
	return advise("the private endpoints are "+strings.Join(known, ", "), "--proof %s: no private endpoint has this name", name)
}

// proofLines shows an endpoint: its own ways, and the others for its hosts or to its Pods.
func proofLines(proof verify.Proof) []string {
	lines := []string{fmt.Sprintf("%s is private", proof.Endpoint.Object())}
	switch {
	case len(proof.Own) == 0:
		lines = append(lines, "  it has no way in")
	case proof.Auth.Closed():
		lines = append(lines, fmt.Sprintf("  %s asks %s", proof.Controller, proof.Auth.Asks), "  because of "+proof.Auth.By)
	default:
		lines = append(lines, "  nobody is asked")
	}
	for _, way := range proof.Own {
		lines = append(lines, wayLines("own way in", way)...)
	}
	for _, other := range proof.Others {
		kind := "way in, harmless"
		if other.Rule.Code != "" {
			kind = "way in, " + other.Rule.Code
		}
		lines = append(lines, append(wayLines(kind, other.Way), "    "+other.Rule.Title)...)
	}
	return lines
}

// wayLines shows a way: what it takes, what opens it, and where it leads.
func wayLines(kind string, way *exposure.Way) []string {
	lines := []string{fmt.Sprintf("  %s: %s", kind, wayTitle(way)), fmt.Sprintf("    %s: %s", way.Item.Object(), way.Field)}
	switch {
	case way.Redirects:
		return append(lines, "    answers with a redirect")
	case way.Service != "":
		lines = append(lines, "    leads to Service "+way.Service)
	}
	for _, target := range way.Targets {
		lines = append(lines, "    reaches "+target.String())
	}
	return lines
}

func wayTitle(way *exposure.Way) string {
	host := way.Host
	if host == "" {
		host = "every host"
	}
	switch way.Layer {
	case exposure.TCP:
		return way.Via
	case exposure.TLS:
		return "TLS for " + host
	default:
		return host + way.Paths.String()
	}
}
