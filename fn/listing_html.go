package fn

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"os"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// The page is one file that needs no other: style and script stand in it, and its policy admits these two by their hashes.
var (
	//go:embed listing/page.html
	pageFrame string
	//go:embed listing/page.css
	pageStyle string
	//go:embed listing/page.js
	pageScript string
)

// The parts of the page. What is filled in is text between elements, or stands in quotes. Package html/template would know that by
// itself; it is not used because the program would be 40 % larger and start 25 % slower with it, also where no page is written.
const (
	countPart = "<li class=\"${class}\"><strong>${number}</strong> ${access}</li>\n"
	alertPart = `<p class="alert"><svg aria-hidden="true" focusable="false"><use href="#alarm"/></svg><span><strong>${endpoints} marked private, ` +
		"and may be open to everyone.</strong> <code>private-endpoints verify</code> says why.</span></p>\n"
	elsewherePart = "<section class=\"elsewhere\" aria-labelledby=\"elsewhere\">\n<h2 id=\"elsewhere\">Errors that stand beside no endpoint</h2>\n" +
		"<ul class=\"findings\">${findings}</ul>\n</section>\n"
	namespacePart = "<tbody role=\"rowgroup\">\n<tr role=\"row\" class=\"namespace\"><th role=\"rowheader\" scope=\"rowgroup\" colspan=\"5\"><bdi>${namespace}</bdi></th></tr>\n${rows}</tbody>\n"
	// The roles say what the elements are by nature, and are no longer where the style shows them as cards.
	rowPart = `<tr role="row" data-access="${access}"${mark}>
<td role="cell" class="access">${badge}</td>
<th role="rowheader" scope="row">${url}<span class="more"><bdi>${kind} ${name}</bdi></span></th>
<td role="cell" data-label="Who may enter">${who}</td>
<td role="cell" data-label="Backend"><bdi>${backend}</bdi><span class="more">${controller}</span></td>
<td role="cell" data-label="Findings">${findings}</td>
</tr>
`
	badgePart    = `<span class="badge ${class}">${icon}${access}</span>`
	iconPart     = `<svg aria-hidden="true" focusable="false"><use href="#${class}"/></svg>`
	linkPart     = `<a href="${url}" rel="noreferrer">${url}</a>`
	textPart     = `<bdi>${text}</bdi>`
	groupPart    = `<bdi class="group">${text}</bdi> `
	findingsPart = `<ul class="findings">${findings}</ul>`
	findingPart  = `<li><span class="weight ${weight}">${weight}</span> <code>${code}</code> ${title}<bdi class="of">${object}</bdi></li>`
	hiddenPart   = "<p class=\"hidden-rows\">${text}</p>\n"
)

// markup is HTML. Every other value that is filled into a part is text.
type markup string

// values are filled into the places of a part, by their names.
type values map[string]any

// fill fills a part. A text is escaped, so that it stays one in an element and in quotes, and shows every character that it has.
func fill(part string, values values) markup {
	return markup(os.Expand(part, func(name string) string {
		if written, ok := values[name].(markup); ok {
			return string(written)
		}
		return html.EscapeString(visible(fmt.Sprint(values[name]), isPageText))
	}))
}

// classes are the names of each access in the style of the page.
var classes = map[verify.Access]string{verify.Private: "private", verify.Public: "public", verify.Unproved: "alarm", declared: "declared"}

// writeHTML writes the page for a browser.
func (p page) writeHTML(w io.Writer) error {
	var counts, alert, elsewhere, hidden markup
	for _, access := range []verify.Access{verify.Private, verify.Public, verify.Unproved, declared} {
		if n := p.number(access); n > 0 || access == verify.Private || access == verify.Public {
			counts += fill(countPart, values{"class": classes[access], "number": n, "access": access})
		}
	}
	if n := p.number(verify.Unproved); n > 0 {
		alert = fill(alertPart, values{"endpoints": isOrAre(n, "endpoint")})
	}
	if len(p.Elsewhere) > 0 {
		elsewhere = fill(elsewherePart, values{"findings": findingsMarkup(p.Elsewhere)})
	}
	if text := p.hiddenText(); text != "" {
		hidden = fill(hiddenPart, values{"text": text})
	}
	_, err := io.WriteString(w, string(fill(pageFrame, values{
		"style": markup(pageStyle), "styleHash": hashOf(pageStyle), "script": markup(pageScript), "scriptHash": hashOf(pageScript),
		"counts": counts, "alert": alert, "elsewhere": elsewhere, "namespaces": p.namespacesMarkup(), "hidden": hidden,
	})))
	return err
}

// namespacesMarkup returns the rows, by namespace.
func (p page) namespacesMarkup() markup {
	var namespaces strings.Builder
	for rows := p.Rows; len(rows) > 0; {
		var written strings.Builder
		namespace := rows[0].Namespace
		for len(rows) > 0 && rows[0].Namespace == namespace {
			written.WriteString(string(rows[0].markup()))
			rows = rows[1:]
		}
		name := cmp.Or(namespace, "no namespace")
		namespaces.WriteString(string(fill(namespacePart, values{"namespace": name, "rows": markup(written.String())})))
	}
	return markup(namespaces.String())
}

// hashOf is how a policy names a text that it admits.
func hashOf(text string) markup {
	sum := sha256.Sum256([]byte(text))
	return markup("sha256-" + base64.StdEncoding.EncodeToString(sum[:]))
}

func (r row) markup() markup {
	class := classes[r.Access]
	var icon, mark, who, findings markup
	if r.Access != declared {
		icon = fill(iconPart, values{"class": class})
	}
	if r.hasFindings() {
		mark = " data-findings"
	}
	url := fill(textPart, values{"text": r.URL})
	if r.isLink() {
		url = fill(linkPart, values{"url": r.URL})
	}
	for _, group := range r.Groups {
		who += fill(groupPart, values{"text": group})
	}
	if len(r.Groups) == 0 {
		who = fill("${text}", values{"text": r.Admits})
	}
	if len(r.Findings) > 0 {
		findings = fill(findingsPart, values{"findings": findingsMarkup(r.Findings)})
	}
	return fill(rowPart, values{
		"access": r.Access, "mark": mark, "badge": fill(badgePart, values{"class": class, "icon": icon, "access": r.Access}), "url": url,
		"kind": r.Kind, "name": r.Name, "who": who, "backend": r.Backend, "controller": r.Controller, "findings": findings,
	})
}

func findingsMarkup(list finding.List) markup {
	var all markup
	for _, f := range list {
		all += fill(findingPart, values{"weight": weightOf(f), "code": f.Code, "title": f.Title, "object": f.Object})
	}
	return all
}
