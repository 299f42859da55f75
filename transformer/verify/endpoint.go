package verify

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// The rules about a private endpoint itself. None of them can be waived.
var (
	// NotProtected is a private endpoint that lets everybody in.
	NotProtected = finding.Rule{
		Code: "PE161", Severity: finding.Error, Title: "private endpoint without protection",
		Cause: "The object carries marks of the function, and its controller asks nobody to sign in: a patch, or another function " +
			"behind it, has removed what it wrote. The endpoint is open to everybody.",
		Remedy: "Let the function run last, and look for the patch that removes the annotations.",
		Example: privateStart + `    private-endpoints.dev/for: cindy/admin
` + privateEnd,
	}
	// NotRun is a private endpoint that this program has never seen.
	NotRun = finding.Rule{
		Code: "PE162", Severity: finding.Error, Title: "the function did not run",
		Cause: "Something is marked private and nothing protects it, nor does it carry a mark of the function: it was never called. " +
			"kustomize leaves exec functions out without a word, and with exit status 0, when --enable-exec is missing beside " +
			"--enable-alpha-plugins. The finding also reports a source in its closed form, which is reached by nobody.",
		Remedy:  "Run the function: kustomize build --enable-alpha-plugins --enable-exec.",
		Example: privateStart + privateEnd,
	}
	// NoEndpoint is a private Service for which nothing was generated.
	NoEndpoint = finding.Rule{
		Code: "PE163", Severity: finding.Error, Title: "private Service without an endpoint",
		Cause: "The function has written on a private Service, and the Ingress that it generated is not in the set. Something behind it " +
			"has removed the Ingress, or only a part of the output was passed on.",
		Remedy: "Verify the whole output of the function, and run it over the whole set.",
		Example: `apiVersion: v1
kind: Service
metadata:
  name: hello-world
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: "private"
    private-endpoints.dev/for: cindy/hello-world
spec:
  ports:
  - port: 8080
`,
	}
	// NotProved is a private endpoint of a class whose controller is not known.
	NotProved = finding.Rule{
		Code: "PE164", Severity: finding.Error, Title: "not proved",
		Cause: "Nothing says which controller serves the class of a private endpoint: no --config lists it, and no IngressClass in the " +
			"set names its controller. The annotations may be the right ones or those of another controller, which protect nothing.",
		Remedy: "Pass --config, and list the class under spec.ingressClasses.",
		Example: privateStart + asksGroup + `spec:
  ingressClassName: internal
  rules:
  - host: admin.example.com
    http:
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
	// OtherController is a private endpoint that another controller serves than the one that it is protected for.
	OtherController = finding.Rule{
		Code: "PE169", Severity: finding.Error, Title: "class of another controller",
		Cause: "The configuration says which controller serves a class or a Gateway, and the IngressClass or GatewayClass in the set names " +
			"another one. What protects with the one is no protection with the other, which serves the route to everybody. Several " +
			"controllers call their class nginx, and Traefik has two providers for Ingresses: both serving one class, the one asks and the " +
			"other does not.",
		Remedy:  "Correct the controller in the configuration, or the object in the set.",
		Example: classOf("nginx", "nginx.org/ingress-controller") + privateStart + asksGroup + privateEnd,
	}
	// WrongConstraint is a private endpoint that admits other people than the configuration says.
	WrongConstraint = finding.Rule{
		Code: "PE167", Severity: finding.Error, Title: "private endpoint admits other people",
		Cause: "The auth service is asked, and for other people than the configuration says: another group, an empty list of groups, " +
			"which admits everybody who can sign in, or another auth service.",
		Remedy: "Run the function again with this configuration, or correct spec.access.",
		Example: privateStart + `    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=everybody
` + privateEnd,
	}
)

// runRemedy is what helps against a function that was left out.
const runRemedy = "run the function over the set: with kustomize, pass --enable-exec beside --enable-alpha-plugins; without it, exec functions are left out without a word"

// endpoint proves one endpoint as such: that its own routes ask, and ask for the right people.
func (c *checker) endpoint(e endpoint.Private, own []*exposure.Way) Proof {
	proof := Proof{Endpoint: e, Own: own}
	missing := func(rule finding.Rule, field, cause, remedy string) Proof {
		c.report(e.Source, e.Namespace, rule.At(e.Object(), field, cause, remedy))
		return proof
	}
	switch {
	case e.Closed():
		return missing(NotRun, "", "the function did not run: the source is closed, and there is no endpoint", runRemedy)
	case e.Route == nil && c.isRenamed(e):
		// The Ingress that was generated is there, under the name of another endpoint: that is what Placement reports.
		return proof
	case e.Route == nil && e.Touched():
		return missing(NoEndpoint, "", "no Ingress was generated from this private Service", "run the function again over the whole set")
	case e.Route == nil:
		return missing(NotRun, "", "the function did not run: no Ingress was generated from this private Service", runRemedy)
	}
	if !c.judge(e, &proof) {
		return proof
	}
	for _, flaw := range proof.Auth.Flaws {
		if found := flaw.Finding(e.Route.Object()); flaw.Opens {
			c.keep(e.Route, found)
			if refused, ok := c.waivers.refused(e.Route, found); ok {
				c.keep(e.Route, refused)
			}
		} else {
			c.report(e.Route, e.Namespace, found)
		}
	}
	if !proof.Auth.Closed() {
		c.unprotected(e, proof.Controller, proof.Auth)
		return proof
	}
	if len(own) == 0 {
		c.report(e.Source, e.Namespace, NotProved.At(e.Object(), "spec.rules", "not proved: it has no routes that can be read", "write rules with hosts, paths and backends"))
	}
	c.constraint(e, proof)
	c.authService(e, proof.Auth)
	c.ownRoutes(e, proof)
	return proof
}

// judge fills in who serves an endpoint and who is asked there. It reports an endpoint of which nobody can tell.
func (c *checker) judge(e endpoint.Private, proof *Proof) bool {
	if e.Route.Kind() == "HTTPRoute" {
		return c.judgeHTTPRoute(e, proof)
	}
	ingress := c.ingressOf(e, proof.Own)
	class := ingress.Class
	proof.Controller = c.serving.Of(class)
	if proof.Controller == "" {
		c.report(e.Source, e.Namespace, c.unserved(e, class))
		return false
	}
	c.contradiction(e, "class "+class, "spec.ingressClassName", c.serving.Contradicts(class), proof.Controller)
	proof.Auth = ingress.Auth
	return true
}

// ingressOf tells of the Ingress of an endpoint. One without ways has not been judged yet.
func (c *checker) ingressOf(e endpoint.Private, own []*exposure.Way) exposure.Ingress {
	for _, way := range own {
		if way.Ingress != nil {
			return *way.Ingress
		}
	}
	class := c.serving.ClassOf(e.Route)
	return exposure.Ingress{Class: class, Auth: c.serving.JudgeIngress(class, e.Route, c.objects)}
}

// contradiction reports an endpoint that goes through a class or Gateway of which the set says that it belongs to other, and the
// configuration that it belongs to id. Other is empty where they agree.
func (c *checker) contradiction(e endpoint.Private, via, field, other, id string) {
	if other != "" {
		c.report(e.Route, e.Namespace, OtherController.At(e.Route.Object(), field, fmt.Sprintf("%s belongs to %s, as its object in the set says, and not to %s, as the configuration says", via, other, id),
			"correct the controller in the configuration"))
	}
}

// judgeHTTPRoute joins what is asked on the rules of an HTTPRoute: all must ask, and the same.
func (c *checker) judgeHTTPRoute(e endpoint.Private, proof *Proof) bool {
	if len(proof.Own) == 0 {
		c.report(e.Source, e.Namespace, NotProved.At(e.Object(), "spec.parentRefs", "not proved: no Gateway takes this HTTPRoute, as far as the set tells", "attach it to a listener of the configured Gateway"))
		return false
	}
	proof.Auth = controller.Judgement{Asks: proof.Own[0].Auth.Asks, By: proof.Own[0].Auth.By, SignsIn: proof.Own[0].Auth.SignsIn}
	for _, way := range proof.Own {
		id := c.serving.OfGateway(way.Via)
		if id == "" {
			c.report(e.Source, e.Namespace, NotProved.At(e.Object(), "spec.parentRefs", "not proved: nothing says which controller serves "+way.Via, c.gatewayRemedy()))
			return false
		}
		proof.Controller = id
		c.contradiction(e, way.Via, "spec.parentRefs", c.serving.Contradicts(way.Via), id)
		if way.Auth.Asks != proof.Auth.Asks {
			proof.Auth.Asks = ""
		}
		for _, flaw := range way.Auth.Flaws {
			if !slices.Contains(proof.Auth.Flaws, flaw) {
				proof.Auth.Flaws = append(proof.Auth.Flaws, flaw)
			}
		}
	}
	return true
}

func (c *checker) gatewayRemedy() string {
	if c.Settings == nil {
		return "pass --config, and describe the Gateway under spec.gateway"
	}
	return "describe the Gateway under spec.gateway in the configuration"
}

// unserved says why nobody knows which controller serves an endpoint.
func (c *checker) unserved(e endpoint.Private, class string) finding.Finding {
	rule, cause, remedy := NotProved, fmt.Sprintf("not proved: nothing says which controller serves class %q", class), "list the class under spec.ingressClasses in the configuration"
	switch {
	case class == "" && !e.Touched():
		rule, cause, remedy = NotRun, "the function did not run: it gives every private Ingress a class, and this one has none", runRemedy
	case class == "":
		cause, remedy = "not proved: the Ingress names no class, and no IngressClass of the set is the default", "let the function run last: a patch or another function above it has removed the class"
	case c.Settings == nil:
		remedy = "pass --config, and list the class under spec.ingressClasses"
	}
	return rule.At(e.Object(), "spec.ingressClassName", cause, remedy)
}

// unprotected reports an endpoint that asks nobody, unless a flaw says so already.
func (c *checker) unprotected(e endpoint.Private, id string, auth controller.Judgement) {
	for _, flaw := range auth.Flaws {
		if flaw.Opens {
			return
		}
	}
	if byHand := controller.ByHand(id, e.Route.Kind()); byHand != "" {
		c.report(e.Route, e.Namespace, NobodyAsked.At(e.Route.Object(), "", fmt.Sprintf("%s asks nobody to sign in here, and this version writes nothing that makes it", id), byHand))
		return
	}
	if e.Touched() {
		c.report(e.Route, e.Namespace, NotProtected.At(e.Route.Object(), "", fmt.Sprintf("%s asks nobody to sign in here: the protection that was written is gone", id),
			"let the function run last: a patch or another function above it has removed what it wrote"))
		return
	}
	c.report(e.Route, e.Namespace, NotRun.At(e.Route.Object(), "", fmt.Sprintf("the function did not run: %s asks nobody to sign in here", id), runRemedy))
}

// constraint compares who is asked for with who should be (E13, E19).
func (c *checker) constraint(e endpoint.Private, proof Proof) {
	auth := proof.Auth
	if auth.SignsIn {
		c.provider(e, proof)
		c.signedIn(e, auth)
		return
	}
	if c.Settings == nil {
		if parsed, err := url.Parse(auth.Asks); err == nil && parsed.Query().Has("allowed_groups") && strings.Trim(parsed.Query().Get("allowed_groups"), ", ") == "" {
			c.report(e.Route, e.Namespace, WrongConstraint.At(e.Route.Object(), "", "the list of groups is empty, which admits everybody who can sign in", "name the groups of the namespace"))
		}
		return
	}
	expected, err := controller.AuthURL(c.Settings, e.Namespace)
	if err != nil {
		c.report(e.Route, e.Namespace, WrongConstraint.At(e.Route.Object(), "", err.Error(), "correct spec.access in the configuration"))
		return
	}
	if !controller.SameAddress(auth.Asks, expected) {
		c.report(e.Route, e.Namespace, WrongConstraint.At(e.Route.Object(), "", fmt.Sprintf("%s asks %s, not %s", auth.By, auth.Asks, expected),
			"run the function again with this configuration"))
	}
}

// provider compares the provider of the mesh that Istio asks with the configured one.
func (c *checker) provider(e endpoint.Private, proof Proof) {
	if c.Settings == nil || proof.Controller != "istio" || len(proof.Own) == 0 {
		return
	}
	provider, ok := controller.IstioProvider(c.Settings)
	if expected := controller.AskedByIstio(provider, strings.TrimPrefix(proof.Own[0].Via, "Gateway ")); ok && proof.Auth.Asks != expected {
		c.report(e.Route, e.Namespace, WrongConstraint.At(e.Route.Object(), "", fmt.Sprintf("%s asks %s, not %s", proof.Auth.By, proof.Auth.Asks, expected),
			"run the function again with this configuration"))
	}
}

// authService reports an address of the auth service that is no full name. What is asked without an address, such as a password, has none.
func (c *checker) authService(e endpoint.Private, auth controller.Judgement) {
	parsed, err := url.Parse(auth.Asks)
	if err != nil || auth.SignsIn || parsed.Host == "" || parsed.Hostname() == "localhost" || strings.ContainsAny(parsed.Hostname(), ".:$") {
		return
	}
	c.report(e.Route, e.Namespace, ShortAuthService.At(e.Route.Object(), "", fmt.Sprintf("the auth service %q is named without its namespace", parsed.Hostname()),
		fmt.Sprintf("write %s.<namespace>.svc.cluster.local", parsed.Hostname())))
}

// The rules about the routes of a private endpoint.
var (
	// EveryHost is a private route that is not bound to one host (G4).
	EveryHost = finding.Rule{
		Code: "PE211", Severity: finding.Error, Title: "private route for every host",
		Cause: "A private route has no host, a wildcard, or is the default backend of its Ingress. Cookie and sign-in page belong to " +
			"one host, and controllers differ on whether a default backend is protected. A default backend that the rules do not name " +
			"is an error, another one a warning.",
		Remedy: "Write a rule with the exact host.",
		Example: privateStart + asksGroup + `spec:
  ingressClassName: nginx
  rules:
  - http:
      paths:
      - path: /admin
        pathType: Prefix
        backend:
          service:
            name: admin
            port:
              number: 80
`,
	}
	// NoTLS is a private host whose cookie can be read on the way (G5).
	NoTLS = finding.Rule{
		Code: "PE212", Severity: finding.Warning, Title: "private host without TLS",
		Cause:   "No tls entry covers a private host. Its sign-in cookie may travel in the clear, and whoever reads it is signed in.",
		Remedy:  "Add a tls entry with a Secret for the host, or set spec.tls.clusterIssuer in the configuration.",
		Example: privateAdmin,
	}
	// ShortAuthService is an auth service that is called by a name that means another Service in each namespace (G10).
	ShortAuthService = finding.Rule{
		Code: "PE216", Severity: finding.Error, Title: "auth service without a namespace",
		Cause: "The address of the auth service is one word. It is resolved in the namespace of whoever asks: the controller's, or the one of the " +
			"endpoint. Whoever may create a Service of that name there answers instead of the auth service, and lets everybody in.",
		Remedy: "Write the address with its namespace, such as oauth2-proxy.auth.svc.cluster.local.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy/oauth2/auth
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
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
	// OwnSignIn is an auth service that would have to be asked before it can be asked (G9).
	OwnSignIn = finding.Rule{
		Code: "PE214", Severity: finding.Error, Title: "auth service behind its own sign-in",
		Cause: "The private Ingress leads to the auth service itself. To see the sign-in page one would have to be signed in, so that " +
			"browsers are sent around in a circle.",
		Remedy: "Remove the intent there: the auth service protects itself.",
		Example: `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: oauth2-proxy
  namespace: auth
  annotations:
    dev.okteto.com/private: "true"
    nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=auth
spec:
  ingressClassName: nginx
  rules:
  - host: auth.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: oauth2-proxy
            port:
              number: 80
`,
	}
)

// ownRoutes reports routes of a private Ingress that cannot be proved as they are.
func (c *checker) ownRoutes(e endpoint.Private, proof Proof) {
	for _, way := range proof.Own {
		switch {
		case slices.Contains(defaultBackends, way.Field):
			c.defaultBackend(e, proof, way)
		case isPattern(way.Host):
			c.report(e.Route, e.Namespace, EveryHost.At(e.Route.Object(), way.Field, "a private route must have one exact host: the cookie and the sign-in page belong to a host", "write the host"))
		}
		if c.isAuthService(way, proof.Auth.Asks, way.Host) {
			c.report(e.Route, e.Namespace, OwnSignIn.At(e.Route.Object(), way.Field, fmt.Sprintf("%s is the auth service itself: nobody could sign in to reach the sign-in", serviceText(way)),
				"remove the annotation that makes it private: the auth service protects itself"))
		}
	}
	if !proof.Auth.EndsTLS {
		c.tls(e, proof)
	}
}

// defaultBackends are the fields, in newer and older versions, of the backend of an Ingress that answers where no rule does.
var defaultBackends = []string{"spec.defaultBackend", "spec.backend"}

// defaultBackend reports a backend that answers for every host. It is worse where it is another one than that of the rules.
func (c *checker) defaultBackend(e endpoint.Private, proof Proof, way *exposure.Way) {
	cause, severity := "controllers differ on whether the default backend is protected", finding.Warning
	for _, rule := range proof.Own {
		if rule.Field != way.Field && rule.Service != way.Service {
			cause, severity = "a private Ingress must not have a default backend that its rules do not name", finding.Error
		}
	}
	c.report(e.Route, e.Namespace, EveryHost.At(e.Route.Object(), way.Field, cause, "remove it, and write a rule with the path / instead").As(severity))
}

// tls reports private hosts without TLS.
func (c *checker) tls(e endpoint.Private, proof Proof) {
	var missing []string
	for _, way := range proof.Own {
		if host := strconv.Quote(way.Host); way.Host != "" && !c.hasTLS(way, proof.Controller) && !slices.Contains(missing, host) {
			missing = append(missing, host)
		}
	}
	switch {
	case len(missing) == 0:
	case e.Route.Kind() == "HTTPRoute":
		c.report(e.Route, e.Namespace, NoTLS.At(e.Route.Object(), "spec.parentRefs", fmt.Sprintf("private host %s is also served by a listener without TLS: its sign-in cookie travels in the clear", strings.Join(missing, " and ")),
			"name the listener with TLS as sectionName, and let another HTTPRoute redirect what comes to the other one"))
	default:
		c.report(e.Route, e.Namespace, NoTLS.At(e.Route.Object(), "spec.tls", fmt.Sprintf("private host %s has no TLS: its sign-in cookie travels in the clear", strings.Join(missing, " and ")),
			"add a tls entry with a Secret for the host, or set spec.tls.clusterIssuer in the configuration"))
	}
}

// hasTLS says whether a host is served with TLS: because its own object says so or, where that is a matter of the host, another
// one. Traefik decides it for each route, and a listener for the HTTPRoutes that are attached to it.
func (c *checker) hasTLS(way *exposure.Way, id string) bool {
	if way.Item.Kind() == "HTTPRoute" {
		return way.TLS
	}
	return slices.ContainsFunc(c.byHost[way.Host], func(other *exposure.Way) bool {
		return other.TLS && (other.Item == way.Item || other.Via == way.Via && id != "traefik" && id != "traefik-nginx")
	})
}
