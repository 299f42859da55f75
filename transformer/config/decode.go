package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Minimal is the smallest configuration that works.
const Minimal = `apiVersion: private-endpoints.dev/v1alpha1
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

// Unreadable is the finding of a configuration that err keeps from being read.
func Unreadable(err error) finding.Finding {
	return ruleField.At(finding.Object{}, "", fmt.Sprintf("the configuration cannot be read: %s", oneLine(err)), "correct the configuration")
}

// oneLine drops what the decoder says about itself, and line breaks.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	return strings.Replace(text, "yaml: unmarshal errors: ", "yaml: ", 1)
}

// Decode reads a configuration in YAML or JSON: a PrivateEndpoints object, or a ConfigMap with the flat keys of kpt's
// configMap. Defaults are filled in and every value is checked. The Config is nil when there is an error finding.
func Decode(document []byte) (*Config, finding.List) {
	root, err := parse(document)
	if err != nil {
		return nil, finding.List{Unreadable(err)}
	}
	apiVersion, _ := root["apiVersion"].(string)
	kind, _ := root["kind"].(string)
	decode := decodeObject
	switch {
	case kind == "ConfigMap" && apiVersion == "v1":
		decode = decodeConfigMap
	case kind != Kind || apiVersion != APIVersion:
		return nil, finding.List{ruleField.At(finding.Object{}, "kind",
			fmt.Sprintf("the configuration is a %s of %s, not a %s of %s", shown(kind), shown(apiVersion), Kind, APIVersion),
			fmt.Sprintf("write apiVersion: %s and kind: %s, or use a ConfigMap of v1", APIVersion, Kind))}
	}
	settings, names, findings := decode(root)
	if findings.HasErrors() {
		return nil, findings
	}
	settings.setDefaults()
	if findings = validate(settings, names); findings.HasErrors() {
		return nil, findings
	}
	return settings, findings
}

// parse returns the one object that document holds.
func parse(document []byte) (map[string]any, error) {
	data, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, err
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	switch {
	case value == nil:
		return nil, errors.New("it is empty")
	case !ok:
		return nil, errors.New("it is not an object with apiVersion and kind")
	case hasSecondDocument(document):
		return nil, errors.New("it has more than one document")
	}
	return root, nil
}

// hasSecondDocument says whether something follows the first document: the decoder would pass over it without a word.
func hasSecondDocument(document []byte) bool {
	decoder := kyaml.NewDecoder(bytes.NewReader(document))
	for first := true; ; first = false {
		var value any
		if err := decoder.Decode(&value); err != nil {
			return !first && !errors.Is(err, io.EOF)
		}
		if !first && value != nil {
			return true
		}
	}
}

func shown(text string) string {
	if text == "" {
		return `""`
	}
	return text
}

// store checks the shape of root, which stands at path, strictly, for what the program does not know, somebody believes
// that it does, and then stores root in target.
func store(path string, root any, noun string, target any) finding.List {
	s := shape{noun: noun}
	s.check(path, root, reflect.TypeOf(target))
	if len(s.findings) > 0 {
		return s.findings
	}
	data, err := json.Marshal(root)
	if err == nil {
		err = json.Unmarshal(data, target)
	}
	if err != nil {
		return finding.List{Unreadable(err)}
	}
	return nil
}

func decodeObject(root map[string]any) (*Config, fieldNames, finding.List) {
	config := &Config{}
	taken, findings := takeControllerSettings(root)
	if findings = append(findings, store("", root, "field", config)...); findings.HasErrors() {
		return nil, nil, findings
	}
	for i := range config.Spec.IngressClasses {
		config.Spec.IngressClasses[i].Settings = taken[element("spec.ingressClasses", i)]
	}
	if config.Spec.Gateway != nil {
		config.Spec.Gateway.Settings = taken["spec.gateway"]
	}
	return config, nil, nil
}

// takeControllerSettings takes the settings that stand under a controller's id out of the classes and the Gateway, and returns them by
// the path of these: their types are not known here. Settings under another controller's id would have no effect, and are reported.
func takeControllerSettings(root map[string]any) (map[string]json.RawMessage, finding.List) {
	spec, _ := root["spec"].(map[string]any)
	classes, _ := spec["ingressClasses"].([]any)
	taken := map[string]json.RawMessage{}
	s := shape{noun: "field"}
	for i, class := range classes {
		takeSettings(element("spec.ingressClasses", i), class, taken, &s)
	}
	takeSettings("spec.gateway", spec["gateway"], taken, &s)
	return taken, s.findings
}

// takeSettings takes the settings of a class or Gateway, which stands at path.
func takeSettings(path string, served any, taken map[string]json.RawMessage, s *shape) {
	fields, _ := served.(map[string]any)
	controller, _ := fields["controller"].(string)
	for _, id := range ControllerIDs {
		settings, present := fields[id]
		if !present {
			continue
		}
		delete(fields, id)
		own := join(path, id)
		if id != controller {
			s.report(own, fmt.Sprintf("settings of %s beside a controller that is %s", id, shown(controller)), "remove them, or correct the controller")
			continue
		}
		if s.check(own, settings, reflect.TypeFor[map[string]any]()); settings != nil {
			taken[path], _ = json.Marshal(settings)
		}
	}
}

// DecodeSettings stores the settings of the class in target, which holds their defaults. It is as strict as Decode, and
// says in its findings that the settings stand at path.
func (c IngressClass) DecodeSettings(path string, target any) finding.List {
	var root any
	if err := json.Unmarshal(c.Settings, &root); c.Settings != nil && err != nil {
		return finding.List{Unreadable(err)}
	}
	return store(path, root, "field", target)
}

// configMap is the flat form as it arrives.
type configMap struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]any    `json:"metadata"`
	Immutable  bool              `json:"immutable"`
	Data       map[string]string `json:"data"`
	BinaryData map[string]any    `json:"binaryData"`
}

// decodeConfigMap reads the flat form.
func decodeConfigMap(root map[string]any) (*Config, fieldNames, finding.List) {
	var flat configMap
	if findings := store("", root, "key", &flat); findings.HasErrors() {
		return nil, nil, findings
	}
	s := shape{noun: "key"}
	for _, key := range sortedKeys(flat.BinaryData) {
		s.report("binaryData."+key, "is not read", "move the value to data")
	}
	config := &Config{APIVersion: APIVersion, Kind: Kind, Spec: Spec{IngressClasses: make([]IngressClass, 1)}}
	fields := config.flatFields()
	known := sortedKeys(fields)
	for _, key := range sortedKeys(flat.Data) {
		field, ok := fields[key]
		if !ok {
			s.unknown("data."+key, key, known, known)
			continue
		}
		*field = strings.TrimSpace(flat.Data[key])
	}
	config.Spec.Access.Groups = splitList(flat.Data["groups"])
	return config, configMapNames, s.findings
}

// flatFields returns the fields by the keys of the flat form. The groups, which are a list, are split apart later.
func (c *Config) flatFields() map[string]*string {
	spec, class := &c.Spec, &c.Spec.IngressClasses[0]
	return map[string]*string{
		"subdomain": &spec.Subdomain, "ingressClass": &class.Name, "controller": &class.Controller, "tlsSecretName": &spec.TLS.SecretName,
		"authURL": &spec.Auth.URL, "signInURL": &spec.Auth.SignInURL, "annotationDomain": &spec.AnnotationDomain,
		"defaultNamespace": &spec.DefaultNamespace, "verify": &spec.Verify.Mode, "groups": new(string),
	}
}

func splitList(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	entries := strings.Split(text, ",")
	for i := range entries {
		entries[i] = strings.TrimSpace(entries[i])
	}
	return entries
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
	"spec.tls.secretName": "data.tlsSecretName", "spec.auth.url": "data.authURL", "spec.auth.signInURL": "data.signInURL",
	"spec.access.groups": "data.groups", "spec.annotationDomain": "data.annotationDomain", "spec.defaultNamespace": "data.defaultNamespace",
	"spec.verify.mode": "data.verify",
}

// of returns the name of the field at path as the user wrote it. The elements of a list share the name of the list.
func (n fieldNames) of(path string) string {
	if name, ok := n[path]; ok {
		return name
	}
	list, _, _ := strings.Cut(path, "[")
	if name, ok := n[list]; ok {
		return name
	}
	return path
}

// element is the path of one element of a list.
func element(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
