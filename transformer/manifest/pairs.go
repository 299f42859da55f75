package manifest

import "bytes"

// Pairs calls visit with the key and value of everything in the item that looks like a pair on one line, without quotes. It
// searches the bytes and does not parse, so it also shows pairs that are none, in texts and comments. The value is nil where
// it stands on another line or is an anchor. It returns false where the bytes may hold pairs that were not
// shown: there the item has to be parsed to be sure. It stops when visit returns false, and then returns true.
func (i *Item) Pairs(visit func(key, value []byte) bool) bool {
	if i.raw == nil || i.changed || bytes.IndexByte(i.raw, '\\') >= 0 || hasUnusual(i.raw) {
		return false
	}
	for from := 0; ; {
		colon := bytes.IndexByte(i.raw[from:], ':')
		if colon < 0 {
			return true
		}
		colon += from
		from = colon + 1
		key := keyBefore(i.raw[:colon])
		switch {
		case len(key) == 0 && isLineStart(bytes.TrimRight(i.raw[:colon], " \t")), bytes.HasPrefix(key, []byte("*")):
			// The value of an explicit key, or a key that is an alias.
			return false
		case string(key) == "<<", len(key) > 0 && isReference(i.raw[colon+1:]):
			return false
		case len(key) > 0 && !visit(key, valueAfter(i.raw[colon+1:])):
			return true
		}
	}
}

// isReference says whether the value at the beginning of text is an alias or has a tag: it is not what it looks like.
func isReference(text []byte) bool {
	text = bytes.TrimLeft(text, " \t")
	return len(text) > 0 && (text[0] == '*' || text[0] == '!')
}

// NamespaceOnLines returns metadata.namespace as the lines of the item have it, empty where it has none. The second result is false where only
// a parser can tell.
func (i *Item) NamespaceOnLines() (namespace string, certain bool) {
	if i.raw == nil || i.changed || i.json || hasUnusual(i.raw) {
		return "", false
	}
	n := namespaceReader{root: -1, inner: -1}
	s := scanner{data: i.raw}
	for !n.doubtful {
		switch l := s.next(); l.kind {
		case lineComment:
		case lineContinuation:
			n.doubtful = n.last == "namespace"
		case lineContent:
			n.read(l)
		default:
			return n.namespace, l.kind == lineEnd && n.inner >= 0
		}
	}
	return "", false
}

// A namespaceReader finds metadata.namespace in the lines of an object.
type namespaceReader struct {
	// root and inner are the columns of the keys of the object and of its metadata, -1 before the first.
	root, inner int
	// section is the key of the object that the lines belong to, last the key of metadata on the last line.
	section, last string
	namespace     string
	// doubtful says that only a parser can tell.
	doubtful bool
}

func (n *namespaceReader) read(l line) {
	n.last = ""
	if n.root < 0 {
		n.root = l.inner
	} else if l.dashes > 0 && l.column <= n.root {
		// An element of a sequence that stands at the column of its key.
		return
	}
	switch {
	case l.inner == n.root:
		n.startSection(l)
	case n.section != "metadata":
	case n.inner < 0 || l.inner == n.inner:
		n.inner = l.inner
		n.readMetadata(l)
	}
}

func (n *namespaceReader) startSection(l line) {
	n.section = string(l.key)
	isSecond := n.section == "metadata" && n.inner >= 0
	n.doubtful = !isSimpleKey(l.key) || isSecond || n.section == "metadata" && len(l.value) > 0
}

func (n *namespaceReader) readMetadata(l line) {
	n.last = string(l.key)
	n.doubtful = !isSimpleKey(l.key)
	if n.last != "namespace" {
		return
	}
	text, isSimple := simpleScalar(l.value)
	n.doubtful = !isSimple || n.namespace != ""
	n.namespace = text
}

// longestWord is more than a key or a value of a label, a name or a namespace can have. A longer word is none of these, and looking for its ends
// at every colon in it would take the square of its length.
const longestWord = 512

// keyBefore returns the word at the end of text, of a longer one than longestWord its end.
func keyBefore(text []byte) []byte {
	text = bytes.TrimRight(text[max(0, len(text)-longestWord):], " \t")
	if len(text) == 0 {
		return nil
	}
	if quote := text[len(text)-1]; quote == '"' || quote == '\'' {
		text = text[:len(text)-1]
		return text[bytes.LastIndexByte(text, quote)+1:]
	}
	return text[bytes.LastIndexAny(text, " \t\r\n{,[")+1:]
}

// valueAfter returns the word at the beginning of text, of a longer one than longestWord its beginning, and nil where the value is not on the
// line or is no plain word.
func valueAfter(text []byte) []byte {
	text = text[:min(len(text), longestWord)]
	text = bytes.TrimLeft(text, " \t")
	if len(text) == 0 || bytes.IndexByte([]byte("\r\n*&!|>#"), text[0]) >= 0 {
		return nil
	}
	if quote := text[0]; quote == '"' || quote == '\'' {
		if end := bytes.IndexByte(text[1:], quote); end >= 0 {
			return text[1 : end+1]
		}
		return nil
	}
	if end := bytes.IndexAny(text, " \t\r\n,}]"); end >= 0 {
		return text[:end]
	}
	return text
}
