package workload

import (
	"fmt"
	"io"
	"strings"
)

// Shapes are inputs that could tempt the program to compare everything with everything, or to go deep. Each writes a stream; twice the size
// is about twice the input.
var Shapes = map[string]func(out io.Writer, size int){
	"one host with many paths":        oneHostManyPaths,
	"many Services with one selector": manyServicesOneSelector,
	"many Ingresses on one host":      manyIngressesOneHost,
	"one large item":                  oneLargeItem,
	"deep nesting":                    deepNesting,
}

const ingressHead = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: %s
  namespace: cindy
  annotations: {dev.okteto.com/private: "%t"}
spec:
  ingressClassName: nginx
  tls: [{hosts: [app.apps.example.com], secretName: wildcard-apps}]
  rules:
  - host: app.apps.example.com
    http:
      paths:
`

const ingressPath = `      - path: /%s
        pathType: Prefix
        backend: {service: {name: %s, port: {number: 80}}}
`

const serviceText = `---
apiVersion: v1
kind: Service
metadata:
  name: %s
  namespace: %s
  annotations: {dev.okteto.com/auto-ingress: "%s"}
spec:
  selector: {app: %s}
  ports: [{name: http, port: 80}]
`

func oneHostManyPaths(out io.Writer, size int) {
	for _, private := range []bool{true, false} {
		fmt.Fprintf(out, "---\n"+ingressHead, fmt.Sprintf("app-%t", private), private)
		for n := range size {
			name := fmt.Sprintf("s%d-%t", n, private)
			fmt.Fprintf(out, ingressPath, name, name)
		}
	}
	for n := range size {
		for _, private := range []bool{true, false} {
			name := fmt.Sprintf("s%d-%t", n, private)
			fmt.Fprintf(out, serviceText, name, "cindy", "false", name)
		}
	}
}

func manyServicesOneSelector(out io.Writer, size int) {
	for n := range size {
		fmt.Fprintf(out, serviceText, fmt.Sprintf("s%d", n), "cindy", "private", "same")
	}
}

func manyIngressesOneHost(out io.Writer, size int) {
	for n := range size {
		name := fmt.Sprintf("s%d", n)
		fmt.Fprintf(out, "---\n"+ingressHead+ingressPath, name, n%2 == 0, name, name)
		fmt.Fprintf(out, serviceText, name, "cindy", "false", name)
	}
}

func oneLargeItem(out io.Writer, size int) {
	fmt.Fprintf(out, serviceText, "web", "cindy", "private", "web")
	io.WriteString(out, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: large, namespace: cindy}\ndata:\n  text: |\n")
	for n := range size {
		fmt.Fprintf(out, "    line %d of a file that mentions dev.okteto.com/private, which is only text\n", n)
	}
}

func deepNesting(out io.Writer, size int) {
	fmt.Fprintf(out, serviceText, "web", "cindy", "private", "web")
	io.WriteString(out, "---\napiVersion: example.com/v1\nkind: Deep\nmetadata: {name: deep, namespace: cindy}\nspec: {service: web, in: ")
	io.WriteString(out, strings.Repeat("{a: ", size)+"dev.okteto.com/private"+strings.Repeat("}", size)+"}\n")
}
