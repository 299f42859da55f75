// Package workload writes the inputs of the benchmarks. The same arguments give the same bytes.
package workload

import (
	"bytes"
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

// Route is a route of a namespace, and the Service to which it leads.
type Route struct{ Name, Service string }

// The routes of a namespace: what the function gets, and what stands in a rendered set that serves many of them.
var (
	FewRoutes  = []Route{{"web", "web"}, {"api", "api"}}
	ManyRoutes = []Route{{"web", "web"}, {"api", "api"}, {"search", "search"}, {"www", "web"}}
)

// Counts tells what a written set holds.
type Counts struct {
	Items, Namespaces, Ingresses, HTTPRoutes, PrivateServices int
}

// List writes a ResourceList of at least the given number of items as kustomize sends it, the functionConfig included: a quarter are
// workloads, about a third Services and routes, a twentieth private.
func List(out io.Writer, items int, routes []Route) (Counts, error) {
	if _, err := io.WriteString(out, "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"); err != nil {
		return Counts{}, err
	}
	written, err := writeItems(out, items, routes, bookkeeping)
	if err != nil {
		return Counts{}, err
	}
	_, err = io.WriteString(out, functionConfig)
	return written, err
}

// Stream writes the same objects as List as a stream of documents, as they stand in files: without what kustomize adds, and below a
// comment of the given number of lines.
func Stream(out io.Writer, items int, routes []Route, comment int) (Counts, error) {
	documents := &documents{out: out, comment: []byte(strings.Repeat("# Ask the owners before you change this: others rely on it.\n", comment))}
	return writeItems(documents, items, routes, func(position int, _, _, _, _, _ string) string {
		return fmt.Sprintf("      example.com/number: '%d'", position)
	})
}

// documents makes documents of the elements of a sequence.
type documents struct {
	out     io.Writer
	comment []byte
	rest    []byte
}

func (d *documents) Write(text []byte) (int, error) {
	var moved bytes.Buffer
	d.rest = append(d.rest, text...)
	for {
		end := bytes.IndexByte(d.rest, '\n') + 1
		if end == 0 {
			_, err := d.out.Write(moved.Bytes())
			return len(text), err
		}
		line := d.rest[:end]
		if bytes.HasPrefix(line, []byte("- ")) {
			moved.WriteString("---\n")
			moved.Write(d.comment)
		}
		moved.Write(line[min(2, len(line)-1):])
		d.rest = d.rest[end:]
	}
}

// namespace is what one rendering of namespace.yaml.tmpl needs to know.
type namespace struct {
	Namespace             string
	Workloads, Services   []string
	Ingresses, HTTPRoutes []Route
	PrivateService        string
	PrivateIngress        string
}

func writeItems(out io.Writer, items int, routes []Route, annotations func(int, string, string, string, string, string) string) (Counts, error) {
	var written Counts
	parsed, err := template.New("namespace").Funcs(template.FuncMap{
		"bookkeeping": func(group, version, kind, name, namespace string) string {
			written.Items++
			return annotations(written.Items, group, version, kind, name, namespace)
		},
	}).Parse(namespaceTemplate)
	if err != nil {
		return Counts{}, fmt.Errorf("parse the workload template: %w", err)
	}
	for number := 1; written.Items < items; number++ {
		values := numberedNamespace(number, routes)
		if err := parsed.Execute(out, values); err != nil {
			return Counts{}, fmt.Errorf("write the workload: %w", err)
		}
		written.Namespaces = number
		written.Ingresses += len(values.Ingresses)
		written.HTTPRoutes += len(values.HTTPRoutes)
		if values.PrivateService != "" {
			written.PrivateServices++
		}
	}
	return written, nil
}

// numberedNamespace marks the Service admin as private, in each fifth namespace the Ingress api instead. In each fourth namespace the
// first route is an HTTPRoute.
func numberedNamespace(number int, routes []Route) namespace {
	values := namespace{
		Namespace: fmt.Sprintf("team-%04d", number),
		Workloads: []string{"web", "api", "admin", "search", "worker"},
		Services:  []string{"web", "api", "admin", "search"},
		Ingresses: routes,
	}
	if number%4 == 0 {
		values.HTTPRoutes, values.Ingresses = routes[:1], routes[1:]
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

// Single writes a ResourceList of one private Service, the smallest input with work to do.
func Single(out io.Writer) error {
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

// Configuration writes the functionConfig of the workload as a file of its own.
func Configuration(out io.Writer) error {
	_, nested, _ := strings.Cut(functionConfig, "\n")
	_, err := io.WriteString(out, strings.ReplaceAll("\n"+nested, "\n  ", "\n"))
	return err
}

// Function is Configuration for a function at a path, as a kustomization lists it under transformers.
func Function(out io.Writer, path string) error {
	var text strings.Builder
	if err := Configuration(&text); err != nil {
		return err
	}
	_, err := io.WriteString(out, strings.Replace(text.String(), "path: private-endpoints", "path: "+path, 1))
	return err
}

// Large writes a stream of few and large objects: a ConfigMap of 100 kB and a CustomResourceDefinition of 250 kB by turns, behind one
// namespace as Stream writes it.
func Large(out io.Writer, objects int) error {
	if _, err := Stream(out, 1, FewRoutes, 0); err != nil {
		return err
	}
	for number := range objects {
		var text bytes.Buffer
		if number%2 == 0 {
			fmt.Fprintf(&text, "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: script-%d\n  namespace: team-0001\ndata:\n  script: |\n", number)
			for line := range 2000 {
				fmt.Fprintf(&text, "    step %5d --of 2000 --target release\n", line)
			}
		} else {
			fmt.Fprintf(&text, "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: things%d.example.com\nspec:\n  schema:\n    properties:\n", number)
			for property := range 2500 {
				fmt.Fprintf(&text, "      property%d:\n        description: What the property %d is for\n        type: string\n", property, property)
			}
		}
		if _, err := out.Write(text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
