package verify

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// The rules about waivers.
var (
	// WrongWaiver is a waiver that says nothing that can be followed.
	WrongWaiver = finding.Rule{
		Code: "PE170", Severity: finding.Error, Title: "waiver not valid",
		Cause: "A waiver names no code or an unknown one, gives no reason, or names a finding that cannot be waived: what is wrong with the intent or " +
			"with the protection of an endpoint itself must be corrected. Such a waiver is never followed.",
		Remedy: "Write \"CODE: reason; CODE: reason\", with codes from PE200 to PE799.",
		Example: privateStart + asksGroup + `    private-endpoints.dev/waive: "PE161: we know"
` + privateEnd,
	}
	// UnusedWaiver is a waiver of what nobody found.
	UnusedWaiver = finding.Rule{
		Code: "PE171", Severity: finding.Warning, Title: "waiver without effect",
		Cause: "A waiver accepts a finding that nobody found on this object. It is out of date, or stands on the wrong object; left in " +
			"place, it would accept a leak that comes later.",
		Remedy: "Remove it from the annotation, or move it to the object that opens the door, in the namespace of the private endpoint.",
		Example: privateStart + asksGroup + `    private-endpoints.dev/waive: "PE203: the health check is public"
` + privateEnd,
	}
)

// waivers are what people have accepted, by the object that carries the waiver and the code.
type waivers struct {
	byItem   map[*manifest.Item][]*waiver
	inOrder  []*waiver
	findings finding.List
}

type waiver struct {
	item         *manifest.Item
	code, reason string
	used         bool
	// elsewhere says that such a finding is about an endpoint of another namespace, which nobody here can accept.
	elsewhere bool
}

// readWaivers reads the waivers of a set: "PE203: reason; PE204: reason".
func readWaivers(set *manifest.Set, ignore bool) *waivers {
	w := &waivers{byItem: map[*manifest.Item][]*waiver{}}
	if ignore {
		return w
	}
	for _, item := range set.Items() {
		if !item.Contains(endpoint.AnnotationWaive) {
			continue
		}
		if text, ok := item.Annotation(endpoint.AnnotationWaive); ok {
			w.read(item, text)
		}
	}
	return w
}

func (w *waivers) read(item *manifest.Item, text string) {
	refuse := func(cause, remedy string) {
		w.findings = append(w.findings, WrongWaiver.At(item.Object(), "metadata.annotations["+endpoint.AnnotationWaive+"]", cause, remedy))
	}
	entries := slices.DeleteFunc(strings.Split(text, ";"), func(entry string) bool { return strings.TrimSpace(entry) == "" })
	if len(entries) == 0 {
		refuse("is empty", `write "CODE: reason"`)
	}
	for _, entry := range entries {
		code, reason, _ := strings.Cut(entry, ":")
		code, reason = strings.TrimSpace(code), strings.TrimSpace(reason)
		switch {
		case !isCode(code):
			refuse(fmt.Sprintf("%q is not a code of a finding", code), `write "CODE: reason; CODE: reason"`)
		case waivable(code) && !knownCodes()[code]:
			refuse(fmt.Sprintf("no finding has the code %s", code), "take the code from the finding")
		case !waivable(code):
			refuse(fmt.Sprintf("%s cannot be waived", code), "only the codes PE200 to PE799 can: correct what the finding is about")
		case reason == "":
			refuse(fmt.Sprintf("%s is waived without a reason", code), "write the reason after a colon")
		case codeInside.MatchString(reason):
			refuse(fmt.Sprintf("the reason for %s holds another code with a colon, which it would swallow", code), `separate entries by a semicolon: "CODE: reason; CODE: reason"`)
		default:
			accepted := &waiver{item: item, code: code, reason: reason}
			w.byItem[item] = append(w.byItem[item], accepted)
			w.inOrder = append(w.inOrder, accepted)
		}
	}
}

// codeInside finds the beginning of an entry where a reason should be.
var codeInside = regexp.MustCompile(`\bPE[0-9]{3}\s*:`)

func isCode(code string) bool {
	number, ok := strings.CutPrefix(code, "PE")
	return ok && len(number) == 3 && strings.Trim(number, "0123456789") == ""
}

// knownCodes are those of all rules that a waiver can be about.
func knownCodes() map[string]bool {
	known := map[string]bool{}
	for _, rule := range slices.Concat(controller.Rules(), exposure.Rules(), Rules()) {
		known[rule.Code] = true
	}
	return known
}

func waivable(code string) bool { return code >= "PE200" && code < "PE800" }

// reason returns the reason with which a finding about item is waived, empty where it is not. Only the namespace of the
// endpoint can accept what opens it.
func (w *waivers) reason(item *manifest.Item, found finding.Finding, sameNamespace bool) string {
	if !waivable(found.Code) {
		return ""
	}
	for _, accepted := range w.byItem[item] {
		switch {
		case accepted.code != found.Code:
		case sameNamespace:
			accepted.used = true
			return accepted.reason
		default:
			accepted.elsewhere = true
		}
	}
	return ""
}

// refused reports a waiver of a finding about item that cannot be waived here, although its code can be elsewhere: nobody can accept
// for a private endpoint that it is not private.
func (w *waivers) refused(item *manifest.Item, found finding.Finding) (finding.Finding, bool) {
	if w.reason(item, found, true) == "" {
		return finding.Finding{}, false
	}
	return WrongWaiver.At(item.Object(), "metadata.annotations["+endpoint.AnnotationWaive+"]",
		fmt.Sprintf("%s cannot be waived here: it leaves the private endpoint itself open", found.Code), "correct what the finding is about"), true
}

// unused reports the waivers that nothing needed.
func (w *waivers) unused() finding.List {
	var findings finding.List
	for _, accepted := range w.inOrder {
		if accepted.used {
			continue
		}
		cause, remedy := fmt.Sprintf("%s is waived and was not found here", accepted.code), "remove it from the annotation"
		if accepted.elsewhere {
			cause = fmt.Sprintf("%s is waived and was found for a private endpoint of another namespace, which nobody here can accept", accepted.code)
			remedy = "remove it from the annotation, and mend what was found"
		}
		findings = append(findings, UnusedWaiver.At(accepted.item.Object(), "metadata.annotations["+endpoint.AnnotationWaive+"]", cause, remedy))
	}
	return findings
}
