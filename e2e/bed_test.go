// Package e2e proves the promise on real software: what the built function emits is applied to a real API server, served by
// a real ingress controller in front of a real auth service, and visited over HTTP. "make e2e" builds what is needed and
// runs it; docs/proof.md is what a run showed.
package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Folders that a run leaves behind, under .cache, which git ignores.
const (
	cacheFolder      = "../.cache/e2e"
	logFolder        = cacheFolder + "/logs"
	screenshotFolder = cacheFolder + "/screenshots"
)

// bed is everything that runs around the function.
type bed struct {
	// folder is for the files of a run.
	folder     string
	authority  *authority
	kubeconfig string
	backend    *backend
	wildcard   pair

	apiServer, controller, authService *process
	started                            time.Time
}

// theBed is up while tests run.
var theBed *bed

// TestMain enters namespaces of its own, starts the bed, runs the tests and stops the bed.
func TestMain(m *testing.M) {
	if os.Getenv(insideVariable) == "" {
		os.Exit(runInside())
	}
	code, err := run(m)
	if err != nil {
		fmt.Printf("e2e: %v\n", err)
		code = 1
	}
	if code != 0 {
		printLogs()
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "private-endpoints-e2e")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	for _, name := range []string{logFolder, screenshotFolder} {
		if err := os.RemoveAll(name); err != nil {
			return 1, err
		}
		if err := os.MkdirAll(name, 0o755); err != nil {
			return 1, err
		}
	}
	if err := prepareNamespaces(folder); err != nil {
		return 1, err
	}
	theBed = &bed{folder: folder, started: time.Now()}
	defer theBed.stop()
	if err := theBed.start(); err != nil {
		return 1, err
	}
	code := m.Run()
	if code == 0 {
		err = proof.finish()
	}
	return code, err
}

// start starts the parts in the order in which they need each other.
func (b *bed) start() error {
	var err error
	if b.authority, err = newAuthority(b.folder); err != nil {
		return err
	}
	if b.wildcard, err = b.authority.issue([]string{"*.example.com", "*.apps.example.com"}); err != nil {
		return err
	}
	if b.backend, err = newBackend(b.authority); err != nil {
		return err
	}
	if err := startProvider(b.wildcard); err != nil {
		return err
	}
	if err := b.startCluster(); err != nil {
		return err
	}
	if err := b.startAuthService(); err != nil {
		return err
	}
	if b.controller, err = startTraefik(os.Getenv("E2E_TRAEFIK"), b.kubeconfig, b.authority); err != nil {
		return err
	}
	// The controller answers before it has read the routes: whoever signs in first would find no sign-in host.
	return b.controller.await(signsIn)
}

// signsIn is a check that a visitor is sent from the sign-in host to the provider.
func signsIn() error {
	response, err := anonymous().client.Get("https://" + authHost + "/oauth2/start")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusFound {
		return fmt.Errorf("the sign-in host answers %s", response.Status)
	}
	return nil
}

// startCluster starts the API server and installs what the controller and the auth service need.
func (b *bed) startCluster() error {
	var err error
	if b.apiServer, b.kubeconfig, err = startAPIServer(os.Getenv("E2E_APISERVER"), b.folder, b.authority); err != nil {
		return err
	}
	err = b.apiServer.await(func() error {
		_, err := b.kubectl("", "get", "--raw=/readyz")
		return err
	})
	if err != nil {
		return err
	}
	resources := filepath.Join(filepath.Dir(os.Getenv("E2E_TRAEFIK")), "crds")
	if _, err := b.kubectl("", "apply", "--server-side", "--filename="+resources); err != nil {
		return err
	}
	if _, err := b.kubectl("", "wait", "--for=condition=Established", "--timeout=60s", "customresourcedefinitions", "--all"); err != nil {
		return err
	}
	stack, err := exec.Command("../bin/kustomize", "build", authStack).Output()
	if err != nil {
		return fmt.Errorf("the auth service of the examples cannot be built: %w", err)
	}
	return b.install(listOf([]any{b.certificateManifest("auth", "sign-in")}) + "---\n" + clusterManifests + "---\n" + string(stack))
}

func (b *bed) startAuthService() error {
	var err error
	if b.authService, err = startAuthService(os.Getenv("E2E_OAUTH2_PROXY"), b.folder, b.authority); err != nil {
		return err
	}
	return b.authService.await(answers("http://" + authAddress + "/ping"))
}

// stop stops what was started, in the reverse order.
func (b *bed) stop() {
	for _, part := range []*process{b.controller, b.authService, b.apiServer} {
		if part != nil {
			part.stop()
		}
	}
}

// cost says how long the bed has been up, and how much memory its parts took at most.
func (b *bed) cost() (string, error) {
	text := fmt.Sprintf("%.0f s, the builds excepted", time.Since(b.started).Seconds())
	for _, part := range []*process{b.apiServer, b.controller, b.authService} {
		megabytes, err := part.peakMemory()
		if err != nil {
			return "", err
		}
		text += fmt.Sprintf("; %s %d MB", part.name, megabytes)
	}
	return text, nil
}

// answers returns a check that an address answers with 200.
func answers(url string) func() error {
	return func() error {
		response, err := http.Get(url)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s", url, response.Status)
		}
		return nil
	}
}

// clusterManifests are what the administrators of a cluster would have installed beside the auth service: the classes of both
// dialects and a Gateway. The auth service has the address at which the bed runs it.
const clusterManifests = `apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik}
spec: {controller: traefik.io/ingress-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: traefik}
spec: {controllerName: traefik.io/gateway-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: public, namespace: gateways}
spec:
  gatewayClassName: traefik
  listeners:
  - name: https
    protocol: HTTPS
    port: 443
    hostname: "*.apps.example.com"
    tls: {certificateRefs: [{name: wildcard-apps}]}
    allowedRoutes: {namespaces: {from: All}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: oauth2-proxy
  namespace: auth
  labels: {kubernetes.io/service-name: oauth2-proxy}
addressType: IPv4
endpoints: [{addresses: [` + authAddress + `], conditions: {ready: true}}]
ports: [{name: http, port: 80}]
`
