package config

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// The grammars are the intersection of what all consumers accept (E20): a value that fits them means the same to every
// ingress controller and auth service. They are loops, because regular expressions would be compiled at every start.

// forbiddenHeaders must not be taken from the auth service: they belong to the connection or to the user's credentials.
var forbiddenHeaders = []string{"host", "content-length", "transfer-encoding", "connection", "cookie", "set-cookie", "authorization"}

// IsLabel says whether value is a DNS label (RFC 1123), which the names of Services and namespaces are.
func IsLabel(value string) bool { return len(validation.IsDNS1123Label(value)) == 0 }

func isSubdomain(value string) bool { return len(validation.IsDNS1123Subdomain(value)) == 0 }

// isHost is stricter than isSubdomain: each label of a host has at most 63 characters.
func isHost(host string) bool {
	return isSubdomain(host) && !slices.ContainsFunc(strings.Split(host, "."), func(label string) bool { return !IsLabel(label) })
}

func isPort(address *url.URL) bool {
	if address.Port() == "" {
		return !strings.HasSuffix(address.Host, ":")
	}
	port, err := strconv.Atoi(address.Port())
	return err == nil && port >= 1 && port <= 65535
}

// isPath accepts segments between single slashes, and no path at all. A segment . or .. would be resolved by some.
func isPath(path string) bool {
	if path == "" || path == "/" {
		return true
	}
	inner, absolute := strings.CutPrefix(strings.TrimSuffix(path, "/"), "/")
	return absolute && !slices.ContainsFunc(strings.Split(inner, "/"), func(segment string) bool {
		return segment == "" || segment == "." || segment == ".." || !consistsOf(segment, "._~-")
	})
}

// isGroup leaves out what separates, quotes or begins a variable somewhere: a comma would be a second group.
func isGroup(group string) bool {
	return group != "" && len(group) <= 128 && isAlphanumeric(group[0]) && consistsOf(group, "._~:-")
}

func isHeader(name string) bool {
	return name != "" && len(name) <= 64 && isLetter(name[0]) && consistsOf(name, "-")
}

// isVersion accepts two or three numbers with dots between them.
func isVersion(version string) bool {
	numbers := strings.Split(version, ".")
	return (len(numbers) == 2 || len(numbers) == 3) && !slices.ContainsFunc(numbers, func(number string) bool {
		return number == "" || strings.Trim(number, "0123456789") != ""
	})
}

// consistsOf says whether value holds nothing but ASCII letters, digits and the characters of others.
func consistsOf(value, others string) bool {
	for i := range len(value) {
		if !isAlphanumeric(value[i]) && strings.IndexByte(others, value[i]) < 0 {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// Placeholders returns the Flux variables in value, in their bash forms too and in the order in which they stand. What
// Flux would not take for a variable is none.
func Placeholders(value string) []string {
	var found []string
	for {
		_, after, opened := strings.Cut(value, "${")
		inside, rest, closed := strings.Cut(after, "}")
		if !opened || !closed {
			return found
		}
		if inside != "" && (isLetter(inside[0]) || inside[0] == '_') {
			found = append(found, "${"+inside+"}")
		}
		value = rest
	}
}

// WithoutPlaceholders replaces the Flux variables in value by a word that every grammar accepts, so that the rest of the
// value can be checked.
func WithoutPlaceholders(value string) string {
	for _, placeholder := range Placeholders(value) {
		value = strings.Replace(value, placeholder, "x", 1)
	}
	return value
}
