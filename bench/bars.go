//go:build linux

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// The bars: what the function may cost compared with a kyaml function that changes nothing.
const (
	cpuFactor    = 8  // on the large input, at most 1/8 of its CPU time
	memoryFactor = 10 // and at most 1/10 of its peak memory

	// A start-up that nobody notices: 9 ms on a machine where the bare kyaml function takes at most 5 ms.
	// On a slower machine the bar grows with what the bare function takes there.
	startCPU         = 9 * time.Millisecond
	identityStartCPU = 5 * time.Millisecond
)

// The bars of the verifier.
const (
	rulesFactor  = 1.5 // in the function, the rules add at most half of what everything else takes
	growthFactor = 2.3 // for twice the objects, verify takes about twice the CPU time: nothing compares all with all
)

// measurements are what the bars are held against.
type measurements struct {
	// large and start compare the function with kyaml's identity function, rules with the function without its verifier.
	large, start, rules comparison
	// growth compares verify on twice the objects with verify.
	growth comparison
}

// verdict is one measured figure beside its bar.
type verdict struct {
	figure   string
	measured string
	against  string
	ratio    float64
	bar      string
	met      bool
}

// judge compares what was measured with the bars. A figure up to tolerance times its bar still meets it.
func judge(m measurements, tolerance float64) []verdict {
	startBar := max(startCPU, startCPU*m.start.against.cpu/identityStartCPU)
	memory := ratio(m.large.measured.memory, m.large.against.memory)
	start := cpuVerdict("start-up CPU beside kyaml", m.start, 0, tolerance)
	start.bar, start.met = milliseconds(startBar), float64(m.start.measured.cpu) <= tolerance*float64(startBar)
	return []verdict{
		cpuVerdict("CPU beside kyaml", m.large, 1.0/cpuFactor, tolerance),
		{
			figure:   "peak memory beside kyaml",
			measured: megabytes(m.large.measured.memory),
			against:  megabytes(m.large.against.memory),
			ratio:    memory,
			bar:      ratioText(1.0 / memoryFactor),
			met:      memory <= tolerance/memoryFactor,
		},
		start,
		cpuVerdict("CPU beside no verification", m.rules, rulesFactor, tolerance),
		cpuVerdict("verify twice the objects", m.growth, growthFactor, tolerance),
	}
}

// cpuVerdict holds the ratio of two CPU times against a bar.
func cpuVerdict(figure string, c comparison, bar, tolerance float64) verdict {
	of := ratio(c.measured.cpu, c.against.cpu)
	return verdict{figure, milliseconds(c.measured.cpu), milliseconds(c.against.cpu), of, ratioText(bar), of <= tolerance*bar}
}

func ratio[T ~int64](measured, against T) float64 { return float64(measured) / float64(against) }

func ratioText(ratio float64) string { return fmt.Sprintf("%.3f", ratio) }

// printVerdicts prints a table and returns whether every bar is met.
func printVerdicts(out io.Writer, verdicts []verdict) (bool, error) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "median\tprivate-endpoints\tbeside\tratio\tbar\t\t")
	met := true
	for _, v := range verdicts {
		word := "met"
		if !v.met {
			word, met = "MISSED", false
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t\n", v.figure, v.measured, v.against, ratioText(v.ratio), v.bar, word)
	}
	return met, table.Flush()
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
