package fn

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
)

const controllersHelp = `List the ingress controllers: which of them the function protects with, and how, and what to do where it does not.

The page docs/controllers.md of the repository has the same.`

func (p Process) controllersCommand() *cobra.Command {
	var format string
	command := &cobra.Command{
		Use:   "controllers",
		Short: "List the ingress controllers that are supported",
		Long:  controllersHelp,
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			if err := checkFormat(format, formatTable, formatJSON, formatMarkdown); err != nil {
				return err
			}
			return p.writeControllers(describe(controller.All()), format)
		},
	}
	command.Flags().StringVar(&format, "format", formatTable, "`FORMAT` of the list: table, json, markdown")
	return command
}

// described is one controller in the JSON form of the list.
type described struct {
	// ID is the name of the controller in the configuration.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Ingress and HTTPRoute say which kinds the function protects with the controller.
	Ingress   bool `json:"ingress"`
	HTTPRoute bool `json:"httpRoute"`
	// MinimumVersion is empty where any version can protect.
	MinimumVersion string   `json:"minimumVersion,omitempty"`
	Groups         string   `json:"groups,omitempty"`
	SignIn         string   `json:"signIn,omitempty"`
	Headers        string   `json:"headers,omitempty"`
	Objects        []string `json:"objects,omitempty"`
	Missing        string   `json:"missing,omitempty"`
	Tested         string   `json:"tested,omitempty"`
	// Instead says what to do where the function does not protect an Ingress with the controller.
	Instead string `json:"instead,omitempty"`
}

func (d described) supported() bool { return d.Ingress || d.HTTPRoute }

func describe(all []controller.Controller) []described {
	var list []described
	for _, c := range all {
		list = append(list, described{
			ID: c.ID, Name: cmp.Or(c.Support.Name, c.ID), Ingress: c.Supported(), HTTPRoute: c.SupportsHTTPRoutes(), MinimumVersion: c.MinimumVersion(),
			Groups: c.Support.Groups, SignIn: c.Support.SignIn, Headers: c.Support.Headers, Objects: c.Support.Objects, Missing: c.Support.Missing,
			Tested: c.Support.Tested, Instead: c.ByHand,
		})
	}
	return list
}

func (p Process) writeControllers(list []described, format string) error {
	switch format {
	case formatJSON:
		return p.encode(map[string][]described{"controllers": list})
	case formatMarkdown:
		_, err := fmt.Fprint(p.Stdout, controllersPage(list))
		return err
	}
	table := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, strings.ToUpper(strings.Join(columns, "\t")))
	for _, d := range list {
		if d.supported() {
			fmt.Fprintln(table, strings.Join(d.cells(), "\t"))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(p.Stdout, "\nNot supported:")
	for _, d := range list {
		if !d.supported() {
			fmt.Fprintf(table, "%s\t%s\n", d.ID, d.Instead)
		}
	}
	return table.Flush()
}

var columns = []string{"id", "version", "Ingress", "HTTPRoute", "groups in", "sign-in", "headers", "objects", "when something is missing", "tried on"}

func (d described) cells() []string {
	return []string{
		d.ID, cmp.Or(d.MinimumVersion, "any"), yes(d.Ingress), yes(d.HTTPRoute), d.Groups, d.SignIn, d.Headers, cmp.Or(strings.Join(d.Objects, ", "), "none"),
		d.Missing, d.Tested,
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

const controllersHead = `# Ingress controllers

This page is the output of ` + "`private-endpoints controllers --format markdown`" + `, which prints what the program itself goes by.

The id is what stands in ` + "`controller:`" + ` of a class or of ` + "`spec.gateway`" + `. An older version than the one given is refused: it would not
read what protects. The groups of a namespace are put to the auth service in the query ` + "`allowed_groups`" + ` or in the path of
` + "`auth.url`" + `. Something is missing when a layer above the function, or a person in the cluster, has removed an object that it wrote, or
when the auth service does not answer: closed means that nobody gets in.

`

const controllersTail = `
## Not supported

An endpoint of these controllers is refused by the function. ` + "`verify`" + ` knows them and reports what stays open.

| id | instead |
|---|---|
`

// controllersPage is the page docs/controllers.md.
func controllersPage(list []described) string {
	var page strings.Builder
	page.WriteString(controllersHead)
	row := func(cells ...string) { page.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(append([]string{"controller"}, columns...)...)
	page.WriteString("|" + strings.Repeat("---|", len(columns)+1) + "\n")
	for _, d := range list {
		if d.supported() {
			cells := d.cells()
			cells[0] = "`" + d.ID + "`"
			row(append([]string{d.Name}, cells...)...)
		}
	}
	page.WriteString(controllersTail)
	for _, d := range list {
		if !d.supported() {
			row("`"+d.ID+"`", d.Instead)
		}
	}
	return page.String()
}
