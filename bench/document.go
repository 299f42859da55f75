//go:build linux

package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

// The lines of the document between which the figures stand.
const (
	beginFigures = "<!-- The figures: make bench BENCH_FLAGS='-document docs/performance.md' -->\n"
	endFigures   = "<!-- End of the figures. -->\n"
)

// document writes the figures into a document.
func (r results) document(path, command string, verdicts []verdict) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, hasBegin := strings.Cut(string(text), beginFigures)
	_, after, hasEnd := strings.Cut(rest, endFigures)
	if !hasBegin || !hasEnd {
		return fmt.Errorf("%s has no place for the figures", path)
	}
	machine, err := describeMachine(command)
	if err != nil {
		return err
	}
	var figures strings.Builder
	figures.WriteString(beginFigures + "\n" + machine + "\n")
	r.writeTables(&figures)
	writeBars(&figures, verdicts)
	return os.WriteFile(path, []byte(before+figures.String()+endFigures+after), 0o644)
}

var processor = regexp.MustCompile(`(?m)^model name\s*: (.*)$`)

// describeMachine names what everything ran on.
func describeMachine(command string) (string, error) {
	cpus, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", err
	}
	model := "a processor of unknown model"
	if match := processor.FindSubmatch(cpus); match != nil {
		model = string(match[1])
	}
	return fmt.Sprintf("Measured with `%s` on %s, of which two cores were used, with Linux and %s. Medians of what whole processes took, run by turns; the "+
		"verifier is enforced. Wall time is that of these two cores; CPU time and memory are what to compare.\n",
		command, model, runtime.Version()), nil
}

// writeTables writes what every program cost, with the ratio to the first, which is ours.
func (r results) writeTables(out *strings.Builder) {
	fmt.Fprintln(out, "| work | program | CPU | wall | peak memory | CPU beside ours |\n|---|---|--:|--:|--:|--:|")
	for _, one := range r {
		own := medians(one.runs[0])
		work := one.work
		if one.input > 0 {
			work = fmt.Sprintf("%s (%s)", work, megabytes(one.input))
		}
		for n, p := range one.programs {
			cost := medians(one.runs[n])
			fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %.2f |\n", work, p.name, milliseconds(cost.cpu), milliseconds(cost.wall), megabytes(cost.memory), ratio(cost.cpu, own.cpu))
			work = ""
		}
		if one.work == listWork(sizes[3]) && r.has(listWork(manyItems)) {
			cost := r.cost(listWork(manyItems), kyaml)
			fmt.Fprintf(out, "| | %s, *extrapolated from 10,000* | %s | | %s | %.2f |\n", kyaml, milliseconds(10*cost.cpu), megabytes(10*cost.memory), ratio(10*cost.cpu, own.cpu))
		}
	}
}

func writeBars(out *strings.Builder, verdicts []verdict) {
	fmt.Fprintln(out, "\n| bar | measured | beside | ratio | at most |\n|---|--:|--:|--:|--:|")
	for _, v := range verdicts {
		fmt.Fprintf(out, "| %s | %s | %s | %.3f | %.3f |\n", v.figure, v.measured, v.against, v.ratio, v.bar)
	}
	fmt.Fprintln(out)
}
