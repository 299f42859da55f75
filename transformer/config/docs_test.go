package config

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReference holds docs/configuration.md to the types: every field has a row with its type and default.
func TestReference(t *testing.T) {
	rows := map[string][]string{}
	for _, line := range strings.Split(readReference(t), "\n") {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") && len(cells) > 3 {
			rows[strings.Trim(cells[0], "|` ")] = cells
		}
	}
	fields := documented("", reflect.TypeFor[Config]())
	require.Contains(t, fields, "spec.access.namespaces.<namespace>.groups", "the types are followed to their ends")
	for path, want := range fields {
		t.Run(path, func(t *testing.T) {
			require.Contains(t, rows, path)
			require.Equal(t, want, [2]string{rows[path][1], rows[path][2]})
		})
	}
	for path := range rows {
		if !isOfController(path) && strings.HasPrefix(path, "spec") {
			require.Contains(t, fields, path, "every row is about a field")
		}
	}
}

// isOfController says whether a path is that of a controller's own settings, which package controller knows.
func isOfController(path string) bool {
	for _, served := range []string{"spec.ingressClasses[].", "spec.gateway."} {
		own, ok := strings.CutPrefix(path, served)
		if id, _, _ := strings.Cut(own, "."); ok && slices.Contains(ControllerIDs, id) {
			return true
		}
	}
	return false
}

func readReference(t *testing.T) string {
	t.Helper()
	reference, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	// An empty cell is written with one space.
	return strings.ReplaceAll(string(reference), " | | ", " |  | ")
}

// documented returns the type and the default of every field below a type, by path.
func documented(path string, of reflect.Type) map[string][2]string {
	fields := map[string][2]string{}
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		add(fields, join(path, name), field.Type, defaultOf(field, options == ""))
	}
	return fields
}

func add(fields map[string][2]string, path string, of reflect.Type, byDefault string) {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	name := typeName(of)
	if of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.String {
		name = "list of strings"
	}
	fields[path] = [2]string{name, byDefault}
	switch {
	case of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct:
		addAll(fields, documented(path+"[]", of.Elem()))
	case of.Kind() == reflect.Map && of.Elem().Kind() == reflect.Struct:
		add(fields, path+".<namespace>", of.Elem(), "")
	case of.Kind() == reflect.Struct:
		addAll(fields, documented(path, of))
	}
}

func addAll(fields, more map[string][2]string) {
	for path, want := range more {
		fields[path] = want
	}
}

func defaultOf(field reflect.StructField, required bool) string {
	var values []string
	for _, tag := range strings.Split(field.Tag.Get("jsonschema"), ",") {
		if value, ok := strings.CutPrefix(tag, "default="); ok {
			values = append(values, "`"+value+"`")
		}
	}
	switch {
	case required:
		return "required"
	case len(values) == 0 && field.Type.Kind() == reflect.Bool:
		return "`false`"
	default:
		return strings.Join(values, ", ")
	}
}

// TestReferenceDefaults: the defaults in the tags, which the reference and the schema show, are those that are filled in.
func TestReferenceDefaults(t *testing.T) {
	settings, findings := Decode([]byte(Minimal))
	require.Empty(t, findings)
	fields := documented("", reflect.TypeFor[Config]())
	for path, value := range map[string]string{
		"spec.annotationDomain":              settings.Spec.AnnotationDomain,
		"spec.services.convertLoadBalancers": settings.Spec.Services.ConvertLoadBalancers,
		"spec.placeholders":                  settings.Spec.Placeholders,
		"spec.verify.mode":                   settings.Spec.Verify.Mode,
		"spec.auth.responseHeaders":          strings.Join(settings.Spec.Auth.ResponseHeaders, "`, `"),
	} {
		require.Equal(t, "`"+value+"`", fields[path][1], path)
	}
}

func TestReferenceExamples(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readReference(t), -1)
	require.Len(t, blocks, 5)
	require.Contains(t, readReference(t), Minimal, "the example of the error message is the first one here")
	for _, block := range blocks {
		check(t, []byte(block[1]), "")
	}
}

// TestReferenceKeys: the keys of the flat form, each beside the field that it stands for.
func TestReferenceKeys(t *testing.T) {
	settings := &Config{Spec: Spec{IngressClasses: make([]IngressClass, 1)}}
	keys := sortedKeys(settings.flatFields())
	require.Len(t, configMapNames, len(keys))
	for path, key := range configMapNames {
		key = strings.TrimPrefix(key, "data.")
		require.Contains(t, keys, key)
		require.Contains(t, readReference(t), "\n| `"+key+"` | `"+path+"`")
	}
}

// TestReferenceGroups: the groups that the reference calls errors are errors.
func TestReferenceGroups(t *testing.T) {
	_, table, found := strings.Cut(readReference(t), "| group | why it is an error |\n|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	groups := regexp.MustCompile("(?m)^\\| `(.*?)` \\|").FindAllStringSubmatch(table, -1)
	require.Len(t, groups, 5)
	for _, group := range groups {
		require.False(t, isGroup(group[1]), group[1])
	}
}
