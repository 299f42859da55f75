package manifest

import "github.com/private-endpoints/private-endpoints/transformer/finding"

// The rules about the input as a whole. An input that breaks one of them cannot be taken apart safely, so nothing of it
// is read.
var (
	ruleNoInput = finding.Rule{
		Code: "PE106", Severity: finding.Error, Title: "no input",
		Cause: "Standard input, or a file, is empty. That is what a pipe delivers when the command before it has failed: taken for a set without " +
			"objects, it would pass for a set without leaks, and a tool behind it might delete everything. A stream of comments alone is fine. " +
			"A ResourceList with nothing but the configuration in it is what kustomize sends to a generator: listed there, the function would " +
			"protect nothing, without a word.",
		Remedy: "Look at what the command before printed. In a shell script, set -o pipefail makes its failure the failure of the pipe. In a " +
			"kustomization, list the function under transformers.",
		Example: "# nothing at all, not even this line\n",
	}
	ruleEncoding = finding.Rule{
		Code: "PE107", Severity: finding.Error, Title: "input is not UTF-8",
		Cause: "The input is UTF-16, as some editors and shells of Windows write it. Kubernetes reads UTF-8, and an annotation in another encoding " +
			"would not be found. The example shows it as it looks in an editor.",
		Remedy: "Convert the input to UTF-8.",
		Example: `# saved as UTF-16
apiVersion: v1
kind: Service
metadata:
  name: hello-world
`,
	}
	ruleDirective = finding.Rule{
		Code: "PE108", Severity: finding.Error, Title: "YAML directive in the input",
		Cause: "A directive changes how the rest of a document is read: its version of YAML, or what its tags mean. Parsers follow directives " +
			"differently, so that nobody could say what the objects behind one are.",
		Remedy: "Remove the directive: Kubernetes tools need none.",
		Example: `%YAML 1.2
---
apiVersion: v1
kind: Service
metadata:
  name: hello-world
`,
	}
	ruleSeparator = finding.Rule{
		Code: "PE103", Severity: finding.Error, Title: "line that not everybody takes for a separator",
		Cause: "A line begins with ---#, which is text for YAML, and a document separator for kubectl and kustomize; or --- follows a line break that " +
			"is none for them. What is one object here is two there, or the other way round, and one of them would not be read.",
		Remedy: "Write a blank between --- and #, and line breaks as LF or CRLF.",
		Example: `apiVersion: v1
kind: ConfigMap
metadata:
  name: hello-world
---# the Service
`,
	}
	ruleResourceList = finding.Rule{
		Code: "PE109", Severity: finding.Error, Title: "ResourceList that cannot be read",
		Cause: "kustomize and kpt send a ResourceList, and nothing beside it. One with another version, with items that are no sequence, or with a " +
			"second document behind it comes from no known host, and objects in it could be passed over.",
		Remedy: "Pass one ResourceList of config.kubernetes.io/v1, or a plain stream of manifests.",
		Example: `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: {}
`,
	}
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return []finding.Rule{ruleNoInput, ruleEncoding, ruleDirective, ruleSeparator, ruleResourceList}
}
