package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// rivals are the ways that can meet private ones which differ in nothing but their paths. Most ways on a host have paths that have
// nothing to do with one another, and what is concluded about two of them is the same for all private ones: it is concluded once, so that
// many paths on a host are not compared each with each.
type rivals struct {
	ways []*exposure.Way
	// byStart are the numbers of ways by the text that their paths begin with; starts are these texts in order, and lengths their lengths.
	byStart map[string][]int
	starts  []string
	lengths []int
	// unclear are the ways of which the path does not tell what their backends see.
	unclear []int
	// open are the ways that have not yet been compared with a private one whose paths have nothing to do with theirs.
	open []int
	// said tells where in the findings is what was said about ways that are apart from a private one, by its code.
	said map[string]int
}

// alike is what private ways have in common that have the same rivals, and about which the same is concluded unless it is about paths.
type alike struct {
	asks, namespace, host, via, server, rank, entryPoints string
	tlsOnly                                               bool
	priority                                              int
	ahead                                                 bool
	// targets are empty for the rivals on the host.
	targets string
}

func newRivals(ways []*exposure.Way) *rivals {
	r := &rivals{ways: ways, byStart: map[string][]int{}, said: map[string]int{}}
	for n, way := range ways {
		r.open = append(r.open, n)
		if isUnclear(way) {
			r.unclear = append(r.unclear, n)
			continue
		}
		start := way.Paths.Start()
		if r.byStart[start] == nil {
			r.starts, r.lengths = append(r.starts, start), append(r.lengths, len(start))
		}
		r.byStart[start] = append(r.byStart[start], n)
	}
	slices.Sort(r.starts)
	slices.Sort(r.lengths)
	r.lengths = slices.Compact(r.lengths)
	return r
}

// isUnclear says whether the backend of a way may see other paths than the way takes, or the way takes others than it says.
func isUnclear(way *exposure.Way) bool {
	return way.Layer != exposure.HTTP || way.Rewrite != "" || way.Regular || way.Folded || way.Most() != way.Paths
}

// of returns the ways that a private one has to be compared with, in order.
func (r *rivals) of(private *exposure.Way) []*exposure.Way {
	if isUnclear(private) {
		return r.ways
	}
	start := private.Paths.Start()
	numbers := slices.Concat(r.open, r.unclear)
	for _, length := range r.lengths {
		if length <= len(start) {
			numbers = append(numbers, r.byStart[start[:length]]...)
		}
	}
	first, _ := slices.BinarySearch(r.starts, start)
	for _, deeper := range r.starts[first:] {
		if !strings.HasPrefix(deeper, start) {
			break
		}
		numbers = append(numbers, r.byStart[deeper]...)
	}
	r.open = slices.DeleteFunc(r.open, func(n int) bool { return r.ways[n].Item != private.Item && isApart(private, r.ways[n]) })
	slices.Sort(numbers)
	var ways []*exposure.Way
	for _, n := range slices.Compact(numbers) {
		ways = append(ways, r.ways[n])
	}
	return ways
}

// isApart says whether no path of one way has anything to do with one of the other: none begins like the other.
func isApart(private, other *exposure.Way) bool {
	if isUnclear(private) || isUnclear(other) {
		return false
	}
	a, b := private.Paths.Start(), other.Paths.Start()
	return !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a)
}

// rivalsOf returns the ways with which a private way has to be compared, on its host and to its Pods, and what it shares them with.
func (c *checker) rivalsOf(private *exposure.Way, asks string, t table) ([]*exposure.Way, shared) {
	if c.Explain {
		return withoutOwn(slices.Concat(t.onHost(private, asks), t.toPods(private, asks)), private), shared{newRivals(nil), newRivals(nil)}
	}
	same := alike{
		asks: asks, namespace: private.Namespace, host: private.Host, via: private.Via, server: private.Server, rank: private.Rank,
		entryPoints: strings.Join(private.EntryPoints, ","), tlsOnly: private.TLSOnly, priority: private.Priority, ahead: private.Ahead,
	}
	onHost := c.rivals[same]
	if onHost == nil {
		onHost = newRivals(t.onHost(private, asks))
		c.rivals[same] = onHost
	}
	same.targets = "Pods:" + targetsText(private)
	toPods := c.rivals[same]
	if toPods == nil {
		toPods = newRivals(t.toPods(private, asks))
		c.rivals[same] = toPods
	}
	return withoutOwn(slices.Concat(onHost.of(private), toPods.of(private)), private), shared{onHost, toPods}
}

func targetsText(way *exposure.Way) string {
	var text strings.Builder
	for _, target := range way.Targets {
		text.WriteString(target.String() + "\n")
	}
	return text.String()
}

// shared are the rivals of a private way and of those like it.
type shared struct{ onHost, toPods *rivals }

// remember keeps what was said about a way that is apart from a private one, where it is said about all private ones that are alike: the
// first finding of each code. That headers pass is about the Pods.
func (s shared) remember(said []int, findings finding.List) {
	for _, at := range said {
		group := s.onHost
		if findings[at].Code == HeadersPass.Code {
			group = s.toPods
		}
		if _, known := group.said[findings[at].Code]; !known {
			group.said[findings[at].Code] = at
		}
	}
}

// all returns where in the findings is what was remembered.
func (s shared) all() []int {
	return slices.Concat(slices.Collect(maps.Values(s.onHost.said)), slices.Collect(maps.Values(s.toPods.said)))
}
