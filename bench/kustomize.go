//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/private-endpoints/private-endpoints/bench/workload"
)

// The kustomizations: the same resources with the function, with a function that only prints what the function wrote before, and with
// what a person would write by hand.
const (
	withFunction = "with-function"
	withReplay   = "with-replay"
	byHand       = "by-hand"
)

const patchByHand = `  - target:
      kind: Ingress
      annotationSelector: dev.okteto.com/private=true
    patch: |-
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata:
        name: any
        annotations:
          nginx.ingress.kubernetes.io/auth-url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
          nginx.ingress.kubernetes.io/auth-signin: https://auth.example.com/oauth2/start
          nginx.ingress.kubernetes.io/auth-response-headers: X-Auth-Request-User,X-Auth-Request-Email,X-Auth-Request-Groups
`

const ingressByHand = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: team-%04[1]d
  annotations:
    dev.okteto.com/private: "true"
spec:
  ingressClassName: nginx
  rules:
  - host: admin-team-%04[1]d.apps.example.com
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: admin, port: {name: http}}}
  tls:
  - hosts: [admin-team-%04[1]d.apps.example.com]
    secretName: wildcard-apps
`

// writeKustomizations writes one folder for each way.
func (in *inputs) writeKustomizations() error {
	programs := map[string]string{}
	var err error
	for folder, name := range map[string]string{withFunction: "private-endpoints", withReplay: "replay"} {
		path, failed := filepath.Abs(filepath.Join(in.bin, name))
		programs[folder], err = path, errors.Join(err, failed)
	}
	for _, folder := range []string{withFunction, withReplay, byHand} {
		var counts workload.Counts
		err = errors.Join(err, in.write(folder+"/resources.yaml", func(out io.Writer) (err error) {
			counts, err = workload.Stream(out, hostItems, workload.FewRoutes, 0)
			return err
		}))
		kustomization := "resources: [resources.yaml]\ntransformers: [function.yaml]\n"
		if folder == byHand {
			kustomization = "resources: [resources.yaml, ingresses.yaml]\npatches:\n" + patchByHand
			err = errors.Join(err, in.write(folder+"/ingresses.yaml", func(out io.Writer) error {
				for number := 1; number <= counts.Namespaces; number++ {
					if number%5 == 0 {
						continue
					}
					if _, err := fmt.Fprintf(out, ingressByHand, number); err != nil {
						return err
					}
				}
				return nil
			}))
		} else {
			err = errors.Join(err, in.write(folder+"/function.yaml", func(out io.Writer) error { return workload.Function(out, programs[folder]) }))
		}
		err = errors.Join(err, os.WriteFile(in.path(folder+"/kustomization.yaml"), []byte(kustomization), 0o644))
	}
	return err
}

// build is kustomize over one of the folders.
func (in *inputs) build(name, folder string) program {
	return program{
		name: name, path: filepath.Join(in.bin, "kustomize"), input: os.DevNull,
		arguments:   []string{"build", "--enable-alpha-plugins", "--enable-exec", in.path(folder)},
		environment: []string{"REPLAY=" + in.path("replay.yaml")},
	}
}

// record keeps what the function answers to kustomize, for the function that prints it.
func (in *inputs) record() error {
	// The function is called from the folder of the kustomization.
	function, err := filepath.Abs(filepath.Join(in.bin, "private-endpoints"))
	if err != nil {
		return err
	}
	recording := in.build("record", withReplay)
	recording.environment = append(recording.environment, "RECORD="+function)
	_, err = recording.run(nil)
	return err
}
