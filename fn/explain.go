package fn

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

const explainHelp = `Explain the code of a finding: when it is reported, what could happen, what to do, and an example of what it reports.

The page docs/findings.md of the repository has all of them.`

func (p Process) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain CODE",
		Short:   "Explain the code of a finding",
		Long:    explainHelp,
		Example: "  private-endpoints explain PE201",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return advise("the code stands before a finding: private-endpoints explain PE201", "explain takes one code of a finding")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, arguments []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(arguments) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var codes []cobra.Completion
			for _, rule := range transformer.Rules() {
				codes = append(codes, cobra.CompletionWithDesc(rule.Code, rule.Title))
			}
			return codes, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, arguments []string) error {
			rule, err := ruleOf(arguments[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.Stdout, explanation(rule))
			return err
		},
	}
}

// ruleOf returns the rule with a code, whatever the case of its letters.
func ruleOf(code string) (finding.Rule, error) {
	rules := transformer.Rules()
	wanted := strings.ToUpper(code)
	index := slices.IndexFunc(rules, func(rule finding.Rule) bool { return rule.Code == wanted })
	if index < 0 {
		return finding.Rule{}, advise("the nearest are "+strings.Join(nearestCodes(rules, wanted), ", "), "%q is not the code of a finding", code)
	}
	return rules[index], nil
}

// nearestCodes returns the five codes that the fewest changes make of code, those that begin alike first, in their order.
func nearestCodes(rules []finding.Rule, code string) []string {
	slices.SortStableFunc(rules, func(a, b finding.Rule) int {
		return cmp.Or(
			cmp.Compare(levenshtein.ComputeDistance(a.Code, code), levenshtein.ComputeDistance(b.Code, code)),
			cmp.Compare(commonStart(b.Code, code), commonStart(a.Code, code)),
		)
	})
	var nearest []string
	for _, rule := range rules[:5] {
		nearest = append(nearest, rule.Code)
	}
	slices.Sort(nearest)
	return nearest
}

// commonStart returns the number of bytes with which both texts begin.
func commonStart(a, b string) int {
	length := 0
	for length < len(a) && length < len(b) && a[length] == b[length] {
		length++
	}
	return length
}

// width is the length of a line that fits into every terminal.
const width = 80

// explanation is a rule as a person reads it.
func explanation(rule finding.Rule) string {
	return fmt.Sprintf("%s %s: %s\n\n%s\n\nRemedy:\n\n%s\n\nExample:\n\n%s",
		rule.Severity, rule.Code, rule.Title, wrap(rule.Cause), wrap(rule.Remedy), indent(rule.Example))
}

// wrap breaks a text into lines between its words.
func wrap(text string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
