package shell

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPage(t *testing.T) {
	folder := t.TempDir()
	Write(t, folder, map[string]string{
		"example/values.yaml": "spec:\n  mode: enforce\n\n  hosts: 2\n",
		"page.md": "<!-- The commands run in example. -->\n\n```sh\necho $GREETING > greeting\n```\n\n" +
			"```console\n$ cat greeting\nhello\n$ echo a \\\n  b >&2; false\na b\n```\n\n```yaml\nmode: enforce\n\nhosts: 2\n```\n",
	})
	page := ReadPage(t, folder+"/page.md")
	require.Equal(t, []string{"echo $GREETING > greeting\n", "cat greeting\n", "echo a \\\n  b >&2; false\n"}, page.Commands(t))
	copied := page.Run(t, "GREETING=hello")
	require.Equal(t, "hello\n", Read(t, copied, "greeting"))
	require.NoFileExists(t, folder+"/example/greeting", "the page runs in a copy")
}

// recorder takes the failures of a test that has to fail.
type recorder struct {
	testing.TB
	failure string
}

func (r *recorder) Errorf(format string, arguments ...any) {
	r.failure += fmt.Sprintf(format, arguments...)
}
func (r *recorder) FailNow() { runtime.Goexit() }

func TestPageFails(t *testing.T) {
	for name, text := range map[string]string{
		"a command that fails":       "```sh\nfalse\n```\n",
		"another output":             "```console\n$ echo yes\nno\n```\n",
		"an output that is missing":  "```console\n$ echo yes\n```\n",
		"a file that nobody has":     "```yaml\nmode: off\n```\n",
		"a part of a line":           "```yaml\node: enforce\n```\n",
		"a block that nothing holds": "```go\npackage page\n```\n",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			Write(t, folder, map[string]string{
				"example/values.yaml": "spec:\n  mode: enforce\n",
				"page.md":             "<!-- The commands run in example. -->\n\n" + text,
			})
			failed := &recorder{TB: t}
			done := make(chan struct{})
			go func() {
				defer close(done)
				ReadPage(failed, folder+"/page.md").Run(failed)
			}()
			<-done
			require.NotEmpty(t, failed.failure)
		})
	}
}
