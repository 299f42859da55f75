//go:build linux

package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"
)

//go:embed namespace.yaml.tmpl
var namespaceTemplate string

//go:embed functionconfig.yaml
var functionConfig string

// namespace is what one rendering of namespace.yaml.tmpl needs to know.
type namespace struct {
	Namespace      string
	Workloads      []string
	Services       []string
	Ingresses      []route
	PrivateService string
	PrivateIngress string
}

// route is an Ingress and the Service to which it leads.
type route struct{ Name, Service string }

// The Ingresses of a namespace: what the function gets, and what stands in a rendered set that serves many of them.
var (
	fewRoutes  = []route{{"web", "web"}, {"api", "api"}}
	manyRoutes = []route{{"web", "web"}, {"api", "api"}, {"search", "search"}, {"www", "web"}}
)

// workload counts what a written ResourceList holds.
type workload struct {
	items           int
	namespaces      int
	ingresses       int
	privateServices int
}

// writeWorkload writes a ResourceList of at least the given number of items as kustomize sends it, the
// functionConfig included, and returns its counts. The same number and routes give the same bytes.
func writeWorkload(out io.Writer, items int, routes []route) (workload, error) {
	var written workload
	parsed, err := template.New("namespace").Funcs(template.FuncMap{
		"bookkeeping": func(group, version, kind, name, namespace string) string {
			written.items++
			return bookkeeping(written.items, group, version, kind, name, namespace)
		},
	}).Parse(namespaceTemplate)
	if err != nil {
		return workload{}, fmt.Errorf("parse the workload template: %w", err)
	}
	if _, err := io.WriteString(out, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"); err != nil {
		return workload{}, err
	}
	for number := 1; written.items < items; number++ {
		values := numberedNamespace(number, routes)
		if err := parsed.Execute(out, values); err != nil {
			return workload{}, fmt.Errorf("write the workload: %w", err)
		}
		written.namespaces = number
		written.ingresses += len(values.Ingresses)
		if values.PrivateService != "" {
			written.privateServices++
		}
	}
	_, err = io.WriteString(out, functionConfig)
	return written, err
}

// numberedNamespace marks the Service admin as private, in each fifth namespace the Ingress api instead.
func numberedNamespace(number int, routes []route) namespace {
	values := namespace{
		Namespace: fmt.Sprintf("team-%04d", number),
		Workloads: []string{"web", "api", "admin", "search", "worker"},
		Services:  []string{"web", "api", "admin", "search"},
		Ingresses: routes,
	}
	if number%5 == 0 {
		values.PrivateIngress = "api"
	} else {
		values.PrivateService = "admin"
	}
	return values
}

// bookkeeping returns the annotations that kustomize adds to each item before it calls a function.
func bookkeeping(position int, group, version, kind, name, namespace string) string {
	var lines strings.Builder
	lines.WriteString("      kustomize.config.k8s.io/id: |\n")
	if group != "" {
		fmt.Fprintf(&lines, "        group: %s\n", group)
	}
	fmt.Fprintf(&lines, "        kind: %s\n        name: %s\n        namespace: %s\n        version: %s\n",
		kind, name, namespace, version)
	index := position - 1
	fmt.Fprintf(&lines, "      config.kubernetes.io/index: '%d'\n", index)
	fmt.Fprintf(&lines, "      internal.config.kubernetes.io/index: '%d'\n", index)
	fmt.Fprintf(&lines, "      internal.config.kubernetes.io/annotations-migration-resource-id: '%d'\n", index)
	fmt.Fprintf(&lines, "      internal.config.kubernetes.io/id: '%d'\n", position)
	fmt.Fprintf(&lines, "      config.k8s.io/id: '%d'", position)
	return lines.String()
}

// writeSingle writes a ResourceList of one private Service, the smallest input with work to do.
func writeSingle(out io.Writer) error {
	_, err := fmt.Fprintf(out, `apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: v1
  kind: Service
  metadata:
    annotations:
      dev.okteto.com/auto-ingress: private
%s
    name: web
    namespace: team-0001
  spec:
    ports:
    - name: http
      port: 80
    selector:
      app.kubernetes.io/name: web
%s`, bookkeeping(1, "", "v1", "Service", "web", "team-0001"), functionConfig)
	return err
}

// writeConfiguration writes the functionConfig of the workload as a file of its own.
func writeConfiguration(out io.Writer) error {
	_, nested, _ := strings.Cut(functionConfig, "\n")
	_, err := io.WriteString(out, strings.ReplaceAll("\n"+nested, "\n  ", "\n"))
	return err
}
