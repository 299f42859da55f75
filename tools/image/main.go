// Command image writes the container image that a Dockerfile describes to an archive that "docker load" and "podman load" read. It needs
// no engine to do so, and the digest is the same whichever engine loads the archive: engines record the time of the build, and their own
// version. It knows the instructions that a program without an operating system needs, and refuses every other one.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run() error {
	folder := flag.String("context", ".", "the `folder` with the Dockerfile and the files that it copies")
	architecture := flag.String("arch", "amd64", "the `architecture` of the image")
	version := flag.String("version", "devel", "the argument VERSION of the Dockerfile")
	output := flag.String("output", "image.tar", "the `file` to write")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("one argument is needed: the name of the image")
	}
	tag, err := name.NewTag(flag.Arg(0))
	if err != nil {
		return err
	}
	created, err := sourceDate()
	if err != nil {
		return err
	}
	image, err := build(*folder, *architecture, created, map[string]string{"TARGETARCH": *architecture, "VERSION": *version})
	if err != nil {
		return err
	}
	if err := tarball.WriteToFile(*output, tag, image); err != nil {
		return err
	}
	return report(flag.Arg(0), image)
}

// sourceDate is the time that everything in the image bears, as https://reproducible-builds.org/specs/source-date-epoch/ has it.
func sourceDate() (time.Time, error) {
	seconds, err := strconv.ParseInt(os.Getenv("SOURCE_DATE_EPOCH"), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// report prints the name of the image, its digest and its size.
func report(tag string, image v1.Image) error {
	digest, err := image.ConfigName()
	if err != nil {
		return err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	unpacked, compressed, err := sizes(image)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s/%s %s: %.1f MB unpacked, %.1f MB compressed\n", tag, config.OS, config.Architecture, digest,
		float64(unpacked)/1e6, float64(compressed)/1e6)
	return nil
}
