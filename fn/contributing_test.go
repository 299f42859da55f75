package fn

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var quoted = regexp.MustCompile("\\]\\(([^)#]+\\.go)\\)|(?s:```go\n(.*?)```)")

// TestContributingQuotesTheSource holds every piece of Go in CONTRIBUTING.md to the file that is linked last before it.
func TestContributingQuotesTheSource(t *testing.T) {
	page, err := os.ReadFile("../CONTRIBUTING.md")
	require.NoError(t, err)
	file, quotes := "", 0
	for _, match := range quoted.FindAllStringSubmatch(string(page), -1) {
		if match[1] != "" {
			file = match[1]
			continue
		}
		source, err := os.ReadFile(filepath.Join("..", file))
		require.NoError(t, err)
		require.True(t, strings.Contains(string(source), match[2]), "%s does not hold:\n%s", file, match[2])
		quotes++
	}
	require.NotZero(t, quotes)
}

const module = "github.com/private-endpoints/private-endpoints/"

// impure are the packages with which a room could do more than compute.
var impure = []string{"crypto/rand", "io/fs", "io/ioutil", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "os/signal", "path/filepath", "syscall", "time"}

// TestRoomsImportToTheLeft holds the rooms to the order in CONTRIBUTING.md, and to computing alone.
func TestRoomsImportToTheLeft(t *testing.T) {
	page, err := os.ReadFile("../CONTRIBUTING.md")
	require.NoError(t, err)
	order := strings.Split(regexp.MustCompile(`(?m)^finding ← .*$`).FindString(string(page)), " ← ")
	require.Len(t, order, 9)
	for i, room := range order[:len(order)-1] {
		folder := filepath.Join("../transformer", room)
		if room == "transformer" {
			folder = "../transformer"
		}
		for _, path := range importsOf(t, folder) {
			require.NotContains(t, impure, path, room)
			if own, ok := strings.CutPrefix(path, module); ok {
				require.Contains(t, order[:i], strings.TrimPrefix(own, "transformer/"), "%s imports %s", room, own)
			}
		}
	}
}

// importsOf returns what the Go files of a folder import, without its tests.
func importsOf(t *testing.T, folder string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, "_test.go") })
	require.NotEmpty(t, paths)
	var imports []string
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			imports = append(imports, imported)
		}
	}
	return imports
}
