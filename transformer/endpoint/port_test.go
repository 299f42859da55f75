package endpoint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// port makes a Service port from "name number", with more said by changes.
func port(nameAndNumber string, changes ...func(*corev1.ServicePort)) corev1.ServicePort {
	var result corev1.ServicePort
	if _, err := fmt.Sscanf(nameAndNumber, "%s %d", &result.Name, &result.Port); err != nil {
		panic(err)
	}
	result.Name = strings.TrimPrefix(result.Name, "-") // "-" is a port without a name
	for _, change := range changes {
		change(&result)
	}
	return result
}

func appProtocol(value string) func(*corev1.ServicePort) {
	return func(port *corev1.ServicePort) { port.AppProtocol = &value }
}

func protocol(value corev1.Protocol) func(*corev1.ServicePort) {
	return func(port *corev1.ServicePort) { port.Protocol = value }
}

func target(value intstr.IntOrString) func(*corev1.ServicePort) {
	return func(port *corev1.ServicePort) { port.TargetPort = value }
}

// TestChoosePort is E2.
func TestChoosePort(t *testing.T) {
	tests := map[string]struct {
		ports    []corev1.ServicePort
		wanted   string
		number   int32 // of the port that is chosen
		protocol Protocol
		reason   string
	}{
		"one port without a signal": {
			ports: []corev1.ServicePort{port("- 8080")}, number: 8080, protocol: HTTP,
			reason: "the first TCP port without a signal for another protocol",
		},
		"first of two without a signal": {
			ports: []corev1.ServicePort{port("main 8080"), port("admin 8081")}, number: 8080, protocol: HTTP,
			reason: "the first TCP port without a signal for another protocol",
		},
		"signal beats order": {
			ports: []corev1.ServicePort{port("metrics 9090"), port("http 8080")}, number: 8080, protocol: HTTP,
			reason: "the first port with an HTTP signal: name http",
		},
		"first of two signals": {
			ports: []corev1.ServicePort{port("web 8080"), port("http 8081")}, number: 8080, protocol: HTTP,
			reason: "the first port with an HTTP signal: name web",
		},
		"name and appProtocol weigh the same": {
			ports:  []corev1.ServicePort{port("http 8080"), port("main 8081", appProtocol("http"))},
			number: 8080, protocol: HTTP, reason: "the first port with an HTTP signal: name http",
		},
		"appProtocol beats a name of another protocol": {
			ports: []corev1.ServicePort{port("tcp-main 8080", appProtocol("http"))}, number: 8080, protocol: HTTP,
			reason: "the first port with an HTTP signal: appProtocol http",
		},
		"another appProtocol beats an HTTP name": {
			ports:  []corev1.ServicePort{port("http 8080", appProtocol("mongo")), port("- 9000")},
			number: 9000, protocol: HTTP, reason: "the first TCP port without a signal for another protocol",
		},
		"empty appProtocol leaves it to the name": {
			ports:  []corev1.ServicePort{port("- 9000"), port("http 8080", appProtocol(""))},
			number: 8080, protocol: HTTP, reason: "the first port with an HTTP signal: name http",
		},
		"HTTP signal beats a database's number": {
			ports: []corev1.ServicePort{port("http 9200")}, number: 9200, protocol: HTTP,
			reason: "the first port with an HTTP signal: name http",
		},
		"database is passed over": {
			ports: []corev1.ServicePort{port("- 5432"), port("- 8080")}, number: 8080, protocol: HTTP,
			reason: "the first TCP port without a signal for another protocol",
		},
		"database behind another number is passed over": {
			ports:  []corev1.ServicePort{port("- 15432", target(intstr.FromInt32(5432))), port("- 8080")},
			number: 8080, protocol: HTTP, reason: "the first TCP port without a signal for another protocol",
		},
		"named target says nothing": {
			ports:  []corev1.ServicePort{port("- 15432", target(intstr.FromString("postgres"))), port("- 8080")},
			number: 15432, protocol: HTTP, reason: "the first TCP port without a signal for another protocol",
		},
		"UDP with an HTTP name is passed over": {
			ports:  []corev1.ServicePort{port("http3 8443", protocol(corev1.ProtocolUDP)), port("- 8080")},
			number: 8080, protocol: HTTP, reason: "the first TCP port without a signal for another protocol",
		},
		"SCTP is passed over": {
			ports:  []corev1.ServicePort{port("- 9000", protocol(corev1.ProtocolSCTP)), port("- 8080", protocol(corev1.ProtocolTCP))},
			number: 8080, protocol: HTTP, reason: "the first TCP port without a signal for another protocol",
		},
		"443 without a signal speaks HTTPS": {
			ports: []corev1.ServicePort{port("- 443")}, number: 443, protocol: HTTPS,
			reason: "the first TCP port without a signal for another protocol",
		},
		"443 named http speaks HTTP": {
			ports: []corev1.ServicePort{port("http 443")}, number: 443, protocol: HTTP,
			reason: "the first port with an HTTP signal: name http",
		},
		"wanted by name": {
			ports: []corev1.ServicePort{port("http 8080"), port("admin 9000")}, wanted: "admin", number: 9000, protocol: HTTP,
			reason: "chosen by private-endpoints.dev/port",
		},
		"wanted by number": {
			ports: []corev1.ServicePort{port("http 8080"), port("admin 9000")}, wanted: "9000", number: 9000, protocol: HTTP,
			reason: "chosen by private-endpoints.dev/port",
		},
		"wanted although it looks like a database": {
			ports: []corev1.ServicePort{port("http 8080"), port("redis 6379")}, wanted: "redis", number: 6379, protocol: HTTP,
			reason: "chosen by private-endpoints.dev/port",
		},
		"wanted port keeps its protocol": {
			ports: []corev1.ServicePort{port("http 8080"), port("grpc 9000")}, wanted: "9000", number: 9000, protocol: GRPC,
			reason: "chosen by private-endpoints.dev/port",
		},
		"wanted number of UDP and TCP means TCP": {
			ports:  []corev1.ServicePort{port("quic 8443", protocol(corev1.ProtocolUDP)), port("https 8443")},
			wanted: "8443", number: 8443, protocol: HTTPS, reason: "chosen by private-endpoints.dev/port",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			choice, err := choosePort(test.ports, test.wanted)
			require.NoError(t, err)
			require.Equal(t, test.number, choice.port.Port)
			require.Equal(t, test.ports[choice.index], choice.port)
			require.Equal(t, test.protocol, choice.protocol)
			require.Equal(t, test.reason, choice.reason)
		})
	}
}

func TestChoosePortFails(t *testing.T) {
	tests := map[string]struct {
		ports  []corev1.ServicePort
		wanted string
		cause  string
	}{
		"no ports":                {nil, "", "the Service has no ports"},
		"wanted of no ports":      {nil, "http", `no TCP port "http": the Service has `},
		"UDP alone":               {[]corev1.ServicePort{port("dns 53", protocol(corev1.ProtocolUDP))}, "", "no HTTP port: dns (53): protocol UDP"},
		"database by its name":    {[]corev1.ServicePort{port("postgres 15432")}, "", "no HTTP port: postgres (15432): name postgres"},
		"database by its number":  {[]corev1.ServicePort{port("- 5432")}, "", "no HTTP port: 5432: 5432 is a well-known database or debugger port"},
		"database by its target":  {[]corev1.ServicePort{port("main 80", target(intstr.FromInt32(3306)))}, "", "no HTTP port: main (80): 3306 is a well-known database or debugger port"},
		"other appProtocol":       {[]corev1.ServicePort{port("http 80", appProtocol("example.com/own"))}, "", "no HTTP port: http (80): appProtocol example.com/own"},
		"every port has a reason": {[]corev1.ServicePort{port("redis 6379"), port("debug 5005")}, "", "no HTTP port: redis (6379): name redis; debug (5005): name debug"},
		"wanted name is not there": {
			[]corev1.ServicePort{port("http 8080"), port("- 9000")}, "htpp", `no TCP port "htpp": the Service has http (8080), 9000`,
		},
		"wanted number is a target": {
			[]corev1.ServicePort{port("http 80", target(intstr.FromInt32(8080)))}, "8080", `no TCP port "8080": the Service has http (80)`,
		},
		"wanted name speaks UDP":   {[]corev1.ServicePort{port("dns 53", protocol(corev1.ProtocolUDP))}, "dns", `port "dns" speaks UDP, not TCP`},
		"wanted number speaks UDP": {[]corev1.ServicePort{port("dns 53", protocol(corev1.ProtocolUDP))}, "53", `no TCP port "53": the Service has dns (53)`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := choosePort(test.ports, test.wanted)
			require.EqualError(t, err, test.cause)
		})
	}
}

// TestPortSignals holds every signal against a port that a Service lists first and would take without one.
func TestPortSignals(t *testing.T) {
	http := map[string]Protocol{
		"http": HTTP, "ws": HTTP, "kubernetes.io/ws": HTTP, "HTTP": HTTP,
		"https": HTTPS, "wss": HTTPS, "kubernetes.io/wss": HTTPS,
		"h2c": H2C, "kubernetes.io/h2c": H2C, "grpc": GRPC,
	}
	for value, want := range http {
		require.Equal(t, judgement{http: true, protocol: want, reason: "appProtocol " + value}, judge(port("- 8080", appProtocol(value))), value)
	}
	for _, value := range []string{"tcp", "http3", "kubernetes.io/http", "grpc-web", "mysql", "example.com/http"} {
		require.True(t, judge(port("http 8080", appProtocol(value))).other, value)
	}
	names := map[string]Protocol{
		"http": HTTP, "http-admin": HTTP, "http2": HTTP, "https": HTTPS, "https-alt": HTTPS, "HTTPS": HTTPS, "web": HTTP, "websocket": HTTP,
		"grpc": GRPC, "grpc-web": GRPC,
	}
	for name, want := range names {
		require.Equal(t, judgement{http: true, protocol: want, reason: "name " + name}, judge(port(name+" 8080")), name)
	}
	for _, name := range []string{
		"tcp", "tcp-http", "tls-web", "udp-x", "postgres", "postgresql", "mysql", "mysqlx", "redis", "redis-sentinel", "mongo", "mongodb", "amqp",
		"amqps", "kafka", "kafka-internal", "ssh", "ssh-admin", "MySQL",
	} {
		require.True(t, judge(port(name+" 8080")).other, name)
	}
	for _, name := range []string{"-", "main", "tcpip", "tlsroute", "sshd", "api", "xhttp", "my-http", "dnsmasq"} {
		require.Equal(t, judgement{protocol: HTTP}, judge(port(name+" 8080")), name)
	}
}

// TestDatabasePorts lists the ports that Okteto does not publish.
func TestDatabasePorts(t *testing.T) {
	for _, number := range []int32{
		1234, 1433, 1434, 1521, 1830, 2345, 3306, 4444, 5005, 5432, 5678, 5858, 5984, 6379, 7000, 7001, 7210, 7473, 7474, 7574, 8086, 8087, 8098,
		8529, 8983, 9042, 9200, 9229, 9300, 27017, 27018, 27019, 28015, 28017, 29015,
	} {
		require.True(t, judge(port(fmt.Sprintf("- %d", number))).other, number)
		require.True(t, judge(port("- 80", target(intstr.FromInt32(number)))).other, number)
	}
	for _, number := range []int32{80, 443, 3000, 5000, 8000, 8080, 8443, 9090} {
		require.False(t, judge(port(fmt.Sprintf("- %d", number), target(intstr.FromInt32(number)))).other, number)
	}
}
