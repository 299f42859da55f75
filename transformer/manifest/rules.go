package manifest

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// The rules about the input as a whole. An input that breaks one of them cannot be taken apart safely, so nothing of it
// is read.
var (
	ruleNoInput = finding.Rule{
		Code: "PE106", Severity: finding.Error, Title: "no input",
	}
	ruleEncoding = finding.Rule{
		Code: "PE107", Severity: finding.Error, Title: "input is not UTF-8",
	}
	ruleDirective = finding.Rule{
		Code: "PE108", Severity: finding.Error, Title: "YAML directive in the input",
	}
	ruleResourceList = finding.Rule{
		Code: "PE109", Severity: finding.Error, Title: "ResourceList that cannot be read",
	}
)
