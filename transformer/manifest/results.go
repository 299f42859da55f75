package manifest

import (
	"slices"
	"strings"

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
	for _, f := range l.Sorted() {
		results.Content = append(results.Content, resultNode(f))
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

// resultNode makes the Result of a Finding, as the KRM functions specification has it
// (https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md).
// The code stands in the tags, because a Result has no field for it; the severity is always written, because hosts disagree on
// the default; a field is allowed only together with a resourceRef. The node is made by hand: the types of kyaml's framework bring
// a validation with them that costs time at every start, and encoding thousands of Results to read them back would cost more
// than finding them.
func resultNode(f finding.Finding) *yaml.Node {
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
	add(node, "message", resultMessage(f))
	add(node, "severity", string(f.Weight()))
	if isNamed(f.Object) {
		reference := below("resourceRef")
		add(reference, "apiVersion", f.Object.APIVersion)
		add(reference, "kind", f.Object.Kind)
		add(reference, "name", f.Object.Name)
		add(reference, "namespace", f.Object.Namespace)
		if f.Field != "" {
			add(below("field"), "path", f.Field)
		}
	}
	tags := below("tags")
	add(tags, "code", f.Code)
	add(tags, "source", finding.Source)
	return node
}

// isNamed says whether more is known of an object than its file.
func isNamed(object finding.Object) bool {
	object.File, object.Line = "", 0
	return object != finding.Object{}
}

func resultMessage(f finding.Finding) string {
	message := f.Cause
	if f.Waived != "" {
		message += "; waived: " + f.Waived
	}
	if f.Remedy != "" {
		message += "; hint: " + f.Remedy
	}
	if !isNamed(f.Object) && f.Field != "" {
		message = f.Field + ": " + message
	}
	return message
}
