package main

import (
	"encoding/json"
	"os"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// applicationsCommand prints the Applications of an ApplicationSet with list generators.
func applicationsCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "applications APPLICATIONSET",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			data, err := os.ReadFile(arguments[0])
			if err != nil {
				return err
			}
			var set v1alpha1.ApplicationSet
			if err := yaml.UnmarshalStrict(data, &set); err != nil {
				return err
			}
			manifests, err := applications(&set)
			if err != nil {
				return err
			}
			return write(command.OutOrStdout(), manifests)
		},
	}
}

func applications(set *v1alpha1.ApplicationSet) ([]string, error) {
	var manifests []string
	for _, generator := range set.Spec.Generators {
		for _, element := range generator.List.Elements {
			var parameters map[string]any
			if err := json.Unmarshal(element.Raw, &parameters); err != nil {
				return nil, err
			}
			application, err := (&utils.Render{}).RenderTemplateParams(template(set), set.Spec.SyncPolicy, parameters, set.Spec.GoTemplate, set.Spec.GoTemplateOptions)
			if err != nil {
				return nil, err
			}
			manifest, err := json.Marshal(application)
			if err != nil {
				return nil, err
			}
			manifests = append(manifests, string(manifest))
		}
	}
	return manifests, nil
}

func template(set *v1alpha1.ApplicationSet) *v1alpha1.Application {
	return &v1alpha1.Application{
		TypeMeta: metav1.TypeMeta{APIVersion: v1alpha1.SchemeGroupVersion.String(), Kind: "Application"},
		ObjectMeta: metav1.ObjectMeta{
			Name: set.Spec.Template.Name, Namespace: set.Namespace,
			Labels: set.Spec.Template.Labels, Annotations: set.Spec.Template.Annotations, Finalizers: set.Spec.Template.Finalizers,
		},
		Spec: set.Spec.Template.Spec,
	}
}
