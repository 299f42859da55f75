package transformer_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/bench/workload"
	"github.com/private-endpoints/private-endpoints/transformer"
	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/exposure"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
	"github.com/private-endpoints/private-endpoints/transformer/verify"
)

// stages is one run over a set, stage by stage; each stage needs those before it.
type stages struct {
	input    []byte
	settings *config.Config
	set      *manifest.Set
	classes  controller.Classes
	plan     *endpoint.Plan
	report   verify.Report
}

func (s *stages) split() { s.set, _ = manifest.Read(s.input) }

func (s *stages) scan() {
	for _, item := range s.set.Items() {
		item.Kind()
	}
}

// parse reads the objects that the function reads in most sets.
func (s *stages) parse() {
	for _, item := range s.set.Items() {
		switch item.Kind() {
		case "Service", "Ingress", "HTTPRoute":
			_, _ = item.Node()
		}
	}
}

func (s *stages) expand() {
	s.classes, _ = controller.Resolve(s.settings)
	s.plan, _ = endpoint.Expand(s.set, s.settings, endpoint.Options{})
}

func (s *stages) protect() {
	s.classes.Apply(s.plan, s.settings)
	s.plan.Write()
}

func (s *stages) encode() { s.set.Encode() }

func (s *stages) exposure() {
	objects := controller.Index(s.set, s.plan.EffectiveNamespace)
	private := map[*manifest.Item]bool{}
	for _, e := range s.plan.Private() {
		private[e.Route] = true
	}
	exposure.Read(objects, controller.NewServing(s.settings, objects), private, nil)
}

// verify lists the ways in as well.
func (s *stages) verify() {
	s.report = verify.Check(verify.Input{
		Set: s.set, NamespaceOf: s.plan.EffectiveNamespace, Endpoints: s.plan.Private(), Settings: s.settings, Mode: config.VerifyEnforce,
	})
}

func (s *stages) write() { _, _ = s.set.WriteTo(io.Discard) }

// BenchmarkStage measures each stage by itself, over 2,000 items as kustomize sends them.
func BenchmarkStage(b *testing.B) {
	var input bytes.Buffer
	counts, err := workload.List(&input, 2_000, workload.FewRoutes)
	require.NoError(b, err)
	settings := workloadSettings(b)
	all := []struct {
		name string
		run  func(*stages)
	}{
		{"split", (*stages).split},
		{"scan", (*stages).scan},
		{"parse", (*stages).parse},
		{"expand", (*stages).expand},
		{"protect", (*stages).protect},
		{"encode", (*stages).encode},
		{"exposure", (*stages).exposure},
		{"verify", (*stages).verify},
		{"write", (*stages).write},
	}
	for n, stage := range all {
		b.Run(stage.name, func(b *testing.B) {
			b.SetBytes(int64(input.Len()))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				run := &stages{input: input.Bytes(), settings: settings}
				for _, before := range all[:n] {
					if before.name != "parse" && before.name != "exposure" {
						before.run(run)
					}
				}
				b.StartTimer()
				stage.run(run)
				b.StopTimer()
				if stage.name == "verify" {
					require.Len(b, run.report.Endpoints, counts.Namespaces)
					require.False(b, run.report.Findings.HasErrors())
				}
				b.StartTimer()
			}
		})
	}
}

// BenchmarkVerify is the command over rendered manifests.
func BenchmarkVerify(b *testing.B) {
	var input bytes.Buffer
	_, err := workload.Stream(&input, 2_000, workload.ManyRoutes, 0)
	require.NoError(b, err)
	settings := workloadSettings(b)
	set, _ := manifest.Read(input.Bytes())
	require.False(b, transformer.Transform(set, settings, transformer.Options{}).HasErrors())
	var rendered bytes.Buffer
	_, err = set.WriteTo(&rendered)
	require.NoError(b, err)
	b.SetBytes(int64(rendered.Len()))
	b.ReportAllocs()
	for b.Loop() {
		set, _ := manifest.Read(rendered.Bytes())
		require.False(b, transformer.Verify(set, settings, transformer.VerifyOptions{}).Findings.HasErrors())
	}
}
