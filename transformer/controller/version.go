package controller

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/finding"
)

// version is major, minor and patch; a number that is not declared is 0.
type version [3]int

// parseVersion reads two or three numbers with dots between them.
func parseVersion(declared string) (version, error) {
	var parsed version
	for i, part := range strings.SplitN(declared, ".", len(parsed)) {
		number, err := strconv.Atoi(part)
		if err != nil {
			return version{}, fmt.Errorf("%q is not a version", declared)
		}
		parsed[i] = number
	}
	return parsed, nil
}

func (v version) atLeast(other version) bool { return slices.Compare(v[:], other[:]) >= 0 }

// String leaves out a patch that is 0.
func (v version) String() string {
	if v[2] == 0 {
		return fmt.Sprintf("%d.%d", v[0], v[1])
	}
	return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2])
}

// running returns the version that a class declares, or the one that is assumed. One that cannot protect is reported.
func (c Controller) running(class config.IngressClass, path string) (version, finding.List) {
	if class.Version == "" {
		return c.Assumed, nil
	}
	declared, err := parseVersion(class.Version)
	if err == nil && !declared.atLeast(c.Oldest) {
		err = fmt.Errorf("%s is too old: %s is the oldest that can protect", class.Version, c.Oldest)
	}
	if err != nil {
		return version{}, finding.List{WrongSettings.At(finding.Object{}, path+".version", err.Error(), "declare the version that the cluster runs")}
	}
	return declared, nil
}

// isOlder says whether the declared version comes before another one. It is not where none is declared.
func (c Context) isOlder(than version) bool {
	declared, err := parseVersion(c.Version)
	return err == nil && !declared.atLeast(than)
}
