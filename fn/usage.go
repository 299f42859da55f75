package fn

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

// advised is an error with what to do about it.
type advised struct {
	error
	remedy string
}

func (a advised) Unwrap() error { return a.error }

// advise makes an error of a message and adds what to do about it.
func advise(remedy, format string, arguments ...any) error {
	return advised{fmt.Errorf(format, arguments...), remedy}
}

// exit explains an error on stderr, with what to do about it, and returns the exit status.
func (p Process) exit(command string, err error) int {
	var known status
	var file *fs.PathError
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &known):
		return int(known)
	case errors.As(err, &file) && file.Op == "write":
		fmt.Fprintf(p.Stderr, "private-endpoints: %v\n", err)
		return statusFindings
	}
	advice := advised{remedy: fmt.Sprintf("run %q", command+" --help")}
	errors.As(err, &advice)
	fmt.Fprintf(p.Stderr, "private-endpoints: %v\n  hint: %s\n", err, advice.remedy)
	return statusUsage
}

// adviseCalls makes a wrong call of every command end with the right one.
func adviseCalls(root *cobra.Command) {
	root.SetFlagErrorFunc(adviseFlag)
	for _, command := range root.Commands() {
		switch command.Name() {
		case "help":
			command.Args = func(_ *cobra.Command, arguments []string) error {
				found, rest, err := root.Find(arguments)
				if err == nil && found.HasSubCommands() {
					err = noArguments(found, rest)
				}
				return err
			}
		case "completion":
			command.RunE = func(*cobra.Command, []string) error { return command.Help() }
			for _, one := range append(command.Commands(), command) {
				one.Args = noArguments
			}
		}
	}
}

// noArguments refuses arguments, and proposes the command that was probably meant.
func noArguments(command *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	word := arguments[0]
	if !command.HasAvailableSubCommands() {
		return fmt.Errorf("%s takes no argument: %q", command.Name(), word)
	}
	command.SuggestionsMinimumDistance = 2
	var names []string
	for _, known := range command.Commands() {
		if known.IsAvailableCommand() {
			names = append(names, known.Name())
		}
	}
	remedy := "the commands are " + strings.Join(names, ", ")
	if meant := command.SuggestionsFor(word); len(meant) > 0 {
		remedy = didYouMean(meant)
	} else if _, err := os.Stat(word); err == nil && !command.HasParent() {
		remedy = fmt.Sprintf("manifests are read from standard input: %s --config FILE < %s", command.Name(), word)
	}
	return advise(remedy, "unknown command %q for %q", word, command.CommandPath())
}

// adviseFlag adds to the error about a flag what was probably meant.
func adviseFlag(command *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var empty *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		// A long flag with one dash is read as several short ones.
		word := cmp.Or(unknown.GetSpecifiedShortnames(), unknown.GetSpecifiedName())
		if meant := flagsLike(command, word); len(meant) > 0 {
			return advised{err, didYouMean(meant)}
		}
		if owners := ownersOf(command.Root(), word); len(owners) > 0 {
			return advised{err, fmt.Sprintf("--%s is a flag of %s", word, strings.Join(owners, ", "))}
		}
	case errors.As(err, &empty):
		return advised{err, writeFlag(empty.GetFlag())}
	}
	return err
}

// flagsLike returns the flags of a command that begin with word, or else the nearest one.
func flagsLike(command *cobra.Command, word string) []string {
	var names, meant []string
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		names = append(names, flag.Name)
		if strings.HasPrefix(flag.Name, word) {
			meant = append(meant, "--"+flag.Name)
		}
	})
	if nearest := config.Nearest(word, names); len(meant) == 0 && nearest != "" {
		meant = append(meant, "--"+nearest)
	}
	return meant
}

// ownersOf returns the commands that have a flag.
func ownersOf(root *cobra.Command, name string) []string {
	var owners []string
	for _, command := range append([]*cobra.Command{root}, root.Commands()...) {
		if command.Flags().Lookup(name) != nil {
			owners = append(owners, command.CommandPath())
		}
	}
	return owners
}

func didYouMean(meant []string) string {
	slices.Sort(meant)
	return "did you mean " + strings.Join(slices.Compact(meant), " or ") + "?"
}

// checkValue refuses a value that a flag does not take.
func checkValue(flag, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	remedy := "use one of " + strings.Join(known, ", ")
	if meant := config.Nearest(value, known); meant != "" {
		remedy = fmt.Sprintf("did you mean %s? The values are %s", meant, strings.Join(known, ", "))
	}
	return advise(remedy, "--%s %s is not known", flag, value)
}

// checkGiven refuses a flag with an empty value, as an unset variable of a script gives it: verify would compare with no
// baseline, and nobody would notice. A namespace may be unknown.
func checkGiven(command *cobra.Command) error {
	var err error
	command.Flags().Visit(func(flag *pflag.Flag) {
		if flag.Value.Type() == "string" && flag.Value.String() == "" && flag.Name != "namespace" {
			err = advise(writeFlag(flag), "--%s is empty: is a variable not set?", flag.Name)
		}
	})
	return err
}

// writeFlag shows a flag with its value.
func writeFlag(flag *pflag.Flag) string {
	value, _ := pflag.UnquoteUsage(flag)
	return fmt.Sprintf("write --%s %s", flag.Name, strings.ToUpper(value))
}

// pathError is an error about a file without the name of the system call.
func pathError(err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return fmt.Errorf("%s: %w", file.Path, file.Err)
	}
	return err
}
