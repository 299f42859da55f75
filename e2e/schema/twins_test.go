package schema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// twin is a right object with one fault, which every release refuses for a reason; or, with a first release that takes it, the
// releases before that.
type twin struct{ name, old, new, reason, takenFrom string }

// twins are the wrong twins of the objects in testdata/right, by the names of their files.
var twins = map[string][]twin{
	"middleware": {
		{"an unknown field", "trustForwardHeader:", "trustForwardHeaders:", "spec.forwardAuth.trustForwardHeaders: Forbidden: unknown field", ""},
		{"a wrong type", "trustForwardHeader: false", `trustForwardHeader: "false"`, "spec.forwardAuth.trustForwardHeader: Invalid value: \"string\"", ""},
		{"an unknown field of metadata", "namespace: cindy", "namespace: cindy\n  annotation: {}", "metadata.annotation: Forbidden: unknown field", ""},
		{"a wrong name", "name: private-endpoint-", "name: Private_endpoint-", "metadata.name: Invalid value", ""},
		{
			"a field of 3.6.14", "trustForwardHeader:", "maxResponseBodySize: 65536\n    trustForwardHeader:",
			"spec.forwardAuth.maxResponseBodySize: Forbidden: unknown field", "v3.6.13",
		},
		{
			"a field of 3.7", "trustForwardHeader:", "authSigninURL: https://auth.example.com/\n    trustForwardHeader:",
			"spec.forwardAuth.authSigninURL: Forbidden: unknown field", "v3.7.5",
		},
	},
	"middleware-errors": {
		{"an unknown field", "statusRewrites:", "statusRewrite:", "spec.errors.statusRewrite: Forbidden: unknown field", ""},
		{"a status that is no number", `"401": 302`, `"401": "302"`, "spec.errors.statusRewrites.401: Invalid value: \"string\"", ""},
		{"a wrong kind", "kind: Service\n", "kind: Deployment\n", `spec.errors.service.kind: Unsupported value: "Deployment"`, ""},
	},
	"httproute": {
		{"an unknown field", "hostnames:", "hosts:", "spec.hosts: Forbidden: unknown field", ""},
		{"a wrong host", "- api-cindy.", "- API_cindy.", "spec.hostnames[0]: Invalid value", ""},
		{"a wrong type of path", "type: PathPrefix", "type: Prefix", `spec.rules[0].matches[0].path.type: Unsupported value: "Prefix"`, ""},
		{
			"a path that must be absolute", "value: /", "value: admin",
			"spec.rules[0].matches[0].path: Invalid value: value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']", "",
		},
		{
			"a filter without what it refers to", "      extensionRef:\n        group: traefik.io\n        kind: Middleware\n        name: private-endpoint-eba9638e41\n", "",
			"filter.extensionRef must be specified for ExtensionRef filter.type", "",
		},
		{
			"a Service without a port", "      port: 8080\n", "",
			"Must have port for Service reference", "",
		},
		{
			"a filter of the experimental channel", "type: ExtensionRef", "type: ExternalAuth",
			`spec.rules[0].filters[0].type: Unsupported value: "ExternalAuth"`, "",
		},
	},
	"httproute-external-auth": {
		{"an unknown field", "allowedHeaders:", "headers:", "spec.rules[0].filters[0].externalAuth.http.headers: Forbidden: unknown field", ""},
		{"a wrong protocol", "protocol: HTTP", "protocol: HTTPS", `spec.rules[0].filters[0].externalAuth.protocol: Unsupported value: "HTTPS"`, ""},
		{
			"a query in the path", "/verify/ns/cindy", "/oauth2/auth?allowed_groups=cindy",
			"spec.rules[0].filters[0].externalAuth.http.path: Invalid value", "",
		},
		{
			"no http", "        http:\n          path: /verify/ns/cindy\n          allowedHeaders:\n          - Cookie\n          allowedResponseHeaders:\n          - X-Auth-Request-User\n", "",
			"http must be specified when protocol is set to 'HTTP'", "",
		},
		{"another type of filter", "type: ExternalAuth", "type: CORS", "filter.externalAuth must be nil if the filter.type is not ExternalAuth", ""},
	},
	"referencegrant": {
		{"an unknown field", "    name: authorizer", "    names: [authorizer]", "spec.to[0].names: Forbidden: unknown field", ""},
		{"nobody that may refer", "    namespace: cindy\n", "", "spec.from[0].namespace: Required value", ""},
		{"a wrong group", "group: gateway.envoyproxy.io", "group: gateway.envoyproxy.io/v1alpha1", "spec.from[0].group: Invalid value", ""},
		{"version v1", "gateway.networking.k8s.io/v1beta1", "gateway.networking.k8s.io/v1", "does not serve gateway.networking.k8s.io/v1", "v1.5.1"},
	},
	"securitypolicy": {
		{"an unknown field", "failOpen: false", "failClosed: true", "spec.extAuth.failClosed: Forbidden: unknown field", ""},
		{"a wrong type", "failOpen: false", `failOpen: "false"`, "spec.extAuth.failOpen: Invalid value: \"string\"", ""},
		{"both path and pathOverride", "pathOverride:", "path: /verify\n      pathOverride:", "only one of path or pathOverride can be specified", ""},
		{"another group", "group: gateway.networking.k8s.io", "group: networking.k8s.io", "this policy can only have a targetRefs[*].group of gateway.networking.k8s.io", ""},
		{"both http and grpc", "http:\n", "grpc: {backendRefs: [{name: authorizer, port: 9000}]}\n    http:\n", "only one of grpc or http can be specified", ""},
	},
	"authorizationpolicy": {
		{"an unknown field", "hosts:", "host:", "spec.rules[0].to[0].operation.host: Forbidden: unknown field", ""},
		{"a wrong action", "action: CUSTOM", "action: DENY_ALL", `spec.action: Unsupported value: "DENY_ALL"`, ""},
		{"both targetRefs and selector", "action:", "selector: {matchLabels: {app: gateway}}\n  action:", "only one of targetRefs or selector can be set", ""},
	},
	"policy": {
		{"an unknown field", "authSigninURI:", "authSigninURL:", "spec.externalAuth.authSigninURL: Forbidden: unknown field", ""},
		{"a port that is no number", "    - 80\n", "    - http\n", "spec.externalAuth.authServicePorts[0]: Invalid value: \"string\"", ""},
		{"a URL in place of a path", "authURI: ", "authURI: http://oauth2-proxy.auth", "spec.externalAuth.authURI: Invalid value", ""},
		{"a directive behind the path", "allowed_groups=cindy", "allowed_groups=cindy; auth_request off", "spec.externalAuth.authURI: Invalid value", ""},
		{"nobody to ask", "    authServiceName: auth/oauth2-proxy\n", "", "spec.externalAuth.authServiceName: Required value", ""},
	},
}

// TestTwins holds that the right objects are taken by every release of their definition, and that their wrong twins are refused.
func TestTwins(t *testing.T) {
	paths, err := filepath.Glob("testdata/right/*.yaml")
	require.NoError(t, err)
	require.Len(t, paths, len(twins))
	shown := map[string]bool{}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		require.NotEmpty(t, twins[name])
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		right := string(data)
		d, err := definitionOf(parsed(t, data))
		require.NoError(t, err)
		shown[d.file] = true
		for _, r := range d.releases {
			t.Run(name+"/"+r.version, func(t *testing.T) { requireAccepted(t, d, r.version, parsed(t, data)) })
			for _, w := range twins[name] {
				t.Run(strings.Join([]string{name, w.name, r.version}, "/"), func(t *testing.T) { w.check(t, d, r.version, right) })
			}
		}
	}
	for _, d := range definitions {
		require.True(t, shown[d.file], "%s has no twins", d.kind)
	}
}

// check judges a twin by the definition of the right object.
func (w twin) check(t *testing.T, d definition, version, right string) {
	require.Contains(t, right, w.old)
	object := parsed(t, []byte(strings.Replace(right, w.old, w.new, 1)))
	if w.takenFrom != "" && d.at(w.takenFrom) <= d.at(version) {
		requireAccepted(t, d, version, object)
		return
	}
	j, err := d.judgeOf(version, object.GroupVersionKind().Version)
	if err == nil {
		err = j.errors(object)
	}
	require.ErrorContains(t, err, w.reason)
}

// at returns the place of a release in the table.
func (d definition) at(version string) int {
	return slices.IndexFunc(d.releases, func(r release) bool { return r.version == version })
}
