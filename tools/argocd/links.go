package main

import (
	"fmt"
	"io"
	_ "unsafe" // for go:linkname

	"github.com/argoproj/argo-cd/gitops-engine/v3/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/controller/cache"
	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// populateNodeInfo is where the application controller reads what the user interface shows of an object. Argo CD does not export it, and
// what calls it needs a cluster.
//
//go:linkname populateNodeInfo github.com/argoproj/argo-cd/v3/controller/cache.populateNodeInfo
func populateNodeInfo(object *unstructured.Unstructured, info *cache.ResourceInfo, customLabels []string)

// linksCommand prints the links of the objects on stdin, one a line, behind kind and name.
func linksCommand() *cobra.Command {
	return &cobra.Command{
		Use:  "links",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			input, err := io.ReadAll(command.InOrStdin())
			if err != nil {
				return err
			}
			objects, err := kube.SplitYAML(input)
			if err != nil {
				return err
			}
			for _, object := range objects {
				var info cache.ResourceInfo
				populateNodeInfo(object, &info, nil)
				if info.NetworkingInfo == nil {
					continue
				}
				for _, link := range info.NetworkingInfo.ExternalURLs {
					fmt.Fprintf(command.OutOrStdout(), "%s %s: %s\n", object.GetKind(), object.GetName(), link)
				}
			}
			return nil
		},
	}
}
