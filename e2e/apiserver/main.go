// Command apiserver is the Kubernetes API in one process: etcd, embedded, and kube-apiserver in front of it.
// Its flags are those of kube-apiserver; the folder for etcd's data is named by the environment variable
// ETCD_DATA, and etcd listens on loopback, on ports 2379 and 2380.
package main

import (
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-apiserver/app"
)

func main() {
	store, err := startStore(os.Getenv("ETCD_DATA"))
	if err != nil {
		fmt.Fprintf(os.Stderr, "etcd: %v\n", err)
		os.Exit(1)
	}
	code := cli.Run(app.NewAPIServerCommand())
	store.Close()
	os.Exit(code)
}

// startStore starts etcd with its data in the folder and returns once it serves. Nothing is fsynced: the data
// lives no longer than the test that wrote it.
func startStore(folder string) (*embed.Etcd, error) {
	config := embed.NewConfig()
	config.Dir = folder
	config.LogLevel = "warn"
	config.UnsafeNoFsync = true
	client := []url.URL{{Scheme: "http", Host: "127.0.0.1:2379"}}
	peer := []url.URL{{Scheme: "http", Host: "127.0.0.1:2380"}}
	config.ListenClientUrls, config.AdvertiseClientUrls = client, client
	config.ListenPeerUrls, config.AdvertisePeerUrls = peer, peer
	config.InitialCluster = config.InitialClusterFromName(config.Name)

	store, err := embed.StartEtcd(config)
	if err != nil {
		return nil, err
	}
	select {
	case <-store.Server.ReadyNotify():
		return store, nil
	case err := <-store.Err():
		return nil, err
	}
}
