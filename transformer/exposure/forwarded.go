package exposure

import (
	"regexp"
	"sync"
)

// forwardingName matches the ConfigMaps by which ingress-nginx and haproxy-ingress open ports: tcp-services and udp-services, and those of
// the Helm chart, which end in -tcp and -udp (https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/).
var forwardingName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^((.*-)?(tcp|udp)-services|.*-(tcp|udp))$`) })

// forwardedTo matches what stands behind a port in such a ConfigMap: namespace/name:port, and words about the PROXY protocol.
var forwardedTo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([a-z0-9-]+/[a-z0-9-]+):([a-z0-9-]+)(:.*)?$`) })

var portNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{1,5}$`) })

// forwardedPorts reads the ports of ingress controllers that lead to Services without anybody being asked.
func (r *reader) forwardedPorts() {
	for _, item := range r.objects.OfKind("", "ConfigMap") {
		if !item.Contains("-tcp", "-udp", "tcp-services", "udp-services") {
			continue
		}
		if forwardingName().MatchString(item.Object().Name) && r.readable(item) {
			for port, value := range item.View("data").Fields() {
				if parts := forwardedTo().FindStringSubmatch(value.Text()); parts != nil && portNumber().MatchString(port) {
					r.add(Way{
						Item: item, Field: "data[" + port + "]", Namespace: r.objects.NamespaceOf(item), Via: "port " + port + " of the ingress controller",
						Layer: TCP, Paths: Prefix("/"), Service: parts[1],
					}, parts[2])
				}
			}
		}
		item.Release()
	}
}
