package controller

import (
	"net/url"
	"strings"
)

// clusterDomain is what follows .svc in the name of a Service; it may be left out.
const clusterDomain = ".cluster.local"

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// serviceAddress returns the URL under which a Service is asked, in the form of auth.url in the configuration. The port is a
// number, or empty for that of the scheme.
func serviceAddress(scheme, namespace, name, port, path string) string {
	address := scheme + "://" + name + "." + namespace + ".svc" + clusterDomain
	if port != "" && port != defaultPorts[scheme] {
		address += ":" + port
	}
	return address + path
}

// SameAddress says whether two URLs ask the same question of the same server. The port of the scheme and the domain behind .svc
// may be written or not: controllers that are given a Service instead of a URL say neither.
func SameAddress(a, b string) bool { return normalAddress(a) == normalAddress(b) }

func normalAddress(address string) string {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return address
	}
	parsed.Host = strings.TrimSuffix(strings.ToLower(parsed.Host), ":"+defaultPorts[parsed.Scheme])
	if host, port, _ := strings.Cut(parsed.Host, ":"); strings.HasSuffix(host, ".svc") {
		parsed.Host = strings.TrimSuffix(host+clusterDomain+":"+port, ":")
	}
	return parsed.String()
}
