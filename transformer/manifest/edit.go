package manifest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// SetAnnotation writes an annotation. It creates metadata and annotations where they are absent or null, and changes
// nothing when the annotation has the value already. It fails where the item cannot be parsed or a node on the way is of
// another type.
func (i *Item) SetAnnotation(key, value string) error {
	return i.Set(value, "metadata", "annotations", key)
}

// RemoveAnnotation removes an annotation, and the annotations mapping when it was the last one. An annotation that is not
// there is no error.
func (i *Item) RemoveAnnotation(key string) error {
	if err := i.Delete("metadata", "annotations", key); err != nil {
		return err
	}
	if rest := i.find("metadata", "annotations"); rest != nil && i.changed && rest.Kind == yaml.MappingNode && len(rest.Content) == 0 {
		return i.Delete("metadata", "annotations")
	}
	return nil
}

// Set writes value at path: a string, number or bool, or anything that JSON can encode. The elements of path are mapping
// keys, or "[0]" for an element of a sequence; the index after the last one appends, and makes an absent sequence. Absent
// mappings on the way are created. Nothing changes when the value is there already. It fails where the item cannot be
// parsed, a node on the way is of another type or an element is out of range.
func (i *Item) Set(value any, path ...string) error {
	root, err := i.Node()
	if err != nil {
		return err
	}
	added, err := valueNode(value)
	if err != nil {
		return err
	}
	node := root.YNode()
	for depth, element := range path[:len(path)-1] {
		next, err := step(node, element)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(path[:depth+1], "."), err)
		}
		if next == nil || next.Tag == yaml.NodeTagNull {
			next = emptyParent(path[depth+1])
			if err := put(node, element, next); err != nil {
				return fmt.Errorf("%s: %w", strings.Join(path[:depth+1], "."), err)
			}
			i.touch()
		}
		node = next
	}
	last := path[len(path)-1]
	old, err := step(node, last)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(path, "."), err)
	}
	if old != nil && equal(old, added) {
		return nil
	}
	if err := put(node, last, added); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(path, "."), err)
	}
	i.touch()
	return nil
}

// Delete removes what stands at path, whose elements are those of Set. It does nothing when there is nothing. It fails
// where the item cannot be parsed.
func (i *Item) Delete(path ...string) error {
	root, err := i.Node()
	if err != nil {
		return err
	}
	parent := root.YNode()
	for _, element := range path[:len(path)-1] {
		if parent, err = step(parent, element); err != nil || parent == nil {
			return nil
		}
	}
	if index, ok := sequenceIndex(path[len(path)-1]); ok {
		if parent.Kind == yaml.SequenceNode && index < len(parent.Content) {
			parent.Content = slices.Delete(parent.Content, index, index+1)
			i.touch()
		}
		return nil
	}
	if parent.Kind != yaml.MappingNode {
		return nil
	}
	for at := 0; at+1 < len(parent.Content); at += 2 {
		if parent.Content[at].Value == path[len(path)-1] {
			parent.Content = append(parent.Content[:at], parent.Content[at+2:]...)
			i.touch()
			return nil
		}
	}
	return nil
}

func (i *Item) touch() {
	for item := i; item != nil; item = item.parent {
		item.changed = true
	}
}

func step(node *yaml.Node, element string) (*yaml.Node, error) {
	if index, ok := sequenceIndex(element); ok {
		if node.Kind != yaml.SequenceNode || index > len(node.Content) {
			return nil, fmt.Errorf("no such element")
		}
		if index == len(node.Content) {
			return nil, nil
		}
		return node.Content[index], nil
	}
	if node.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("not a mapping")
	}
	return child(node, element), nil
}

func put(node *yaml.Node, element string, value *yaml.Node) error {
	if index, ok := sequenceIndex(element); ok {
		if index == len(node.Content) {
			node.Content = append(node.Content, value)
			return nil
		}
		node.Content[index] = value
		return nil
	}
	for at := 0; at+1 < len(node.Content); at += 2 {
		if node.Content[at].Value == element {
			old := node.Content[at+1]
			value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
			node.Content[at+1] = value
			return nil
		}
	}
	key, err := valueNode(element)
	if err != nil {
		return err
	}
	node.Content = append(node.Content, key, value)
	return nil
}

// emptyParent returns the empty node that element can be put into.
func emptyParent(element string) *yaml.Node {
	if _, ok := sequenceIndex(element); ok {
		return &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	}
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
}

func sequenceIndex(element string) (int, bool) {
	if !strings.HasPrefix(element, "[") || !strings.HasSuffix(element, "]") {
		return 0, false
	}
	index, err := strconv.Atoi(element[1 : len(element)-1])
	return index, err == nil && index >= 0
}

func valueNode(value any) (*yaml.Node, error) {
	if text, ok := value.(string); ok {
		node := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text}
		if yaml.IsValueNonString(text) {
			node.Style = yaml.DoubleQuotedStyle
		}
		return node, nil
	}
	encoded, err := sigsyaml.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	node, err := yaml.Parse(string(encoded))
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return node.YNode(), nil
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
