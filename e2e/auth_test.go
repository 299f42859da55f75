package e2e

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

const (
	// authHost is where people sign in; it leads to oauth2-proxy.
	authHost = "auth.example.com"
	// providerHost is the identity provider, to which oauth2-proxy sends them.
	providerHost = "login.example.com"
	issuer       = "https://" + providerHost

	clientID     = "oauth2-proxy"
	clientSecret = "secret-of-the-client"
	password     = "correct horse battery staple"

	cookieName = "_oauth2_proxy"
	// cookieSecret signs the cookie of a session.
	cookieSecret = "0123456789abcdef0123456789abcdef"
)

// people are who can sign in, with the groups they are in.
var people = map[string][]string{
	"alice": {"team-a", "cindy", "shop", "shop-staging"},
	"bob":   {"team-b"},
	"carol": {"team-a", "team-b"},
}

// startAuthService starts oauth2-proxy, as a team would for a whole domain: one sign-in page, one cookie.
func startAuthService(binary string, a *authority) (*process, error) {
	return start("oauth2-proxy", binary, nil,
		"--http-address="+authAddress+":80",
		"--reverse-proxy",
		"--trusted-proxy-ip=10.1.0.0/16",
		"--provider=oidc",
		"--oidc-issuer-url="+issuer,
		"--provider-ca-file="+a.file,
		"--client-id="+clientID,
		"--client-secret="+clientSecret,
		"--code-challenge-method=S256",
		"--scope=openid email profile groups",
		"--oidc-groups-claim=groups",
		"--email-domain=*",
		"--cookie-name="+cookieName,
		"--cookie-secret="+cookieSecret,
		"--cookie-domain=.example.com",
		"--whitelist-domain=.example.com",
		"--redirect-url=https://"+authHost+"/oauth2/callback",
		"--set-xauthrequest",
		"--skip-provider-button",
		"--upstream=static://202",
	)
}

// startProvider serves an OpenID Connect provider with a login form.
func startProvider(certificate pair) error {
	log, err := os.Create(filepath.Join(logFolder, "provider.log"))
	if err != nil {
		return err
	}
	settings, err := certificate.serve()
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp4", providerAddress+":443", settings)
	if err != nil {
		return err
	}
	client := storage.WebClient(clientID, clientSecret, "https://"+authHost+"/oauth2/callback")
	store := directory{storage.NewStorageWithClients(users{}, map[string]*storage.Client{clientID: client})}
	handler := exampleop.SetupServer(issuer, store, slog.New(slog.NewTextHandler(log, nil)), false)
	go func() { _ = http.Serve(listener, handler) }()
	return nil
}

// directory is the provider's memory, which also knows the groups of the people.
type directory struct {
	*storage.Storage
}

// SetUserinfoFromToken adds the claim groups to what the provider says about a person.
func (d directory) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, token, subject, origin string) error {
	if err := d.Storage.SetUserinfoFromToken(ctx, info, token, subject, origin); err != nil {
		return err
	}
	info.AppendClaims("groups", people[info.Subject])
	return nil
}

// SetUserinfoFromRequest adds the claim groups to the token of a person.
func (d directory) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, token op.IDTokenRequest, scopes []string) error {
	if err := d.Storage.SetUserinfoFromRequest(ctx, info, token, scopes); err != nil {
		return err
	}
	info.AppendClaims("groups", people[token.GetSubject()])
	return nil
}

// users are the people, as the provider looks them up: by a name that is also their identifier.
type users struct{}

func (users) GetUserByID(name string) *storage.User {
	if _, ok := people[name]; !ok {
		return nil
	}
	return &storage.User{ID: name, Username: name, Password: password, Email: name + "@example.com", EmailVerified: true}
}

func (u users) GetUserByUsername(name string) *storage.User { return u.GetUserByID(name) }

func (users) ExampleClientID() string { return clientID }
