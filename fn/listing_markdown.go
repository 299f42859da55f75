package fn

import (
	"fmt"
	"io"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// longListing is the number of rows from which on a comment folds them.
const longListing = 30

// writeMarkdown writes the page for a comment on a merge request. Whatever stands in the manifests is shown as code, in which neither
// Markdown nor HTML, links or names of people mean anything.
func (p page) writeMarkdown(w io.Writer) error {
	var page strings.Builder
	page.WriteString("### Endpoints\n\n" + p.markdownSummary() + "\n")
	if n := p.number(verify.Unproved); n > 0 {
		fmt.Fprintf(&page, "\n> ❌ **%s marked private and not proved to be.** `private-endpoints verify` says why.\n", isOrAre(n, "endpoint"))
	}
	p.writeMarkdownElsewhere(&page)
	if len(p.Rows) >= longListing {
		fmt.Fprintf(&page, "\n<details><summary>%s</summary>\n", count(len(p.Rows), "endpoint"))
	}
	if len(p.Rows) > 0 {
		page.WriteString("\n| access | endpoint | who may enter | object | backend | controller | findings |\n|---|---|---|---|---|---|---|\n")
	}
	for _, r := range p.Rows {
		page.WriteString(r.markdown())
	}
	if len(p.Rows) >= longListing {
		page.WriteString("\n</details>\n")
	}
	if hidden := p.hiddenText(); hidden != "" {
		page.WriteString("\n" + strings.Replace(hidden, "--all", "`--all`", 1) + "\n")
	}
	_, err := io.WriteString(w, page.String())
	return err
}

func isOrAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return count(n, noun) + " are"
}

func (p page) markdownSummary() string {
	parts := []string{fmt.Sprintf("🔒 %d private", p.number(verify.Private)), fmt.Sprintf("%d public", p.number(verify.Public))}
	if n := p.number(verify.Unproved); n > 0 {
		parts = append(parts, fmt.Sprintf("❌ **%d not proved**", n))
	}
	if n := p.number(declared); n > 0 {
		parts = append(parts, fmt.Sprintf("%d declared", n))
	}
	return strings.Join(parts, " · ")
}

func (p page) writeMarkdownElsewhere(page *strings.Builder) {
	if len(p.Elsewhere) == 0 {
		return
	}
	page.WriteString("\nErrors that stand beside no endpoint:\n\n")
	for _, found := range p.Elsewhere {
		fmt.Fprintf(page, "- **%s** %s: %s\n", found.Code, code(found.Object.String()), found.Title)
	}
}

func (r row) markdown() string {
	address := code(r.URL)
	if r.isLink() {
		address = "<" + r.URL + ">"
	}
	who := r.Admits
	for i, group := range r.Groups {
		if i > 0 {
			who += ", "
		}
		who += code(group)
	}
	cells := []string{markdownAccess[r.Access], address, who, code(r.object()), code(r.Backend), code(r.Controller), r.findingsText()}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

var markdownAccess = map[verify.Access]string{
	verify.Private: "🔒 private", verify.Public: "public", verify.Unproved: "❌ **not proved**", declared: "declared",
}

// code shows a text as code. A code span cannot hold a backtick, nor a cell of a table a backslash before a bar: a text with one is
// written in references to characters, which never are Markdown.
func code(text string) string {
	text = visible(text, isPageText)
	switch {
	case text == "":
		return ""
	case !strings.ContainsAny(text, "`|\\"):
		return "`" + text + "`"
	}
	var references strings.Builder
	for _, r := range text {
		fmt.Fprintf(&references, "&#%d;", r)
	}
	return "<code>" + references.String() + "</code>"
}
