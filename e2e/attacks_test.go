package e2e

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Targets of the attacks: two endpoints of matrixManifests.
const (
	privateHost = "expanded-team-a.apps.example.com"
	privatePage = "https://" + privateHost + "/secret"
	privatePods = "team-a/app=expanded"
	// On this host /admin is private and everything else is public; one Service serves both.
	partlyPublicHost = "shop-team-a.apps.example.com"
)

// attack is an attempt to get in. Its answers must not come from private Pods, or from a private path of theirs.
type attack struct {
	name    string
	attempt func(t *testing.T) []answer
}

// TestAttacks tries to get in, or to appear as somebody else, in each dialect.
func TestAttacks(t *testing.T) {
	for _, d := range []dialect{nginx, traefikErrors, traefikGateway} {
		t.Run(d.name, func(t *testing.T) {
			apply(t, d.transform(t, d.manifests()))
			visitors := newVisitors(t)
			awaitStatus(t, visitors.member, privatePage, http.StatusOK)
			awaitStatus(t, visitors.anonymous, "https://"+partlyPublicHost+"/", http.StatusOK)
			attacks := slices.Concat(headerAttacks(visitors), requestAttacks(visitors), pathAttacks(), authServiceAttacks(visitors))
			for _, a := range attacks {
				t.Run(a.name, func(t *testing.T) {
					got := a.attempt(t)
					require.NotEmpty(t, got)
					for _, one := range got {
						requireOutside(t, one)
					}
					proof.add("attacks", d.name, a.name, statuses(got))
				})
			}
		})
	}
}

// requireOutside fails where an answer comes from the private endpoint, or from the private part of the other one.
func requireOutside(t *testing.T, got answer) {
	t.Helper()
	require.NotEqual(t, privatePods, got.Pods, "%+v", got)
	require.NotEqual(t, http.StatusSwitchingProtocols, got.Status)
	if got.Pods != "" {
		require.False(t, underAdmin(got.Echo.URI), "the Pods were asked for %q", got.Echo.URI)
	}
}

// underAdmin reports whether a server may take a request target for a path under /admin: after decoding it, after removing
// dots, and after merging slashes. A slash that is written as %2F separates nothing (RFC 3986, section 2.2); what servers make of
// it all the same is among the limits.
func underAdmin(target string) bool {
	raw, _, _ := strings.Cut(target, "?")
	segments := strings.Split(raw, "/")
	for i, segment := range segments {
		if decoded, err := url.PathUnescape(segment); err == nil && !strings.Contains(decoded, "/") {
			segments[i] = decoded
		}
	}
	clean := path.Clean("/" + strings.Join(segments, "/"))
	return clean == "/admin" || strings.HasPrefix(clean, "/admin/")
}

// statuses lists the different statuses of answers; 0 is a connection that was closed without one.
func statuses(answers []answer) string {
	var all []string
	for _, one := range answers {
		if status := fmt.Sprint(one.Status); !slices.Contains(all, status) {
			all = append(all, status)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// raw sends bytes over TLS to the ingress controller, and returns the first answer.
func raw(t *testing.T, serverName, request string) answer {
	t.Helper()
	connection, err := tls.Dial("tcp", ingressAddress+":443", &tls.Config{ServerName: serverName, InsecureSkipVerify: true})
	require.NoError(t, err)
	defer connection.Close()
	require.NoError(t, connection.SetDeadline(time.Now().Add(5*time.Second)))
	_, err = connection.Write([]byte(request))
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return answer{}
	}
	defer response.Body.Close()
	return readAnswer(t, response)
}

// headerAttacks send headers that a proxy or an application may believe.
func headerAttacks(v visitors) []attack {
	return []attack{
		{"spoofed X-Auth-Request-* without a session", func(t *testing.T) []answer {
			return []answer{v.anonymous.visit(t, privatePage, "X-Auth-Request-User", "alice", "X-Auth-Request-Email", "alice@example.com",
				"X-Auth-Request-Groups", "team-a", "Authorization", "Bearer x", "X-Forwarded-User", "alice", "X-Forwarded-Groups", "team-a")}
		}},
		{"spoofed X-Forwarded-* without a session", func(t *testing.T) []answer {
			var got []answer
			for name, values := range map[string][]string{
				"X-Forwarded-For":         {"127.0.0.1", authAddress},
				"X-Real-Ip":               {"127.0.0.1"},
				"X-Forwarded-Host":        {authHost, partlyPublicHost},
				"X-Forwarded-Uri":         {"/oauth2/auth", "/ping", "/ready", "/oauth2/sign_in"},
				"X-Forwarded-Method":      {"OPTIONS"},
				"X-Forwarded-Proto":       {"http", "wss"},
				"X-Forwarded-Port":        {"80"},
				"X-Forwarded-Prefix":      {"/oauth2"},
				"X-Original-Url":          {"https://" + authHost + "/ping"},
				"X-Original-Uri":          {"/ping"},
				"X-Original-Method":       {"OPTIONS"},
				"X-Http-Method-Override":  {"OPTIONS"},
				"X-Rewrite-Url":           {"/oauth2/auth"},
				"Forwarded":               {"for=127.0.0.1;host=" + authHost},
				"User-Agent":              {"kube-probe/1.36", "GoogleHC/1.0"},
				"X-Auth-Request-Redirect": {"https://evil.example.org/"},
			} {
				for _, value := range values {
					one := v.anonymous.visit(t, privatePage, name, value)
					require.NotContains(t, one.Location, "evil.example.org")
					got = append(got, one)
				}
			}
			return got
		}},
		{"another person's X-Auth-Request-* in a session", func(t *testing.T) []answer {
			got := v.member.visit(t, privatePage, "X-Auth-Request-User", "root", "X-Auth-Request-Email", "root@example.com",
				"X-Auth-Request-Groups", "admin", "x-auth-request-user", "root")
			require.Equal(t, http.StatusOK, got.Status)
			requireIdentity(t, "alice", got.Echo)
			return []answer{{Status: got.Status}}
		}},
		{"identity headers named in Connection", func(t *testing.T) []answer {
			got := v.member.visit(t, privatePage, "Connection", "X-Auth-Request-User, X-Auth-Request-Groups", "X-Auth-Request-User", "root")
			require.NotContains(t, got.Echo.Header.Values("X-Auth-Request-User"), "root")
			return []answer{{Status: got.Status}, v.anonymous.visit(t, privatePage, "Connection", "Cookie, X-Forwarded-Uri, X-Forwarded-Host")}
		}},
		{"allowed_groups sent by a person of another group", func(t *testing.T) []answer {
			widened := "allowed_groups=team-b"
			return []answer{
				v.stranger.visit(t, privatePage+"?"+widened),
				v.stranger.visit(t, privatePage+"%3F"+widened),
				v.stranger.visit(t, privatePage, "X-Forwarded-Uri", "/oauth2/auth?"+widened),
				v.stranger.visit(t, privatePage, "X-Original-Url", "https://"+privateHost+"/?"+widened),
				v.stranger.visit(t, privatePage, "X-Auth-Request-Redirect", "/?"+widened),
				v.stranger.send(t, http.MethodPost, privatePage, strings.NewReader(widened), "Content-Type", "application/x-www-form-urlencoded"),
			}
		}},
		{"a session cookie that was changed", func(t *testing.T) []answer {
			cookie := v.member.cookie(t)
			parts := strings.Split(cookie, "|")
			return []answer{
				withCookie("cut", cookie[:len(cookie)-8]).visit(t, privatePage),
				withCookie("dated on", parts[0]+"|"+fmt.Sprint(time.Now().Unix()+1)+"|"+parts[2]).visit(t, privatePage),
				withCookie("unsigned", parts[0]).visit(t, privatePage),
				withCookie("empty", "").visit(t, privatePage),
			}
		}},
	}
}

// requestAttacks send requests that are read in different ways by different programs.
func requestAttacks(v visitors) []attack {
	return []attack{
		{"absolute-form request line with another Host", func(t *testing.T) []answer {
			return []answer{
				raw(t, privateHost, "GET "+privatePage+" HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n"),
				raw(t, partlyPublicHost, "GET "+privatePage+" HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n"),
				raw(t, partlyPublicHost, "GET https://"+partlyPublicHost+"/ HTTP/1.1\r\nHost: "+privateHost+"\r\nConnection: close\r\n\r\n"),
			}
		}},
		{"Host with a port, in upper case, with a dot", func(t *testing.T) []answer {
			var got []answer
			for _, host := range []string{privateHost + ":443", privateHost + ":80", strings.ToUpper(privateHost), privateHost + ".", privateHost + ".:443", "x@" + privateHost} {
				got = append(got, raw(t, privateHost, "GET /secret HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n"))
			}
			return got
		}},
		{"two Host headers", func(t *testing.T) []answer {
			return []answer{
				raw(t, privateHost, "GET /secret HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nHost: "+privateHost+"\r\nConnection: close\r\n\r\n"),
				raw(t, privateHost, "GET /secret HTTP/1.1\r\nHost: "+privateHost+"\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n"),
			}
		}},
		{"HTTP/1.0 without Host", func(t *testing.T) []answer {
			return []answer{
				raw(t, privateHost, "GET /secret HTTP/1.0\r\n\r\n"),
				raw(t, privateHost, "GET "+privatePage+" HTTP/1.0\r\n\r\n"),
			}
		}},
		{"websocket upgrade", func(t *testing.T) []answer {
			upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-Websocket-Version", "13", "Sec-Websocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}
			require.Equal(t, http.StatusSwitchingProtocols, v.member.visit(t, privatePage, upgrade...).Status)
			return []answer{v.anonymous.visit(t, privatePage, upgrade...), v.stranger.visit(t, privatePage, upgrade...)}
		}},
		{"methods: OPTIONS, HEAD, TRACE, CONNECT, unknown", func(t *testing.T) []answer {
			var got []answer
			for _, method := range []string{"OPTIONS", "HEAD", "TRACE", "PROPFIND", "GETX"} {
				got = append(got, v.anonymous.send(t, method, privatePage, nil, "Origin", "https://"+privateHost, "Access-Control-Request-Method", "GET"))
			}
			return append(got, raw(t, privateHost, "CONNECT "+privateHost+":443 HTTP/1.1\r\nHost: "+privateHost+"\r\nConnection: close\r\n\r\n"))
		}},
		{"two requests in one", func(t *testing.T) []answer {
			smuggled := "GET /secret HTTP/1.1\r\nHost: " + privateHost + "\r\n\r\n"
			return []answer{
				raw(t, privateHost, fmt.Sprintf("POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%s", partlyPublicHost, len(smuggled)+5, smuggled)),
				raw(t, privateHost, fmt.Sprintf("GET /secret HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked, identity\r\n\r\n", privateHost)),
			}
		}},
		{"the page asked for, after signing in with another group", func(t *testing.T) []answer {
			stranger := anonymous()
			stranger.name = "bob"
			landed := stranger.signIn(t, stranger.visit(t, privatePage).Location)
			require.Equal(t, privatePage, landed)
			got := stranger.visit(t, landed)
			require.Equal(t, http.StatusForbidden, got.Status, "another group is refused, not sent round in circles")
			return []answer{got}
		}},
		{"open redirect through rd", func(t *testing.T) []answer {
			var got []answer
			for _, target := range []string{
				"https://evil.example.org/", "//evil.example.org/", `/\evil.example.org/`, "https://auth.example.com.evil.example.org/",
				"https://auth.example.com@evil.example.org/", "https://evil.example.org%2f.example.com/", "javascript:alert(1)",
			} {
				person := anonymous()
				person.name = "alice"
				landed := person.signIn(t, "https://"+authHost+"/oauth2/start?rd="+url.QueryEscape(target))
				require.Equal(t, "/", landed, target)
				got = append(got, answer{Status: http.StatusFound, Location: landed})
			}
			return got
		}},
	}
}

// pathAttacks ask for a path under the private prefix, written in a way that may match the public rule beside it.
func pathAttacks() []attack {
	var attacks []attack
	for _, target := range []string{
		"//admin/secret", "/./admin/secret", "/catalogue/../admin/secret", "/%2e/admin/secret", "/catalogue/%2e%2e/admin/secret",
		"/catalogue/.%2e/admin/secret", "/%61dmin/secret", "/admin/", "/admin?", "/admin/./secret", "///admin//secret",
		"/catalogue/..//admin/secret",
	} {
		attacks = append(attacks, attack{"path `" + target + "`", func(t *testing.T) []answer {
			return []answer{raw(t, partlyPublicHost, "GET "+target+" HTTP/1.1\r\nHost: "+partlyPublicHost+"\r\nConnection: close\r\n\r\n")}
		}})
	}
	return attacks
}

// authServiceAttacks need an auth service that does not work.
func authServiceAttacks(v visitors) []attack {
	knock := func(t *testing.T) []answer {
		t.Helper()
		require.Equal(t, http.StatusOK, v.anonymous.visit(t, "https://"+partlyPublicHost+"/").Status, "what is public works on")
		request := "GET /secret HTTP/1.1\r\nHost: " + privateHost + "\r\nConnection: close\r\n"
		return []answer{
			raw(t, privateHost, request+"\r\n"),
			raw(t, privateHost, request+"Cookie: "+cookieName+"="+v.member.cookie(t)+"\r\n\r\n"),
		}
	}
	return []attack{
		{"auth service down", func(t *testing.T) []answer {
			replaceAuthService(t, nil)
			return knock(t)
		}},
		{"auth service slow", func(t *testing.T) []answer {
			replaceAuthService(t, func(net.Conn) { time.Sleep(10 * time.Second) })
			return knock(t)
		}},
		{"auth service answers garbage", func(t *testing.T) []answer {
			var got []answer
			for _, garbage := range []string{"\x00\x01garbage\r\n\r\n", "HTTP/1.1 200\x00OK", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", ""} {
				t.Run(fmt.Sprintf("%q", garbage), func(t *testing.T) {
					replaceAuthService(t, func(connection net.Conn) { _, _ = connection.Write([]byte(garbage)) })
					got = append(got, knock(t)...)
				})
			}
			return got
		}},
	}
}

// replaceAuthService stops the auth service for the time of a test; what connects to its address is given to serve.
func replaceAuthService(t *testing.T, serve func(net.Conn)) {
	t.Helper()
	theBed.authService.stop()
	t.Cleanup(func() { require.NoError(t, theBed.startAuthService()) })
	if serve == nil {
		return
	}
	listener, err := net.Listen("tcp4", authAddress+":80")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				serve(connection)
			}()
		}
	}()
}
