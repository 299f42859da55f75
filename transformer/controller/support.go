package controller

// Support says in a few words what protection a controller gives, for people who choose one.
type Support struct {
	// Name is what people call the controller.
	Name string
	// Groups is how the auth service is asked for the groups of a namespace.
	Groups string
	// SignIn is how a browser comes to the sign-in page.
	SignIn string
	// Headers is how the headers of auth.responseHeaders reach the backend.
	Headers string
	// Objects are the kinds that are written beside the route.
	Objects []string
	// Missing is what becomes of a request where the auth service, or an object that is written, is missing.
	Missing string
	// Tested is on what the protection was tried.
	Tested string
}

// How groups are asked for (E19).
const (
	groupsAnyway = "query or path"
	groupsInPath = "path alone"
)

// On what a protection was tried.
const (
	testedHTTP   = "HTTP"
	testedSchema = "definition of the kind"
	testedGolden = "golden files"
)

// MinimumVersion returns the oldest version that can protect, empty where any can.
func (c Controller) MinimumVersion() string {
	if c.Oldest == (version{}) {
		return ""
	}
	return c.Oldest.String()
}
