package manifest

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ParseError says why the bytes of an item are not an object.
type ParseError struct {
	// Cause is one line, lower case, without a final period.
	Cause string
}

// Error returns the cause.
func (e *ParseError) Error() string { return e.Cause }

func parseDocument(raw []byte) (*yaml.RNode, error) {
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	if err := decoder.Decode(&document); err != nil {
		return nil, &ParseError{Cause: parseCause(err)}
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, &ParseError{Cause: "content after the end of the document"}
	}
	node := yaml.NewRNode(document.Content[0])
	if node.YNode().Kind != yaml.MappingNode {
		return nil, &ParseError{Cause: "the document is not a mapping"}
	}
	if err := node.DeAnchor(); err != nil {
		return nil, &ParseError{Cause: err.Error()}
	}
	return node, nil
}

func parseCause(err error) string {
	cause, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	return "invalid YAML: " + cause
}

// child returns the value of key in a mapping, nil when there is none.
func child(node *yaml.Node, key string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// stringValue returns the value of a scalar that Kubernetes reads as a string, else "". Kubernetes reads YAML 1.1, where
// a plain yes or 010 is no string.
func stringValue(node *yaml.Node) string {
	if !isString(node) {
		return ""
	}
	return node.Value
}

func isString(node *yaml.Node) bool {
	switch {
	case node.Kind != yaml.ScalarNode:
		return false
	case node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		return node.Tag == yaml.NodeTagString
	default:
		return node.Value != "" && !yaml.IsValueNonString(node.Value)
	}
}
