package finding

import (
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Source is the tag that every Result of this program carries, so that a later run can tell its own Results from those
// of other functions.
const Source = "private-endpoints"

// Results returns the list as the Results of the KRM functions specification. The code stands in the tags, because a
// Result has no field for it; the severity is always written, because hosts disagree on the default.
func (l List) Results() framework.Results {
	results := make(framework.Results, 0, len(l))
	for _, f := range l.Sorted() {
		results = append(results, f.result())
	}
	return results
}

func (f Finding) result() *framework.Result {
	result := &framework.Result{
		Message:  f.Cause,
		Severity: framework.Severity(f.Weight()),
		Tags:     map[string]string{"code": f.Code, "source": Source},
	}
	if f.Waived != "" {
		result.Message += "; waived: " + f.Waived
	}
	if f.Remedy != "" {
		result.Message += "; hint: " + f.Remedy
	}
	// The specification allows a field only together with a resourceRef.
	if f.Object == (Object{}) {
		if f.Field != "" {
			result.Message = f.Field + ": " + result.Message
		}
		return result
	}
	result.ResourceRef = &yaml.ResourceIdentifier{
		TypeMeta: yaml.TypeMeta{APIVersion: f.Object.APIVersion, Kind: f.Object.Kind},
		NameMeta: yaml.NameMeta{Name: f.Object.Name, Namespace: f.Object.Namespace},
	}
	if f.Field != "" {
		result.Field = &framework.Field{Path: f.Field}
	}
	return result
}
