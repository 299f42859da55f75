package verify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Route is one URL that a set serves, or a pattern of URLs.
type Route struct {
	Way *exposure.Way
	// Source is the object that asks for the route: a Service, or the object that routes.
	Source *manifest.Item
	// Private says that the route is marked private, and that it asks everybody.
	Private bool
	// Marked says that the route is marked private, whatever became of it.
	Marked bool
	// Controller is the id of the controller that serves the route, empty where nobody says which one does.
	Controller string
	// Display is how the route wants to be listed.
	Display endpoint.Display
	// Findings are what was found about the route, the most severe first: about its objects, and about others that lead around it.
	Findings finding.List
}

// URL returns the URL of a route. A host of "*" stands for every host.
func (r Route) URL() string {
	host := r.Way.Host
	if host == "" {
		host = "*"
	}
	return "https://" + host + r.Way.Paths.String()
}

// Access says who gets in through a route.
type Access string

// The kinds of access.
const (
	// Private is a route that is marked private, and of which this is proved.
	Private Access = "private"
	// Public is a route that nobody has marked private.
	Public Access = "public"
	// Unproved is a route that is marked private, and may be open.
	Unproved Access = "not proved"
)

// Access says who gets in through the route, as far as it is proved.
func (r Route) Access() Access {
	switch {
	case !r.Marked:
		return Public
	case r.Private && !r.Findings.HasErrors():
		return Private
	default:
		return Unproved
	}
}

// What Route.Admits returns beside the names of groups.
const (
	Everyone      = "everyone"
	MaybeEveryone = "maybe everyone"
	AnyoneKnown   = "anyone signed in"
	Nobody        = "nobody"
	AuthDecides   = "decided by the auth service"
	NotMarked     = "asked, but not marked private"
)

// Admits returns the groups whose members are let in; where no groups are asked for, it is empty and the second result says instead who is.
func (r Route) Admits() ([]string, string) {
	auth := r.Way.Auth
	switch {
	case r.Access() == Unproved:
		return nil, MaybeEveryone
	case !r.Marked && auth.Closed():
		return nil, NotMarked
	case !r.Marked:
		return nil, Everyone
	case auth.SignsIn && auth.Groups == nil:
		return nil, AnyoneKnown
	case auth.SignsIn && len(auth.Groups) == 0:
		return nil, Nobody
	case auth.SignsIn:
		return auth.Groups, ""
	}
	if groups := groupsIn(auth.Asks); len(groups) > 0 {
		return groups, ""
	}
	return nil, AuthDecides
}

// groupsIn returns the groups that an auth service is asked for, as oauth2-proxy reads them.
func groupsIn(address string) []string {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil
	}
	groups := strings.Split(parsed.Query().Get("allowed_groups"), ",")
	return slices.DeleteFunc(groups, func(group string) bool { return strings.TrimSpace(group) == "" })
}

// opening is where an object opens ways.
type opening struct {
	item  *manifest.Item
	field string
}

func openingOf(way *exposure.Way) opening { return opening{way.Item, way.Field} }

// isAbout notes that what was said of late is about ways of a private endpoint.
func (c *checker) isAbout(ways ...*exposure.Way) {
	for _, way := range ways {
		c.about[openingOf(way)] = append(c.about[openingOf(way)], c.said...)
	}
}

// routes lists the routes of a set that carry requests.
func (c *checker) routes() []Route {
	sources := map[*manifest.Item]*manifest.Item{}
	for _, e := range c.Endpoints {
		if e.Route != nil {
			sources[e.Route] = e.Source
		}
	}
	var routes []Route
	for _, way := range c.ways.Ways {
		if way.Layer != exposure.HTTP || way.Aside {
			continue
		}
		source, marked := sources[way.Item]
		if !marked {
			source = way.Item
		}
		routes = append(routes, Route{Way: way, Source: source, Marked: marked, Private: marked && way.Auth.Closed()})
	}
	return routes
}

// described adds to routes what a person wants to know about them, of everything that was found.
func (c *checker) described(routes []Route, findings finding.List) []Route {
	byObject := map[finding.Object]finding.List{}
	var unreadable finding.List
	for _, found := range findings {
		byObject[found.Object] = append(byObject[found.Object], found)
		if found.Code == exposure.Unreadable.Code || found.Code == endpoint.UnreadableObject.Code {
			unreadable = append(unreadable, found)
		}
	}
	openings := map[opening]bool{}
	for _, route := range routes {
		openings[openingOf(route.Way)] = true
	}
	shown := map[*manifest.Item]Route{}
	for i := range routes {
		route := &routes[i]
		way := route.Way
		if _, known := shown[way.Item]; !known {
			shown[way.Item] = c.shown(*route)
		}
		route.Source, route.Display = shown[way.Item].Source, shown[way.Item].Display
		route.Controller = c.controllerOf(way)
		about := finding.List{}
		for _, at := range c.about[openingOf(way)] {
			about = append(about, c.findings[at])
		}
		for _, found := range slices.Concat(byObject[route.Source.Object()], byObject[way.Item.Object()]) {
			if found.Field == way.Field || !openings[opening{way.Item, found.Field}] {
				about = append(about, found)
			}
		}
		if route.Marked {
			// What cannot be read may lead around any of them.
			about = append(about, unreadable...)
		}
		route.Findings = about.Unique().Sorted()
	}
	return routes
}

// shown returns a route with what is shown instead of its object and URL: the same for all routes of the object.
func (c *checker) shown(route Route) Route {
	if !route.Marked {
		route.Source = c.generatedFrom(route.Way)
	}
	route.Display = endpoint.DisplayOf(c.Settings, route.Way.Namespace, route.Source, route.Way.Item)
	route.Source.Release()
	route.Way.Item.Release()
	return route
}

// generatedFrom returns the Service from which the object behind a public way was generated, and the object itself where none is.
func (c *checker) generatedFrom(way *exposure.Way) *manifest.Item {
	if !way.Item.Contains(endpoint.AnnotationGeneratedFrom) {
		return way.Item
	}
	from, _ := way.Item.Annotation(endpoint.AnnotationGeneratedFrom)
	if name, ok := strings.CutPrefix(from, "Service/"); ok {
		for _, service := range c.objects.Named("", "Service", way.Namespace, name) {
			return service
		}
	}
	return way.Item
}

// controllerOfGroup are the ids of the controllers that serve kinds of their own, by their API group.
var controllerOfGroup = map[string]string{
	"traefik.io": "traefik", "traefik.containo.us": "traefik", "projectcontour.io": "contour", "networking.istio.io": "istio",
	"k8s.nginx.org": "f5-nginx", "zalando.org": "skipper", "route.openshift.io": "openshift",
}

// controllerOf returns the id of the controller that serves a way, empty where nobody says which one does.
func (c *checker) controllerOf(way *exposure.Way) string {
	if way.Ingress != nil {
		return c.serving.Of(way.Ingress.Class)
	}
	switch way.Item.Group() {
	case "gateway.networking.k8s.io":
		return c.serving.OfGateway(way.Via)
	default:
		return controllerOfGroup[way.Item.Group()]
	}
}
