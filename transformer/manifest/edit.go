package manifest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// SetAnnotation writes an annotation. It creates metadata and annotations where they are absent or null, and changes
// nothing when the annotation has the value already. It fails where the item cannot be parsed or one of both is no mapping.
func (i *Item) SetAnnotation(key, value string) error {
	return i.Set(value, "metadata", "annotations", key)
}

// RemoveAnnotation removes an annotation, and the annotations mapping with the last one. It does nothing when there is no
// such annotation, and fails where the item cannot be parsed.
func (i *Item) RemoveAnnotation(key string) error {
	if i.find("metadata", "annotations", key) == nil {
		_, err := i.Node()
		return err
	}
	if len(i.find("metadata", "annotations").Content) == 2 {
		return i.Delete("metadata", "annotations")
	}
	return i.Delete("metadata", "annotations", key)
}

// Set writes value at path: a string, a number, a bool, or anything that JSON can encode. The elements of path are keys of
// mappings and, in the form "[0]", numbers of elements of sequences; the number behind the last one appends. What is absent
// or null on the way is created: a sequence for a number, else a mapping. Nothing changes when the value is there already. Set fails, and changes
// nothing, where the item cannot be parsed, the value cannot be encoded, a node on the way is of another type or an element
// is out of range.
func (i *Item) Set(value any, path ...string) error {
	root, err := i.Node()
	if err != nil {
		return err
	}
	if len(path) == 0 {
		return errors.New("set a value: no path")
	}
	node, err := valueNode(value)
	if err != nil {
		return fmt.Errorf("set %s: %w", strings.Join(path, "."), err)
	}
	reshaped := reshapes(root.YNode(), node, path)
	changed, err := set(root.YNode(), node, path)
	if err != nil {
		return fmt.Errorf("set %s: %w", strings.Join(path, "."), err)
	}
	if changed {
		i.touch()
	}
	if changed && reshaped {
		return i.forgetHostIDs()
	}
	return nil
}

// Prepend puts value, which may be what Set takes, before the first element of the sequence at path. It creates the sequence where it is
// absent or null, and fails as Set does.
func (i *Item) Prepend(value any, path ...string) error {
	root, err := i.Node()
	if err != nil {
		return err
	}
	sequence := root.YNode()
	for _, element := range path {
		if sequence = at(sequence, element); isNull(sequence) {
			return i.Set([]any{value}, path...)
		}
	}
	node, err := valueNode(value)
	switch {
	case err != nil:
		return fmt.Errorf("prepend to %s: %w", strings.Join(path, "."), err)
	case sequence.Kind != yaml.SequenceNode:
		return fmt.Errorf("prepend to %s: it is no sequence", strings.Join(path, "."))
	}
	sequence.Content = slices.Insert(sequence.Content, 0, node)
	i.touch()
	return nil
}

// reshapes says whether value at path takes the place of a node of another kind, such as a mapping that of a scalar.
func reshapes(node, value *yaml.Node, path []string) bool {
	for i, element := range path {
		if node = at(node, element); node == nil {
			return false
		}
		if isNull(node) && i < len(path)-1 {
			return true
		}
	}
	return node.Kind != value.Kind
}

// forgetHostIDs removes the annotations by which a host finds the input of an item again. kustomize and kpt copy comments
// from it, and fail where a node is of another kind ("wrong node kind"); without the annotations they leave the item as
// it is, with the comments that are in it.
func (i *Item) forgetHostIDs() error {
	return errors.Join(i.RemoveAnnotation("internal.config.kubernetes.io/id"), i.RemoveAnnotation("config.k8s.io/id"))
}

// Delete removes what stands at path, which has the form that Set takes. It does nothing when there is nothing, and fails
// where the item cannot be parsed.
func (i *Item) Delete(path ...string) error {
	root, err := i.Node()
	if err != nil || len(path) == 0 {
		return err
	}
	node := root.YNode()
	for _, element := range path[:len(path)-1] {
		if node = at(node, element); node == nil {
			return nil
		}
	}
	last := path[len(path)-1]
	if at(node, last) == nil {
		return nil
	}
	first, count := keyIndex(node, last), 2
	if node.Kind == yaml.SequenceNode {
		first, count = sequenceIndex(last), 1
	}
	node.Content = append(node.Content[:first:first], node.Content[first+count:]...)
	i.touch()
	return nil
}

// touch marks the item, and the lists that it is a parsed member of, as changed.
func (i *Item) touch() {
	for item := i; item != nil; item = item.parent {
		item.changed = true
	}
	i.identified, i.named = false, false
}

// set writes value at path below node and reports whether that changed anything. It creates what is missing only after
// the rest of the way has proved right.
func set(node, value *yaml.Node, path []string) (bool, error) {
	if !takes(node, path[0]) {
		return false, fmt.Errorf("%s does not fit there", path[0])
	}
	old := at(node, path[0])
	switch {
	case len(path) > 1 && !isNull(old):
		return set(old, value, path[1:])
	case len(path) > 1:
		created := emptyParent(path[1])
		if _, err := set(created, value, path[1:]); err != nil {
			return false, err
		}
		value = created
	case old != nil && sameValue(old, value):
		return false, nil
	}
	put(node, path[0], value)
	return true, nil
}

// emptyParent returns the empty node that element can be put into.
func emptyParent(element string) *yaml.Node {
	if sequenceIndex(element) >= 0 {
		return &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	}
	return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
}

// takes says whether node can have a value at element: any key in a mapping, a number up to the length in a sequence.
func takes(node *yaml.Node, element string) bool {
	index := sequenceIndex(element)
	return node.Kind == yaml.MappingNode || node.Kind == yaml.SequenceNode && index >= 0 && index <= len(node.Content)
}

// at returns the value at one element of a path, nil when there is none.
func at(node *yaml.Node, element string) *yaml.Node {
	if node.Kind != yaml.SequenceNode {
		return child(node, element)
	}
	if index := sequenceIndex(element); index >= 0 && index < len(node.Content) {
		return node.Content[index]
	}
	return nil
}

func put(node *yaml.Node, element string, value *yaml.Node) {
	old := at(node, element)
	switch {
	case old != nil:
		replace(old, value)
		if key := keyIndex(node, element); key >= 0 && value.Kind != yaml.ScalarNode {
			// The comment on the line of a collection belongs to its key.
			node.Content[key].LineComment, old.LineComment = cmp.Or(node.Content[key].LineComment, old.LineComment), ""
		}
	case node.Kind == yaml.SequenceNode:
		node.Content = append(node.Content, value)
	default:
		node.Content = append(node.Content, stringNode(element), value)
	}
}

// replace gives a node another value. Its comments stay, and so do the quotes of a string.
func replace(old, value *yaml.Node) {
	if isString(value) && (old.Style == yaml.SingleQuotedStyle || old.Style == yaml.DoubleQuotedStyle) {
		value.Style = old.Style
	}
	value.HeadComment, value.LineComment, value.FootComment = old.HeadComment, old.LineComment, old.FootComment
	*old = *value
}

// sequenceIndex returns the number in a path element such as "[0]", -1 for any other element.
func sequenceIndex(element string) int {
	if !strings.HasPrefix(element, "[") || !strings.HasSuffix(element, "]") {
		return -1
	}
	index, err := strconv.Atoi(element[1 : len(element)-1])
	if err != nil {
		return -1
	}
	return index
}

// valueNode makes a node of a value.
func valueNode(value any) (*yaml.Node, error) {
	if text, ok := value.(string); ok {
		if !utf8.ValidString(text) {
			return nil, errors.New("the text is not valid UTF-8")
		}
		return stringNode(text), nil
	}
	if view, ok := value.(View); ok {
		return yaml.CopyYNode(view.node), nil
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	node, err := parseJSONValue(encoded)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", value, err)
	}
	return inBlockStyle(node), nil
}

// inBlockStyle takes the quotes of JSON from the strings that do not need them.
func inBlockStyle(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.ScalarNode && node.Tag == yaml.NodeTagString {
		return stringNode(node.Value)
	}
	for i, inner := range node.Content {
		node.Content[i] = inBlockStyle(inner)
	}
	return node
}

// stringNode makes a node that every parser reads as the given string, YAML 1.1 or 1.2.
func stringNode(text string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: text}
	if text == "" || text == "<<" || !isStringText(text) {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node
}
