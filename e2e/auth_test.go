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

	// cookieName is the one in the settings of the example.
	cookieName = "__Secure-oauth2_proxy"
	// cookieSecret signs the cookie of a session.
	cookieSecret = "0123456789abcdef0123456789abcdef"
)

// people are who can sign in, with the groups they are in.
var people = map[string][]string{
	"alice": {"team-a", "cindy", "shop", "shop-staging"},
	"bob":   {"team-b"},
	"carol": {"team-a", "team-b"},
}

// authStack is the auth service of the examples. The bed installs its manifests and starts it with its settings.
const authStack = examplesFolder + "/auth-stack/oauth2-proxy"

// startAuthService starts oauth2-proxy with the settings of the example, but those that belong to a cluster.
func startAuthService(binary, folder string, a *authority) (*process, error) {
	secrets := map[string]string{"client-secret": clientSecret, "cookie-secret": cookieSecret}
	for name, secret := range secrets {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(secret), 0o600); err != nil {
			return nil, err
		}
	}
	return start("oauth2-proxy", binary, nil,
		"--config="+authStack+"/oauth2-proxy.cfg",
		// No kube-proxy leads from the port of the Service to the one of the container.
		"--http-address="+authAddress+":80",
		// The controller is in the network of the bed.
		"--trusted-proxy-ip=10.1.0.0/16",
		// No kubelet mounts the Secret.
		"--client-secret-file="+filepath.Join(folder, "client-secret"),
		"--cookie-secret-file="+filepath.Join(folder, "cookie-secret"),
		// The provider's certificate is signed by the authority of the bed.
		"--provider-ca-file="+a.file,
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
