package endpoint

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const settingsText = `
apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata: {name: private-endpoints}
spec:
  subdomain: apps.example.com
  ingressClasses: [{name: nginx, controller: ingress-nginx}]
  tls: {clusterIssuer: letsencrypt}
  auth: {url: "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth"}
  access: {groups: ["{namespace}"]}
`

func decodeSettings(t *testing.T, text string) *config.Config {
	t.Helper()
	settings, findings := config.Decode([]byte(text))
	require.Empty(t, findings)
	return settings
}

func readSet(t *testing.T, input string) *manifest.Set {
	t.Helper()
	set, findings := manifest.Read([]byte(input))
	require.Empty(t, findings)
	return set
}

func writeSet(t *testing.T, set *manifest.Set) string {
	t.Helper()
	var output bytes.Buffer
	_, err := set.WriteTo(&output)
	require.NoError(t, err)
	return output.String()
}

const (
	authURLKey     = "nginx.ingress.kubernetes.io/auth-url"
	authURLValue   = "http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth?allowed_groups=cindy"
	middlewaresKey = "traefik.ingress.kubernetes.io/router.middlewares"
	ourMiddleware  = "cindy-private-endpoint-0123456789@kubernetescrd"
)

// run makes the endpoints of input, with an annotation and a list entry as a controller adds them.
func run(t *testing.T, input string) string {
	t.Helper()
	set := readSet(t, input)
	plan, findings := Expand(set, decodeSettings(t, settingsText), Options{})
	require.False(t, findings.HasErrors(), findings)
	for _, endpoint := range plan.Endpoints {
		endpoint.Additions.Annotation(authURLKey, authURLValue)
		endpoint.Additions.First(middlewaresKey, ourMiddleware)
	}
	findings = plan.Write()
	require.False(t, findings.HasErrors(), findings)
	return writeSet(t, set)
}

// restored takes out of every object of input what its record says.
func restored(t *testing.T, input string) string {
	t.Helper()
	set := readSet(t, input)
	for _, item := range set.Items() {
		_, err := restore(item)
		require.NoError(t, err)
	}
	return writeSet(t, set)
}

const adminIngress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    dev.okteto.com/private: "true"
spec:
  rules:
  - http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: admin, port: {number: 8080}}}
`

// completeIngress has everything but protection.
const completeIngress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: cindy
  annotations:
    # whose is it
    example.com/team: 'blue'
    dev.okteto.com/private: "true" # not for everybody
    cert-manager.io/cluster-issuer: own
spec:
  ingressClassName: nginx
  tls:
    - hosts: ["admin.example.com"]
      secretName: admin
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
                  name: http
`

// TestRestore is E18: a run adds, and what its record says takes out exactly that, to the byte.
func TestRestore(t *testing.T) {
	tests := map[string]struct{ input, contains string }{
		"class, host, tls and issuer": {adminIngress, "ingressClassName: nginx"},
		"annotations alone":           {completeIngress, authURLKey + ": " + authURLValue},
		"sentinel class": {
			strings.Replace(adminIngress, "spec:\n", "spec:\n  ingressClassName: private-endpoints.dev\n", 1), ":private-endpoints.dev,",
		},
		"sentinel class as the legacy annotation": {
			strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    kubernetes.io/ingress.class: private-endpoints.dev\n", 1), "legacyClass=",
		},
		"tls without hosts": {
			strings.Replace(adminIngress, "spec:\n", "spec:\n  tls:\n  - secretName: own\n", 1), "tlsHosts=",
		},
		"second tls entry": {
			strings.Replace(adminIngress, "spec:\n", "spec:\n  tls:\n  - hosts:\n    - other.example.com\n    secretName: own\n", 1), "secretName: admin-tls",
		},
		"some rules with a host": {
			strings.Replace(adminIngress, "  rules:\n", "  rules:\n  - host: a.example.com\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n        backend: {service: {name: admin, port: {number: 8080}}}\n", 1), "host=",
		},
		"list with entries of the user": {
			strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    "+middlewaresKey+": cindy-a@kubernetescrd,cindy-b@kubernetescrd\n", 1),
			ourMiddleware + ",cindy-a@kubernetescrd,cindy-b@kubernetescrd",
		},
		"list with blanks": {
			strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    "+middlewaresKey+": cindy-a@kubernetescrd, cindy-b@kubernetescrd\n", 1),
			ourMiddleware + ",cindy-a@kubernetescrd, cindy-b@kubernetescrd",
		},
		"list that holds ours already": {
			strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    "+middlewaresKey+": "+ourMiddleware+"\n", 1), ourMiddleware + "\n",
		},
		"annotation that the user wrote alike": {
			strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    "+authURLKey+": "+authURLValue+"\n", 1), authURLValue,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			output := run(t, test.input)
			require.Contains(t, output, test.contains)
			require.Contains(t, output, AnnotationAdded)
			require.Equal(t, test.input, restored(t, output))
			require.Equal(t, output, run(t, output), "a second run changes nothing")
		})
	}
}

// TestRestoreAfterIntentIsGone is what a person does to end the protection: one annotation goes, and the next run takes out
// what it had added, and says so.
func TestRestoreAfterIntentIsGone(t *testing.T) {
	output := strings.Replace(run(t, adminIngress), "    dev.okteto.com/private: \"true\"\n", "", 1)
	set := readSet(t, output)
	plan, findings := Expand(set, decodeSettings(t, settingsText), Options{})
	require.Equal(t, finding.List{NoLongerPrivate.At(set.Items()[0].Object(), "metadata.annotations",
		"the annotation that made it private is gone, so what was added for it was removed", "if the object must stay private, write the annotation again")}, findings)
	require.Empty(t, plan.Write())
	want := strings.Replace(adminIngress, "  annotations:\n    dev.okteto.com/private: \"true\"\n", "", 1)
	require.Equal(t, want, writeSet(t, set))
}

// TestRestoreLeavesWhatAPersonChanged edits the output of a run, and expects the edit and nothing else of ours to stay.
func TestRestoreLeavesWhatAPersonChanged(t *testing.T) {
	const host = "admin-cindy.apps.example.com"
	const rule = "    host: " + host + "\n"
	tests := map[string]struct {
		input    string
		old, new string // in the output of the run
		stays    string
		goes     []string
	}{
		"annotation":           {adminIngress, "allowed_groups=cindy", "allowed_groups=bob", "auth-url: " + strings.Replace(authURLValue, "cindy", "bob", 1), []string{"ingressClassName", host, middlewaresKey}},
		"annotation taken out": {adminIngress, "    " + authURLKey + ": " + authURLValue + "\n", "", "dev.okteto.com/private", []string{authURLKey, host, "ingressClassName"}},
		"class":                {adminIngress, "ingressClassName: nginx", "ingressClassName: other", "ingressClassName: other", []string{authURLKey, host}},
		"host":                 {adminIngress, rule, "    host: own.example.com\n", "host: own.example.com", []string{"ingressClassName", "tls:"}},
		"host in another rule": {adminIngress, rule, rule + "  - host: " + host + "\n", rule + "  - host: " + host + "\n", []string{"ingressClassName", "tls:"}},
		"secret of tls":        {adminIngress, "secretName: admin-tls", "secretName: own", "secretName: own", []string{"ingressClassName", rule}},
		"host of tls":          {adminIngress, "    - " + host, "    - own.example.com", "    - own.example.com\n    secretName: admin-tls", []string{"ingressClassName", host}},
		"entry behind ours":    {adminIngress, ourMiddleware, ourMiddleware + ",cindy-own@kubernetescrd", "router.middlewares: cindy-own@kubernetescrd\n", []string{ourMiddleware}},
		"entry before ours":    {adminIngress, ourMiddleware, "cindy-own@kubernetescrd," + ourMiddleware, "router.middlewares: cindy-own@kubernetescrd\n", []string{ourMiddleware}},
		"entry in our place":   {adminIngress, ourMiddleware, "cindy-own@kubernetescrd", "router.middlewares: cindy-own@kubernetescrd\n", []string{ourMiddleware}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			output := run(t, test.input)
			require.Contains(t, output, test.old)
			result := restored(t, strings.ReplaceAll(output, test.old, test.new))
			require.Contains(t, result, test.stays)
			for _, text := range append(test.goes, AnnotationAdded, AnnotationFor) {
				require.NotContains(t, result, text)
			}
		})
	}
}

// TestRestoreRefuses is about records that somebody has edited: what is ours is not known any more.
func TestRestoreRefuses(t *testing.T) {
	tests := map[string]struct{ record, cause string }{
		"empty":                    {"", `"" is not an entry of a record`},
		"no value":                 {"a/b=", `"a/b=" is not an entry of a record`},
		"no equals sign":           {"a/b", `"a/b" is not an entry of a record`},
		"unknown word":             {"port=01234567", `"port" is not an entry of a record`},
		"comma at the end":         {"a/b=01234567,", `"" is not an entry of a record`},
		"blank after the comma":    {"a/b=01234567, host=01234567*1", `" host" is not an entry of a record`},
		"host without a count":     {"host=01234567", `"01234567" is not a counted entry of a record`},
		"host with a wrong count":  {"host=01234567*one", `"01234567*one" is not a counted entry of a record`},
		"tls host without a count": {"tlsHosts=01234567", `"01234567" is not a counted entry of a record`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := readSet(t, "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\n  annotations:\n    "+AnnotationAdded+": \""+test.record+"\"\n").Items()[0]
			_, err := restore(item)
			require.EqualError(t, err, test.cause)
			set := readSet(t, strings.Replace(adminIngress, "\"true\"\n", "\"true\"\n    "+AnnotationAdded+": \""+test.record+"\"\n", 1))
			_, findings := Expand(set, decodeSettings(t, settingsText), Options{})
			require.Equal(t, finding.List{UnreadableRecord.At(set.Items()[0].Object(), "metadata.annotations["+AnnotationAdded+"]", test.cause, "restore the annotation from version control")}, findings)
		})
	}
}

// TestRestoreWithoutRecord holds that only a record is acted on, and not what looks like ours.
func TestRestoreWithoutRecord(t *testing.T) {
	output := run(t, adminIngress)
	start := strings.Index(output, "    "+AnnotationAdded)
	require.Positive(t, start)
	end := start + strings.Index(output[start:], "\n") + 1
	without := output[:start] + output[end:]
	require.Equal(t, without, restored(t, without))
}

// TestRecordIsSorted holds the form of the record, which is kept in version control.
func TestRecordIsSorted(t *testing.T) {
	item := readSet(t, adminIngress).Items()[0]
	additions := newAdditions(item, false)
	additions.Annotation("b/b", "2")
	additions.Annotation("a/a", "1")
	additions.First("c/c", "x", "y")
	require.NoError(t, additions.Close("cindy", "admin"))
	record, _ := item.Annotation(AnnotationAdded)
	// The first four bytes of the SHA-256 of 1, 2, x and y.
	require.Equal(t, "a/a=6b86b273,b/b=d4735e3a,c/c[]=2d711642+a1fce436", record)
	madeFor, _ := item.Annotation(AnnotationFor)
	require.Equal(t, "cindy/admin", madeFor)
}

// TestRecordOfWhatIsGenerated is about an object of ours: it is written anew by every run, so nothing is remembered.
func TestRecordOfWhatIsGenerated(t *testing.T) {
	item := readSet(t, adminIngress).Items()[0]
	additions := newAdditions(item, true)
	additions.Annotation("a/a", "1")
	require.NoError(t, additions.Close("cindy", "admin"))
	_, recorded := item.Annotation(AnnotationAdded)
	require.False(t, recorded)
	madeFor, _ := item.Annotation(AnnotationFor)
	require.Equal(t, "cindy/admin", madeFor)
}

// TestFirst is the order of a list: ours in front, in our order, and each entry once.
func TestFirst(t *testing.T) {
	tests := map[string]struct{ present, want string }{
		"empty":             {"", "x,y"},
		"others":            {"a,b", "x,y,a,b"},
		"ours in front":     {"x,y,a", "x,y,a"},
		"ours behind":       {"a,x,y", "x,y,a"},
		"ours in disorder":  {"y,x", "x,y"},
		"one of ours":       {"a,y", "x,y,a"},
		"blanks of others":  {"a, b", "x,y,a, b"},
		"blank before ours": {"a, x", "x,y,a"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			item := readSet(t, adminIngress).Items()[0]
			require.NoError(t, item.SetAnnotation("c/c", test.present))
			additions := newAdditions(item, false)
			additions.First("c/c", "x", "y")
			require.NoError(t, additions.Close("cindy", "admin"))
			value, _ := item.Annotation("c/c")
			require.Equal(t, test.want, value)
		})
	}
}
