package exposure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestConfiguredBy is about texts for the configuration of nginx and of HAProxy after which nobody knows what a backend sees.
func TestConfiguredBy(t *testing.T) {
	for snippet, want := range map[string]bool{
		"":                                                        false,
		"rewrite ^/x/(.*)$ /$1 break;":                            true,
		"gzip on;\nrewrite ^/x/(.*)$ /$1;":                        true,
		"if ($a) { rewrite ^ /x last; }":                          true,
		"rewrite ^(/x)$ $1/ redirect;":                            false,
		"rewrite ^ https://a.b/x;":                                false,
		"rewrite ^ $scheme://a.b$request_uri permanent;":          false,
		"proxy_pass http://10.0.0.1;":                             true,
		"proxy_pass_header Server; proxy_set_header X-A rewrite;": false,
		"# rewrite the host\nproxy_set_header Host a.b;":          false,
		"rewrite_by_lua_block { ngx.req.set_uri('/x') }":          true,
		"access_by_lua_file /x.lua;":                              true,
		"header_filter_by_lua_block { ngx.header.x = 1 }":         false,
		"return 403;":                                             false,
		`http-request replace-path /x(/.*) \1`:                    true,
		"http-request set-pathq /x":                               true,
		"http-request lua.x":                                      true,
		"http-request set-header X-A y":                           false,
		"timeout server 1m":                                       false,
	} {
		way := &Way{}
		way.configuredBy("snippet", snippet)
		require.Equal(t, want, way.Rewrite != "", snippet)
		require.Equal(t, want, way.Remark != "", snippet)
	}
}
