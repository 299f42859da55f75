package endpoint

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// settingsFor returns a configuration in which only the subdomain is set.
func settingsFor(subdomain string) *config.Config {
	return &config.Config{Spec: config.Spec{Subdomain: subdomain}}
}

// TestComputeHost is E3.
func TestComputeHost(t *testing.T) {
	long := strings.Repeat("a", 57)
	domain := func(length int) string { return strings.Repeat("example.", length/8+1)[:length] }
	tests := map[string]struct {
		subdomain, first, namespace string
		host, cause                 string
	}{
		"service":                        {"apps.example.com", "hello", "cindy", "hello-cindy.apps.example.com", ""},
		"namespace alone":                {"apps.example.com", "", "cindy", "cindy.apps.example.com", ""},
		"first label of 63":              {"apps.example.com", long, "cindy", long + "-cindy.apps.example.com", ""},
		"first label of 64":              {"apps.example.com", long + "a", "cindy", "", `the host's first label "` + long + `a-cindy" has 64 characters: at most 63 are allowed`},
		"namespace alone of 63":          {"example.com", "", long + "aaaaaa", long + "aaaaaa.example.com", ""},
		"whole of 253":                   {domain(241), "hello", "cindy", "hello-cindy." + domain(241), ""},
		"whole of 254":                   {domain(242), "hello", "cindy", "", `host "hello-cindy.` + domain(242) + `" has 254 characters: at most 253 are allowed`},
		"no subdomain":                   {"", "hello", "cindy", "", "no host can be computed: the configuration has no spec.subdomain"},
		"dot in the name":                {"apps.example.com", "hello.world", "cindy", "", `the host's first label "hello.world-cindy" is not a DNS label`},
		"upper case":                     {"apps.example.com", "Hello", "cindy", "", `the host's first label "Hello-cindy" is not a DNS label`},
		"underscore":                     {"apps.example.com", "hello_world", "cindy", "", `the host's first label "hello_world-cindy" is not a DNS label`},
		"hyphen at the start":            {"apps.example.com", "-hello", "cindy", "", `the host's first label "-hello-cindy" is not a DNS label`},
		"placeholder as subdomain":       {"${DOMAIN}", "hello", "cindy", "hello-cindy.${DOMAIN}", ""},
		"placeholder with a default":     {"${DOMAIN:=apps.example.com}", "hello", "cindy", "hello-cindy.${DOMAIN:=apps.example.com}", ""},
		"placeholder in the subdomain":   {"apps.${DOMAIN}.com", "hello", "cindy", "hello-cindy.apps.${DOMAIN}.com", ""},
		"placeholder that is not closed": {"apps.${DOMAIN", "hello", "cindy", "", `host "hello-cindy.apps.${DOMAIN" is not a valid DNS name`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			host, err := computeHost(settingsFor(test.subdomain), test.first, test.namespace)
			if test.cause != "" {
				require.EqualError(t, err, test.cause)
				require.Empty(t, host)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.host, host)
		})
	}
}

func TestHostProblem(t *testing.T) {
	tests := map[string]struct{ host, want string }{
		"two labels":                    {"example.com", ""},
		"digits":                        {"1.example.com", ""},
		"punycode":                      {"xn--bcher-kva.example.com", ""},
		"label of 63":                   {strings.Repeat("a", 63) + ".example.com", ""},
		"label of 64":                   {strings.Repeat("a", 64) + ".example.com", "has a label of 64 characters: at most 63 are allowed"},
		"one label":                     {"localhost", "has no domain"},
		"empty":                         {"", "has no domain"},
		"wildcard":                      {"*.example.com", "is a wildcard"},
		"wildcard alone":                {"*", "is a wildcard"},
		"wildcard inside":               {"a.*.example.com", "is not a valid DNS name"},
		"dot at the end":                {"example.com.", "ends in a dot"},
		"dot at the start":              {".example.com", "is not a valid DNS name"},
		"two dots":                      {"a..example.com", "is not a valid DNS name"},
		"upper case":                    {"Example.com", "is not a valid DNS name"},
		"port":                          {"example.com:80", "is not a valid DNS name"},
		"path":                          {"example.com/a", "is not a valid DNS name"},
		"newline":                       {"example.com\n", "is not a valid DNS name"},
		"umlaut":                        {"bücher.example.com", "is not a valid DNS name"},
		"placeholder alone":             {"${HOST}", ""},
		"placeholder before a domain":   {"${NAME}.example.com", ""},
		"placeholder in a label":        {"a-${NAME}.example.com", ""},
		"placeholder beside a wildcard": {"*.${DOMAIN}", "is a wildcard"},
		"variable of a shell":           {"$HOST.example.com", "is not a valid DNS name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, hostProblem(test.host))
		})
	}
}

func TestLabelProblem(t *testing.T) {
	tests := map[string]struct{ value, want string }{
		"one letter":     {"a", ""},
		"digits":         {"123", ""},
		"63 characters":  {strings.Repeat("a", 63), ""},
		"64 characters":  {strings.Repeat("a", 64), "has 64 characters: at most 63 are allowed"},
		"empty":          {"", "is not a DNS label"},
		"blank":          {" ", "is not a DNS label"},
		"dot":            {"a.b", "is not a DNS label"},
		"upper case":     {"A", "is not a DNS label"},
		"hyphen at last": {"a-", "is not a DNS label"},
		"hyphen inside":  {"a-b", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, labelProblem(test.value))
		})
	}
}

// TestFirstWord is E10: what generate-host puts in front of the namespace.
func TestFirstWord(t *testing.T) {
	tests := map[string]struct{ generateHost, want string }{
		"true is the name":           {"true", "admin"},
		"domain is nothing":          {"domain", ""},
		"any other word is itself":   {"api", "api"},
		"a longer word with domain":  {"domains", "domains"},
		"the name of the object too": {"admin", "admin"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, firstWord(test.generateHost, "admin"))
		})
	}
}

// TestIsOneLabelBelow is about the hosts that a wildcard certificate covers (E5).
func TestIsOneLabelBelow(t *testing.T) {
	tests := map[string]struct {
		host, subdomain string
		want            bool
	}{
		"one label":                  {"a.apps.example.com", "apps.example.com", true},
		"two labels":                 {"a.b.apps.example.com", "apps.example.com", false},
		"the subdomain itself":       {"apps.example.com", "apps.example.com", false},
		"no label":                   {".apps.example.com", "apps.example.com", false},
		"same ending, no dot":        {"a-apps.example.com", "apps.example.com", false},
		"another domain":             {"a.apps.example.org", "apps.example.com", false},
		"no subdomain":               {"a.", "", false},
		"placeholder as subdomain":   {"a.${DOMAIN}", "${DOMAIN}", true},
		"placeholder as label":       {"${NAME}.apps.example.com", "apps.example.com", true},
		"placeholder with a default": {"a-${NAME:=b.c}.apps.example.com", "apps.example.com", true},
		"placeholder below a label":  {"a.${NAME}.apps.example.com", "apps.example.com", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, isOneLabelBelow(test.host, test.subdomain))
		})
	}
}

// TestBelongsToNamespace is E11.
func TestBelongsToNamespace(t *testing.T) {
	tests := map[string]struct {
		host string
		want bool
	}{
		"namespace alone":              {"cindy.apps.example.com", true},
		"service":                      {"hello-cindy.apps.example.com", true},
		"without a hyphen":             {"hellocindy.apps.example.com", false},
		"another namespace":            {"hello-bob.apps.example.com", false},
		"longer namespace":             {"hello-cindy-dev.apps.example.com", false},
		"another domain":               {"hello-cindy.apps.example.org", false},
		"deeper domain":                {"hello-cindy.x.apps.example.com", false},
		"a label before the namespace": {"hello.cindy.apps.example.com", false},
		"ends the same":                {"hello-cindy.apps.example.com.example.org", false},
		"empty":                        {"", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, belongsToNamespace(test.host, "cindy", "apps.example.com"))
		})
	}
}
