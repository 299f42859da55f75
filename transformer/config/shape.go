package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// shape compares a decoded document with the type that it is meant for. It reports every field that does not exist and
// every value of a wrong type, where a decoder would stop at the first one and leave the index of a list out of its path.
type shape struct {
	// noun is what the document calls its fields.
	noun     string
	findings finding.List
}

// check compares value, as it was decoded from JSON, with the type that it will be stored in. Null is nothing written.
func (s *shape) check(path string, value any, want reflect.Type) {
	if want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	if value == nil || want.Kind() == reflect.Interface {
		return
	}
	if is := nameOf(value); is != typeName(want) {
		s.report(path, fmt.Sprintf("is a %s, not a %s", is, typeName(want)), conversion(value, typeName(want)))
		return
	}
	switch value := value.(type) {
	case float64:
		if value != math.Trunc(value) || math.Abs(value) > math.MaxInt32 {
			s.report(path, "is not a whole number", "correct the value")
		}
	case []any:
		for i, entry := range value {
			s.check(element(path, i), entry, want.Elem())
		}
	case map[string]any:
		for _, key := range sortedKeys(value) {
			s.entry(join(path, key), key, value[key], want)
		}
	}
}

// entry checks one entry of a mapping, which is stored in a map or in a field of a struct.
func (s *shape) entry(path, key string, value any, in reflect.Type) {
	if in.Kind() == reflect.Map {
		s.check(path, value, in.Elem())
		return
	}
	fields := fieldsOf(in)
	if want, ok := fields[key]; ok {
		s.check(path, value, want)
		return
	}
	known := sortedKeys(fields)
	candidates := known
	if in == reflect.TypeFor[IngressClass]() {
		// A class also holds its controller's settings, under the controller's id.
		candidates = slices.Concat(known, ControllerIDs)
	}
	s.unknown(path, key, known, candidates)
}

// unknown reports a key that is none of known and proposes the nearest of candidates.
func (s *shape) unknown(path, key string, known, candidates []string) {
	remedy := fmt.Sprintf("the %ss here are %s", s.noun, strings.Join(known, ", "))
	if proposal := Nearest(key, candidates); proposal != "" {
		remedy = "did you mean " + proposal + "?"
	}
	s.report(path, "is not a "+s.noun+" of the configuration", remedy)
}

func (s *shape) report(path, cause, remedy string) {
	s.findings = append(s.findings, ruleField.At(finding.Object{}, path, cause, remedy))
}

// nameOf returns what a person calls the type of a value that was decoded from JSON.
func nameOf(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "list"
	case map[string]any:
		return "mapping"
	default:
		return "number"
	}
}

// typeName returns the same for a type of the configuration.
func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "list"
	case reflect.Int:
		return "number"
	default:
		return "mapping"
	}
}

// conversion says how to write value so that it has the wanted type.
func conversion(value any, want string) string {
	text, isString := value.(string)
	_, isList := value.([]any)
	_, isMapping := value.(map[string]any)
	switch {
	case isString && want == "list":
		return fmt.Sprintf("write it as a list: [%q]", text)
	case isString && want == "boolean":
		return "write true or false, without quotes"
	case isString && want == "number":
		return "write the number without quotes"
	case isMapping && want == "string":
		return "put the value in quotes: without them, { starts a mapping"
	case want == "string" && !isList:
		return "put the value in quotes"
	default:
		return "write a " + want
	}
}

// fieldsOf returns the types of the fields of a struct by their names in JSON.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "-" {
			fields[name] = t.Field(i).Type
		}
	}
	return fields
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Nearest returns the candidate that is probably meant by word, whatever the case of its letters: at most two letters away. It
// is empty where there is none. A word of two letters has no neighbour at distance two: "on" does not mean "off".
func Nearest(word string, candidates []string) string {
	best, proposal := min(3, len(word)), ""
	for _, candidate := range candidates {
		// The lengths alone spare most of the computing.
		if apart := utf8.RuneCountInString(word) - utf8.RuneCountInString(candidate); apart >= best || -apart >= best {
			continue
		}
		distance := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate))
		if distance < best {
			best, proposal = distance, candidate
		}
	}
	return proposal
}
