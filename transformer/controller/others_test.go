package controller

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestParseFilters reads chains of filters as eskip/parser.y does: what Skipper would refuse is refused.
func TestParseFilters(t *testing.T) {
	const url = `"http://auth.auth.svc.cluster.local/verify?a=b"`
	accepted := map[string]string{
		"":                             "",
		" \n":                          "",
		"webhook(" + url + ")":         "webhook(http://auth.auth.svc.cluster.local/verify?a=b)",
		"a() -> b(1, 2.5, `x\"y`)":     `a(); b(1, 2.5, x"y)`,
		`a("x\"y\\z\n")`:               `a(x"y\z\n)`,
		"a() // b()\n -> c(/x[/]\\//)": `a(); c(/x[/]\//)`,
		"a(\"->\")->b(\")\")":          "a(->); b())",
		"a(\"new\nline\")":             "a(new\nline)",
	}
	for code, want := range accepted {
		calls, ok := parseFilters(code)
		require.True(t, ok, code)
		var texts []string
		for _, call := range calls {
			texts = append(texts, call.String())
		}
		require.Equal(t, want, strings.Join(texts, "; "), code)
	}
	for _, code := range []string{
		"webhook", "webhook(", "webhook()x", `webhook("a)`, "webhook(http://auth)", `webhook("a" "b")`, `webhook("a",)`, `-> webhook("a")`,
		`webhook("a") ->`, `webhook("a"); b()`, `webhook("a") b()`, `("a")`, `1("a")`, `webhook("a") -> <shunt>`, "a(1m)", "a('b')",
	} {
		_, ok := parseFilters(code)
		require.False(t, ok, code)
	}
}

// TestParseRoutes reads what the annotation zalando.org/skipper-routes may hold.
func TestParseRoutes(t *testing.T) {
	routes, ok := parseRoutes(`
		a: Header("X", "1") && Method("GET") -> "http://a.cindy.svc.cluster.local";
		b: * -> webhook("x") -> <roundRobin, "http://b1", "http://b2">;
		c: * -> status(204) -> <shunt>;
		d: * -> setDynamicBackendUrl("http://d") -> <dynamic>;`)
	require.True(t, ok)
	var addresses [][]string
	for _, route := range routes {
		addresses = append(addresses, route.addresses)
	}
	require.Equal(t, [][]string{{"http://a.cindy.svc.cluster.local"}, {"http://b1", "http://b2"}, nil, {"<dynamic>"}}, addresses)
	require.Equal(t, "webhook(x)", routes[1].filters[0].String())
	for _, code := range []string{"a", "a: *", `a: * -> b -> "c"`, `a: * -> 'c'`} {
		_, ok := parseRoutes(code)
		require.False(t, ok, code)
	}
}

// TestReadPolicy tells whom a policy of Pomerium lets in.
func TestReadPolicy(t *testing.T) {
	const group = `{"claim/groups": "a"}`
	groups := func(names ...string) admitted { return admitted{byGroup: true, groups: names} }
	signedIn, anybody := admitted{}, admitted{anybody: true}
	tests := map[string]admitted{
		`[{"allow": {"and": [` + group + `]}}]`:                                         groups("a"),
		`{"allow": {"or": [{"groups": {"has": "b"}}, {"claims/groups": {"is": "a"}}]}}`: groups("a", "b"),
		`[{"allow": {"and": [{"email": {"is": "x@y"}}, ` + group + `]}}]`:               groups("a"),
		`[{"allow": {"and": [` + group + `, {"http_path": {"is": "/"}}]}}]`:             groups("a"),
		`[{"allow": {"or": [` + group + `]}, "deny": {"or": [{"accept": true}]}}]`:      groups("a"),
		`[{"allow": {"or": [` + group + `, {"domain": {"is": "y"}}]}}]`:                 {groups: []string{"a"}},
		`[{"allow": {"or": [{"authenticated_user": true}]}}]`:                           signedIn,
		`[{"allow": {"and": [{"claim/groups": ["a"]}]}}]`:                               signedIn,
		`[{"allow": {"or": [` + group + `]}}, {"allow": {"or": [{"email": "x@y"}]}}]`:   {groups: []string{"a"}},
		`[{"allow": {"or": [` + group + `, {"cors_preflight": true}]}}]`:                {anybody: true, groups: []string{"a"}},
		`[{"allow": {"and": [{"source_ip": "10.0.0.0/8"}]}}]`:                           anybody,
		`[{"allow": {"and": [` + group + `], "nor": [{"email": {"is": "x@y"}}]}}]`:      {anybody: true, groups: []string{"a"}},
		`[{"allow": {"or": []}}]`:                                                       anybody,
		`[{"allow": {"or": [{"claim/groups": "a", "accept": true}]}}]`:                  anybody,
		`[{"allow": ["accept"]}]`:                                                       anybody,
		`"accept"`:                                                                      anybody,
		`[{`:                                                                            anybody,
	}
	for policy, want := range tests {
		got := readPolicy(policy)
		require.Equal(t, want.anybody, got.anybody, policy)
		require.Equal(t, want.byGroup, got.byGroup, policy)
		if want.byGroup {
			require.Equal(t, want.groups, got.groups, policy)
		}
	}
}

// TestJudgementOf holds that a route is judged by itself where a controller can tell them apart.
func TestJudgementOf(t *testing.T) {
	judgement := judge(t, "gke", strings.Replace(exampleIngress("gce"), "spec:\n", "spec:\n  defaultBackend: {service: {name: admin, port: {number: 80}}}\n", 1))
	require.False(t, judgement.Closed())
	require.Equal(t, "spec.defaultBackend.backend", judgement.Of("spec.defaultBackend").Flaws[0].Field)
	require.Len(t, judgement.Of("spec.rules[0].http.paths[0]").Flaws, 1)
	require.Same(t, &judgement, judgement.Of("elsewhere"))
}
