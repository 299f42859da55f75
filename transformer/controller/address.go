package controller

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
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

// clusterService is a Service of the cluster and what is asked of it.
type clusterService struct {
	scheme, namespace, name string
	port                    int
	// path begins with a slash.
	path, query string
}

// clusterServiceOf reads the address of a Service, as controllers need it that are given a Service instead of a URL. The error says
// that the address is no such one.
func clusterServiceOf(address string) (clusterService, error) {
	refuse := func() (clusterService, error) {
		return clusterService{}, fmt.Errorf("auth.url %q is not the address of a Service of the cluster, such as http://oauth2-proxy.auth.svc.cluster.local:80/verify", address)
	}
	parsed, err := url.Parse(address)
	if err != nil {
		return refuse()
	}
	labels := strings.SplitN(strings.TrimSuffix(parsed.Hostname(), clusterDomain), ".", 3)
	port, err := strconv.Atoi(cmp.Or(parsed.Port(), defaultPorts[parsed.Scheme]))
	if len(labels) != 3 || labels[2] != "svc" || err != nil || port < 1 || port > 65535 {
		return refuse()
	}
	return clusterService{parsed.Scheme, labels[1], labels[0], port, cmp.Or(parsed.Path, "/"), parsed.RawQuery}, nil
}
