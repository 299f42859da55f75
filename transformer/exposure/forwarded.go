package exposure

import (
	"bytes"
	"regexp"
	"sync"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// forwardedTo matches what stands behind a port in such a ConfigMap: namespace/name:port, and words about the PROXY protocol.
var forwardedTo = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([a-z0-9-]+/[a-z0-9-]+):([a-z0-9-]+)(:.*)?$`) })

var portNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{1,5}$`) })

// forwardedPorts reads the ConfigMaps by which ingress-nginx and haproxy-ingress open ports that lead to Services without anybody being asked
// (https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/). What they are called is a setting of the controller; what
// stands in them tells.
func (r *reader) forwardedPorts() {
	for _, item := range r.objects.OfKind("", "ConfigMap") {
		if !mayForward(item) || !r.readable(item) {
			continue
		}
		for port, value := range item.View("data").Fields() {
			if parts := forwardedTo().FindStringSubmatch(value.Text()); parts != nil && portNumber().MatchString(port) {
				r.add(Way{
					Item: item, Field: "data[" + port + "]", Namespace: r.objects.NamespaceOf(item), Via: "port " + port + " of the ingress controller",
					Layer: TCP, Paths: Prefix("/"), Service: parts[1],
				}, parts[2])
			}
		}
		item.Release()
	}
}

// mayForward says by the bytes of a ConfigMap whether it may hold such a port. One that only a parser can search is large text, most often, and
// is parsed where it has a usual name.
func mayForward(item *manifest.Item) bool {
	found := false
	certain := item.Pairs(func(key, value []byte) bool {
		found = len(key) <= len("0x1F90") && key[0] >= '0' && key[0] <= '9' && (value == nil || bytes.IndexByte(value, '/') > 0)
		return !found
	})
	return found || !certain && item.Contains("-tcp", "-udp", "tcp-", "udp-")
}
