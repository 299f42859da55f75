//go:build linux

// Command bench measures what private-endpoints costs as a process, beside the smallest function that
// kyaml's framework can make, and exits 1 when a bar is missed. It needs Linux, whose kernel reports the
// peak memory of a child in KiB.
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
)

// options are the command line flags.
type options struct {
	function    string
	identity    string
	items       int
	rounds      int
	startRounds int
	tolerance   float64
}

func main() {
	var o options
	flag.StringVar(&o.function, "function", "bin/private-endpoints", "program to measure")
	flag.StringVar(&o.identity, "identity", "bin/identity", "kyaml function to compare with")
	flag.IntVar(&o.items, "items", 10_000, "number of items of the large input")
	flag.IntVar(&o.rounds, "rounds", 5, "runs of each program on the large input")
	flag.IntVar(&o.startRounds, "start-rounds", 40, "runs of each program on one item")
	flag.Float64Var(&o.tolerance, "tolerance", 1, "factor by which a figure may miss its bar, for short runs on a busy machine")
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

	large, single := filepath.Join(folder, "large.yaml"), filepath.Join(folder, "single.yaml")
	written, err := writeInputs(large, single, o.items)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d items, %d Ingresses and %d private Services among them; %d rounds, %d for the start-up\n",
		written.items, written.ingresses, written.privateServices, o.rounds, o.startRounds)
	if err := checkWorkIsDone(o, large, written); err != nil {
		return err
	}

	onLarge, err := compare(o.function, o.identity, large, o.rounds)
	if err != nil {
		return err
	}
	onSingle, err := compare(o.function, o.identity, single, o.startRounds)
	if err != nil {
		return err
	}
	met, err := printVerdicts(out, judge(onLarge, onSingle, o.tolerance))
	if err == nil && !met {
		return errors.New("a bar is missed")
	}
	return err
}

// writeInputs writes the two inputs and returns the counts of the large one.
func writeInputs(large, single string, items int) (workload, error) {
	var written workload
	err := writeFile(large, func(out io.Writer) (err error) {
		written, err = writeWorkload(out, items)
		return err
	})
	if err != nil {
		return workload{}, err
	}
	return written, writeFile(single, writeSingle)
}

// writeFile creates a file and fills it through a buffer.
func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return file.Close()
}

// checkWorkIsDone runs each program once, unmeasured, and counts Ingresses in its output: all of the input
// and, from the function, one more for each private Service. A program that does less is not worth timing.
func checkWorkIsDone(o options, input string, written workload) error {
	if err := wantIngresses(o.identity, input, written.ingresses); err != nil {
		return err
	}
	return wantIngresses(o.function, input, written.ingresses+written.privateServices)
}

func wantIngresses(program, input string, want int) error {
	got, err := countIngresses(program, input)
	if err == nil && got != want {
		return fmt.Errorf("%s wrote %d Ingresses, want %d", program, got, want)
	}
	return err
}

// ingressKind matches the kind of an item, not the one within kustomize's bookkeeping, which stands deeper.
var ingressKind = regexp.MustCompile(`^ {2,4}kind: Ingress$`)

func countIngresses(program, input string) (int, error) {
	output, err := os.Create(input + ".out")
	if err != nil {
		return 0, err
	}
	defer output.Close()
	if _, err := run(program, input, output); err != nil {
		return 0, err
	}
	if _, err := output.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	count := 0
	lines := bufio.NewScanner(output)
	// The results come last and name Ingresses too.
	for lines.Scan() && lines.Text() != "results:" {
		if ingressKind.Match(lines.Bytes()) {
			count++
		}
	}
	return count, lines.Err()
}
