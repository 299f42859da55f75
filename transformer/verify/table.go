package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// pair is a way of a private endpoint, and another way that can meet it and does not ask the same.
type pair struct {
	private, other *exposure.Way
	// host is the one that carries the endpoint, for remedies.
	host string
	// controller is the id of the one that serves the private way.
	controller string
	// endpoint names the source of the private way.
	endpoint finding.Object
	// shares says that both reach the same port of the same Pods.
	shares bool
	// sameHost says that both stand for the same host through the same class or Gateway.
	sameHost bool
	// elsewhere says that the other way is open for the same host on entry points or listeners where the private one is not.
	elsewhere bool
	// covers says that the host of the other way is a pattern that stands for the private one too.
	covers bool
	// privatePaths and otherPaths are the paths as the controller reads them; certain says that they are these and no others.
	privatePaths, otherPaths exposure.PathSet
	certain                  bool
	// otherIsPrivate says that the other way is one of another private endpoint, and asks.
	otherIsPrivate bool
	// taken says that the other way could reach the private path, were it not for a private route of its own host that gets all of
	// these requests.
	taken func() bool
	// authService says that the other way leads to the auth service that the private one asks.
	authService bool
}

// sameRequests says that both take the same requests of one host, as far as somebody has decided: paths of the same text are the same where
// one is a Prefix and the private one has no type, and where the other way is Exact.
func (p pair) sameRequests() bool {
	if !p.sameHost || !p.certain || p.otherPaths.String() != p.privatePaths.String() {
		return false
	}
	// haproxy-ingress leaves out the path of the younger object, whatever their types.
	firstWins := p.controller == "haproxy-ingress"
	return p.otherPaths.Exact() || p.privatePaths.Contains(p.otherPaths) || firstWins && p.otherPaths.Contains(p.privatePaths) && !p.privatePaths.Exact()
}

// expressionFirst says that the other way has a regular expression for more than the private paths, and may come before a prefix. That an
// exact path comes first is common to all controllers.
func (p pair) expressionFirst() bool {
	return p.other.Expression != "" && !p.privatePaths.Exact() && !p.privatePaths.Contains(p.otherPaths)
}

// decision is one line of the decision table. The first line that meets a pair decides.
type decision struct {
	finding.Rule
	meets func(pair) bool
	// ofPrivate says that the finding is about the object of the private way.
	ofPrivate bool
	// say returns the finding about the pair.
	say func(pair, finding.Rule) finding.Finding
}

// decisions is the decision table for a private way and another one without equal protection. Lines without a Rule are
// harmless.
var decisions = []decision{
	{
		Rule: finding.Rule{Title: "answers with a redirect and reaches nobody"}, meets: func(p pair) bool { return p.other.Redirects },
	},
	{
		Rule: OpenPort, meets: func(p pair) bool { return p.other.Layer == exposure.TCP && p.shares },
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("%s opens %s, which %s makes private", p.other.Via, targetText(p), p.endpoint),
				openPortRemedy(p))
		},
	},
	{
		Rule: PassedThrough, meets: func(p pair) bool { return p.other.Layer == exposure.TLS && p.shares },
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("connections for %s are handed to %s as they are, which %s makes private", hostText(p.other.Host), targetText(p), p.endpoint),
				"end TLS at the controller: nobody can be asked to sign in on a connection that it does not read")
		},
	},
	{
		Rule: finding.Rule{Title: "leads to other Pods, or to another port of them"}, meets: func(p pair) bool { return p.other.Layer != exposure.HTTP },
	},
	{
		Rule: finding.Rule{Title: "is a private endpoint of its own"}, meets: func(p pair) bool { return p.otherIsPrivate && !p.shares && !p.sameRequests() },
	},
	{
		Rule: finding.Rule{Title: "leads to the auth service"}, meets: func(p pair) bool { return p.authService },
	},
	{
		Rule: ForeignSignIn, meets: func(p pair) bool { return p.sameHost && exposure.Prefix("/oauth2").Contains(p.otherPaths) },
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("path %s on %s belongs to the sign-in of %s, and leads to %s", p.other.Paths, p.other.Host, p.endpoint, serviceText(p.other)),
				"lead the path to the auth service, or use another path")
		},
	},
	{
		Rule: RegularPath, meets: func(p pair) bool {
			return p.sameHost && (!p.certain || p.expressionFirst()) && p.privatePaths.Meets(p.otherPaths)
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			if p.expressionFirst() {
				return r.At(p.other.Item.Object(), p.other.Field,
					fmt.Sprintf("path %s on %s is a regular expression and may match the private path %s of %s", p.other.Expression, p.other.Host, p.private.Paths, p.private.Item.Object()),
					"write a path of type PathPrefix or Exact, or move the route to a host of its own")
			}
			return r.At(p.other.Item.Object(), p.other.Field,
				fmt.Sprintf("path %s is read as a regular expression on %s and may match the private path %s", p.other.Paths, p.other.Host, p.private.Paths),
				"move the paths that need rewriting to a host of their own")
		},
	},
	{
		Rule: SameRequests, meets: pair.sameRequests,
		say: func(p pair, r finding.Rule) finding.Finding {
			if p.otherIsPrivate {
				return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("path %s on %s asks %s here, and %s in %s",
					p.other.Paths, p.other.Host, p.other.Auth.Asks, p.private.Auth.Asks, p.private.Item.Object()), "give one of the two another host or path")
			}
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("path %s on %s is private in %s", p.other.Paths, p.other.Host, p.private.Item.Object()),
				"remove the public path, or "+closeRemedy(p.other))
		},
	},
	{
		Rule: RanksHigher, meets: func(p pair) bool {
			return p.sameHost && p.private.Priority > 0 && p.other.Priority >= p.private.Priority && p.other.Most().Meets(p.privatePaths) &&
				!p.privatePaths.Contains(p.other.Most())
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("path %s on %s ranks %d and comes before the private path %s of %s, which ranks %d",
				p.other.Paths, p.other.Host, p.other.Priority, p.private.Paths, p.private.Item.Object(), p.private.Priority),
				rankRemedy(p))
		},
	},
	{
		Rule: HeaderFirst, meets: func(p pair) bool {
			return p.sameHost && p.other.Ahead && !p.private.Ahead && p.otherPaths.Meets(p.privatePaths) && !p.privatePaths.Contains(p.otherPaths)
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			severity := finding.Warning
			if p.shares && p.other.Shares(p.private) {
				severity = finding.Error
			}
			return r.At(p.other.Item.Object(), p.other.Field,
				fmt.Sprintf("path %s on %s takes requests with a header before the private path %s of %s", p.other.Paths, p.other.Host, p.private.Paths, p.private.Item.Object()),
				"make the Ingress private too, or serve it on a host of its own").As(severity)
		},
	},
	{
		Rule: RanksFirst, meets: func(p pair) bool {
			return p.sameHost && p.other.Rank < p.private.Rank && p.otherPaths.Meets(p.privatePaths) && !p.privatePaths.Contains(p.otherPaths)
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("path %s on %s comes before the private path %s of %s", p.other.Paths, p.other.Host, p.private.Paths, p.private.Item.Object()),
				firstRemedy(p))
		},
	},
	{
		Rule: OtherWay, meets: func(p pair) bool {
			return p.sameHost && p.shares && (p.private.Rewrite != "" || p.other.Rewrite != "") && p.other.Shares(p.private) && !p.taken()
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			return otherWay(p, r, "serve the two on Services of their own, or do not rewrite into each other's paths")
		},
	},
	{
		Rule: OtherWay, meets: func(p pair) bool {
			isInside := p.sameHost && p.privatePaths.Contains(p.otherPaths)
			return p.elsewhere && p.shares && p.other.Shares(p.private) && !isInside && !p.taken()
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			found := otherWay(p, r, elsewhereRemedy(p))
			found.Cause += elsewhereText(p)
			return found
		},
	},
	{
		Rule: HostOfOne, meets: func(p pair) bool { return p.sameHost && p.private.Server != p.other.Server },
		say: func(p pair, r finding.Rule) finding.Finding {
			const remedy = "let one object have the host, such as a master Ingress with the two as its minions (nginx.org/mergeable-ingress-type)"
			cause := fmt.Sprintf("host %s is also the one of %s, and F5 NGINX leaves one of the two out", p.other.Host, p.private.Item.Object())
			if !p.shares || !p.other.Shares(p.private) {
				return r.At(p.other.Item.Object(), p.other.Field, cause, remedy).As(finding.Warning)
			}
			return r.At(p.other.Item.Object(), p.other.Field, cause+fmt.Sprintf(": path %s then reaches what the path %s makes private", p.other.Paths, p.private.Paths), remedy)
		},
	},
	{
		Rule: PublicInside, meets: func(p pair) bool { return p.sameHost && p.certain && p.privatePaths.Contains(p.otherPaths) },
		say: func(p pair, r finding.Rule) finding.Finding {
			severity := finding.Info
			if p.shares || p.private.Namespace != p.other.Namespace {
				severity = finding.Warning
			}
			return r.At(p.other.Item.Object(), p.other.Field,
				fmt.Sprintf("path %s on %s %s inside the private path %s of %s", p.other.Paths, p.other.Host, accessText(p.other), p.private.Paths, p.private.Item.Object()),
				"if that is not meant, "+closeRemedy(p.other)).As(severity)
		},
	},
	{
		Rule: PublicBeside, ofPrivate: true, meets: func(p pair) bool {
			return p.sameHost && p.certain && (p.privatePaths.Exact() || p.private.WithoutSlash) && p.otherPaths.Contains(p.privatePaths) &&
				(p.otherPaths.Everything() || p.otherPaths.String() == p.privatePaths.String())
		},
		say: func(p pair, r finding.Rule) finding.Finding {
			if p.private.WithoutSlash {
				return r.At(p.private.Item.Object(), p.private.Field,
					fmt.Sprintf("path %s/ is private but %s without the slash %s through %s: Traefik takes the slash at the end literally", p.private.Paths, p.private.Paths, accessText(p.other), p.other.Item.Object()),
					"write the path without the slash at its end")
			}
			return r.At(p.private.Item.Object(), p.private.Field,
				fmt.Sprintf("path %s is private but %s/ %s through %s", p.private.Paths, strings.TrimRight(p.private.Paths.String(), "/"), accessText(p.other), p.other.Item.Object()),
				"write pathType: Prefix")
		},
	},
	{
		Rule: HostOfTwo, meets: func(p pair) bool { return p.sameHost && p.private.Namespace != p.other.Namespace },
		say: func(p pair, r finding.Rule) finding.Finding {
			return r.At(p.other.Item.Object(), p.other.Field, fmt.Sprintf("host %s is also the one of %s", p.other.Host, p.private.Item.Object()), "").As(finding.Info)
		},
	},
	{
		Rule: finding.Rule{Title: "takes other paths of the host"}, meets: func(p pair) bool { return p.sameHost },
	},
	{
		Rule: finding.Rule{Title: "a private route of its host takes these requests"}, meets: func(p pair) bool { return p.taken() },
	},
	{
		Rule: CatchAll, meets: func(p pair) bool { return p.covers },
		say: func(p pair, r finding.Rule) finding.Finding {
			cause, severity := fmt.Sprintf("%s also stands for the private host %s", wayText(p.other), p.private.Host), finding.Info
			if p.shares && p.other.Shares(p.private) {
				cause, severity = cause+fmt.Sprintf(", and reaches %s, which %s makes private", serviceText(p.private), p.endpoint), finding.Error
			}
			return r.At(p.other.Item.Object(), p.other.Field, cause, "write the exact host").As(severity)
		},
	},
	{
		Rule: OtherWay, meets: func(p pair) bool { return p.shares && p.other.Shares(p.private) },
		say: func(p pair, r finding.Rule) finding.Finding { return otherWay(p, r, splitRemedy(p)) },
	},
	{
		Rule: finding.Rule{Title: "takes requests that the private route does not, or leads elsewhere"}, meets: func(pair) bool { return true },
	},
}

// The rules of the decision table.
var (
	// OtherWay is a public way that reaches a private path through another host or class.
	OtherWay = finding.Rule{
		Code: "PE201", Severity: finding.Error, Title: "private path reachable without sign-in",
		Cause: "A route on another host, of another class, Gateway or namespace, or after rewriting its path, reaches the same path of " +
			"the same Pods, and does not ask for the same sign-in. Anybody who knows that host needs no sign-in. A public route that has its default backend " +
			"or its error pages there, that sends copies of its requests there, or whose snippet hands them on is such a way too; so is one of the " +
			"same host on an entry point of Traefik or a listener of a Gateway on which the private route is not.",
		Remedy: "Serve public and private paths on one host with paths that do not meet, make both routes private, or remove the public " +
			"one.",
		Example: privateAdmin + publicStart + "www.example.com" + publicPath + "/" + publicEnd,
	}
	// SameRequests is a public way for the very requests of a private one: which of them wins is nobody's decision.
	SameRequests = finding.Rule{
		Code: "PE202", Severity: finding.Error, Title: "the same requests are private and public",
		Cause: "Two Ingresses claim the same requests of one host, and one of them is public, or asks other people. Which of them wins depends on the " +
			"controller, on the age of the objects, or on chance. A public Exact path inside a private Prefix of the same text is one " +
			"too, and so is a public Prefix of the text of a private path of type ImplementationSpecific.",
		Remedy:  "Remove the public path, or make that Ingress private too, for the same people.",
		Example: privateAdmin + publicStart + "admin.example.com" + publicPath + "/admin" + publicEnd,
	}
	// PublicInside is a public path inside a private one.
	PublicInside = finding.Rule{
		Code: "PE203", Severity: finding.Warning, Title: "public path inside a private one",
		Cause: "A public path lies inside a private one of the same host: the more specific path wins, and is open. That is a warning " +
			"where it reaches the Pods of the private endpoint or belongs to another namespace, else information.",
		Remedy:  "If that is not meant, make the Ingress private too. If it is, waive it with a reason.",
		Example: privateAdmin + publicStart + "admin.example.com" + publicPath + "/admin/api" + publicEnd,
	}
	// PublicBeside is a public Prefix around a private Exact path: /x/ is public.
	PublicBeside = finding.Rule{
		Code: "PE204", Severity: finding.Warning, Title: "private path is exact",
		Cause: "The private path has pathType Exact, so that it stands for one path alone. With a slash, or anything below it, the " +
			"request goes to the public route around it, often to the same application. Traefik does the like with a Prefix that is written " +
			"with a slash at its end: /admin/ is private there, and /admin is not.",
		Remedy: "Write pathType: Prefix, and no slash at the end.",
		Example: privateStart + asksGroup + `spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /admin
        pathType: Exact
        backend:
          service:
            name: admin
            port:
              number: 80
` + publicStart + "admin.example.com" + publicPath + "/" + publicEnd,
	}
	// HostOfTwo is a host that Ingresses of two namespaces serve.
	HostOfTwo = finding.Rule{
		Code: "PE205", Severity: finding.Info, Title: "private host shared with another namespace",
		Cause: "An Ingress of another namespace serves other paths of a private host. Nothing is open that should not be, but cookies " +
			"of the host reach both, and who may write there may add paths later.",
		Remedy: "Nothing, if it is meant. Otherwise give each namespace hosts of its own; spec.hosts.enforceSuffix keeps it so.",
		Example: privateAdmin + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: bob
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com` + publicPath + "/" + publicEnd,
	}
	// CatchAll is a public way for every host, or for a wildcard that covers a private one.
	CatchAll = finding.Rule{
		Code: "PE206", Severity: finding.Error, Title: "public route for every host",
		Cause: "A public route without a host, or with a wildcard that covers the private one, stands for the private host too. That is " +
			"an error where it reaches the private Pods, which then answer under any other name that leads to the controller; else it " +
			"is information.",
		Remedy: "Write the exact host.",
		Example: privateAdmin + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: cindy
spec:
  ingressClassName: nginx
  rules:
  - http:
      paths:
      - path: ` + "/" + publicEnd,
	}
	// OpenPort is a port of private Pods that is open without HTTP routing (G3).
	OpenPort = finding.Rule{
		Code: "PE207", Severity: finding.Error, Title: "private Pods have an open port",
		Cause: "The private Pods can be reached without HTTP routing: through a LoadBalancer, a NodePort, external IPs, the port of a " +
			"node (hostPort, hostNetwork), a TCP route, a stream-snippet, tcp-service-port of haproxy-ingress, or a port that the ConfigMaps tcp-services and udp-services of an ingress " +
			"controller open. Nobody asks anybody there.",
		Remedy: "Make the Service a ClusterIP, or give the private endpoint Pods or a port of its own.",
		Example: privateAdmin + `---
apiVersion: v1
kind: Service
metadata:
  name: admin
  namespace: cindy
spec:
  type: LoadBalancer
  selector:
    app: admin
  ports:
  - port: 80
`,
	}
	// PassedThrough is a connection to private Pods that the controller does not read (G7).
	PassedThrough = finding.Rule{
		Code: "PE209", Severity: finding.Error, Title: "TLS passthrough to private Pods",
		Cause: "A controller hands connections to the private Pods without reading them. Nobody can be asked to sign in on a connection " +
			"that is encrypted up to the application.",
		Remedy: "End TLS at the controller, or remove the route.",
		Example: privateAdmin + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: cindy
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: "true"
spec:
  ingressClassName: nginx
  rules:
  - host: www.example.com` + publicPath + "/" + publicEnd,
	}
	// HeadersPass is a public way to private Pods, on which nobody removes the headers that tell who has signed in (G12).
	HeadersPass = finding.Rule{
		Code: "PE213", Severity: finding.Warning, Title: "identity headers pass unfiltered",
		Cause: "An application learns from headers such as X-Auth-Request-User who has signed in. On a private route the controller " +
			"sets them; on a public route to the same Pods they arrive as the client has written them, and so does whoever the client " +
			"claims to be. A public route also takes requests with a path that only the application reads as a private one, such as " +
			"/admin%2Fsecret or /public/..;/admin.",
		Remedy: "Let the public routes lead to Pods of their own, let the controller remove these headers there, or waive it where the " +
			"application does not read them.",
		Example: privateAdmin + publicStart + "admin.example.com" + publicPath + "/" + publicEnd,
	}
	// ForeignSignIn is the path of the sign-in on a private host, in the hands of another backend than the auth service (G9).
	ForeignSignIn = finding.Rule{
		Code: "PE215", Severity: finding.Error, Title: "sign-in path leads elsewhere",
		Cause: "The path /oauth2 of a private host belongs to the sign-in: browsers are sent there, and some controllers ask there. In " +
			"the hands of another backend, that backend sees the codes and cookies of the sign-in, or can answer the question itself.",
		Remedy:  "Lead the path to the auth service, or use another path.",
		Example: privateAdmin + publicStart + "admin.example.com" + publicPath + "/oauth2" + publicEnd,
	}
	// RegularPath is a public path that a controller may read as matching a private one (N5).
	RegularPath = finding.Rule{
		Code: "PE305", Severity: finding.Error, Title: "public path may match a private one",
		Cause: "use-regex or rewrite-target on any Ingress of a host makes ingress-nginx read all paths of that host as regular " +
			"expressions without regard to letter case, the longest first. A public path of the host then may match requests of a " +
			"private one. So may one of type RegularExpression of an HTTPRoute: Envoy Gateway puts it before every prefix, and other controllers " +
			"rank it as they like.",
		Remedy: "Move the paths that need rewriting, or a regular expression, to a host of their own.",
		Example: privateAdmin + `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: open
  namespace: cindy
  annotations:
    nginx.ingress.kubernetes.io/use-regex: "true"
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - path: /adm.*
        pathType: ImplementationSpecific
        backend:
          service:
            name: open
            port:
              number: 80
`,
	}
)

func otherWay(p pair, r finding.Rule, remedy string) finding.Finding {
	return r.At(p.other.Item.Object(), p.other.Field,
		fmt.Sprintf("%s reaches path %s of %s, which %s makes private", wayText(p.other), p.private.Paths, serviceText(p.private), p.endpoint), remedy)
}

// elsewhereText says where the private way is not open, and the other one is.
func elsewhereText(p pair) string {
	kind := "entry point"
	if p.other.Item.Group() == "gateway.networking.k8s.io" {
		kind = "listener"
	}
	switch {
	case slices.Equal(p.private.EntryPoints, p.other.EntryPoints), len(p.private.EntryPoints) == 0:
		return ": it is open without TLS too, and the private route is not"
	case len(p.other.EntryPoints) == 0:
		return fmt.Sprintf(": it is open on every %s, and the private route on %s alone", kind, strings.Join(p.private.EntryPoints, ", "))
	default:
		if len(p.other.EntryPoints) > 1 {
			kind += "s"
		}
		return fmt.Sprintf(": it is open on %s %s, and the private route on %s alone", kind, strings.Join(p.other.EntryPoints, ", "), strings.Join(p.private.EntryPoints, ", "))
	}
}

// elsewhereRemedy closes the entry points or listeners on which the private way is not open.
func elsewhereRemedy(p pair) string {
	const orElse = "; or waive this where these redirect everything to https"
	points := strings.Join(p.private.EntryPoints, ",")
	switch kind := p.other.Item.Kind(); {
	case p.other.Item.Group() == "gateway.networking.k8s.io":
		return fmt.Sprintf("attach it to %s alone, by sectionName in its parentRefs", strings.Join(p.private.EntryPoints, ", ")) + orElse
	case kind == "Ingress" && points != "":
		return fmt.Sprintf("write traefik.ingress.kubernetes.io/router.entrypoints: %s and traefik.ingress.kubernetes.io/router.tls: \"true\" there too", points) + orElse
	case kind == "Ingress":
		return "write traefik.ingress.kubernetes.io/router.tls: \"true\" there too" + orElse
	case points != "":
		return fmt.Sprintf("write entryPoints: [%s] and tls: {} there too", points) + orElse
	default:
		return "write tls: {} there too" + orElse
	}
}

// closeRemedy closes a public way: this program protects Ingresses and HTTPRoutes, and what other kinds ask is written by hand.
func closeRemedy(way *exposure.Way) string {
	if kind := way.Item.Kind(); kind == "Ingress" || kind == "HTTPRoute" {
		return "make this " + kind + " private too"
	}
	return "let it ask the same auth service"
}

// splitRemedy shows how one host carries public and private paths (E15).
func splitRemedy(p pair) string {
	inNamespace := p.private.Namespace == p.other.Namespace
	switch {
	case p.other.Aside && inNamespace:
		return asideRemedy
	case p.other.Aside:
		return "name another Service there"
	case p.other.Item.Kind() != "Ingress" && inNamespace:
		return "let the route ask the same auth service, remove it, or waive this with a reason"
	case p.other.Item.Kind() != "Ingress":
		return "let the route ask the same auth service, or remove it"
	case p.other.Service != p.private.Service:
		return fmt.Sprintf("let Service %s lead to other Pods, such as by a narrower selector; or make both private", p.other.Service)
	}
	return fmt.Sprintf("serve public and private paths on one host: write host %s, or the same generate-host word, on both Ingresses, with paths that do not meet; or make both private", p.host)
}

// asideRemedy is for what sends requests to another Service than the route does.
const asideRemedy = "name another Service there, or waive this with a reason"

func openPortRemedy(p pair) string {
	if p.other.Aside {
		return asideRemedy
	}
	if p.other.Item.Kind() == "ConfigMap" {
		return "remove the entry, or give the private endpoint Pods or a port of its own"
	}
	if p.other.Item.Kind() == "Ingress" {
		return "remove the annotation, or give the private endpoint Pods or a port of its own"
	}
	// AWS reaches Pods through node ports alone unless it is told otherwise.
	if p.controller == "aws-alb" && p.other.Via == "NodePort" {
		return "write alb.ingress.kubernetes.io/target-type: ip on the private Ingress, whose load balancer then needs no node port, and make the Service a ClusterIP"
	}
	return "make the Service a ClusterIP, or give the private endpoint Pods or a port of its own"
}

// firstRemedy puts the private path before others: in the order of a group of AWS, or into the tree of paths of Skipper.
func firstRemedy(p pair) string {
	if p.controller == "skipper" {
		return "write pathType: Prefix on the private path"
	}
	return "give the private Ingress a lower alb.ingress.kubernetes.io/group.order"
}

// rankRemedy is longer for an Exact path: Traefik ranks Path lower than the longer PathPrefix. The priority of an HTTPRoute cannot be set.
func rankRemedy(p pair) string {
	switch {
	case p.private.Item.Kind() == "HTTPRoute":
		return "write a longer private path or a host of its own, or take conditions and regular expressions out of the public route"
	case p.privatePaths.Exact():
		return "give the private route a higher priority, or write pathType: Prefix"
	}
	return "give the private route a higher priority"
}

func serviceText(way *exposure.Way) string { return "Service " + way.Service }

func targetText(p pair) string {
	for _, target := range p.private.Targets {
		if slices.ContainsFunc(p.other.Targets, target.Meets) {
			return target.String()
		}
	}
	return serviceText(p.private)
}

// accessText says who may use a way.
func accessText(way *exposure.Way) string {
	if way.Auth.Closed() {
		return "asks " + way.Auth.Asks
	}
	return "is public"
}

func hostText(host string) string {
	if host == "" {
		return "every host"
	}
	return host
}

func wayText(way *exposure.Way) string {
	text := fmt.Sprintf("%s, path %s,", hostText(way.Host), way.Paths)
	if way.Rewrite != "" {
		text = fmt.Sprintf("%s, path %s, rewritten to %s,", hostText(way.Host), way.Paths, way.Rewrite)
	}
	if way.Remark != "" {
		text += " " + way.Remark + ","
	}
	if way.Auth.Closed() {
		text += " which asks " + way.Auth.Asks + ","
	}
	if way.Item.Kind() != "Ingress" || way.Aside {
		text += " through " + way.Via + ","
	}
	if way.Unserved {
		text += " through " + way.Via + ", of which nobody knows who serves it,"
	}
	return text
}

// table finds the ways that can meet a private one without comparing all pairs. Ways that ask the same are in one group,
// which is passed over as a whole.
type table struct {
	byHost map[string]groups
	byPod  map[string]groups
	// patterns are the ways for every host and for wildcards.
	patterns groups
}

// groups are ways by who is asked before they pass; "" is nobody.
type groups map[string][]*exposure.Way

func newTable(ways []*exposure.Way) table {
	t := table{byHost: map[string]groups{}, byPod: map[string]groups{}, patterns: groups{}}
	for _, way := range ways {
		asks := ""
		if way.Auth.Closed() && way.Layer == exposure.HTTP {
			asks = way.Auth.Asks
		}
		switch {
		case way.Layer == exposure.TCP || way.Aside:
			// Nothing is asked for under the host of what stands aside.
		case isPattern(way.Host):
			t.patterns[asks] = append(t.patterns[asks], way)
		default:
			add(t.byHost, way.Host, asks, way)
		}
		seen := map[string]bool{}
		for _, target := range way.Targets {
			if !seen[target.Pod] {
				seen[target.Pod] = true
				add(t.byPod, target.Pod, asks, way)
			}
		}
	}
	return t
}

func add(index map[string]groups, key, asks string, way *exposure.Way) {
	if index[key] == nil {
		index[key] = groups{}
	}
	index[key][asks] = append(index[key][asks], way)
}

func isPattern(host string) bool { return host == "" || strings.HasPrefix(host, "*.") }

// others returns the ways that do not ask the same, in a stable order.
func (g groups) others(asks string) []*exposure.Way {
	var ways []*exposure.Way
	for _, key := range sortedKeys(g) {
		if key != asks {
			ways = append(ways, g[key]...)
		}
	}
	return ways
}

func sortedKeys(g groups) []string {
	keys := make([]string, 0, len(g))
	for key := range g {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// onHost returns the ways that can meet a private one on its host, and that do not ask the same.
func (t table) onHost(private *exposure.Way, asks string) []*exposure.Way {
	candidates := t.byHost[private.Host].others(asks)
	for _, way := range t.patterns.others(asks) {
		if covers(way.Host, private.Host) {
			candidates = append(candidates, way)
		}
	}
	return candidates
}

// toPods returns the ways to the Pods of a private one that do not ask the same.
func (t table) toPods(private *exposure.Way, asks string) []*exposure.Way {
	var candidates []*exposure.Way
	for _, target := range private.Targets {
		candidates = append(candidates, t.byPod[target.Pod].others(asks)...)
	}
	return candidates
}

// asking returns the other ways for the same host or to the same Pods that ask the same, each once.
func (t table) asking(private *exposure.Way, asks string) []*exposure.Way {
	candidates := slices.Clone(t.byHost[private.Host][asks])
	for _, target := range private.Targets {
		candidates = append(candidates, t.byPod[target.Pod][asks]...)
	}
	return withoutOwn(candidates, private)
}

// withoutOwn removes the ways of the object that opens the private one, and what stands twice.
func withoutOwn(candidates []*exposure.Way, private *exposure.Way) []*exposure.Way {
	seen := map[*exposure.Way]bool{}
	return slices.DeleteFunc(candidates, func(way *exposure.Way) bool {
		if way.Item == private.Item || seen[way] {
			return true
		}
		seen[way] = true
		return false
	})
}

// covers says whether pattern, a host of a way, stands for more hosts than one and host is among them.
func covers(pattern, host string) bool {
	if pattern == "" {
		return true
	}
	parent, wildcard := strings.CutPrefix(pattern, "*.")
	_, rest, _ := strings.Cut(host, ".")
	return wildcard && rest == parent
}
