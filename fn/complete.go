package fn

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete tells the shell what may follow each command and each flag.
func complete(root *cobra.Command) {
	for _, command := range append(root.Commands(), root) {
		if command.ValidArgsFunction == nil {
			command.ValidArgsFunction = cobra.NoFileCompletions
			if command.Args == nil {
				command.ValidArgsFunction = completeFiles(extensions...)
			}
		}
		command.Flags().VisitAll(func(flag *pflag.Flag) {
			// The error is that a command has told it by itself.
			_ = command.RegisterFlagCompletionFunc(flag.Name, completeFlag(flag))
		})
	}
}

// completeFlag returns what may follow a flag.
func completeFlag(flag *pflag.Flag) cobra.CompletionFunc {
	switch flag.Name {
	case "config":
		return completeFiles(extensions...)
	case "baseline":
		return completeFiles(".json")
	case "format", "color":
		// The usage ends with the values.
		_, values, _ := strings.Cut(flag.Usage, ": ")
		return cobra.FixedCompletions(strings.Split(values, ", "), cobra.ShellCompDirectiveNoFileComp)
	default:
		return cobra.NoFileCompletions
	}
}

// completeFiles completes files whose names end in one of suffixes, and the folders to them.
func completeFiles(suffixes ...string) cobra.CompletionFunc {
	var names []cobra.Completion
	for _, suffix := range suffixes {
		names = append(names, strings.TrimPrefix(suffix, "."))
	}
	return cobra.FixedCompletions(names, cobra.ShellCompDirectiveFilterFileExt)
}
