package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/reposerver/apiclient"
	"github.com/argoproj/argo-cd/v3/reposerver/repository"
	"github.com/argoproj/argo-cd/v3/util/git"
	utilio "github.com/argoproj/argo-cd/v3/util/io"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"
	"sigs.k8s.io/yaml"
)

// renderCommand prints the manifests that the repo server makes of an Application: through a plugin whose socket is in the folder that
// ARGOCD_PLUGINSOCKFILEPATH names, or with kustomize.
func renderCommand() *cobra.Command {
	var repositoryRoot, buildOptions string
	command := &cobra.Command{
		Use:  "render --repository DIR APPLICATION",
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			data, err := os.ReadFile(arguments[0])
			if err != nil {
				return err
			}
			var application v1alpha1.Application
			if err := yaml.UnmarshalStrict(data, &application); err != nil {
				return err
			}
			if repositoryRoot, err = filepath.Abs(repositoryRoot); err != nil {
				return err
			}
			response, err := repository.GenerateManifests(command.Context(),
				filepath.Join(repositoryRoot, application.Spec.Source.Path), repositoryRoot, application.Spec.Source.TargetRevision,
				request(&application, buildOptions), true, git.NoopCredsStore{}, resource.MustParse("0"), utilio.NewRandomizedTempPaths(os.TempDir()))
			if err != nil {
				return err
			}
			return write(command.OutOrStdout(), response.Manifests)
		},
	}
	command.Flags().StringVar(&repositoryRoot, "repository", ".", "folder with a copy of the repository")
	command.Flags().StringVar(&buildOptions, "build-options", "", "kustomize.buildOptions of argocd-cm")
	return command
}

// request is what the application controller asks the repo server for.
func request(application *v1alpha1.Application, buildOptions string) *apiclient.ManifestRequest {
	return &apiclient.ManifestRequest{
		AppName:           application.Name,
		Namespace:         application.Spec.Destination.Namespace,
		ProjectName:       application.Spec.GetProject(),
		ApplicationSource: application.Spec.Source,
		Repo:              &v1alpha1.Repository{Repo: application.Spec.Source.RepoURL},
		KustomizeOptions:  &v1alpha1.KustomizeOptions{BuildOptions: buildOptions},
		KubeVersion:       "1.36.0",
	}
}

func write(output io.Writer, manifests []string) error {
	for _, manifest := range manifests {
		text, err := yaml.JSONToYAML([]byte(manifest))
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(output, "---\n%s", text); err != nil {
			return err
		}
	}
	return nil
}
