package e2e

// proofSection is a table of docs/proof.md.
type proofSection struct {
	table   string
	title   string
	text    string
	columns []string
}

const proofIntroduction = `# Proof on real software

Everything on this page was seen over HTTP, and is seen again by every run of ` + "`make e2e`" + `, which compares it with this page.

` + "```text" + `
manifests with an annotation ──► private-endpoints ──► kubectl apply ──► kube-apiserver and etcd
                                                                                │ watched by
browser, HTTP client ─────────────────────────────────────────────────────► Traefik ──► Pods, which answer with
                                                                                │ asks     what reached them
                                                                                ▼
                                                     oauth2-proxy ◄──► OpenID Connect provider with a login form
` + "```" + `

The parts are built from the Go module proxy, the browser is Debian's. They run in network, mount and process namespaces of
their own. People: alice is in the group ` + "`team-a`" + `, bob in ` + "`team-b`" + `, carol in both; every endpoint lies in the namespace
` + "`team-a`" + `, whose group is ` + "`team-a`" + `.
`

var proofSections = []proofSection{
	{
		table:   "versions",
		title:   "What ran",
		text:    "The versions are read from the programs themselves.",
		columns: []string{"part", "module", "version"},
	},
	{
		table: "matrix",
		title: "Who gets in",
		text: `What the function wrote for each kind of endpoint, and the status that each visitor got. The expired cookie is a real one, signed
eight days ago. For alice and carol the Pods received their own identity and no other in the headers of ` + "`auth.responseHeaders`" + `.
"nginx annotations" are served by Traefik's provider for them.`,
		columns: []string{"dialect", "endpoint", "anonymous", "expired cookie", "alice", "carol", "bob", "alice without TLS", "alice arrives at", "public part"},
	},
	{
		table: "examples",
		title: "The examples",
		text: `Each folder of ` + "`examples`" + `, built as its README says and applied as printed. The endpoints are those that
` + "`private-endpoints endpoints`" + ` lists; alice is in the groups of these namespaces, bob is not.`,
		columns: []string{"example", "endpoint", "alice", "anonymous", "bob"},
	},
	{
		table: "attacks",
		title: "Attacks",
		text: `None of these got in, or appeared as somebody else. The last column has the status of the answers; 0 is a connection without an
answer. The paths are asked for on a host of which ` + "`/admin`" + ` is private and the rest public; to get in is to reach a Pod with a path
that a server may take for one under ` + "`/admin`" + `, after decoding each segment, removing dots and merging slashes.`,
		columns: []string{"dialect", "attack", "status"},
	},
	{
		table: "limits",
		title: "What does get in",
		text: `Limits of every protection that stands in front of the Pods, with what closes them. They are shown here so that nobody has to find
them out.`,
		columns: []string{"limit", "status", "closed by"},
	},
	{
		table: "leaks",
		title: "The verifier against reality",
		text: `Each leak was applied, and the door was open; ` + "`private-endpoints verify`" + ` reported what the table says and nothing else. Then the
fixed twin was applied: the door was closed, and the verifier silent.`,
		columns: []string{"leak", "dialect", "open to", "reported", "fixed"},
	},
	{
		table: "browser",
		title: "A person with a browser",
		text: `Headless Chromium asks for a page deep in a private endpoint and is sent to the login form, where it signs in as alice. Then it
asks for an endpoint of the namespace ` + "`team-b`" + `, and signs out.`,
		columns: []string{"dialect", "arrives at", "team-b", "after signing out"},
	},
	{
		table: "acceptance",
		title: "What the API server takes",
		text: `` + "`kubectl apply --dry-run=server`" + ` with the definitions of all kinds that Traefik and the Gateway API have, for everything that
the function wrote of these: in the matrix, the examples, and the cases of ` + "`testdata`" + `. A misspelt field and a wrong host are refused.`,
		columns: []string{"objects of", "accepted"},
	},
}

const proofLimits = `
## What was not run over HTTP

| what | why |
|---|---|
| ingress-nginx itself | it drives an nginx with Lua libraries that come in its image alone; its annotations are served here by Traefik's provider for them, and its own parser's answers are golden cases of the verifier |
| haproxy-ingress, F5 NGINX Ingress Controller | the Go module proxy has no usable version |
| Envoy Gateway, Istio | no Envoy binary can be had from the Go module proxy or Debian |
| cloud load balancers | they are services of a cloud |
| Services of type LoadBalancer and NodePort, host ports | no cloud, kube-proxy or kubelet runs; that a converted Service has no such port left is seen in what the function wrote |
`
