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

// settingWords stand in the ConfigMaps of ingress controllers that open ports or take sign-in away: their usual names, and keys.
var settingWords = []string{
	"tcp-services", "udp-services", "no-auth-locations", "custom-http-errors", "location-snippet", "server-snippet", "http-snippet",
	"whitelist-source-range", "denylist-source-range",
}

// forwardedPorts reads the ConfigMaps by which ingress-nginx and haproxy-ingress open ports that lead to Services without anybody being asked
// (https://kubernetes.github.io/ingress-nginx/user-guide/exposing-tcp-udp-services/). What they are called is a setting of the controller; what
// stands in them tells. One that cannot be read is reported where its bytes show that it is of such a kind: other data may be as it likes.
func (r *reader) forwardedPorts() {
	for _, item := range r.objects.OfKind("", "ConfigMap") {
		forwards, certain := showsPort(item)
		isSetting := forwards || item.Shows(settingWords...)
		if certain && !isSetting {
			continue
		}
		if _, err := item.Node(); err == nil {
			r.addForwardedPorts(item)
		} else if isSetting {
			r.readable(item)
		}
		item.Release()
	}
}

func (r *reader) addForwardedPorts(item *manifest.Item) {
	for port, value := range item.View("data").Fields() {
		if parts := forwardedTo().FindStringSubmatch(value.Text()); parts != nil && portNumber().MatchString(port) {
			r.add(Way{
				Item: item, Field: "data[" + port + "]", Namespace: r.objects.NamespaceOf(item), Via: "port " + port + " of the ingress controller",
				Layer: TCP, Paths: Prefix("/"), Service: parts[1],
			}, parts[2])
		}
	}
}

// showsPort says whether the bytes of a ConfigMap show a port that may lead to a Service; certain is false where only a parser can tell.
func showsPort(item *manifest.Item) (shows, certain bool) {
	certain = item.Pairs(func(key, value []byte) bool {
		shows = len(key) <= len("0x1F90") && key[0] >= '0' && key[0] <= '9' && (value == nil || bytes.IndexByte(value, '/') > 0)
		return !shows
	})
	return shows, certain
}
