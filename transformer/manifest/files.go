package manifest

import (
	"bytes"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// File is one input of several.
type File struct {
	// Name is the one under which messages speak of it; empty where it has none, such as that of standard input.
	Name string
	Text []byte
}

// ReadFiles reads several files as one Set, for looking at: it is not meant to be written. The objects of a file with a name know
// that name and the line at which they start. An empty file beside others is no mistake. The Findings are those of Read, about
// the file that they concern.
func ReadFiles(files []File) (*Set, finding.List) {
	joined := &Set{}
	var findings finding.List
	for _, file := range files {
		if len(files) > 1 && len(bytes.TrimSpace(file.Text)) == 0 {
			continue
		}
		set, problems := Read(file.Text)
		for _, problem := range problems {
			problem.Object.File = file.Name
			findings = append(findings, problem)
		}
		if set == nil {
			continue
		}
		if file.Name != "" {
			set.locate(file.Name)
		}
		joined.parts = append(joined.parts, set.parts...)
	}
	if len(findings) > 0 {
		return nil, findings
	}
	return joined, nil
}

// place is where an item stands: a file, and a line in it that counts from 1.
type place struct {
	file string
	line int
}

// locate tells every item of a Set that has just been read where it stands. The parts are the whole input, in order.
func (s *Set) locate(file string) {
	line := 1
	for _, p := range s.parts {
		switch {
		case p.item != nil:
			p.item.locate(place{file, line + linesBefore(p.item.raw, firstContent(p.item.raw))})
			line += bytes.Count(p.item.raw, []byte("\n"))
		case p.list != nil:
			for n, member := range p.list.members {
				member.locate(place{file, line + linesBefore(p.list.data, p.list.spans[n].start)})
			}
			line += bytes.Count(p.list.data, []byte("\n"))
		default:
			line += bytes.Count(p.text, []byte("\n"))
		}
	}
}

// locate keeps a place. The members of a list that was parsed as a whole stand at the line that the parser saw.
func (i *Item) locate(at place) {
	i.place = at
	for _, member := range i.members {
		if member.node != nil {
			member.locate(place{at.file, at.line + member.node.YNode().Line - 1})
		}
	}
}

func linesBefore(text []byte, offset int) int { return bytes.Count(text[:offset], []byte("\n")) }
