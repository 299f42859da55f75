#!/usr/bin/env bash
# Copies lego, the ACME client that Traefik is built with, into the folder $1, without its DNS providers: they need
# modules that the Go module proxy does not serve, and no test asks for a certificate.
set -euo pipefail

copy=$1
version=v5.4.1
source=$(cd / && go mod download -json "github.com/go-acme/lego/v5@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')

rm -rf "$copy"
mkdir -p "$copy/providers/dns"
cp -r "$source"/{acme,certcrypto,certificate,challenge,internal,lego,log,platform,registration} "$copy"
chmod -R u+w "$copy"
find "$copy" -name '*_test.go' -delete
printf 'module github.com/go-acme/lego/v5\n\ngo 1.26.0\n' >"$copy/go.mod"
cat >"$copy/providers/dns/dns.go" <<'GO'
// Package dns knows no DNS provider.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName returns an error for every name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("unrecognized DNS provider: %s", name)
}
GO
