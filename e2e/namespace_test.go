package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// insideVariable marks the process that runs in the namespaces.
const insideVariable = "E2E_INSIDE"

// Addresses of the bed, all of them on the loopback interface of its own network namespace. The API of Kubernetes
// refuses 127.0.0.0/8 as the address of a Pod.
const (
	ingressAddress  = "10.1.0.1"
	authAddress     = "10.1.0.2"
	providerAddress = "10.1.0.3"
	nodeAddress     = "10.1.0.4"
)

// hostNames are the names that are looked up by programs of the bed. Everyone else is given an address.
var hostNames = map[string]string{
	"localhost":                           "127.0.0.1",
	"oauth2-proxy.auth.svc.cluster.local": authAddress,
	providerHost:                          providerAddress,
}

// runInside runs this test program again, in network, mount and process namespaces of its own, and returns its exit
// status. Nothing that is started there can reach a network or outlive the program: when the first process of a process
// namespace ends, the kernel ends all others. Somebody who is not root gets a user namespace too.
func runInside() int {
	// The kernel kills the child when the thread that started it ends.
	runtime.LockOSThread()
	child := exec.Command("/proc/self/exe", os.Args[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, os.Stdout, os.Stderr
	child.Env = append(os.Environ(), insideVariable+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	if os.Geteuid() != 0 {
		child.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	if err := child.Start(); err != nil {
		fmt.Fprintf(os.Stderr, "e2e: no namespaces of its own: %v\n  hint: run as root, or allow unprivileged user namespaces\n", err)
		return 1
	}
	_ = child.Wait()
	if code := child.ProcessState.ExitCode(); code >= 0 {
		return code
	}
	return 1
}

// prepareNamespaces gives the namespaces their process file system, their host names and their addresses.
func prepareNamespaces(folder string) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mounts cannot be made private: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("/proc cannot be mounted: %w", err)
	}
	var hosts strings.Builder
	for name, address := range hostNames {
		fmt.Fprintf(&hosts, "%s %s\n", address, name)
	}
	file := filepath.Join(folder, "hosts")
	if err := os.WriteFile(file, []byte(hosts.String()), 0o644); err != nil {
		return err
	}
	if err := unix.Mount(file, "/etc/hosts", "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("/etc/hosts cannot be replaced: %w", err)
	}
	return prepareLoopback()
}

// prepareLoopback makes every address of the two networks an address of this machine.
func prepareLoopback() error {
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return err
	}
	for _, network := range []string{nodeAddress + "/16", podNetwork} {
		address, err := netlink.ParseAddr(network)
		if err != nil {
			return err
		}
		if err := netlink.AddrAdd(loopback, address); err != nil {
			return fmt.Errorf("%s cannot be added to lo: %w", network, err)
		}
	}
	return nil
}
