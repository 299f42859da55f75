package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/require"
)

// built builds a Dockerfile beside a program.
func built(t *testing.T, dockerfile string, permissions os.FileMode) (v1.Image, error) {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "Dockerfile"), []byte(dockerfile), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "program-arm64"), []byte("program"), permissions))
	return build(folder, "arm64", time.Unix(1, 0).UTC(), map[string]string{"TARGETARCH": "arm64", "VERSION": "v1"})
}

const good = `FROM scratch
ARG TARGETARCH
ARG VERSION=devel
LABEL version="$VERSION" title="a program"
COPY program-$TARGETARCH /opt/bin/program
USER nobody
ENTRYPOINT ["/opt/bin/program", "run"]
`

func TestBuild(t *testing.T) {
	image, err := built(t, good, 0o755)
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, "arm64", config.Architecture)
	require.Equal(t, v1.Config{
		User: "nobody", Entrypoint: []string{"/opt/bin/program", "run"},
		Labels: map[string]string{"version": "v1", "title": "a program"},
	}, config.Config)
	content, err := io.ReadAll(mutate.Extract(image))
	require.NoError(t, err)
	require.Contains(t, string(content), "opt/bin/program")
}

// What git does not keep, and what differs between two machines, has no part in the digest. What the program does, has.
func TestBuildIsReproducible(t *testing.T) {
	digest := func(dockerfile string, permissions os.FileMode) v1.Hash {
		image, err := built(t, dockerfile, permissions)
		require.NoError(t, err)
		hash, err := image.Digest()
		require.NoError(t, err)
		return hash
	}
	want := digest(good, 0o755)
	require.Equal(t, want, digest(good, 0o700))
	require.NotEqual(t, want, digest(good, 0o644))
	require.NotEqual(t, want, digest(good+"USER root\n", 0o755))
}

func TestBuildRefuses(t *testing.T) {
	for dockerfile, message := range map[string]string{
		"FROM debian\n":                                        `"FROM scratch"`,
		"FROM scratch AS a\nFROM scratch\n":                    `"FROM scratch"`,
		"FROM scratch\nRUN true\n":                             "not an instruction that is known here",
		"FROM scratch\nENV A=b\n":                              "not an instruction that is known here",
		"FROM scratch\nENTRYPOINT program\n":                   "no shell",
		"FROM scratch\nCOPY missing /\n":                       "no such file",
		"FROM scratch\nCOPY program-$TARGETARCH /\n":           "no such file",
		"FROM scratch\nCOPY --chmod=777 program-arm64 /a\n":    "without flags",
		"FROM scratch\nCOPY program-arm64 program-arm64 /a/\n": "one file of the context at a time",
		"FROM scratch\nCOPY . /\n":                             "is a directory",
	} {
		_, err := built(t, dockerfile, 0o755)
		require.ErrorContains(t, err, message, dockerfile)
	}
}
