//go:build linux

package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// onTheirBars returns results in which each bar is met exactly: every program takes a second and 100 MB, but for the figures of ours.
func onTheirBars(t *testing.T) results {
	t.Helper()
	var all results
	for _, c := range (&inputs{}).comparisons() {
		one := result{comparison: c, input: 25e6}
		for range c.programs {
			one.runs = append(one.runs, []usage{{cpu: time.Second, memory: 100e6}})
		}
		all = append(all, one)
	}
	for work, share := range map[string]float64{
		startUp: startFactor, listWork(1_000): fewFactor, listWork(10_000): manyFactor, listWork(100_000): 4, streamWork: kubeconformFactor,
		verifyWork: verifyFactor, rulesWork: rulesFactor, growthWork: growthFactor, kustomizeWork: kustomizeFactor,
	} {
		all.ours(work).cpu = time.Duration(share * float64(time.Second))
	}
	for _, name := range shapeNames() {
		all.ours(shapeWork(name)).cpu, all.ours(shapeVerify(name)).cpu = growthFactor*1000*time.Millisecond, growthFactor*1000*time.Millisecond
	}
	all.ours(listWork(10_000)).memory = 100_000_000 / 12
	return all
}

// ours returns the one run of the first program in a piece of work.
func (r results) ours(work string) *usage {
	for _, one := range r {
		if one.work == work {
			return &one.runs[0][0]
		}
	}
	panic(work)
}

func TestBars(t *testing.T) {
	slower := func(work string) func(results) { return func(r results) { r.ours(work).cpu += time.Millisecond } }
	for name, test := range map[string]struct {
		change func(results)
		missed string // figure of the missed bar
	}{
		"each figure exactly on its bar":     {func(results) {}, ""},
		"slow start":                         {slower(startUp), "start-up beside kyaml"},
		"slow with few":                      {slower(listWork(1_000)), "1,000 items beside kyaml"},
		"slow with many":                     {slower(listWork(10_000)), "10,000 items beside kyaml"},
		"slow with most":                     {slower(listWork(100_000)), "100,000 items beside 4 s"},
		"too much memory":                    {func(r results) { r.ours(listWork(10_000)).memory++ }, "10,000 items, memory beside kyaml"},
		"too much memory for the input":      {func(r results) { r.ours(listWork(100_000)).memory++ }, "100,000 items, memory beside the input"},
		"slow stream":                        {slower(streamWork), "stream beside kubeconform"},
		"slow verify":                        {slower(verifyWork), "verify beside the transform"},
		"slow rules":                         {slower(rulesWork), "the function beside no verification"},
		"rules that grow faster":             {slower(growthWork), "verify, twice the documents"},
		"a shape that grows faster":          {slower(shapeWork("deep nesting")), "twice: deep nesting"},
		"a shape that verify is slow with":   {slower(shapeVerify("deep nesting")), "verify, twice: deep nesting"},
		"slow inside kustomize":              {slower(kustomizeWork), "kustomize beside one that prints the same"},
		"a slow machine, most in proportion": {func(r results) { slowMachine(r, 8*time.Second) }, ""},
		"a slow machine, and slower":         {func(r results) { slowMachine(r, 8001*time.Millisecond) }, "100,000 items beside 4 s"},
	} {
		t.Run(name, func(t *testing.T) {
			measured := onTheirBars(t)
			test.change(measured)
			var missed []string
			for _, v := range measured.judge(1) {
				if !v.met() {
					missed = append(missed, v.figure)
				}
			}
			require.Equal(t, test.missed, strings.Join(missed, ", "))
		})
	}
}

// slowMachine makes kyaml take twice the time that it takes where the bar for 100,000 items holds.
func slowMachine(r results, most time.Duration) {
	for _, one := range r {
		if one.work == listWork(10_000) {
			one.runs[1][0].cpu = 8 * time.Second
		}
	}
	r.ours(listWork(100_000)).cpu = most
}

func TestToleranceWidensEveryBar(t *testing.T) {
	measured := onTheirBars(t)
	for _, one := range measured {
		one.runs[0][0].cpu, one.runs[0][0].memory = one.runs[0][0].cpu*14/10, one.runs[0][0].memory*14/10
	}
	for _, v := range measured.judge(1.5) {
		require.True(t, v.met(), v.figure)
	}
	for _, v := range measured.judge(1) {
		require.False(t, v.met(), v.figure)
	}
}

func TestMedian(t *testing.T) {
	runs := []usage{{cpu: 9, wall: 2, memory: 1}, {cpu: 1, wall: 1, memory: 9}, {cpu: 5, wall: 3, memory: 4}}
	require.Equal(t, usage{cpu: 5, wall: 2, memory: 4}, medians(runs))
}

func TestFailingProgramIsAnError(t *testing.T) {
	_, err := program{path: "/bin/false", input: "/dev/null"}.run(nil)
	require.ErrorContains(t, err, "/bin/false: exit status 1")
}

// TestDocument writes figures into a document, and leaves what stands around them.
func TestDocument(t *testing.T) {
	path := t.TempDir() + "/performance.md"
	measured := onTheirBars(t)
	require.NoError(t, os.WriteFile(path, []byte("# Title\n\n"+beginFigures+"old\n"+endFigures+"the end\n"), 0o644))
	require.NoError(t, measured.document(path, "make bench", measured.judge(1)))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(text), "# Title\n\n"+beginFigures))
	require.True(t, strings.HasSuffix(string(text), endFigures+"the end\n"))
	require.NotContains(t, string(text), "old\n")
	require.Contains(t, string(text), "| start-up, one Service (25.0 MB) | private-endpoints | 2000.0 ms |")
	require.Contains(t, string(text), "*extrapolated from 10,000* | 10000.0 ms |")

	require.NoError(t, os.WriteFile(path, []byte("# Title\n"), 0o644))
	require.ErrorContains(t, measured.document(path, "make bench", nil), "no place for the figures")
}
