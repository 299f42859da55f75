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

// usage is what one run of a process cost, those included that it started and waited for.
type usage struct {
	cpu    time.Duration // user and system time
	wall   time.Duration
	memory int64 // peak resident set of the largest process, in bytes
}

// program is a command line, and the file that it reads as its standard input.
type program struct {
	// name is the one in the tables.
	name        string
	path        string
	arguments   []string
	environment []string
	input       string
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
	command.Env = append(append(os.Environ(), "GOMAXPROCS=2"), p.environment...)
	command.Stdin, command.Stdout, command.Stderr = stdin, output, &stderr
	start := time.Now()
	if err := command.Run(); err != nil {
		return usage{}, fmt.Errorf("%s: %w\n%s", p.path, err, stderr.Bytes())
	}
	state := command.ProcessState
	return usage{
		cpu:    state.UserTime() + state.SystemTime(),
		wall:   time.Since(start),
		memory: state.SysUsage().(*syscall.Rusage).Maxrss * 1024,
	}, nil
}

// comparison is a piece of work, and the programs that do it. The first is ours.
type comparison struct {
	work     string
	programs []program
	rounds   int
}

// size returns the size of the input in bytes.
func (c comparison) size() (int64, error) {
	info, err := os.Stat(c.programs[0].input)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// run runs the programs alternately, so that a change in the load of the machine meets all alike. It returns the runs of each.
func (c comparison) run() ([][]usage, error) {
	devNull, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	defer devNull.Close()

	runs := make([][]usage, len(c.programs))
	for range c.rounds {
		for n, p := range c.programs {
			cost, err := p.run(devNull)
			if err != nil {
				return nil, err
			}
			runs[n] = append(runs[n], cost)
		}
	}
	return runs, nil
}

// medians returns the medians of what runs cost, each by itself.
func medians(runs []usage) usage {
	return usage{
		cpu:    median(runs, func(u usage) time.Duration { return u.cpu }),
		wall:   median(runs, func(u usage) time.Duration { return u.wall }),
		memory: median(runs, func(u usage) int64 { return u.memory }),
	}
}

// median returns the middle value, of an even number of them the upper of the two.
func median[S any, T cmp.Ordered](of []S, value func(S) T) T {
	values := make([]T, 0, len(of))
	for _, one := range of {
		values = append(values, value(one))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
