//go:build linux

// Command bench measures what private-endpoints costs as a process, and exits 1 when a bar is missed: the function beside
// the smallest function that kyaml's framework can make, and beside itself without its verifier; verify on a set beside one of
// twice the size. It needs Linux, whose kernel reports the peak memory of a child in KiB.
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
	unverified  string
	items       int
	rounds      int
	startRounds int
	tolerance   float64
}

func main() {
	var o options
	flag.StringVar(&o.function, "function", "bin/private-endpoints", "program to measure")
	flag.StringVar(&o.identity, "identity", "bin/identity", "kyaml function to compare with")
	flag.StringVar(&o.unverified, "unverified", "bin/unverified", "function without its verifier to compare with")
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

	in, err := writeInputs(folder, o.items)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d items, %d Ingresses and %d private Services among them; %d rounds, %d for the start-up\n",
		in.written.items, in.written.ingresses, in.written.privateServices, o.rounds, o.startRounds)
	if err := checkWorkIsDone(o, in); err != nil {
		return err
	}
	measured, err := measure(o, in)
	if err != nil {
		return err
	}
	met, err := printVerdicts(out, judge(measured, o.tolerance))
	if err == nil && !met {
		return errors.New("a bar is missed")
	}
	return err
}

// measure runs every comparison.
func measure(o options, in inputs) (measurements, error) {
	var m measurements
	function := func(input string) program { return program{path: o.function, input: input} }
	verify := func(input string) program {
		return program{o.function, []string{"verify", "--config", in.configuration}, input}
	}
	for _, c := range []struct {
		measured, against program
		rounds            int
		result            *comparison
	}{
		{function(in.large), program{path: o.identity, input: in.large}, o.rounds, &m.large},
		{function(in.single), program{path: o.identity, input: in.single}, o.startRounds, &m.start},
		{function(in.large), program{path: o.unverified, input: in.large}, o.rounds, &m.rules},
		{verify(in.twice + rendered), verify(in.routes + rendered), o.rounds, &m.growth},
	} {
		var err error
		if *c.result, err = compare(c.measured, c.against, c.rounds); err != nil {
			return m, err
		}
	}
	return m, nil
}

// inputs are the files that the programs read.
type inputs struct {
	// large and single are for the function.
	large, single string
	// routes and twice hold more Ingresses, and twice is twice as large: what the function makes of them is for verify.
	routes, twice string
	configuration string
	written       workload
	// private are the private endpoints of routes and twice.
	private map[string]int
}

// rendered is what the name of an input ends in when it has been through the function.
const rendered = ".out"

// writeInputs writes the inputs into a folder.
func writeInputs(folder string, items int) (inputs, error) {
	in := inputs{
		large: filepath.Join(folder, "large.yaml"), single: filepath.Join(folder, "single.yaml"), routes: filepath.Join(folder, "routes.yaml"),
		twice: filepath.Join(folder, "twice.yaml"), configuration: filepath.Join(folder, "configuration.yaml"), private: map[string]int{},
	}
	err := errors.Join(
		writeFile(in.single, writeSingle), writeFile(in.configuration, writeConfiguration),
		writeFile(in.large, func(out io.Writer) (err error) {
			in.written, err = writeWorkload(out, items, fewRoutes)
			return err
		}),
	)
	for name, size := range map[string]int{in.routes: items, in.twice: 2 * items} {
		err = errors.Join(err, writeFile(name, func(out io.Writer) error {
			written, err := writeWorkload(out, size, manyRoutes)
			in.private[name] = written.namespaces
			return err
		}))
	}
	return in, err
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

// checkWorkIsDone runs each program once, unmeasured, and counts what it did: Ingresses in the output, which are all of the
// input and, from the function, one more for each private Service; and private endpoints that verify has proved. A program that
// does less is not worth timing.
func checkWorkIsDone(o options, in inputs) error {
	all := in.written.ingresses + in.written.privateServices
	for path, want := range map[string]int{o.identity: in.written.ingresses, o.function: all, o.unverified: all} {
		if err := wantIngresses(program{path: path, input: in.large}, want); err != nil {
			return err
		}
	}
	for name, private := range in.private {
		if _, err := countLines(program{path: o.function, input: name}, name+rendered, nil); err != nil {
			return err
		}
		verify := program{o.function, []string{"verify", "--config", in.configuration}, name + rendered}
		proved := regexp.MustCompile(fmt.Sprintf("^%d private endpoints: 0 errors", private))
		if count, err := countLines(verify, name+".report", proved); err != nil || count != 1 {
			return fmt.Errorf("verify did not prove %d private endpoints: %w", private, err)
		}
	}
	return nil
}

func wantIngresses(p program, want int) error {
	got, err := countLines(p, p.input+rendered, ingressKind)
	if err == nil && got != want {
		return fmt.Errorf("%s wrote %d Ingresses, want %d", p.path, got, want)
	}
	return err
}

// ingressKind matches the kind of an item, not the one within kustomize's bookkeeping, which stands deeper.
var ingressKind = regexp.MustCompile(`^ {2,4}kind: Ingress$`)

// countLines runs a program, keeps its output in a file, and counts the lines before the results that match.
func countLines(p program, name string, match *regexp.Regexp) (int, error) {
	output, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer output.Close()
	if _, err := p.run(output); err != nil {
		return 0, err
	}
	if _, err := output.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	count := 0
	lines := bufio.NewScanner(output)
	// The results come last and name Ingresses too.
	for lines.Scan() && lines.Text() != "results:" {
		if match != nil && match.Match(lines.Bytes()) {
			count++
		}
	}
	return count, lines.Err()
}
