package verify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const settingsText = `
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata: {name: private-endpoints}
spec:
  subdomain: apps.example.com
  ingressClasses:
  - {name: nginx, controller: ingress-nginx}
  - {name: internal, controller: ingress-nginx}
  - {name: traefik, controller: traefik}
  - {name: f5, controller: f5-nginx}
  tls: {controllerDefault: true}
  auth: {url: "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth"}
  access: {groups: ["{namespace}"]}
  verify: {mode: "MODE"}
`

func readSettings(t *testing.T, mode string) *config.Config {
	t.Helper()
	settings, findings := config.Decode([]byte(strings.Replace(settingsText, "MODE", mode, 1)))
	require.Empty(t, findings)
	return settings
}

// check makes the endpoints of input and returns what the verifier says about them.
func check(t *testing.T, mode, input string) finding.List {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	settings := readSettings(t, mode)
	plan, findings := endpoint.Expand(set, settings, endpoint.Options{})
	require.False(t, findings.HasErrors(), findings)
	classes, findings := controller.Resolve(settings)
	require.Empty(t, findings)
	findings = classes.Apply(plan, settings)
	require.False(t, findings.HasErrors(), findings)
	require.Empty(t, plan.Write())
	require.Empty(t, Placement(set, plan.EffectiveNamespace))
	return Check(Input{Set: set, NamespaceOf: plan.EffectiveNamespace, Endpoints: plan.Private(), Settings: settings, Mode: settings.Spec.Verify.Mode}).Findings
}

// lines shows findings as text, without cause and remedy.
func lines(findings finding.List) []string {
	var lines []string
	for _, f := range findings {
		if f.Code == HeadersPass.Code {
			// It goes with every public route to private Pods, and has a test of its own.
			continue
		}
		lines = append(lines, fmt.Sprintf("%s %s %s %s", f.Severity, f.Code, f.Object, f.Field))
	}
	return lines
}

// route is an Ingress with one path. What it leaves out is namespace cindy, class nginx, host a.example.com, the path type
// Prefix and the Service app.
type route struct {
	name, namespace, class, host, path, pathType, service string
	everyHost                                             bool
	annotations                                           string // as the inside of a flow mapping
}

func (r route) String() string {
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	host := or(r.host, "a.example.com")
	rule := fmt.Sprintf("host: %q, ", host)
	if r.everyHost {
		rule = ""
	}
	return fmt.Sprintf(`---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: %s, namespace: %s, annotations: {%s}}
spec: {ingressClassName: %s, rules: [{%shttp: {paths: [{path: %q, pathType: %s, backend: {service: {name: %s, port: {number: 80}}}}]}}], tls: [{hosts: [%q]}]}
`, r.name, or(r.namespace, "cindy"), r.annotations, or(r.class, "nginx"), rule, r.path, or(r.pathType, "Prefix"), or(r.service, "app"), host)
}

// private is the route with the intent to be private.
func private(r route) route {
	r.name = "private"
	r.annotations = strings.TrimSuffix(`dev.okteto.com/private: "true", `+r.annotations, ", ")
	return r
}

func public(r route) route {
	r.name = "public"
	return r
}

const (
	rewriteTarget = "nginx.ingress.kubernetes.io/rewrite-target: "
	useRegex      = `nginx.ingress.kubernetes.io/use-regex: "true"`
)

// TestDecisionTable compares a private route with a public one. Each case that is found has a near one beside it that is
// not.
func TestDecisionTable(t *testing.T) {
	const at = "cindy/public spec.rules[0].http.paths[0]"
	tests := map[string]struct {
		private, public route
		want            []string
	}{
		// PE201: the Service behind a private path, on another way.
		"other host, same path":               {route{path: "/x"}, route{path: "/x", host: "b.example.com"}, []string{"error PE201 Ingress " + at}},
		"other host, inside":                  {route{path: "/x"}, route{path: "/x/y", host: "b.example.com"}, []string{"error PE201 Ingress " + at}},
		"other host, around":                  {route{path: "/x"}, route{path: "/", host: "b.example.com"}, []string{"error PE201 Ingress " + at}},
		"other host, disjoint":                {route{path: "/x"}, route{path: "/y", host: "b.example.com"}, nil},
		"other host, same letters":            {route{path: "/x"}, route{path: "/xy", host: "b.example.com"}, nil},
		"other host, other Service":           {route{path: "/x"}, route{path: "/x", host: "b.example.com", service: "other"}, nil},
		"other host, other namespace":         {route{path: "/x"}, route{path: "/x", host: "b.example.com", namespace: "bob"}, nil},
		"other class":                         {route{path: "/x"}, route{path: "/x", class: "internal"}, []string{"error PE201 Ingress " + at}},
		"other controller":                    {route{path: "/x"}, route{path: "/x", class: "traefik"}, []string{"error PE201 Ingress " + at}},
		"class that is not listed":            {route{path: "/x"}, route{path: "/x", class: "unknown"}, []string{"error PE201 Ingress " + at}},
		"other class, disjoint":               {route{path: "/x"}, route{path: "/y", class: "internal"}, nil},
		"other class, other Service":          {route{path: "/x"}, route{path: "/x", class: "internal", service: "other"}, nil},
		"other host, rewritten":               {route{path: "/x"}, route{path: "/y", host: "b.example.com", annotations: rewriteTarget + "/x"}, []string{"error PE201 Ingress " + at}},
		"other host, rewritten, other":        {route{path: "/x"}, route{path: "/y", host: "b.example.com", annotations: rewriteTarget + "/x", service: "other"}, nil},
		"other host, rewritten elsewhere":     {route{path: "/x"}, route{path: "/x", host: "b.example.com", annotations: rewriteTarget + "/y"}, nil},
		"other host, rewritten by groups":     {route{path: "/x"}, route{path: "/y(/|$)(.*)", pathType: "ImplementationSpecific", host: "b.example.com", annotations: rewriteTarget + "/$2"}, []string{"error PE201 Ingress " + at}},
		"other host, expression":              {route{path: "/x"}, route{path: "/[x-z]", pathType: "ImplementationSpecific", host: "b.example.com", annotations: useRegex}, []string{"error PE201 Ingress " + at}},
		"other host, half a segment":          {route{path: "/xy"}, route{path: "/x", host: "b.example.com", annotations: useRegex}, []string{"error PE201 Ingress " + at}},
		"other host, letter case":             {route{path: "/x"}, route{path: "/X", host: "b.example.com", annotations: useRegex}, []string{"error PE201 Ingress " + at}},
		"other host, letter case counts":      {route{path: "/x"}, route{path: "/X", host: "b.example.com"}, nil},
		"private one by expression":           {route{path: "/X", annotations: useRegex}, route{path: "/x", host: "b.example.com"}, []string{"error PE201 Ingress " + at}},
		"private one by expression, disjoint": {route{path: "/X", annotations: useRegex}, route{path: "/y", host: "b.example.com"}, nil},
		"other host, plain expression":        {route{path: "/x"}, route{path: "/y", host: "b.example.com", annotations: useRegex}, nil},
		"private one rewritten, host":         {route{path: "/x", annotations: rewriteTarget + "/y"}, route{path: "/y", host: "b.example.com"}, []string{"error PE201 Ingress " + at}},
		"same host, rewritten":                {route{path: "/x"}, route{path: "/y", annotations: rewriteTarget + "/x"}, []string{"error PE201 Ingress " + at}},
		"same host, rewritten, other":         {route{path: "/x"}, route{path: "/y", annotations: rewriteTarget + "/x", service: "other"}, nil},
		"same host, rewritten elsewhere":      {route{path: "/x"}, route{path: "/y", annotations: rewriteTarget + "/"}, nil},
		"same host, private one rewritten":    {route{path: "/x", annotations: rewriteTarget + "/y"}, route{path: "/y"}, []string{"error PE201 Ingress " + at}},

		// PE202: the same requests on one host.
		"same requests":                    {route{path: "/x"}, route{path: "/x"}, []string{"error PE202 Ingress " + at}},
		"same requests, other Service":     {route{path: "/x"}, route{path: "/x", service: "other"}, []string{"error PE202 Ingress " + at}},
		"same requests, other namespace":   {route{path: "/x"}, route{path: "/x", namespace: "bob"}, []string{"error PE202 Ingress bob/public spec.rules[0].http.paths[0]"}},
		"same requests, written otherwise": {route{path: "/x"}, route{path: "/x/", host: "A.example.com"}, []string{"error PE202 Ingress " + at}},
		"root in two types":                {route{path: "/"}, route{path: "/", pathType: "ImplementationSpecific"}, []string{"error PE202 Ingress " + at}},
		"public exact, private prefix":     {route{path: "/x"}, route{path: "/x", pathType: "Exact"}, []string{"error PE202 Ingress " + at}},
		"public exact, longer":             {route{path: "/x"}, route{path: "/xy", pathType: "Exact"}, nil},
		"split of one host":                {route{path: "/x"}, route{path: "/"}, nil},
		"split of one host, disjoint":      {route{path: "/x"}, route{path: "/y"}, nil},

		// PE203: a public path inside a private one.
		"inside":                          {route{path: "/x"}, route{path: "/x/y"}, []string{"warning PE203 Ingress " + at}},
		"inside, other Service":           {route{path: "/x"}, route{path: "/x/y", service: "other"}, []string{"info PE203 Ingress " + at}},
		"inside, other namespace":         {route{path: "/x"}, route{path: "/x/y", namespace: "bob"}, []string{"warning PE203 Ingress bob/public spec.rules[0].http.paths[0]"}},
		"inside, exact":                   {route{path: "/x"}, route{path: "/x/y", pathType: "Exact"}, []string{"warning PE203 Ingress " + at}},
		"private text, public in segment": {route{path: "/x", pathType: "ImplementationSpecific"}, route{path: "/xy"}, []string{"warning PE203 Ingress " + at}},
		"not inside":                      {route{path: "/x"}, route{path: "/xy"}, nil},

		// PE204: a private path that is exact.
		"private exact, public prefix":          {route{path: "/x", pathType: "Exact"}, route{path: "/x"}, []string{"warning PE204 Ingress cindy/private spec.rules[0].http.paths[0]"}},
		"private exact, public root":            {route{path: "/x", pathType: "Exact"}, route{path: "/"}, []string{"warning PE204 Ingress cindy/private spec.rules[0].http.paths[0]"}},
		"private exact, public text":            {route{path: "/x", pathType: "Exact"}, route{path: "/x", pathType: "ImplementationSpecific"}, []string{"warning PE204 Ingress cindy/private spec.rules[0].http.paths[0]"}},
		"private exact, public exact elsewhere": {route{path: "/x", pathType: "Exact"}, route{path: "/x/", pathType: "Exact"}, nil},
		"private exact, public disjoint":        {route{path: "/x", pathType: "Exact"}, route{path: "/y"}, nil},

		// PE205: a host of two namespaces.
		"other namespace, around":   {route{path: "/x"}, route{path: "/", namespace: "bob"}, []string{"info PE205 Ingress bob/public spec.rules[0].http.paths[0]"}},
		"other namespace, disjoint": {route{path: "/x"}, route{path: "/y", namespace: "bob"}, []string{"info PE205 Ingress bob/public spec.rules[0].http.paths[0]"}},
		"other namespace and host":  {route{path: "/x"}, route{path: "/y", namespace: "bob", host: "b.example.com"}, nil},
		"other namespace and class": {route{path: "/x"}, route{path: "/x", namespace: "bob", class: "internal"}, nil},

		// PE206: a public route for more hosts than one.
		"every host":                    {route{path: "/x"}, route{path: "/", everyHost: true}, []string{"error PE206 Ingress " + at}},
		"every host, other Service":     {route{path: "/x"}, route{path: "/", everyHost: true, service: "other"}, []string{"info PE206 Ingress " + at}},
		"every host, disjoint":          {route{path: "/x"}, route{path: "/y", everyHost: true}, []string{"info PE206 Ingress " + at}},
		"every host, rewritten":         {route{path: "/x"}, route{path: "/y", everyHost: true, annotations: rewriteTarget + "/x"}, []string{"error PE206 Ingress " + at}},
		"wildcard":                      {route{path: "/x"}, route{path: "/", host: "*.example.com"}, []string{"error PE206 Ingress " + at}},
		"wildcard, other Service":       {route{path: "/x"}, route{path: "/", host: "*.example.com", service: "other"}, []string{"info PE206 Ingress " + at}},
		"wildcard of a deeper domain":   {route{path: "/x"}, route{path: "/y", host: "*.a.example.com"}, nil},
		"wildcard of a higher domain":   {route{path: "/x"}, route{path: "/y", host: "*.com"}, nil},
		"wildcard elsewhere, same path": {route{path: "/x"}, route{path: "/x", host: "*.example.org"}, []string{"error PE201 Ingress " + at}},

		// PE305: paths that are read as expressions.
		"expression":                     {route{path: "/x"}, route{path: "/[x-z]", pathType: "ImplementationSpecific", service: "other", annotations: useRegex}, []string{"error PE305 Ingress " + at}},
		"expression that is not read":    {route{path: "/x"}, route{path: "/[x-z]", pathType: "ImplementationSpecific", service: "other"}, nil},
		"expression on another host":     {route{path: "/x"}, route{path: "/[x-z]", pathType: "ImplementationSpecific", service: "other", host: "b.example.com", annotations: useRegex}, nil},
		"letter case":                    {route{path: "/x"}, route{path: "/X", service: "other", annotations: useRegex}, []string{"error PE202 Ingress " + at}},
		"letter case that counts":        {route{path: "/x"}, route{path: "/X", service: "other"}, nil},
		"prefix that loses its segments": {route{path: "/x"}, route{path: "/xy", service: "other", annotations: useRegex}, []string{"info PE203 Ingress " + at}},
		"expression of the private one":  {route{path: "/x", annotations: useRegex}, route{path: "/X", service: "other"}, []string{"error PE202 Ingress " + at}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			private, public := private(test.private).String(), public(test.public).String()
			require.Equal(t, test.want, lines(check(t, config.VerifyEnforce, private+public)))
			require.Equal(t, test.want, lines(check(t, config.VerifyEnforce, public+private)), "in the other order")
		})
	}
}

// TestBothPrivate holds that a private Ingress is no way around another one.
func TestBothPrivate(t *testing.T) {
	for name, other := range map[string]route{
		"same host": {path: "/x/y"}, "other host": {path: "/x", host: "b.example.com"}, "other class": {path: "/x", class: "traefik"},
		"rewritten": {path: "/y", annotations: rewriteTarget + "/x"}, "other namespace": {path: "/x/y", namespace: "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			second := private(other)
			second.name = "second"
			require.Empty(t, check(t, config.VerifyEnforce, private(route{path: "/x"}).String()+second.String()))
		})
	}
}

// TestEveryPublicPathIsCompared has two rules, two paths and a default backend in one public Ingress.
func TestEveryPublicPathIsCompared(t *testing.T) {
	input := private(route{path: "/x"}).String() + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: public, namespace: cindy}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: app, port: {number: 80}}}
  rules:
  - host: b.example.com
    http:
      paths:
      - {path: /y, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
      - {path: /x, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
  - host: c.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
`
	require.Equal(t, []string{
		"error PE206 Ingress cindy/public spec.defaultBackend",
		"error PE201 Ingress cindy/public spec.rules[0].http.paths[1]",
		"error PE201 Ingress cindy/public spec.rules[1].http.paths[0]",
	}, lines(check(t, config.VerifyEnforce, input)))
}

// TestRegularHostOfAThird is a private path and a public one that only meet because a third Ingress makes the controller
// read the paths of their host as expressions.
func TestRegularHostOfAThird(t *testing.T) {
	input := private(route{path: "/x"}).String() + public(route{path: "/X", service: "other"}).String()
	require.Empty(t, check(t, config.VerifyEnforce, input))
	third := route{name: "third", path: "/z", service: "third", annotations: useRegex}
	require.Equal(t, []string{"error PE202 Ingress cindy/public spec.rules[0].http.paths[0]"}, lines(check(t, config.VerifyEnforce, input+third.String())))
	third.host = "b.example.com"
	require.Empty(t, check(t, config.VerifyEnforce, input+third.String()))
}

// TestServiceEndpoint is a private Service, whose Ingress does not stand in the input.
func TestServiceEndpoint(t *testing.T) {
	const service = `apiVersion: v1
kind: Service
metadata: {name: app, namespace: cindy, annotations: {dev.okteto.com/auto-ingress: private}}
spec: {ports: [{port: 80}]}
`
	findings := check(t, config.VerifyEnforce, service+public(route{path: "/"}).String())
	require.Equal(t, finding.List{OtherWay.At(finding.Object{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Namespace: "cindy", Name: "public"},
		"spec.rules[0].http.paths[0]", "a.example.com, path /, reaches path / of Service cindy/app, which Service cindy/app makes private",
		"serve public and private paths on one host: write host app-cindy.apps.example.com, or the same generate-host word, on both Ingresses, with paths that do not meet; or make both private",
	)}, findings)
	require.Empty(t, check(t, config.VerifyEnforce, service+public(route{path: "/", service: "other"}).String()))
}

func TestVerifyMode(t *testing.T) {
	input := private(route{path: "/x"}).String() + public(route{path: "/x", host: "b.example.com"}).String()
	for mode, want := range map[string][]string{
		config.VerifyEnforce: {"error PE201 Ingress cindy/public spec.rules[0].http.paths[0]"},
		config.VerifyWarn:    {"warning PE201 Ingress cindy/public spec.rules[0].http.paths[0]"},
		config.VerifyOff:     nil,
	} {
		require.Equal(t, want, lines(check(t, mode, input)), mode)
	}
}

// TestUnreadableRoute is an Ingress of which nothing is known: the proof fails, but only where there is something to prove.
func TestUnreadableRoute(t *testing.T) {
	const broken = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: broken\n  namespace: cindy\nspec: {a: 1, a: 2}\n"
	set, findings := manifest.Read([]byte(private(route{path: "/x"}).String() + broken))
	require.Empty(t, findings)
	settings := readSettings(t, config.VerifyEnforce)
	plan, _ := endpoint.Expand(set, settings, endpoint.Options{})
	require.Contains(t, lines(Check(Input{Set: set, NamespaceOf: plan.EffectiveNamespace, Endpoints: plan.Private(), Settings: settings, Mode: settings.Spec.Verify.Mode}).Findings), "error PE160 Ingress cindy/broken ")
}

// TestTwoHostsSplitAlike serves one application, with a private path, under two hosts. On each of them the private route takes the
// private requests, so that the public one of the other host is no way around it.
func TestTwoHostsSplitAlike(t *testing.T) {
	second, other := private(route{path: "/x", host: "b.example.com"}), public(route{path: "/", host: "b.example.com"})
	second.name, other.name = "second", "other"
	both := private(route{path: "/x"}).String() + public(route{path: "/"}).String() + other.String()
	require.Equal(t, []string{"error PE201 Ingress cindy/other spec.rules[0].http.paths[0]"}, lines(check(t, config.VerifyEnforce, both)))
	require.Empty(t, lines(check(t, config.VerifyEnforce, both+second.String())))

	second.path = "/x/y"
	require.Equal(t, []string{"error PE201 Ingress cindy/other spec.rules[0].http.paths[0]"}, lines(check(t, config.VerifyEnforce, both+second.String())),
		"a private route that takes only some of the requests")
	second.path, second.class = "/x", "internal"
	require.Equal(t, []string{"error PE201 Ingress cindy/other spec.rules[0].http.paths[0]"}, lines(check(t, config.VerifyEnforce, both+second.String())),
		"a private route of another class")
}

// TestWorstIsReported has a public route that does nothing to one endpoint and opens another. What it does to the first must not
// hide what it does to the second, whichever is looked at first.
func TestWorstIsReported(t *testing.T) {
	harmed, spared := private(route{path: "/x"}), private(route{path: "/y", service: "other", host: "b.example.com"})
	spared.name = "spared"
	everywhere := public(route{path: "/x", everyHost: true})
	for _, input := range []string{spared.String() + harmed.String(), harmed.String() + spared.String()} {
		require.Equal(t, []string{"error PE206 Ingress cindy/public spec.rules[0].http.paths[0]"}, lines(check(t, config.VerifyEnforce, input+everywhere.String())))
	}
}

// TestWaivedForOneNamespace has a public route that opens endpoints of two namespaces. Its own namespace has accepted that; the
// other has not.
func TestWaivedForOneNamespace(t *testing.T) {
	const alias = "---\napiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: cindy}\nspec: {type: ExternalName, externalName: app.bob.svc.cluster.local}\n"
	foreign := private(route{path: "/x", namespace: "bob", host: "b.example.com"})
	foreign.name = "foreign"
	own := private(route{path: "/x", service: "alias"})
	open := public(route{path: "/x", service: "alias", host: "c.example.com", annotations: `private-endpoints.dev/waive: "PE201: internal network"`})
	for _, input := range []string{own.String() + foreign.String(), foreign.String() + own.String()} {
		require.True(t, check(t, config.VerifyEnforce, alias+input+open.String()).HasErrors())
	}
	require.False(t, check(t, config.VerifyEnforce, alias+own.String()+open.String()).HasErrors())
}
