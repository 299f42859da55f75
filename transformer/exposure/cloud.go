package exposure

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

const albPrefix = "alb.ingress.kubernetes.io/"

// wildcardPaths returns the paths that the load balancers of clouds read in a path without a type: exactly that one, in which a
// star stands for any text and a question mark for a letter.
func wildcardPaths(path string) PathSet {
	if at := strings.IndexAny(path, "*?"); at >= 0 {
		return PathSet{path[:at], plain}
	}
	return PathSet{path, exact}
}

// gkeIngress completes a way of an Ingress of GKE. Each has a load balancer of its own, so that none competes with another.
func gkeIngress(item *manifest.Item, way *Way) {
	way.Via += ", " + item.Object().String()
	if way.Paths.form == plain && way.Paths.text != "" {
		way.Paths = wildcardPaths(way.Paths.text)
	}
	if _, rewrites := item.Annotation("ingress.gcp.kubernetes.io/path-prefix-rewrite"); rewrites {
		way.Rewrite = "/$1"
	}
}

// pomeriumIngress completes a way of an Ingress of Pomerium, whose prefixes are plain text, and expressions on request.
func pomeriumIngress(item *manifest.Item, way *Way) {
	const prefix = "ingress.pomerium.io/"
	switch {
	case way.Paths.form == plain && isTrue(item, prefix+"path_regex"):
		way.Paths, way.Narrowed = PathSet{literalPrefix(way.Paths.text), plain}, true
	case way.Paths.form == segments:
		way.Paths.form = plain
	}
	for _, name := range []string{"prefix_rewrite", "regex_rewrite_pattern"} {
		if _, rewrites := item.Annotation(prefix + name); rewrites {
			way.Rewrite = "/$1"
		}
	}
}

// albIngress adds the ways of one route of an Ingress that an application load balancer serves. Ingresses of one group share a load
// balancer, which takes the first rule that matches: those of a lower order come first, then those whose name does. Others have
// one of their own (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ingressgroup).
func (r *reader) albIngress(item *manifest.Item, way Way, backend manifest.View) {
	group, grouped := item.Annotation(albPrefix + "group.name")
	if ofClass := controller.ALBParameters(item, r.objects).Get("group", "name").Text(); ofClass != "" {
		group, grouped = ofClass, true
	}
	if grouped {
		text, _ := item.Annotation(albPrefix + "group.order")
		order, _ := strconv.Atoi(text)
		way.Via += ", group " + group
		// Orders are between -1000 and 1000.
		way.Rank = fmt.Sprintf("%04d %s/%s", order+1000, way.Namespace, item.Name())
	} else {
		way.Via += ", " + item.Object().String()
	}
	if way.Paths.form == plain && way.Paths.text != "" {
		way.Paths = wildcardPaths(way.Paths.text)
	}
	name := backend.Get("service", "name").Text()
	if _, rewrites := item.Annotation(albPrefix + "transforms." + name); rewrites {
		way.Rewrite = "/$1"
	}
	for _, conditioned := range albConditions(item, name, way) {
		r.addALBAction(conditioned, controller.ALBActionOf(item, backend))
	}
}

// albConditions returns a way as the annotation conditions.NAME changes it: further hosts and paths are added to its own, and
// anything else narrows it.
func albConditions(item *manifest.Item, name string, way Way) []Way {
	var conditions []struct {
		Field                               string
		HostHeaderConfig, PathPatternConfig struct{ Values []string }
	}
	text, written := item.Annotation(albPrefix + "conditions." + name)
	if written && json.Unmarshal([]byte(text), &conditions) != nil {
		// The controller refuses it; what it served before is not known.
		way.Host, way.Paths = "", Prefix("/")
		return []Way{way}
	}
	hosts, paths := []string{way.Host}, []PathSet{way.Paths}
	for _, condition := range conditions {
		for _, host := range condition.HostHeaderConfig.Values {
			hosts = append(hosts, normalHost(host))
		}
		for _, path := range condition.PathPatternConfig.Values {
			paths = append(paths, wildcardPaths(path))
		}
		way.Narrowed = way.Narrowed || condition.Field != "host-header" && condition.Field != "path-pattern"
	}
	var ways []Way
	for _, host := range hosts {
		for _, path := range paths {
			way.Host, way.Paths = host, path
			ways = append(ways, way)
		}
	}
	return ways
}

// addALBAction adds a way to every Service that an action forwards to.
func (r *reader) addALBAction(way Way, action controller.ALBAction) {
	way.Redirects = !action.Forwards()
	for _, group := range action.ForwardConfig.TargetGroups {
		to := way
		if group.ServiceName != "" {
			to.Service = way.Namespace + "/" + group.ServiceName
		}
		r.add(to, fmt.Sprint(group.ServicePort))
	}
	if len(action.ForwardConfig.TargetGroups) == 0 {
		r.add(way, "")
	}
}
