// Package listing looks at the page of "private-endpoints endpoints --format html" in a browser.
package listing

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

const (
	root    = "../.."
	example = root + "/examples/listing"
	// pictures is where screenshots lie, for a person to look at.
	pictures = root + "/.cache/e2e/screenshots"
)

var (
	themes = []string{"light", "dark"}
	widths = []int64{360, 768, 1280}
)

// TestPageIsReadable opens the page of the example in both themes and at three widths. Nothing may run out of the window, and axe, which
// computes contrasts among other things, must have nothing to say.
func TestPageIsReadable(t *testing.T) {
	axe, err := os.ReadFile(os.Getenv("E2E_AXE"))
	require.NoError(t, err, "E2E_AXE is set by the Makefile")
	b := open(t, exampleManifests(t))
	b.run(t, string(axe)+"; 0")
	for _, theme := range themes {
		for _, width := range widths {
			t.Run(fmt.Sprint(theme, " ", width), func(t *testing.T) {
				b.show(t, theme, width, 800)
				b.keep(t, fmt.Sprintf("listing-%s-%d", theme, width))
				require.LessOrEqual(t, number(t, b, "document.documentElement.scrollWidth"), width, "something is wider than the window")
				require.Empty(t, b.violations(t))
			})
		}
	}
}

// TestPageStaysReadableWithoutScripts holds that everything is there where scripts are turned off, but for the filter.
func TestPageStaysReadableWithoutScripts(t *testing.T) {
	b := newBrowser(t)
	_, err := chromedp.Call(b.window, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	require.NoError(t, err)
	b.navigate(t, page(t, exampleManifests(t)))
	require.Equal(t, []string{
		"hello-world-cindy", "preview-2-cindy", "preview-10-cindy", "debug", "grafana-monitoring", "prometheus-monitoring", "status-monitoring", "orders-shop", "shop", "shop",
	}, b.shown(t))
	require.False(t, evaluate[bool](t, b, "document.getElementById('filter').checkVisibility()"))
}

// TestFilter types into the filter, as a person without a mouse does.
func TestFilter(t *testing.T) {
	b := open(t, exampleManifests(t))
	all := b.shown(t)
	require.Len(t, all, 10)
	require.Equal(t, "10 endpoints", b.status(t))

	b.press(t, kb.Tab, kb.Tab)
	require.Equal(t, "search", b.focused(t), "the filter comes right behind the link that skips it")
	require.True(t, evaluate[bool](t, b, "document.activeElement.matches(':focus-visible')"))

	b.press(t, "monitoring ", "SRE")
	require.Equal(t, []string{"grafana-monitoring"}, b.shown(t))
	require.Equal(t, "1 of 10 endpoints", b.status(t))
	require.Equal(t, []string{"monitoring"}, b.namespaces(t), "namespaces without endpoints are gone")

	b.press(t, kb.Escape)
	require.Equal(t, all, b.shown(t), "escape clears the field")
	b.press(t, "nobody")
	require.Empty(t, b.shown(t))
	require.Equal(t, "0 of 10 endpoints", b.status(t))
	b.press(t, kb.Escape)

	b.press(t, kb.Tab)
	require.Equal(t, "all", b.focused(t))
	for _, step := range []struct {
		name  string
		shown []string
	}{
		// What is marked private stands with what is private, and looks otherwise.
		{"private", []string{"hello-world-cindy", "preview-10-cindy", "grafana-monitoring", "prometheus-monitoring", "orders-shop", "shop"}},
		{"public", []string{"preview-2-cindy", "debug", "status-monitoring", "shop"}},
		{"findings", []string{"debug", "prometheus-monitoring"}},
	} {
		b.press(t, kb.ArrowRight)
		require.Equal(t, step.name, b.focused(t))
		require.Equal(t, step.shown, b.shown(t), step.name)
	}
	b.press(t, kb.Enter)
	require.Len(t, b.shown(t), 2, "enter sends nothing away")
}

// TestAccessibilityTree holds what a screen reader finds, also where the table is shown as cards.
func TestAccessibilityTree(t *testing.T) {
	b := open(t, exampleManifests(t))
	for _, width := range widths {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			b.show(t, "light", width, 800)
			tree := b.tree(t)
			for _, want := range []string{
				"banner", "main", "search Filter endpoints", "contentinfo", "heading Endpoints", "searchbox Filter", "group Show",
				"radio All", "radio Private", "radio Public", "radio With findings", "status", "table Endpoints by namespace, host and path",
				"link https://shop.apps.example.com/admin", "link Skip to the endpoints",
				"rowheader https://shop.apps.example.com/admin Ingress admin", "cell private", "cell not proved", "columnheader Who may enter",
			} {
				require.True(t, slices.Contains(tree, want), "%s is not in\n%s", want, strings.Join(slices.DeleteFunc(slices.Clone(tree), func(node string) bool { return strings.Contains(node, "TextBox") }), "\n"))
			}
		})
	}
}

// hostile is text that wants to be more than text. The direction of what follows U+202E is turned around.
const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script></table><style>*{display:none}</style>` + "\u202e\u0007" + "${script}'`{{1}}"

// TestHostileText holds that names, hosts, paths and declared URLs make no element, run nothing, link nowhere and forge no lock.
func TestHostileText(t *testing.T) {
	const harmless = "harmless"
	elements := map[string]int64{}
	for _, name := range []string{harmless, hostile} {
		b := open(t, hostileManifests(t, name))
		elements[name] = number(t, b, "document.querySelectorAll('*').length")
		require.Zero(t, number(t, b, "document.querySelectorAll('#endpoints .private').length"), "nothing is private")
		if name == hostile {
			require.Zero(t, number(t, b, "document.querySelectorAll('a:not(.skip)').length"), "nothing of it is a link")
			text := evaluate[string](t, b, "document.getElementById('endpoints').textContent")
			require.Contains(t, text, `<script>alert(2)</script>`)
			require.Contains(t, text, `\u202e\a`, "what nobody sees is written out")
			require.NotContains(t, text, "\u202e")
			require.Contains(t, text, "javascript:alert(3)")
		}
	}
	require.Equal(t, elements[harmless], elements[hostile])
}

// TestManyEndpoints measures a page with a thousand endpoints.
func TestManyEndpoints(t *testing.T) {
	var manifests strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&manifests, strings.TrimPrefix(ingress, "\n"), fmt.Sprintf("app-%d", i), fmt.Sprintf("team-%d", i%25), fmt.Sprintf("app-%d.apps.example.com", i), "/")
	}
	before := time.Now()
	file := page(t, manifests.String())
	generated := time.Since(before)
	b := newBrowser(t)
	before = time.Now()
	b.navigate(t, file)
	loaded := time.Since(before)
	require.Len(t, b.shown(t), 1000)
	// What the filter does, and the layout that follows: of several times the shortest, because other programs run too.
	took := evaluate[float64](t, b, `(() => {
		const search = document.getElementById("search"), times = [];
		for (const text of ["a", "ap", "app-77", "team-3", "", "nobody", ""]) {
			const tries = [];
			for (let i = 0; i < 5; i++) {
				search.value = "app-77 team-9";
				search.dispatchEvent(new Event("input", { bubbles: true }));
				document.body.getBoundingClientRect();
				const start = performance.now();
				search.value = text;
				search.dispatchEvent(new Event("input", { bubbles: true }));
				document.body.getBoundingClientRect();
				tries.push(performance.now() - start);
			}
			times.push(Math.min(...tries));
		}
		return Math.max(...times);
	})()`)
	info, err := os.Stat(file)
	require.NoError(t, err)
	t.Logf("1,000 endpoints: written in %v, %d KB, opened in %v, filtered in at most %.0f ms", generated.Round(time.Millisecond), info.Size()/1000, loaded.Round(time.Millisecond), took)
	require.Less(t, took, 2000.0, "milliseconds")
	b.run(t, "window.scrollTo(0, 5000); 0")
	b.keep(t, "listing-1000")
	require.Zero(t, number(t, b, "Math.round(document.querySelector('thead').getBoundingClientRect().top)"), "the head of the table stays")
}

var update = flag.Bool("update", false, "write the picture of the documents")

// TestPicture holds that the documents show a picture that is small enough; "make picture" writes it.
func TestPicture(t *testing.T) {
	const file = root + "/docs/endpoints.png"
	if *update {
		b := open(t, exampleManifests(t))
		b.show(t, "light", 1280, number(t, b, "document.documentElement.scrollHeight"))
		require.NoError(t, os.WriteFile(file, b.picture(t), 0o644))
	}
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Less(t, len(content), 200_000)
	picture, err := png.DecodeConfig(bytes.NewReader(content))
	require.NoError(t, err)
	require.Equal(t, 1280, picture.Width)
}

// exampleManifests is the example as the function renders it, with what somebody added for debugging.
func exampleManifests(t *testing.T) string {
	t.Helper()
	app, err := os.Open(example + "/app.yaml")
	require.NoError(t, err)
	defer app.Close()
	command := exec.Command(root+"/bin/private-endpoints", "--config", example+"/private-endpoints.yaml")
	command.Stdin = app
	rendered, err := command.Output()
	require.NoError(t, err)
	debug, err := os.ReadFile(example + "/debug.yaml")
	require.NoError(t, err)
	return string(rendered) + "---\n" + string(debug)
}

const ingress = `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: %q
  namespace: %q
spec:
  ingressClassName: nginx
  rules:
  - host: %q
    http:
      paths:
      - path: %q
        pathType: Prefix
        backend:
          service:
            name: web
            port:
              number: 80
`

// hostileManifests are Ingresses with a name wherever there is a place for it. One of them says that it is private and has URLs of its own.
func hostileManifests(t *testing.T, name string) string {
	t.Helper()
	quoted, err := json.Marshal(name)
	require.NoError(t, err)
	plain := strings.ReplaceAll(ingress, "%q", string(quoted))
	declares := "metadata:\n  annotations:\n    dev.okteto.com/endpoints: " + strings.Replace(string(quoted), `"`, `"javascript:alert(3),🔒 private,`, 1) + "\n"
	return plain + strings.Replace(plain, "metadata:\n", declares, 1)
}

// page writes the page of some manifests into a file.
func page(t *testing.T, manifests string) string {
	t.Helper()
	command := exec.Command(root+"/bin/private-endpoints", "endpoints", "--config", example+"/private-endpoints.yaml", "--format", "html")
	command.Stdin = strings.NewReader(manifests)
	var messages strings.Builder
	command.Stderr = &messages
	text, err := command.Output()
	if _, failed := err.(*exec.ExitError); !failed {
		require.NoError(t, err)
	}
	require.NotEmpty(t, text, messages.String())
	file := filepath.Join(t.TempDir(), "endpoints.html")
	require.NoError(t, os.WriteFile(file, text, 0o644))
	return file
}

// browser is a window, and what it has asked for and complained about.
type browser struct {
	window context.Context

	mutex      sync.Mutex
	requested  []string
	complaints []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1280, 800),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
	)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	window, closeWindow := chromedp.NewContext(allocated)
	t.Cleanup(closeWindow)
	// The first call starts the browser, which lives as long as the context of that call.
	require.NoError(t, chromedp.Do(window))
	limited, cancel := context.WithTimeout(window, 2*time.Minute)
	t.Cleanup(cancel)
	b := &browser{window: limited}
	require.NoError(t, chromedp.Listen(limited, b.listen))
	return b
}

// listen keeps what a page must not do.
func (b *browser) listen(event any) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	switch event := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requested = append(b.requested, event.Request.URL)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprint("console: ", event.Type))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, "exception: "+event.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, string(event.Entry.Source)+": "+event.Entry.Text)
	}
}

// open opens the page of some manifests.
func open(t *testing.T, manifests string) *browser {
	t.Helper()
	b := newBrowser(t)
	b.navigate(t, page(t, manifests))
	require.True(t, evaluate[bool](t, b, "document.getElementById('filter').checkVisibility()"), "the script runs")
	return b
}

// navigate opens a file, which must ask for nothing beside itself, and must not be complained about, until the end of the test.
func (b *browser) navigate(t *testing.T, file string) {
	t.Helper()
	absolute, err := filepath.Abs(file)
	require.NoError(t, err)
	address := (&url.URL{Scheme: "file", Path: absolute}).String()
	require.NoError(t, chromedp.Do(b.window, chromedp.Navigate(address)))
	t.Cleanup(func() {
		b.mutex.Lock()
		defer b.mutex.Unlock()
		require.Equal(t, address, b.requested[0], "requests are seen")
		for _, request := range b.requested[1:] {
			require.True(t, strings.HasPrefix(request, "data:"), "the page asked for %s", request)
		}
		require.Empty(t, b.complaints)
	})
}

// show sets the theme and the size of the window.
func (b *browser) show(t *testing.T, theme string, width, height int64) {
	t.Helper()
	_, err := chromedp.Call(b.window, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}},
	})
	require.NoError(t, err)
	require.NoError(t, chromedp.Do(b.window, chromedp.EmulateViewport(width, height)))
	require.Equal(t, theme == "dark", evaluate[bool](t, b, "matchMedia('(prefers-color-scheme: dark)').matches"))
}

// picture is what a person sees, a moment after the last change.
func (b *browser) picture(t *testing.T) []byte {
	t.Helper()
	_, err := chromedp.Run(b.window, chromedp.Evaluate[int](`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	picture, err := chromedp.Run(b.window, chromedp.CaptureScreenshot())
	require.NoError(t, err)
	return picture
}

// keep keeps a picture for a person to look at.
func (b *browser) keep(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(pictures, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(pictures, name+".png"), b.picture(t), 0o644))
}

// violations are what axe finds wrong, with its rules about good practice.
func (b *browser) violations(t *testing.T) []string {
	t.Helper()
	found, err := chromedp.Run(b.window, chromedp.Evaluate[[]string](
		`axe.run().then(result => result.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target + ": " + n.failureSummary)))`, chromedp.EvalAwaitPromise))
	require.NoError(t, err)
	return found
}

func evaluate[T any](t *testing.T, b *browser, expression string) T {
	t.Helper()
	value, err := chromedp.Run(b.window, chromedp.Evaluate[T](expression))
	require.NoError(t, err)
	return value
}

func number(t *testing.T, b *browser, expression string) int64 {
	t.Helper()
	return evaluate[int64](t, b, expression)
}

func (b *browser) run(t *testing.T, script string) {
	t.Helper()
	require.Zero(t, number(t, b, script))
}

func (b *browser) press(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		require.NoError(t, chromedp.Do(b.window, chromedp.KeyEvent(key)))
	}
}

// shown are the names of the hosts that a person sees.
func (b *browser) shown(t *testing.T) []string {
	t.Helper()
	return evaluate[[]string](t, b, `Array.from(document.querySelectorAll("#endpoints tr[data-access]")).filter(row => row.checkVisibility())
		.map(row => row.querySelector("th").textContent.replace(/^https:\/\/([^./]*).*$/, "$1"))`)
}

func (b *browser) namespaces(t *testing.T) []string {
	t.Helper()
	return evaluate[[]string](t, b, `Array.from(document.querySelectorAll(".namespace")).filter(row => row.checkVisibility()).map(row => row.textContent)`)
}

func (b *browser) status(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, b, `document.querySelector("[role=status][aria-live=polite]").textContent`)
}

// focused is the id or value of what has the focus.
func (b *browser) focused(t *testing.T) string {
	t.Helper()
	return evaluate[string](t, b, `document.activeElement.id || document.activeElement.value`)
}

// tree lists role and name of everything that a screen reader is told.
func (b *browser) tree(t *testing.T) []string {
	t.Helper()
	result, err := chromedp.Call(b.window, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(t, err)
	var tree []string
	for _, node := range result.Nodes {
		if node.Ignored || node.Role == nil {
			continue
		}
		tree = append(tree, strings.TrimSpace(text(node.Role)+" "+text(node.Name)))
	}
	return tree
}

// text is the text of a value, which is JSON.
func text(value *accessibility.Value) string {
	var text string
	if value != nil {
		_ = json.Unmarshal([]byte(value.Value), &text)
	}
	return text
}
