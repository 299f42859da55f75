package fn

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

func TestCompareNaturally(t *testing.T) {
	sorted := []string{"", "-", "1", "2", "10", "a", "a-b", "app-2.example.com", "app-02.example.com", "app-10.example.com", "app-10a", "app-18446744073709551616", "b"}
	slices.SortFunc(sorted, compareNaturally)
	shuffled := slices.Clone(sorted)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	slices.SortFunc(shuffled, compareNaturally)
	require.Equal(t, sorted, shuffled, "the order is total")
	require.Less(t, slices.Index(sorted, "app-2.example.com"), slices.Index(sorted, "app-10.example.com"))
	require.Less(t, slices.Index(sorted, "app-10.example.com"), slices.Index(sorted, "app-18446744073709551616"))
}

func TestIsLink(t *testing.T) {
	for url, want := range map[string]bool{
		"https://admin.example.com/":         true,
		"https://admin.example.com:8443/a_b": true,
		"http://admin/~cindy":                true,
		"https://*.example.com/":             false,
		"https://*/":                         false,
		"javascript:alert(1)":                false,
		"https://cindy@example.com/":         false,
		"https://example.com/?a=1":           false,
		"https://example.com/a b":            false,
		"https://example.com/\u202e":         false,
		"https://example.com\n/":             false,
		"https://${HOST}/":                   false,
		"ftp://example.com/":                 false,
	} {
		require.Equal(t, want, row{URL: url}.isLink(), url)
	}
}

// What is filled into the page is text wherever it stands, and is filled in once.
func TestFill(t *testing.T) {
	got := fill(`<a title="${text}">${text}${other}</a>`, values{"text": `"><b>'&ü` + "\u202e🔒${other}", "other": markup("<i></i>")})
	want := `&#34;&gt;&lt;b&gt;&#39;&amp;ü\u202e\U0001f512${other}`
	require.Equal(t, markup(`<a title="`+want+`">`+want+`<i></i></a>`), got)
}

// TestPageFillsEveryPlace holds that no place of a part is left empty by a name that nobody fills in, and that the policy of the page
// admits its own style and script.
func TestPageFillsEveryPlace(t *testing.T) {
	found := finding.List{{Code: "PE201", Severity: finding.Error, Title: "title", Object: finding.Object{Kind: "Ingress", Name: "leak"}}}
	p := page{
		Rows: []row{
			{Access: verify.Private, URL: "https://a.example.com/", Kind: "Service", Name: "a", Groups: []string{"cindy"}, Controller: "traefik", Backend: "a:80", Findings: found},
			{Access: verify.Unproved, URL: "https://*/", Kind: "Service", Name: "a", Admits: verify.MaybeEveryone, Controller: "traefik", Backend: "a:80", Findings: found},
		},
		Hidden: 1, Elsewhere: found,
	}
	var text strings.Builder
	require.NoError(t, p.writeHTML(&text))
	require.NotRegexp(t, `<(p|li|td|th|strong|code|bdi|span)( [^>]*)?></`, strings.ReplaceAll(text.String(), `<p id="shown" role="status" aria-live="polite"></p>`, ""), "nothing is empty")
	require.NotContains(t, text.String(), `=""`)
	for element, directive := range map[string]string{"style": "style-src", "script": "script-src"} {
		content := regexp.MustCompile(`(?s)<` + element + `>(.*)</` + element + `>`).FindStringSubmatch(text.String())
		require.NotNil(t, content)
		require.Contains(t, text.String(), fmt.Sprintf("%s '%s'", directive, hashOf(content[1])))
	}
}

// A comment with many endpoints is folded.
func TestMarkdownFoldsLongListings(t *testing.T) {
	for number, folds := range map[int]bool{longListing - 1: false, longListing: true} {
		var text strings.Builder
		require.NoError(t, page{Rows: make([]row, number)}.writeMarkdown(&text))
		require.Equal(t, folds, strings.Contains(text.String(), "<details>"), number)
	}
}

// A listing that this version writes is a baseline, and one that an older version wrote still is.
func TestBaselineIsWhatIsListed(t *testing.T) {
	archive := readArchive(t, "../testdata/commands/endpoints.txtar")
	archive.extract(t)
	written, ok := archive.file("not-proved-json.want")
	require.True(t, ok)
	stdout, _, _ := call(nil, "endpoints", "--config", "config.yaml", "--format", "json", "open.yaml")
	require.True(t, strings.HasPrefix(string(written), string(stdout)))
	archive.Files = append(archive.Files, txtar.File{Name: "now.json", Data: stdout}, txtar.File{Name: "old.json", Data: []byte(`{"endpoints": [
		{"url": "https://admin.example.com/", "host": "admin.example.com", "path": "/", "private": true, "kind": "Ingress", "namespace": "cindy", "name": "admin", "service": "cindy/web"}]}`)})
	archive.extract(t)
	for _, name := range []string{"now.json", "old.json"} {
		known, err := readBaseline(name)
		require.NoError(t, err)
		require.Equal(t, verify.Known{URL: "https://admin.example.com/", Host: "admin.example.com", Path: "/", Service: "cindy/web", Private: true}, known[0])
	}
}
