package manifest

import (
	"bytes"
	"slices"
)

// Pairs calls visit with the key and value of everything in the item that looks like a pair on one line, without quotes. It
// searches the bytes and does not parse, so it also shows pairs that are none, in texts and comments. The value is nil where
// it stands on another line or is an alias, an anchor or a tag. It returns false where the bytes may hold pairs that were not
// shown: there the item has to be parsed to be sure. It stops when visit returns false, and then returns true.
func (i *Item) Pairs(visit func(key, value []byte) bool) bool {
	if i.raw == nil || i.changed || bytes.IndexByte(i.raw, '\\') >= 0 {
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
		case len(key) > 0 && !visit(key, valueAfter(i.raw[colon+1:])):
			return true
		}
	}
}

// NamesNamespace says by the bytes whether the item names its namespace; false means that it may not. The field counts where it follows
// what stands before it in metadata, and in an item without comments: among labels, or in a comment, the word is no field.
func (i *Item) NamesNamespace() bool {
	before, named := "", false
	certain := i.Pairs(func(key, _ []byte) bool {
		named = string(key) == "namespace" && slices.Contains(beforeNamespace, before)
		before = string(key)
		return !named
	})
	return certain && named && bytes.IndexByte(i.raw, '#') < 0
}

// beforeNamespace are the keys behind which tools and people write metadata.namespace.
var beforeNamespace = []string{"name", "generateName", "creationTimestamp", "metadata"}

// keyBefore returns the word at the end of text.
func keyBefore(text []byte) []byte {
	text = bytes.TrimRight(text, " \t")
	if len(text) == 0 {
		return nil
	}
	if quote := text[len(text)-1]; quote == '"' || quote == '\'' {
		text = text[:len(text)-1]
		return text[bytes.LastIndexByte(text, quote)+1:]
	}
	return text[bytes.LastIndexAny(text, " \t\r\n{,[")+1:]
}

// valueAfter returns the word at the beginning of text, nil where the value is not on the line or is no plain word.
func valueAfter(text []byte) []byte {
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
