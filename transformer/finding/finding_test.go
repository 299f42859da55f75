package finding

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	admin  = Object{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Namespace: "cindy", Name: "admin"}
	rule   = Rule{Code: "PE201", Severity: Error, Title: "private path reachable without sign-in"}
	notice = Rule{Code: "PE901", Severity: Info, Title: "endpoint"}
)

func TestRuleMakesAFinding(t *testing.T) {
	require.Equal(t, Finding{
		Code: "PE201", Severity: Error, Title: "private path reachable without sign-in",
		Object: admin, Field: "spec.rules[0]", Cause: "a cause", Remedy: "a remedy",
	}, rule.At(admin, "spec.rules[0]", "a cause", "a remedy"))
}

func TestFindingAsAnotherSeverity(t *testing.T) {
	original := rule.At(admin, "", "a cause", "")
	lighter := original.As(Warning)
	require.Equal(t, Warning, lighter.Severity)
	require.Equal(t, "PE201", lighter.Code)
	require.Equal(t, Error, original.Severity, "the original stays")
}

func TestFindingString(t *testing.T) {
	tests := map[string]struct {
		finding Finding
		want    string
	}{
		"object and field":    {rule.At(admin, "spec.rules[0]", "a cause", "a remedy"), "Ingress cindy/admin: spec.rules[0]: a cause"},
		"no field":            {rule.At(admin, "", "a cause", ""), "Ingress cindy/admin: a cause"},
		"no namespace":        {rule.At(Object{Kind: "Service", Name: "api"}, "", "a cause", ""), "Service api: a cause"},
		"no kind":             {rule.At(Object{Name: "api"}, "", "a cause", ""), "api: a cause"},
		"configuration":       {rule.At(Object{}, "spec.tls", "a cause", ""), "spec.tls: a cause"},
		"the input as such":   {rule.At(Object{}, "", "a cause", ""), "a cause"},
		"object without name": {rule.At(Object{Kind: "Service"}, "", "a cause", ""), "Service: a cause"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.finding.String())
		})
	}
}

func TestListCounts(t *testing.T) {
	mistake, warning, info := rule.At(admin, "", "", ""), rule.At(admin, "", "", "").As(Warning), notice.At(admin, "", "", "")
	tests := map[string]struct {
		list                   List
		errors, warnings, info int
	}{
		"nothing":       {nil, 0, 0, 0},
		"empty":         {List{}, 0, 0, 0},
		"error":         {List{mistake}, 1, 0, 0},
		"warning":       {List{warning}, 0, 1, 0},
		"information":   {List{info, info}, 0, 0, 2},
		"error at last": {List{info, warning, warning, mistake}, 1, 2, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.errors, test.list.Count(Error))
			require.Equal(t, test.warnings, test.list.Count(Warning))
			require.Equal(t, test.info, test.list.Count(Info))
			require.Equal(t, test.errors > 0, test.list.HasErrors())
		})
	}
}

func TestSorted(t *testing.T) {
	list := List{
		notice.At(admin, "1", "", ""), rule.At(admin, "2", "", "").As(Warning), rule.At(admin, "3", "", ""),
		notice.At(admin, "4", "", ""), rule.At(admin, "5", "", ""), rule.At(admin, "6", "", "").As(Warning),
	}
	fields := func(list List) (fields []string) {
		for _, f := range list {
			fields = append(fields, f.Field)
		}
		return fields
	}
	require.Equal(t, []string{"3", "5", "2", "6", "1", "4"}, fields(list.Sorted()))
	require.Equal(t, []string{"1", "2", "3", "4", "5", "6"}, fields(list), "the list itself stays")
}

func TestWriteText(t *testing.T) {
	list := List{
		notice.At(admin, "", "private endpoint https://admin.example.com/ through class nginx", ""),
		rule.At(admin, "spec.rules[0]", "a cause", "a remedy"),
		rule.At(Object{}, "", "no configuration", "write one:\nspec:\n  a: b").As(Warning),
	}
	var output bytes.Buffer
	require.NoError(t, list.WriteText(&output))
	require.Equal(t, `error PE201: Ingress cindy/admin: spec.rules[0]: a cause
  hint: a remedy
warning PE201: no configuration
  hint: write one:
  spec:
    a: b
info PE901: Ingress cindy/admin: private endpoint https://admin.example.com/ through class nginx
`, output.String())
	output.Reset()
	require.NoError(t, List(nil).WriteText(&output))
	require.Empty(t, output.String())
}

// A name from the manifests gives no orders to a terminal, nor to the log of a CI service.
func TestWriteTextShowsWhatIsHidden(t *testing.T) {
	hostile := Object{Kind: "Service", Name: "a\n::error::b\x1b[31m\u202e\u00a0é🔒"}
	var output bytes.Buffer
	require.NoError(t, List{rule.At(hostile, "", "a cause", "write\n\x07b")}.WriteText(&output))
	require.Equal(t, `error PE201: Service a\n::error::b\x1b[31m\u202e\u00a0é🔒: a cause
  hint: write
  \ab
`, output.String())
}

// hostile is an object whose names try to begin a line of the log with a command.
var hostile = Object{
	Kind: "Service", Namespace: "cindy", Name: "a\n::error file=x::b\r::add-mask::c\x1b[2K%0A", File: "a,b:c%\n::error::d.yaml", Line: 3,
}

func TestWriteTextKeepsNamesInTheirLine(t *testing.T) {
	finding := rule.At(hostile, "", `a "cause"`, "a remedy")
	finding.Waived = "a reason\n::error::e"
	var output bytes.Buffer
	require.NoError(t, List{finding}.WriteText(&output))
	require.Equal(t, `waived PE201: Service cindy/a\n::error file=x::b\r::add-mask::c\x1b[2K%0A: a "cause"
  at: a,b:c%\n::error::d.yaml:3
  waived: a reason\n::error::e
  hint: a remedy
`, output.String())
}

func TestWriteGitHub(t *testing.T) {
	whole := rule.At(Object{File: "empty.yaml"}, "", "no input", "")
	list := List{
		rule.At(hostile, "", "100%", "one\ntwo"), whole, rule.At(admin, "spec", "a cause", "").As(Warning), notice.At(admin, "", "a cause", ""),
	}
	var output bytes.Buffer
	require.NoError(t, list.WriteGitHub(&output))
	require.Equal(t, `::error title=PE201 private path reachable without sign-in,file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ad.yaml,line=3::`+
		"Service cindy/a%0A::error file=x::b%0D::add-mask::c\x1b[2K%250A: 100%25%0Ahint: one%0Atwo"+`
::error title=PE201 private path reachable without sign-in,file=empty.yaml::no input
::warning title=PE201 private path reachable without sign-in::Ingress cindy/admin: spec: a cause
::notice title=PE901 endpoint::Ingress cindy/admin: a cause
`, output.String())
}

func TestSARIFNamesFilesAsURIReferences(t *testing.T) {
	for file, want := range map[string]string{
		"rendered/all.yaml":   "rendered/all.yaml",
		"100% öffentlich.yml": "100%25%20%C3%B6ffentlich.yml",
		"a:b#c?.yaml":         "./a:b%23c%3F.yaml",
		"/srv/all.yaml":       "file:///srv/all.yaml",
		"a\nb.yaml":           "a%0Ab.yaml",
	} {
		require.Equal(t, want, reference(file))
	}
}

// full is a writer that takes a number of writes and fails from then on.
type full struct{ left int }

var errFull = errors.New("no space left on device")

func (f *full) Write(data []byte) (int, error) {
	if f.left == 0 {
		return 0, errFull
	}
	f.left--
	return len(data), nil
}

func TestWriteTextFails(t *testing.T) {
	list := List{rule.At(admin, "", "a cause", "a remedy")}
	require.ErrorIs(t, list.WriteText(&full{0}), errFull, "in the message")
	require.ErrorIs(t, list.WriteText(&full{1}), errFull, "in the hint")
	require.NoError(t, list.WriteText(&full{2}))
}
