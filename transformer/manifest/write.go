package manifest

import (
	"bytes"
	"io"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An output collects pieces of bytes without copying them. Pieces that follow one another in memory become one.
type output struct{ pieces [][]byte }

func (o *output) add(piece []byte) {
	if len(piece) == 0 {
		return
	}
	if n := len(o.pieces) - 1; n >= 0 {
		last := o.pieces[n]
		if cap(last)-len(last) >= len(piece) && &last[:len(last)+1][len(last)] == &piece[0] {
			o.pieces[n] = last[:len(last)+len(piece)]
			return
		}
	}
	o.pieces = append(o.pieces, piece)
}

// endLine adds a line break unless the output ends in one. Only a line feed counts: kubectl looks for separators behind no
// other.
func (o *output) endLine() {
	if n := len(o.pieces); n > 0 && !bytes.HasSuffix(o.pieces[n-1], []byte("\n")) {
		o.add([]byte("\n"))
	}
}

func (o *output) writeTo(w io.Writer) (int64, error) {
	var written int64
	for _, piece := range o.pieces {
		n, err := w.Write(piece)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

// andFollowers returns the item, unless it is removed, and what was inserted after it.
func (i *Item) andFollowers() []*Item {
	var items []*Item
	if !i.removed {
		items = append(items, i)
	}
	for _, follower := range i.followers {
		items = append(items, follower.andFollowers()...)
	}
	return items
}

// asDocument returns the bytes of the item as a document of a stream.
func (i *Item) asDocument(inJSON bool) ([]byte, error) {
	if i.isNew && inJSON {
		text, err := i.asJSON(nil)
		return append(text, '\n'), err
	}
	return i.current()
}

// asElement returns the bytes of the item as an element of a sequence whose dashes stand at the given column.
func (i *Item) asElement(dash int, crlf bool) ([]byte, error) {
	text, err := i.current()
	if err != nil || !i.isNew {
		return text, err
	}
	text = indentLines(text, dash+2)
	text[dash] = '-'
	if crlf {
		text = withCRLF(text)
	}
	return text, nil
}

// asJSON returns the bytes of the item as JSON; a new one is laid out like sample.
func (i *Item) asJSON(sample []byte) ([]byte, error) {
	if !i.isNew {
		return i.current()
	}
	root, err := i.Node()
	if err != nil {
		return nil, err
	}
	compact, err := encodeJSON(root.YNode())
	if err != nil {
		return nil, err
	}
	return indentJSON(compact, sample)
}

// current returns the bytes that an item has now, a new one as a document.
func (i *Item) current() ([]byte, error) {
	switch {
	case !i.changed:
		return i.raw, nil
	case i.isNew:
		return encodeYAML(i.node.YNode(), yaml.CompactSequenceStyle)
	default:
		i.collectMembers()
		return i.encodeChanged()
	}
}

// Encode encodes what was changed, and drops its nodes. What is read of the Set afterwards is what WriteTo writes: a verification after
// Encode judges the very bytes. Lists that were parsed as a whole, and what cannot be encoded, stay as they are; WriteTo tells of the
// latter.
func (s *Set) Encode() {
	for _, item := range s.Items() {
		item.Encode()
	}
}

// Encode does for one object what Encode does for all of a Set.
func (i *Item) Encode() {
	if i.changed && i.parent == nil && i.err == nil {
		if text, err := i.current(); err == nil {
			i.raw, i.node, i.changed = text, nil, false
		}
	}
	i.Release()
}

// collectMembers puts the members that a parsed list has now under its key items.
func (i *Item) collectMembers() {
	if !i.opened {
		return
	}
	items := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if old := child(i.node.YNode(), "items"); !isNull(old) {
		items = old
	}
	items.Content = nil
	for _, member := range i.members {
		for _, item := range member.andFollowers() {
			item.collectMembers()
			items.Content = append(items.Content, item.node.YNode())
		}
	}
	put(i.node.YNode(), "items", items)
}
