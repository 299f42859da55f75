package fn

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gotest.tools/v3/golden"
	"sigs.k8s.io/yaml"
)

// notesService is the private Service of docs/auth-services.md.
const notesService = `apiVersion: v1
kind: Service
metadata:
  name: notes
  namespace: cindy
  annotations:
    dev.okteto.com/auto-ingress: "private"
spec:
  ports:
  - name: http
    port: 80
    targetPort: 8080
  selector:
    app: notes
`

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestAuthServicesDocument runs every configuration of docs/auth-services.md over a private Service and the manifests of the same
// section. What comes out, and what is said about it, is in testdata/auth-services, in the file that is named after the
// configuration. Nothing of it leads around the sign-in.
func TestAuthServicesDocument(t *testing.T) {
	page, err := os.ReadFile("../docs/auth-services.md")
	require.NoError(t, err)
	var tested []string
	for _, section := range strings.Split(string(page), "\n## ") {
		input, configurations := notesService, map[string]string{}
		for _, block := range yamlBlock.FindAllStringSubmatch(section, -1) {
			var object struct {
				Kind     string
				Metadata struct{ Name string }
			}
			require.NoError(t, yaml.Unmarshal([]byte(block[1]), &object))
			switch object.Kind {
			case "PrivateEndpoints":
				configurations[object.Metadata.Name] = block[1]
			case "":
				// A setting of the auth service itself, which is about the endpoint.
				require.Contains(t, block[1], "notes-cindy.apps.example.com")
			default:
				input += "---\n" + block[1]
			}
		}
		for name, configuration := range configurations {
			tested = append(tested, name+".want")
			t.Run(name, func(t *testing.T) { checkAuthService(t, name, configuration, input) })
		}
	}
	kept, err := os.ReadDir("../testdata/auth-services")
	require.NoError(t, err)
	var names []string
	for _, file := range kept {
		names = append(names, file.Name())
	}
	require.ElementsMatch(t, names, tested, "a file for each configuration of the page")
}

func checkAuthService(t *testing.T, name, configuration, input string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "private-endpoints.yaml")
	require.NoError(t, os.WriteFile(file, []byte(configuration), 0o600))
	stdout, stderr, exit := call([]byte(input), "--config", file)
	require.Equal(t, statusOK, exit, string(stderr))
	path, err := filepath.Abs("../testdata/auth-services/" + name + ".want")
	require.NoError(t, err)
	golden.Assert(t, string(stdout)+string(stderr), path)

	report, _, exit := call(stdout, "verify", "--config", file)
	require.Equal(t, statusOK, exit)
	require.Equal(t, "1 private endpoint: 0 errors, 0 warnings\n", string(report))
}
