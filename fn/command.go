// Package fn is the program: flags, the ways in which hosts call it, exit statuses and printing. It knows no rule about
// endpoints; those are in package transformer.
package fn

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

const programName = "private-endpoints"

// Exit statuses.
const (
	// statusOK means that nothing is wrong.
	statusOK = 0
	// statusFindings means that there is an error finding.
	statusFindings = 1
	// statusUsage means that the command was called wrongly.
	statusUsage = 2
)

// Process is what the operating system gives to one run.
type Process struct {
	// Arguments are the command line without the program's name.
	Arguments []string
	Getenv    func(string) string
	Stdin     io.Reader
	Stdout    io.Writer
	Stderr    io.Writer
	// Version is the released version; empty when the build information tells it.
	Version string
	// OnInput is called with the size of the input in bytes, once it has been read and before anything is done with it; it may be nil.
	OnInput func(size int)

	style *style
}

// status is an exit status that was explained on stderr already.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Main runs the program and returns its exit status.
func Main(process Process) int {
	process.style = &style{color: colorAuto}
	if configuration, ok := process.legacyPlugin(); ok {
		return process.exit(programName, process.transform(invocation{configuration: configuration}))
	}
	root := process.root()
	// Never nil, for which cobra would take the arguments of the operating system.
	root.SetArgs(append([]string{}, process.Arguments...))
	called, err := root.ExecuteC()
	return process.exit(called.CommandPath(), err)
}

const help = `Make private endpoints from git alone.

private-endpoints is a KRM function. It reads Kubernetes manifests on stdin, expands annotated Services into Ingresses
or HTTPRoutes that ask for sign-in, protects annotated Ingresses and HTTPRoutes with the settings of their ingress
controller, proves that nothing in the set leads around the protection, and writes the manifests to stdout. It contacts
no cluster.

Input is a ResourceList, as kustomize and kpt send it, with the configuration as its functionConfig; or a stream of
manifests, with the configuration in a file given by --config. What need not change is written byte for byte.

Annotations:
  Service  dev.okteto.com/auto-ingress: "private"   a private HTTPS endpoint
  Service  dev.okteto.com/auto-ingress: "true"      a public HTTPS endpoint
  route    dev.okteto.com/private: "true"           every route of this Ingress or HTTPRoute needs sign-in
  route    dev.okteto.com/generate-host: "true"     host <name>-<namespace>.<subdomain>; any other word takes the place
                                                    of the name, and "domain" gives <namespace>.<subdomain>
  Service  private-endpoints.dev/ingress-class      one of the configured classes; an Ingress may have it too
  Service  private-endpoints.dev/port               the port, by name or number

A minimal configuration:
  apiVersion: private-endpoints.dev/v1alpha1
  kind: PrivateEndpoints
  metadata:
    name: private-endpoints
  spec:
    subdomain: apps.example.com
    ingressClasses:
    - name: nginx
      controller: ingress-nginx
    tls:
      secretName: wildcard-apps
    auth:
      url: http://oauth2-proxy.auth.svc.cluster.local/oauth2/auth
      signInURL: https://auth.example.com/oauth2/start
    access:
      groups: ["{namespace}"]

Findings go to stderr; with --quiet only errors, warnings and waivers, also in the results of a ResourceList. Where stderr
is a terminal the severity is coloured, unless NO_COLOR is set. On an error nothing is transformed: a ResourceList is
written back as it came, with results; of a stream nothing is written at all.

"private-endpoints completion bash" prints what completes commands, flags and codes of findings in bash; there are zsh,
fish and powershell too, and "private-endpoints completion bash --help" says how to load it.

Exit status: 0 nothing wrong, 1 an error finding, 2 the command was called wrongly.`

const examples = `  kustomize build --enable-alpha-plugins --enable-exec overlays/production
  kustomize build . | private-endpoints --config private-endpoints.yaml | kubectl apply -f -
  helm template chart | private-endpoints --config private-endpoints.yaml --namespace shop
  kpt fn eval package --exec private-endpoints --fn-config private-endpoints.yaml`

func (p Process) root() *cobra.Command {
	var call invocation
	var showVersion bool
	root := &cobra.Command{
		Use:           programName,
		Short:         "Make private endpoints from git alone",
		Long:          help,
		Example:       examples,
		Args:          noArguments,
		SilenceUsage:  true,
		SilenceErrors: true,
		PersistentPreRunE: func(command *cobra.Command, _ []string) error {
			return cmp.Or(checkGiven(command), p.style.check())
		},
		RunE: func(*cobra.Command, []string) error {
			if showVersion {
				return p.printVersion()
			}
			return p.transform(call)
		},
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	flags := root.Flags()
	flags.StringVar(&call.configuration, "config", "", "`FILE` with the configuration, when the input carries none")
	flags.StringVar(&call.options.Namespace, "namespace", "", "`NAMESPACE` of objects that have none")
	// Not cobra's own: its template makes the linker keep every method of every type, which is a third of the program.
	flags.BoolVar(&showVersion, "version", false, "print the version")
	flags.BoolVar(&call.options.Whole, "whole", false, "take the input for a whole set, also where it looks like a selection")
	verify, endpoints := p.verifyCommand(), p.endpointsCommand()
	root.AddCommand(verify, endpoints, p.controllersCommand(), p.explainCommand(), p.versionCommand())
	for _, reporting := range []*cobra.Command{root, verify, endpoints} {
		p.style.flags(reporting.Flags())
	}
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	adviseCalls(root)
	complete(root)
	return root
}

func (p Process) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			return p.printVersion()
		},
	}
}

func (p Process) printVersion() error {
	_, err := fmt.Fprintf(p.Stdout, "private-endpoints %s %s %s/%s\n", p.version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

func (p Process) version() string {
	if p.Version != "" {
		return p.Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
