package exposure

import (
	"slices"
	"strings"
)

// configuredBy notes that a text, which an annotation or field with a name puts into the configuration of the route, may rewrite paths or
// choose where requests go. Where they then end, nobody can tell from outside: it may be any path of the Pods behind the route.
func (w *Way) configuredBy(name, snippet string) {
	if nginxLeadsElsewhere(snippet) || haproxyLeadsElsewhere(snippet) {
		w.Rewrite, w.Remark = "/$1", "as its "+name+" may do"
	}
}

// passingDirectives are those of nginx that hand a request on, beside rewrite and what runs Lua. After try_files and error_page nginx looks for
// the location anew, and so for who is asked there
// (https://nginx.org/en/docs/dirindex.html).
var passingDirectives = []string{"proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass", "js_content"}

// nginxLeadsElsewhere says whether a text for the configuration of nginx holds a directive after which the backend may see another path. A
// rewrite that ends in a redirect is none. What cannot be read as directives counts as what it looks like.
func nginxLeadsElsewhere(snippet string) bool {
	for _, statement := range strings.FieldsFunc(snippet, func(r rune) bool { return strings.ContainsRune(";{}\n", r) }) {
		words := strings.Fields(statement)
		if len(words) == 0 {
			continue
		}
		switch directive := words[0]; {
		case directive == "rewrite" && !redirectsByItself(words):
			return true
		case slices.Contains(passingDirectives, directive), strings.HasSuffix(directive, "_by_lua_block"), strings.HasSuffix(directive, "_by_lua"), strings.HasSuffix(directive, "_by_lua_file"):
			// The filters see the answer, after the request has gone where it goes.
			if !strings.Contains(directive, "filter_by_lua") && !strings.HasPrefix(directive, "log_by_lua") {
				return true
			}
		}
	}
	return false
}

// redirectsByItself says whether a rewrite answers with a redirect (https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#rewrite).
func redirectsByItself(words []string) bool {
	if len(words) == 4 {
		return words[3] == "redirect" || words[3] == "permanent"
	}
	return len(words) == 3 && (strings.HasPrefix(words[2], "http://") || strings.HasPrefix(words[2], "https://") || strings.HasPrefix(words[2], "$scheme"))
}

// rewritingActions are the words of HAProxy that change the path of a request, run Lua or choose a server (https://docs.haproxy.org).
var rewritingActions = []string{
	"replace-path", "set-path", "replace-uri", "set-uri", "normalize-uri", "reqrep", "reqirep", "lua.", "use-server",
}

// haproxyLeadsElsewhere says whether a text for the configuration of HAProxy holds one of these words.
func haproxyLeadsElsewhere(snippet string) bool {
	return slices.ContainsFunc(rewritingActions, func(word string) bool { return strings.Contains(snippet, word) })
}
