package endpoint

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// field returns the node at path, whose elements are keys, or nil where something on the way is absent, null or of
// another type.
func field(item *manifest.Item, path ...string) *yaml.RNode {
	node, err := item.Node()
	if err != nil {
		return nil
	}
	for _, name := range path {
		if node = child(node, name); node == nil {
			return nil
		}
	}
	return node
}

func child(node *yaml.RNode, name string) *yaml.RNode {
	if node == nil || node.YNode() == nil || node.YNode().Kind != yaml.MappingNode {
		return nil
	}
	found := node.Field(name)
	if found == nil || found.Value.IsNil() {
		return nil
	}
	return found.Value
}

// text returns the string at path, empty where there is none.
func text(item *manifest.Item, path ...string) string { return scalar(field(item, path...)) }

func fieldText(node *yaml.RNode, name string) string { return scalar(child(node, name)) }

func scalar(node *yaml.RNode) string {
	if node == nil || node.YNode().Kind != yaml.ScalarNode {
		return ""
	}
	return node.YNode().Value
}

// elements returns the elements of the sequence at path.
func elements(item *manifest.Item, path ...string) []*yaml.RNode {
	return sequence(field(item, path...))
}

func sequence(node *yaml.RNode) []*yaml.RNode {
	if node == nil || node.YNode().Kind != yaml.SequenceNode {
		return nil
	}
	var elements []*yaml.RNode
	for _, content := range node.YNode().Content {
		elements = append(elements, yaml.NewRNode(content))
	}
	return elements
}

func fieldTexts(node *yaml.RNode, name string) []string {
	var texts []string
	for _, element := range sequence(child(node, name)) {
		texts = append(texts, scalar(element))
	}
	return texts
}

// index is the path element of one element of a sequence.
func index(i int) string { return fmt.Sprintf("[%d]", i) }
