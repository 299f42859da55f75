// Private-endpoints makes private endpoints of annotated Services and Ingresses. See package fn for what it does, and
// "private-endpoints --help" for how to call it.
package main

import (
	"os"
	"runtime/debug"

	"github.com/private-endpoints/private-endpoints/fn"
)

// version is set by the linker in released binaries.
var version string

func main() {
	// One run, one set in memory: a little more collecting keeps the peak low, and costs next to nothing.
	debug.SetGCPercent(70)
	os.Exit(fn.Main(fn.Process{
		Arguments: os.Args[1:],
		Getenv:    os.Getenv,
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Version:   version,
		OnInput:   limitMemory,
	}))
}

// limitMemory makes the collector work harder before the process takes more than about four times its input, whose bytes stay in memory to
// the end. A limit that the user has set stays.
func limitMemory(input int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(64<<20 + 3*int64(input))
	}
}
