//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBars(t *testing.T) {
	kyamlLarge := usage{cpu: 4 * time.Second, memory: 1000e6}
	kyamlStart := usage{cpu: 4 * time.Millisecond}
	fastLarge := usage{cpu: 500 * time.Millisecond, memory: 100e6}
	fastStart := usage{cpu: 9 * time.Millisecond}

	tests := map[string]struct {
		large  comparison
		start  comparison
		missed string // figure of the missed bar
	}{
		"each figure exactly on its bar": {
			large: comparison{function: fastLarge, identity: kyamlLarge},
			start: comparison{function: fastStart, identity: kyamlStart},
		},
		"too much CPU": {
			large:  comparison{function: usage{cpu: 501 * time.Millisecond, memory: 100e6}, identity: kyamlLarge},
			start:  comparison{function: fastStart, identity: kyamlStart},
			missed: "CPU",
		},
		"too much memory": {
			large:  comparison{function: usage{cpu: time.Millisecond, memory: 101e6}, identity: kyamlLarge},
			start:  comparison{function: fastStart, identity: kyamlStart},
			missed: "peak memory",
		},
		"slow start": {
			large:  comparison{function: fastLarge, identity: kyamlLarge},
			start:  comparison{function: usage{cpu: 9100 * time.Microsecond}, identity: kyamlStart},
			missed: "start-up CPU",
		},
		"slow machine, start in proportion": {
			large: comparison{function: fastLarge, identity: kyamlLarge},
			start: comparison{function: usage{cpu: 18 * time.Millisecond}, identity: usage{cpu: 10 * time.Millisecond}},
		},
		"slow machine, slow start": {
			large:  comparison{function: fastLarge, identity: kyamlLarge},
			start:  comparison{function: usage{cpu: 19 * time.Millisecond}, identity: usage{cpu: 10 * time.Millisecond}},
			missed: "start-up CPU",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var table strings.Builder
			met, err := printVerdicts(&table, judge(test.large, test.start, 1))
			require.NoError(t, err)
			require.Equal(t, test.missed == "", met, table.String())
			for line := range strings.Lines(table.String()) {
				wantMissed := test.missed != "" && strings.HasPrefix(strings.TrimSpace(line), test.missed+" ")
				require.Equal(t, wantMissed, strings.Contains(line, "MISSED"), line)
			}
		})
	}
}

func TestToleranceWidensEveryBar(t *testing.T) {
	large := comparison{function: usage{cpu: 700, memory: 140}, identity: usage{cpu: 4000, memory: 1000}}
	start := comparison{function: usage{cpu: 13 * time.Millisecond}, identity: usage{cpu: 4 * time.Millisecond}}
	for tolerance, met := range map[float64]bool{1: false, 1.5: true} {
		for _, v := range judge(large, start, tolerance) {
			require.Equal(t, met, v.met, v.figure)
		}
	}
}

func TestMedian(t *testing.T) {
	runs := []usage{{cpu: 9, memory: 1}, {cpu: 1, memory: 9}, {cpu: 5, memory: 4}}
	require.Equal(t, usage{cpu: 5, memory: 4}, medians(runs))
}

func TestFailingProgramIsAnError(t *testing.T) {
	_, err := run("/bin/false", "/dev/null", nil)
	require.ErrorContains(t, err, "/bin/false: exit status 1")
}
