package endpoint

import (
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Pieces of the examples: the start of a private Service and of a private Ingress, to which annotations can be added, and
// how they go on.
const (
	serviceStart = `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  namespace: cindy
  annotations:
`
	wantsPrivate = `    dev.okteto.com/auto-ingress: "private"
`
	serviceEnd = `spec:
  selector:
    app: hello-world
  ports:
  - port: 8080
`
	ingressStart = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
`
	isPrivate = `    dev.okteto.com/private: "true"
`
	ingressEnd = `spec:
  ingressClassName: nginx
  rules:
  - host: admin.apps.example.com
` + adminPaths
	adminPaths = `    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`
)

// The rules of this room: intent (PE11x) and what an endpoint needs (PE12x, PE13x). E1 to E24 are the endpoint rules of
// the specification.
var (
	// UnreadableObject is an object that must be read and cannot be.
	UnreadableObject = finding.Rule{
		Code: "PE105", Severity: finding.Error, Title: "object cannot be read",
		Cause: "An object of a kind that can be an endpoint is not valid YAML, has a key twice, no kind, a tag or a late merge key, or does " +
			"not fit its type. What cannot be read cannot be protected, and tools disagree on what such an object means: of two equal keys " +
			"some take the first and some the last, and kind: !x Ingress is an Ingress for kubectl.",
		Remedy: "Correct the object.",
		Example: serviceStart + wantsPrivate + `    dev.okteto.com/auto-ingress: "false"
` + serviceEnd,
	}
	// WrongValue is a value of an intent annotation that is not one of its values (E22).
	WrongValue = finding.Rule{
		Code: "PE110", Severity: finding.Error, Title: "annotation value not known",
		Cause: "An annotation that asks for an endpoint has a value that nobody defines. Read as a no, it would leave public what " +
			"somebody meant to be private.",
		Remedy: "Use one of the values that the finding lists, in quotes and in lower case.",
		Example: ingressStart + `    dev.okteto.com/private: "True"
` + ingressEnd,
	}
	// WrongKey is a key that is nearly one of ours, or an undefined one under our domain (E22).
	WrongKey = finding.Rule{
		Code: "PE111", Severity: finding.Error, Title: "annotation key not known",
		Cause: "A key is one or two letters away from one that asks for an endpoint, stands under another domain of Okteto, or stands " +
			"under private-endpoints.dev and is not defined. Nobody reads it, and somebody believes that it protects.",
		Remedy: "Write the key that the finding proposes. Where a team has a domain of its own, set spec.annotationDomain.",
		Example: serviceStart + `    dev.okteto.com/auto-ingres: "private"
` + serviceEnd,
	}
	// MisplacedIntent is one of our keys where it has no effect, such as a label (E22).
	MisplacedIntent = finding.Rule{
		Code: "PE112", Severity: finding.Error, Title: "annotation in the wrong place",
		Cause: "A key that asks for an endpoint is a label, stands beside metadata, or in the template of an object. Only annotations " +
			"of the object itself are read, so that it has no effect there.",
		Remedy: "Move it to metadata.annotations of the Service or Ingress.",
		Example: `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  namespace: cindy
  labels:
    dev.okteto.com/auto-ingress: "private"
` + serviceEnd,
	}
	// UnprotectedKind is intent on a kind that routes or may route, and that we do not protect (E22).
	UnprotectedKind = finding.Rule{
		Code: "PE113", Severity: finding.Error, Title: "kind cannot be made private",
		Cause: "The annotation stands on an object that lets requests in, or may do so, and for which no protection can be written. It " +
			"would stay as public as it is.",
		Remedy: "Write an Ingress instead, or annotate the Service and remove this object. Without the annotation, the object is judged " +
			"as any other way in.",
		Example: `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
spec:
  routes:
  - match: Host(` + "`admin.example.com`" + `)
    services:
    - name: admin
      port: 80
`,
	}
	// UselessIntent is intent on a kind that cannot route (E22).
	UselessIntent = finding.Rule{
		Code: "PE114", Severity: finding.Warning, Title: "annotation without effect on this kind",
		Cause: "The annotation stands on an object that lets nobody in, such as a Deployment. It protects nothing there; the Service or " +
			"Ingress that routes may have been meant.",
		Remedy: "Move the annotation to the Service or Ingress, or remove it.",
		Example: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: hello-world
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
`,
	}
	// WrongAnnotation is an annotation of ours that belongs on another kind, or contradicts another one (E22).
	WrongAnnotation = finding.Rule{
		Code: "PE115", Severity: finding.Error, Title: "annotation does not fit the object",
		Cause: "An annotation of a Service stands on an Ingress or the other way round, two annotations contradict each other, or one " +
			"stands on an object that the function generates, where the next run would lose it.",
		Remedy: "Write the annotation that the finding names.",
		Example: ingressStart + `    dev.okteto.com/auto-ingress: "private"
` + ingressEnd,
	}
	// EnclosedIntent is intent on an object that is made of another one, later and elsewhere (E22).
	EnclosedIntent = finding.Rule{
		Code: "PE116", Severity: finding.Error, Title: "annotation inside another object",
		Cause: "The values of a HelmRelease, the objects of a Template or the text of an object that another program reads have an " +
			"annotation that asks for an endpoint. What is made of them comes into being in the cluster, where this function never sees it: " +
			"it stays public, and somebody believes that it is private. The text of a ConfigMap or a Secret is not looked at.",
		Remedy: "Render the chart or the template before the function, so that the Service, Ingress or HTTPRoute is in the set. Or remove the annotation.",
		Example: `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: admin
  namespace: cindy
spec:
  values:
    ingress:
      annotations:
        dev.okteto.com/private: "true"
`,
	}
	// NoNamespace is a source without a namespace (E4).
	NoNamespace = finding.Rule{
		Code: "PE120", Severity: finding.Error, Title: "no namespace",
		Cause: "Host and group of a private endpoint are those of its namespace, and the object does not say which that is. The example " +
			"is a base; the namespace comes in a layer above it, where the function has not run.",
		Remedy: "List the function in the kustomization that sets namespace:, pass --namespace in a pipe, or set spec.defaultNamespace.",
		Example: `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  annotations:
` + wantsPrivate + serviceEnd,
	}
	// NoPort is a Service without a port that speaks HTTP (E2).
	NoPort = finding.Rule{
		Code: "PE121", Severity: finding.Error, Title: "no HTTP port",
		Cause: "No port of the Service looks like HTTP: each is UDP, has the name or number of another protocol, or the one that is " +
			"asked for does not exist. A guess could put a database behind a public host.",
		Remedy: "Choose one with private-endpoints.dev/port: the finding says of each port why it was passed over.",
		Example: serviceStart + wantsPrivate + `spec:
  ports:
  - name: postgres
    port: 5432
`,
	}
	// InvalidHost is a host that is not valid, cannot be computed or is not exact (E3, E10).
	InvalidHost = finding.Rule{
		Code: "PE122", Severity: finding.Error, Title: "host not valid",
		Cause: "The host of a private endpoint must be one exact DNS name: the cookie of the sign-in and the way back from it belong to " +
			"one host. A wildcard, a missing host with generate-host: \"false\", or a first label of more than 63 characters is none.",
		Remedy: "Write the host, choose a shorter word with generate-host, or set spec.subdomain.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: nginx
  rules:
  - host: "*.apps.example.com"
` + adminPaths,
	}
	// SharedHost is one computed host for sources of two namespaces (E3).
	SharedHost = finding.Rule{
		Code: "PE123", Severity: finding.Error, Title: "host of two namespaces",
		Cause: "The host of a Service is its name, a hyphen and its namespace. Service a-b in namespace c and Service a in namespace " +
			"b-c arrive at one host: whoever comes second would take requests, and sign-ins, of the first.",
		Remedy: "Rename one of the two, or write an Ingress with a host of its own.",
		Example: `apiVersion: v1
kind: Service
metadata:
  name: a-b
  namespace: c
  annotations:
` + wantsPrivate + serviceEnd + `---
apiVersion: v1
kind: Service
metadata:
  name: a
  namespace: b-c
  annotations:
` + wantsPrivate + serviceEnd,
	}
	// WrongServiceType is a Service that cannot be made private as it is (E6).
	WrongServiceType = finding.Rule{
		Code: "PE125", Severity: finding.Error, Title: "Service type cannot be private",
		Cause: "A private Service is an ExternalName, which is only an alias for something that is not here, or it has a type that is " +
			"open to everybody and spec.services.convertLoadBalancers: never keeps the function from closing it.",
		Remedy: "Write type: ClusterIP, or let the function convert the Service. For an ExternalName, annotate the Service that it " +
			"names.",
		Example: serviceStart + wantsPrivate + `spec:
  type: ExternalName
  externalName: hello-world.example.com
`,
	}
	// NameTaken is an object of the name that we would write, and that is not ours (E7).
	NameTaken = finding.Rule{
		Code: "PE126", Severity: finding.Error, Title: "name is taken",
		Cause: "The set holds an object of the kind and name that the function would write, and it is somebody's own. Overwritten it " +
			"would be lost; left alone, the endpoint would be whatever it says.",
		Remedy: "Rename it, or mark that Ingress private and remove the annotation from the Service.",
		Example: serviceStart + wantsPrivate + serviceEnd + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: hello-world
  namespace: cindy
spec:
  ingressClassName: nginx
  rules:
  - host: www.apps.example.com
` + adminPaths,
	}
	// WrongClass is an ingress class that is ambiguous or not listed (E9).
	WrongClass = finding.Rule{
		Code: "PE127", Severity: finding.Error, Title: "ingress class not usable",
		Cause: "An Ingress with intent has a class that spec.ingressClasses does not list, or two different ones. Nobody knows then " +
			"which controller serves it, and the annotations of another controller protect nothing.",
		Remedy: "List the class with its controller, or use a listed one. Of two classes, remove the annotation " +
			"kubernetes.io/ingress.class.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: internal
  rules:
  - host: admin.apps.example.com
` + adminPaths,
	}
	// InvalidPath is a private path that controllers do not agree on, or a path written twice (E9, E10).
	InvalidPath = finding.Rule{
		Code: "PE128", Severity: finding.Error, Title: "path not valid",
		Cause: "Controllers do not read the path alike: as a regular expression, as plain text, or after decoding it. What one " +
			"protects, another may serve to everybody. The same path twice on one generated host is an error too.",
		Remedy: "Use letters, digits, dot, underscore and hyphen between single slashes, and pathType Prefix or Exact.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: nginx
  rules:
  - host: admin.apps.example.com
    http:
      paths:
      - path: /admin(/|$)(.*)
        pathType: ImplementationSpecific
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
	// InvalidRoutes is an Ingress whose rules cannot be protected as they are (E10, G4).
	InvalidRoutes = finding.Rule{
		Code: "PE129", Severity: finding.Error, Title: "routes cannot be protected",
		Cause: "A private Ingress has no rules, a rule without paths, or a backend that is no Service. Such an Ingress answers for " +
			"every host, or differently with each controller.",
		Remedy: "Write a rule with a host and the paths that are private.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: nginx
  defaultBackend:
    service:
      name: admin
      port:
        number: 80
`,
	}
	// ForeignHost is a host outside the namespace's own suffix (E11).
	ForeignHost = finding.Rule{
		Code: "PE130", Severity: finding.Error, Title: "host outside the namespace",
		Cause: "With spec.hosts.enforceSuffix every host is <namespace>.<subdomain> or ends in -<namespace>.<subdomain>, so that no " +
			"team can take a host of another. This one does not, or is also one of a longer namespace.",
		Remedy: "Write a host of the namespace, or let generate-host do it.",
		Example: config.Minimal + `
  hosts:
    enforceSuffix: true
---
` + ingressStart + isPrivate + ingressEnd,
	}
	// ShortBackend is the short backend form, which networking.k8s.io/v1 does not know (E12).
	ShortBackend = finding.Rule{
		Code: "PE131", Severity: finding.Warning, Title: "short backend form",
		Cause: "The port of a backend is a bare number or name. networking.k8s.io/v1 has no such form and the API server refuses the " +
			"Ingress. With intent the function rewrites it; without, the object is not touched.",
		Remedy: "Write port: {number: 8080} or port: {name: http}.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
` + isPrivate + `spec:
  ingressClassName: nginx
  rules:
  - host: admin.apps.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port: 80
`,
	}
	// Sentinel is the class that no controller serves, on an object without private intent.
	Sentinel = finding.Rule{
		Code: "PE134", Severity: finding.Error, Title: "closed class without private intent",
		Cause: "The class private-endpoints.dev closes a private source until the function has run. On an object without private intent " +
			"nothing replaces it, so that the object stays unreachable; and an IngressClass of that name would open every source that " +
			"is closed by it.",
		Remedy: "Mark the object private, or give it the class of a controller. Remove an IngressClass of that name.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
spec:
  ingressClassName: private-endpoints.dev
  rules:
  - host: admin.apps.example.com
` + adminPaths,
	}
	// OpenSource is private intent on an object that is open until this function has run.
	OpenSource = finding.Rule{
		Code: "PE135", Severity: finding.Warning, Title: "open until the function has run",
		Cause: "kustomize leaves an exec function out without a word when --enable-exec is missing. This source is then applied as it " +
			"is written, and open to everybody.",
		Remedy: "Write it the closed way: an Ingress with ingressClassName: private-endpoints.dev, a Service with type: ClusterIP, or " +
			"with loadBalancerClass: private-endpoints.dev and allocateLoadBalancerNodePorts: false. And run verify over what is applied.",
		Example: ingressStart + isPrivate + ingressEnd,
	}
	// PublicLoadBalancer is a public endpoint whose Service stays reachable around the ingress controller (E6).
	PublicLoadBalancer = finding.Rule{
		Code: "PE136", Severity: finding.Warning, Title: "LoadBalancer beside the endpoint",
		Cause: "The Service is to have a public endpoint, and is a LoadBalancer or NodePort as well: it has two ways in, of which one " +
			"has neither TLS nor the host.",
		Remedy: "Write type: ClusterIP, or let spec.services.convertLoadBalancers: all convert every such Service.",
		Example: serviceStart + `    dev.okteto.com/auto-ingress: "true"
spec:
  type: LoadBalancer
  ports:
  - port: 8080
`,
	}
	// Selection is a set that may be a part of a package (E23).
	Selection = finding.Rule{
		Code: "PE137", Severity: finding.Error, Title: "set may not be whole",
		Cause: "kpt can send a part of a package, and this input looks like one: its items come from a package, and its Kptfile is not " +
			"among them. In a part, an object that is missing may only have been left out, so that nothing is generated and nothing " +
			"removed.",
		Remedy: "Run the function over the whole package. Where the input is whole, pass --whole or set spec.assumeWhole.",
		Example: `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  namespace: cindy
  annotations:
    internal.config.kubernetes.io/package-path: .
` + wantsPrivate + serviceEnd,
	}
	// UnreadableRecord is a record of ours that somebody changed (E18).
	UnreadableRecord = finding.Rule{
		Code: "PE138", Severity: finding.Error, Title: "record cannot be read",
		Cause: "The annotation private-endpoints.dev/added says what the function has added to an object, and somebody has edited it. " +
			"What belongs to the function and what to the user can no longer be told apart.",
		Remedy: "Restore the annotation from version control, or remove it together with what the function had added.",
		Example: ingressStart + `    private-endpoints.dev/added: auth
` + ingressEnd,
	}
	// NoLongerPrivate is an object from which protection was removed, because its intent is gone (E18).
	NoLongerPrivate = finding.Rule{
		Code: "PE139", Severity: finding.Warning, Title: "no longer private",
		Cause: "An earlier run protected this object, and the annotation that asked for it is gone. What had been added was taken out " +
			"again, so that the object is public now.",
		Remedy: "If it must stay private, write the annotation again. verify --baseline makes such a change an error.",
		Example: ingressStart + `    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
    private-endpoints.dev/added: nginx.ingress.kubernetes.io/auth-url=b56627ac
    private-endpoints.dev/for: cindy/admin
` + ingressEnd,
	}
	// Pruned is a generated object that was removed, because its source is gone (E23).
	Pruned = finding.Rule{
		Code: "PE140", Severity: finding.Warning, Title: "generated object removed",
		Cause: "The set holds an object that an earlier run generated, and its source is gone or asks for no endpoint any more. Left in " +
			"place it would be an endpoint that nobody asks for.",
		Remedy: "Nothing, if the source was removed on purpose. If not, restore it.",
		Example: ingressStart + `    private-endpoints.dev/for: cindy/admin
    private-endpoints.dev/generated-from: Service/admin
` + ingressEnd,
	}
	// Overwritten is something that others added to a generated object, and that is not kept (E8).
	Overwritten = finding.Rule{
		Code: "PE141", Severity: finding.Warning, Title: "change to a generated object dropped",
		Cause: "Somebody has set an annotation on an object that an earlier run generated. The function writes such an object anew each " +
			"time, so that the annotation is lost; it may have been a restriction that somebody relies on.",
		Remedy: "Set it in a layer above the function, or write an Ingress of your own and mark that private.",
		Example: serviceStart + wantsPrivate + serviceEnd + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: hello-world
  namespace: cindy
  annotations:
    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8
    private-endpoints.dev/for: cindy/hello-world
    private-endpoints.dev/generated-from: Service/hello-world
` + ingressEnd,
	}

	// Unrestricted is a private endpoint whose Pods no NetworkPolicy can be written for (E14).
	Unrestricted = finding.Rule{
		Code: "PE142", Severity: finding.Warning, Title: "no NetworkPolicy",
		Cause: "spec.networkPolicy asks for NetworkPolicies, and for this endpoint none can be written: its Service is not in the set, or selects " +
			"no Pods. Every Pod of the cluster then reaches what is behind it without sign-in, as it would without the setting.",
		Remedy: "Pass the set with the Service, or restrict by other means who reaches it.",
		Example: config.Minimal + `
  networkPolicy:
    ingressController:
      namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: ingress-nginx
---
` + ingressStart + isPrivate + ingressEnd,
	}
	// Created reports a new endpoint (E1).
	Created = finding.Rule{
		Code: "PE901", Severity: finding.Info, Title: "endpoint",
		Cause:   "The function made an endpoint, private or public, and says under which URL and class.",
		Remedy:  "Nothing: compare the URL with what you expect.",
		Example: serviceStart + wantsPrivate + serviceEnd,
	}
	// PortChosen reports the port behind an endpoint (E2).
	PortChosen = finding.Rule{
		Code: "PE902", Severity: finding.Info, Title: "port chosen",
		Cause:  "The function chose the first HTTP port of the Service, and says why that one.",
		Remedy: "Nothing, or choose another one with private-endpoints.dev/port.",
		Example: serviceStart + wantsPrivate + `spec:
  ports:
  - name: metrics
    port: 9090
  - name: http
    port: 8080
`,
	}
	// Converted reports a Service or an Ingress that was rewritten (E6, E12).
	Converted = finding.Rule{
		Code: "PE903", Severity: finding.Info, Title: "object converted",
		Cause: "A private Service that was open by its type became a ClusterIP, so that its endpoint is the only way in; or an Ingress " +
			"of an older version was brought to networking.k8s.io/v1.",
		Remedy: "Nothing, or write the new form yourself.",
		Example: serviceStart + wantsPrivate + `spec:
  type: LoadBalancer
  ports:
  - port: 8080
`,
	}
	// NamespaceAssumed reports a namespace that the object itself does not say (E4).
	NamespaceAssumed = finding.Rule{
		Code: "PE904", Severity: finding.Info, Title: "namespace assumed",
		Cause: "The object has no namespace, and the one of --namespace or spec.defaultNamespace was taken for it. Host and group " +
			"follow from it.",
		Remedy: "Nothing, if that is where the object will live.",
		Example: config.Minimal + `
  defaultNamespace: cindy
---
apiVersion: v1
kind: Service
metadata:
  name: hello-world
  annotations:
` + wantsPrivate + serviceEnd,
	}
	// ClassSet reports the class that an Ingress without one was given (E9).
	ClassSet = finding.Rule{
		Code: "PE905", Severity: finding.Info, Title: "class set",
		Cause: "An Ingress with intent had no class, or the one that closes it until the function has run, and got the first of " +
			"spec.ingressClasses or the one in private-endpoints.dev/ingress-class.",
		Remedy: "Nothing, or choose another class with private-endpoints.dev/ingress-class.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: private-endpoints.dev
  rules:
  - host: admin.apps.example.com
` + adminPaths,
	}
	// HostFilled reports the host that rules without one were given (E10).
	HostFilled = finding.Rule{
		Code: "PE906", Severity: finding.Info, Title: "host filled in",
		Cause: "A rule without a host would answer for every host. It was given the host that generate-host asks for, or the one of the " +
			"Ingress' name and namespace.",
		Remedy: "Nothing, or write the host.",
		Example: ingressStart + isPrivate + `spec:
  ingressClassName: nginx
  rules:
  - http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return []finding.Rule{
		UnreadableObject, WrongValue, WrongKey, MisplacedIntent, UnprotectedKind, UselessIntent, WrongAnnotation, EnclosedIntent,
		NoNamespace, NoPort, InvalidHost, SharedHost, WrongServiceType, NameTaken, WrongClass, InvalidPath, InvalidRoutes,
		ForeignHost, ShortBackend, Sentinel, OpenSource, PublicLoadBalancer, Selection, UnreadableRecord, NoLongerPrivate,
		Pruned, Overwritten, Unrestricted, Created, PortChosen, Converted, NamespaceAssumed, ClassSet, HostFilled,
	}
}
