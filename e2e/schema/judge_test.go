package schema

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// judge says of an object what an API server with this definition says of it under strict validation of fields: nothing, or
// every error. The steps are those of customresource_handler.go and registry/customresource/strategy.go of
// k8s.io/apiextensions-apiserver.
type judge struct {
	namespaced bool
	structure  *structuralschema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// judges keeps what has been built: to compile the rules of a large definition takes longer than to apply them.
var judges = map[string]*judge{}

// judgeOf builds the judge of an API version of a kind, which a release of its module must serve.
func (d definition) judgeOf(release, apiVersion string) (*judge, error) {
	key := d.module + "@" + release + "/" + d.file + "/" + d.kind + "/" + apiVersion
	if known := judges[key]; known != nil {
		return known, nil
	}
	stored, err := d.load(release)
	if err != nil {
		return nil, err
	}
	for _, version := range stored.Spec.Versions {
		if version.Name != apiVersion || !version.Served {
			continue
		}
		built, err := newJudge(stored, version)
		judges[key] = built
		return built, err
	}
	return nil, fmt.Errorf("%s %s does not serve %s/%s", d.kind, release, d.group, apiVersion)
}

// load reads the definition out of its file, which may hold others.
func (d definition) load(release string) (*apiextensionsv1.CustomResourceDefinition, error) {
	data, err := d.read(release)
	if err != nil {
		return nil, err
	}
	for document := range bytes.SplitSeq(data, []byte("\n---\n")) {
		if !bytes.Contains(document, []byte("\n    kind: "+d.kind+"\n")) {
			continue
		}
		stored := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(document, stored); err != nil {
			return nil, fmt.Errorf("%s: %w", d.file, err)
		}
		if stored.Spec.Group == d.group && stored.Spec.Names.Kind == d.kind {
			apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&stored.Spec)
			return stored, nil
		}
	}
	return nil, fmt.Errorf("%s of %s has no %s.%s", d.file, release, d.kind, d.group)
}

func newJudge(stored *apiextensionsv1.CustomResourceDefinition, version apiextensionsv1.CustomResourceDefinitionVersion) (*judge, error) {
	if stored.Spec.PreserveUnknownFields {
		return nil, errors.New("the definition keeps unknown fields")
	}
	properties := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, properties, nil); err != nil {
		return nil, err
	}
	structure, err := structuralschema.NewStructural(properties)
	if err != nil {
		return nil, err
	}
	if err := structuralschema.ValidateStructural(nil, structure).ToAggregate(); err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(properties)
	return &judge{
		namespaced: stored.Spec.Scope == apiextensionsv1.NamespaceScoped,
		structure:  structure,
		validator:  validator,
		rules:      cel.NewValidator(structure, true, celconfig.PerCallLimit),
	}, err
}

// errors returns what is wrong with an object, or nil. The object stays as it is.
func (j *judge) errors(given *unstructured.Unstructured) error {
	object := given.DeepCopy()
	if j.namespaced && object.GetNamespace() == "" {
		object.SetNamespace("default") // as kubectl does
	}
	_, _, unknown, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return err
	}
	tracked := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	unknown = append(unknown, pruning.PruneWithOptions(object.Object, j.structure, true, tracked)...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, j.structure)
	coercion, inner := objectmeta.CoerceWithOptions(nil, object.Object, j.structure, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if coercion != nil {
		return coercion
	}
	defaulting.Default(object.Object, j.structure)
	var problems field.ErrorList
	for _, path := range append(unknown, inner...) {
		problems = append(problems, field.Forbidden(field.NewPath(path), "unknown field"))
	}
	return append(problems, j.invalid(object)...).ToAggregate()
}

func (j *judge) invalid(object *unstructured.Unstructured) field.ErrorList {
	problems := apivalidation.ValidateObjectMetaAccessor(object, j.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
	problems = append(problems, validation.ValidateCustomResource(nil, object.Object, j.validator)...)
	problems = append(problems, objectmeta.Validate(nil, object.Object, j.structure, false)...)
	problems = append(problems, listtype.ValidateListSetsAndMaps(nil, j.structure, object.Object)...)
	if len(problems) > 0 || j.rules == nil {
		return problems
	}
	broken, _ := j.rules.Validate(context.Background(), nil, j.structure, object.Object, nil, celconfig.RuntimeCELCostBudget)
	return broken
}
