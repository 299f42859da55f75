package hosts_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/private-endpoints/private-endpoints/examples/shell"
)

// image is the content of an archive of "docker save".
type image struct {
	digest string
	config map[string]any
	// files are the bytes of the files by their paths, and headers what the layers say about files and folders.
	files   map[string][]byte
	headers []string
	// unpacked and compressed are the sizes of the layers.
	unpacked, compressed int
}

func readImage(t *testing.T, path string) image {
	t.Helper()
	members := map[string][]byte{}
	untar(t, []byte(shell.Read(t, path)), func(header *tar.Header, content []byte) { members[header.Name] = content })
	var manifests []struct {
		Config string
		Layers []string
	}
	require.NoError(t, json.Unmarshal(members["manifest.json"], &manifests))
	require.Len(t, manifests, 1)
	config := members[manifests[0].Config]
	got := image{digest: fmt.Sprintf("sha256:%x", sha256.Sum256(config)), files: map[string][]byte{}}
	require.NoError(t, json.Unmarshal(config, &got.config))
	for _, layer := range manifests[0].Layers {
		got.add(t, members[layer])
	}
	return got
}

func (i *image) add(t *testing.T, layer []byte) {
	t.Helper()
	content := layer
	if unpacker, err := gzip.NewReader(bytes.NewReader(layer)); err == nil {
		content, err = io.ReadAll(unpacker)
		require.NoError(t, err)
	}
	i.compressed += len(layer)
	i.unpacked += len(content)
	untar(t, content, func(header *tar.Header, content []byte) {
		i.headers = append(i.headers, fmt.Sprintf("%s %o %d:%d", header.Name, header.Mode&0o7777, header.Uid, header.Gid))
		i.files[header.Name] = content
	})
}

func untar(t *testing.T, content []byte, visit func(*tar.Header, []byte)) {
	t.Helper()
	reader := tar.NewReader(bytes.NewReader(content))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		content, err := io.ReadAll(reader)
		require.NoError(t, err)
		visit(header, content)
	}
}

// container returns what the Dockerfile says about the container.
func (i *image) container(t *testing.T) (user, entrypoint any, labels map[string]any) {
	t.Helper()
	config, ok := i.config["config"].(map[string]any)
	require.True(t, ok)
	labels, ok = config["Labels"].(map[string]any)
	require.True(t, ok)
	return config["User"], config["Entrypoint"], labels
}

// archive is what "make image-archives" has written for an architecture.
func archive(architecture string) string {
	return root + "/bin/image/" + architecture + ".tar"
}

// TestImage opens the image of each architecture: it holds a static program and the user nobody, nothing else.
func TestImage(t *testing.T) {
	for architecture, machine := range map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64} {
		t.Run(architecture, func(t *testing.T) {
			got := readImage(t, archive(architecture))
			require.Equal(t, []string{"etc/ 755 0:0", "etc/passwd 644 0:0", "private-endpoints 755 0:0"}, got.headers)
			require.Equal(t, "nobody:x:65534:65534:nobody:/:/sbin/nologin\n", string(got.files["etc/passwd"]))
			require.Equal(t, "linux/"+architecture, fmt.Sprint(got.config["os"], "/", got.config["architecture"]))
			user, entrypoint, labels := got.container(t)
			require.Equal(t, "65534:65534", user)
			require.Equal(t, []any{"/private-endpoints"}, entrypoint)
			require.Equal(t, "Apache-2.0", labels["org.opencontainers.image.licenses"])
			require.NotEmpty(t, labels["org.opencontainers.image.version"])
			require.LessOrEqual(t, got.unpacked, 25_000_000)
			require.LessOrEqual(t, got.compressed, 10_000_000)
			requireStatic(t, got.files["private-endpoints"], machine)
		})
	}
}

func requireStatic(t *testing.T, program []byte, machine elf.Machine) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(program))
	require.NoError(t, err)
	require.Equal(t, machine, file.Machine)
	for _, part := range file.Progs {
		require.NotContains(t, []elf.ProgType{elf.PT_INTERP, elf.PT_DYNAMIC}, part.Type, "the program is static")
	}
}

// TestDockerfile makes sure that engines make the same of the Dockerfile. What they add, such as a PATH, is theirs.
func TestDockerfile(t *testing.T) {
	want := readImage(t, archive(runtime.GOARCH))
	_, _, labels := want.container(t)
	for engine, environment := range map[string]func(*testing.T) []string{"docker": startDocker, "podman": usePodman} {
		t.Run(engine, func(t *testing.T) {
			environment := append(environment(t), "ENGINE="+engine, "TARGETARCH="+runtime.GOARCH, "DOCKER_BUILDKIT=0", "BUILDAH_FORMAT=docker",
				fmt.Sprint("VERSION=", labels["org.opencontainers.image.version"]), "ARCHIVE="+t.TempDir()+"/image.tar")
			shell.MustRun(t, root, `
				"$ENGINE" build --quiet --build-arg TARGETARCH --build-arg VERSION --tag localhost/built .
				"$ENGINE" save --output "$ARCHIVE" localhost/built`, environment...)
			requireSameContent(t, want, readImage(t, shell.MustRun(t, root, `printf %s "$ARCHIVE"`, environment...)))
		})
	}
}

func requireSameContent(t *testing.T, want, got image) {
	t.Helper()
	require.Subset(t, got.headers, want.headers)
	require.Equal(t, want.files["private-endpoints"], got.files["private-endpoints"])
	wantUser, wantEntrypoint, wantLabels := want.container(t)
	user, entrypoint, labels := got.container(t)
	require.Equal(t, wantUser, user)
	require.Equal(t, wantEntrypoint, entrypoint)
	delete(labels, "io.buildah.version")
	require.Equal(t, wantLabels, labels)
}
