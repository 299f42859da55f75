//go:build linux

package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// usage is what one run of a process cost.
type usage struct {
	cpu    time.Duration // user and system time
	memory int64         // peak resident set, in bytes
}

// program is a command line, and the file that it reads as its standard input.
type program struct {
	path      string
	arguments []string
	input     string
}

// run runs a program and returns what it cost. An exit status other than 0 is an error that holds what the program printed to
// standard error.
//
// Linux counts the peak of the parent, up to the moment of exec, towards the peak of the child. So this
// process stays small: the input goes through a file and the output is never held in memory.
func (p program) run(output *os.File) (usage, error) {
	stdin, err := os.Open(p.input)
	if err != nil {
		return usage{}, err
	}
	defer stdin.Close()

	var stderr bytes.Buffer
	command := exec.Command(p.path, p.arguments...)
	command.Env = append(os.Environ(), "GOMAXPROCS=2")
	command.Stdin, command.Stdout, command.Stderr = stdin, output, &stderr
	if err := command.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", p.path, err, stderr.Bytes())
	}
	state := command.ProcessState
	return usage{
		cpu:    state.UserTime() + state.SystemTime(),
		memory: state.SysUsage().(*syscall.Rusage).Maxrss * 1024,
	}, nil
}

// comparison is the median cost of a program and of the one that it is measured against.
type comparison struct {
	measured usage
	against  usage
}

// compare runs both programs alternately, so that a change in the load of the machine meets both alike.
func compare(measured, against program, rounds int) (comparison, error) {
	devNull, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return comparison{}, err
	}
	defer devNull.Close()

	var ofMeasured, ofAgainst []usage
	for range rounds {
		cost, err := measured.run(devNull)
		if err != nil {
			return comparison{}, err
		}
		ofMeasured = append(ofMeasured, cost)
		if cost, err = against.run(devNull); err != nil {
			return comparison{}, err
		}
		ofAgainst = append(ofAgainst, cost)
	}
	return comparison{measured: medians(ofMeasured), against: medians(ofAgainst)}, nil
}

// medians returns the median CPU time and, independently, the median peak memory.
func medians(runs []usage) usage {
	return usage{
		cpu:    median(runs, func(u usage) time.Duration { return u.cpu }),
		memory: median(runs, func(u usage) int64 { return u.memory }),
	}
}

// median returns the middle value, of an even number of runs the upper of the two.
func median[T cmp.Ordered](runs []usage, value func(usage) T) T {
	values := make([]T, 0, len(runs))
	for _, measured := range runs {
		values = append(values, value(measured))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
