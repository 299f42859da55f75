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

// verdict is one measured figure beside its bar.
type verdict struct {
	figure   string
	function string
	identity string
	ratio    float64 // of the function to the identity function
	bar      string
	met      bool
}

// judge compares the large input and the start-up with the bars. A figure up to tolerance times its bar still meets it.
func judge(large, start comparison, tolerance float64) []verdict {
	startBar := max(startCPU, startCPU*start.identity.cpu/identityStartCPU)
	return []verdict{
		{
			figure:   "CPU",
			function: milliseconds(large.function.cpu),
			identity: milliseconds(large.identity.cpu),
			ratio:    float64(large.function.cpu) / float64(large.identity.cpu),
			bar:      fmt.Sprintf("1/%d of kyaml", cpuFactor),
			met:      float64(large.function.cpu*cpuFactor) <= tolerance*float64(large.identity.cpu),
		},
		{
			figure:   "peak memory",
			function: megabytes(large.function.memory),
			identity: megabytes(large.identity.memory),
			ratio:    float64(large.function.memory) / float64(large.identity.memory),
			bar:      fmt.Sprintf("1/%d of kyaml", memoryFactor),
			met:      float64(large.function.memory*memoryFactor) <= tolerance*float64(large.identity.memory),
		},
		{
			figure:   "start-up CPU",
			function: milliseconds(start.function.cpu),
			identity: milliseconds(start.identity.cpu),
			ratio:    float64(start.function.cpu) / float64(start.identity.cpu),
			bar:      milliseconds(startBar),
			met:      float64(start.function.cpu) <= tolerance*float64(startBar),
		},
	}
}

// printVerdicts prints a table and returns whether every bar is met.
func printVerdicts(out io.Writer, verdicts []verdict) (bool, error) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "median\tprivate-endpoints\tkyaml identity\tratio\tbar\t\t")
	met := true
	for _, v := range verdicts {
		word := "met"
		if !v.met {
			word, met = "MISSED", false
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.3f\t%s\t%s\t\n", v.figure, v.function, v.identity, v.ratio, v.bar, word)
	}
	return met, table.Flush()
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
