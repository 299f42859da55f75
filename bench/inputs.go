//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"github.com/private-endpoints/private-endpoints/bench/workload"
)

// inputs are the files that the programs read, in a folder of their own.
type inputs struct {
	options
	folder string
	// counts tell what the ResourceLists hold, by their number of items; routes what the sets for verify do, by the names of their files.
	counts map[int]workload.Counts
	routes map[string]workload.Counts
}

// The files of the inputs. rendered is what a name ends in when the function has been over the file.
const (
	single        = "single.yaml"
	configuration = "configuration.yaml"
	stream        = "stream.yaml"
	routes        = "routes.yaml"
	twice         = "twice.yaml"
	large         = "large.yaml"
	comments      = "comments.yaml"
	rendered      = ".out"
)

// The sizes of the inputs.
const (
	manyItems   = 10_000
	shapeSize   = 5_000
	hostItems   = 1_000
	largeItems  = 80
	longComment = 40
)

func listName(items int) string { return fmt.Sprintf("list-%d.yaml", items) }

// sizes are the numbers of items of the ResourceLists.
var sizes = []int{10, 1_000, manyItems, 100_000}

// listSizes are those that are measured: the largest takes long.
func (in *inputs) listSizes() []int {
	if in.smoke {
		return sizes[:3]
	}
	return sizes
}

// writeInputs writes the inputs into a folder, and the kustomizations.
func writeInputs(folder string, o options) (*inputs, error) {
	in := &inputs{options: o, folder: folder, counts: map[int]workload.Counts{}, routes: map[string]workload.Counts{}}
	err := errors.Join(
		in.write(single, workload.Single), in.write(configuration, workload.Configuration),
		in.write(large, func(out io.Writer) error { return workload.Large(out, largeItems) }),
		in.write(stream, func(out io.Writer) error {
			_, err := workload.Stream(out, manyItems, workload.FewRoutes, 0)
			return err
		}),
		in.write(comments, func(out io.Writer) error {
			_, err := workload.Stream(out, manyItems/10, workload.FewRoutes, longComment)
			return err
		}),
	)
	for _, items := range in.listSizes() {
		err = errors.Join(err, in.write(listName(items), func(out io.Writer) (err error) {
			in.counts[items], err = workload.List(out, items, workload.FewRoutes)
			return err
		}))
	}
	for name, items := range map[string]int{routes: manyItems, twice: 2 * manyItems} {
		err = errors.Join(err, in.write(name, func(out io.Writer) (err error) {
			in.routes[name], err = workload.Stream(out, items, workload.ManyRoutes, 0)
			return err
		}))
	}
	if in.smoke {
		return in, err
	}
	for name, shape := range workload.Shapes {
		for _, size := range []int{1, 2} {
			err = errors.Join(err, in.write(shapeName(name, size), func(out io.Writer) error {
				shape(out, size*shapeSizeOf(name))
				return nil
			}))
		}
	}
	return in, errors.Join(err, in.writeKustomizations())
}

func shapeName(name string, size int) string { return fmt.Sprintf("%s %d.yaml", name, size) }

// shapeSizeOf returns the size of a shape that takes long enough to be measured: the large item has 50 MB when it is doubled.
func shapeSizeOf(name string) int {
	switch name {
	case "one large item":
		return 300_000
	case "deep nesting":
		return 500
	default:
		return shapeSize
	}
}

func (in *inputs) path(name string) string { return filepath.Join(in.folder, name) }

// write creates a file and fills it through a buffer.
func (in *inputs) write(name string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(in.path(name)), 0o755); err != nil {
		return err
	}
	file, err := os.Create(in.path(name))
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

// checkWorkIsDone runs the programs once, unmeasured, and counts what they did: Ingresses in the output, which are all of the input and,
// from the function, one more for each private Service; and private endpoints that verify has proved. A program that does less is not
// worth timing.
func (in *inputs) checkWorkIsDone() error {
	counts := in.counts[manyItems]
	all := counts.Ingresses + counts.PrivateServices
	for _, check := range []struct {
		program program
		want    int
	}{
		{in.identity(listName(manyItems)), counts.Ingresses},
		{in.annotate(listName(manyItems)), counts.Ingresses},
		{in.function(listName(manyItems)), all},
		{in.unverified(listName(manyItems)), all},
		{in.streamFunction(stream), all},
	} {
		got, err := countLines(check.program, check.program.input+rendered, ingressKind)
		if err == nil && got != check.want {
			err = fmt.Errorf("%s wrote %d Ingresses, want %d", check.program.path, got, check.want)
		}
		if err != nil {
			return err
		}
	}
	if !in.smoke {
		if err := in.record(); err != nil {
			return err
		}
	}
	for name, counts := range in.routes {
		if _, err := countLines(in.streamFunction(name), in.path(name)+rendered, nil); err != nil {
			return err
		}
		proved := regexp.MustCompile(fmt.Sprintf("^%d private endpoints: 0 errors", counts.Namespaces))
		if count, err := countLines(in.verify(name+rendered), in.path(name)+".report", proved); err != nil || count != 1 {
			return fmt.Errorf("verify did not prove %d private endpoints: %w", counts.Namespaces, err)
		}
	}
	return nil
}

// ingressKind matches the kind of an item, not the one within kustomize's bookkeeping, which stands deeper.
var ingressKind = regexp.MustCompile(`^( {2,4})?kind: Ingress$`)

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
