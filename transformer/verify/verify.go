// Package verify proves that no private endpoint can be reached without sign-in, or says which object opens it. It reads a
// set as it is and does not care who wrote it.
package verify

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Input is what the proof is about.
type Input struct {
	// Set is read and not changed.
	Set *manifest.Set
	// NamespaceOf tells where an object will live.
	NamespaceOf func(*manifest.Item) string
	// Endpoints are the private endpoints of Set.
	Endpoints []endpoint.Private
	// Settings may be nil: then only what the set itself says is known about classes and groups.
	Settings *config.Config
	// Mode is what to do about side doors: config.VerifyEnforce, VerifyWarn or VerifyOff. What is wrong with the protection of
	// an endpoint itself is an error in each of them.
	Mode string
	// Known is what was found about the objects of Set before.
	Known finding.List
	// Baseline are the routes of an earlier listing: what was private there must not be public now.
	Baseline []Known
	// List lists the routes of the set, private or not.
	List bool
	// Explain keeps what was concluded about every way in, for a person to read.
	Explain bool
	// IgnoreWaivers makes every finding count, whatever has been accepted.
	IgnoreWaivers bool
}

// Report is the result of a proof.
type Report struct {
	Findings finding.List
	// Endpoints are the private endpoints with the ways in that were found.
	Endpoints []Proof
	// Routes are all routes that carry requests, in the order of the objects, where Input.List asked for them.
	Routes []Route
}

// Proof is one private endpoint and what was found about it.
type Proof struct {
	Endpoint endpoint.Private
	// Controller is the id of the controller that serves the endpoint.
	Controller string
	// Auth is who is asked on the endpoint's own ways.
	Auth controller.Judgement
	// Own are the endpoint's ways.
	Own []*exposure.Way
	// Others are the other ways for the same hosts or to the same Pods, with what was concluded, where Input.Explain asked for
	// it.
	Others []Conclusion
}

// Conclusion is what was concluded about one way that can meet a private one.
type Conclusion struct {
	Way *exposure.Way
	// Rule reports the way. It has no code where the way is harmless; its title then says why.
	Rule finding.Rule
}

// Check proves every private endpoint of the input. Where there is none, nothing else is looked at.
func Check(input Input) Report {
	waivers := readWaivers(input.Set, input.IgnoreWaivers)
	c := newChecker(input, waivers)
	c.findings, c.reported, c.about = waivers.findings, map[reportKey]int{}, map[opening][]int{}
	var report Report
	if len(input.Endpoints) > 0 || input.List || len(input.Baseline) > 0 {
		c.check()
		c.checkUnknownNamespaces()
	}
	if len(input.Baseline) > 0 {
		c.baseline()
	}
	report.Findings, report.Endpoints = append(c.findings, waivers.unused()...), c.proofs
	if input.List {
		report.Routes = c.described(c.routes(), slices.Concat(input.Known, report.Findings))
	}
	return report
}

// checker is one run of the verifier.
type checker struct {
	Input
	objects *controller.Objects
	serving controller.Serving
	ways    *exposure.Map
	waivers *waivers
	// byHost are the ways in, by their host.
	byHost map[string][]*exposure.Way
	// private are the Ingresses of the private endpoints.
	private  map[*manifest.Item]bool
	findings finding.List
	proofs   []Proof
	// reported tells where in findings something has been said, so that an object that opens many endpoints is reported once.
	reported map[reportKey]int
	// said tells where in findings is what was said of late, and about where what was said about each way of a private endpoint.
	said  []int
	about map[opening][]int
	// authServices are what stands behind the addresses that are asked, without their queries.
	authServices map[string]authService
	// rivals are what ways of private endpoints are compared with.
	rivals map[alike]*rivals
	// openPorts tells where in findings is what was said about the ports of private Services that no endpoint has.
	openPorts map[exposure.Target][]int
	// authHosts tells where in findings is what was said about the addresses on which endpoints rely.
	authHosts map[reliance][]int
	// renamed are the Services, as namespace/name, to which generated objects lead that were written for another name; nil where nobody
	// has asked yet.
	renamed map[string]bool
	// assumed is the namespace in which everything is taken to live whose namespace nobody knows; empty where nothing is assumed.
	assumed string
}

// newChecker returns a checker that has not said anything, and has no place for it yet.
func newChecker(input Input, waivers *waivers) *checker {
	return &checker{
		Input: input, waivers: waivers, byHost: map[string][]*exposure.Way{}, authServices: map[string]authService{}, rivals: map[alike]*rivals{},
		openPorts: map[exposure.Target][]int{}, authHosts: map[reliance][]int{},
	}
}

type reportKey struct {
	code, field string
	item        *manifest.Item
}

func (c *checker) check() {
	c.read()
	own := map[*manifest.Item][]*exposure.Way{}
	for _, way := range c.ways.Ways {
		if !way.Aside {
			own[way.Item] = append(own[way.Item], way)
			c.byHost[way.Host] = append(c.byHost[way.Host], way)
		}
	}
	table := newTable(c.ways.Ways)
	for _, e := range c.Endpoints {
		c.said = nil
		proof := c.endpoint(e, own[e.Route])
		isChecked := proof.Auth.Closed() && c.Mode != config.VerifyOff
		if isChecked {
			c.checkHeaders(&proof)
			c.otherPorts(&proof, table)
			c.authAddresses(&proof)
		}
		c.isAbout(proof.Own...)
		for _, way := range proof.Own {
			if isChecked {
				c.said = nil
				c.sideDoors(&proof, way, table)
				c.isAbout(way)
			}
		}
		c.proofs = append(c.proofs, proof)
		release(e.Source, e.Route)
	}
	if c.Mode != config.VerifyOff {
		c.unknownKinds()
		c.unknownBackends()
	}
}

// release drops the nodes of objects that have been judged: ten thousand of them weigh more than the set.
func release(items ...*manifest.Item) {
	for _, item := range items {
		if item != nil {
			item.Release()
		}
	}
}

// read lists the ways in of the set.
func (c *checker) read() {
	c.objects = controller.Index(c.Set, c.NamespaceOf)
	c.serving = controller.NewServing(c.Settings, c.objects)
	c.private = map[*manifest.Item]bool{}
	for _, e := range c.Endpoints {
		c.private[e.Route] = true
	}
	var findings finding.List
	c.ways, findings = exposure.Read(c.objects, c.serving, c.private, c.services())
	if c.assumed == "" {
		c.findings = append(c.findings, findings...)
	}
}

// services returns the Services that were private when the baseline was written.
func (c *checker) services() []string {
	var services []string
	for _, known := range c.Baseline {
		if known.Private {
			services = append(services, known.Service)
		}
	}
	return services
}

// report keeps a finding about item, which may have been waived for endpoints of namespace.
func (c *checker) report(item *manifest.Item, namespace string, found finding.Finding) {
	found.Waived = c.waivers.reason(item, found, namespace == c.NamespaceOf(item))
	c.keep(item, found)
}

// keep keeps a finding about item as it is. What one object does to several endpoints is said once, and as it is for the one to
// which it does most.
func (c *checker) keep(item *manifest.Item, found finding.Finding) {
	found = c.underAssumption(found)
	key := reportKey{found.Code, found.Field, item}
	at, known := c.reported[key]
	switch {
	case !known:
		at = len(c.findings)
		c.reported[key] = at
		c.findings = append(c.findings, found)
	case found.Outweighs(c.findings[at]):
		c.findings[at] = found
	}
	c.said = append(c.said, at)
}
