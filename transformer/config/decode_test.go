package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// text writes findings as the tests expect them: "code field: cause -> remedy", one per line.
func text(findings finding.List) string {
	var lines []string
	for _, f := range findings {
		lines = append(lines, fmt.Sprintf("%s %s -> %s", f.Code, f, f.Remedy))
	}
	return strings.Join(lines, "\n")
}

// with returns the minimal configuration with spec laid over its own: mappings are merged, null removes.
func with(t testing.TB, spec string) []byte {
	t.Helper()
	var base, over map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(Minimal), &base))
	require.NoError(t, yaml.UnmarshalStrict([]byte(spec), &over))
	merge(base["spec"].(map[string]any), over)
	document, err := yaml.Marshal(base)
	require.NoError(t, err)
	return document
}

func merge(base, over map[string]any) {
	for key, value := range over {
		inner, isMapping := value.(map[string]any)
		present, isMerged := base[key].(map[string]any)
		switch {
		case value == nil:
			delete(base, key)
		case isMapping && isMerged:
			merge(present, inner)
		default:
			base[key] = value
		}
	}
}

// check decodes document and compares its findings with want; none are wanted of a good one.
func check(t *testing.T, document []byte, want string) {
	t.Helper()
	settings, findings := Decode(document)
	require.Equal(t, want, text(findings))
	require.Equal(t, want == "", settings != nil, "there is a configuration exactly when nothing is wrong")
}

func TestDefaults(t *testing.T) {
	settings, findings := Decode([]byte(Minimal))
	require.Empty(t, findings)
	require.Equal(t, &Config{
		APIVersion: "private-endpoints.dev/v1alpha1",
		Kind:       "PrivateEndpoints",
		Metadata:   map[string]any{"name": "private-endpoints"},
		Spec: Spec{
			AnnotationDomain: "dev.okteto.com",
			Subdomain:        "apps.example.com",
			IngressClasses:   []IngressClass{{Name: "nginx", Controller: "ingress-nginx"}},
			TLS:              TLS{SecretName: "wildcard-apps"},
			Auth: Auth{
				URL:             "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth",
				SignInURL:       "https://auth.example.com/oauth2/start",
				ResponseHeaders: []string{"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups"},
			},
			Access:       Access{Groups: []string{"{namespace}"}},
			Services:     Services{ConvertLoadBalancers: "private"},
			Placeholders: "none",
			Verify:       Verify{Mode: "enforce"},
		},
	}, settings)
	require.True(t, settings.EnforcesNamespace())
}

// TestWritten is the other half: what is written is not replaced by a default.
func TestWritten(t *testing.T) {
	settings, findings := Decode(with(t, `
annotationDomain: endpoints.example.com
defaultNamespace: shop
ingressClasses:
- {name: web, controller: traefik, version: "3.7", traefik: {entryPoints: [websecure]}}
- {name: nginx, controller: ingress-nginx}
- {name: plain, controller: traefik, traefik: null}
tls: {secretName: null, clusterIssuer: letsencrypt}
auth: {responseHeaders: [X-User], enforcesNamespace: false}
access: {namespaces: {shop: {groups: [cashiers]}}}
services: {convertLoadBalancers: never}
hosts: {enforceSuffix: true}
placeholders: flux
assumeWhole: true
verify: {mode: warn}
`))
	require.Empty(t, findings)
	spec := settings.Spec
	require.Equal(t, "endpoints.example.com", spec.AnnotationDomain)
	require.Equal(t, "shop", spec.DefaultNamespace)
	require.Equal(t, TLS{ClusterIssuer: "letsencrypt"}, spec.TLS)
	require.Equal(t, []string{"X-User"}, spec.Auth.ResponseHeaders)
	require.False(t, settings.EnforcesNamespace())
	require.Equal(t, map[string]NamespaceAccess{"shop": {Groups: []string{"cashiers"}}}, spec.Access.Namespaces)
	require.Equal(t, "never", spec.Services.ConvertLoadBalancers)
	require.True(t, spec.Hosts.EnforceSuffix)
	require.Equal(t, "flux", spec.Placeholders)
	require.True(t, spec.AssumeWhole)
	require.Equal(t, "warn", spec.Verify.Mode)

	class, listed := settings.Class("web")
	require.True(t, listed)
	require.Equal(t, IngressClass{Name: "web", Controller: "traefik", Version: "3.7", Settings: json.RawMessage(`{"entryPoints":["websecure"]}`)}, class)
	class, listed = settings.Class("nginx")
	require.True(t, listed)
	require.Nil(t, class.Settings)
	class, listed = settings.Class("plain")
	require.True(t, listed)
	require.Nil(t, class.Settings, "null is nothing written")
	_, listed = settings.Class("haproxy")
	require.False(t, listed)
}

// TestDocument is about the document as a whole: what it is, and what it must not be.
func TestDocument(t *testing.T) {
	const identity = "write apiVersion: private-endpoints.dev/v1alpha1 and kind: PrivateEndpoints, or use a ConfigMap of v1"
	const unreadable = "PE101 the configuration cannot be read: "
	asJSON, err := yaml.YAMLToJSON([]byte(Minimal))
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, asJSON, "", "\t"))
	replace := func(old, replacement string) string {
		require.Contains(t, Minimal, old)
		return strings.Replace(Minimal, old, replacement, 1)
	}
	tests := map[string]struct{ document, want string }{
		"YAML":              {Minimal, ""},
		"JSON":              {string(asJSON), ""},
		"JSON with tabs":    {indented.String(), ""},
		"comments around":   {"# first\n---\n" + Minimal + "\n# last\n", ""},
		"empty at the end":  {Minimal + "\n---\n# nothing\n", ""},
		"document ended":    {Minimal + "\n...\n", ""},
		"two documents":     {Minimal + "\n---\n" + Minimal, unreadable + "it has more than one document -> correct the configuration"},
		"second unreadable": {Minimal + "\n---\n{", unreadable + "it has more than one document -> correct the configuration"},
		"empty":             {"", unreadable + "it is empty -> correct the configuration"},
		"comment":           {"# nothing\n", unreadable + "it is empty -> correct the configuration"},
		"list":              {"- a\n", unreadable + "it is not an object with apiVersion and kind -> correct the configuration"},
		"text":              {"apps.example.com", unreadable + "it is not an object with apiVersion and kind -> correct the configuration"},
		"broken":            {"spec: [", unreadable + "yaml: line 1: did not find expected node content -> correct the configuration"},
		"not UTF-8":         {"spec: \xff\n", unreadable + "yaml: invalid leading UTF-8 octet -> correct the configuration"},
		"duplicate key":     {replace("  tls:", "  subdomain: other.example.com\n  tls:"), unreadable + `yaml: line 10: key "subdomain" already set in map -> correct the configuration`},
		"duplicate inside":  {replace("    url:", "    url: http://other.example.com\n    url:"), unreadable + `yaml: line 14: key "url" already set in map -> correct the configuration`},
		"duplicate in JSON": {`{"kind": "PrivateEndpoints", "kind": "PrivateEndpoints"}`, unreadable + `yaml: line 1: key "kind" already set in map -> correct the configuration`},
		"another kind":      {"apiVersion: apps/v1\nkind: Deployment\n", "PE101 kind: the configuration is a Deployment of apps/v1, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> " + identity},
		"another version":   {replace("v1alpha1", "v1"), "PE101 kind: the configuration is a PrivateEndpoints of private-endpoints.dev/v1, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> " + identity},
		"no kind":           {replace("kind: PrivateEndpoints", ""), `PE101 kind: the configuration is a "" of private-endpoints.dev/v1alpha1, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> ` + identity},
		"kind in capitals":  {replace("kind:", "Kind:"), `PE101 kind: the configuration is a "" of private-endpoints.dev/v1alpha1, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> ` + identity},
		"kind not a string": {replace("kind: PrivateEndpoints", "kind: [PrivateEndpoints]"), `PE101 kind: the configuration is a "" of private-endpoints.dev/v1alpha1, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> ` + identity},
		"ConfigMap of v2":   {"apiVersion: v2\nkind: ConfigMap\n", "PE101 kind: the configuration is a ConfigMap of v2, not a PrivateEndpoints of private-endpoints.dev/v1alpha1 -> " + identity},
		"free metadata":     {replace("  name: private-endpoints", "  name: private-endpoints\n  annotations: {a: b}\n  creationTimestamp: null\n  generation: 3"), ""},
		"metadata a list":   {replace("  name: private-endpoints", "- name"), "PE101 metadata: is a list, not a mapping -> write a mapping"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, []byte(test.document), test.want) })
	}
}

// TestUnknownField: a field that does not exist is never passed over, at any depth.
func TestUnknownField(t *testing.T) {
	const specFields = "access, annotationDomain, assumeWhole, auth, defaultNamespace, gateway, hosts, ingressClasses, links, networkPolicy, placeholders, services, subdomain, tls, verify"
	tests := map[string]struct{ spec, want string }{
		"letter too many":    {"subdomains: a", "PE101 spec.subdomains: is not a field of the configuration -> did you mean subdomain?"},
		"capital letter":     {"subDomain: a", "PE101 spec.subDomain: is not a field of the configuration -> did you mean subdomain?"},
		"nothing near":       {"zebra: a", "PE101 spec.zebra: is not a field of the configuration -> the fields here are " + specFields},
		"nested":             {"auth: {enforceNamespace: false}", "PE101 spec.auth.enforceNamespace: is not a field of the configuration -> did you mean enforcesNamespace?"},
		"null":               {"auth: {signinUrl: ''}", "PE101 spec.auth.signinUrl: is not a field of the configuration -> did you mean signInURL?"},
		"in a list":          {"ingressClasses: [{name: a, controller: traefik}, {name: b, controller: traefik, versoin: '3.7'}]", "PE101 spec.ingressClasses[1].versoin: is not a field of the configuration -> did you mean version?"},
		"in a list, no near": {"ingressClasses: [{name: a, controller: traefik, entryPoints: []}]", "PE101 spec.ingressClasses[0].entryPoints: is not a field of the configuration -> the fields here are controller, name, version"},
		"controller's id":    {"ingressClasses: [{name: a, controller: traefik, traefk: {}}]", "PE101 spec.ingressClasses[0].traefk: is not a field of the configuration -> did you mean traefik?"},
		"in a map":           {"access: {namespaces: {shop: {group: [a]}}}", "PE101 spec.access.namespaces.shop.group: is not a field of the configuration -> did you mean groups?"},
		"in a map with dots": {"access: {namespaces: {a.b: {group: [a]}}}", "PE101 spec.access.namespaces.a.b.group: is not a field of the configuration -> did you mean groups?"},
		"behind a pointer":   {"gateway: {name: a, controller: istio, listener: web}", "PE101 spec.gateway.listener: is not a field of the configuration -> the fields here are controller, name, namespace, sectionName, version"},
		"several":            {"verfy: {}\nauth: {uri: a}", "PE101 spec.auth.uri: is not a field of the configuration -> did you mean url?\nPE101 spec.verfy: is not a field of the configuration -> did you mean verify?"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, with(t, test.spec), test.want) })
	}
	t.Run("beside spec", func(t *testing.T) {
		check(t, []byte(Minimal+"\nstatus: {}\n"), "PE101 status: is not a field of the configuration -> the fields here are apiVersion, kind, metadata, spec")
	})
}

// TestControllerSettings: they are kept for their controller, and refused where they would have no effect.
func TestControllerSettings(t *testing.T) {
	tests := map[string]struct{ class, want string }{
		"own":              {"{name: a, controller: traefik, traefik: {entryPoints: [web]}}", ""},
		"unknown inside":   {"{name: a, controller: traefik, traefik: {what: ever}}", ""},
		"null":             {"{name: a, controller: traefik, traefik: null}", ""},
		"another's":        {"{name: a, controller: ingress-nginx, traefik: {}}", "PE101 spec.ingressClasses[0].traefik: settings of traefik beside a controller that is ingress-nginx -> remove them, or correct the controller"},
		"another's null":   {"{name: a, controller: ingress-nginx, traefik: null}", "PE101 spec.ingressClasses[0].traefik: settings of traefik beside a controller that is ingress-nginx -> remove them, or correct the controller"},
		"no controller":    {"{name: a, traefik: {}}", `PE101 spec.ingressClasses[0].traefik: settings of traefik beside a controller that is "" -> remove them, or correct the controller`},
		"not a mapping":    {"{name: a, controller: traefik, traefik: websecure}", "PE101 spec.ingressClasses[0].traefik: is a string, not a mapping -> write a mapping"},
		"no controller id": {"{name: a, controller: {id: traefik}}", "PE101 spec.ingressClasses[0].controller: is a mapping, not a string -> put the value in quotes: without them, { starts a mapping"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, with(t, "ingressClasses: ["+test.class+"]"), test.want) })
	}
}

func TestWrongType(t *testing.T) {
	tests := map[string]struct{ spec, want string }{
		"version in quotes":     {"ingressClasses: [{name: a, controller: traefik, version: '3.10'}]", ""},
		"version not in quotes": {"ingressClasses: [{name: a, controller: traefik, version: 3.10}]", "PE101 spec.ingressClasses[0].version: is a number, not a string -> put the value in quotes"},
		"yes for a string":      {"subdomain: yes", "PE101 spec.subdomain: is a boolean, not a string -> put the value in quotes"},
		"list for a string":     {"subdomain: [a.b]", "PE101 spec.subdomain: is a list, not a string -> write a string"},
		"template in quotes":    {"access: {groups: ['{namespace}']}", ""},
		"template unquoted":     {"access: {groups: [{namespace}]}", "PE101 spec.access.groups[0]: is a mapping, not a string -> put the value in quotes: without them, { starts a mapping"},
		"string for a list":     {"access: {groups: '{namespace}'}", `PE101 spec.access.groups: is a string, not a list -> write it as a list: ["{namespace}"]`},
		"mapping for a list":    {"ingressClasses: {name: a, controller: traefik}", "PE101 spec.ingressClasses: is a mapping, not a list -> write a list"},
		"number in a list":      {"auth: {responseHeaders: [X-User, 3]}", "PE101 spec.auth.responseHeaders[1]: is a number, not a string -> put the value in quotes"},
		"boolean":               {"assumeWhole: true", ""},
		"string for a boolean":  {"assumeWhole: 'true'", "PE101 spec.assumeWhole: is a string, not a boolean -> write true or false, without quotes"},
		"number for a boolean":  {"hosts: {enforceSuffix: 1}", "PE101 spec.hosts.enforceSuffix: is a number, not a boolean -> write a boolean"},
		"boolean pointer":       {"auth: {enforcesNamespace: 'false'}", "PE101 spec.auth.enforcesNamespace: is a string, not a boolean -> write true or false, without quotes"},
		"boolean for a mapping": {"hosts: true", "PE101 spec.hosts: is a boolean, not a mapping -> write a mapping"},
		"name for a class":      {"ingressClasses: [nginx]", "PE101 spec.ingressClasses[0]: is a string, not a mapping -> write a mapping"},
		"list for a namespace":  {"access: {namespaces: {shop: [cashiers]}}", "PE101 spec.access.namespaces.shop: is a list, not a mapping -> write a mapping"},
		"several": {"subdomain: 3\nassumeWhole: 'no'", "PE101 spec.assumeWhole: is a string, not a boolean -> write true or false, without quotes\n" +
			"PE101 spec.subdomain: is a number, not a string -> put the value in quotes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, with(t, test.spec), test.want) })
	}
}

// flat returns a ConfigMap with the least data that works, changed by pairs of key and value; an empty value removes.
func flat(t testing.TB, changes map[string]string) []byte {
	t.Helper()
	data := map[string]string{
		"ingressClass": "nginx", "controller": "ingress-nginx", "tlsSecretName": "wildcard-apps",
		"authURL": "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth", "groups": "{namespace}",
	}
	maps.Copy(data, changes)
	maps.DeleteFunc(data, func(_, value string) bool { return value == "" })
	document, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "function-input"}, "data": data})
	require.NoError(t, err)
	return document
}

func TestConfigMapEveryKey(t *testing.T) {
	settings, findings := Decode(flat(t, map[string]string{
		"subdomain": "apps.example.com", "ingressClass": "web", "controller": "traefik", "tlsSecretName": "wildcard", "authURL": "http://auth/check",
		"signInURL": "https://auth.example.com/start", "groups": "{namespace}, admins ,staff", "annotationDomain": "endpoints.example.com",
		"defaultNamespace": "shop", "verify": "warn\n",
	}))
	require.Empty(t, findings)
	require.Equal(t, Spec{
		AnnotationDomain: "endpoints.example.com",
		Subdomain:        "apps.example.com",
		DefaultNamespace: "shop",
		IngressClasses:   []IngressClass{{Name: "web", Controller: "traefik"}},
		TLS:              TLS{SecretName: "wildcard"},
		Auth:             Auth{URL: "http://auth/check", SignInURL: "https://auth.example.com/start", ResponseHeaders: []string{"X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Groups"}},
		Access:           Access{Groups: []string{"{namespace}", "admins", "staff"}},
		Services:         Services{ConvertLoadBalancers: "private"},
		Placeholders:     "none",
		Verify:           Verify{Mode: "warn"},
	}, settings.Spec)
}

// TestConfigMap: findings name the keys as they were written.
func TestConfigMap(t *testing.T) {
	const useObject = "write the value itself, or use the form of kind PrivateEndpoints with spec.placeholders: flux"
	tests := map[string]struct{ key, value, want string }{
		"least":              {"", "", ""},
		"unknown key":        {"authUrl", "http://auth/check", "PE101 data.authUrl: is not a key of the configuration -> did you mean authURL?"},
		"nothing near":       {"zebra", "a", "PE101 data.zebra: is not a key of the configuration -> the keys here are annotationDomain, authURL, controller, defaultNamespace, groups, ingressClass, signInURL, subdomain, tlsSecretName, verify"},
		"class":              {"ingressClass", "", "PE102 data.ingressClass: is required -> set it"},
		"sentinel":           {"ingressClass", "private-endpoints.dev", "PE102 data.ingressClass: is the class that no controller may serve -> name the class of your ingress controller"},
		"controller":         {"controller", "", "PE102 data.controller: is required -> set it"},
		"unknown controller": {"controller", "trafik", `PE102 data.controller: "trafik" is not a controller -> did you mean traefik?`},
		"no secret":          {"tlsSecretName", "", "PE102 data.tlsSecretName: is required -> set it"},
		"wrong secret":       {"tlsSecretName", "Wildcard", `PE102 data.tlsSecretName: "Wildcard" is not the name of a Secret -> write a DNS name, lower case`},
		"no auth URL":        {"authURL", "", "PE102 data.authURL: is required -> set it"},
		"auth URL":           {"authURL", "http://auth/check?a=b", `PE102 data.authURL: "http://auth/check?a=b" has a query -> remove it: the groups are added as the query`},
		"sign-in URL":        {"signInURL", "http://auth/start", `PE102 data.signInURL: "http://auth/start" does not start with https:// -> write it as https://host/path`},
		"no groups":          {"groups", "", `PE102 data.groups: is required and must not be empty: without a group everybody who can sign in gets in -> write the groups that may enter, for example ["{namespace}"]`},
		"blank groups":       {"groups", " ", `PE102 data.groups: is required and must not be empty: without a group everybody who can sign in gets in -> write the groups that may enter, for example ["{namespace}"]`},
		"comma at the end":   {"groups", "admins,", "PE102 data.groups: is empty -> remove it, or name a group"},
		"group with a slash": {"groups", "admins,/staff", `PE102 data.groups: "/staff" ` + cannot + " -> " + mapTheClaim},
		"subdomain":          {"subdomain", "*.example.com", `PE102 data.subdomain: "*.example.com" is not a DNS name -> write the domain under which the endpoints live, lower case and without a wildcard: apps.example.com`},
		"placeholder":        {"subdomain", "${DOMAIN}", `PE102 data.subdomain: "${DOMAIN}" holds a placeholder -> ` + useObject},
		"domain":             {"annotationDomain", "okteto_com", `PE102 data.annotationDomain: "okteto_com" is not a DNS name -> write a domain such as dev.okteto.com`},
		"namespace":          {"defaultNamespace", "Shop", `PE102 data.defaultNamespace: "Shop" is not a namespace -> use lower-case letters, digits and hyphens, at most 63 characters`},
		"mode":               {"verify", "enforced", `PE102 data.verify: "enforced" is not a value -> did you mean enforce? The values are enforce, warn, off`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, flat(t, map[string]string{test.key: test.value}), test.want) })
	}
}

// TestConfigMapShape: the ConfigMap around the keys is read strictly too.
func TestConfigMapShape(t *testing.T) {
	tests := map[string]struct{ addition, want string }{
		"immutable":    {"immutable: true", ""},
		"unknown":      {"spec: {}", "PE101 spec: is not a key of the configuration -> the keys here are apiVersion, binaryData, data, immutable, kind, metadata"},
		"misspelt":     {"Data: {}", "PE101 Data: is not a key of the configuration -> did you mean data?"},
		"binary":       {"binaryData: {b: YQ==, a: YQ==}", "PE101 binaryData.a: is not read -> move the value to data\nPE101 binaryData.b: is not read -> move the value to data"},
		"binary wrong": {"binaryData: [a]", "PE101 binaryData: is a list, not a mapping -> write a mapping"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, append(flat(t, nil), test.addition...), test.want) })
	}
	const head = "apiVersion: v1\nkind: ConfigMap\n"
	t.Run("number", func(t *testing.T) {
		check(t, []byte(head+"data: {subdomain: 3}\n"), "PE101 data.subdomain: is a number, not a string -> put the value in quotes")
	})
	t.Run("list", func(t *testing.T) {
		check(t, []byte(head+"data: [subdomain]\n"), "PE101 data: is a list, not a mapping -> write a mapping")
	})
}

func TestMissing(t *testing.T) {
	missing := Missing()
	require.Equal(t, "PE100", missing.Code)
	_, example, found := strings.Cut(missing.Remedy, ":\n")
	require.True(t, found)
	check(t, []byte(example), "")
}

// FuzzDecode holds Decode to its word: it never panics, and there is a configuration exactly when nothing is wrong.
func FuzzDecode(f *testing.F) {
	example, err := os.ReadFile("../../testdata/config.yaml")
	require.NoError(f, err)
	asJSON, err := yaml.YAMLToJSON([]byte(Minimal))
	require.NoError(f, err)
	for _, seed := range [][]byte{
		example, []byte(Minimal), asJSON, flat(f, nil), flat(f, map[string]string{"groups": ",", "binary": "a"}),
		with(f, `{subdomain: "${A:=b}.c", placeholders: flux, auth: {url: "http://${H:=a/b}:80/{namespace}"}}`),
		with(f, `{ingressClasses: [null, {name: a, controller: traefik, traefik: {entryPoints: [web]}}, {istio: []}]}`),
		with(f, `{access: {groups: ["{", "{namespace", "}", "{}", ""], namespaces: {a: null, "": {groups: []}}}}`),
		with(f, `{auth: {url: "://", signInURL: "https://a?b#c"}, gateway: {}, networkPolicy: {ingressController: 3}}`),
		nil, []byte("[]"), []byte("{"), []byte("a: &a [*a]"), []byte(Minimal + "\n---\n" + Minimal), []byte("\xff"), []byte("<<: *a"), []byte("? {a: b}\n: c"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		settings, findings := Decode(document)
		require.Equal(t, findings.HasErrors(), settings == nil)
		for _, f := range findings {
			require.NotEmpty(t, f.Cause)
			require.NotEmpty(t, f.Remedy)
		}
		if settings != nil {
			_, err := settings.Groups("a")
			require.NoError(t, err)
		}
	})
}
