package manifest

import (
	"slices"
	"strings"
)

// The annotations in which kustomize keeps what its layers made of the name of an object while it renders. Only after the last layer it
// corrects the references to that name.
const (
	previousNames      = "internal.config.kubernetes.io/previousNames"
	previousNamespaces = "internal.config.kubernetes.io/previousNamespaces"
	namePrefixes       = "internal.config.kubernetes.io/prefixes"
	nameSuffixes       = "internal.config.kubernetes.io/suffixes"
)

// Name is the name of an object and its namespace, which is empty where it is not known.
type Name struct{ Namespace, Name string }

// EarlierNames returns the names that the layers of a kustomization gave the item before its present one, the oldest first.
func (i *Item) EarlierNames() []Name {
	if !i.Contains("previousNames") {
		return nil
	}
	names, _ := i.Annotation(previousNames)
	if names == "" {
		return nil
	}
	text, _ := i.Annotation(previousNamespaces)
	namespaces := strings.Split(text, ",")
	var earlier []Name
	for n, name := range strings.Split(names, ",") {
		namespace := ""
		if n < len(namespaces) {
			namespace = namespaces[n]
		}
		earlier = append(earlier, Name{namespace, name})
	}
	return earlier
}

// HadName says whether name is the present name of the item or one that a layer of a kustomization gave it before.
func (i *Item) HadName(name string) bool {
	return i.Name() == name || slices.ContainsFunc(i.EarlierNames(), func(earlier Name) bool { return earlier.Name == name })
}

// RenamedLike says whether the layers of a kustomization gave both items the same prefixes and suffixes. Of several objects that had the
// name in a reference kustomize means this one (api/filters/nameref/nameref.go, selectReferral).
func (i *Item) RenamedLike(other *Item) bool {
	return slices.Equal(i.affixes(), other.affixes())
}

func (i *Item) affixes() []string {
	prefixes, _ := i.Annotation(namePrefixes)
	suffixes, _ := i.Annotation(nameSuffixes)
	return []string{prefixes, suffixes}
}
