package manifest

import (
	"bytes"
	"fmt"
	"slices"
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

// encodeMerged returns the body of the item as it came in, with the lines changed that the edits concern. Only the
// top-level keys from the first changed one to the last are encoded.
func (i *Item) encodeMerged(original *yaml.Node, l layout, style yaml.SequenceIndentStyle) ([]byte, error) {
	edited := i.node.YNode()
	text := lines(l.body)
	if !isLineStart(l.body) {
		text[len(text)-1] = append(bytes.Clone(text[len(text)-1]), '\n')
	}
	keys, from, to := span{0, len(original.Content)}, 0, len(text)
	if original.Style&yaml.FlowStyle == 0 && !hasUnusual(l.body) {
		keys = changedKeys(original, edited)
		from, to = lineRange(original, keys, text)
	}
	before, err := l.encodeKeys(original, keys, style)
	if err != nil {
		return nil, err
	}
	keys.end += len(edited.Content) - len(original.Content)
	after, err := l.encodeKeys(edited, keys, style)
	if err != nil {
		return nil, err
	}
	merged := slices.Concat(text[:from], mergeLines(text[from:to], lines(before), lines(after)), text[to:])
	return l.endLike(bytes.Join(merged, nil)), nil
}

// changedKeys returns which part of the content of a mapping differs from that of another, apart from what both begin and
// end with.
func changedKeys(original, edited *yaml.Node) span {
	a, b := original.Content, edited.Content
	same := func(i, j int) bool { return a[i].Value == b[j].Value && sameValue(a[i+1], b[j+1]) }
	start, fromEnd := 0, 0
	for start < len(a) && start < len(b) && same(start, start) {
		start += 2
	}
	for fromEnd < len(a)-start && fromEnd < len(b)-start && same(len(a)-fromEnd-2, len(b)-fromEnd-2) {
		fromEnd += 2
	}
	return span{start, len(a) - fromEnd}
}

// lineRange returns the lines that a part of the content of a mapping takes. Comments before the next key belong to it.
func lineRange(mapping *yaml.Node, keys span, text [][]byte) (from, to int) {
	lineOf := func(at int) int {
		if at == len(mapping.Content) {
			return len(text)
		}
		return min(mapping.Content[at].Line-1, len(text))
	}
	from, to = lineOf(keys.start), lineOf(keys.end)
	for to > from && isInsignificant(text[to-1]) {
		to--
	}
	return min(from, to), to
}

// encodeKeys encodes a part of the content of a mapping at the column of the body.
func (l layout) encodeKeys(mapping *yaml.Node, keys span, style yaml.SequenceIndentStyle) ([]byte, error) {
	if keys.start == keys.end {
		return nil, nil
	}
	part := *mapping
	part.Content = mapping.Content[keys.start:keys.end]
	return l.encodeLines(&part, style)
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

// encode encodes an object so that it can take the place of the body.
func (l layout) encode(node *yaml.Node, style yaml.SequenceIndentStyle) ([]byte, error) {
	text, err := l.encodeLines(node, style)
	if err != nil {
		return nil, err
	}
	return l.endLike(text), nil
}

// encodeLines encodes an object at the column of the body and with its line ends.
func (l layout) encodeLines(node *yaml.Node, style yaml.SequenceIndentStyle) ([]byte, error) {
	text, err := encodeYAML(node, style)
	if err != nil {
		return nil, err
	}
	text = indentLines(text, l.column)
	if usesCRLF(l.body) {
		text = withCRLF(text)
	}
	return text, nil
}

// endLike lets text end in a line break only if the body does.
func (l layout) endLike(text []byte) []byte {
	if !isLineStart(l.body) && len(l.suffix) == 0 {
		return bytes.TrimRight(text, "\r\n")
	}
	return text
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
