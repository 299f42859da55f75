package endpoint

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// The rules of this room: intent (PE11x) and what an endpoint needs (PE12x, PE13x). E1 to E24 are the endpoint rules of
// the specification.
var (
	// UnreadableObject is an object that must be read and cannot be.
	UnreadableObject = finding.Rule{Code: "PE105", Severity: finding.Error, Title: "object cannot be read"}
	// WrongValue is a value of an intent annotation that is not one of its values (E22).
	WrongValue = finding.Rule{Code: "PE110", Severity: finding.Error, Title: "annotation value not known"}
	// WrongKey is a key that is nearly one of ours, or an undefined one under our domain (E22).
	WrongKey = finding.Rule{Code: "PE111", Severity: finding.Error, Title: "annotation key not known"}
	// MisplacedIntent is one of our keys where it has no effect, such as a label (E22).
	MisplacedIntent = finding.Rule{Code: "PE112", Severity: finding.Error, Title: "annotation in the wrong place"}
	// UnprotectedKind is intent on a kind that routes or may route, and that we do not protect (E22).
	UnprotectedKind = finding.Rule{Code: "PE113", Severity: finding.Error, Title: "kind cannot be made private"}
	// UselessIntent is intent on a kind that cannot route (E22).
	UselessIntent = finding.Rule{Code: "PE114", Severity: finding.Warning, Title: "annotation without effect on this kind"}
	// WrongAnnotation is an annotation of ours that belongs on another kind, or contradicts another one (E22).
	WrongAnnotation = finding.Rule{Code: "PE115", Severity: finding.Error, Title: "annotation does not fit the object"}
	// NotSupported is a part of the specification that this version does not have yet.
	NotSupported = finding.Rule{Code: "PE116", Severity: finding.Error, Title: "not supported yet"}

	// NoNamespace is a source without a namespace (E4).
	NoNamespace = finding.Rule{Code: "PE120", Severity: finding.Error, Title: "no namespace"}
	// NoPort is a Service without a port that speaks HTTP (E2).
	NoPort = finding.Rule{Code: "PE121", Severity: finding.Error, Title: "no HTTP port"}
	// InvalidHost is a host that is not valid, cannot be computed or is not exact (E3, E10).
	InvalidHost = finding.Rule{Code: "PE122", Severity: finding.Error, Title: "host not valid"}
	// SharedHost is one computed host for sources of two namespaces (E3).
	SharedHost = finding.Rule{Code: "PE123", Severity: finding.Error, Title: "host of two namespaces"}
	// WrongServiceType is a Service that cannot be made private as it is (E6).
	WrongServiceType = finding.Rule{Code: "PE125", Severity: finding.Error, Title: "Service type cannot be private"}
	// NameTaken is an object of the name that we would write, and that is not ours (E7).
	NameTaken = finding.Rule{Code: "PE126", Severity: finding.Error, Title: "name is taken"}
	// WrongClass is an ingress class that is ambiguous or not listed (E9).
	WrongClass = finding.Rule{Code: "PE127", Severity: finding.Error, Title: "ingress class not usable"}
	// InvalidPath is a private path that controllers do not agree on, or a path written twice (E9, E10).
	InvalidPath = finding.Rule{Code: "PE128", Severity: finding.Error, Title: "path not valid"}
	// InvalidRoutes is an Ingress whose rules cannot be protected as they are (E10, G4).
	InvalidRoutes = finding.Rule{Code: "PE129", Severity: finding.Error, Title: "routes cannot be protected"}
	// ForeignHost is a host outside the namespace's own suffix (E11).
	ForeignHost = finding.Rule{Code: "PE130", Severity: finding.Error, Title: "host outside the namespace"}
	// ShortBackend is the short backend form, which networking.k8s.io/v1 does not know (E12).
	ShortBackend = finding.Rule{Code: "PE131", Severity: finding.Warning, Title: "short backend form"}
	// Sentinel is the class that no controller serves, on an object without private intent.
	Sentinel = finding.Rule{Code: "PE134", Severity: finding.Error, Title: "closed class without private intent"}
	// OpenSource is private intent on an object that is open until this function has run.
	OpenSource = finding.Rule{Code: "PE135", Severity: finding.Warning, Title: "open until the function has run"}
	// PublicLoadBalancer is a public endpoint whose Service stays reachable around the ingress controller (E6).
	PublicLoadBalancer = finding.Rule{Code: "PE136", Severity: finding.Warning, Title: "LoadBalancer beside the endpoint"}
	// Selection is a set that may be a part of a package (E23).
	Selection = finding.Rule{Code: "PE137", Severity: finding.Error, Title: "set may not be whole"}
	// UnreadableRecord is a record of ours that somebody changed (E18).
	UnreadableRecord = finding.Rule{Code: "PE138", Severity: finding.Error, Title: "record cannot be read"}
	// NoLongerPrivate is an object from which protection was removed, because its intent is gone (E18).
	NoLongerPrivate = finding.Rule{Code: "PE139", Severity: finding.Warning, Title: "no longer private"}
	// Pruned is a generated object that was removed, because its source is gone (E23).
	Pruned = finding.Rule{Code: "PE140", Severity: finding.Warning, Title: "generated object removed"}
	// Overwritten is something that others added to a generated object, and that is not kept (E8).
	Overwritten = finding.Rule{Code: "PE141", Severity: finding.Warning, Title: "change to a generated object dropped"}

	// Created reports a new endpoint (E1).
	Created = finding.Rule{Code: "PE901", Severity: finding.Info, Title: "endpoint"}
	// PortChosen reports the port behind an endpoint (E2).
	PortChosen = finding.Rule{Code: "PE902", Severity: finding.Info, Title: "port chosen"}
	// Converted reports a Service or an Ingress that was rewritten (E6, E12).
	Converted = finding.Rule{Code: "PE903", Severity: finding.Info, Title: "object converted"}
	// NamespaceAssumed reports a namespace that the object itself does not say (E4).
	NamespaceAssumed = finding.Rule{Code: "PE904", Severity: finding.Info, Title: "namespace assumed"}
	// ClassSet reports the class that an Ingress without one was given (E9).
	ClassSet = finding.Rule{Code: "PE905", Severity: finding.Info, Title: "class set"}
	// HostFilled reports the host that rules without one were given (E10).
	HostFilled = finding.Rule{Code: "PE906", Severity: finding.Info, Title: "host filled in"}
)
