package manifest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Item is one object of a Set. It keeps the bytes that it came from and is parsed when something asks for its content.
type Item struct {
	// raw are the bytes of the item: a document, an element of a block sequence from its dash on, or a JSON value. A member of a list
	// that had to be parsed as a whole has none, and an item made by New has some, as a document, once it has been encoded.
	raw []byte
	// element and json say what raw is.
	element, json bool
	// listKind is the kind of the list that the item is a member of where that tells the kind of its members, such as IngressList.
	listKind string
	// isNew says that the item was made by New.
	isNew bool

	// identified says that apiVersion and kind are known; both are "" when the item cannot be read.
	identified       bool
	apiVersion, kind string

	// named says that name and namespace are known although node may be gone.
	named           bool
	name, namespace string

	node    *yaml.RNode
	err     error
	changed bool
	removed bool

	// place is where the item stands; zero where the input was no file.
	place place
	// list is the list with bytes of its own that the item is a member of and that only takes items of its kind.
	list *list
	// parent is the list that the item is a parsed member of.
	parent *Item
	// members are the objects of a list that was parsed as a whole.
	members []*Item
	opened  bool
	// followers are the items inserted after this one.
	followers []*Item
}

// Node returns the object as a mapping node, parsed on first use: aliases and merge keys are replaced by what they stand
// for. Edit it through the methods of Item only; a change made directly in the node is not noticed. The error is a
// *ParseError: the item is not valid YAML or JSON, not UTF-8, has duplicate keys, an alias to an anchor of another item or
// aliases that stand for too much.
func (i *Item) Node() (*yaml.RNode, error) {
	if i.node == nil && i.err == nil {
		node, err := i.parse()
		if err != nil {
			i.err = err
			return nil, err
		}
		i.node = yaml.NewRNode(node)
	}
	if i.err != nil {
		return nil, i.err
	}
	return i.node, nil
}

func (i *Item) parse() (*yaml.Node, error) {
	node, err := i.parseAny()
	if err != nil {
		return nil, err
	}
	return node, cmp.Or(refuseDisguisedList(node), i.refuseImpliedKind(node))
}

func (i *Item) parseAny() (*yaml.Node, error) {
	if i.json {
		return parseJSON(i.raw)
	}
	return parseMapping(layoutOf(i.raw, i.element).body)
}

// Release drops the parsed node of an unchanged item, to free memory. A later Node parses again; Name and Namespace need not.
func (i *Item) Release() {
	if i.raw == nil || i.changed || i.opened {
		return
	}
	if i.node != nil {
		i.named, i.name, i.namespace = true, strings.Clone(i.Name()), strings.Clone(i.Namespace())
	}
	i.node, i.err = nil, nil
}

// Changed says whether an edit changed the item. An item made by New counts as changed.
func (i *Item) Changed() bool { return i.changed }

// APIVersion returns the apiVersion, or "" when it is unknown.
func (i *Item) APIVersion() string {
	i.identify()
	return i.apiVersion
}

// Group returns the API group: "" for the core group and for an unknown apiVersion.
func (i *Item) Group() string {
	group, _, found := strings.Cut(i.APIVersion(), "/")
	if !found {
		return ""
	}
	return group
}

// Kind returns the kind, or "" when it is unknown: the item has none or cannot be read.
func (i *Item) Kind() string {
	i.identify()
	return i.kind
}

// identify finds apiVersion and kind, with a scan where that is certain and by parsing where it is not.
func (i *Item) identify() {
	if i.identified {
		return
	}
	i.identified = true
	if i.raw != nil && !i.json && !i.element && i.node == nil {
		if o := scanObject(i.raw); o.known && o.header.certain() && !o.header.items {
			i.apiVersion, i.kind = o.header.apiVersion, o.header.kind
			return
		}
	}
	parsed := i.node != nil
	i.apiVersion, i.kind = i.text("apiVersion"), i.text("kind")
	if !parsed {
		i.Release()
	}
}

// Name returns metadata.name, or "" when the item cannot be parsed or the name is not a string.
func (i *Item) Name() string {
	if i.named {
		return i.name
	}
	return i.text("metadata", "name")
}

// Namespace returns metadata.namespace, or "" when the item cannot be parsed or the namespace is not a string.
func (i *Item) Namespace() string {
	if i.named {
		return i.namespace
	}
	return i.text("metadata", "namespace")
}

// Annotation returns the value of an annotation and whether the key is there. The value is "" when it is not a string.
func (i *Item) Annotation(key string) (string, bool) {
	node := i.find("metadata", "annotations", key)
	return stringValue(node), node != nil
}

func (i *Item) text(path ...string) string { return stringValue(i.find(path...)) }

// find returns the node at path, nil when there is none.
func (i *Item) find(path ...string) *yaml.Node {
	root, err := i.Node()
	if err != nil {
		return nil
	}
	node := root.YNode()
	for _, key := range path {
		node = child(node, key)
	}
	return node
}

// Object names the item in messages. Where the item cannot be parsed it is what the lines of the item look like.
func (i *Item) Object() finding.Object {
	object := finding.Object{APIVersion: i.APIVersion(), Kind: i.Kind(), Namespace: i.Namespace(), Name: i.Name(), File: i.place.file, Line: i.place.line}
	if i.err != nil && i.raw != nil {
		guess := guessObject(layoutOf(i.raw, i.element).body)
		if object.Kind == "" {
			object.APIVersion, object.Kind = guess.APIVersion, guess.Kind
		}
		object.Namespace, object.Name = guess.Namespace, guess.Name
	}
	return object
}

// guessObject reads an object that does not parse by its lines: the first lines that look like its identity count.
func guessObject(body []byte) finding.Object {
	var object finding.Object
	fields := map[string]*string{
		"apiVersion": &object.APIVersion, "kind": &object.Kind, "name": &object.Name, "namespace": &object.Namespace,
	}
	for line := range bytes.Lines(body) {
		key, value, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		if field := fields[key]; field != nil && *field == "" {
			*field = strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return object
}

// Contains says whether one of words may occur in a key or value of the item. It searches the bytes and does not parse; where
// they may stand for other text than they show, because of an escape or a binary value, it says yes. The words must be
// without blanks, quotes and backslashes, so that no way to write them breaks them up.
func (i *Item) Contains(words ...string) bool {
	return !i.isPlain() || slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(i.raw, []byte(word)) })
}

// ContainsBeside is Contains for a word elsewhere than at the beginning of longer, which starts with it.
func (i *Item) ContainsBeside(word, longer string) bool {
	return !i.isPlain() || bytes.Count(i.raw, []byte(word)) > bytes.Count(i.raw, []byte(longer))
}

// Shows says whether one of words stands in the bytes of the item, or it has none of its own. Unlike Contains it says no where the bytes may
// stand for other text.
func (i *Item) Shows(words ...string) bool {
	return i.raw == nil || slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(i.raw, []byte(word)) })
}

// ContainsFold is Contains for words in letters of either case.
func (i *Item) ContainsFold(words ...string) bool {
	if !i.isPlain() {
		return true
	}
	lower := make([]string, len(words))
	for n, word := range words {
		lower[n] = strings.ToLower(word)
	}
	return containsLower(i.raw, lower)
}

// containsLower says whether one of words, which are in lower case, occurs in text when that is in lower case too. It looks at one window
// of the text after the other, because a copy of every item of a set is a copy of the set.
func containsLower(text []byte, words []string) bool {
	var window [4096]byte
	const step = len(window) / 2
	in := func(text []byte) bool {
		return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
	}
	// Windows overlap, so that no word is cut in two.
	isLong := func(word string) bool { return len(word) > step }
	for start := 0; ; start += step {
		part := text[start:min(start+len(window), len(text))]
		if slices.ContainsFunc(words, isLong) || !toLowerASCII(window[:], part) {
			return in(bytes.ToLower(text))
		}
		if in(window[:len(part)]) {
			return true
		}
		if start+len(part) == len(text) {
			return false
		}
	}
}

// toLowerASCII writes text in lower case into target. It reports false where the text has another character than those of ASCII.
func toLowerASCII(target, text []byte) bool {
	for i, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		target[i] = c
	}
	return true
}

// isPlain says whether the bytes hold every text of the item as it is.
func (i *Item) isPlain() bool {
	return i.raw != nil && !i.changed && bytes.IndexByte(i.raw, '\\') < 0 && !bytes.Contains(i.raw, []byte("binary"))
}
