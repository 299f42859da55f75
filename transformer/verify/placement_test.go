package verify

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// written is what the program makes of a private Ingress and a private Service, which are both of a class.
func written(t *testing.T, class, namespace string) string {
	t.Helper()
	const service = `---
apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: private
    private-endpoints.dev/ingress-class: CLASS
spec:
  ports:
  - name: grpc
    port: 9000
`
	set, findings := manifest.Read([]byte(strings.NewReplacer("cindy", namespace, "CLASS", class).Replace(private(route{path: "/", class: class}).String() + service)))
	require.Empty(t, findings)
	settings := readSettings(t, "enforce")
	plan, findings := endpoint.Expand(set, settings, endpoint.Options{})
	require.False(t, findings.HasErrors(), findings)
	classes, findings := controller.Resolve(settings)
	require.Empty(t, findings)
	require.Empty(t, classes.Apply(plan, settings))
	require.Empty(t, plan.Write())
	var output bytes.Buffer
	_, err := set.WriteTo(&output)
	require.NoError(t, err)
	return output.String()
}

// place is Placement of a set as it stands, with the namespace that each object says.
func place(t *testing.T, input string) finding.List {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	return Placement(set, (*manifest.Item).Namespace)
}

// without drops the documents of a stream that hold text.
func without(stream, text string) string {
	var kept []string
	for _, document := range strings.Split(stream, "---\n") {
		if !strings.Contains(document, text) {
			kept = append(kept, document)
		}
	}
	return strings.Join(kept, "---\n")
}

// TestPlacement is E24: a layer above the function renames or moves what it wrote.
func TestPlacement(t *testing.T) {
	const (
		forField   = " metadata.annotations[private-endpoints.dev/for]"
		referField = " metadata.annotations[traefik.ingress.kubernetes.io/router.middlewares]"
	)
	output := written(t, "traefik", "cindy")
	name := func(e string) string {
		start := strings.Index(output, "cindy/"+e+"\n")
		require.Positive(t, start)
		// The Middleware of an endpoint stands behind its Ingress, and its name in the reference of that Ingress.
		reference := output[strings.Index(output, "router.middlewares: "):]
		if e == "api" {
			reference = output[strings.LastIndex(output, "router.middlewares: "):]
		}
		return strings.TrimPrefix(reference[:strings.Index(reference, "@")], "router.middlewares: cindy-")
	}
	ofPrivate, ofAPI := name("private"), name("api")
	require.NotEqual(t, ofPrivate, ofAPI)
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(output) }
	tests := map[string]struct {
		input string
		want  []string
	}{
		"as it was written": {output, nil},
		"name of the Ingress": {
			replace("name: private,", "name: x-private,"),
			[]string{"error PE165 Ingress cindy/x-private" + forField, "error PE165 Middleware cindy/" + ofPrivate + forField},
		},
		"name of the Service": {
			replace("name: api\n  namespace: cindy\n  annotations:\n    dev", "name: x-api\n  namespace: cindy\n  annotations:\n    dev"),
			[]string{"error PE165 Service cindy/x-api" + forField},
		},
		"namespace of everything": {
			replace("namespace: cindy", "namespace: bob"),
			[]string{
				"error PE165 Ingress bob/private" + forField, "error PE166 Ingress bob/private" + referField, "error PE165 Middleware bob/" + ofPrivate + forField,
				"error PE165 Service bob/api" + forField, "error PE165 Ingress bob/api" + forField, "error PE166 Ingress bob/api" + referField,
				"error PE165 Middleware bob/" + ofAPI + forField,
			},
		},
		"name of a Middleware": {
			replace("name: "+ofPrivate+"\n", "name: x-"+ofPrivate+"\n"), []string{"error PE166 Ingress cindy/private" + referField},
		},
		"no Middleware":        {without(output, "name: "+ofAPI+"\n"), []string{"error PE166 Ingress cindy/api" + referField}},
		"no Ingress":           {without(output, "name: api\n  namespace: cindy\n  labels"), []string{"error PE165 Middleware cindy/" + ofAPI + forField}},
		"Middleware of a user": {replace(ofPrivate+"@kubernetescrd", ofPrivate+"@kubernetescrd,cindy-own@kubernetescrd"), nil},
		"of another provider":  {replace(ofPrivate+"@kubernetescrd", ofPrivate+"@kubernetescrd,x-private-endpoint-x@file"), nil},
		"blanks in the list":   {replace("middlewares: cindy-", "middlewares: cindy-own@kubernetescrd, cindy-"), nil},
		"another manager":      {replace("managed-by: private-endpoints", "managed-by: other"), nil},
		"words in a namespace": {written(t, "traefik", "a-private-endpoint-b"), nil},
		"namespaces are not known": {
			replace("  namespace: cindy\n", "", ", namespace: cindy", ""), nil,
		},
		"name, where namespaces are not known": {
			replace("name: private, namespace: cindy", "name: x-private", "  namespace: cindy\n", ""),
			[]string{"error PE165 Ingress x-private" + forField},
		},
		"no Middleware, where namespaces are not known": {
			without(replace("  namespace: cindy\n", "", ", namespace: cindy", ""), "name: "+ofAPI+"\n"),
			[]string{"error PE166 Ingress api" + referField},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, test.want, lines(place(t, test.input)))
		})
	}
}

func TestPlacementSaysWhatToDo(t *testing.T) {
	output := strings.ReplaceAll(written(t, "traefik", "cindy"), "namespace: cindy", "namespace: bob")
	findings := place(t, output)
	require.Equal(t, "was written for cindy/private", findings[0].Cause)
	require.Regexp(t, `\AMiddleware cindy/private-endpoint-[0-9a-f]{10} is not in the set\z`, findings[1].Cause)
	for _, f := range findings {
		require.Equal(t, "run the function after whatever changed the namespace or name: with kustomize, list it in the outermost kustomization", f.Remedy)
	}
}

// TestPlacementOfHTTPRoutes is E24 for the filters of an HTTPRoute.
func TestPlacementOfHTTPRoutes(t *testing.T) {
	const output = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: admin, namespace: cindy, annotations: {private-endpoints.dev/for: cindy/admin}}
spec:
  rules:
  - backendRefs: [{name: web, port: 80}]
  - filters:
    - {type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: private-endpoint-de114f4af7}}
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: private-endpoint-de114f4af7, namespace: cindy, annotations: {private-endpoints.dev/for: cindy/admin}}
`
	require.Empty(t, place(t, output))
	require.Equal(t, []string{"error PE166 HTTPRoute cindy/admin spec.rules[1].filters"}, lines(place(t, without(output, "kind: Middleware\n"))))
	require.Equal(t, []string{
		"error PE165 HTTPRoute bob/admin metadata.annotations[private-endpoints.dev/for]", "error PE165 Middleware bob/private-endpoint-de114f4af7 metadata.annotations[private-endpoints.dev/for]",
	}, lines(place(t, strings.ReplaceAll(output, "namespace: cindy", "namespace: bob"))))
}

// TestPlacementOfPolicies is E24 for the Policies of F5 NGINX, which an Ingress names with their namespace.
func TestPlacementOfPolicies(t *testing.T) {
	const (
		forField   = " metadata.annotations[private-endpoints.dev/for]"
		referField = " metadata.annotations[nginx.org/policies]"
	)
	output := written(t, "f5", "cindy")
	references := regexp.MustCompile(`nginx.org/policies: cindy/(private-endpoint-[0-9a-f]{10})`).FindAllStringSubmatch(output, -1)
	require.Len(t, references, 2)
	ofPrivate, ofAPI := references[0][1], references[1][1]
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(output) }
	withoutNamespaces := []string{"  namespace: cindy\n", "", ", namespace: cindy", ""}
	dangling := []string{"error PE166 Ingress cindy/private" + referField}
	tests := map[string]struct {
		input string
		want  []string
	}{
		"as it was written":           {output, nil},
		"without its namespace":       {replace("cindy/"+ofPrivate, ofPrivate), nil},
		"name of the Policy":          {replace("name: "+ofPrivate+"\n", "name: x-"+ofPrivate+"\n"), dangling},
		"no Policy":                   {without(output, "name: "+ofPrivate+"\n"), dangling},
		"no Policy, by its name":      {replace("cindy/"+ofPrivate, ofPrivate, "name: "+ofPrivate+"\n", "name: x\n"), dangling},
		"Policy of a user":            {replace("cindy/"+ofPrivate, "cindy/"+ofPrivate+", cindy/own"), nil},
		"namespaces are not known":    {replace(withoutNamespaces...), nil},
		"no Policy, and no namespace": {without(replace(withoutNamespaces...), "name: "+ofPrivate+"\n"), []string{"error PE166 Ingress private" + referField}},
		"namespace of everything": {
			replace("namespace: cindy", "namespace: bob"),
			[]string{
				"error PE165 Ingress bob/private" + forField, "error PE166 Ingress bob/private" + referField, "error PE165 Policy bob/" + ofPrivate + forField,
				"error PE165 Ingress bob/api" + forField, "error PE166 Ingress bob/api" + referField, "error PE165 Policy bob/" + ofAPI + forField,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.ElementsMatch(t, test.want, lines(place(t, test.input)))
		})
	}
}
