// Command kubectl is the real kubectl, pinned by the go.mod beside it. The continuous integration builds it
// where the machine has none. It is a module of its own because kubectl embeds an older kustomize than the
// one that this repository tests with, and one module can hold only one version.
package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
