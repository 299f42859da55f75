package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"
)

// isJSON says whether a document is a JSON object. A flow mapping of YAML looks the same but need not be JSON.
func isJSON(data []byte) bool {
	text := bytes.TrimSpace(data)
	return len(text) > 0 && text[0] == '{' && json.Valid(text)
}

// parseJSON parses a JSON object into nodes and refuses duplicate keys. Unlike a YAML parser it keeps numbers as written and understands surrogate
// pairs. What package json would silently replace is refused.
func parseJSON(data []byte) (*yaml.Node, error) {
	root, err := parseJSONValue(data)
	if err != nil {
		return nil, err
	}
	if root.Kind != yaml.MappingNode {
		return nil, parseErrorf("not a mapping, but %s", described(root))
	}
	return root, checkKeys(root)
}

func parseJSONValue(data []byte) (*yaml.Node, error) {
	if !utf8.Valid(data) {
		return nil, parseErrorf("invalid JSON: invalid UTF-8")
	}
	if hasLoneSurrogate(data) {
		return nil, parseErrorf("invalid JSON: half of a surrogate pair")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	root, err := jsonValue(decoder)
	if err != nil {
		return nil, parseErrorf("invalid JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, parseErrorf("invalid JSON: content after the end of the document")
	}
	return root, nil
}

func jsonValue(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch value := token.(type) {
	case json.Delim:
		return jsonCollection(decoder, value)
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Value: value, Style: yaml.DoubleQuotedStyle}, nil
	case json.Number:
		tag := yaml.NodeTagInt
		if strings.ContainsAny(value.String(), ".eE") {
			tag = yaml.NodeTagFloat
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagBool, Value: strconv.FormatBool(value)}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagNull, Value: "null"}, nil
	}
}

func jsonCollection(decoder *json.Decoder, open json.Delim) (*yaml.Node, error) {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	if open == '[' {
		node = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	}
	for decoder.More() {
		inner, err := jsonValue(decoder)
		if err != nil {
			return nil, err
		}
		node.Content = append(node.Content, inner)
	}
	_, err := decoder.Token()
	return node, err
}

// hasLoneSurrogate says whether a \u escape names half of a surrogate pair without the other half.
func hasLoneSurrogate(data []byte) bool {
	for {
		at := bytes.IndexByte(data, '\\')
		if at < 0 || at+1 >= len(data) {
			return false
		}
		unit, ok := escapedUnit(data[at:])
		if !ok {
			data = data[at+2:]
			continue
		}
		data = data[at+6:]
		if unit < 0xd800 || unit > 0xdfff {
			continue
		}
		low, ok := escapedUnit(data)
		if unit > 0xdbff || !ok || low < 0xdc00 || low > 0xdfff {
			return true
		}
		data = data[6:]
	}
}

// escapedUnit returns the UTF-16 code unit of the \u escape that data begins with.
func escapedUnit(data []byte) (uint64, bool) {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	return unit, err == nil
}

// encodeJSON encodes nodes, without aliases, as compact JSON.
func encodeJSON(node *yaml.Node) ([]byte, error) {
	var text bytes.Buffer
	if err := writeJSON(&text, node); err != nil {
		return nil, err
	}
	return text.Bytes(), nil
}

func writeJSON(w *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.MappingNode:
		return writeJSONCollection(w, node, "{}", 2)
	case yaml.SequenceNode:
		return writeJSONCollection(w, node, "[]", 1)
	case yaml.ScalarNode:
		return writeJSONScalar(w, node)
	default:
		return fmt.Errorf("encode a node of kind %d as JSON", node.Kind)
	}
}

// writeJSONCollection writes an array, or an object where every second node is a key.
func writeJSONCollection(w *bytes.Buffer, node *yaml.Node, brackets string, step int) error {
	w.WriteByte(brackets[0])
	for i, inner := range node.Content {
		switch {
		case i%step != 0:
			w.WriteByte(':')
		case i > 0:
			w.WriteByte(',')
		}
		if step == 2 && i%2 == 0 {
			if err := writeJSONString(w, inner.Value); err != nil {
				return err
			}
			continue
		}
		if err := writeJSON(w, inner); err != nil {
			return err
		}
	}
	w.WriteByte(brackets[1])
	return nil
}

// writeJSONScalar writes a scalar with the type that Kubernetes reads it as. A number that JSON can hold keeps its digits.
func writeJSONScalar(w *bytes.Buffer, node *yaml.Node) error {
	switch {
	case isNull(node):
		w.WriteString("null")
	case isString(node):
		return writeJSONString(w, node.Value)
	case node.ShortTag() == tagBinary:
		return parseErrorf("line %d: a binary value", node.Line)
	case node.Value == "true", node.Value == "false", json.Valid([]byte(node.Value)):
		w.WriteString(node.Value)
	default:
		text, err := sigsyaml.YAMLToJSON([]byte(node.Value))
		if err != nil {
			return err
		}
		w.Write(bytes.TrimSpace(text))
	}
	return nil
}

func writeJSONString(w *bytes.Buffer, text string) error {
	if needsNoEscape(text) {
		w.WriteByte('"')
		w.WriteString(text)
		w.WriteByte('"')
		return nil
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return err
	}
	w.Truncate(w.Len() - 1) // Encode ends with a line break.
	return nil
}

func needsNoEscape(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// indentJSON lays compact JSON out as the text that it replaces was: on one line, or with the same indentation.
func indentJSON(compact, old []byte) ([]byte, error) {
	text := bytes.TrimRight(old, " \t\r\n")
	last := bytes.LastIndexByte(text, '\n')
	first := bytes.IndexByte(text, '\n')
	if last < 0 {
		return compact, nil
	}
	prefix := leadingBlanks(text[last+1:])
	step := bytes.TrimPrefix(leadingBlanks(text[first+1:]), prefix)
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, string(prefix), string(step)); err != nil {
		return nil, err
	}
	return indented.Bytes(), nil
}

func leadingBlanks(line []byte) []byte { return line[:skipBlanks(line, 0, len(line))] }
