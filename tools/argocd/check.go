package main

import (
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/gitops-engine/v3/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/cmpserver/plugin"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// types are those into which objects are decoded, by their kind.
var types = map[string]func() any{
	"AppProject":             func() any { return &v1alpha1.AppProject{} },
	"Application":            func() any { return &v1alpha1.Application{} },
	"ApplicationSet":         func() any { return &v1alpha1.ApplicationSet{} },
	"ConfigManagementPlugin": func() any { return &plugin.PluginConfig{} },
	"ConfigMap":              func() any { return &corev1.ConfigMap{} },
	"Deployment":             func() any { return &appsv1.Deployment{} },
}

// checkCommand decodes every object of these files strictly. Of other kinds than the listed there may be none.
func checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "check FILE...",
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, files []string) error {
			for _, file := range files {
				if err := check(file); err != nil {
					return fmt.Errorf("%s: %w", file, err)
				}
			}
			return nil
		},
	}
}

func check(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	documents, err := kube.SplitYAMLToString(data)
	if err != nil {
		return err
	}
	if len(documents) == 0 {
		return fmt.Errorf("no object")
	}
	for _, document := range documents {
		var head struct{ Kind string }
		if err := yaml.Unmarshal([]byte(document), &head); err != nil {
			return err
		}
		newObject := types[head.Kind]
		if newObject == nil {
			return fmt.Errorf("kind %q has no type here", head.Kind)
		}
		object := newObject()
		if err := yaml.UnmarshalStrict([]byte(document), object); err != nil {
			return err
		}
		if configuration, ok := object.(*plugin.PluginConfig); ok {
			if err := plugin.ValidatePluginConfig(*configuration); err != nil {
				return err
			}
		}
	}
	return nil
}
