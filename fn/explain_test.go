package fn

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer"
)

// unusual are the examples that say in words what manifests cannot show.
var unusual = map[string]struct {
	why       string
	input     func(example []byte) []byte
	arguments []string
	baseline  string
}{
	"PE104": {why: "--config is no manifest", arguments: []string{"--config", configurationFile}},
	"PE106": {why: "there is no input", input: func([]byte) []byte { return nil }},
	"PE107": {why: "a page is UTF-8", input: inUTF16},
	"PE168": {why: "a baseline is no manifest", baseline: `{"endpoints": [
  {"url": "https://admin.example.com/", "host": "admin.example.com", "path": "/", "private": true, "kind": "Ingress", "namespace": "cindy", "name": "admin", "service": "cindy/admin"}
]}`},
	"PE172": {why: "a baseline is no manifest", baseline: `{"endpoints": [
  {"url": "https://admin.example.com/admin", "host": "admin.example.com", "path": "/admin", "private": true, "service": "cindy/admin"},
  {"url": "https://old.example.com/", "host": "old.example.com", "path": "/", "private": true, "service": "cindy/old"}
]}`},
	"PE173": {why: "a baseline is no manifest", baseline: `{"endpoints": [
  {"url": "https://old.example.com/", "host": "old.example.com", "path": "/", "private": true, "service": "cindy/old"}
]}`},
}

func inUTF16(example []byte) []byte {
	encoded := []byte{0xff, 0xfe}
	for _, unit := range utf16.Encode([]rune(string(example))) {
		encoded = append(encoded, byte(unit), byte(unit>>8))
	}
	return encoded
}

// TestExamples runs the example of every rule, which must report the rule: verify where the rule is about what goes out, the
// function where it is about the input, the configuration or the choices of the function. An example that begins with a
// configuration is judged with it, and one that is a configuration together with a Service; a ResourceList brings its own.
func TestExamples(t *testing.T) {
	for _, rule := range transformer.Rules() {
		t.Run(rule.Code, func(t *testing.T) {
			exception := unusual[rule.Code]
			arguments, input := exampleCall(t, rule.Code, rule.Example)
			arguments = append(arguments, exception.arguments...)
			if exception.baseline != "" {
				arguments = append(arguments, "--baseline", temporary(t, exception.baseline))
			}
			if exception.input != nil {
				input = exception.input(input)
			}
			stdout, stderr, status := call(input, arguments...)
			printed := string(stdout) + string(stderr)
			require.NotEqual(t, statusUsage, status, "the example is not read: %s", printed)
			require.Regexp(t, `(?m)^(error|warning|info) `+rule.Code+`:`, printed)
		})
	}
	for code, exception := range unusual {
		_, err := ruleOf(code)
		require.NoError(t, err)
		require.NotEmpty(t, exception.why, code)
	}
}

// exampleCall returns how the program is called with an example.
func exampleCall(t *testing.T, code, example string) ([]string, []byte) {
	t.Helper()
	var arguments []string
	if code >= "PE160" && code < "PE900" {
		arguments = append(arguments, "verify")
	}
	configuration, manifests, both := "", example, false
	if strings.Contains(example, "\nkind: PrivateEndpoints\n") {
		if configuration, manifests, both = strings.Cut(example, "---\n"); !both {
			manifests = privateService
		}
	}
	switch {
	case configuration != "":
		arguments = append(arguments, "--config", temporary(t, configuration))
	case !strings.Contains(example, "kind: ResourceList"):
		arguments = append(arguments, "--config", configurationFile)
	}
	return arguments, []byte(manifests)
}

// temporary writes a file and returns its name.
func temporary(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

func TestExplain(t *testing.T) {
	stdout, stderr, status := call(nil, "explain", "pe170")
	require.Equal(t, statusOK, status)
	require.Empty(t, stderr)
	require.Equal(t, `error PE170: waiver not valid

A waiver names no code or an unknown one, gives no reason, or names a finding
that cannot be waived: what is wrong with the intent or with the protection of
an endpoint itself must be corrected. Such a waiver is never followed.

Remedy:

Write "CODE: reason; CODE: reason", with codes from PE200 to PE799.

Example:

  apiVersion: networking.k8s.io/v1
  kind: Ingress
  metadata:
    name: admin
    namespace: cindy
    annotations:
      dev.okteto.com/private: "true"
      nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy
      private-endpoints.dev/waive: "PE161: we know"
  spec:
    ingressClassName: nginx
    rules:
    - host: admin.example.com
      http:
        paths:
        - path: /admin
          pathType: Prefix
          backend:
            service:
              name: admin
              port:
                number: 80
`, string(stdout))
}

func TestExplainEveryRule(t *testing.T) {
	for _, rule := range transformer.Rules() {
		explained, _, _ := strings.Cut(explanation(rule), "\n\nExample:")
		for _, line := range strings.Split(explained, "\n") {
			require.LessOrEqual(t, len(line), width, rule.Code)
			require.Equal(t, strings.TrimSpace(line), line, rule.Code)
		}
		for _, word := range strings.Fields(rule.Title + " " + rule.Cause + " " + rule.Remedy) {
			require.Contains(t, explained, word, "%s: a word is lost", rule.Code)
		}
	}
}

func TestExplainUnknownCodes(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		message   string
	}{
		"none":        {nil, "explain takes one code of a finding"},
		"two":         {[]string{"PE201", "PE202"}, "explain takes one code of a finding"},
		"a gap":       {[]string{"PE200"}, "\"PE200\" is not the code of a finding\n  hint: the nearest are PE201, PE202, PE203, PE204, PE205"},
		"a letter":    {[]string{"PE2O1"}, "\"PE2O1\" is not the code of a finding\n  hint: the nearest are PE201, PE202, PE203, PE211, PE221"},
		"too high":    {[]string{"PE999"}, "\"PE999\" is not the code of a finding\n  hint: the nearest are PE901, PE902, PE903, PE904, PE905"},
		"a number":    {[]string{"404"}, "\"404\" is not the code of a finding\n  hint: the nearest are "},
		"a long text": {[]string{"private path reachable"}, "\"private path reachable\" is not the code of a finding\n  hint: the nearest are "},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, status := call(nil, append([]string{"explain"}, test.arguments...)...)
			require.Equal(t, statusUsage, status)
			require.Empty(t, stdout)
			require.Contains(t, string(stderr), "private-endpoints: "+test.message)
		})
	}
}
