package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ParseError says why the bytes of an item are not an object.
type ParseError struct {
	// Cause is one line, lower case, without a final period.
	Cause string
}

// Error returns the cause.
func (e *ParseError) Error() string { return e.Cause }

func parseErrorf(format string, args ...any) error {
	return &ParseError{Cause: fmt.Sprintf(format, args...)}
}

// errEmpty says that a document has no content.
var errEmpty = parseErrorf("the document is empty")

// parseMapping parses a document that holds one mapping. Aliases and merge keys are replaced by what they stand for;
// duplicate keys are refused.
func parseMapping(data []byte) (*yaml.Node, error) {
	root, err := parseTree(data)
	if err != nil {
		return nil, err
	}
	if err := checkObjectKeys(root); err != nil {
		return nil, err
	}
	return expandAliases(root)
}

// parseTree parses a document that holds one mapping, as it is written.
func parseTree(data []byte) (*yaml.Node, error) {
	if bytes.Contains(data, []byte("\ufeff")) {
		return nil, parseErrorf("invalid YAML: byte order mark inside the document")
	}
	var document yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, errEmpty
	} else if err != nil {
		return nil, syntaxError(err)
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, parseErrorf("invalid YAML: content after the end of the document")
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, parseErrorf("not a mapping, but %s", described(root))
	}
	return root, nil
}

// described says what stands in the place of a mapping, of a text its beginning.
func described(node *yaml.Node) string {
	if node.Kind == yaml.SequenceNode {
		return "a sequence"
	}
	const enough = 40
	text := []rune(node.Value)
	if len(text) > enough {
		text = append(text[:enough], '…')
	}
	return fmt.Sprintf("%q", string(text))
}

// syntaxError makes a ParseError of an error of the parser, whose text may have several lines. Its lines are those of the object, which need
// not stand at the start of the input.
func syntaxError(err error) error {
	cause := strings.TrimPrefix(err.Error(), "yaml: ")
	cause, _, _ = strings.Cut(strings.TrimSuffix(cause, "\n"), "\n")
	if line, problem, found := strings.Cut(cause, ": "); found && strings.HasPrefix(line, "line ") {
		cause = line + " of the object: " + problem
	}
	return parseErrorf("invalid YAML: %s", cause)
}

// checkObjectKeys is checkKeys for everything but the elements of a list: they are objects of their own, and one that
// nobody reads may be wrong.
func checkObjectKeys(root *yaml.Node) error {
	items := child(root, "items")
	if items == nil || items.Kind != yaml.SequenceNode || !strings.HasSuffix(stringValue(child(root, "kind")), "List") {
		return checkKeys(root)
	}
	if err := checkMappingKeys(root); err != nil {
		return err
	}
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i] == items {
			continue
		}
		if err := checkKeys(root.Content[i]); err != nil {
			return err
		}
	}
	return nil
}

// refuseDisguisedList refuses an object of a kind that is no list, and that has items with objects in them, or none. kubectl and Argo CD go by
// the items alone and create what is in them (k8s.io/apimachinery, unstructuredJSONScheme), and others take it for one object.
func refuseDisguisedList(root *yaml.Node) error {
	kind, items := stringValue(child(root, "kind")), child(root, "items")
	if items == nil || strings.HasSuffix(kind, "List") {
		return nil
	}
	isObject := func(item *yaml.Node) bool { return child(item, "kind") != nil || child(item, "metadata") != nil }
	switch {
	case isNull(items), items.Kind == yaml.SequenceNode && len(items.Content) == 0:
		return parseErrorf("kind %q has items without anything in them: kubectl reads an empty list, and leaves the object out", kind)
	case items.Kind == yaml.SequenceNode && slices.ContainsFunc(items.Content, isObject):
		return parseErrorf("kind %q has items, which kubectl and Argo CD read as a list of objects: write kind \"List\", or objects of their own", kind)
	}
	return nil
}

// impliedBy returns the kind of a list that tells the kind of its members, and nothing for those that hold any kind.
func impliedBy(listKind string) string {
	if listKind == "List" || listKind == "ResourceList" {
		return ""
	}
	return listKind
}

// refuseImpliedKind refuses a member that leaves its kind to the list: kubectl and Argo CD take it from there, and others see an object
// without one.
func (i *Item) refuseImpliedKind(node *yaml.Node) error {
	if i.listKind == "" || node.Kind != yaml.MappingNode || stringValue(child(node, "kind")) != "" {
		return nil
	}
	return parseErrorf("a member of %s has no kind, which kubectl and Argo CD take from the list: write apiVersion and kind", i.listKind)
}

// tagBinary is the tag of text in base64, which parsers of version 1.1 decode and others do not.
const tagBinary = "!!binary"

// checkKeys refuses duplicate keys, keys that are no scalars and tags. Parsers disagree on what they mean.
func checkKeys(node *yaml.Node) error {
	if err := checkTag(node); err != nil {
		return err
	}
	if node.Kind == yaml.MappingNode {
		if err := checkMappingKeys(node); err != nil {
			return err
		}
	}
	for i, inner := range node.Content {
		if isData(node, i) && inner.Kind == yaml.MappingNode {
			if err := checkData(inner); err != nil {
				return err
			}
		} else if err := checkKeys(inner); err != nil {
			return err
		}
	}
	return nil
}

// isData says whether the content at an index of an object is the data of a ConfigMap or a Secret.
func isData(object *yaml.Node, index int) bool {
	if object.Kind != yaml.MappingNode || index%2 == 0 {
		return false
	}
	kind := stringValue(child(object, "kind"))
	return (kind == "ConfigMap" || kind == "Secret") && slices.Contains([]string{"data", "binaryData", "stringData"}, object.Content[index-1].Value)
}

// checkData is checkKeys for data, which encoders of YAML write as !!binary where it is no text.
func checkData(data *yaml.Node) error {
	if err := cmp.Or(checkTag(data), checkMappingKeys(data)); err != nil {
		return err
	}
	for _, inner := range data.Content {
		if inner.Kind == yaml.ScalarNode && inner.ShortTag() == tagBinary {
			continue
		}
		if err := checkKeys(inner); err != nil {
			return err
		}
	}
	return nil
}

// checkTag refuses a tag that is written out, unless it says what the value is anyway: a string, a mapping, a sequence or a merge
// key. Any other changes the value, and parsers disagree on how: !x Ingress and !!binary SW5ncmVzcw== are the kind Ingress for
// kubectl.
func checkTag(node *yaml.Node) error {
	if node.Style&yaml.TaggedStyle == 0 {
		return nil
	}
	switch tag := node.ShortTag(); {
	case node.Kind == yaml.ScalarNode && tag == yaml.NodeTagString,
		node.Kind == yaml.ScalarNode && tag == yaml.MergeTag && node.Value == "<<",
		node.Kind == yaml.MappingNode && tag == yaml.NodeTagMap,
		node.Kind == yaml.SequenceNode && tag == yaml.NodeTagSeq:
		return nil
	default:
		return parseErrorf("line %d: the tag %s is not supported: parsers disagree on what it makes of the value", node.Line, tag)
	}
}

func checkMappingKeys(node *yaml.Node) error {
	seen := make(map[string]bool, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		isAlias := key.Kind == yaml.AliasNode
		if isAlias {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode || key.ShortTag() == tagBinary || isAlias && key.Tag == yaml.MergeTag {
			return parseErrorf("line %d: a key is not a string", key.Line)
		}
		if seen[key.Value] {
			return parseErrorf("duplicate key %q", key.Value)
		}
		seen[key.Value] = true
	}
	return nil
}

// maxCopiedNodes bounds how much the aliases of one document may stand for.
const maxCopiedNodes = 100_000

// expandAliases replaces every alias in the tree by a copy of what it stands for and every merge key by the keys that it
// brings in, in place. Keys of the mapping itself win over merged ones, earlier merged mappings over later ones
// (https://yaml.org/type/merge.html).
func expandAliases(root *yaml.Node) (*yaml.Node, error) {
	e := expander{left: maxCopiedNodes, open: map[*yaml.Node]bool{}}
	return e.expand(root)
}

type expander struct {
	// left is how many nodes may still be copied.
	left int
	// open holds the anchored nodes that are being expanded, to find one that contains itself.
	open map[*yaml.Node]bool
}

func (e *expander) expand(node *yaml.Node) (*yaml.Node, error) {
	if node.Kind == yaml.AliasNode {
		return e.copy(node)
	}
	if node.Anchor != "" {
		node.Anchor = ""
		e.open[node] = true
		defer delete(e.open, node)
	}
	for i, inner := range node.Content {
		expanded, err := e.expand(inner)
		if err != nil {
			return nil, err
		}
		node.Content[i] = expanded
	}
	if node.Kind == yaml.MappingNode {
		return node, mergeKeys(node)
	}
	return node, nil
}

func (e *expander) copy(alias *yaml.Node) (*yaml.Node, error) {
	if e.open[alias.Alias] {
		return nil, parseErrorf("anchor %q contains itself", alias.Value)
	}
	if e.left -= size(alias.Alias); e.left < 0 {
		return nil, parseErrorf("aliases stand for more than %d nodes", maxCopiedNodes)
	}
	copied := yaml.CopyYNode(alias.Alias)
	copied.HeadComment, copied.LineComment, copied.FootComment = alias.HeadComment, alias.LineComment, alias.FootComment
	return copied, nil
}

func size(node *yaml.Node) int {
	total := 1
	for _, inner := range node.Content {
		total += size(inner)
	}
	return total
}

func mergeKeys(node *yaml.Node) error {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Tag != yaml.MergeTag {
			continue
		}
		value, before := node.Content[i+1], node.Content[:i]
		node.Content = append(node.Content[:i:i], node.Content[i+2:]...)
		return mergeInto(node, value, before)
	}
	return nil
}

// mergeInto adds the keys that value brings in. before is what stands in front of the merge key: parsers of YAML 1.1, and kubectl with them,
// let the merge key win over it.
func mergeInto(node, value *yaml.Node, before []*yaml.Node) error {
	sources := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		sources = value.Content
	}
	present := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		present[node.Content[i].Value] = true
	}
	for _, source := range sources {
		if source.Kind != yaml.MappingNode {
			return parseErrorf("a merge key needs a mapping or a sequence of mappings")
		}
		for i := 0; i+1 < len(source.Content); i += 2 {
			key := source.Content[i]
			if !present[key.Value] {
				present[key.Value] = true
				node.Content = append(node.Content, key, source.Content[i+1])
				continue
			}
			if own := child(&yaml.Node{Kind: yaml.MappingNode, Content: before}, key.Value); own != nil && !sameContent(own, source.Content[i+1]) {
				return parseErrorf("line %d: the merge key brings in %q, which stands before it with another value, and parsers disagree on which one counts: write the merge key first", key.Line, key.Value)
			}
		}
	}
	return nil
}
