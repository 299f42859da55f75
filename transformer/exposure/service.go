package exposure

import (
	"fmt"
)

// services reads the Services that are reachable from outside by themselves.
func (r *reader) services() {
	for _, service := range r.pods.inOrder {
		via := service.opens()
		if via == "" {
			continue
		}
		for i, port := range service.ports {
			r.ways = append(r.ways, &Way{
				Item: service.item, Field: fmt.Sprintf("spec.ports[%d]", i), Namespace: service.namespace, Via: via, Layer: TCP, Paths: Prefix("/"),
				Service: service.namespace + "/" + service.name, Targets: r.pods.behind(service.namespace, service.name, port.number),
			})
		}
	}
}

// opens says how a Service is reachable from outside, empty where it is not.
func (s *service) opens() string {
	switch {
	case s.kind == "LoadBalancer" && s.sentinelClass && !s.isClosed:
		return "NodePort"
	case s.kind == "NodePort", s.kind == "LoadBalancer" && !s.isClosed:
		return s.kind
	case s.hasExternalIPs:
		return "externalIPs"
	default:
		return ""
	}
}

// hostPorts reads the Pods that open ports of their nodes. One that lives in the network of its node opens every port on which it listens,
// whatever containerPort says (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports).
func (r *reader) hostPorts() {
	for _, workload := range r.pods.workloads {
		if workload.hostNetwork != "" {
			r.addPod(workload, workload.hostNetwork, "hostNetwork", "")
			continue
		}
		for _, port := range workload.ports {
			if port.hostPort != "" {
				r.addPod(workload, port.field, "hostPort "+port.hostPort, port.number)
			}
		}
	}
}

func (r *reader) addPod(workload *workload, field, via, port string) {
	r.ways = append(r.ways, &Way{
		Item: workload.item, Field: field, Namespace: workload.namespace, Via: via, Layer: TCP, Paths: Prefix("/"),
		Targets: []Target{{workload.pod, port}},
	})
}
