package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	strictjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// The rules of this room. Their findings are about no object: they are about the configuration.
var (
	// ruleMissing is a run without a configuration.
	ruleMissing = finding.Rule{Code: "PE100", Severity: finding.Error, Title: "no configuration"}
	// ruleField is a field that does not exist, has the wrong type or cannot be read.
	ruleField = finding.Rule{Code: "PE101", Severity: finding.Error, Title: "configuration field not valid"}
	// ruleValue is a value that is not allowed.
	ruleValue = finding.Rule{Code: "PE102", Severity: finding.Error, Title: "configuration value not valid"}
	// ruleUnsupported is a part of the specification that this version does not have yet.
	ruleUnsupported = finding.Rule{Code: "PE103", Severity: finding.Error, Title: "not supported yet"}
)

// Rules are the rules of this room.
var Rules = []finding.Rule{ruleMissing, ruleField, ruleValue, ruleUnsupported}

// minimal is the smallest configuration that works.
const minimal = `apiVersion: private-endpoints.dev/v1alpha1
kind: PrivateEndpoints
metadata:
  name: private-endpoints
spec:
  subdomain: apps.example.com
  ingressClasses:
  - name: nginx
    controller: ingress-nginx
  tls:
    secretName: wildcard-apps
  auth:
    url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
    signInURL: https://auth.example.com/oauth2/start
  access:
    groups: ["{namespace}"]`

// Missing is the finding of a run without a configuration. Its remedy holds a minimal one.
func Missing() finding.Finding {
	return ruleMissing.At(finding.Object{}, "", "no functionConfig: without a configuration nothing can be protected",
		"give the function this configuration as its functionConfig, or as a file with --config:\n"+minimal)
}

// Unreadable is the finding of a configuration that err keeps from being read.
func Unreadable(err error) finding.Finding {
	return ruleField.At(finding.Object{}, "", fmt.Sprintf("the configuration cannot be read: %s", oneLine(err)), "correct the configuration")
}

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// Decode reads a configuration in YAML or JSON: a PrivateEndpoints object, or a ConfigMap with the flat keys of kpt's
// configMap. Defaults are filled in and every value is checked. The Config is nil when there is an error finding.
func Decode(document []byte) (*Config, finding.List) {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, finding.List{Unreadable(err)}
	}
	var identity struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(data, &identity); err != nil {
		return nil, finding.List{Unreadable(errors.New("it is not an object with apiVersion and kind"))}
	}
	decode := decodeObject
	switch {
	case identity.Kind == "ConfigMap" && identity.APIVersion == "v1":
		decode = decodeConfigMap
	case identity.Kind != Kind || identity.APIVersion != APIVersion:
		return nil, finding.List{ruleField.At(finding.Object{}, "kind",
			fmt.Sprintf("the configuration is a %s of %s, not a %s of %s", shown(identity.Kind), shown(identity.APIVersion), Kind, APIVersion),
			fmt.Sprintf("write apiVersion: %s and kind: %s, or use a ConfigMap of v1", APIVersion, Kind))}
	}
	settings, names, findings := decode(data)
	if findings.HasErrors() {
		return nil, findings
	}
	settings.setDefaults()
	if findings = validate(settings, names); findings.HasErrors() {
		return nil, findings
	}
	return settings, findings
}

func shown(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

// decodeObject decodes strictly: what the program does not know, somebody believes that it does.
func decodeObject(data []byte) (*Config, fieldNames, finding.List) {
	data, settingsOf, findings := takeControllerSettings(data)
	config := &Config{}
	unknown, err := strictjson.UnmarshalStrict(data, config)
	for _, problem := range unknown {
		findings = append(findings, unknownField(problem))
	}
	if err != nil {
		findings = append(findings, wrongType(err))
	}
	for i := range config.Spec.IngressClasses {
		config.Spec.IngressClasses[i].Settings = settingsOf[i]
	}
	return config, nil, findings
}

// takeControllerSettings takes the settings that stand under a controller's id out of the classes: their types are not
// known here. Settings under another controller's id would have no effect, and are reported.
func takeControllerSettings(data []byte) ([]byte, map[int]json.RawMessage, finding.List) {
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		return data, nil, nil
	}
	spec, _ := root["spec"].(map[string]any)
	classes, _ := spec["ingressClasses"].([]any)
	taken := map[int]json.RawMessage{}
	var findings finding.List
	for i, element := range classes {
		class, _ := element.(map[string]any)
		for _, id := range ControllerIDs {
			settings, present := class[id]
			if !present {
				continue
			}
			delete(class, id)
			if id != class["controller"] {
				findings = append(findings, ruleField.At(finding.Object{}, fmt.Sprintf("spec.ingressClasses[%d].%s", i, id),
					fmt.Sprintf("settings of %s on a class whose controller is %v", id, class["controller"]), "remove them, or correct the controller"))
			} else if settings != nil {
				taken[i], _ = json.Marshal(settings)
			}
		}
	}
	rest, err := json.Marshal(root)
	if err != nil {
		return data, nil, finding.List{Unreadable(err)}
	}
	return rest, taken, findings
}

// unknownField names a field that does not exist and the nearest one that does.
func unknownField(problem error) finding.Finding {
	var field strictjson.FieldError
	if !errors.As(problem, &field) {
		return Unreadable(problem)
	}
	path := field.FieldPath()
	parent, name := "", path
	if dot := strings.LastIndex(path, "."); dot >= 0 {
		parent, name = path[:dot], path[dot+1:]
	}
	known := fieldsAt(reflect.TypeFor[Config](), parent)
	remedy := "the fields here are " + strings.Join(known, ", ")
	if proposal := nearest(name, known); proposal != "" {
		remedy = "did you mean " + proposal + "?"
	}
	return ruleField.At(finding.Object{}, path, "is not a field of the configuration", remedy)
}

func wrongType(err error) finding.Finding {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return Unreadable(err)
	}
	remedy := fmt.Sprintf("write a %s", typeName(mismatch.Type))
	if mismatch.Type.Kind() == reflect.String {
		remedy = "put the value in quotes"
	}
	return ruleField.At(finding.Object{}, mismatch.Field, fmt.Sprintf("is a %s, not a %s", mismatch.Value, typeName(mismatch.Type)), remedy)
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "mapping"
	default:
		return t.Kind().String()
	}
}

var sequenceIndex = regexp.MustCompile(`\[\d+\]`)

// fieldsAt returns the names of the fields of the struct that path leads to, sorted.
func fieldsAt(t reflect.Type, path string) []string {
	for _, name := range strings.FieldsFunc(sequenceIndex.ReplaceAllString(path, ""), func(r rune) bool { return r == '.' }) {
		if t = typeOf(t, name); t == nil {
			return nil
		}
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		if name := jsonName(t.Field(i)); name != "-" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// typeOf returns the struct behind the field name of t, through pointers, lists and maps.
func typeOf(t reflect.Type, name string) reflect.Type {
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for i := range t.NumField() {
		if jsonName(t.Field(i)) != name {
			continue
		}
		found := t.Field(i).Type
		for found.Kind() == reflect.Pointer || found.Kind() == reflect.Slice {
			found = found.Elem()
		}
		if found.Kind() == reflect.Struct || found.Kind() == reflect.Map {
			return found
		}
	}
	return nil
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// nearest returns the candidate that is probably meant by word, or the empty string.
func nearest(word string, candidates []string) string {
	best, proposal := 3, ""
	for _, candidate := range candidates {
		distance := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate))
		if distance < best {
			best, proposal = distance, candidate
		}
	}
	return proposal
}

// decodeConfigMap reads the flat form.
func decodeConfigMap(data []byte) (*Config, fieldNames, finding.List) {
	var configMap struct {
		Data       map[string]string `json:"data"`
		BinaryData map[string]string `json:"binaryData"`
	}
	if err := json.Unmarshal(data, &configMap); err != nil {
		return nil, nil, finding.List{wrongType(err)}
	}
	var findings finding.List
	for key := range configMap.BinaryData {
		findings = append(findings, ruleField.At(finding.Object{}, "binaryData."+key, "is not read", "move the value to data"))
	}
	config := &Config{APIVersion: APIVersion, Kind: Kind}
	class := IngressClass{}
	fields := map[string]*string{
		"subdomain": &config.Spec.Subdomain, "ingressClass": &class.Name, "controller": &class.Controller, "tlsSecretName": &config.Spec.TLS.SecretName,
		"authURL": &config.Spec.Auth.URL, "signInURL": &config.Spec.Auth.SignInURL, "annotationDomain": &config.Spec.AnnotationDomain,
		"defaultNamespace": &config.Spec.DefaultNamespace, "verify": &config.Spec.Verify.Mode, "groups": new(string),
	}
	known := sortedKeys(fields)
	for _, key := range sortedKeys(configMap.Data) {
		field, ok := fields[key]
		if !ok {
			remedy := "the keys are " + strings.Join(known, ", ")
			if proposal := nearest(key, known); proposal != "" {
				remedy = "did you mean " + proposal + "?"
			}
			findings = append(findings, ruleField.At(finding.Object{}, "data."+key, "is not a key of the configuration", remedy))
			continue
		}
		*field = strings.TrimSpace(configMap.Data[key])
	}
	if groups := *fields["groups"]; groups != "" {
		for _, group := range strings.Split(groups, ",") {
			config.Spec.Access.Groups = append(config.Spec.Access.Groups, strings.TrimSpace(group))
		}
	}
	config.Spec.IngressClasses = []IngressClass{class}
	return config, configMapNames, findings
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// fieldNames translates the path of a field into what the user wrote; nil translates nothing.
type fieldNames map[string]string

var configMapNames = fieldNames{
	"spec.subdomain": "data.subdomain", "spec.ingressClasses[0].name": "data.ingressClass", "spec.ingressClasses[0].controller": "data.controller",
	"spec.tls": "data.tlsSecretName", "spec.tls.secretName": "data.tlsSecretName", "spec.auth.url": "data.authURL", "spec.auth.signInURL": "data.signInURL",
	"spec.access.groups": "data.groups", "spec.annotationDomain": "data.annotationDomain", "spec.defaultNamespace": "data.defaultNamespace",
	"spec.verify.mode": "data.verify",
}

// of returns the name of the field at path as the user wrote it. The elements of a list share the name of the list.
func (n fieldNames) of(path string) string {
	if name, ok := n[path]; ok {
		return name
	}
	if list := sequenceIndex.ReplaceAllString(path, ""); n[list] != "" {
		return n[list]
	}
	return path
}

// element is the path of one element of a list.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
