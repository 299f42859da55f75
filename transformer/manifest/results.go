package manifest

import (
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// SetResults writes the Findings as the results of a ResourceList, in place of those that an earlier run of this program
// left there. Results of other functions stay. In a stream it does nothing.
func (s *Set) SetResults(l finding.List) {
	if !s.isResourceList {
		return
	}
	old, err := s.section("results")
	results := &yaml.Node{Kind: yaml.SequenceNode, Tag: yaml.NodeTagSeq}
	if err == nil && old != nil && old.Kind == yaml.SequenceNode {
		results.Content = slices.DeleteFunc(slices.Clone(old.Content), isOurResult)
		if len(l) == 0 && len(results.Content) == len(old.Content) && len(old.Content) > 0 {
			return
		}
	}
	for _, result := range l.Results() {
		results.Content = append(results.Content, resultNode(result))
	}
	if len(results.Content) == 0 {
		results = nil
	}
	s.putResults(results, old != nil || err != nil)
}

func (s *Set) putResults(results *yaml.Node, present bool) {
	switch {
	case results == nil && !present:
	case s.list != nil:
		s.list.results, s.list.setsResults = results, true
	case results == nil:
		at := keyIndex(s.whole.node.YNode(), "results")
		s.whole.node.YNode().Content = slices.Delete(s.whole.node.YNode().Content, at, at+2)
		s.whole.touch()
	default:
		put(s.whole.node.YNode(), "results", results)
		s.whole.touch()
	}
}

func isOurResult(result *yaml.Node) bool {
	source := child(child(result, "tags"), "source")
	return source != nil && source.Value == finding.Source
}

// resultNode makes the node of a Result by hand: a large set has thousands of them, and encoding each one to read it back
// would cost more than finding it.
func resultNode(result *framework.Result) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	add := func(parent *yaml.Node, key, value string) {
		if value != "" {
			parent.Content = append(parent.Content, stringNode(key), stringNode(strings.ToValidUTF8(value, "\uFFFD")))
		}
	}
	below := func(key string) *yaml.Node {
		inner := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
		node.Content = append(node.Content, stringNode(key), inner)
		return inner
	}
	add(node, "message", result.Message)
	add(node, "severity", string(result.Severity))
	if reference := result.ResourceRef; reference != nil {
		inner := below("resourceRef")
		add(inner, "apiVersion", reference.APIVersion)
		add(inner, "kind", reference.Kind)
		add(inner, "name", reference.Name)
		add(inner, "namespace", reference.Namespace)
	}
	if result.Field != nil {
		add(below("field"), "path", result.Field.Path)
	}
	tags := below("tags")
	for _, key := range slices.Sorted(maps.Keys(result.Tags)) {
		add(tags, key, result.Tags[key])
	}
	return node
}
