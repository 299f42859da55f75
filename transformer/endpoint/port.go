package endpoint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Protocol is what a backend speaks behind the ingress controller.
type Protocol string

// The protocols that an endpoint can have behind it.
const (
	HTTP  Protocol = "http"
	HTTPS Protocol = "https"
	// H2C is HTTP/2 without TLS.
	H2C Protocol = "h2c"
	// GRPC is gRPC without TLS.
	GRPC Protocol = "grpc"
)

// protocolOfAppProtocol lists the values of appProtocol that mean HTTP (E2). Web sockets are HTTP to a proxy.
var protocolOfAppProtocol = map[string]Protocol{
	"http": HTTP, "ws": HTTP, "kubernetes.io/ws": HTTP,
	"https": HTTPS, "wss": HTTPS, "kubernetes.io/wss": HTTPS,
	"h2c": H2C, "kubernetes.io/h2c": H2C,
	"grpc": GRPC,
}

// httpNames are the beginnings of port names that mean HTTP; the longer stands before its own beginning.
var httpNames = []struct {
	prefix   string
	protocol Protocol
}{{"https", HTTPS}, {"http", HTTP}, {"web", HTTP}, {"grpc", GRPC}}

// otherNames are the beginnings of port names that mean another protocol.
var otherNames = []string{
	"tcp", "tls", "udp", "sctp", "postgres", "pgsql", "mysql", "mariadb", "redis", "mongo", "amqp", "rabbitmq", "kafka", "ssh",
	"sftp", "ftp", "smtp", "imap", "pop3", "ldap", "dns", "mqtt", "nats", "memcache", "cassandra", "cql", "zookeeper", "etcd", "debug", "jdwp",
}

// otherPorts are the well-known numbers of databases and debuggers that Okteto never makes public either.
var otherPorts = []int32{
	1234, 1433, 1434, 1521, 1830, 2345, 3306, 4444, 5005, 5432, 5678, 5858, 5984, 6379, 7000, 7001, 7210, 7473, 7474, 7574, 8086, 8087, 8098, 8529, 8983,
	9042, 9200, 9229, 9300, 27017, 27018, 27019, 28015, 28017, 29015,
}

// choice is the port behind an endpoint and why it was chosen.
type portChoice struct {
	index    int
	port     corev1.ServicePort
	protocol Protocol
	reason   string
}

// choosePort returns the first HTTP port of a Service (E2): the first TCP port with an HTTP signal, else the first TCP
// port without a signal for something else. wanted, when not empty, is the name or number that the user chose.
func choosePort(ports []corev1.ServicePort, wanted string) (portChoice, error) {
	if wanted != "" {
		return wantedPort(ports, wanted)
	}
	judged := make([]judgement, len(ports))
	for i, port := range ports {
		judged[i] = judge(port)
		if judged[i].http {
			return portChoice{i, port, judged[i].protocol, "the first port with an HTTP signal: " + judged[i].reason}, nil
		}
	}
	for i, port := range ports {
		if !judged[i].other {
			return portChoice{i, port, judged[i].protocol, "the first TCP port without a signal for another protocol"}, nil
		}
	}
	if len(ports) == 0 {
		return portChoice{}, fmt.Errorf("the Service has no ports")
	}
	reasons := make([]string, len(ports))
	for i, port := range ports {
		reasons[i] = fmt.Sprintf("%s: %s", portName(port), judged[i].reason)
	}
	return portChoice{}, fmt.Errorf("no HTTP port: %s", strings.Join(reasons, "; "))
}

func wantedPort(ports []corev1.ServicePort, wanted string) (portChoice, error) {
	index := slices.IndexFunc(ports, func(port corev1.ServicePort) bool { return port.Name == wanted })
	if index < 0 {
		index = slices.IndexFunc(ports, func(port corev1.ServicePort) bool { return strconv.Itoa(int(port.Port)) == wanted && isTCP(port) })
	}
	if index < 0 {
		names := make([]string, len(ports))
		for i, port := range ports {
			names[i] = portName(port)
		}
		return portChoice{}, fmt.Errorf("no TCP port %q: the Service has %s", wanted, strings.Join(names, ", "))
	}
	if !isTCP(ports[index]) {
		return portChoice{}, fmt.Errorf("port %q speaks %s, not TCP", wanted, ports[index].Protocol)
	}
	return portChoice{index, ports[index], judge(ports[index]).protocol, "chosen by " + AnnotationPort}, nil
}

// judgement is what the fields of one port say about it.
type judgement struct {
	http, other bool
	protocol    Protocol
	reason      string
}

func judge(port corev1.ServicePort) judgement {
	if !isTCP(port) {
		return judgement{other: true, protocol: HTTP, reason: "protocol " + string(port.Protocol)}
	}
	// appProtocol beats the name: it exists to say exactly this.
	if port.AppProtocol != nil && *port.AppProtocol != "" {
		reason := "appProtocol " + *port.AppProtocol
		if protocol, ok := protocolOfAppProtocol[strings.ToLower(*port.AppProtocol)]; ok {
			return judgement{http: true, protocol: protocol, reason: reason}
		}
		return judgement{other: true, protocol: HTTP, reason: reason}
	}
	name := strings.ToLower(port.Name)
	for _, known := range httpNames {
		if strings.HasPrefix(name, known.prefix) {
			return judgement{http: true, protocol: known.protocol, reason: "name " + port.Name}
		}
	}
	for _, prefix := range otherNames {
		if name == prefix || strings.HasPrefix(name, prefix+"-") || len(prefix) > 3 && strings.HasPrefix(name, prefix) {
			return judgement{other: true, protocol: HTTP, reason: "name " + port.Name}
		}
	}
	for _, number := range []int32{port.Port, targetNumber(port)} {
		if slices.Contains(otherPorts, number) {
			return judgement{other: true, protocol: HTTP, reason: fmt.Sprintf("%d is a well-known database or debugger port", number)}
		}
	}
	// Nothing else speaks on 443, so a port that does not say more is taken at its number.
	if port.Port == 443 {
		return judgement{protocol: HTTPS}
	}
	return judgement{protocol: HTTP}
}

func isTCP(port corev1.ServicePort) bool {
	return port.Protocol == "" || port.Protocol == corev1.ProtocolTCP
}

func targetNumber(port corev1.ServicePort) int32 {
	if port.TargetPort.Type == intstr.Int {
		return port.TargetPort.IntVal
	}
	return 0
}

func portName(port corev1.ServicePort) string {
	if port.Name == "" {
		return strconv.Itoa(int(port.Port))
	}
	return fmt.Sprintf("%s (%d)", port.Name, port.Port)
}
