package workload

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

func TestWorkloadHasTheSharesThatTheBarsAssume(t *testing.T) {
	var list bytes.Buffer
	written, err := List(&list, 1000, FewRoutes)
	require.NoError(t, err)

	kinds, annotated := map[string]int{}, 0
	for _, item := range readItems(t, list.Bytes()) {
		kinds[item.GetKind()]++
		annotations := item.GetAnnotations()
		if annotations["dev.okteto.com/auto-ingress"] == "private" || annotations["dev.okteto.com/private"] == "true" {
			annotated++
		}
	}

	require.Equal(t, 250, kinds["Deployment"])
	require.Equal(t, 300, kinds["Service"]+kinds["Ingress"]+kinds["HTTPRoute"])
	require.Equal(t, 50, annotated)
	require.Equal(t, Counts{Items: 1000, Namespaces: 50, Ingresses: kinds["Ingress"], HTTPRoutes: kinds["HTTPRoute"], PrivateServices: 40}, written)
	require.NotZero(t, written.HTTPRoutes)
	require.InDelta(t, 900, list.Len()/written.Items, 100, "bytes an item")
}

// TestVerifiedWorkloadHasTheSharesThatTheBarAssumes counts one Ingress for each private Service: the function adds it.
func TestVerifiedWorkloadHasTheSharesThatTheBarAssumes(t *testing.T) {
	var list bytes.Buffer
	written, err := List(&list, 10_000, ManyRoutes)
	require.NoError(t, err)
	rendered := float64(written.Items + written.PrivateServices)
	require.InDelta(t, 0.20, float64(written.Ingresses+written.HTTPRoutes+written.PrivateServices)/rendered, 0.02, "routes")

	workloads := 0
	for _, item := range readItems(t, list.Bytes()) {
		if item.GetKind() == "Deployment" {
			workloads++
		}
	}
	require.InDelta(t, 0.25, float64(workloads)/rendered, 0.04, "workloads")
}

// TestStreamHoldsTheObjectsOfTheList compares everything but the annotations, of which kustomize adds some.
func TestStreamHoldsTheObjectsOfTheList(t *testing.T) {
	var list, stream bytes.Buffer
	_, err := List(&list, 200, FewRoutes)
	require.NoError(t, err)
	_, err = Stream(&stream, 200, FewRoutes, 3)
	require.NoError(t, err)
	require.Equal(t, 200*3, bytes.Count(stream.Bytes(), []byte("\n# Ask")))

	set, findings := manifest.Read(stream.Bytes())
	require.Empty(t, findings)
	listed := readItems(t, list.Bytes())
	require.Len(t, set.Items(), len(listed))
	for n, item := range set.Items() {
		node, err := item.Node()
		require.NoError(t, err)
		require.NoError(t, node.SetAnnotations(nil))
		require.NoError(t, listed[n].SetAnnotations(nil))
		require.YAMLEq(t, listed[n].MustString(), node.MustString())
	}
}

func TestLargeObjectsAreLarge(t *testing.T) {
	var stream bytes.Buffer
	require.NoError(t, Large(&stream, 4))
	set, findings := manifest.Read(stream.Bytes())
	require.Empty(t, findings)
	require.Len(t, set.Items(), 24)
	require.Greater(t, stream.Len(), 4*80_000)
}

func TestShapesGrowWithTheirSize(t *testing.T) {
	for name, write := range Shapes {
		var once, twice bytes.Buffer
		write(&once, 400)
		write(&twice, 800)
		require.InDelta(t, 2, float64(twice.Len())/float64(once.Len()), 0.4, name)
		_, findings := manifest.Read(twice.Bytes())
		require.Empty(t, findings, name)
	}
}

func TestConfigurationIsThatOfTheWorkload(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, Configuration(&file))
	settings, findings := config.Decode(file.Bytes())
	require.Empty(t, findings)
	require.Equal(t, "apps.example.com", settings.Spec.Subdomain)
}

func TestWorkloadIsTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	_, err := List(&first, 200, FewRoutes)
	require.NoError(t, err)
	_, err = List(&second, 200, FewRoutes)
	require.NoError(t, err)
	require.Equal(t, first.String(), second.String())
}

func TestItemsAreDistinct(t *testing.T) {
	var list bytes.Buffer
	_, err := List(&list, 200, ManyRoutes)
	require.NoError(t, err)

	seen := map[string]bool{}
	for _, item := range readItems(t, list.Bytes()) {
		id := item.GetApiVersion() + " " + item.GetKind() + " " + item.GetNamespace() + "/" + item.GetName()
		require.False(t, seen[id], id)
		seen[id] = true
	}
}

func TestSingleIsOnePrivateService(t *testing.T) {
	var list bytes.Buffer
	require.NoError(t, Single(&list))
	items := readItems(t, list.Bytes())
	require.Len(t, items, 1)
	require.Equal(t, "Service", items[0].GetKind())
	require.Equal(t, "private", items[0].GetAnnotations()["dev.okteto.com/auto-ingress"])
}

// readItems reads a ResourceList as kyaml's framework does and requires a functionConfig in it.
func readItems(t *testing.T, list []byte) []*yaml.RNode {
	t.Helper()
	var items []*yaml.RNode
	read := framework.ResourceListProcessorFunc(func(rl *framework.ResourceList) error {
		require.Equal(t, "PrivateEndpoints", rl.FunctionConfig.GetKind())
		items = rl.Items
		return nil
	})
	require.NoError(t, framework.Execute(read, &kio.ByteReadWriter{Reader: bytes.NewReader(list), Writer: &bytes.Buffer{}}))
	return items
}
