package e2e

import (
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

var update = flag.Bool("update", false, "write docs/proof.md")

const proofDocument = "../docs/proof.md"

// results are the tables of a run, which become docs/proof.md.
type results struct {
	rows map[string][][]string
}

var proof = results{rows: map[string][][]string{}}

// add adds a row to a table.
func (r *results) add(table string, cells ...string) {
	r.rows[table] = append(r.rows[table], cells)
}

// finish prints the tables and holds docs/proof.md to them. A run of some of the tests only prints what it has.
func (r *results) finish() error {
	for _, section := range proofSections {
		fmt.Printf("\n%s\n\n%s", section.title, r.table(section))
	}
	if selection := flag.Lookup("test.run").Value.String(); selection != "" {
		return nil
	}
	versions, err := versionsOfParts()
	if err != nil {
		return err
	}
	cost, err := theBed.cost()
	if err != nil {
		return err
	}
	document := r.document(append(versions, []string{"time and memory", machineVersion, cost}))
	// The first run writes the page.
	if _, err := os.Stat(proofDocument); *update || errors.Is(err, os.ErrNotExist) {
		return os.WriteFile(proofDocument, []byte(document), 0o644)
	}
	if err := os.WriteFile(filepath.Join(cacheFolder, "proof.md"), []byte(document), 0o644); err != nil {
		return err
	}
	kept, err := os.ReadFile(proofDocument)
	if err != nil {
		return err
	}
	if comparable(string(kept)) != comparable(document) {
		return errors.New("docs/proof.md does not say what this run showed (.cache/e2e/proof.md): run make e2e E2E_FLAGS=-update")
	}
	return nil
}

// machineVersion marks a version that belongs to the machine and not to the module files.
const machineVersion = "of the machine"

// comparable leaves out of a document what another machine may have in another version.
func comparable(document string) string {
	var kept []string
	for line := range strings.Lines(document) {
		if !strings.Contains(line, machineVersion) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func (r *results) table(section proofSection) string {
	var text strings.Builder
	line := func(cells []string) { fmt.Fprintf(&text, "| %s |\n", strings.Join(cells, " | ")) }
	line(section.columns)
	line(strings.Split(strings.Repeat("---,", len(section.columns)-1)+"---", ","))
	for _, row := range r.rows[section.table] {
		line(row)
	}
	return text.String()
}

func (r *results) document(versions [][]string) string {
	var text strings.Builder
	text.WriteString(proofIntroduction)
	r.rows["versions"] = versions
	for _, section := range proofSections {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n%s", section.title, section.text, r.table(section))
	}
	text.WriteString(proofLimits)
	return text.String()
}

// versionsOfParts reads the versions from the programs that ran.
func versionsOfParts() ([][]string, error) {
	var rows [][]string
	for _, part := range []struct{ name, binary, module string }{
		{"kube-apiserver", os.Getenv("E2E_APISERVER"), "k8s.io/kubernetes"},
		{"etcd", os.Getenv("E2E_APISERVER"), "go.etcd.io/etcd/server/v3"},
		{"Traefik", os.Getenv("E2E_TRAEFIK"), "github.com/traefik/traefik/v3"},
		{"kinds of the Gateway API", os.Getenv("E2E_TRAEFIK"), "sigs.k8s.io/gateway-api"},
		{"oauth2-proxy", os.Getenv("E2E_OAUTH2_PROXY"), "github.com/oauth2-proxy/oauth2-proxy/v7"},
	} {
		version, err := versionOf(part.binary, part.module)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []string{part.name, "`" + part.module + "`", version})
	}
	// The provider runs in the test program, which does not tell what it was built with.
	provider, err := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/zitadel/oidc/v3").Output()
	if err != nil {
		return nil, err
	}
	rows = append(rows, []string{"OpenID Connect provider", "`github.com/zitadel/oidc/v3`", strings.TrimSpace(string(provider))})
	chromium, err := exec.Command("chromium", "--version").Output()
	if err != nil {
		return nil, err
	}
	kubectl, err := exec.Command("kubectl", "version", "--client").Output()
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(kubectl), "\n")
	return append(rows,
		[]string{"browser", machineVersion, strings.TrimSpace(string(chromium))},
		[]string{"kubectl", machineVersion, strings.TrimPrefix(first, "Client Version: ")},
		[]string{"Go", machineVersion, runtime.Version()},
	), nil
}

// versionOf returns the version of a module that a program was built with.
func versionOf(binary, module string) (string, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", err
	}
	for _, dependency := range append(info.Deps, &info.Main) {
		if dependency.Path == module {
			return dependency.Version, nil
		}
	}
	return "", fmt.Errorf("%s was built without %s", binary, module)
}
