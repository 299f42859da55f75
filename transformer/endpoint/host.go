package endpoint

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// labelProblem says why value is not a DNS label (RFC 1123), or returns the empty string.
func labelProblem(value string) string {
	switch {
	case len(validation.IsDNS1123Label(value)) == 0:
		return ""
	case len(value) > validation.DNS1123LabelMaxLength:
		return fmt.Sprintf("has %d characters: at most %d are allowed", len(value), validation.DNS1123LabelMaxLength)
	default:
		return "is not a DNS label"
	}
}

// hostProblem says why host is not an exact DNS name of at least two labels (E3, E20), or returns the empty string. A
// Flux placeholder counts as one label.
func hostProblem(host string) string {
	known := config.WithoutPlaceholders(host)
	switch {
	case strings.HasPrefix(known, "*"):
		return "is a wildcard"
	case strings.HasSuffix(known, "."):
		return "ends in a dot"
	case !strings.Contains(known, ".") && known == host:
		return "has no domain"
	case len(known) > validation.DNS1123SubdomainMaxLength:
		return fmt.Sprintf("has %d characters: at most %d are allowed", len(known), validation.DNS1123SubdomainMaxLength)
	}
	for _, label := range strings.Split(known, ".") {
		if len(label) > validation.DNS1123LabelMaxLength {
			return fmt.Sprintf("has a label of %d characters: at most %d are allowed", len(label), validation.DNS1123LabelMaxLength)
		}
		if labelProblem(label) != "" {
			return "is not a valid DNS name"
		}
	}
	return ""
}

// computeHost returns the host of an endpoint: <first>-<namespace>.<subdomain>, or <namespace>.<subdomain> without a
// first word (E3, E10).
func computeHost(settings *config.Config, first, namespace string) (string, error) {
	if settings.Spec.Subdomain == "" {
		return "", errors.New("no host can be computed: the configuration has no spec.subdomain")
	}
	label := namespace
	if first != "" {
		label = first + "-" + namespace
	}
	if problem := labelProblem(label); problem != "" {
		return "", fmt.Errorf("the host's first label %q %s", label, problem)
	}
	host := label + "." + settings.Spec.Subdomain
	if problem := hostProblem(host); problem != "" {
		return "", fmt.Errorf("host %q %s", host, problem)
	}
	return host, nil
}

// firstWord returns what stands before the namespace in the host that generate-host asks for; "domain" asks for none.
func firstWord(generateHost, name string) string {
	switch generateHost {
	case "true":
		return name
	case "domain":
		return ""
	default:
		return generateHost
	}
}

// isOneLabelBelow says whether a wildcard certificate for *.subdomain covers host.
func isOneLabelBelow(host, subdomain string) bool {
	label, found := strings.CutSuffix(host, "."+subdomain)
	return found && subdomain != "" && label != "" && !strings.Contains(config.WithoutPlaceholders(label), ".")
}

// belongsToNamespace says whether host is the namespace's own: <namespace>.<subdomain>, or ending in
// -<namespace>.<subdomain> (E11).
func belongsToNamespace(host, namespace, subdomain string) bool {
	return host == namespace+"."+subdomain || strings.HasSuffix(host, "-"+namespace+"."+subdomain)
}
