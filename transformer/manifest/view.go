package manifest

import (
	"iter"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// View is a value inside an item, for reading. The zero View stands for a value that is absent, null or cannot be read, and
// so does every View below it: a caller asks for what it needs and checks once.
type View struct{ node *yaml.Node }

// View returns the value at path, whose elements are keys of mappings.
func (i *Item) View(path ...string) View {
	root, err := i.Node()
	if err != nil {
		return View{}
	}
	return View{root.YNode()}.Get(path...)
}

// Get returns the value at path below v.
func (v View) Get(path ...string) View {
	node := v.node
	for _, key := range path {
		node = child(node, key)
	}
	if isNull(node) {
		return View{}
	}
	return View{node}
}

// Exists says whether there is a value.
func (v View) Exists() bool { return v.node != nil }

// Node returns the node of the value, nil where there is none. It must not be changed.
func (v View) Node() *yaml.Node { return v.node }

// IsScalar says whether the value is a string, number or boolean.
func (v View) IsScalar() bool { return v.node != nil && v.node.Kind == yaml.ScalarNode }

// Text returns the text of a scalar, whatever its type; "" of anything else. A number or boolean is written as Kubernetes reads it: True and yes
// are true, 017620 is 8080.
func (v View) Text() string {
	if !v.IsScalar() {
		return ""
	}
	return scalarText(v.node)
}

// Elements returns the elements of a sequence; none of anything else.
func (v View) Elements() []View {
	if v.node == nil || v.node.Kind != yaml.SequenceNode {
		return nil
	}
	elements := make([]View, len(v.node.Content))
	for i, element := range v.node.Content {
		elements[i] = View{element}
	}
	return elements
}

// Texts returns the text of every element of a sequence.
func (v View) Texts() []string {
	var texts []string
	for _, element := range v.Elements() {
		texts = append(texts, element.Text())
	}
	return texts
}

// Fields returns the keys and values of a mapping in their order; none of anything else.
func (v View) Fields() iter.Seq2[string, View] {
	return func(yield func(string, View) bool) {
		if v.node == nil || v.node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			if !yield(scalarText(v.node.Content[i]), View{v.node.Content[i+1]}) {
				return
			}
		}
	}
}
