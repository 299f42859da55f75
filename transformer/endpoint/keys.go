package endpoint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// The intent annotations, without their domain.
const (
	keyAutoIngress  = "auto-ingress"
	keyPrivate      = "private"
	keyGenerateHost = "generate-host"
	keyHideFromUI   = "hide-from-ui"
	keyEndpoints    = "endpoints"
	// keyGateway, on an HTTPRoute, says "false" where neither Gateway nor host are to be filled in.
	keyGateway = "gateway"
)

// The annotations under our own domain.
const (
	// AnnotationPort chooses the port of a Service by name or number (E2).
	AnnotationPort = config.Domain + "/port"
	// AnnotationIngressClass chooses a listed class where the object has none, or the sentinel.
	AnnotationIngressClass = config.Domain + "/ingress-class"
	// AnnotationGeneratedFrom marks what we generated, with its source as Kind/name (E8).
	AnnotationGeneratedFrom = config.Domain + "/generated-from"
	// AnnotationFor names the endpoint that a protection was made for, as namespace/name (E24).
	AnnotationFor = config.Domain + "/for"
	// AnnotationAdded records what we added to an object of the user's (E18).
	AnnotationAdded = config.Domain + "/added"
	// AnnotationWaive waives findings of the verifier, with a reason.
	AnnotationWaive = config.Domain + "/waive"
)

const (
	labelManagedBy   = "app.kubernetes.io/managed-by"
	managedBy        = "private-endpoints"
	annotationLegacy = "kubernetes.io/ingress.class"
	oktetoDomain     = "dev.okteto.com"
)

var (
	intentKeys = []string{keyAutoIngress, keyPrivate, keyGenerateHost}
	userKeys   = []string{keyAutoIngress, keyPrivate, keyGenerateHost, keyHideFromUI, keyEndpoints, keyGateway}
	ownKeys    = []string{AnnotationPort, AnnotationIngressClass, AnnotationGeneratedFrom, AnnotationFor, AnnotationAdded, AnnotationWaive}
)

// maximumDistance is how many letters may differ before a key is no longer taken for a misspelt one of ours (E22).
const maximumDistance = 2

// vocabulary knows the keys of one annotation domain.
type vocabulary struct{ domain string }

func (v vocabulary) key(word string) string { return v.domain + "/" + word }

// isIntent says whether key, exactly as written, asks for an endpoint or for protection.
func (v vocabulary) isIntent(key string) bool {
	domain, word, _ := strings.Cut(key, "/")
	return domain == v.domain && slices.Contains(intentKeys, word)
}

// isKnown says whether key is one that we define.
func (v vocabulary) isKnown(key string) bool {
	domain, word, _ := strings.Cut(key, "/")
	return domain == v.domain && slices.Contains(userKeys, word) || slices.Contains(ownKeys, key)
}

// traces returns words of which at least one stands in every object that has a key of ours, or a key that nearMiss
// reports, whatever the case of its letters: the API server accepts capital letters in a key. A misspelling of at most two
// letters leaves one third of a domain as it is.
func (v vocabulary) traces() []string {
	words := []string{"okteto", keyAutoIngress, keyGenerateHost}
	for _, domain := range []string{v.domain, config.Domain} {
		third := len(domain) / (maximumDistance + 1)
		words = append(words, domain[:third], domain[third:2*third], domain[2*third:])
	}
	return words
}

// nearMiss explains why key, which we do not know, is probably meant to be one that we do. It returns the empty string
// for the keys of others (E22).
func (v vocabulary) nearMiss(key string) (cause, remedy string) {
	if v.isKnown(key) {
		return "", ""
	}
	folded := strings.ToLower(strings.TrimSpace(key))
	domain, word, hasDomain := strings.Cut(folded, "/")
	if !hasDomain {
		return v.nearMissWithoutDomain(folded)
	}
	switch {
	case domain == v.domain:
		if proposal := config.Nearest(word, userKeys); proposal != "" {
			return "is not a known key", fmt.Sprintf("write %s", v.key(proposal))
		}
	case domain == config.Domain:
		if proposal := config.Nearest(folded, ownKeys); proposal != "" {
			return "is not a known key", fmt.Sprintf("write %s", proposal)
		}
		return "is not a known key", fmt.Sprintf("the keys under this domain are %s", strings.Join(ownKeys, ", "))
	case v.isNearDomain(domain):
		if proposal := config.Nearest(word, userKeys); proposal != "" {
			return "is not under the annotation domain", fmt.Sprintf("write %s, or set spec.annotationDomain to the domain that you use", v.key(proposal))
		}
	case distance(domain, config.Domain) <= maximumDistance:
		if proposal := config.Nearest(config.Domain+"/"+word, ownKeys); proposal != "" {
			return "is not a known key", fmt.Sprintf("write %s", proposal)
		}
	}
	return "", ""
}

// nearMissWithoutDomain looks for a lost slash, as in dev.okteto.com.private, and for a lost domain. The bare word
// "private" is left alone: it is too common to be ours.
func (v vocabulary) nearMissWithoutDomain(key string) (cause, remedy string) {
	for _, word := range intentKeys {
		lostSlash := distance(key, v.key(word)) <= maximumDistance
		lostDomain := key == word && word != keyPrivate
		if lostSlash || lostDomain {
			return "is not a known key", fmt.Sprintf("write %s", v.key(word))
		}
	}
	return "", ""
}

// isNearDomain says whether domain is probably meant to be the annotation domain: misspelt, or Okteto's where the team
// uses its own.
func (v vocabulary) isNearDomain(domain string) bool {
	return domain == oktetoDomain || strings.Contains(domain, "okteto") || distance(domain, v.domain) <= maximumDistance
}

// distance is the number of letters to change between two words, or more than maximumDistance where their lengths alone
// say so: that spares most of the computing.
func distance(a, b string) int {
	if apart := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); apart > maximumDistance || -apart > maximumDistance {
		return maximumDistance + 1
	}
	return levenshtein.ComputeDistance(a, b)
}
