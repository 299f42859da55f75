package fn

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"unicode"

	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// declared is the access of a URL that an annotation names: nothing in the manifests tells who gets in there.
const declared verify.Access = "declared"

// page is a listing as people see it.
type page struct {
	Rows []row
	// Hidden is how many routes annotations hide or replace, and HiddenErrors how many of these have an error.
	Hidden, HiddenErrors int
	// Elsewhere are errors that stand beside no route.
	Elsewhere finding.List
}

// row is one line of a page.
type row struct {
	Access    verify.Access
	URL       string
	Namespace string
	// Kind and Name are those of the object that asks for the endpoint.
	Kind, Name string
	Groups     []string
	Admits     string
	Controller string
	Backend    string
	Findings   finding.List

	// host and path are what rows are sorted by.
	host, path string
}

// newPage lists the routes of a report as a person wants to see them. What annotations hide and replace is there with all.
func newPage(report transformer.Report, all bool) page {
	var p page
	shown := map[finding.Finding]bool{}
	replaced := map[string]bool{}
	for _, route := range report.Routes {
		for _, found := range route.Findings {
			shown[found] = true
		}
		if !all && isLeftOut(route) {
			p.Hidden++
			if route.Findings.HasErrors() {
				p.HiddenErrors++
			}
		} else {
			p.Rows = append(p.Rows, rowOf(route))
		}
		if all || !route.Display.Hidden {
			p.addDeclared(route, report.Routes, replaced)
		}
	}
	slices.SortStableFunc(p.Rows, func(a, b row) int {
		return cmp.Or(compareNaturally(a.Namespace, b.Namespace), compareNaturally(a.host, b.host), compareNaturally(a.path, b.path))
	})
	for _, found := range report.Findings.Sorted() {
		if found.Weight() == finding.Error && !shown[found] {
			p.Elsewhere = append(p.Elsewhere, found)
		}
	}
	return p
}

// isLeftOut says whether annotations leave a route out. Other URLs in its place do not hide an alarm.
func isLeftOut(route verify.Route) bool {
	isReplaced := len(route.Display.URLs) > 0 && !slices.ContainsFunc(route.Display.URLs, func(url string) bool { return isURLOf(url, route) })
	return route.Display.Hidden || isReplaced && !route.Findings.HasErrors()
}

// isURLOf says whether a URL is that of a route, with or without the slash at its end.
func isURLOf(url string, route verify.Route) bool {
	return strings.TrimSuffix(url, "/") == strings.TrimSuffix(route.URL(), "/")
}

// addDeclared adds the URLs that an object declares, once, and not those that are its own.
func (p *page) addDeclared(route verify.Route, routes []verify.Route, known map[string]bool) {
	for _, address := range route.Display.URLs {
		object := route.Source.Object()
		key := fmt.Sprint(object, " ", address)
		isOwn := slices.ContainsFunc(routes, func(other verify.Route) bool { return other.Source == route.Source && isURLOf(address, other) })
		if known[key] || isOwn {
			continue
		}
		known[key] = true
		added := row{Access: declared, URL: address, Namespace: route.Way.Namespace, Kind: object.Kind, Name: object.Name, Admits: "not known", host: address}
		if parsed, err := url.Parse(address); err == nil && parsed.Host != "" {
			added.host, added.path = parsed.Host, parsed.Path
		}
		p.Rows = append(p.Rows, added)
	}
}

func rowOf(route verify.Route) row {
	object := route.Source.Object()
	r := row{
		Access: route.Access(), URL: route.URL(), Namespace: route.Way.Namespace, Kind: object.Kind, Name: object.Name,
		Controller: route.Controller, Findings: route.Findings, host: route.Way.Host, path: route.Way.Paths.String(),
	}
	r.Groups, r.Admits = route.Admits()
	switch {
	case route.Way.Redirects:
		r.Backend = "redirect"
	case route.Way.Port != "" && route.Way.Service != "":
		r.Backend = route.Way.Service + ":" + route.Way.Port
	default:
		r.Backend = route.Way.Service
	}
	r.Backend = strings.TrimPrefix(r.Backend, r.Namespace+"/")
	return r
}

// byPlace orders routes as people look for them: by namespace, host and path, so that what is public and what is private of one host
// stands together.
func byPlace(a, b verify.Route) int {
	return cmp.Or(
		compareNaturally(a.Way.Namespace, b.Way.Namespace), compareNaturally(a.Way.Host, b.Way.Host),
		compareNaturally(a.Way.Paths.String(), b.Way.Paths.String()),
		compareNaturally(a.Source.Object().String(), b.Source.Object().String()), compareNaturally(a.Way.Service, b.Way.Service),
		compareNaturally(a.Way.Port, b.Way.Port),
	)
}

// numbers are parted from the text around them, so that app-2 stands before app-10.
var numbers = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d+|\D+`) })

func compareNaturally(a, b string) int {
	if a == b {
		return 0
	}
	as, bs := numbers().FindAllString(a, -1), numbers().FindAllString(b, -1)
	return cmp.Or(slices.CompareFunc(as, bs, func(a, b string) int {
		if isDigit(a[0]) && isDigit(b[0]) {
			a, b := strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
			return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
		}
		return strings.Compare(a, b)
	}), strings.Compare(a, b))
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// number returns how many rows have an access.
func (p page) number(access verify.Access) int {
	count := 0
	for _, r := range p.Rows {
		if r.Access == access {
			count++
		}
	}
	return count
}

// summary counts the rows.
func (p page) summary() string {
	parts := []string{fmt.Sprintf("%d private", p.number(verify.Private)), fmt.Sprintf("%d public", p.number(verify.Public))}
	for _, access := range []verify.Access{verify.Unproved, declared} {
		if n := p.number(access); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, access))
		}
	}
	return count(len(p.Rows), "endpoint") + ": " + strings.Join(parts, ", ")
}

// hiddenText says what annotations hide; it is empty where they hide nothing.
func (p page) hiddenText() string {
	switch {
	case p.Hidden == 0:
		return ""
	case p.HiddenErrors == 0:
		return fmt.Sprintf("%d hidden by annotations: --all shows what", p.Hidden)
	default:
		return fmt.Sprintf("%d hidden by annotations, %d with errors: --all shows what", p.Hidden, p.HiddenErrors)
	}
}

// who says in words who may enter.
func (r row) who() string {
	switch len(r.Groups) {
	case 0:
		return r.Admits
	case 1:
		return "group " + r.Groups[0]
	default:
		return "groups " + strings.Join(r.Groups, ", ")
	}
}

// Object names the object that asks for the endpoint, as findings do.
func (r row) object() string {
	return finding.Object{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}.String()
}

// hasFindings says whether a person should look at the row.
func (r row) hasFindings() bool {
	return r.Findings.Count(finding.Error)+r.Findings.Count(finding.Warning) > 0
}

// weights are what the findings of a row are counted by.
var weights = []string{"error", "warning", "waived", "info"}

func weightOf(f finding.Finding) string {
	if f.Waived != "" {
		return "waived"
	}
	return string(f.Severity)
}

// findingsText counts the findings by what they mean, with their codes.
func (r row) findingsText() string {
	codes := map[string][]string{}
	for _, found := range r.Findings {
		codes[weightOf(found)] = append(codes[weightOf(found)], found.Code)
	}
	var parts []string
	for _, weight := range weights {
		if n := len(codes[weight]); n > 0 {
			number := fmt.Sprintf("%d %s", n, weight)
			if weight == "error" || weight == "warning" {
				number = count(n, weight)
			}
			parts = append(parts, number+": "+strings.Join(slices.Compact(codes[weight]), " "))
		}
	}
	return strings.Join(parts, "; ")
}

// safeURL is a URL in which every character is plain, so that it may become a link anywhere.
var safeURL = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$`)
})

// isLink says whether the URL of the row may become a link.
func (r row) isLink() bool { return safeURL().MatchString(r.URL) }

// visible writes a text so that a person sees every character in it: those that isPlain refuses as \u and four digits.
func visible(text string, isPlain func(rune) bool) string {
	var written strings.Builder
	for _, r := range text {
		if isPlain(r) {
			written.WriteRune(r)
		} else {
			written.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return written.String()
}

// isTerminalText says whether a terminal shows a character as itself, in one column.
func isTerminalText(r rune) bool { return ' ' <= r && r <= '~' }

// isPageText says whether a page shows a character as itself. Marks that turn the direction of text are none of these, nor are symbols,
// among which is the lock.
func isPageText(r rune) bool {
	return isTerminalText(r) || r > unicode.MaxASCII && unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P)
}

// symbols stand before the access in the terminal, two columns wide.
var symbols = map[verify.Access]string{verify.Private: "🔒", verify.Unproved: "❌"}

// filler follows a character that takes two columns, which tabwriter counts as one. No row holds it, and it is taken out again.
const filler = "\x00"

// writeTable writes the page for a terminal.
func (p page) writeTable(w io.Writer) error {
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	line := func(cells ...string) {
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	if len(p.Rows) > 0 {
		line("   ACCESS", "URL", "WHO MAY ENTER", "OBJECT", "BACKEND", "CONTROLLER", "FINDINGS")
	}
	for _, r := range p.Rows {
		symbol := "  "
		if s, ok := symbols[r.Access]; ok {
			symbol = s + filler
		}
		cells := []string{symbol + " " + string(r.Access)}
		for _, cell := range []string{r.URL, r.who(), r.object(), r.Backend, r.Controller, r.findingsText()} {
			cells = append(cells, visible(cell, isTerminalText))
		}
		line(cells...)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(strings.ReplaceAll(text.String(), filler, "")) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	for _, line := range []string{p.summary(), p.hiddenText()} {
		if line != "" {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}
