package manifest

import (
	"bytes"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Item is one object of a Set. It keeps the bytes that it came from and is parsed when something asks for its content.
type Item struct {
	raw     []byte
	parent  *Item
	node    *yaml.RNode
	err     error
	changed bool
}

// Node returns the object as a mapping node, parsed on first use. Edit it through Set, Delete, SetAnnotation and
// RemoveAnnotation only: a change made directly in the node is not noticed. The error is a *ParseError.
func (i *Item) Node() (*yaml.RNode, error) {
	if i.node == nil && i.err == nil {
		i.node, i.err = parseDocument(i.raw)
	}
	return i.node, i.err
}

// Release drops the parsed node of an unchanged item, to free memory. A later Node parses again.
func (i *Item) Release() {
	if i.raw != nil && !i.changed {
		i.node, i.err = nil, nil
	}
}

// Changed says whether an edit changed the item.
func (i *Item) Changed() bool { return i.changed }

// APIVersion returns the apiVersion, or "" when it is unknown.
func (i *Item) APIVersion() string { return i.text("apiVersion") }

// Group returns the API group: "" for the core group and for an unknown apiVersion.
func (i *Item) Group() string {
	group, _, found := strings.Cut(i.APIVersion(), "/")
	if !found {
		return ""
	}
	return group
}

// Kind returns the kind, or "" when it is unknown: such an item could not be read.
func (i *Item) Kind() string { return i.text("kind") }

// Name returns metadata.name, or "" when the item cannot be parsed or the name is not a string.
func (i *Item) Name() string { return i.text("metadata", "name") }

// Namespace returns metadata.namespace, or "" when the item cannot be parsed or the namespace is not a string.
func (i *Item) Namespace() string { return i.text("metadata", "namespace") }

// Annotation returns the value of an annotation and whether the key is present. The value is "" when it is not a string.
func (i *Item) Annotation(key string) (string, bool) {
	node := i.find("metadata", "annotations", key)
	if node == nil {
		return "", false
	}
	return stringValue(node), true
}

// Object names the item in messages.
func (i *Item) Object() finding.Object {
	return finding.Object{APIVersion: i.APIVersion(), Kind: i.Kind(), Namespace: i.Namespace(), Name: i.Name()}
}

// Contains says whether the bytes of the item may contain one of words once it is parsed. It never misses.
func (i *Item) Contains(words ...string) bool {
	if i.raw == nil || i.changed || bytes.ContainsAny(i.raw, "\\&*") {
		return true
	}
	for _, word := range words {
		if bytes.Contains(i.raw, []byte(word)) {
			return true
		}
	}
	return false
}

func (i *Item) text(path ...string) string {
	node := i.find(path...)
	if node == nil {
		return ""
	}
	return stringValue(node)
}

func (i *Item) find(path ...string) *yaml.Node {
	root, err := i.Node()
	if err != nil {
		return nil
	}
	node := root.YNode()
	for _, key := range path {
		if node = child(node, key); node == nil {
			return nil
		}
	}
	return node
}
