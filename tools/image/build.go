package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// builder carries out the instructions of a Dockerfile.
type builder struct {
	folder    string
	created   time.Time
	given     map[string]string
	arguments []string
	config    v1.ConfigFile
	layers    []mutate.Addendum
}

// build returns the image that the Dockerfile in folder describes. Of the given arguments, those count that it declares.
func build(folder, architecture string, created time.Time, given map[string]string) (v1.Image, error) {
	commands, err := readDockerfile(filepath.Join(folder, "Dockerfile"))
	if err != nil {
		return nil, err
	}
	b := builder{folder: folder, created: created, given: given}
	b.config.OS, b.config.Architecture, b.config.Created = "linux", architecture, v1.Time{Time: created}
	b.config.RootFS.Type = "layers"
	for _, command := range commands {
		if err := b.do(command); err != nil {
			return nil, fmt.Errorf("%s: %w", command, err)
		}
	}
	image, err := mutate.ConfigFile(empty.Image, &b.config)
	if err != nil {
		return nil, err
	}
	return mutate.Append(image, b.layers...)
}

// readDockerfile returns the instructions behind "FROM scratch".
func readDockerfile(path string) ([]instructions.Command, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	parsed, err := parser.Parse(file)
	if err != nil {
		return nil, err
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return nil, err
	}
	if len(stages) != 1 || stages[0].BaseName != "scratch" {
		return nil, errors.New(`the Dockerfile has to have one stage, "FROM scratch"`)
	}
	return stages[0].Commands, nil
}

func (b *builder) do(command instructions.Command) error {
	if words, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		if err := words.Expand(b.expand); err != nil {
			return err
		}
	}
	switch command := command.(type) {
	case *instructions.ArgCommand:
		b.declare(command.Args)
	case *instructions.LabelCommand:
		b.label(command.Labels)
	case *instructions.CopyCommand:
		return b.copy(command)
	case *instructions.UserCommand:
		b.config.Config.User = command.User
	case *instructions.EntrypointCommand:
		if command.PrependShell {
			return errors.New("the image has no shell: write a JSON list")
		}
		b.config.Config.Entrypoint = command.CmdLine
	default:
		return errors.New("is not an instruction that is known here")
	}
	return nil
}

func (b *builder) expand(word string) (string, error) {
	expanded, _, err := shell.NewLex('\\').ProcessWord(word, shell.EnvsFromSlice(b.arguments))
	return expanded, err
}

func (b *builder) declare(arguments []instructions.KeyValuePairOptional) {
	for _, argument := range arguments {
		value, isGiven := b.given[argument.Key]
		if !isGiven {
			value = argument.ValueString()
		}
		b.arguments = append(b.arguments, argument.Key+"="+value)
	}
}

func (b *builder) label(labels instructions.KeyValuePairs) {
	if b.config.Config.Labels == nil {
		b.config.Config.Labels = map[string]string{}
	}
	for _, label := range labels {
		b.config.Config.Labels[label.Key] = label.Value
	}
}

// copy adds a layer with one file.
func (b *builder) copy(command *instructions.CopyCommand) error {
	if len(command.SourcePaths) != 1 || command.From != "" || command.Chown != "" || command.Chmod != "" {
		return errors.New("one file of the context at a time, without flags")
	}
	target := strings.TrimPrefix(command.DestPath, "/")
	if target == "" || strings.HasSuffix(target, "/") {
		target += path.Base(command.SourcePaths[0])
	}
	archive, err := b.archive(filepath.Join(b.folder, command.SourcePaths[0]), target)
	if err != nil {
		return err
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil },
		tarball.WithCompressionLevel(gzip.BestCompression),
	)
	b.layers = append(b.layers, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: b.created}, CreatedBy: command.String()},
	})
	return err
}

// archive returns a layer with the file and the folders above it, all of user root and of the time of the source.
func (b *builder) archive(source, target string) ([]byte, error) {
	content, err := os.ReadFile(source)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(source)
	if err != nil {
		return nil, err
	}
	var archive bytes.Buffer
	writer := tar.NewWriter(&archive)
	for i, letter := range target {
		if letter == '/' {
			folder := &tar.Header{Typeflag: tar.TypeDir, Name: target[:i+1], Mode: 0o755, ModTime: b.created}
			if err := writer.WriteHeader(folder); err != nil {
				return nil, err
			}
		}
	}
	file := &tar.Header{Typeflag: tar.TypeReg, Name: target, Mode: mode(info), ModTime: b.created, Size: int64(len(content))}
	if err := writer.WriteHeader(file); err != nil {
		return nil, err
	}
	if _, err := writer.Write(content); err != nil {
		return nil, err
	}
	return archive.Bytes(), writer.Close()
}

// mode is that of git, which does not depend on the umask of whoever has checked out or built the file.
func mode(info os.FileInfo) int64 {
	if info.Mode()&0o100 != 0 {
		return 0o755
	}
	return 0o644
}

// sizes returns the size of the layers as an engine unpacks them, and as a registry sends them.
func sizes(image v1.Image) (unpacked, compressed int64, err error) {
	layers, err := image.Layers()
	if err != nil {
		return 0, 0, err
	}
	for _, layer := range layers {
		size, err := layer.Size()
		if err != nil {
			return 0, 0, err
		}
		compressed += size
		content, err := layer.Uncompressed()
		if err != nil {
			return 0, 0, err
		}
		size, err = io.Copy(io.Discard, content)
		if err != nil {
			return 0, 0, err
		}
		unpacked += size
	}
	return unpacked, compressed, nil
}
