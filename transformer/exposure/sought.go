package exposure

import (
	"slices"

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

func (s *sought) addAll(namespace string, values map[string]string) {
	for key, value := range values {
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
			if pair := string(key) + "=" + string(value); s.pairs[pair] {
				pairs = append(pairs, pair)
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
