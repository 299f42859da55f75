package manifest

import (
	"bytes"
	"slices"
)

// A scanner walks over the lines of a block-style YAML document without parsing it. It knows just enough of YAML to tell
// structure (a key, the dash of a sequence) from text that only looks like it: it follows quoted scalars, flow
// collections, block scalars and plain scalars over their lines. Whatever it does not understand it reports as unknown,
// and the caller parses instead; a document that it understands has the structure that a parser finds, provided that the
// document is valid.
type scanner struct {
	data []byte
	// pos is the start of the next line.
	pos int
	// indent is the column of the innermost block collection of the last line. Text that continues a scalar stands
	// deeper.
	indent int
	// plain says that the last value is a plain scalar, which deeper lines continue.
	plain bool
	// open says that the last key or dash has no value on its line.
	open bool
}

type lineKind int

const (
	lineEnd lineKind = iota
	lineUnknown
	lineComment
	lineContinuation
	lineDocumentEnd
	lineContent
)

// A line is one step of the scanner: a line of the document together with the lines that its value goes on over.
type line struct {
	kind lineKind
	// start and end delimit the line and its value. Blank lines after the value are not part of it, except after a block
	// scalar that keeps them.
	start, end int
	// column is that of the first character, a dash included; inner that of the first character behind all dashes, or -1
	// when there is nothing behind them.
	column, inner int
	// dashes counts the dashes at the beginning of the line.
	dashes int
	// key is the plain key of the line, with blanks before the colon; nil without one or when it is quoted.
	key []byte
	// keyed says that the line has a key, plain or quoted.
	keyed bool
	// value is the rest of the line behind the key, from its first character on.
	value []byte
}

// unusual are line breaks other than LF and CRLF, the byte order mark and NUL. Only the parser can judge a document that has
// one of them.
var unusual = [][]byte{[]byte("\u0085"), []byte("\u2028"), []byte("\u2029"), []byte("\ufeff"), {0}}

// hasUnusual says whether data contains a character that the scanner does not deal with.
func hasUnusual(data []byte) bool {
	for _, sequence := range unusual {
		if bytes.Contains(data, sequence) {
			return true
		}
	}
	for rest := data; ; {
		at := bytes.IndexByte(rest, '\r')
		if at < 0 {
			return false
		}
		if at+1 == len(rest) || rest[at+1] != '\n' {
			return true
		}
		rest = rest[at+2:]
	}
}

// next returns the next line that is not blank.
func (s *scanner) next() line {
	for s.pos < len(s.data) {
		start, end := s.pos, endOfLine(s.data, s.pos)
		stop := textEnd(s.data, end)
		at := skipSpaces(s.data, start, stop)
		l := line{start: start, end: end, column: at - start, inner: at - start}
		s.pos = end
		switch {
		case at == stop:
			continue
		case s.data[at] == '#':
			l.kind = lineComment
			return l
		case s.plain && l.column > s.indent:
			l.kind = lineContinuation
			return l
		case s.data[at] == '\t', l.column == 0 && isMarker(s.data[at:stop], '-'):
			l.kind = lineUnknown
			return l
		case l.column == 0 && isMarker(s.data[at:stop], '.'):
			l.kind = lineDocumentEnd
			return l
		}
		l.kind = lineContent
		if !s.content(&l, at, stop) {
			l.kind = lineUnknown
		}
		return l
	}
	return line{kind: lineEnd, start: len(s.data), end: len(s.data)}
}

// content reads dashes, key and value of a line from at on. It reports whether it understood them.
func (s *scanner) content(l *line, at, stop int) bool {
	for s.data[at] == '-' && blankAt(s.data, at+1, stop) {
		s.indent, s.plain, s.open = at-l.start, false, true
		l.dashes++
		at = skipSpaces(s.data, at+1, stop)
		if at == stop || s.data[at] == '#' {
			l.inner = -1
			return true
		}
		if s.data[at] == '\t' {
			return false
		}
	}
	l.inner = at - l.start
	value, ok := s.key(l, at, stop)
	if !ok {
		return false
	}
	if l.keyed {
		s.indent, s.open = l.inner, true
		l.value = s.data[skipBlanks(s.data, value, stop):stop]
	}
	// A scalar needs a key or dash before it that waits for one.
	if !s.open && value < stop {
		return false
	}
	return s.value(l, value, stop)
}

// key looks for a key at the beginning of text and returns where the value starts: behind the key, or at the text itself
// when there is none.
func (s *scanner) key(l *line, at, stop int) (int, bool) {
	switch s.data[at] {
	case '"', '\'':
		end := closeQuote(s.data[:stop], at)
		if end < 0 {
			return at, true
		}
		if colon := skipBlanks(s.data, end+1, stop); colon < stop && s.data[colon] == ':' {
			l.keyed = true
			return colon + 1, blankAt(s.data, colon+1, stop)
		}
		return at, true
	case '&', '!', '*':
		// Such a line may have a key behind the anchor, the tag or the alias.
		return at, bytes.IndexByte(s.data[at:stop], ':') < 0
	case '[', '{', '|', '>':
		return at, true
	case '?', ':':
		if blankAt(s.data, at+1, stop) {
			return at, false
		}
	}
	for i := at; i < stop; i++ {
		switch {
		case s.data[i] == '#' && i > at && isBlank(s.data[i-1]):
			return at, true
		case s.data[i] == ':' && blankAt(s.data, i+1, stop):
			l.keyed = true
			l.key = s.data[at:i]
			return i + 1, true
		}
	}
	return at, true
}

// value reads a value that starts on the line at at, over as many lines as it takes.
func (s *scanner) value(l *line, at, stop int) bool {
	at = skipBlanks(s.data, at, stop)
	if at == stop || s.data[at] == '#' {
		s.plain = false
		return true
	}
	s.open, s.plain = false, false
	switch first := s.data[at]; first {
	case '"', '\'':
		return s.restOfLine(l, closeQuote(s.data, at))
	case '[', '{':
		return s.restOfLine(l, closeFlow(s.data, at))
	case '|', '>':
		return s.blockScalar(l, at, stop)
	case '&', '!':
		end := propertyEnd(s.data, at, stop)
		if !blankAt(s.data, end, stop) {
			return false
		}
		s.open = true
		return s.value(l, end, stop)
	case '*':
		return s.restOfLine(l, propertyEnd(s.data, at, stop)-1)
	case '-', '?', ':':
		s.plain = true
		return !blankAt(s.data, at+1, stop)
	case '%', '@', '`', ',', ']', '}':
		return false
	default:
		s.plain = true
		return true
	}
}

// restOfLine ends a value whose last character stands at last: only a comment may follow on that line.
func (s *scanner) restOfLine(l *line, last int) bool {
	if last < 0 {
		return false
	}
	l.end = endOfLine(s.data, last)
	s.pos = l.end
	stop := textEnd(s.data, l.end)
	at := skipBlanks(s.data, last+1, stop)
	return at == stop || s.data[at] == '#' && at > last+1
}

// blockScalar reads a literal or folded scalar whose indicator stands at at. Its text stands deeper than the collection
// that it is in.
func (s *scanner) blockScalar(l *line, at, stop int) bool {
	keep := false
	for at++; at < stop && bytes.IndexByte([]byte("+-0123456789"), s.data[at]) >= 0; at++ {
		keep = keep || s.data[at] == '+'
	}
	if !s.restOfLine(l, at-1) {
		return false
	}
	for s.pos < len(s.data) {
		end := endOfLine(s.data, s.pos)
		start, stop := s.pos, textEnd(s.data, end)
		text := skipSpaces(s.data, start, stop)
		blank := text == stop
		if !blank && text-start <= s.indent {
			break
		}
		s.pos = end
		// Blanks deeper than the text are text as well.
		if !blank || keep || text > start {
			l.end = end
		}
	}
	return true
}

// closeQuote returns where the quoted scalar that opens at at closes, -1 when it does not.
func closeQuote(data []byte, at int) int {
	quote := data[at]
	for i := at + 1; i < len(data); i++ {
		switch {
		case quote == '"' && data[i] == '\\':
			i++
		case data[i] != quote:
		case quote == '\'' && i+1 < len(data) && data[i+1] == quote:
			i++
		default:
			return i
		}
	}
	return -1
}

// The places inside a flow collection.
type flowPlace int

const (
	// flowStart is where a new value may start.
	flowStart flowPlace = iota
	// flowPlain is inside a plain scalar.
	flowPlain
	// flowClosed is behind a quoted scalar or a nested collection.
	flowClosed
)

// closeFlow returns where the flow collection that opens at at closes, -1 when it does not or has something in it that
// is not understood.
func closeFlow(data []byte, at int) int {
	depth, place := 0, flowStart
	for i := at; i < len(data); i++ {
		switch c := data[i]; {
		case c == ' ', c == '\t', c == '\r', c == '\n':
		case c == '#' && i > at && (isBlank(data[i-1]) || data[i-1] == '\n'):
			i = endOfLine(data, i) - 1
		case c == '[', c == '{':
			if place != flowStart {
				return -1
			}
			depth++
		case c == ']', c == '}':
			if depth--; depth == 0 {
				return i
			}
			place = flowClosed
		case c == ',':
			place = flowStart
		case c == ':' && place == flowClosed, c == ':' && place == flowPlain && blankAt(data, i+1, len(data)):
			place = flowStart
		case place == flowClosed:
			return -1
		case c == '?', c == ':' && place == flowStart:
			return -1
		case (c == '"' || c == '\'') && place == flowStart:
			if i = closeQuote(data, i); i < 0 {
				return -1
			}
			place = flowClosed
		case place == flowStart && bytes.IndexByte([]byte("&!*%@`|>-#"), c) >= 0:
			return -1
		default:
			place = flowPlain
		}
	}
	return -1
}

// propertyEnd returns the end of the anchor, alias or tag that starts at at.
func propertyEnd(data []byte, at, stop int) int {
	for at++; at < stop && (isNameByte(data[at]) || bytes.IndexByte([]byte("!/:."), data[at]) >= 0); at++ {
	}
	return at
}

func isNameByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// isMarker says whether text begins with a document marker: three characters c, alone or followed by a blank or what the
// parser takes for a line break.
func isMarker(text []byte, c byte) bool {
	if len(text) < 3 || text[0] != c || text[1] != c || text[2] != c {
		return false
	}
	return blankAt(text, 3, len(text)) || startsWithUnusual(text[3:])
}

func startsWithUnusual(text []byte) bool {
	return slices.ContainsFunc(unusual, func(sequence []byte) bool { return bytes.HasPrefix(text, sequence) })
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// blankAt says whether a blank, a line break or the end is at at.
func blankAt(data []byte, at, stop int) bool {
	return at >= stop || isBlank(data[at]) || data[at] == '\n' || data[at] == '\r'
}

func skipSpaces(data []byte, at, stop int) int {
	for at < stop && data[at] == ' ' {
		at++
	}
	return at
}

func skipBlanks(data []byte, at, stop int) int {
	for at < stop && isBlank(data[at]) {
		at++
	}
	return at
}

// endOfLine returns the start of the line after the one that at is in.
func endOfLine(data []byte, at int) int {
	if next := bytes.IndexByte(data[at:], '\n'); next >= 0 {
		return at + next + 1
	}
	return len(data)
}

// textEnd returns the end of the text of a line that ends at end, without its line break.
func textEnd(data []byte, end int) int {
	if end > 0 && data[end-1] == '\n' {
		end--
		if end > 0 && data[end-1] == '\r' {
			end--
		}
	}
	return end
}
