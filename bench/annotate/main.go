// Command annotate is what people write with kyaml's framework: a function that sets one annotation on every object.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func main() {
	annotate := framework.ResourceListProcessorFunc(func(list *framework.ResourceList) error {
		for _, item := range list.Items {
			if err := item.PipeE(yaml.SetAnnotation("example.com/seen", "true")); err != nil {
				return err
			}
		}
		return nil
	})
	if err := framework.Execute(annotate, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
