package manifest

import (
	"bytes"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A layout says how the bytes of an item are made up.
type layout struct {
	// prefix and suffix are comments and blank lines around the object.
	prefix, suffix []byte
	// body is the object as a document; the dash of a sequence element is blanked out.
	body []byte
	// column is where the keys of the object stand.
	column int
	// dash is where the dash of a sequence element is in body, -1 when it is not.
	dash int
}

// layoutOf takes the bytes of a document or of a sequence element apart.
func layoutOf(raw []byte, isElement bool) layout {
	if !isElement {
		o := scanObject(raw)
		switch {
		case isMarker(raw, '-'):
			// The separator has content on its line and belongs to the document.
			return layout{prefix: []byte("---\n"), body: raw, dash: -1}
		case !o.known:
			return layout{body: raw, dash: -1}
		}
		return layout{prefix: raw[:o.body], body: raw[o.body:o.tail], suffix: raw[o.tail:], column: o.header.column, dash: -1}
	}
	dash := bytes.IndexByte(raw, '-')
	blanked := bytes.Clone(raw)
	blanked[dash] = ' '
	o := scanObject(blanked)
	switch {
	case !o.known:
		return layout{body: blanked, column: dash + 2, dash: dash}
	case o.body > dash:
		return layout{prefix: raw[:o.body], body: blanked[o.body:], column: o.header.column, dash: -1}
	default:
		return layout{body: blanked, column: o.header.column, dash: dash}
	}
}

// with returns the bytes of the item with another body.
func (l layout) with(body []byte) []byte {
	text := bytes.Join([][]byte{l.prefix, body, l.suffix}, nil)
	if l.dash >= 0 {
		text[len(l.prefix)+l.dash] = '-'
	}
	return text
}

// encodeChanged returns the bytes of a changed item: those that it came in with, when the edits added up to nothing. It
// keeps the lines that the change does not concern. Where that would not be the same object it takes the item as the
// encoder writes it, and then with every value spelled out. An anchor stays only where no edit touched what it and its
// aliases stand for; otherwise all aliases are written out. What it returns has been parsed and compared with the item.
func (i *Item) encodeChanged() ([]byte, error) {
	original, err := i.parse()
	if err != nil {
		return nil, err
	}
	if sameContent(original, i.node.YNode()) {
		return i.raw, nil
	}
	if i.json {
		return i.encodeChangedJSON()
	}
	l := layoutOf(i.raw, i.element)
	style := sequenceStyle(l.body)
	for _, attempt := range []func() ([]byte, error){
		func() ([]byte, error) { return i.encodeMerged(original, l, style) },
		func() ([]byte, error) { return l.encode(i.node.YNode(), style) },
		func() ([]byte, error) { return l.encode(spelledOut(i.node.YNode()), style) },
	} {
		body, err := attempt()
		if err != nil {
			return nil, err
		}
		if text := l.with(body); i.isEncodedAs(text) {
			return text, nil
		}
	}
	return nil, fmt.Errorf("encode %s: the result is another object", i.Object())
}

// encodeMerged returns the body of the item as it came in, with the lines changed that the edits concern.
func (i *Item) encodeMerged(original *yaml.Node, l layout, style yaml.SequenceIndentStyle) ([]byte, error) {
	before, err := l.encode(original, style)
	if err != nil {
		return nil, err
	}
	after, err := l.encode(i.node.YNode(), style)
	if err != nil {
		return nil, err
	}
	return mergeLines(l.body, before, after), nil
}

// spelledOut returns a copy of a tree in the styles that the encoder writes without fail: it loses line breaks of some
// folded scalars and makes a string of a null without text in a flow mapping.
func spelledOut(node *yaml.Node) *yaml.Node {
	node = yaml.CopyYNode(node)
	var visit func(*yaml.Node)
	visit = func(node *yaml.Node) {
		switch {
		case isNull(node):
			node.Value = "null"
		case node.Style == yaml.FoldedStyle, node.Style == yaml.LiteralStyle:
			node.Style = yaml.DoubleQuotedStyle
		}
		for _, inner := range node.Content {
			visit(inner)
		}
	}
	visit(node)
	return node
}

// isEncodedAs says whether text is the item as it is now.
func (i *Item) isEncodedAs(text []byte) bool {
	node, err := (&Item{raw: text, element: i.element, json: i.json}).parse()
	return err == nil && sameValue(node, i.node.YNode())
}

func (i *Item) encodeChangedJSON() ([]byte, error) {
	compact, err := encodeJSON(i.node.YNode())
	if err != nil {
		return nil, err
	}
	text, err := indentJSON(compact, i.raw)
	if err != nil {
		return nil, err
	}
	if !i.isEncodedAs(text) {
		return nil, fmt.Errorf("encode %s: the result is another object", i.Object())
	}
	if size := len(bytes.TrimRight(i.raw, " \t\r\n")); size < len(i.raw) {
		text = append(text, i.raw[size:]...)
	}
	return text, nil
}

// encode encodes an object at the column of the body and with the line ends of the body.
func (l layout) encode(node *yaml.Node, style yaml.SequenceIndentStyle) ([]byte, error) {
	text, err := encodeYAML(node, style)
	if err != nil {
		return nil, err
	}
	text = indentLines(text, l.column)
	if usesCRLF(l.body) {
		text = withCRLF(text)
	}
	if !isLineStart(l.body) && len(l.suffix) == 0 {
		text = bytes.TrimRight(text, "\r\n")
	}
	return text, nil
}

func withCRLF(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")) }

func usesCRLF(data []byte) bool {
	end := bytes.IndexByte(data, '\n')
	return end > 0 && data[end-1] == '\r'
}

// indentLines moves every line that is not empty to the right.
func indentLines(text []byte, columns int) []byte {
	if columns == 0 {
		return text
	}
	var moved bytes.Buffer
	indentation := strings.Repeat(" ", columns)
	for rest := text; len(rest) > 0; {
		end := endOfLine(rest, 0)
		if rest[0] != '\n' {
			moved.WriteString(indentation)
		}
		moved.Write(rest[:end])
		rest = rest[end:]
	}
	return moved.Bytes()
}

func sequenceStyle(body []byte) yaml.SequenceIndentStyle {
	return yaml.SequenceIndentStyle(yaml.DeriveSeqIndentStyle(strings.ReplaceAll(string(body), "\r\n", "\n")))
}

func encodeYAML(node *yaml.Node, style yaml.SequenceIndentStyle) ([]byte, error) {
	text, err := yaml.MarshalWithOptions(node, &yaml.EncoderOptions{SeqIndent: style})
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return text, nil
}
