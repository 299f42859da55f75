// Package manifest reads a set of Kubernetes objects, lets them be changed and writes them back. Items are bytes first: the
// input is split without parsing it, an Item is parsed when something asks for its content, and an Item that nobody changed
// is written exactly as it came in, like everything that stands between the Items.
package manifest

import (
	"io"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Set is an ordered list of objects together with everything that stands between them in the input.
type Set struct {
	parts []part
	// isResourceList says that the input is a ResourceList: list or whole is it, depending on how it could be read.
	isResourceList bool
	// list takes insertions inside; whole does so after it was parsed.
	list  *list
	whole *Item
	// last are the items inserted at the end of a stream.
	last []*Item
	// functionConfig is kept, so that every call returns the same Item.
	functionConfig *Item
}

// A part is a piece of the input: text between objects, one object, or a list whose members have bytes of their own.
type part struct {
	text []byte
	item *Item
	list *list
}

// IsResourceList says whether the input is a ResourceList, as opposed to a stream of documents.
func (s *Set) IsResourceList() bool { return s.isResourceList }

// FunctionConfig returns the functionConfig of a ResourceList, nil when there is none or it is null. It is for reading:
// changes in it are not written.
func (s *Set) FunctionConfig() *Item {
	if s.functionConfig != nil || !s.isResourceList {
		return s.functionConfig
	}
	node, err := s.section("functionConfig")
	switch {
	case err != nil:
		s.functionConfig = &Item{err: err}
	case isNull(node):
		return nil
	default:
		s.functionConfig = newMember(node)
	}
	return s.functionConfig
}

// section returns the value of a top-level key of the ResourceList, nil when it is absent.
func (s *Set) section(key string) (*yaml.Node, error) {
	if s.list != nil {
		return s.list.section(key)
	}
	return s.whole.find(key), nil
}

// Items returns the objects in order, with what was inserted and without what was removed. The members of Lists count
// like all others, the Lists themselves do not.
func (s *Set) Items() []*Item {
	var items []*Item
	for _, p := range s.parts {
		if p.item != nil {
			items = p.item.collect(items)
		}
		if p.list != nil {
			items = p.list.collect(items)
		}
	}
	return collectAll(items, s.last)
}

func (l *list) collect(items []*Item) []*Item {
	items = slices.Grow(items, len(l.members))
	items = collectAll(items, l.members)
	items = collectAll(items, l.inside)
	return collectAll(items, l.followers)
}

func (i *Item) collect(items []*Item) []*Item {
	switch {
	case i.opened:
		items = collectAll(items, i.members)
	case !i.removed:
		items = append(items, i)
	}
	return collectAll(items, i.followers)
}

func collectAll(items, more []*Item) []*Item {
	for _, item := range more {
		items = item.collect(items)
	}
	return items
}

// InsertAfter inserts added after anchor, an Item of the Set. Repeated insertions after one anchor keep the order of the
// calls. An anchor inside a List stands for the whole List; a nil anchor for the last Item.
func (s *Set) InsertAfter(anchor, added *Item) {
	if anchor == nil {
		s.insertLast(added)
		return
	}
	top := anchor
	for top.parent != nil && top.parent != s.whole {
		top = top.parent
	}
	if top.parent != nil {
		top.parent.touch()
	}
	if top.list != nil {
		top.list.followers = append(top.list.followers, added)
		return
	}
	top.followers = append(top.followers, added)
}

func (s *Set) insertLast(added *Item) {
	switch {
	case s.list != nil:
		s.list.inside = append(s.list.inside, added)
	case s.whole != nil:
		s.whole.members = append(s.whole.members, added)
		s.whole.touch()
	default:
		s.last = append(s.last, added)
	}
}

// Remove takes an Item out of the Set.
func (s *Set) Remove(item *Item) {
	item.removed = true
	if item.parent != nil {
		item.parent.touch()
	}
}

// WriteTo writes the Set. Nothing is written when a changed Item cannot be encoded. It returns the number of bytes
// written, and the error of the encoder or of w.
func (s *Set) WriteTo(w io.Writer) (int64, error) {
	o := &output{}
	for n, p := range s.parts {
		if p.text != nil && !s.separatesRemoved(n) {
			o.add(p.text)
		}
		if err := p.write(o); err != nil {
			return 0, err
		}
	}
	if err := writeDocuments(o, s.last, false); err != nil {
		return 0, err
	}
	return o.writeTo(w)
}

// separatesRemoved says whether part n is a separator that only stands before a removed document.
func (s *Set) separatesRemoved(n int) bool {
	if n == 0 || n+1 >= len(s.parts) || string(s.parts[n].text) != "---\n" {
		return false
	}
	next := s.parts[n+1].item
	return next != nil && next.removed && len(next.followers) == 0
}

func (p part) write(o *output) error {
	switch {
	case p.list != nil:
		if err := p.list.write(o); err != nil {
			return err
		}
		return writeDocuments(o, p.list.followers, p.list.json)
	case p.item != nil:
		if !p.item.removed {
			text, err := p.item.current()
			if err != nil {
				return err
			}
			o.add(text)
		}
		return writeDocuments(o, p.item.followers, p.item.json)
	default:
		return nil
	}
}

// writeDocuments writes inserted items, and what was inserted after them, as documents of their own.
func writeDocuments(o *output, items []*Item, inJSON bool) error {
	for _, item := range items {
		for _, inserted := range item.andFollowers() {
			text, err := inserted.asDocument(inJSON)
			if err != nil {
				return err
			}
			o.endLine()
			o.add([]byte("---\n"))
			o.add(text)
		}
	}
	return nil
}
