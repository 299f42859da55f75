package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// visitor is somebody outside of the cluster with the cookies that they were given. It follows no redirect by itself.
type visitor struct {
	name   string
	client *http.Client
}

// answer is what a visitor got.
type answer struct {
	Status int
	// Location is where a redirect leads to.
	Location string
	// Pods are the Pods that answered; empty where the request reached none.
	Pods string
	// Echo is what reached the Pods.
	Echo echo
	body string
}

// anonymous returns a visitor who has not signed in.
func anonymous() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err)
	}
	return &visitor{"anonymous", &http.Client{
		Jar:     jar,
		Timeout: 30 * time.Second,
		Transport: &http.Transport{
			DialContext:       dialBed,
			TLSClientConfig:   &tls.Config{RootCAs: theBed.authority.pool},
			DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// dialBed connects to the identity provider by its name, and to the ingress controller by every other name.
func dialBed(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == providerHost {
		host = providerAddress
	} else {
		host = ingressAddress
	}
	return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(host, port))
}

// signedIn returns a visitor who has filled in the login form.
func signedIn(t *testing.T, name string) *visitor {
	t.Helper()
	v := anonymous()
	v.name = name
	landed := v.signIn(t, "https://"+authHost+"/oauth2/start?rd=https://landing.apps.example.com/")
	require.Equal(t, "https://landing.apps.example.com/", landed)
	return v
}

var hiddenField = regexp.MustCompile(`name="id" value="([^"]+)"`)

// signIn follows the redirects from a page of the auth service through the login form, and returns the page that the
// visitor is sent to when signed in.
func (v *visitor) signIn(t *testing.T, page string) string {
	t.Helper()
	for range 10 {
		got := v.visit(t, page)
		if field := hiddenField.FindStringSubmatch(got.body); field != nil {
			form := url.Values{"id": {field[1]}, "username": {v.name}, "password": {password}}
			got = v.send(t, http.MethodPost, issuer+"/login/username", strings.NewReader(form.Encode()),
				"Content-Type", "application/x-www-form-urlencoded")
		}
		require.Equal(t, http.StatusFound, got.Status, "%s: %s", page, got.body)
		if strings.HasPrefix(page, "https://"+authHost+"/oauth2/callback") {
			return got.Location
		}
		base, err := url.Parse(page)
		require.NoError(t, err)
		next, err := base.Parse(got.Location)
		require.NoError(t, err)
		page = next.String()
	}
	require.Fail(t, "signing in takes too many redirects", page)
	return ""
}

// visit asks for a page, with headers given as names and values in turn.
func (v *visitor) visit(t *testing.T, page string, headers ...string) answer {
	t.Helper()
	return v.send(t, http.MethodGet, page, nil, headers...)
}

// send sends a request. The header Host replaces the name in the page's address.
func (v *visitor) send(t *testing.T, method, page string, body io.Reader, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequest(method, page, body)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
			continue
		}
		request.Header.Add(headers[i], headers[i+1])
	}
	response, err := v.client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	return readAnswer(t, response)
}

func readAnswer(t *testing.T, response *http.Response) answer {
	t.Helper()
	got := answer{Status: response.StatusCode, Location: response.Header.Get("Location"), Pods: response.Header.Get("X-Pods")}
	if got.Status == http.StatusSwitchingProtocols {
		return got
	}
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	got.body = string(body)
	if got.Pods != "" && len(body) > 0 {
		require.NoError(t, json.Unmarshal(body, &got.Echo), got.body)
	}
	return got
}

// cookie returns the value of the session's cookie.
func (v *visitor) cookie(t *testing.T) string {
	t.Helper()
	for _, cookie := range v.client.Jar.Cookies(&url.URL{Scheme: "https", Host: authHost, Path: "/"}) {
		if cookie.Name == cookieName {
			return cookie.Value
		}
	}
	require.Fail(t, "no session cookie")
	return ""
}

// withCookie returns somebody who holds a session cookie, whoever it was given to.
func withCookie(name, value string) *visitor {
	v := anonymous()
	v.name = name
	cookie := &http.Cookie{Name: cookieName, Value: value, Domain: ".example.com", Path: "/", Secure: true}
	v.client.Jar.SetCookies(&url.URL{Scheme: "https", Host: authHost, Path: "/"}, []*http.Cookie{cookie})
	return v
}

// signedAt returns a session cookie as the auth service would have signed it at another time: value|time|signature, where
// the signature is the HMAC-SHA256 of the name, the value and the time (oauth2-proxy, pkg/encryption/utils.go).
func signedAt(t *testing.T, cookie string, when time.Time) string {
	t.Helper()
	parts := strings.Split(cookie, "|")
	require.Len(t, parts, 3)
	seconds := fmt.Sprint(when.Unix())
	hash := hmac.New(sha256.New, []byte(cookieSecret))
	hash.Write([]byte(cookieName + parts[0] + seconds))
	return parts[0] + "|" + seconds + "|" + base64.URLEncoding.EncodeToString(hash.Sum(nil))
}
