package controller

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersionIsNumbers(t *testing.T) {
	for _, declared := range []string{"v3.7", "3.x", "3.7-rc1", "3.", ""} {
		_, err := parseVersion(declared)
		require.EqualError(t, err, fmt.Sprintf("%q is not a version", declared))
	}
	for declared, want := range map[string]string{"3.7": "3.7", "3.7.0": "3.7", "3.6.14": "3.6.14", "3.10": "3.10"} {
		parsed, err := parseVersion(declared)
		require.NoError(t, err)
		require.Equal(t, want, parsed.String())
	}
}

func TestIsOlder(t *testing.T) {
	for declared, want := range map[string]bool{"": false, "4.9": true, "5.4": true, "5.4.1": true, "5.5": false, "5.5.0": false, "5.10": false, "6.0": false} {
		require.Equal(t, want, Context{Version: declared}.isOlder(version{5, 5}), declared)
	}
}

// TestOldestVersions is about the versions that a class may declare.
func TestOldestVersions(t *testing.T) {
	for _, controller := range All() {
		if !controller.Supported() || controller.Oldest == (version{}) {
			continue
		}
		t.Run(controller.ID, func(t *testing.T) {
			require.True(t, controller.Assumed.atLeast(controller.Oldest))
			before := controller.Oldest
			before[1]--
			_, findings := Resolve(settings(t, fmt.Sprintf("{name: a, controller: %s, version: %q}", controller.ID, controller.Oldest)))
			require.Empty(t, findings)
			_, findings = Resolve(settings(t, fmt.Sprintf("{name: a, controller: %s, version: %q}", controller.ID, before.String()+".99")))
			require.Len(t, findings, 1)
			require.Equal(t, "spec.ingressClasses[0].version", findings[0].Field)
			require.Equal(t, fmt.Sprintf("%s.99 is too old: %s is the oldest that can protect", before, controller.Oldest), findings[0].Cause)
		})
	}
}
