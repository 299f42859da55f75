//go:build linux

package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/private-endpoints/private-endpoints/transformer/config"
)

func TestWorkloadHasTheSharesThatTheBarsAssume(t *testing.T) {
	var list bytes.Buffer
	written, err := writeWorkload(&list, 1000, fewRoutes)
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
	require.Equal(t, 300, kinds["Service"]+kinds["Ingress"])
	require.Equal(t, 50, annotated)
	require.Equal(t, workload{items: 1000, namespaces: 50, ingresses: kinds["Ingress"], privateServices: 40}, written)
	require.InDelta(t, 900, list.Len()/written.items, 100, "bytes an item")
}

// TestVerifiedWorkloadHasTheSharesThatTheBarAssumes counts one Ingress for each private Service: the function adds it.
func TestVerifiedWorkloadHasTheSharesThatTheBarAssumes(t *testing.T) {
	var list bytes.Buffer
	written, err := writeWorkload(&list, 10_000, manyRoutes)
	require.NoError(t, err)
	rendered := float64(written.items + written.privateServices)
	require.InDelta(t, 0.20, float64(written.ingresses+written.privateServices)/rendered, 0.02, "routes")

	workloads := 0
	for _, item := range readItems(t, list.Bytes()) {
		if item.GetKind() == "Deployment" {
			workloads++
		}
	}
	require.InDelta(t, 0.25, float64(workloads)/rendered, 0.04, "workloads")
}

func TestConfigurationIsThatOfTheWorkload(t *testing.T) {
	var file bytes.Buffer
	require.NoError(t, writeConfiguration(&file))
	settings, findings := config.Decode(file.Bytes())
	require.Empty(t, findings)
	require.Equal(t, "apps.example.com", settings.Spec.Subdomain)
}

func TestWorkloadIsTheSameEachTime(t *testing.T) {
	var first, second bytes.Buffer
	_, err := writeWorkload(&first, 200, fewRoutes)
	require.NoError(t, err)
	_, err = writeWorkload(&second, 200, fewRoutes)
	require.NoError(t, err)
	require.Equal(t, first.String(), second.String())
}

func TestItemsAreDistinct(t *testing.T) {
	var list bytes.Buffer
	_, err := writeWorkload(&list, 200, manyRoutes)
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
	require.NoError(t, writeSingle(&list))
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
