package e2e

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// TestBrowser is a person with a browser: signs in through the form, arrives at the page that was asked for, is refused in
// another namespace, and signs out. Screenshots lie in .cache/e2e/screenshots.
func TestBrowser(t *testing.T) {
	for _, d := range []dialect{nginx, traefikErrors} {
		t.Run(d.name, func(t *testing.T) {
			other := strings.NewReplacer("team-a", "team-b", "own.apps", "other.apps").Replace(matrixManifests)
			apply(t, d.transform(t, matrixManifests+"---\n"+other))
			browse(t, d)
		})
	}
}

func browse(t *testing.T, d dialect) {
	const page = "https://expanded-team-a.apps.example.com/deep/link?a=1&b=2"
	const otherPage = "https://expanded-team-b.apps.example.com/"
	window := newWindow(t)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		require.NoError(t, chromedp.Do(window, actions...))
	}
	picture := func(name string) {
		t.Helper()
		file := strings.NewReplacer(" ", "-", ",", "", ":", "").Replace(d.name + "-" + name + ".png")
		require.NoError(t, os.WriteFile(filepath.Join(screenshotFolder, file), get(t, window, chromedp.CaptureScreenshot()), 0o644))
	}

	do(chromedp.Navigate(page), chromedp.WaitVisible("#username"))
	picture("1-form")
	require.Contains(t, get(t, window, chromedp.Location()), issuer+"/login/")

	do(chromedp.SendKeys("#username", "alice"), chromedp.SendKeys("#password", password), chromedp.Submit("#password"))
	require.Eventually(t, func() bool { return get(t, window, chromedp.Location()) == page }, 20*time.Second, 100*time.Millisecond)
	require.Contains(t, get(t, window, chromedp.Text("body")), "alice@example.com")
	picture("2-signed-in")

	refused, err := chromedp.RunResponse(window, chromedp.Navigate(otherPage))
	require.NoError(t, err)
	require.EqualValues(t, http.StatusForbidden, refused.Status)
	require.Equal(t, otherPage, get(t, window, chromedp.Location()))
	picture("3-refused")

	do(chromedp.Navigate("https://"+authHost+"/oauth2/sign_out?rd="+url.QueryEscape(page)), chromedp.WaitVisible("#username"))
	picture("4-signed-out")
	proof.add("browser", d.name, "the page asked for", fmt.Sprint(refused.Status), "the login form")
}

// get returns what a browser says.
func get[T any](t *testing.T, window context.Context, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(window, action)
	require.NoError(t, err)
	return value
}

// newWindow opens a browser that knows the names and the certificate of the bed.
func newWindow(t *testing.T) context.Context {
	t.Helper()
	certificate, err := tls.X509KeyPair(theBed.wildcard.certificate, theBed.wildcard.key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(certificate.Certificate[0])
	require.NoError(t, err)
	fingerprint := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1000, 600),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP "+providerHost+" "+providerAddress+", MAP *.example.com "+ingressAddress),
		chromedp.Flag("ignore-certificate-errors-spki-list", base64.StdEncoding.EncodeToString(fingerprint[:])),
	)
	allocated, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	window, closeWindow := chromedp.NewContext(allocated)
	t.Cleanup(closeWindow)
	// The first call starts the browser, which lives as long as the context of that call.
	require.NoError(t, chromedp.Do(window))
	limited, cancel := context.WithTimeout(window, 2*time.Minute)
	t.Cleanup(cancel)
	return limited
}
