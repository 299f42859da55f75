//go:build linux

// Command bench measures what private-endpoints costs as a process beside what a user would pick instead, and exits 1 when a bar is
// missed. It needs Linux, whose kernel reports the peak memory of a child in KiB.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// options are the command line flags.
type options struct {
	// bin is the folder of the programs.
	bin string
	// rounds are the runs of each program; startRounds those of a start-up.
	rounds, startRounds int
	// smoke leaves out what takes minutes.
	smoke bool
	// only is a part of the names of the work that is measured; empty for all.
	only      string
	tolerance float64
	// document is the file that the figures are written into.
	document string
}

func main() {
	var o options
	flag.StringVar(&o.bin, "bin", "bin", "folder of the programs to measure")
	flag.IntVar(&o.rounds, "rounds", 5, "runs of each program")
	flag.IntVar(&o.startRounds, "start-rounds", 40, "runs of each program on one item")
	flag.BoolVar(&o.smoke, "smoke", false, "leave out what takes minutes")
	flag.StringVar(&o.only, "only", "", "measure only the work whose name holds `TEXT`")
	flag.Float64Var(&o.tolerance, "tolerance", 1, "factor by which a figure may miss its bar, for short runs on a busy machine")
	flag.StringVar(&o.document, "document", "", "document to write the figures into")
	flag.Parse()
	if err := bench(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench writes the inputs to a temporary folder, measures and prints. A missed bar is an error.
func bench(o options, out io.Writer) error {
	folder, err := os.MkdirTemp("", "private-endpoints-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)

	in, err := writeInputs(folder, o)
	if err != nil {
		return err
	}
	if err := in.checkWorkIsDone(); err != nil {
		return err
	}
	var measured results
	for _, c := range in.comparisons() {
		if !strings.Contains(c.work, o.only) {
			continue
		}
		fmt.Fprintf(out, "%s ...\n", c.work)
		size, err := c.size()
		if err != nil {
			return err
		}
		runs, err := c.run()
		if err != nil {
			return err
		}
		measured = append(measured, result{c, size, runs})
	}
	verdicts := measured.judge(o.tolerance)
	if err := errors.Join(measured.print(out), printVerdicts(out, verdicts)); err != nil {
		return err
	}
	if o.document != "" {
		command := "make bench"
		if o.smoke {
			command = "make bench-smoke"
		}
		if err := measured.document(o.document, command, verdicts); err != nil {
			return err
		}
	}
	for _, v := range verdicts {
		if !v.met() {
			err = errors.Join(err, fmt.Errorf("missed: %s", v.figure))
		}
	}
	return err
}
