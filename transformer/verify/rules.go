package verify

import (
	"slices"

	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// Rules returns the rules that this package reports.
func Rules() []finding.Rule {
	return slices.Concat(
		[]finding.Rule{
			NotProtected, NotRun, NoEndpoint, NotProved, OtherController, Moved, Dangling, WrongConstraint, NoLongerPrivate, EndpointGone, OtherBaseline, Twice, WrongWaiver, UnusedWaiver,
			OtherWay, SameRequests, PublicInside, PublicBeside, HostOfTwo, CatchAll, OpenPort, OtherPort, TwoAnswers, UnknownKind, PassedThrough, EveryHost, NoTLS, ShortAuthService, HeadersPass, OwnSignIn,
			ForeignSignIn, RegularPath,
		},
		headerRules(), traefikRules(), f5Rules(), otherRules(),
	)
}
