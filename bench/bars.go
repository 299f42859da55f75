//go:build linux

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// The bars: what the function may cost beside others, in CPU time where nothing else is said.
const (
	startFactor       = 2.0      // the start-up, beside the smallest kyaml function
	fewFactor         = 1.0 / 8  // 1,000 items, beside the smallest kyaml function; a fifth of it is the start-up
	manyFactor        = 1.0 / 10 // 10,000 items
	memoryFactor      = 1.0 / 12 // and their peak memory
	inputFactor       = 4.0      // the peak memory for 100,000 items, beside the size of the input
	kubeconformFactor = 0.6      // a stream, beside a program that only parses it
	verifyFactor      = 1.5      // verify, beside the transform of the same documents
	rulesFactor       = 1.5      // the function, beside itself without the verifier, which reads routes once more instead of keeping them
	growthFactor      = 2.3      // twice the input: nothing compares all with all
	kustomizeFactor   = 1.05     // kustomize with the function, beside kustomize with one that prints the same

	// The CPU time for 100,000 items on a machine where the smallest kyaml function takes mostCPU for 10,000. On a slower machine the bar
	// grows with what that function takes there.
	mostCPU = 4 * time.Second
)

// result is a comparison, and the runs of each of its programs.
type result struct {
	comparison

	// input is the size of the input in bytes.
	input int64
	runs  [][]usage
}

// results are what the bars are held against.
type results []result

// cost returns the medians of a program in a piece of work. It panics where there is none: the plan and the bars do not fit.
func (r results) cost(work, name string) usage {
	return medians(r.runs(work, name))
}

func (r results) runs(work, name string) []usage {
	for _, one := range r {
		for n, p := range one.programs {
			if one.work == work && p.name == name {
				return one.runs[n]
			}
		}
	}
	panic(fmt.Sprintf("nothing was measured for %s: %s", work, name))
}

func (r results) has(work string) bool {
	for _, one := range r {
		if one.work == work {
			return true
		}
	}
	return false
}

// verdict is one measured figure beside its bar.
type verdict struct {
	figure, measured, against string
	ratio, bar, tolerance     float64
}

func (v verdict) met() bool { return v.ratio <= v.bar*v.tolerance }

// judge compares what was measured with the bars. A figure up to tolerance times its bar still meets it.
func (r results) judge(tolerance float64) []verdict {
	few, many, most := listWork(sizes[1]), listWork(sizes[2]), listWork(sizes[3])
	var verdicts []verdict
	cpu := func(figure, work, name, beside string, bar float64) {
		if r.has(work) {
			measured, against := r.cost(work, name).cpu, r.cost(work, beside).cpu
			verdicts = append(verdicts, verdict{figure, milliseconds(measured), milliseconds(against), ratio(measured, against), bar, tolerance})
		}
	}
	memory := func(figure string, measured, against int64, bar float64) {
		verdicts = append(verdicts, verdict{figure, megabytes(measured), megabytes(against), ratio(measured, against), bar, tolerance})
	}
	cpu("start-up beside kyaml", startUp, ours, kyaml, startFactor)
	cpu("1,000 items beside kyaml", few, ours, kyaml, fewFactor)
	cpu("10,000 items beside kyaml", many, ours, kyaml, manyFactor)
	if r.has(many) {
		memory("10,000 items, memory beside kyaml", r.cost(many, ours).memory, r.cost(many, kyaml).memory, memoryFactor)
	}
	if r.has(most) && r.has(many) {
		bar := max(mostCPU, r.cost(many, kyaml).cpu)
		verdicts = append(verdicts, verdict{
			"100,000 items beside 4 s", milliseconds(r.cost(most, ours).cpu), milliseconds(bar), ratio(r.cost(most, ours).cpu, bar), 1, tolerance,
		})
		memory("100,000 items, memory beside the input", r.cost(most, ours).memory, r.inputSize(most), inputFactor)
	}
	cpu("stream beside kubeconform", streamWork, ours, kubeconform, kubeconformFactor)
	cpu("verify beside the transform", verifyWork, "private-endpoints verify", "the transform", verifyFactor)
	cpu("the function beside no verification", rulesWork, ours, notVerified, rulesFactor)
	cpu("verify, twice the documents", growthWork, "private-endpoints verify", "once", growthFactor)
	for _, name := range shapeNames() {
		cpu("twice: "+name, shapeWork(name), ours, "once", growthFactor)
		cpu("verify, twice: "+name, shapeVerify(name), "private-endpoints verify", "once", growthFactor)
	}
	if r.has(kustomizeWork) {
		verdicts = append(verdicts, r.insideKustomize(tolerance))
	}
	return verdicts
}

// insideKustomize takes the median of the pairs: a build takes seconds, in which the machine changes.
func (r results) insideKustomize(tolerance float64) verdict {
	const with, replay = "with private-endpoints", "with a function that prints the same"
	var pairs []float64
	others := r.runs(kustomizeWork, replay)
	for n, run := range r.runs(kustomizeWork, with) {
		pairs = append(pairs, ratio(run.cpu, others[n].cpu))
	}
	return verdict{
		"kustomize beside one that prints the same", milliseconds(r.cost(kustomizeWork, with).cpu), milliseconds(r.cost(kustomizeWork, replay).cpu),
		median(pairs, func(pair float64) float64 { return pair }), kustomizeFactor, tolerance,
	}
}

// inputSize returns the size of the input of a piece of work, in bytes.
func (r results) inputSize(work string) int64 {
	for _, one := range r {
		if one.work == work {
			return one.input
		}
	}
	return 0
}

func ratio[T ~int64](measured, against T) float64 { return float64(measured) / float64(against) }

// printVerdicts prints the figures with their bars.
func printVerdicts(out io.Writer, verdicts []verdict) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\nmedian\tprivate-endpoints\tbeside\tratio\tbar\t\t")
	for _, v := range verdicts {
		word := "met"
		if !v.met() {
			word = "MISSED"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%.3f\t%.3f\t%s\t\n", v.figure, v.measured, v.against, v.ratio, v.bar, word)
	}
	return table.Flush()
}

// print prints what every program cost.
func (r results) print(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nwork\tprogram\tCPU\twall\tpeak memory")
	for _, one := range r {
		for n, p := range one.programs {
			cost := medians(one.runs[n])
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", one.work, p.name, milliseconds(cost.cpu), milliseconds(cost.wall), megabytes(cost.memory))
		}
	}
	return table.Flush()
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func megabytes(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}

func thousands(number int) string {
	if number < 1000 {
		return fmt.Sprint(number)
	}
	return fmt.Sprintf("%d,%03d", number/1000, number%1000)
}
