package manifest

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// child returns the value of key in a mapping, nil when there is none or node is no mapping.
func child(node *yaml.Node, key string) *yaml.Node {
	if at := keyIndex(node, key); at >= 0 {
		return node.Content[at+1]
	}
	return nil
}

// keyIndex returns where key stands in the content of a mapping, -1 when it does not.
func keyIndex(node *yaml.Node, key string) int {
	if node == nil || node.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// isNull says whether a value is absent or null.
func isNull(node *yaml.Node) bool {
	return node == nil || node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagNull
}

// isString says whether Kubernetes reads a node as a string. Kubernetes reads YAML 1.1, where a plain yes or 010 is none.
func isString(node *yaml.Node) bool {
	switch {
	case node == nil || node.Kind != yaml.ScalarNode:
		return false
	case node.Style != 0:
		return node.ShortTag() == yaml.NodeTagString
	default:
		return node.Value != "" && isStringText(node.Value)
	}
}

// isStringText says whether plain text that is not empty is read as a string. Most of it is plainly one, which spares the
// parser of YAML 1.1.
func isStringText(text string) bool {
	return isCertainString(text) || !yaml.IsValueNonString(text)
}

// isCertainString says whether text begins with a letter and is none of the words that YAML 1.1 reads as a boolean or
// null: numbers and dates begin with a digit, a sign or a dot. Text with a comment, a line break or anything else that is
// not printable ASCII is left to a parser.
func isCertainString(text string) bool {
	for i := range len(text) {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if i == 0 && !letter || c < ' ' || c > '~' || c == '#' {
			return false
		}
	}
	if strings.HasSuffix(text, " ") || strings.HasSuffix(text, ":") {
		return false
	}
	switch strings.ToLower(text) {
	case "", "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return true
}

// scalarText returns the text of a scalar: of a string the string, of a number or a boolean what JSON writes, of binary data what it stands for,
// and nothing of null.
func scalarText(node *yaml.Node) string {
	if node.Style&yaml.TaggedStyle != 0 && node.ShortTag() == tagBinary {
		if text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(node.Value), "")); err == nil {
			return string(text)
		}
	}
	if node.Style != 0 || readsAsWritten(node.Value) || isStringText(node.Value) {
		return node.Value
	}
	var text bytes.Buffer
	switch err := writeJSONScalar(&text, node); {
	case isNull(node):
		return ""
	case err != nil, bytes.HasPrefix(text.Bytes(), []byte(`"`)):
		return node.Value
	}
	return text.String()
}

// readsAsWritten says of most plain text that it stands for itself: a path, a word too long for a boolean or null, a plain decimal number.
func readsAsWritten(text string) bool {
	const longestWord = len("false")
	if text == "" {
		return true
	}
	switch first := text[0]; {
	case first == '/', 'a' <= first && first <= 'z' && len(text) > longestWord:
		return true
	case first < '1' || first > '9':
		return false
	}
	return strings.Trim(text, "0123456789") == ""
}

// stringValue returns the value of a string, "" of anything else.
func stringValue(node *yaml.Node) string {
	if !isString(node) {
		return ""
	}
	return node.Value
}

// sameContent says whether two nodes stand for the same value in any order of keys.
func sameContent(a, b *yaml.Node) bool {
	if a.Kind != yaml.MappingNode || b.Kind != yaml.MappingNode {
		return sameScalarOrSequence(a, b)
	}
	if len(a.Content) != len(b.Content) {
		return false
	}
	for i := 0; i+1 < len(a.Content); i += 2 {
		if at := keyIndex(b, a.Content[i].Value); at < 0 || !sameContent(a.Content[i+1], b.Content[at+1]) {
			return false
		}
	}
	return true
}

func sameScalarOrSequence(a, b *yaml.Node) bool {
	if a.Kind != yaml.SequenceNode || b.Kind != yaml.SequenceNode {
		return sameValue(a, b)
	}
	return slices.EqualFunc(a.Content, b.Content, sameContent)
}

// sameValue says whether two nodes stand for the same value; comments and style do not matter.
func sameValue(a, b *yaml.Node) bool {
	if isNull(a) && isNull(b) {
		return true
	}
	if a.Kind != b.Kind || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Style != b.Style && isString(a) != isString(b) {
		return false
	}
	for i := range a.Content {
		if !sameValue(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
