package endpoint

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNearMiss is E22: a key that is nearly one of ours is never a silent no.
func TestNearMiss(t *testing.T) {
	okteto, own := vocabulary{"dev.okteto.com"}, vocabulary{"endpoints.example.com"}
	const unknown, domain = "is not a known key", "is not under the annotation domain"
	const orDomain = ", or set spec.annotationDomain to the domain that you use"
	tests := map[string]struct {
		vocabulary    vocabulary
		key           string
		cause, remedy string
	}{
		"letter lost":               {okteto, "dev.okteto.com/auto-ingres", unknown, "write dev.okteto.com/auto-ingress"},
		"letter too many":           {okteto, "dev.okteto.com/privatee", unknown, "write dev.okteto.com/private"},
		"two letters swapped":       {okteto, "dev.okteto.com/pirvate", unknown, "write dev.okteto.com/private"},
		"hyphen lost":               {okteto, "dev.okteto.com/generatehost", unknown, "write dev.okteto.com/generate-host"},
		"underscore":                {okteto, "dev.okteto.com/auto_ingress", unknown, "write dev.okteto.com/auto-ingress"},
		"capital letter":            {okteto, "dev.okteto.com/Private", unknown, "write dev.okteto.com/private"},
		"camel case":                {okteto, "dev.okteto.com/autoIngress", unknown, "write dev.okteto.com/auto-ingress"},
		"capital letter in domain":  {okteto, "dev.Okteto.com/private", unknown, "write dev.okteto.com/private"},
		"blank at the end":          {okteto, "dev.okteto.com/private ", unknown, "write dev.okteto.com/private"},
		"invisible letter":          {okteto, "dev.okteto.com/auto\u200b-ingress", unknown, "write dev.okteto.com/auto-ingress"},
		"listing key":               {okteto, "dev.okteto.com/hide-from-u", unknown, "write dev.okteto.com/hide-from-ui"},
		"singular":                  {okteto, "dev.okteto.com/endpoint", unknown, "write dev.okteto.com/endpoints"},
		"letter of domain lost":     {okteto, "dev.okteto.co/private", domain, "write dev.okteto.com/private" + orDomain},
		"domain misspelt":           {okteto, "dev.oketo.com/auto-ingress", domain, "write dev.okteto.com/auto-ingress" + orDomain},
		"both misspelt":             {okteto, "dev.oketo.com/auto-ingres", domain, "write dev.okteto.com/auto-ingress" + orDomain},
		"another domain of okteto":  {okteto, "okteto.com/private", domain, "write dev.okteto.com/private" + orDomain},
		"okteto in another domain":  {okteto, "dev.okteto.example.com/private", domain, "write dev.okteto.com/private" + orDomain},
		"slash lost":                {okteto, "dev.okteto.com.private", unknown, "write dev.okteto.com/private"},
		"slash gone":                {okteto, "dev.okteto.comauto-ingress", unknown, "write dev.okteto.com/auto-ingress"},
		"domain lost":               {okteto, "auto-ingress", unknown, "write dev.okteto.com/auto-ingress"},
		"own domain, unknown":       {okteto, "private-endpoints.dev/color", unknown, "the keys under this domain are " + strings.Join(ownKeys, ", ")},
		"own domain, misspelt":      {okteto, "private-endpoints.dev/prot", unknown, "write private-endpoints.dev/port"},
		"own domain itself":         {okteto, "private-endpoint.dev/port", unknown, "write private-endpoints.dev/port"},
		"okteto's beside one's own": {own, "dev.okteto.com/private", domain, "write endpoints.example.com/private" + orDomain},
		"one's own misspelt":        {own, "endpoint.example.com/private", domain, "write endpoints.example.com/private" + orDomain},
		"one's own word misspelt":   {own, "endpoints.example.com/privat", unknown, "write endpoints.example.com/private"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cause, remedy := test.vocabulary.nearMiss(test.key)
			require.Equal(t, test.cause, cause)
			require.Equal(t, test.remedy, remedy)
		})
	}
}

// TestNearMissLeavesOthersAlone lists keys that are known, and keys that belong to other programs and mean nothing here.
func TestNearMissLeavesOthersAlone(t *testing.T) {
	keys := []string{
		// Near in letters, and not meant.
		"private", "endpoints", "example.com/private", "example.com/auto-ingress", "dev.example.com/private", "private-endpoints.com/port",
		// Of other programs.
		"external-dns.alpha.kubernetes.io/hostname", "external-dns.alpha.kubernetes.io/private", "cert-manager.io/cluster-issuer",
		"kubernetes.io/ingress.class", "nginx.ingress.kubernetes.io/auth-url", "traefik.ingress.kubernetes.io/router.middlewares",
		"kubectl.kubernetes.io/last-applied-configuration", "argocd.argoproj.io/sync-wave", "config.kubernetes.io/path", "app", "",
	}
	for _, word := range []string{
		// Of Okteto, and about other things.
		"last-updated", "sleep", "persistent", "policy", "component-name", "update", "deployed-by", "git-deploy", "pipeline-name",
		"pipeline-namespace", "namespace", "from-snapshot-name", "from-snapshot-namespace", "from-snapshot-id", "skip-snapshot-if-same-namespace",
		"resource-manager", "pod-resources", "okteto-managed", "external-id", "super", "affinity", "overloaded", "auto-create", "revision",
		"restart", "sync", "stignore", "state-before-sleeping", "gateway", "sample", "deployment", "version", "name",
	} {
		keys = append(keys, "dev.okteto.com/"+word)
	}
	keys = append(keys, "divert.okteto.com/namespace", "divert.okteto.com/header")
	for _, word := range userKeys {
		keys = append(keys, "dev.okteto.com/"+word)
	}
	keys = append(keys, ownKeys...)
	for _, key := range keys {
		t.Run(key, func(t *testing.T) {
			cause, remedy := vocabulary{"dev.okteto.com"}.nearMiss(key)
			require.Empty(t, cause)
			require.Empty(t, remedy)
		})
	}
}

// TestTracesNeverMiss is the promise on which objects are left unread: whoever misspells a key of ours, even its domain and
// its word at once, leaves a trace of it.
func TestTracesNeverMiss(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, domain := range []string{"dev.okteto.com", "endpoints.example.com", "ex.io", "x.y", "okteto.dev"} {
		t.Run(domain, func(t *testing.T) {
			v := vocabulary{domain}
			traces := v.traces()
			known := slices.Clone(ownKeys)
			for _, word := range userKeys {
				known = append(known, v.key(word), oktetoDomain+"/"+word)
			}
			reported := 0
			for _, key := range known {
				require.True(t, leavesTrace(key, traces), key)
				for range 2000 {
					domain, word, _ := strings.Cut(key, "/")
					misspelt := misspell(random, domain) + "/" + misspell(random, word)
					if random.IntN(2) == 0 {
						misspelt = misspell(random, key)
					}
					cause, _ := v.nearMiss(misspelt)
					if cause == "" {
						continue
					}
					reported++
					require.True(t, leavesTrace(misspelt, traces), "%q is reported and leaves no trace", misspelt)
				}
			}
			require.Greater(t, reported, 1000, "most misspellings are reported, or this test holds nothing")
		})
	}
}

func leavesTrace(key string, traces []string) bool {
	return slices.ContainsFunc(traces, func(trace string) bool { return strings.Contains(strings.ToLower(key), trace) })
}

// misspell changes at most two letters of word: another one in its place, one too many, one lost. The case of the letters
// does not count as a mistake.
func misspell(random *rand.Rand, word string) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-._/"
	for range random.IntN(maximumDistance + 1) {
		at, letter := random.IntN(len(word)+1), letters[random.IntN(len(letters))]
		switch kind := random.IntN(3); {
		case kind == 0 || at == len(word):
			word = word[:at] + string(letter) + word[at:]
		case kind == 1:
			word = word[:at] + string(letter) + word[at+1:]
		default:
			word = word[:at] + word[at+1:]
		}
	}
	if random.IntN(4) == 0 {
		return strings.ToUpper(word)
	}
	return word
}

// TestTracesPassOthers holds that the search for traces is worth it: the objects of others hold none.
func TestTracesPassOthers(t *testing.T) {
	traces := vocabulary{"dev.okteto.com"}.traces()
	for _, key := range []string{"kubernetes.io/ingress.class", "external-dns.alpha.kubernetes.io/hostname", "argocd.argoproj.io/sync-wave", "example.com/team"} {
		require.False(t, leavesTrace(key, traces), key)
	}
}
