package controller

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// gke is the Ingress controller of Google Kubernetes Engine. It has no IngressClass: its classes are gce and gce-internal, in the
// older annotation.
var gke = Controller{
	ID:               "gke",
	ClassControllers: []string{},
	JudgeIngress:     judgeGKE,
	ByHand:           "enable iap in a BackendConfig, and name that in the annotation " + gkeBackendConfig + " of every Service behind the Ingress",
}

const gkeBackendConfig = "cloud.google.com/backend-config"

// gkeBackendConfigs are the annotations of a Service that name its BackendConfigs; the first one that is there counts
// (pkg/annotations/service.go).
var gkeBackendConfigs = []string{gkeBackendConfig, "beta.cloud.google.com/backend-config"}

// judgeGKE reads the Services behind an Ingress: the Identity-Aware Proxy is a setting of theirs. Who may pass it stands in IAM.
func judgeGKE(item *manifest.Item, context Context) Judgement {
	endsTLS := slices.ContainsFunc([]string{"ingress.gcp.kubernetes.io/pre-shared-cert", "networking.gke.io/managed-certificates", "networking.gke.io/certmap"}, func(name string) bool {
		_, ok := item.Annotation(name)
		return ok
	})
	return judgeRoutes(item, func(field string, backend manifest.View) (Judgement, bool) {
		name, port := backendService(backend)
		namespace := context.NamespaceOf(item)
		judgement := Judgement{By: "the Identity-Aware Proxy", SignsIn: true, EndsTLS: endsTLS}
		flaw := judgeIAP(namespace, name, port, context)
		if flaw == nil {
			judgement.Asks = fmt.Sprintf("the Identity-Aware Proxy of Service %s/%s", namespace, name)
			return judgement, true
		}
		flaw.Opens, flaw.Field = true, field+".backend"
		judgement.add(*flaw)
		return judgement, true
	})
}

// judgeIAP says why a port of a Service has no Identity-Aware Proxy, nil where it has one.
func judgeIAP(namespace, name, port string, context Context) *Flaw {
	services := context.Named("", "Service", namespace, name)
	if len(services) == 0 {
		return &Flaw{Rule: gkeNoProxy, Cause: fmt.Sprintf("whether Service %s/%s has the Identity-Aware Proxy is not known: it is not in the set", namespace, name), Remedy: "pass the set with it"}
	}
	service := services[0]
	wanted, written := backendConfigOf(service, port)
	configs := context.Named("cloud.google.com", "BackendConfig", namespace, wanted)
	switch {
	case !written && context.hasBackendPolicy(namespace, name):
		return &Flaw{
			Rule: gkeNoProxy, Cause: fmt.Sprintf("%s has a GCPBackendPolicy, which Gateways follow and Ingresses do not", service.Object()),
			Remedy: "enable iap in a BackendConfig, and name it in the annotation " + gkeBackendConfig,
		}
	case !written:
		return &Flaw{
			Rule: gkeNoProxy, Cause: fmt.Sprintf("%s has no annotation %s", service.Object(), gkeBackendConfig), Remedy: "name a BackendConfig that enables iap there",
		}
	case wanted == "":
		return &Flaw{
			Rule: gkeWrongConfig, Cause: fmt.Sprintf("%s names no BackendConfig for port %s", service.Object(), port), Remedy: `write {"default": "NAME"}`,
		}
	case len(configs) == 0:
		return &Flaw{
			Rule: gkeWrongConfig, Cause: fmt.Sprintf("%s names BackendConfig %s/%s, which is not in the set", service.Object(), namespace, wanted),
			Remedy: "correct the name, or pass the set with the BackendConfig, which must be in the namespace of the Service",
		}
	case configs[0].View("spec", "iap", "enabled").Text() != "true":
		return &Flaw{Rule: gkeNoProxy, Cause: fmt.Sprintf("%s does not enable iap", configs[0].Object()), Remedy: "write spec.iap.enabled: true"}
	}
	return nil
}

// backendConfigOf returns the name of the BackendConfig for a port of a Service, which may stand there by name or number, and
// whether the Service names any (pkg/backendconfig/backendconfig.go).
func backendConfigOf(service *manifest.Item, port string) (name string, written bool) {
	var configs struct {
		Default string
		Ports   map[string]string
	}
	for _, key := range gkeBackendConfigs {
		text, ok := service.Annotation(key)
		if !ok {
			continue
		}
		if json.Unmarshal([]byte(text), &configs) != nil {
			return "", true
		}
		for _, view := range service.View("spec", "ports").Elements() {
			own, number := view.Get("name").Text(), view.Get("port").Text()
			if port == own || port == number {
				return cmp.Or(configs.Ports[own], configs.Ports[number], configs.Default), true
			}
		}
		return configs.Default, true
	}
	return "", false
}

// hasBackendPolicy says whether a GCPBackendPolicy is about a Service, whatever it sets: it counts behind a Gateway alone.
func (o *Objects) hasBackendPolicy(namespace, service string) bool {
	return slices.ContainsFunc(o.OfKind("networking.gke.io", "GCPBackendPolicy"), func(item *manifest.Item) bool {
		target := item.View("spec", "targetRef")
		return o.NamespaceOf(item) == namespace && target.Get("kind").Text() == "Service" && target.Get("name").Text() == service
	})
}

// gkeExample is a private Ingress of GKE, with the annotation of its Service, and the BackendConfig iap with one field.
func gkeExample(annotation, field string) string {
	return `# configuration:
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: gce
    controller: gke
  tls:
    controllerDefault: true
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
  access:
    groups: ["{namespace}"]
---
` + exampleIngress("gce") + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
  annotations:
    ` + gkeBackendConfig + `: '` + annotation + `'
spec:
  selector:
    app: admin
  ports:
  - port: 80
---
apiVersion: cloud.google.com/v1
kind: BackendConfig
metadata:
  name: iap
  namespace: cindy
spec:
  iap:
    enabled: ` + field + `
`
}

// The rules about GKE.
var (
	gkeNoProxy = finding.Rule{
		Code: "PE721", Severity: finding.Error, Title: "backend without Identity-Aware Proxy",
		Cause: "On GKE nothing on an Ingress makes people sign in: the Identity-Aware Proxy is enabled by a BackendConfig of each Service. A Service " +
			"without one is public. A GCPBackendPolicy does the same for Gateways, and nothing for Ingresses.",
		Remedy:  "Enable iap in a BackendConfig, and name it in the annotation cloud.google.com/backend-config of the Service.",
		Example: gkeExample(`{"default": "iap"}`, "false"),
	}
	gkeWrongConfig = finding.Rule{
		Code: "PE722", Severity: finding.Error, Title: "BackendConfig of another name or port",
		Cause: "The annotation of a Service names a BackendConfig that does not exist in its namespace, or names one for another port than the Ingress " +
			"leads to. What the BackendConfig enables is then not enabled.",
		Remedy:  "Correct the name or the port.",
		Example: gkeExample(`{"ports": {"8080": "iap"}}`, "true"),
	}
)

// gkeRules returns the rules of this file.
func gkeRules() []finding.Rule { return []finding.Rule{gkeNoProxy, gkeWrongConfig} }
