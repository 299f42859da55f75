package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// byteOrderMark may stand at the beginning of a document and is no part of it.
var byteOrderMark = []byte("\ufeff")

// Read takes input apart: a stream of documents separated by --- lines, or a ResourceList, in YAML or JSON. The Set refers
// to input, which must not change afterwards. The Findings are errors: such an input cannot be taken apart safely and the
// Set is nil. An object that cannot be read is none of them: it is an Item whose Node fails.
func Read(input []byte) (*Set, finding.List) {
	if len(bytes.TrimSpace(bytes.TrimPrefix(input, byteOrderMark))) == 0 {
		return nil, refuse(ruleNoInput, "no input: did the command before fail?",
			"check the command before in the pipe; in a shell script, set -o pipefail stops at its failure")
	}
	if isUTF16(input) {
		return nil, refuse(ruleEncoding, "the input is UTF-16", "convert it to UTF-8, the only encoding that Kubernetes reads")
	}
	if line := doubtfulSeparator(input); line > 0 {
		return nil, refuse(ruleSeparator, fmt.Sprintf("line %d: --- begins a document for some parsers and not for others", line),
			"write a blank between --- and #, and line breaks as LF or CRLF")
	}
	s := &Set{}
	for _, chunk := range splitStream(input) {
		if hasDirective(chunk) {
			return nil, refuse(ruleDirective, "a line that starts with % is a YAML directive, which is not supported",
				"remove the directive: Kubernetes tools need none")
		}
		s.read(chunk)
	}
	return s.settle()
}

func refuse(rule finding.Rule, cause, remedy string) finding.List {
	return finding.List{rule.At(finding.Object{}, "", cause, remedy)}
}

func isUTF16(input []byte) bool {
	return bytes.HasPrefix(input, []byte{0xff, 0xfe}) || bytes.HasPrefix(input, []byte{0xfe, 0xff}) ||
		bytes.IndexByte(input[:min(2, len(input))], 0) >= 0
}

// splitStream cuts a stream at its document separators. A separator line is a chunk of its own unless it has content of
// the document on it: then it is the beginning of that document.
func splitStream(input []byte) [][]byte {
	var chunks [][]byte
	add := func(chunk []byte) {
		if len(chunk) > 0 {
			chunks = append(chunks, chunk)
		}
	}
	if bytes.HasPrefix(input, byteOrderMark) {
		add(input[:len(byteOrderMark)])
		input = input[len(byteOrderMark):]
	}
	for len(input) > 0 {
		content := 0
		if isMarker(input, '-') {
			content = len("---")
			if end := endOfLine(input, 0); isSeparatorLine(input[:end]) {
				add(input[:end])
				input, content = input[end:], 0
			}
		}
		end := nextSeparator(input, content)
		add(input[:end])
		input = input[end:]
	}
	return chunks
}

// doubtfulSeparator returns the number of the first line on which kubectl and kustomize see another document separator than YAML does, 0 where
// there is none. For them it is a line behind LF that begins with --- and goes on with nothing but white space or a comment, which needs no
// blank before it (k8s.io/apimachinery/pkg/util/yaml, YAMLReader).
func doubtfulSeparator(input []byte) int {
	input = bytes.TrimPrefix(input, byteOrderMark)
	for from := 0; ; {
		next := bytes.Index(input[from:], []byte("---"))
		if next < 0 {
			return 0
		}
		at := from + next
		from = at + len("---")
		if !isLineStart(input[:at]) {
			continue
		}
		isOurs, isTheirs := isMarker(input[at:], '-'), false
		if at == 0 || input[at-1] == '\n' {
			rest := bytes.TrimSpace(input[from:endOfLine(input, from)])
			isTheirs = len(rest) == 0 || rest[0] == '#'
			isOurs = isOurs && isTheirs
		}
		if isOurs != isTheirs {
			return bytes.Count(input[:at], []byte("\n")) + 1
		}
	}
}

// isSeparatorLine says whether a line is a document separator without content of the document.
func isSeparatorLine(line []byte) bool {
	if !isMarker(line, '-') || hasUnusual(line) {
		return false
	}
	rest := bytes.TrimSpace(line[len("---"):])
	return len(rest) == 0 || rest[0] == '#'
}

// nextSeparator returns where the first separator at or behind from is, the length of data when there is none. A separator
// stands at the beginning of a line, whatever the parser takes for a line break, also inside a scalar.
func nextSeparator(data []byte, from int) int {
	for {
		next := bytes.Index(data[from:], []byte("---"))
		if next < 0 {
			return len(data)
		}
		from += next
		if isMarker(data[from:], '-') && isLineStart(data[:from]) {
			return from
		}
		from += len("---")
	}
}

// isLineStart says whether a new line starts behind the text before.
func isLineStart(before []byte) bool {
	for _, lineBreak := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		if bytes.HasSuffix(before, []byte(lineBreak)) {
			return true
		}
	}
	return len(before) == 0
}

// hasDirective says whether a line of the chunk is a YAML directive: before the document or behind its end.
func hasDirective(chunk []byte) bool {
	if bytes.IndexByte(chunk, '%') < 0 {
		return false
	}
	for rest := chunk; ; {
		if at := firstContent(rest); at < len(rest) && rest[at] == '%' {
			return true
		}
		end := bytes.Index(rest, []byte("\n..."))
		if end < 0 {
			return false
		}
		rest = rest[endOfLine(rest, end+1):]
	}
}

// read adds the part or parts of one chunk.
func (s *Set) read(chunk []byte) {
	if bytes.HasPrefix(chunk, byteOrderMark) {
		s.parts = append(s.parts, part{text: chunk[:len(byteOrderMark)]})
		chunk = chunk[len(byteOrderMark):]
	}
	if isSeparatorLine(chunk) || isVoid(chunk) {
		s.parts = append(s.parts, part{text: chunk})
		return
	}
	if l, ok := openList(chunk); ok {
		s.parts = append(s.parts, part{list: l})
		return
	}
	item := &Item{raw: chunk, json: isJSON(chunk)}
	item.open()
	s.parts = append(s.parts, part{item: item})
}

// isVoid says whether a chunk has no document in it: blank lines, comments and document end markers only.
func isVoid(chunk []byte) bool {
	if hasUnusual(chunk) {
		_, err := parseTree(chunk)
		return errors.Is(err, errEmpty)
	}
	for at := firstContent(chunk); at < len(chunk); at = firstContent(chunk) {
		if !isMarker(chunk[at:], '.') {
			return false
		}
		chunk = chunk[endOfLine(chunk, at):]
	}
	return true
}

// openList opens an object as a list whose members have bytes of their own.
func openList(chunk []byte) (*list, bool) {
	var l *list
	var ok bool
	switch {
	case isJSON(chunk):
		l, ok = newJSONList(chunk)
	case bytes.HasPrefix(chunk, []byte("items:")) || bytes.Contains(chunk, []byte("\nitems:")):
		l, ok = newBlockList(chunk)
	}
	if !ok || !strings.HasSuffix(l.kind, "List") {
		return nil, false
	}
	for _, member := range l.members {
		member.open()
	}
	return l, true
}

// open makes the elements of items members of the item, when it is a list. Such a list is encoded as a whole when a member
// changes.
func (i *Item) open() {
	if !strings.HasSuffix(i.Kind(), "List") {
		return
	}
	root, err := i.Node()
	if err != nil {
		return
	}
	items := child(root.YNode(), "items")
	if keyIndex(root.YNode(), "items") < 0 && i.Kind() != "ResourceList" || !isNull(items) && items.Kind != yaml.SequenceNode {
		i.Release()
		return
	}
	i.opened = true
	if items == nil {
		return
	}
	for _, element := range items.Content {
		member := newMember(element)
		member.parent, member.listKind = i, impliedBy(i.Kind())
		member.err = cmp.Or(member.err, member.refuseImpliedKind(element))
		i.members = append(i.members, member)
	}
}

// newMember makes an Item of a node that is part of a parsed list.
func newMember(node *yaml.Node) *Item {
	member := &Item{node: yaml.NewRNode(node)}
	if node.Kind != yaml.MappingNode {
		member.err = parseErrorf("not a mapping, but %s", described(node))
		return member
	}
	if hasOnce(node, "apiVersion") && hasOnce(node, "kind") {
		member.identify()
	}
	if member.err = checkKeys(node); member.err == nil {
		if member.err = refuseDisguisedList(node); member.err != nil {
			member.apiVersion, member.kind = "", ""
		}
		member.open()
	}
	return member
}

// hasOnce says whether a mapping has a key at most once.
func hasOnce(node *yaml.Node, key string) bool {
	count := 0
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			count++
		}
	}
	return count <= 1
}

// settle decides what the input as a whole is.
func (s *Set) settle() (*Set, finding.List) {
	var documents []part
	resourceLists := 0
	for _, p := range s.parts {
		if p.text != nil {
			continue
		}
		documents = append(documents, p)
		if p.isResourceList() {
			resourceLists++
		}
	}
	switch {
	case resourceLists > 0:
		return s.settleResourceList(documents)
	case len(documents) == 1 && documents[0].list != nil && documents[0].list.json && documents[0].list.kind == "List":
		// What is inserted goes into the only List, so that the output is valid JSON as well.
		s.list = documents[0].list
		return s, nil
	}
	for _, p := range documents {
		if p.list == nil {
			continue
		}
		for _, member := range p.list.members {
			member.list = p.list
		}
	}
	return s, nil
}

func (s *Set) settleResourceList(documents []part) (*Set, finding.List) {
	first := documents[0]
	if len(documents) > 1 {
		return nil, refuse(ruleResourceList, "the input has a ResourceList and another document",
			"pass one ResourceList, or a plain stream of manifests")
	}
	apiVersion, kind := first.identity()
	if kind == "ResourceList" && !isResourceListVersion(apiVersion) {
		return nil, refuse(ruleResourceList, "the ResourceList has the apiVersion "+quoted(apiVersion),
			"the known ones are config.kubernetes.io/v1, v1beta1 and v1alpha1")
	}
	if first.item != nil && !first.item.opened {
		return nil, refuse(ruleResourceList, "items of the ResourceList is not a sequence", "")
	}
	s.isResourceList, s.list, s.whole = true, first.list, first.item
	return s, nil
}

// NothingSent is the finding about a ResourceList in which a host sends nothing to transform.
func NothingSent() finding.Finding {
	return ruleNoInput.At(finding.Object{}, "", "the ResourceList has no items beside the configuration: nothing would be protected",
		"in a kustomization, list the function under transformers and not under generators; leave it out where there are no resources")
}

func quoted(text string) string { return `"` + text + `"` }

func isResourceListVersion(apiVersion string) bool {
	switch apiVersion {
	case "config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1":
		return true
	default:
		return false
	}
}

// isResourceList says whether a document wraps the input of a function. Some tools write kind List for it.
func (p part) isResourceList() bool {
	apiVersion, kind := p.identity()
	return kind == "ResourceList" ||
		kind == "List" && (strings.HasPrefix(apiVersion, "config.kubernetes.io/") || p.has("functionConfig"))
}

func (p part) identity() (apiVersion, kind string) {
	if p.list != nil {
		return p.list.apiVersion, p.list.kind
	}
	return p.item.APIVersion(), p.item.Kind()
}

func (p part) has(key string) bool {
	if p.list != nil {
		_, found := p.list.sections[key]
		return found
	}
	return p.item.find(key) != nil
}
