package exposure

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// addIstioHost adds the ways to a host of Istio's registry: to what its DNS name stands for, and to the endpoints of the ServiceEntries that
// are about it. Which ports they have is left open.
func (r *reader) addIstioHost(way Way, host, port string) {
	r.addHost(way, host, port)
	for _, entry := range r.serviceEntries(host) {
		for _, endpoint := range entry.View("spec", "endpoints").Elements() {
			if address := endpoint.Get("address").Text(); isAddress(address) {
				r.addAddress(way, address, "")
			} else if address != "" {
				r.addHost(way, address, "")
			}
		}
		if labels := texts(entry.View("spec", "workloadSelector", "labels")); len(labels) > 0 {
			selected := way
			selected.selector = &podSelector{r.objects.NamespaceOf(entry), labels}
			r.add(selected, "")
		}
	}
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// serviceEntries returns the ServiceEntries for a host, whose names may be wildcards:
// https://istio.io/latest/docs/reference/config/networking/service-entry/.
func (r *reader) serviceEntries(host string) []*manifest.Item {
	if r.entries == nil {
		r.readServiceEntries()
	}
	name := normalHost(host)
	found := slices.Clone(r.entries[name])
	for rest := name; strings.Contains(rest, "."); {
		_, rest, _ = strings.Cut(rest, ".")
		found = append(found, r.entries["*."+rest]...)
	}
	return found
}

func (r *reader) readServiceEntries() {
	r.entries = map[string][]*manifest.Item{}
	for _, item := range r.objects.OfKind(istioGroup, "ServiceEntry") {
		if !r.readable(item) {
			continue
		}
		for _, host := range item.View("spec", "hosts").Texts() {
			r.entries[normalHost(host)] = append(r.entries[normalHost(host)], item)
		}
	}
}
