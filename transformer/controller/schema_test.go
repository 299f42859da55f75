package controller_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
)

const schemaFile = "../../docs/private-endpoints.schema.json"

// settingsTypes are the types of the settings that a class may hold, by the id of the controller.
var settingsTypes = map[string]reflect.Type{
	"istio":           reflect.TypeFor[controller.IstioSettings](),
	"traefik":         reflect.TypeFor[controller.TraefikSettings](),
	"haproxy-ingress": reflect.TypeFor[controller.HAProxySettings](),
	"f5-nginx":        reflect.TypeFor[controller.F5Settings](),
}

// TestSchema keeps the published schema equal to the types and their comments; -update writes it.
func TestSchema(t *testing.T) {
	path, err := filepath.Abs(schemaFile)
	require.NoError(t, err)
	generated, err := json.MarshalIndent(generateSchema(t), "", "  ")
	require.NoError(t, err)
	// The encoder escapes for HTML, which makes <namespace> hard to read.
	golden.Assert(t, strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(generated))+"\n", path)
}

func generateSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	const module = "github.com/private-endpoints/private-endpoints/transformer/controller"
	reflector := &jsonschema.Reflector{ExpandedStruct: true, Anonymous: true}
	for _, path := range []string{"../config", "."} {
		require.NoError(t, reflector.AddGoComments(module, path, jsonschema.WithFullComment()))
	}
	for name, comment := range reflector.CommentMap {
		reflector.CommentMap[name] = strings.Join(strings.Fields(comment), " ")
	}
	schema := reflector.Reflect(config.Config{})
	schema.ID = "https://raw.githubusercontent.com/private-endpoints/private-endpoints/main/docs/private-endpoints.schema.json"
	schema.Title = "PrivateEndpoints"
	schema.Description = "The configuration of private-endpoints, a KRM function that turns annotations on Services and Ingresses into protected Ingresses."
	property(schema, "apiVersion").Const = config.APIVersion
	property(schema, "kind").Const = config.Kind
	oneOfTLS(schema.Definitions["TLS"])
	classesOrGateway(schema.Definitions["Spec"])
	for name, supported := range map[string]func(controller.Controller) bool{
		"IngressClass": controller.Controller.Supported, "Gateway": controller.Controller.SupportsHTTPRoutes,
	} {
		class := schema.Definitions[name]
		for _, known := range controller.All() {
			if !supported(known) {
				continue
			}
			property(class, "controller").Enum = append(property(class, "controller").Enum, known.ID)
			if known.DecodeSettings != nil {
				require.Contains(t, settingsTypes, known.ID, "the schema describes the settings of every controller")
				addSettings(schema, class, known.ID, reflector.ReflectFromType(settingsTypes[known.ID]))
			}
		}
	}
	return schema
}

// classesOrGateway says that there is a class, with certificates for its Ingresses, or nothing but a Gateway.
func classesOrGateway(spec *jsonschema.Schema) {
	one, none := uint64(1), uint64(0)
	some, without := jsonschema.NewProperties(), jsonschema.NewProperties()
	some.Set("ingressClasses", &jsonschema.Schema{MinItems: &one})
	without.Set("ingressClasses", &jsonschema.Schema{MaxItems: &none})
	without.Set("gateway", &jsonschema.Schema{Type: "object"})
	spec.AnyOf = []*jsonschema.Schema{
		{Required: []string{"ingressClasses", "tls"}, Properties: some},
		{Required: []string{"gateway"}, Properties: without},
	}
}

func property(schema *jsonschema.Schema, name string) *jsonschema.Schema {
	found, _ := schema.Properties.Get(name)
	return found
}

// oneOfTLS says that exactly one field is set: controllerDefault: false is not.
func oneOfTLS(tls *jsonschema.Schema) {
	isTrue := jsonschema.NewProperties()
	isTrue.Set("controllerDefault", &jsonschema.Schema{Const: true})
	tls.OneOf = []*jsonschema.Schema{
		{Required: []string{"secretName"}},
		{Required: []string{"clusterIssuer"}},
		{Required: []string{"controllerDefault"}, Properties: isTrue},
	}
}

// addSettings allows settings under the controller's id on a class of that controller alone.
func addSettings(schema, class *jsonschema.Schema, id string, settings *jsonschema.Schema) {
	for name, definition := range settings.Definitions {
		schema.Definitions[name] = definition
	}
	settings.Version, settings.Definitions = "", nil
	name := settingsTypes[id].Name()
	schema.Definitions[name] = settings
	class.Properties.Set(id, &jsonschema.Schema{Ref: "#/$defs/" + name, Description: "Settings of the controller " + id + "."})
	same := jsonschema.NewProperties()
	same.Set("controller", &jsonschema.Schema{Const: id})
	if class.DependentSchemas == nil {
		class.DependentSchemas = map[string]*jsonschema.Schema{}
	}
	class.DependentSchemas[id] = &jsonschema.Schema{Properties: same}
}

// TestSchemaAgrees: what the schema accepts, the program accepts, and the other way round.
func TestSchemaAgrees(t *testing.T) {
	compiled := compileSchema(t)
	example, err := os.ReadFile("../../testdata/config.yaml")
	require.NoError(t, err)
	tests := map[string]struct {
		document []byte
		valid    bool
	}{
		"example":                 {example, true},
		"another kind":            {[]byte("apiVersion: apps/v1\nkind: Deployment\n"), false},
		"no spec":                 {[]byte("apiVersion: private-endpoints.dev/v1alpha1\nkind: PrivateEndpoints\n"), false},
		"beside spec":             {append([]byte("status: {}\n"), example...), false},
		"everything":              {overlay(t, `{annotationDomain: a.b, defaultNamespace: a, services: {convertLoadBalancers: all}, hosts: {enforceSuffix: true}, links: {argocd: false}, placeholders: flux, assumeWhole: true, verify: {mode: warn}}`), true},
		"unknown field":           {overlay(t, `{subdomian: a}`), false},
		"unknown field inside":    {overlay(t, `{verify: {modus: warn}}`), false},
		"wrong type":              {overlay(t, `{assumeWhole: "true"}`), false},
		"no classes":              {overlay(t, `{ingressClasses: []}`), false},
		"gateway alone":           {overlay(t, `{ingressClasses: [], gateway: {name: a, namespace: b, controller: traefik, traefik: {signIn: none}}}`), true},
		"gateway beside a class":  {overlay(t, `{gateway: {name: a, namespace: b, controller: traefik}}`), true},
		"gateway, no namespace":   {overlay(t, `{gateway: {name: a, controller: traefik}}`), false},
		"gateway, no HTTPRoutes":  {overlay(t, `{gateway: {name: a, namespace: b, controller: ingress-nginx}}`), false},
		"no controller":           {overlay(t, `{ingressClasses: [{name: a}]}`), false},
		"controller":              {overlay(t, `{ingressClasses: [{name: a, controller: ingress-nginx}]}`), true},
		"controller not known":    {overlay(t, `{ingressClasses: [{name: a, controller: nginx}]}`), false},
		"controller not yet":      {overlay(t, `{ingressClasses: [{name: a, controller: contour}]}`), false},
		"version":                 {overlay(t, `{ingressClasses: [{name: a, controller: traefik, version: "3.7.1"}]}`), true},
		"version, v":              {overlay(t, `{ingressClasses: [{name: a, controller: traefik, version: v3.7}]}`), false},
		"settings":                {overlay(t, `{ingressClasses: [{name: a, controller: traefik, traefik: {entryPoints: [web], signIn: errors, signInService: {name: a, namespace: b, port: 80}}}]}`), true},
		"settings, unknown field": {overlay(t, `{ingressClasses: [{name: a, controller: traefik, traefik: {entrypoints: [web]}}]}`), false},
		"settings, wrong type":    {overlay(t, `{ingressClasses: [{name: a, controller: traefik, traefik: {entryPoints: web}}]}`), false},
		"settings of another":     {overlay(t, `{ingressClasses: [{name: a, controller: ingress-nginx, traefik: {}}]}`), false},
		"settings of HAProxy":     {overlay(t, `{ingressClasses: [{name: a, controller: haproxy-ingress, haproxy-ingress: {signIn: none}}]}`), true},
		"settings, another value": {overlay(t, `{ingressClasses: [{name: a, controller: haproxy-ingress, haproxy-ingress: {signIn: static}}]}`), false},
		"settings of F5":          {overlay(t, `{ingressClasses: [{name: a, controller: f5-nginx, f5-nginx: {signInPath: /oauth2/sign_in}}]}`), true},
		"tls, issuer":             {overlay(t, `{tls: {clusterIssuer: a}}`), true},
		"tls, controller":         {overlay(t, `{tls: {controllerDefault: true}}`), true},
		"tls, not the controller": {overlay(t, `{tls: {secretName: a, controllerDefault: false}}`), true},
		"tls, none":               {overlay(t, `{tls: {}}`), false},
		"tls, false alone":        {overlay(t, `{tls: {controllerDefault: false}}`), false},
		"tls, two":                {overlay(t, `{tls: {secretName: a, clusterIssuer: b}}`), false},
		"no auth URL":             {overlay(t, `{auth: {}}`), false},
		"auth URL alone":          {overlay(t, `{auth: {url: "http://auth"}}`), true},
		"no headers":              {overlay(t, `{auth: {url: "http://auth", responseHeaders: []}}`), false},
		"namespaces":              {overlay(t, `{access: {groups: [a], namespaces: {shop: {groups: [b]}}}}`), true},
		"no groups":               {overlay(t, `{access: {groups: []}}`), false},
		"namespace without any":   {overlay(t, `{access: {groups: [a], namespaces: {shop: {}}}}`), false},
		"bad mode":                {overlay(t, `{verify: {mode: warning}}`), false},
		"bad conversion":          {overlay(t, `{services: {convertLoadBalancers: some}}`), false},
		"bad placeholders":        {overlay(t, `{placeholders: argo}`), false},
		"not yet, null":           {overlay(t, `{gateway: null, networkPolicy: null}`), true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settings, findings := config.Decode(test.document)
			if settings != nil {
				_, problems := controller.Resolve(settings)
				findings = append(findings, problems...)
			}
			require.Equal(t, test.valid, !findings.HasErrors(), "the program: %v", findings)

			data, err := yaml.YAMLToJSON(test.document)
			require.NoError(t, err)
			instance, err := validator.UnmarshalJSON(bytes.NewReader(data))
			require.NoError(t, err)
			err = compiled.Validate(instance)
			require.Equal(t, test.valid, err == nil, "the schema: %v", err)
		})
	}
}

func compileSchema(t *testing.T) *validator.Schema {
	t.Helper()
	file, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	document, err := validator.UnmarshalJSON(bytes.NewReader(file))
	require.NoError(t, err)
	compiler := validator.NewCompiler()
	require.NoError(t, compiler.AddResource("schema.json", document))
	compiled, err := compiler.Compile("schema.json")
	require.NoError(t, err)
	return compiled
}

// overlay returns a configuration that works, with the given fields in the place of its own.
func overlay(t *testing.T, fields string) []byte {
	t.Helper()
	example, err := os.ReadFile("../../testdata/config.yaml")
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, yaml.Unmarshal(example, &document))
	spec := document["spec"].(map[string]any)
	var changes map[string]any
	require.NoError(t, yaml.UnmarshalStrict([]byte(fields), &changes))
	for name, value := range changes {
		spec[name] = value
	}
	changed, err := yaml.Marshal(document)
	require.NoError(t, err)
	return changed
}

// TestReferenceSettings: the configuration reference has a row for every setting of a controller.
func TestReferenceSettings(t *testing.T) {
	reference, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	for _, known := range controller.All() {
		settings, has := settingsTypes[known.ID]
		if !has {
			continue
		}
		served := "spec.ingressClasses[]."
		if !known.Supported() {
			served = "spec.gateway."
		}
		for _, path := range settingPaths(served+known.ID, settings) {
			require.Contains(t, string(reference), "\n| `"+path+"` | ")
		}
	}
}

func settingPaths(path string, of reflect.Type) []string {
	paths := []string{path}
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if of.Kind() != reflect.Struct {
		return paths
	}
	for _, field := range reflect.VisibleFields(of) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" {
			paths = append(paths, settingPaths(path+"."+name, field.Type)...)
		}
	}
	return paths
}
