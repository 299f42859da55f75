package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const apiToken = "token-of-the-test-bed"

// startAPIServer starts etcd and kube-apiserver, and returns them with the path of a kubeconfig.
func startAPIServer(binary, folder string, a *authority) (*process, string, error) {
	issued, err := a.issue([]string{"localhost"}, net.IPv4(127, 0, 0, 1))
	if err != nil {
		return nil, "", err
	}
	files := map[string][]byte{
		"apiserver.crt": issued.certificate,
		"apiserver.key": issued.key,
		"tokens.csv":    []byte(apiToken + ",admin,admin,system:masters\n"),
		"kubeconfig":    fmt.Appendf(nil, kubeconfig, a.file, apiToken),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			return nil, "", err
		}
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	server, err := start("apiserver", binary, []string{"ETCD_DATA=" + at("etcd")},
		"--etcd-servers=http://127.0.0.1:2379",
		"--bind-address=127.0.0.1",
		"--advertise-address="+nodeAddress,
		"--endpoint-reconciler-type=none",
		"--authorization-mode=RBAC",
		"--token-auth-file="+at("tokens.csv"),
		"--disable-admission-plugins=ServiceAccount",
		"--service-cluster-ip-range=10.96.0.0/16",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file="+at("apiserver.key"),
		"--service-account-signing-key-file="+at("apiserver.key"),
		"--tls-cert-file="+at("apiserver.crt"),
		"--tls-private-key-file="+at("apiserver.key"),
		"--cert-dir="+folder,
	)
	return server, at("kubeconfig"), err
}

const kubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: bed
  cluster: {server: "https://127.0.0.1:6443", certificate-authority: %q}
users:
- name: admin
  user: {token: %q}
contexts:
- name: bed
  context: {cluster: bed, user: admin}
current-context: bed
`

// kubectl runs kubectl with what it shall read, and returns what it printed.
func (b *bed) kubectl(input string, arguments ...string) (string, error) {
	command := exec.Command("kubectl", arguments...)
	command.Env = append(os.Environ(), "KUBECONFIG="+b.kubeconfig)
	command.Stdin = strings.NewReader(input)
	output, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", strings.Join(arguments, " "), err, output)
	}
	return string(output), nil
}
