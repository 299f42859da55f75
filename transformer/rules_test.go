package transformer_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// TestRules holds that every rule which stands in the source is listed once, and says all that a rule has to say.
func TestRules(t *testing.T) {
	var listed []string
	for _, rule := range transformer.Rules() {
		listed = append(listed, rule.Code)
		require.Regexp(t, `^PE[1-79]\d\d$`, rule.Code)
		require.Regexp(t, `^[a-zA-Z].*[^.]$`, rule.Title, rule.Code)
		for part, text := range map[string]string{"cause": rule.Cause, "remedy": rule.Remedy} {
			require.Regexp(t, `(?s)^[A-Za-z].*[.]$`, text, "%s: a %s consists of sentences", rule.Code, part)
			require.NotContains(t, text, "  ", "%s: two blanks in the %s", rule.Code, part)
		}
		require.True(t, strings.HasSuffix(rule.Example, "\n"), "%s: the example must end with a line", rule.Code)
	}
	require.Equal(t, slices.Compact(slices.Clone(listed)), listed, "a code stands for one rule")
	written := writtenCodes(t)
	slices.Sort(written)
	require.Equal(t, written, listed, "a rule of the source is not in Rules() of its package, or stands there twice")
}

// writtenCodes returns the code of every literal of a Rule in the source of the program.
func writtenCodes(t *testing.T) []string {
	t.Helper()
	var codes []string
	for _, root := range []string{".", "../fn"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			ast.Inspect(file, func(node ast.Node) bool {
				if code, ok := codeOf(node); ok {
					codes = append(codes, code)
				}
				return true
			})
			return nil
		}))
	}
	return codes
}

// codeOf returns the value of node where that is Code of a literal.
func codeOf(node ast.Node) (string, bool) {
	pair, ok := node.(*ast.KeyValueExpr)
	if !ok {
		return "", false
	}
	key, isName := pair.Key.(*ast.Ident)
	value, isText := pair.Value.(*ast.BasicLit)
	if !isName || !isText || key.Name != "Code" {
		return "", false
	}
	code, err := strconv.Unquote(value.Value)
	return code, err == nil
}

const findingsDocument = "../docs/findings.md"

// TestFindingsDocument holds docs/findings.md to the rules; -update writes it.
func TestFindingsDocument(t *testing.T) {
	want := document(transformer.Rules())
	if golden.FlagUpdate() {
		require.NoError(t, os.WriteFile(findingsDocument, []byte(want), 0o644))
	}
	got, err := os.ReadFile(findingsDocument)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "write it again: go test ./transformer -run TestFindingsDocument -update")
}

const documentHead = `# Findings

Every finding has a code that keeps its meaning. ` + "`private-endpoints explain PE201`" + ` prints the section of a code. This page is
generated from the rules of the program, and its tests run each example.

An error makes the function, and ` + "`verify`" + `, exit with status 1. Some findings are lighter or graver than their rule where the
circumstances are; the text says so. The codes PE200 to PE799 can be waived: ` + "`private-endpoints.dev/waive: \"CODE: reason\"`" + `
on the object that opens the door, in the namespace of the private endpoint.

Where an example begins with a configuration, it is judged with that, else with one in which class ` + "`nginx`" + ` belongs to
` + "`ingress-nginx`" + ` and class ` + "`traefik`" + ` to ` + "`traefik`" + `.
`

// families are the hundreds of the codes.
var families = map[byte]string{
	'1': "## PE1xx: intent, configuration and protection\n\nWhat is marked private, and cannot be made or proved so. The function and `verify` report these; " +
		"none of them can be waived.",
	'2': "## PE2xx: side doors\n\nWays around the protection that exist under any controller: another host, another Service, an open port.",
	'3': "## PE3xx: ingress-nginx\n\nAnnotations and paths with which ingress-nginx, or Traefik's provider for its annotations, lets in who should " +
		"not be, or answers before anybody is asked.",
	'4': "## PE4xx: Traefik\n\nMiddlewares and routers of Traefik.",
	'5': "## PE5xx: F5 NGINX and haproxy-ingress\n\nPolicies, snippets and annotations of these two.",
	'6': "## PE6xx: Gateway API, Envoy Gateway, Istio and Contour\n\nPolicies and filters that protect less than they seem to.",
	'7': "## PE7xx: load balancers of clouds, and other controllers\n\nSettings of AWS Load Balancer Controller, GKE, Pomerium, Skipper and their like.",
	'9': "## PE9xx: information\n\nWhat the function has chosen.",
}

// escape keeps <namespace> from being read as HTML.
var escape = strings.NewReplacer("<", "&lt;")

// document writes the page of the rules.
func document(rules []finding.Rule) string {
	var table, sections strings.Builder
	table.WriteString("\n| code | severity | what |\n|---|---|---|\n")
	var family byte
	for _, rule := range rules {
		fmt.Fprintf(&table, "| [%s](#%s) | %s | %s |\n", rule.Code, strings.ToLower(rule.Code), rule.Severity, rule.Title)
		if rule.Code[2] != family {
			family = rule.Code[2]
			fmt.Fprintf(&sections, "\n%s\n", families[family])
		}
		fmt.Fprintf(&sections, "\n### %s\n\n**%s: %s.** %s\n\n%s\n\n```yaml\n%s```\n", rule.Code, rule.Severity, rule.Title, escape.Replace(rule.Cause), escape.Replace(rule.Remedy), rule.Example)
	}
	return documentHead + table.String() + sections.String()
}
