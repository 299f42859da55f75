package exposure

import (
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// sought are pairs of a key and a value that make an object of a namespace worth parsing.
type sought struct {
	keys map[string]bool
	// pairs are written key=value, inNamespace namespace/key=value.
	pairs, inNamespace map[string]bool
}

func newSought() *sought {
	return &sought{map[string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (s *sought) add(namespace, key, value string) {
	pair := key + "=" + value
	s.keys[key], s.pairs[pair], s.inNamespace[namespace+"/"+pair] = true, true, true
}

// addAll adds labels, of which some may hold anyValue.
func (s *sought) addAll(namespace string, labels map[string]string) {
	for key, value := range labels {
		if strings.HasSuffix(value, anyValue) {
			value = anyValue
		}
		s.add(namespace, key, value)
	}
}

// in says whether item may hold one of the pairs and live in the namespace of that pair, by its bytes alone. Where after is
// given, only pairs that follow a key of this name count.
func (s *sought) in(item *manifest.Item, after string) bool {
	var pairs []string
	doubt, counts := false, after == ""
	certain := item.Pairs(func(key, value []byte) bool {
		switch {
		case after != "" && string(key) == after:
			counts = true
		case counts && s.keys[string(key)]:
			doubt = value == nil
			for _, pair := range []string{string(key) + "=" + string(value), string(key) + "=" + anyValue} {
				if s.pairs[pair] {
					pairs = append(pairs, pair)
				}
			}
		}
		return !doubt
	})
	if doubt || !certain {
		return true
	}
	if len(pairs) == 0 {
		return false
	}
	namespace, certain := item.NamespaceOnLines()
	return !certain || namespace == "" || slices.ContainsFunc(pairs, func(pair string) bool { return s.inNamespace[namespace+"/"+pair] })
}
