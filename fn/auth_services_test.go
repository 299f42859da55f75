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
// section. What comes out, what is said about it, and what verify says, is in testdata/auth-services, in the file that is named
// after the configuration. Nothing of it leads around the sign-in.
func TestAuthServicesDocument(t *testing.T) {
	page, err := os.ReadFile("../docs/auth-services.md")
	require.NoError(t, err)
	var tested []string
	for _, section := range strings.Split(string(page), "\n## ") {
		input, configurations, settings := notesService, map[string]string{}, ""
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
				settings += block[1]
			default:
				input += "---\n" + block[1]
			}
		}
		if settings != "" {
			require.Contains(t, settings, "notes-cindy.apps.example.com", "what is set in the auth service is about the host that the function writes")
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
	report, _, exit := call(stdout, "verify", "--config", file)
	require.Equal(t, statusOK, exit, string(report))
	require.Contains(t, string(report), "1 private endpoint: ")
	path, err := filepath.Abs("../testdata/auth-services/" + name + ".want")
	require.NoError(t, err)
	golden.Assert(t, string(stdout)+string(stderr)+string(report), path)
}
