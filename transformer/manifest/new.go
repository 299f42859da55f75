package manifest

import (
	"fmt"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// New makes an Item from an object of k8s.io/api or a map. The status and null creation timestamps, which the types
// write although nobody set them, are dropped; the keys stand in the usual order.
func New(object any) (*Item, error) {
	node, err := valueNode(object)
	if err != nil {
		return nil, err
	}
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%T is not an object", object)
	}
	dropUnset(node)
	remove(node, func(key string, _ *yaml.Node) bool { return key == "status" })
	order(node)
	return &Item{node: yaml.NewRNode(node), isNew: true, changed: true}, nil
}

func dropUnset(node *yaml.Node) {
	remove(node, func(key string, value *yaml.Node) bool {
		return key == "creationTimestamp" && value.Tag == yaml.NodeTagNull
	})
	for _, inner := range node.Content {
		dropUnset(inner)
	}
}

func remove(node *yaml.Node, unwanted func(key string, value *yaml.Node) bool) {
	if node.Kind != yaml.MappingNode {
		return
	}
	var kept []*yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !unwanted(node.Content[i].Value, node.Content[i+1]) {
			kept = append(kept, node.Content[i], node.Content[i+1])
		}
	}
	node.Content = kept
}

func order(node *yaml.Node) {
	var ordered, rest []*yaml.Node
	first := []string{"apiVersion", "kind", "metadata", "spec"}
	for _, key := range first {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == key {
				ordered = append(ordered, node.Content[i], node.Content[i+1])
			}
		}
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if !slices.Contains(first, node.Content[i].Value) {
			rest = append(rest, node.Content[i], node.Content[i+1])
		}
	}
	node.Content = append(ordered, rest...)
}
