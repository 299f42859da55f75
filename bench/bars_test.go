//go:build linux

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// onTheirBars are measurements that meet each bar exactly.
func onTheirBars() measurements {
	return measurements{
		large:  comparison{usage{cpu: 500 * time.Millisecond, memory: 100e6}, usage{cpu: 4 * time.Second, memory: 1000e6}},
		start:  comparison{usage{cpu: 9 * time.Millisecond}, usage{cpu: 4 * time.Millisecond}},
		rules:  comparison{usage{cpu: 1500 * time.Millisecond}, usage{cpu: time.Second}},
		growth: comparison{usage{cpu: 2300 * time.Millisecond}, usage{cpu: time.Second}},
	}
}

func TestBars(t *testing.T) {
	tests := map[string]struct {
		change func(*measurements)
		missed string // figure of the missed bar
	}{
		"each figure exactly on its bar": {func(*measurements) {}, ""},
		"too much CPU":                   {func(m *measurements) { m.large.measured.cpu++ }, "CPU beside kyaml"},
		"too much memory":                {func(m *measurements) { m.large.measured.memory++ }, "peak memory beside kyaml"},
		"slow start":                     {func(m *measurements) { m.start.measured.cpu++ }, "start-up CPU beside kyaml"},
		"slow machine, start in proportion": {
			func(m *measurements) {
				m.start = comparison{usage{cpu: 18 * time.Millisecond}, usage{cpu: 10 * time.Millisecond}}
			}, "",
		},
		"slow machine, slow start": {
			func(m *measurements) {
				m.start = comparison{usage{cpu: 19 * time.Millisecond}, usage{cpu: 10 * time.Millisecond}}
			}, "start-up CPU beside kyaml",
		},
		"slow rules":             {func(m *measurements) { m.rules.measured.cpu++ }, "CPU beside no verification"},
		"rules that grow faster": {func(m *measurements) { m.growth.measured.cpu++ }, "verify twice the objects"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			measured := onTheirBars()
			test.change(&measured)
			var table strings.Builder
			met, err := printVerdicts(&table, judge(measured, 1))
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
	slower := onTheirBars()
	for _, c := range []*comparison{&slower.large, &slower.start, &slower.rules, &slower.growth} {
		c.measured.cpu, c.measured.memory = c.measured.cpu*14/10, c.measured.memory*14/10
	}
	for tolerance, met := range map[float64]bool{1: false, 1.5: true} {
		for _, v := range judge(slower, tolerance) {
			require.Equal(t, met, v.met, v.figure)
		}
	}
}

func TestMedian(t *testing.T) {
	runs := []usage{{cpu: 9, memory: 1}, {cpu: 1, memory: 9}, {cpu: 5, memory: 4}}
	require.Equal(t, usage{cpu: 5, memory: 4}, medians(runs))
}

func TestFailingProgramIsAnError(t *testing.T) {
	_, err := program{path: "/bin/false", input: "/dev/null"}.run(nil)
	require.ErrorContains(t, err, "/bin/false: exit status 1")
}
