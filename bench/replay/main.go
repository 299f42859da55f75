// Command replay is a function that reads its input and prints what is in the file REPLAY: beside it the benchmark shows what a
// function costs within a host that does nothing else. With RECORD it calls that function, and keeps in REPLAY what it answers.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	if err := run(os.Getenv("REPLAY"), os.Getenv("RECORD")); err != nil {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

func run(file, function string) error {
	if function != "" {
		return record(file, function)
	}
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	recorded, err := os.Open(file)
	if err != nil {
		return err
	}
	defer recorded.Close()
	_, err = io.Copy(os.Stdout, recorded)
	return err
}

func record(file, function string) error {
	var answer bytes.Buffer
	command := exec.Command(function)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, &answer, os.Stderr
	if err := command.Run(); err != nil {
		return err
	}
	if _, err := os.Stdout.Write(answer.Bytes()); err != nil {
		return err
	}
	return os.WriteFile(file, answer.Bytes(), 0o644)
}
