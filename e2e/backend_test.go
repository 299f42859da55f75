package e2e

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
)

// podNetwork holds the addresses of the Pods; see backend.
const podNetwork = "10.2.0.0/24"

// The ports on which every Pod serves.
const (
	podPort    = 8080
	podPortTLS = 8443
)

// backend plays all Pods: it listens on the whole Pod network and answers with what reached it. Services that select the
// same Pods are given the same address, so that an answer says whose Pods were reached.
type backend struct {
	mutex     sync.Mutex
	addresses map[string]string // Pods → address
	pods      map[string]string // address → Pods
}

// echo is the answer of a Pod.
type echo struct {
	// Pods is the namespace and the selector that lead to the Pod.
	Pods string `json:"pods"`
	// Method, Host and URI are those of the request as it arrived.
	Method string      `json:"method"`
	Host   string      `json:"host"`
	URI    string      `json:"uri"`
	Header http.Header `json:"header"`
}

type localAddress struct{}

func newBackend(a *authority) (*backend, error) {
	b := &backend{addresses: map[string]string{}, pods: map[string]string{}}
	var addresses []net.IP
	for last := range 255 {
		addresses = append(addresses, net.IPv4(10, 2, 0, byte(last)))
	}
	issued, err := a.issue(nil, addresses...)
	if err != nil {
		return nil, err
	}
	settings, err := issued.serve()
	if err != nil {
		return nil, err
	}
	plain, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", podPort))
	if err != nil {
		return nil, err
	}
	encrypted, err := tls.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", podPortTLS), settings)
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: b,
		ConnContext: func(ctx context.Context, connection net.Conn) context.Context {
			host, _, _ := net.SplitHostPort(connection.LocalAddr().String())
			return context.WithValue(ctx, localAddress{}, host)
		},
	}
	go func() { _ = server.Serve(plain) }()
	go func() { _ = server.Serve(encrypted) }()
	return b, nil
}

// address returns the address of the Pods that a selector of a namespace leads to.
func (b *backend) address(pods string) string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if address, ok := b.addresses[pods]; ok {
		return address
	}
	address := fmt.Sprintf("10.2.0.%d", len(b.addresses)+1)
	b.addresses[pods], b.pods[address] = address, pods
	return address
}

// ServeHTTP answers with the request, and takes every offer of a websocket.
func (b *backend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address, _ := r.Context().Value(localAddress{}).(string)
	b.mutex.Lock()
	pods := b.pods[address]
	b.mutex.Unlock()
	w.Header().Set("X-Pods", pods)
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "websocket")
		w.WriteHeader(http.StatusSwitchingProtocols)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(echo{pods, r.Method, r.Host, r.RequestURI, r.Header})
}
