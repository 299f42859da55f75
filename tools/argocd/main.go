// Command argocd is the parts of the real Argo CD that turn an Application into manifests and links, pinned by the go.mod beside it. The
// tests of docs/argocd.md run it. It is a module of its own because Argo CD needs a newer Go than this repository, and modules without number.
package main

import (
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-cmp-server/commands"
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
)

func main() {
	logrus.SetLevel(logrus.ErrorLevel)
	root := &cobra.Command{Use: "argocd", SilenceUsage: true}
	// What the sidecar of a plugin runs, as it is.
	root.AddCommand(commands.NewCommand())
	root.AddCommand(checkCommand(), applicationsCommand(), renderCommand(), linksCommand())
	if root.Execute() != nil {
		os.Exit(1)
	}
}
