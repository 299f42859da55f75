package exposure

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// read reads the ways of input.
func read(t *testing.T, input string) ([]*Way, finding.List) {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	objects := controller.Index(set, (*manifest.Item).Namespace)
	private := map[*manifest.Item]bool{}
	for _, item := range set.Items() {
		private[item] = item.Namespace() == "cindy"
	}
	found, findings := Read(objects, controller.NewServing(nil, objects), private, nil)
	return found.Ways, findings
}

// routes reads the ways of input as text: field, what lets them in, host, path and Service.
func routes(t *testing.T, input string) ([]string, finding.List) {
	t.Helper()
	found, findings := read(t, input)
	var texts []string
	for _, way := range found {
		texts = append(texts, strings.Join([]string{way.Field, way.Via, way.Host, way.Paths.String(), way.Service}, " "))
	}
	return texts, findings
}

const head = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: cindy}\n"

func TestIngresses(t *testing.T) {
	tests := map[string]struct {
		input string
		want  []string
	}{
		"rule": {
			head + "spec: {ingressClassName: nginx, rules: [{host: a.b, http: {paths: [{path: /x, pathType: Exact, backend: {service: {name: s}}}]}}]}",
			[]string{"spec.rules[0].http.paths[0] class nginx a.b /x cindy/s"},
		},
		"every rule and path": {
			head + "spec: {rules: [{host: a.b, http: {paths: [{path: /x, backend: {service: {name: s}}}, {path: /y, backend: {service: {name: t}}}]}}, {http: {paths: [{backend: {service: {name: s}}}]}}]}",
			[]string{"spec.rules[0].http.paths[0] no class a.b /x cindy/s", "spec.rules[0].http.paths[1] no class a.b /y cindy/t", "spec.rules[1].http.paths[0] no class  / cindy/s"},
		},
		"letter case and dot of the host": {
			head + "spec: {rules: [{host: A.B., http: {paths: [{path: /, backend: {service: {name: s}}}]}}]}",
			[]string{"spec.rules[0].http.paths[0] no class a.b / cindy/s"},
		},
		"default backend": {
			head + "spec: {defaultBackend: {service: {name: s}}}", []string{"spec.defaultBackend no class  / cindy/s"},
		},
		"older version": {
			"apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a, namespace: cindy}\nspec: {backend: {serviceName: s}, rules: [{http: {paths: [{backend: {serviceName: t}}]}}]}",
			[]string{"spec.backend no class  / cindy/s", "spec.rules[0].http.paths[0] no class  / cindy/t"},
		},
		"legacy class": {
			"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {kubernetes.io/ingress.class: nginx}}\nspec: {defaultBackend: {service: {name: s}}}",
			[]string{"spec.defaultBackend class nginx  / /s"},
		},
		"backend that is no Service": {
			head + "spec: {defaultBackend: {resource: {kind: StorageBucket, name: s}}}", []string{"spec.defaultBackend no class  / "},
		},
		"Service that was renamed": {
			head + "spec: {defaultBackend: {service: {name: old}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: new, namespace: cindy, annotations: {internal.config.kubernetes.io/previousNames: \"older,old\"}}",
			[]string{"spec.defaultBackend no class  / cindy/old", "spec.defaultBackend no class  / cindy/new"},
		},
		"Service of another namespace that was renamed": {
			head + "spec: {defaultBackend: {service: {name: old}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: new, namespace: bob, annotations: {internal.config.kubernetes.io/previousNames: old}}",
			[]string{"spec.defaultBackend no class  / cindy/old"},
		},
		"Service that was moved": {
			head + "spec: {defaultBackend: {service: {name: old}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: new, namespace: bob, annotations: {internal.config.kubernetes.io/previousNames: old, internal.config.kubernetes.io/previousNamespaces: cindy}}",
			[]string{"spec.defaultBackend no class  / cindy/old", "spec.defaultBackend no class  / bob/new"},
		},
		"Ingress of another group": {
			"apiVersion: networking.internal.knative.dev/v1alpha1\nkind: Ingress\nmetadata: {name: a}\nspec: {defaultBackend: {service: {name: s}}}", nil,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, findings := routes(t, test.input)
			require.Empty(t, findings)
			require.Equal(t, test.want, got)
		})
	}
}

func TestIngressThatCannotBeRead(t *testing.T) {
	got, findings := routes(t, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  namespace: cindy\nspec: {a: 1, a: 2}\n")
	require.Empty(t, got)
	require.Len(t, findings, 1)
	require.Equal(t, Unreadable.Code, findings[0].Code)
	require.Equal(t, "Ingress cindy/a", findings[0].Object.String())
}

// TestRewritingOfNginx is about the annotations with which ingress-nginx, and those that follow it, read all paths of a host as
// expressions and rewrite them.
func TestRewritingOfNginx(t *testing.T) {
	const (
		nginx = "k8s.io/ingress-nginx"
		kong  = "ingress-controllers.konghq.com/kong"
	)
	tests := map[string]struct {
		controller, annotation, path string
		regular                      bool
		rewrite                      string
	}{
		"use-regex":                    {nginx, `use-regex: "true"`, "/x", true, ""},
		"use-regex as a number":        {nginx, `use-regex: "1"`, "/x", true, ""},
		"use-regex off":                {nginx, `use-regex: "false"`, "/x", false, ""},
		"use-regex empty":              {nginx, `use-regex: ""`, "/x", false, ""},
		"rewritten":                    {nginx, "rewrite-target: /$1", "/x", true, "/$1"},
		"rewritten to one path":        {nginx, "rewrite-target: /y", "/x", true, "/y"},
		"rewritten to nothing":         {nginx, `rewrite-target: ""`, "/x", false, ""},
		"rewritten to itself":          {nginx, "rewrite-target: /", "/", false, ""},
		"no path rewritten to itself":  {nginx, "rewrite-target: /", "''", false, ""},
		"prefix rewritten to itself":   {nginx, "rewrite-target: /x", "/x", true, ""},
		"another annotation":           {nginx, "app-root: /x", "/x", false, ""},
		"followed by another":          {"higress.io/higress-controller", "rewrite-target: /y", "/x", true, "/y$1"},
		"not followed":                 {kong, "rewrite-target: /y", "/x", false, ""},
		"not followed by Traefik":      {"traefik.io/ingress-controller", `use-regex: "true"`, "/x", false, ""},
		"of a class that nobody knows": {"example.com/controller", "rewrite-target: /y", "/x", true, "/y$1"},
		"to itself, and nobody knows":  {"example.com/controller", "rewrite-target: /x", "/x", true, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			found, findings := read(t, "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: c}\nspec: {controller: "+test.controller+"}\n---\n"+
				"apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n    nginx.ingress.kubernetes.io/"+test.annotation+"\n"+
				"spec: {ingressClassName: c, rules: [{host: a.b, http: {paths: [{path: "+test.path+", pathType: Prefix, backend: {service: {name: s}}}]}}]}\n")
			require.Empty(t, findings)
			require.Len(t, found, 1)
			require.Equal(t, test.regular, found[0].Regular)
			require.Equal(t, test.rewrite, found[0].Rewrite)
		})
	}
}

// TestRewritingOfTraefik is about Traefik's provider for these annotations: it leaves what follows the path, and reads no Exact path as
// an expression.
func TestRewritingOfTraefik(t *testing.T) {
	for pathType, want := range map[string]Way{
		"Prefix": {Paths: Prefix("/x"), Regular: true, Rewrite: "/y$1", ranked: true},
		"Exact":  {Paths: PathSet{"/x", exact}, Regular: true, Rewrite: "/y"},
	} {
		set, findings := manifest.Read([]byte("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /y}}\n"))
		require.Empty(t, findings)
		item := set.Items()[0]
		got := Way{Item: item, Paths: newPathSet("/x", networkingv1.PathType(pathType)), written: "/x", ranked: true}
		rewriteAsNginx("traefik-nginx", &got)
		want.Item, want.written = item, "/x"
		require.Equal(t, want, got, pathType)
	}
}

// TestShares is about what the backend sees: after rewriting, and of a controller that reads paths as expressions.
func TestShares(t *testing.T) {
	plain := &Way{Paths: Prefix("/X")}
	tests := map[string]struct {
		route Way
		want  bool
	}{
		"same path":                  {Way{Paths: Prefix("/X")}, true},
		"other path":                 {Way{Paths: Prefix("/y")}, false},
		"other letter case":          {Way{Paths: Prefix("/x")}, false},
		"letter case of expressions": {Way{Paths: Prefix("/x"), Regular: true}, true},
		"other expression":           {Way{Paths: Prefix("/y"), Regular: true}, false},
		"expression for anything":    {Way{Paths: newPathSet("/[A-Z]", otherType), Regular: true}, true},
		"rewritten to it":            {Way{Paths: Prefix("/y"), Regular: true, Rewrite: "/X"}, true},
		"rewritten into it":          {Way{Paths: Prefix("/y"), Regular: true, Rewrite: "/X/y"}, true},
		"rewritten away":             {Way{Paths: Prefix("/X"), Regular: true, Rewrite: "/y"}, false},
		"rewritten to the root":      {Way{Paths: Prefix("/y"), Regular: true, Rewrite: "/"}, false},
		"rewritten by groups":        {Way{Paths: Prefix("/y"), Regular: true, Rewrite: "/y/$1"}, true},
		"rewritten without a slash":  {Way{Paths: Prefix("/y"), Regular: true, Rewrite: "y"}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.route.Shares(plain))
			require.Equal(t, test.want, plain.Shares(&test.route))
		})
	}
}

func TestNormalHost(t *testing.T) {
	for host, want := range map[string]string{
		"WWW.Example.com.":             "www.example.com",
		"App-${NS}.${CLUSTER_Domain}":  "app-${NS}.${CLUSTER_Domain}",
		"${a}.X.${A}.${a}":             "${a}.x.${A}.${a}",
		"":                             "",
		"*.Apps.example.com":           "*.apps.example.com",
		"APP.${DOMAIN:=Example.com}.X": "app.${DOMAIN:=Example.com}.x",
	} {
		require.Equal(t, want, normalHost(host), host)
	}
}
