// Command identity is the yardstick of the benchmark: the smallest function that kyaml's framework can make.
// It reads a ResourceList, changes nothing and writes it back.
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/kustomize/kyaml/fn/framework"
)

func main() {
	unchanged := framework.ResourceListProcessorFunc(func(*framework.ResourceList) error { return nil })
	if err := framework.Execute(unchanged, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
