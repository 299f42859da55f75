package manifest

import (
	"bytes"
	"encoding/json"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A list is an object whose members have bytes of their own: a ResourceList, or a List in a stream. The bytes around the
// members are written back as they are.
type list struct {
	data []byte
	// json says that data is JSON, not block-style YAML.
	json             bool
	apiVersion, kind string
	// sections are the top-level keys: in YAML from the key up to the next one, in JSON the values.
	sections map[string]span
	// spans are the elements of items, and members the objects in them.
	spans   []span
	members []*Item
	// dash is the column of the dashes of the elements.
	dash int
	// cut is what new results replace: the present results or, where there are none, the place behind the last key.
	cut span
	// results replaces what is in cut when setsResults; nil removes it.
	results     *yaml.Node
	setsResults bool
	// inside are the items inserted behind the last element.
	inside []*Item
	// followers are the items inserted behind a List in a stream.
	followers []*Item
}

// newBlockList opens a list in block style. It reports false where the list has to be parsed as a whole.
func newBlockList(data []byte) (*list, bool) {
	o, ok := scanBlockList(data)
	if !ok || !o.header.certain() {
		return nil, false
	}
	l := &list{data: data, apiVersion: o.header.apiVersion, kind: o.header.kind, sections: o.sections, dash: o.dash}
	for _, e := range o.elements {
		item := &Item{raw: e.of(data), element: true, listKind: impliedBy(l.kind)}
		if e.header.certain() && !e.header.items {
			item.identified, item.apiVersion, item.kind = true, e.header.apiVersion, e.header.kind
		}
		l.spans = append(l.spans, e.span)
		l.members = append(l.members, item)
	}
	l.cut = span{o.end, o.end}
	if results, ok := o.sections["results"]; ok {
		l.cut = results
	}
	return l, true
}

// newJSONList opens a list in JSON. It reports false where items is not an array or a key is there twice.
func newJSONList(data []byte) (*list, bool) {
	l := &list{data: data, json: true, sections: map[string]span{}}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, false
	}
	isArray := false
	for decoder.More() {
		behindLast := int(decoder.InputOffset())
		token, err := decoder.Token()
		key, isKey := token.(string)
		if _, twice := l.sections[key]; err != nil || !isKey || twice {
			return nil, false
		}
		start := skipToValue(data, int(decoder.InputOffset()))
		if key == "items" && data[start] == '[' {
			isArray, err = true, l.readElements(decoder)
		} else {
			err = decoder.Decode(&json.RawMessage{})
		}
		if err != nil {
			return nil, false
		}
		end := int(decoder.InputOffset())
		l.sections[key] = span{start, end}
		if _, found := l.sections["results"]; !found {
			l.cut = span{end, end}
		} else if key == "results" {
			l.cut = span{behindLast, end}
		}
	}
	l.apiVersion, l.kind = l.jsonText("apiVersion"), l.jsonText("kind")
	for _, member := range l.members {
		member.listKind = impliedBy(l.kind)
	}
	return l, isArray && l.kind != ""
}

// readElements reads the array that the decoder stands before.
func (l *list) readElements(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		end := int(decoder.InputOffset())
		at := span{end - len(value), end}
		l.spans = append(l.spans, at)
		l.members = append(l.members, &Item{raw: at.of(l.data), json: true})
	}
	_, err := decoder.Token()
	return err
}

// skipToValue returns where the value behind a key starts.
func skipToValue(data []byte, at int) int {
	for at < len(data) && bytes.IndexByte([]byte(" \t\r\n:"), data[at]) >= 0 {
		at++
	}
	return at
}

func (l *list) jsonText(key string) string {
	var text string
	if at, ok := l.sections[key]; !ok || json.Unmarshal(at.of(l.data), &text) != nil {
		return ""
	}
	return text
}

// section parses the value of a top-level key; nil when the key is absent.
func (l *list) section(key string) (*yaml.Node, error) {
	at, ok := l.sections[key]
	if !ok {
		return nil, nil
	}
	if l.json {
		return parseJSONValue(at.of(l.data))
	}
	root, err := parseMapping(at.of(l.data))
	if err != nil {
		return nil, err
	}
	return child(root, key), nil
}

// write writes the list. A line break is added where an insertion needs one.
func (l *list) write(o *output) error {
	if l.json {
		return l.writeJSON(o)
	}
	first, last := l.spans[0].start, l.spans[len(l.spans)-1].end
	if !l.hasElements() {
		colon := l.sections["items"].start + len("items:")
		if err := l.writeAround(o, 0, colon); err != nil {
			return err
		}
		o.add([]byte(" []"))
		o.add(l.data[colon:first])
	} else if err := l.writeAround(o, 0, first); err != nil {
		return err
	}
	for n, member := range l.members {
		if n > 0 {
			o.add(l.data[l.spans[n-1].end:l.spans[n].start])
		}
		if err := l.writeElements(o, member.andFollowers()); err != nil {
			return err
		}
	}
	if err := l.writeElements(o, l.inside); err != nil {
		return err
	}
	return l.writeAround(o, last, len(l.data))
}

func (l *list) writeElements(o *output, items []*Item) error {
	for _, item := range items {
		text, err := item.asElement(l.dash, usesCRLF(l.data))
		if err != nil {
			return err
		}
		if item.isNew {
			o.endLine()
		}
		o.add(text)
	}
	return nil
}

// hasElements says whether any element is left to write.
func (l *list) hasElements() bool {
	for _, member := range l.members {
		if len(member.andFollowers()) > 0 {
			return true
		}
	}
	return len(l.inside) > 0
}

// writeJSON writes the list with commas between the elements that are there now.
func (l *list) writeJSON(o *output) error {
	first := l.sections["items"].start + 1
	last, separator := first, []byte(",")
	if len(l.spans) > 0 {
		first, last = l.spans[0].start, l.spans[len(l.spans)-1].end
	}
	if len(l.spans) > 1 {
		separator = l.data[l.spans[0].end:l.spans[1].start]
	}
	if err := l.writeAround(o, 0, first); err != nil {
		return err
	}
	items := []*Item{}
	for _, member := range l.members {
		items = append(items, member.andFollowers()...)
	}
	for n, item := range append(items, l.inside...) {
		if n > 0 {
			o.add(separator)
		}
		text, err := item.asJSON(l.sample())
		if err != nil {
			return err
		}
		o.add(text)
	}
	return l.writeAround(o, last, len(l.data))
}

// sample returns an element whose layout new elements take over.
func (l *list) sample() []byte {
	if len(l.spans) == 0 {
		return nil
	}
	return l.spans[0].of(l.data)
}

// writeAround writes what stands from start to end, with the new results in place of the old ones.
func (l *list) writeAround(o *output, start, end int) error {
	if !l.setsResults || l.cut.start < start || l.cut.end > end {
		o.add(l.data[start:end])
		return nil
	}
	o.add(l.data[start:l.cut.start])
	text, err := l.resultsText()
	if err != nil {
		return err
	}
	if !l.json {
		o.endLine()
	}
	o.add(text)
	o.add(l.data[l.cut.end:end])
	return nil
}

func (l *list) resultsText() ([]byte, error) {
	if l.json {
		return l.resultsJSON()
	}
	if l.results == nil {
		return nil, nil
	}
	text := []byte("results:\n")
	// In portions: the encoder keeps everything that it writes at once in memory, and each start of it costs as well.
	for portion := range slices.Chunk(l.results.Content, 50) {
		encoded, err := encodeYAML(&yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq, Content: portion}, yaml.CompactSequenceStyle)
		if err != nil {
			return nil, err
		}
		text = append(text, encoded...)
	}
	return text, nil
}

func (l *list) resultsJSON() ([]byte, error) {
	isFirst := l.data[l.cut.start-1] == '{'
	results := l.results
	if results == nil && !isFirst {
		return nil, nil
	}
	if results == nil {
		results = &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	}
	value, err := encodeJSON(results)
	if err != nil {
		return nil, err
	}
	text := append([]byte(`"results": `), value...)
	if !isFirst {
		text = append([]byte(", "), text...)
	}
	return text, nil
}
