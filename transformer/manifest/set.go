// Package manifest reads a set of Kubernetes objects and writes it back. Items are bytes first: an item that nobody
// changed is written exactly as it came in.
package manifest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Set is an ordered list of objects together with everything that stands between them in the input.
type Set struct {
	parts []part
	list  *Item
	items []*Item
}

type part struct {
	literal []byte
	item    *Item
}

// Read takes input apart: a stream of documents, or a ResourceList in YAML or JSON. The Findings are errors that make
// the input unsafe to take apart.
func Read(input []byte) (*Set, finding.List) {
	if len(bytes.TrimSpace(input)) == 0 {
		return nil, finding.List{ruleNoInput.At(finding.Object{}, "", "no input: did the command before fail?", "")}
	}
	set := &Set{}
	rest := input
	for len(rest) > 0 {
		end := len(rest)
		if at := bytes.Index(rest, []byte("\n---\n")); at >= 0 {
			end = at + 1
		}
		chunk := rest[:end]
		item := &Item{raw: chunk}
		if kind := item.Kind(); kind == "ResourceList" {
			set.list = item
		}
		set.parts = append(set.parts, part{item: item})
		rest = rest[end:]
		if bytes.HasPrefix(rest, []byte("---\n")) {
			set.parts = append(set.parts, part{literal: rest[:4]})
			rest = rest[4:]
		}
	}
	for _, p := range set.parts {
		if p.item != nil {
			set.open(p.item)
		}
	}
	return set, nil
}

func (s *Set) open(item *Item) {
	members := item.find("items")
	if !strings.HasSuffix(item.Kind(), "List") || members == nil || members.Kind != yaml.SequenceNode {
		s.items = append(s.items, item)
		return
	}
	for _, member := range members.Content {
		s.open(&Item{parent: item, node: yaml.NewRNode(member)})
	}
}

// IsResourceList says whether the input was a ResourceList, as opposed to a stream of documents.
func (s *Set) IsResourceList() bool { return s.list != nil }

// FunctionConfig returns the functionConfig of a ResourceList, nil when there is none.
func (s *Set) FunctionConfig() *Item {
	if s.list == nil {
		return nil
	}
	node := s.list.find("functionConfig")
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	return &Item{parent: s.list, node: yaml.NewRNode(node)}
}

// Items returns the objects in order. The members of Lists count, the Lists themselves do not.
func (s *Set) Items() []*Item { return slices.Clone(s.items) }

// InsertAfter inserts added after anchor. Repeated inserts after the same anchor keep the order of the calls; an anchor
// inside a List stands for the whole List.
func (s *Set) InsertAfter(anchor, added *Item) {
	for s.list == nil && anchor.parent != nil {
		anchor = anchor.parent
	}
	at := slices.Index(s.items, anchor) + 1
	s.items = slices.Insert(s.items, at, added)
	if s.list != nil {
		members := s.list.find("items")
		members.Content = slices.Insert(members.Content, min(at, len(members.Content)), added.node.YNode())
		s.list.touch()
		return
	}
	for i, p := range s.parts {
		if p.item == anchor {
			s.parts = slices.Insert(s.parts, i+1, part{literal: []byte("---\n")}, part{item: added})
			return
		}
	}
}

// Remove takes an item out of the set.
func (s *Set) Remove(item *Item) {
	s.items = slices.DeleteFunc(s.items, func(other *Item) bool { return other == item })
	if item.parent != nil {
		members := item.parent.find("items")
		members.Content = slices.DeleteFunc(members.Content, func(n *yaml.Node) bool { return n == item.node.YNode() })
		item.parent.touch()
	}
	s.parts = slices.DeleteFunc(s.parts, func(p part) bool { return p.item == item })
}

// SetResults writes the Findings as the results of a ResourceList. Results of other functions stay.
func (s *Set) SetResults(l finding.List) {
	if s.list == nil || len(l) == 0 {
		return
	}
	_ = s.list.Set(l.Results(), "results")
}

// WriteTo writes the set.
func (s *Set) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for _, p := range s.parts {
		text := p.literal
		if p.item != nil {
			text = p.item.raw
			if p.item.changed {
				encoded, err := p.item.node.String()
				if err != nil {
					return written, fmt.Errorf("encode %s: %w", p.item.Object(), err)
				}
				text = []byte(encoded)
			}
		}
		n, err := w.Write(text)
		written += int64(n)
		if err != nil {
			return written, err
		}
	}
	return written, nil
}
