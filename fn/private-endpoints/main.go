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
	os.Exit(fn.Main(fn.Process{
		Arguments: os.Args[1:],
		Getenv:    os.Getenv,
		Stdin:     os.Stdin,
		Stdout:    os.Stdout,
		Stderr:    os.Stderr,
		Version:   version,
		OnInput:   collectMore,
	}))
}

// collectMore makes the collector work harder where the input is large: its bytes stay in memory to the end, and the heap may grow by a
// share of them. A share that the user has set stays.
func collectMore(input int) {
	const large = 16 << 20
	if input > large && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}
