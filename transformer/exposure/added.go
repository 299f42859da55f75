package exposure

import "strings"

// anyValue stands for every value of a label, or for every number behind what comes before it. No label can hold it.
const anyValue = "*"

// addedLabels are the labels that controllers give the Pods of a workload beside those of its template, by kind:
// https://kubernetes.io/docs/reference/labels-annotations-taints/ and, for Argo and Kruise, the constants of their APIs. %s is the name of
// the workload.
var addedLabels = map[string]map[string]string{
	"StatefulSet": {
		podName: "%s-" + anyValue, "apps.kubernetes.io/pod-index": anyValue, revisionHash: anyValue,
	},
	"Deployment": {templateHash: anyValue},
	"ReplicaSet": {templateHash: anyValue},
	"Rollout":    {rolloutHash: anyValue},
	"DaemonSet":  {revisionHash: anyValue},
	"CloneSet":   {revisionHash: anyValue},
	"Job":        {legacyJobName: "%s", jobName: "%s"},
	"CronJob":    {legacyJobName: "%s-" + anyValue, jobName: "%s-" + anyValue},
}

const (
	podName       = "statefulset.kubernetes.io/pod-name"
	templateHash  = "pod-template-hash"
	rolloutHash   = "rollouts-pod-template-hash"
	revisionHash  = "controller-revision-hash"
	jobName       = "batch.kubernetes.io/job-name"
	legacyJobName = "job-name"
)

// isAddedLabel says whether a controller may write the label, so that no template shows its value.
func isAddedLabel(key string) bool {
	for _, labels := range addedLabels {
		if labels[key] != "" {
			return true
		}
	}
	return false
}

// addLabels enters the labels that controllers give the Pods of a workload of this kind and name.
func addLabels(labels map[string]string, kind, name string) {
	for key, value := range addedLabels[kind] {
		labels[key] = strings.ReplaceAll(value, "%s", name)
	}
}

// mayBe says whether a label whose value is present, which may hold anyValue, may have the value that is wanted.
func mayBe(present, wanted string) bool {
	start, open := strings.CutSuffix(present, anyValue)
	if !open {
		return present == wanted
	}
	number, found := strings.CutPrefix(wanted, start)
	return found && (start == "" || number != "" && isNumber(number))
}
