//go:build linux

package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/private-endpoints/private-endpoints/bench/workload"
)

// The names of the programs in the tables.
const (
	ours        = "private-endpoints"
	aCopy       = "a copy (cat)"
	kyaml       = "kyaml function that changes nothing"
	kyamlEdit   = "kyaml function that sets one annotation"
	kubeconform = "kubeconform, parsing alone"
	notVerified = "the same without the verifier"
)

// The pieces of work.
const (
	startUp       = "start-up, one Service"
	streamWork    = "stream, 10,000 documents"
	verifyWork    = "verify, 10,000 documents with 2,000 routes"
	endpointsWork = "endpoints, the same documents"
	rulesWork     = "the rules, 10,000 items"
	growthWork    = "verify, twice the documents"
	largeWork     = "stream of ConfigMaps and CustomResourceDefinitions of 100 and 250 kB"
	commentsWork  = "stream, 1,000 documents below 40 lines of comment"
	kustomizeWork = "kustomize build, 1,000 resources"
)

func listWork(items int) string {
	return fmt.Sprintf("function, ResourceList of %s items", thousands(items))
}
func shapeWork(name string) string   { return "twice as large: " + name }
func shapeVerify(name string) string { return "verify, twice as large: " + name }

func (in *inputs) program(name, binary, input string, arguments ...string) program {
	return program{name: name, path: filepath.Join(in.bin, binary), input: in.path(input), arguments: arguments}
}

func (in *inputs) function(input string) program { return in.program(ours, "private-endpoints", input) }
func (in *inputs) identity(input string) program { return in.program(kyaml, "identity", input) }
func (in *inputs) annotate(input string) program { return in.program(kyamlEdit, "annotate", input) }
func (in *inputs) unverified(input string) program {
	return in.program(notVerified, "unverified", input)
}

func (in *inputs) streamFunction(input string) program {
	return in.program(ours, "private-endpoints", input, "--config", in.path(configuration))
}

func (in *inputs) verify(input string) program {
	return in.program("private-endpoints verify", "private-endpoints", input, "verify", "--exit-zero", "--config", in.path(configuration))
}

func (in *inputs) endpoints(input string) program {
	return in.program("private-endpoints endpoints", "private-endpoints", input, "endpoints", "--config", in.path(configuration))
}

func (in *inputs) cat(input string) program {
	return program{name: aCopy, path: "cat", input: in.path(input)}
}

// kubeconform parses and looks for no schema: the folder that should have them is empty. It gets the file by its name: what it reads of
// large documents from its standard input is garbled.
func (in *inputs) kubeconform(input string) program {
	return in.program(kubeconform, "kubeconform", input, "-ignore-missing-schemas", "-schema-location", in.folder+"/none/{{.ResourceKind}}.json", in.path(input))
}

// comparisons returns what is measured, in the order of the document.
func (in *inputs) comparisons() []comparison {
	all := []comparison{{startUp, []program{in.function(single), in.identity(single), in.annotate(single), in.cat(single)}, in.startRounds}}
	for _, items := range in.listSizes() {
		list := listName(items)
		programs := []program{in.function(list), in.identity(list), in.annotate(list), in.cat(list)}
		if items > manyItems {
			programs = []program{in.function(list), in.cat(list)}
		}
		all = append(all, comparison{listWork(items), programs, in.rounds})
	}
	all = append(all,
		comparison{streamWork, []program{in.streamFunction(stream), in.kubeconform(stream), in.identity(stream), in.cat(stream)}, in.rounds},
		comparison{verifyWork, []program{in.verify(routes + rendered), named("the transform", in.streamFunction(routes))}, in.rounds},
		comparison{endpointsWork, []program{in.endpoints(routes + rendered)}, in.rounds},
		comparison{rulesWork, []program{in.function(listName(manyItems)), in.unverified(listName(manyItems))}, in.rounds},
		comparison{growthWork, []program{in.verify(twice + rendered), named("once", in.verify(routes+rendered))}, in.rounds},
		comparison{largeWork, []program{in.streamFunction(large), in.kubeconform(large), in.identity(large), in.cat(large)}, in.rounds},
		comparison{commentsWork, []program{in.streamFunction(comments), in.kubeconform(comments), in.identity(comments), in.cat(comments)}, in.rounds},
	)
	if in.smoke {
		for n := range all {
			// The bars are about the first two.
			all[n].programs = all[n].programs[:min(2, len(all[n].programs))]
		}
		return all
	}
	for _, name := range shapeNames() {
		all = append(all,
			comparison{shapeWork(name), []program{in.streamFunction(shapeName(name, 2)), named("once", in.streamFunction(shapeName(name, 1)))}, shapeRounds},
			comparison{shapeVerify(name), []program{in.verify(shapeName(name, 2)), named("once", in.verify(shapeName(name, 1)))}, shapeRounds},
		)
	}
	return append(all, comparison{kustomizeWork, []program{
		in.build("with private-endpoints", withFunction), in.build("with a function that prints the same", withReplay), in.build("with Ingresses and a patch by hand", byHand),
	}, kustomizeRounds})
}

const (
	// kustomizeRounds are more than of the others: the difference is small.
	kustomizeRounds = 11
	// shapeRounds are fewer: a run takes seconds.
	shapeRounds = 1
)

func named(name string, p program) program {
	p.name = name
	return p
}

func shapeNames() []string {
	var names []string
	for name := range workload.Shapes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
