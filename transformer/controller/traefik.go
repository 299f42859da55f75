package controller

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// The annotations and the API of Traefik: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/.
const (
	traefikPrefix      = "traefik.ingress.kubernetes.io/"
	traefikMiddlewares = traefikPrefix + "router.middlewares"
	traefikEntryPoints = traefikPrefix + "router.entrypoints"
	traefikTLS         = traefikPrefix + "router.tls"
	traefikScheme      = traefikPrefix + "service.serversscheme"
	traefikAPI         = "traefik.io/v1alpha1"
	traefikProvider    = "@kubernetescrd"
)

// The ways in which a browser comes from a Traefik endpoint to the sign-in page.
const (
	// signInStatic sends it to a fixed page; what it asked for is lost.
	signInStatic = "static"
	// signInErrors asks the auth service for the redirect, which keeps what was asked for.
	signInErrors = "errors"
	// signInNone leaves it to the auth service, or answers 401.
	signInNone = "none"
)

// traefik is Traefik with its kubernetesIngress and kubernetesCRD providers: a Middleware per endpoint asks the auth
// service, and the Ingress names it in an annotation.
var traefik = Controller{
	ID:                 "traefik",
	ClassControllers:   []string{"traefik.io/ingress-controller"},
	GatewayControllers: []string{"traefik.io/gateway-controller"},
	Oldest:             version{3, 4},
	Assumed:            version{3, 7},
	DecodeSettings:     decodeTraefik,
	Route:              routeTraefik,
	Protect:            protectTraefik,
	HTTPRoute:          routeTraefikGateway,
	ProtectHTTPRoute:   protectTraefikGateway,
	Conflicts:          conflictsTraefik,
	Support: Support{
		Name: "Traefik", Groups: groupsAnyway, SignIn: "redirect, to the front page (static) or back to the page asked for (errors)",
		Headers: "set by the controller", Objects: []string{"Middleware"}, Missing: "closed: 404 for an Ingress, 500 for an HTTPRoute or without auth service", Tested: testedHTTP + ", " + testedSchema,
	},
	JudgeIngress: judgeTraefik,
}

// TraefikSettings are the settings under the key traefik of a class.
type TraefikSettings struct {
	// EntryPoints are the entry points of the routers. Default: websecure.
	EntryPoints []string `json:"entryPoints,omitempty"`
	// SignIn is how a browser comes to the sign-in page: static sends it to auth.signInURL and, after signing in, to the
	// front page of the endpoint, which needs Traefik 3.7; errors keeps the page that was asked for; none leaves it to the
	// auth service. Default: static.
	SignIn string `json:"signIn,omitempty" jsonschema:"enum=static,enum=errors,enum=none,default=static"`
	// SignInService is the auth service as Traefik reaches it. Needed by signIn: errors, and used by it alone.
	SignInService *TraefikService `json:"signInService,omitempty"`
}

// TraefikService names a Service.
type TraefikService struct {
	// Name of the Service.
	Name string `json:"name"`
	// Namespace of the Service. Another one than the endpoint's needs Traefik's allowCrossNamespace.
	Namespace string `json:"namespace,omitempty"`
	// Port of the Service.
	Port int `json:"port" jsonschema:"minimum=1,maximum=65535"`
}

func decodeTraefik(class config.IngressClass, path string) (any, finding.List) {
	settings := TraefikSettings{SignIn: signInStatic}
	own := path + ".traefik"
	if findings := class.DecodeSettings(own, &settings); findings.HasErrors() {
		return nil, findings
	}
	var findings finding.List
	switch {
	case len(settings.EntryPoints) == 0:
		settings.EntryPoints = []string{"websecure"}
	case path == "spec.gateway":
		findings = append(findings, WrongSettings.At(finding.Object{}, own+".entryPoints", "has no effect on HTTPRoutes", "remove it: the listeners of the Gateway have the entry points"))
	}
	for i, name := range settings.EntryPoints {
		if name == "" || strings.ContainsAny(name, ", ") {
			findings = append(findings, WrongSettings.At(finding.Object{}, fmt.Sprintf("%s.entryPoints[%d]", own, i),
				fmt.Sprintf("%q is not the name of an entry point", name), "write a name of Traefik's static configuration"))
		}
	}
	return settings, append(findings, settings.checkSignIn(own)...)
}

func (s TraefikSettings) checkSignIn(path string) finding.List {
	at := func(field, cause, remedy string) finding.List {
		return finding.List{WrongSettings.At(finding.Object{}, path+"."+field, cause, remedy)}
	}
	service := s.SignInService
	switch {
	case s.SignIn != signInStatic && s.SignIn != signInErrors && s.SignIn != signInNone:
		return at("signIn", fmt.Sprintf("%q is not a value", s.SignIn), fmt.Sprintf("use %s, %s or %s", signInStatic, signInErrors, signInNone))
	case s.SignIn != signInErrors && service != nil:
		return at("signInService", "is only used with signIn: "+signInErrors, "remove it, or write signIn: "+signInErrors)
	case s.SignIn != signInErrors:
		return nil
	case service == nil:
		return at("signInService", "is needed by signIn: "+signInErrors, "name the Service of the auth service")
	case !config.IsLabel(service.Name):
		return at("signInService.name", fmt.Sprintf("%q is not the name of a Service", service.Name), "write the name of the Service alone")
	case service.Namespace != "" && !config.IsLabel(service.Namespace):
		return at("signInService.namespace", fmt.Sprintf("%q is not a namespace", service.Namespace), "write the name of the namespace")
	case service.Port < 1 || service.Port > 65535:
		return at("signInService.port", fmt.Sprintf("%d is not a port number", service.Port), "write a number from 1 to 65535")
	}
	return nil
}

func routeTraefik(request Request) (Changes, error) {
	settings := request.Settings.(TraefikSettings)
	changes := Changes{Defaults: map[string]string{
		traefikEntryPoints: strings.Join(settings.EntryPoints, ","),
		traefikTLS:         "true",
	}}
	if backend := request.Endpoint.Backend; backend != nil {
		if scheme := backendScheme(backend.Protocol); scheme != inferredScheme(backend) {
			changes.ServiceDefaults = map[string]string{traefikScheme: scheme}
		}
	}
	return changes, nil
}

func backendScheme(protocol endpoint.Protocol) string {
	switch protocol {
	case endpoint.HTTPS:
		return "https"
	case endpoint.GRPC, endpoint.H2C:
		return "h2c"
	default:
		return "http"
	}
}

// inferredScheme is what Traefik takes a Service port for by itself.
func inferredScheme(backend *endpoint.Backend) string {
	if backend.Port == 443 || strings.HasPrefix(backend.PortName, "https") {
		return "https"
	}
	return "http"
}

// protectTraefik puts the Middlewares in front of everything else on the routers of an Ingress.
func protectTraefik(request Request) (Changes, error) {
	objects, err := askingMiddlewares(request)
	if err != nil {
		return Changes{}, err
	}
	references := make([]string, len(objects))
	for i, object := range objects {
		references[i] = request.Endpoint.Namespace + "-" + object.Name + traefikProvider
	}
	return Changes{Lists: map[string][]string{traefikMiddlewares: references}, Objects: objects}, nil
}

// protectTraefikGateway puts the Middlewares in front of everything else in the rules of an HTTPRoute. Traefik answers 500 where one is
// missing.
func protectTraefikGateway(request Request) (Changes, error) {
	objects, err := askingMiddlewares(request)
	if err != nil {
		return Changes{}, err
	}
	changes := Changes{Objects: objects}
	for _, object := range objects {
		changes.Filters = append(changes.Filters, extensionFilter{"ExtensionRef", extensionReference{"traefik.io", object.Kind, object.Name}})
	}
	return changes, nil
}

// extensionFilter is a filter of an HTTPRoute that names an object of the controller, in the order of its fields.
type extensionFilter struct {
	Type         string             `json:"type"`
	ExtensionRef extensionReference `json:"extensionRef"`
}

type extensionReference struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
}

// routeTraefikGateway checks that Traefik speaks to the backend of a generated HTTPRoute as it must: it knows the protocol from the
// Service alone (provider/kubernetes/gateway, httproute.go).
func routeTraefikGateway(request Request) (Changes, error) {
	backend := request.Endpoint.Backend
	if backend == nil {
		return Changes{}, nil
	}
	scheme := inferredScheme(backend)
	switch strings.ToLower(backend.AppProtocol) {
	case "":
	case "http", "kubernetes.io/ws":
		scheme = "http"
	case "https", "kubernetes.io/wss":
		scheme = "https"
	case "kubernetes.io/h2c":
		scheme = "h2c"
	default:
		return Changes{}, fmt.Errorf("traefik does not serve an HTTPRoute to appProtocol %q: write http, https or kubernetes.io/h2c", backend.AppProtocol)
	}
	if needed := backendScheme(backend.Protocol); needed != scheme {
		return Changes{}, fmt.Errorf("traefik would speak %s to the backend, which speaks %s: write its appProtocol, https or kubernetes.io/h2c", scheme, needed)
	}
	return Changes{}, nil
}

// askingMiddlewares returns what asks the auth service, in the order in which a route must name them. With signIn: errors, another Middleware
// before the one that asks turns its 401 into the auth service's redirect; a 403 stays, or a person of another group would be sent round
// in circles.
func askingMiddlewares(request Request) ([]Object, error) {
	settings := request.Settings.(TraefikSettings)
	e := request.Endpoint
	forwardAuth := map[string]any{
		"address": request.AuthURL,
		// Written out, because unset means a partial, older handling of the client's own headers.
		"trustForwardHeader":  false,
		"authResponseHeaders": request.ResponseHeaders,
	}
	if request.Version.atLeast(version{3, 6, 14}) {
		forwardAuth["maxResponseBodySize"] = 65536
	}
	objects := []Object{middleware(e, "", map[string]any{"forwardAuth": forwardAuth})}
	switch settings.SignIn {
	case signInStatic:
		if request.SignInURL == "" {
			break
		}
		if !request.Version.atLeast(version{3, 7}) {
			return nil, errors.New("signIn: static needs Traefik 3.7: declare its version, or use signIn: errors or none")
		}
		forwardAuth["authSigninURL"] = withRedirect(request.SignInURL, "https://"+e.Hosts[0]+"/")
	case signInErrors:
		objects = append([]Object{middleware(e, "sign-in-", signInSpec(request, settings))}, objects...)
	}
	return objects, nil
}

func middleware(e *endpoint.Endpoint, purpose string, spec any) Object {
	return Object{APIVersion: traefikAPI, Kind: "Middleware", Name: objectName(e, purpose), Spec: spec}
}

func signInSpec(request Request, settings TraefikSettings) map[string]any {
	service := map[string]any{"name": settings.SignInService.Name, "port": settings.SignInService.Port}
	if settings.SignInService.Namespace != "" {
		service["namespace"] = settings.SignInService.Namespace
	}
	return map[string]any{"errors": map[string]any{
		"status":         []string{"401"},
		"statusRewrites": map[string]int{"401": 302},
		"query":          signInQuery(request.SignInURL),
		"service":        service,
	}}
}

// schemeAndHost is the beginning of a sign-in URL; a host may hold placeholders, which no URL parser reads.
var schemeAndHost = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^https://(\$\{[^}]*\}|[^/?])*`) })

// signInQuery is the sign-in page as a request to the auth service; Traefik puts the page to return to in place of {url}.
func signInQuery(signInURL string) string {
	path, query, _ := strings.Cut(schemeAndHost().ReplaceAllString(signInURL, ""), "?")
	if path == "" {
		path = "/oauth2/start"
	}
	if query != "" {
		query += "&"
	}
	return path + "?" + query + "rd={url}"
}

// objectName ends in a hash of the endpoint: Traefik knows a Middleware by namespace and name joined with a hyphen, so that plain names
// of two namespaces can be one. Objects for endpoints of several namespaces may stand in one, too.
func objectName(e *endpoint.Endpoint, purpose string) string {
	full := e.Namespace + "/" + e.Name
	if e.Gateway != nil {
		// An Ingress may have the same name.
		full = e.Route.Kind() + " " + full
	}
	sum := sha256.Sum256([]byte(full))
	return "private-endpoint-" + purpose + hex.EncodeToString(sum[:5])
}
