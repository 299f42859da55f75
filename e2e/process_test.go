package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process is a program of the bed.
type process struct {
	name    string
	command *exec.Cmd
	log     string
	exited  chan struct{}
}

// start starts a program; what it prints goes to a file in the folder of the logs.
func start(name, binary string, environment []string, arguments ...string) (*process, error) {
	p := &process{
		name:    name,
		command: exec.Command(binary, arguments...),
		log:     filepath.Join(logFolder, name+".log"),
		exited:  make(chan struct{}),
	}
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.command.Stdout, p.command.Stderr = log, log
	p.command.Env = append(os.Environ(), environment...)
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", name, err)
	}
	go func() {
		_ = p.command.Wait()
		close(p.exited)
	}()
	return p, nil
}

// await returns when the program is ready, and an error when it ends before that or takes longer than a minute and a half.
func (p *process) await(ready func() error) error {
	deadline := time.After(90 * time.Second)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %v", p.name, p.command.ProcessState)
		case <-deadline:
			return fmt.Errorf("%s is not ready: %w", p.name, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// stop asks the program to end, and ends it when it takes longer than ten seconds.
func (p *process) stop() {
	if err := p.command.Process.Signal(syscall.SIGTERM); errors.Is(err, os.ErrProcessDone) {
		return
	}
	select {
	case <-p.exited:
	case <-time.After(10 * time.Second):
		_ = p.command.Process.Kill()
		<-p.exited
	}
}

// peakMemory returns the most memory that the program has held, in MB.
func (p *process) peakMemory() (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int
	_, err = fmt.Sscan(peak, &kilobytes)
	return kilobytes / 1024, err
}

// printLogs shows the end of every log.
func printLogs() {
	logs, _ := filepath.Glob(filepath.Join(logFolder, "*.log"))
	for _, log := range logs {
		content, err := os.ReadFile(log)
		if err != nil {
			continue
		}
		lines := bytes.SplitAfter(content, []byte("\n"))
		end := lines[max(0, len(lines)-40):]
		fmt.Printf("\n== the end of %s\n%s", log, bytes.Join(end, nil))
	}
}
