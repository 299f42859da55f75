package manifest

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

var (
	openPath = finding.Rule{Code: "PE201", Severity: finding.Error, Title: "private path reachable without sign-in"}
	notice   = finding.Rule{Code: "PE901", Severity: finding.Info, Title: "endpoint"}
	admin    = finding.Object{APIVersion: "networking.k8s.io/v1", Kind: "Ingress", Namespace: "cindy", Name: "admin"}
)

// TestResults holds the form of the KRM functions specification: severities by name, the code in the tags, a field only
// together with an object. The types are those that hosts read Results with.
func TestResults(t *testing.T) {
	reference := &yaml.ResourceIdentifier{
		TypeMeta: yaml.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "Ingress"}, NameMeta: yaml.NameMeta{Name: "admin", Namespace: "cindy"},
	}
	tags := func(code string) map[string]string {
		return map[string]string{"code": code, "source": "private-endpoints"}
	}
	tests := map[string]struct {
		finding finding.Finding
		want    framework.Result
	}{
		"error": {
			openPath.At(admin, "spec.rules[0]", "a cause", "a remedy"),
			framework.Result{
				Message: "a cause; hint: a remedy", Severity: framework.Error, ResourceRef: reference, Field: &framework.Field{Path: "spec.rules[0]"},
				Tags: tags("PE201"),
			},
		},
		"warning without a remedy": {
			openPath.At(admin, "spec.rules[0]", "a cause", "").As(finding.Warning),
			framework.Result{
				Message: "a cause", Severity: framework.Warning, ResourceRef: reference, Field: &framework.Field{Path: "spec.rules[0]"}, Tags: tags("PE201"),
			},
		},
		"information without a field": {
			notice.At(admin, "", "a cause", ""),
			framework.Result{Message: "a cause", Severity: framework.Info, ResourceRef: reference, Tags: tags("PE901")},
		},
		"waived": {
			finding.Finding{Code: "PE201", Severity: finding.Error, Object: admin, Cause: "a cause", Waived: "a reason", Remedy: "a remedy"},
			framework.Result{Message: "a cause; waived: a reason; hint: a remedy", Severity: framework.Info, ResourceRef: reference, Tags: tags("PE201")},
		},
		"field of the configuration": {
			openPath.At(finding.Object{}, "spec.tls", "a cause", "a remedy"),
			framework.Result{Message: "spec.tls: a cause; hint: a remedy", Severity: framework.Error, Tags: tags("PE201")},
		},
		"nothing but a cause": {
			openPath.At(finding.Object{}, "", "a cause", ""),
			framework.Result{Message: "a cause", Severity: framework.Error, Tags: tags("PE201")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, framework.Results{&test.want}, resultsOf(t, test.finding))
		})
	}
}

func TestResultsPutErrorsFirst(t *testing.T) {
	results := resultsOf(t, notice.At(admin, "", "first", ""), openPath.At(admin, "", "second", ""))
	require.Equal(t, []string{"second", "first"}, []string{results[0].Message, results[1].Message})
	require.Empty(t, resultsOf(t))
}

func resultsOf(t *testing.T, findings ...finding.Finding) framework.Results {
	t.Helper()
	set := read(t, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n")
	set.SetResults(findings)
	var list struct {
		APIVersion, Kind string
		Items            []any
		Results          framework.Results
	}
	require.NoError(t, sigsyaml.UnmarshalStrict([]byte(written(t, set)), &list))
	return list.Results
}
