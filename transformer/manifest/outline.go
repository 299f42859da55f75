package manifest

import "bytes"

// An outline is what a scan tells about one object without parsing it.
type outline struct {
	// known says that the scanner understood every line; without it nothing else holds.
	known bool
	// body and tail delimit the object: before body stand comments and blank lines, from tail on as well.
	body, tail int
	header     header
}

// scanObject outlines a document that holds one object.
func scanObject(data []byte) outline {
	var o outline
	if hasUnusual(data) {
		return o
	}
	o.header = newHeader()
	s := scanner{data: data}
	for started := false; ; {
		switch l := s.next(); l.kind {
		case lineContent:
			if !started {
				o.body, started = l.start, true
			}
			o.header.read(l)
			o.tail = l.end
		case lineContinuation:
			o.header.read(l)
			o.tail = l.end
		case lineDocumentEnd:
			o.known = started && isInsignificant(data[l.end:])
			return o
		case lineEnd:
			o.known = started
			return o
		case lineUnknown:
			return o
		}
	}
}

// A header collects what the lines of an object say about its apiVersion and kind.
type header struct {
	apiVersion, kind string
	// column is that of the keys of the object, -1 before the first.
	column int
	// doubtful says that only a parser can tell apiVersion and kind.
	doubtful bool
	// items says that there is a key of this name: the object may be a list, whatever its kind.
	items bool
	// identity says that the last line at column is an apiVersion or kind, whose value must not go on.
	identity bool
}

func newHeader() header { return header{column: -1} }

// certain says whether apiVersion and kind are what a parser would find.
func (h *header) certain() bool { return !h.doubtful && h.kind != "" }

// read takes in a line of the object. The caller has removed the dash of an object that is an element of a sequence.
func (h *header) read(l line) {
	if h.column < 0 {
		h.column = l.column
	}
	switch {
	case h.doubtful:
	case l.kind == lineContinuation, l.column > h.column:
		h.doubtful = h.identity
	case l.column == h.column && l.dashes > 0:
		// A sequence may stand at the column of its key.
		h.doubtful = h.identity
	case l.column == h.column && isSimpleKey(l.key):
		h.set(string(l.key), l.value)
	default:
		h.doubtful = true
	}
}

func (h *header) set(key string, value []byte) {
	field := &h.kind
	switch key {
	case "kind":
	case "apiVersion":
		field = &h.apiVersion
	default:
		h.identity, h.items = false, h.items || key == "items"
		return
	}
	text, ok := simpleScalar(value)
	h.identity, h.doubtful = true, !ok || *field != ""
	*field = text
}

// isSimpleKey says whether a plain key is one that every parser reads as the same string.
func isSimpleKey(key []byte) bool {
	for _, c := range key {
		if !isNameByte(c) && c != '.' {
			return false
		}
	}
	return len(key) > 0
}

// simpleScalar returns the text of a plain or quoted scalar that every parser reads as the same string.
func simpleScalar(value []byte) (string, bool) {
	if comment := bytes.Index(value, []byte(" #")); comment >= 0 {
		value = value[:comment]
	}
	value = bytes.TrimRight(value, " \t")
	if size := len(value); size > 2 && value[0] == value[size-1] && (value[0] == '"' || value[0] == '\'') {
		value = value[1 : size-1]
	}
	for _, c := range value {
		if !isNameByte(c) && c != '.' && c != '/' {
			return "", false
		}
	}
	text := string(value)
	return text, isCertainString(text)
}

// isInsignificant says whether data is blank lines and comments only.
func isInsignificant(data []byte) bool { return firstContent(data) == len(data) }

// firstContent returns the start of the first line that is neither blank nor a comment.
func firstContent(data []byte) int {
	for at := 0; at < len(data); {
		end := endOfLine(data, at)
		text := bytes.TrimSpace(data[at:end])
		if len(text) > 0 && text[0] != '#' {
			return at
		}
		at = end
	}
	return len(data)
}
