package manifest

import "bytes"

// A span delimits a part of some bytes.
type span struct{ start, end int }

func (s span) of(data []byte) []byte { return data[s.start:s.end] }

// A blockOutline is what a scan tells about a list in block style: an object with a sequence under the key items.
type blockOutline struct {
	header header
	// sections holds where each top-level key stands, with everything up to the next one.
	sections map[string]span
	// elements are the elements of items, each from its dash on.
	elements []element
	// dash is the column of their dashes.
	dash int
	// end is where a further top-level key can be added.
	end int
}

// An element is one element of a block sequence.
type element struct {
	span
	header header
}

// scanBlockList outlines a list. It reports false where it is not sure of every line, where the list is not in block style
// or has no elements, and where an alias in one element may stand for an anchor in another: then the list has to be parsed.
func scanBlockList(data []byte) (*blockOutline, bool) {
	if hasUnusual(data) {
		return nil, false
	}
	o := &blockOutline{header: newHeader(), sections: map[string]span{}, dash: -1}
	s := scanner{data: data}
	section, inItems := "", false
	for {
		l := s.next()
		switch l.kind {
		case lineComment:
			continue
		case lineUnknown:
			return nil, false
		case lineDocumentEnd, lineEnd:
			o.end = l.start
			o.closeSection(section, l.start)
			complete := isInsignificant(data[l.end:]) && len(o.elements) > 0
			return o, complete && !o.header.doubtful && !o.sharesAnchors(data)
		}
		if l.kind == lineContent && l.column == 0 && l.dashes == 0 {
			o.closeSection(section, l.start)
			section = string(l.key)
			if _, twice := o.sections[section]; twice {
				return nil, false
			}
			o.sections[section] = span{l.start, len(data)}
			inItems = false
		}
		switch {
		case !inItems:
			o.header.read(l)
			inItems = section == "items"
			if inItems && len(l.value) > 0 && l.value[0] != '#' {
				return nil, false
			}
		case !o.element(l):
			return nil, false
		}
	}
}

func (o *blockOutline) closeSection(name string, end int) {
	if at, ok := o.sections[name]; ok {
		o.sections[name] = span{at.start, end}
	}
}

// element takes in a line below items. It reports false where the line does not belong to an element.
func (o *blockOutline) element(l line) bool {
	starts := l.kind == lineContent && l.dashes > 0
	if o.dash < 0 {
		o.dash = l.column
	}
	if starts && l.column == o.dash {
		if l.dashes > 1 {
			return false
		}
		o.elements = append(o.elements, element{span{l.start, l.end}, newHeader()})
		if l.inner < 0 {
			return true
		}
		l.column, l.dashes = l.inner, 0
	}
	if l.column <= o.dash {
		return false
	}
	if len(o.elements) == 0 {
		return false
	}
	last := &o.elements[len(o.elements)-1]
	last.end = l.end
	last.header.read(l)
	return true
}

// sharesAnchors says whether an alias may stand for an anchor in another element or outside the elements.
func (o *blockOutline) sharesAnchors(data []byte) bool {
	anchors := o.names(data, '&')
	if len(anchors) == 0 {
		return false
	}
	for name, places := range o.names(data, '*') {
		for place := range places {
			for other := range anchors[name] {
				if place != other {
					return true
				}
			}
		}
	}
	return false
}

// names returns what follows indicator wherever it may begin an anchor or alias, and in which elements. The element with
// number -1 stands for everything outside the elements.
func (o *blockOutline) names(data []byte, indicator byte) map[string]map[int]bool {
	var found map[string]map[int]bool
	number := -1
	for at := 0; ; at++ {
		next := bytes.IndexByte(data[at:], indicator)
		if next < 0 {
			return found
		}
		at += next
		for number+1 < len(o.elements) && o.elements[number+1].start <= at {
			number++
		}
		end := at + 1
		for end < len(data) && isNameByte(data[end]) {
			end++
		}
		if end == at+1 || at > 0 && bytes.IndexByte([]byte(" \t\n[{,:"), data[at-1]) < 0 {
			continue
		}
		if found == nil {
			found = map[string]map[int]bool{}
		}
		name := string(data[at+1 : end])
		if found[name] == nil {
			found[name] = map[int]bool{}
		}
		found[name][o.place(number, at)] = true
	}
}

func (o *blockOutline) place(number, at int) int {
	if number >= 0 && at < o.elements[number].end {
		return number
	}
	return -1
}
