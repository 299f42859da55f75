package hosts_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // carries the schema
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// TestSARIF holds the SARIF logs of every case of the verifier, and of files with odd names, against the schema of SARIF 2.1.0.
func TestSARIF(t *testing.T) {
	archives, err := filepath.Glob("../../testdata/verify/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	schema := sarifSchema(t)
	for _, path := range archives {
		t.Run(filepath.Base(path), func(t *testing.T) {
			folder := t.TempDir()
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			for _, file := range archive.Files {
				if strings.HasSuffix(file.Name, ".yaml") && !strings.HasSuffix(file.Name, "config.yaml") {
					shell.Write(t, folder, map[string]string{"set 100%/a:b, öffentlich#?/" + file.Name: string(file.Data)})
				}
			}
			log := shell.MustRun(t, folder, "private-endpoints verify --format sarif --exit-zero .")
			require.NoError(t, schema.Validate(unmarshal(t, []byte(log))))
			require.Contains(t, log, `"uri": "set%20100%25/a:b,%20%C3%B6ffentlich%23%3F/`)
		})
	}
}

func TestSARIFSchemaRefuses(t *testing.T) {
	for name, log := range map[string]string{
		"a null that is no guid": `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","guid":null}},"results":[]}]}`,
		"a file that is no URI":  `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"artifacts":[{"location":{"uri":"100% a"}}]}]}`,
		"an unknown key":         `{"version":"2.1.0","runs":[],"findings":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.Error(t, sarifSchema(t).Validate(unmarshal(t, []byte(log))))
		})
	}
}

// sarifSchema is the schema of the standard, as the library of the import above has it in its source. It is not exported there.
var sarifSchema = func() func(t *testing.T) *jsonschema.Schema {
	var once sync.Once
	var schema *jsonschema.Schema
	return func(t *testing.T) *jsonschema.Schema {
		once.Do(func() {
			compiler := jsonschema.NewCompiler()
			compiler.AssertFormat()
			require.NoError(t, compiler.AddResource("sarif.json", unmarshal(t, schemaSource(t))))
			schema = compiler.MustCompile("sarif.json")
		})
		require.NotNil(t, schema)
		return schema
	}
}()

func schemaSource(t *testing.T) []byte {
	t.Helper()
	library := strings.TrimSpace(shell.MustRun(t, ".", "go list -f '{{.Dir}}' github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"))
	file, err := parser.ParseFile(token.NewFileSet(), library+"/schema.go", nil, 0)
	require.NoError(t, err)
	constant := file.Decls[0].(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	require.Equal(t, "schema", constant.Names[0].Name)
	text, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
	require.NoError(t, err)
	return []byte(text)
}

func unmarshal(t *testing.T, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err, "%s", text)
	return value
}
