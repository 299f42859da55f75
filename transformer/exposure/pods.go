package exposure

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/controller"
	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// Target is one port of the Pods behind a way in, or what stands for them where the set does not hold the Pods.
type Target struct {
	// Pod names a workload, an address, or a Service of which no more is known.
	Pod string
	// Port is a number, a name that no workload of the set explains, or empty for any.
	Port string
}

// Meets says whether both may be the same port of the same Pod. A name and a number may mean the same.
func (t Target) Meets(other Target) bool {
	if t.Pod != other.Pod {
		return false
	}
	return t.Port == other.Port || t.Port == "" || other.Port == "" || isNumber(t.Port) != isNumber(other.Port)
}

func isNumber(port string) bool { return strings.Trim(port, "0123456789") == "" }

// String returns the target as a person reads it.
func (t Target) String() string {
	if t.Port == "" {
		return t.Pod
	}
	return t.Pod + " port " + t.Port
}

// pods knows the Pods behind the Services that private endpoints lead to, and every other Service that leads there.
type pods struct {
	objects  *controller.Objects
	services map[string]*service
	// read holds the Services by their object, inOrder in the order of the set.
	read      map[*manifest.Item]*service
	inOrder   []*service
	workloads []*workload
	// renamed are the present names of Services by a name that kustomize gave up, both as namespace/name.
	renamed map[string][]string
	// addresses are those behind Services without a selector.
	addresses map[string][]Target
	// known holds what behind has found.
	known map[string][]Target
	// unreadable are the objects that should have been read.
	unreadable []*manifest.Item
}

type service struct {
	item                    *manifest.Item
	namespace, name         string
	kind                    string
	sentinelClass, isClosed bool
	externalName            string
	hasExternalIPs          bool
	selector                map[string]string
	ports                   []servicePort
	// matches are the workloads whose Pods it selects.
	matches     []*workload
	hasWorkload bool
}

type servicePort struct{ name, number, target string }

type workload struct {
	// item is nil where the workload is not in the set.
	item           *manifest.Item
	namespace, pod string
	// labels are those of the template and those that controllers add, whose values may hold anyValue.
	labels map[string]string
	// hostNetwork is the field that puts the Pods into the network of their node, empty where none does.
	hostNetwork string
	ports       []containerPort
}

type containerPort struct{ field, name, number, hostPort string }

// newPods reads what stands behind the private Services, each given as namespace/name. To parse is what costs most, so that
// an object is parsed only where its bytes may name a private Service or labels of private Pods.
func newPods(objects *controller.Objects, private []string) *pods {
	p := &pods{
		objects: objects, services: map[string]*service{}, read: map[*manifest.Item]*service{}, renamed: map[string][]string{},
		addresses: map[string][]Target{}, known: map[string][]Target{},
	}
	p.readPrivateServices(private)
	p.readAddresses()
	labels := newSought()
	p.readWorkloads(labels)
	p.readOtherServices(labels)
	p.join()
	return p
}

// readPrivateServices reads the private Services, and those that may be another name for one of them.
func (p *pods) readPrivateServices(private []string) {
	names := newSought()
	for _, full := range private {
		namespace, name := splitName(full)
		names.add(namespace, "name", name)
	}
	for _, item := range p.objects.OfKind("", "Service") {
		if names.in(item, "") || item.Contains("ExternalName", "previousNames") {
			p.readService(item)
		}
	}
}

// readOtherServices reads the Services that may select Pods with one of labels, or addresses.
func (p *pods) readOtherServices(labels *sought) {
	for _, item := range p.objects.OfKind("", "Service") {
		if p.read[item] == nil && (labels.in(item, "selector") || len(p.addresses) > 0 && mayLackSelector(item)) {
			p.readService(item)
		}
		if s := p.read[item]; s != nil {
			p.inOrder = append(p.inOrder, s)
		}
	}
}

// mayLackSelector says by the bytes of a Service whether it may have no selector. In a comment the word is no field.
func mayLackSelector(item *manifest.Item) bool {
	hasSelector := false
	certain := item.Pairs(func(key, _ []byte) bool {
		hasSelector = hasSelector || string(key) == "selector"
		return true
	})
	return !certain || !hasSelector || item.Contains("#")
}

func (p *pods) readService(item *manifest.Item) {
	if !p.readable(item) {
		return
	}
	defer item.Release()
	spec := item.View("spec")
	s := &service{
		item: item, namespace: p.objects.NamespaceOf(item), name: item.Name(),
		kind: spec.Get("type").Text(), sentinelClass: spec.Get("loadBalancerClass").Text() == config.SentinelClass, isClosed: endpoint.IsClosed(spec), externalName: spec.Get("externalName").Text(),
		hasExternalIPs: len(spec.Get("externalIPs").Elements()) > 0, selector: texts(spec.Get("selector")),
	}
	for _, port := range spec.Get("ports").Elements() {
		number := port.Get("port").Text()
		s.ports = append(s.ports, servicePort{port.Get("name").Text(), number, cmp.Or(port.Get("targetPort").Text(), number)})
	}
	p.read[item], p.services[s.namespace+"/"+s.name] = s, s
	p.rename(s)
}

// readable keeps in mind an object that is not valid YAML, once.
func (p *pods) readable(item *manifest.Item) bool {
	_, err := item.Node()
	if err != nil && !slices.Contains(p.unreadable, item) {
		p.unreadable = append(p.unreadable, item)
	}
	return err == nil
}

// rename keeps the earlier names of a Service, each in its present namespace and in the earlier one.
func (p *pods) rename(s *service) {
	for _, name := range s.item.EarlierNames() {
		for _, namespace := range []string{s.namespace, cmp.Or(name.Namespace, s.namespace)} {
			earlier, present := namespace+"/"+name.Name, s.namespace+"/"+s.name
			if !slices.Contains(p.renamed[earlier], present) {
				p.renamed[earlier] = append(p.renamed[earlier], present)
			}
		}
	}
}

// texts returns a mapping of texts.
func texts(view manifest.View) map[string]string {
	values := map[string]string{}
	for key, value := range view.Fields() {
		values[key] = value.Text()
	}
	return values
}

// readAddresses reads the addresses that people have written for Services without a selector.
func (p *pods) readAddresses() {
	for _, item := range p.objects.OfKind("", "Endpoints") {
		for _, subset := range item.View("subsets").Elements() {
			p.addAddresses(item, item.Name(), subset.Get("addresses"), "ip", subset.Get("ports"))
		}
		item.Release()
	}
	for _, item := range p.objects.OfKind("discovery.k8s.io", "EndpointSlice") {
		service := item.View("metadata", "labels", "kubernetes.io/service-name").Text()
		p.addAddresses(item, service, item.View("endpoints"), "addresses", item.View("ports"))
		item.Release()
	}
}

func (p *pods) addAddresses(item *manifest.Item, service string, addresses manifest.View, field string, ports manifest.View) {
	numbers := []string{}
	for _, port := range ports.Elements() {
		numbers = append(numbers, port.Get("port").Text())
	}
	if len(numbers) == 0 {
		numbers = []string{""}
	}
	key := p.objects.NamespaceOf(item) + "/" + service
	for _, address := range addresses.Elements() {
		for _, text := range append(address.Get(field).Texts(), address.Get(field).Text()) {
			for _, number := range numbers {
				if text != "" {
					p.addresses[key] = append(p.addresses[key], Target{"address " + text, number})
				}
			}
		}
	}
}

// workloadKinds are the kinds whose Pods Services select, by group and kind.
var workloadKinds = [][2]string{
	{"apps", "Deployment"},
	{"apps", "StatefulSet"},
	{"apps", "DaemonSet"},
	{"apps", "ReplicaSet"},
	{"", "ReplicationController"},
	{"", "Pod"},
	{"batch", "Job"},
	{"batch", "CronJob"},
	{"argoproj.io", "Rollout"},
	{"apps.kruise.io", "CloneSet"},
	{"apps.kruise.io", "DaemonSet"},
	{"apps.kruise.io", "StatefulSet"},
	{"apps.openshift.io", "DeploymentConfig"},
}

// readWorkloads reads the workloads that a Service read so far selects, and adds the labels of their Pods to labels. A Service
// whose Pods are not in the set adds the labels that it selects.
func (p *pods) readWorkloads(labels *sought) {
	var selecting []*service
	for _, item := range p.objects.OfKind("", "Service") {
		if s := p.read[item]; s != nil && len(s.selector) > 0 {
			selecting = append(selecting, s)
			labels.addAll(s.namespace, s.selector)
		}
	}
	index := newSelectorIndex(selecting)
	for _, kind := range workloadKinds {
		for _, item := range p.objects.OfKind(kind[0], kind[1]) {
			if !index.sought.in(item, "") || !p.readable(item) {
				continue
			}
			w := p.readWorkload(item)
			item.Release()
			if len(index.selecting(w)) > 0 {
				p.workloads = append(p.workloads, w)
				labels.addAll(w.namespace, w.labels)
			}
		}
	}
}

// join tells the Services of the workloads that they select.
func (p *pods) join() {
	var selecting []*service
	for _, s := range p.inOrder {
		if len(s.selector) > 0 {
			selecting = append(selecting, s)
		}
	}
	index := newSelectorIndex(selecting)
	for _, w := range p.workloads {
		index.join(w)
	}
	joinAbsent(selecting, index)
}

// joinAbsent gives Services whose Pods are not in the set Pods with just the labels that they select, so that a Service with
// the same selector, or a wider one, is known to lead to the same Pods.
func joinAbsent(selecting []*service, index *selectorIndex) {
	absent := map[string]bool{}
	for _, s := range selecting {
		pod := "Pods of " + s.namespace + " with " + labelText(s.selector)
		if !s.hasWorkload && !absent[pod] {
			absent[pod] = true
			index.join(&workload{namespace: s.namespace, pod: pod, labels: s.selector})
		}
	}
}

func labelText(labels map[string]string) string {
	pairs := make([]string, 0, len(labels))
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, key+"="+labels[key])
	}
	return strings.Join(pairs, ",")
}

func (p *pods) readWorkload(item *manifest.Item) *workload {
	pod, path := item.View(), ""
	switch item.Kind() {
	case "Pod":
	case "CronJob":
		pod, path = item.View("spec", "jobTemplate", "spec", "template"), "spec.jobTemplate.spec.template."
	default:
		pod, path = item.View("spec", "template"), "spec.template."
	}
	w := &workload{
		item: item, namespace: p.objects.NamespaceOf(item), labels: texts(pod.Get("metadata", "labels")),
	}
	addLabels(w.labels, item.Kind(), item.Name())
	if pod.Get("spec", "hostNetwork").Text() == "true" {
		w.hostNetwork = path + "spec.hostNetwork"
	}
	w.pod = fmt.Sprintf("%s %s/%s", item.Kind(), w.namespace, item.Name())
	for _, field := range []string{"containers", "initContainers"} {
		for c, container := range pod.Get("spec", field).Elements() {
			for i, port := range container.Get("ports").Elements() {
				w.ports = append(w.ports, containerPort{
					fmt.Sprintf("%sspec.%s[%d].ports[%d]", path, field, c, i),
					port.Get("name").Text(), port.Get("containerPort").Text(), port.Get("hostPort").Text(),
				})
			}
		}
	}
	return w
}

// selectorIndex finds the Services that select given labels without trying all of them: each Service stands under the
// rarest of its pairs, and under one whose value templates show where it has one.
type selectorIndex struct {
	byPair map[string][]*service
	// sought are those pairs.
	sought *sought
}

func newSelectorIndex(services []*service) *selectorIndex {
	count := map[string]int{}
	for _, s := range services {
		for key, value := range s.selector {
			count[pairOf(s.namespace, key, value)]++
		}
	}
	weight := func(s *service, key string) int {
		if isAddedLabel(key) {
			return math.MaxInt
		}
		return count[pairOf(s.namespace, key, s.selector[key])]
	}
	index := &selectorIndex{map[string][]*service{}, newSought()}
	for _, s := range services {
		rarest := slices.MinFunc(slices.Sorted(maps.Keys(s.selector)), func(a, b string) int { return cmp.Compare(weight(s, a), weight(s, b)) })
		pair := pairOf(s.namespace, rarest, s.selector[rarest])
		index.byPair[pair] = append(index.byPair[pair], s)
		index.seek(s, rarest)
	}
	return index
}

// seek makes the workloads that a Service may select worth parsing. No bytes of theirs show a label that a controller adds.
func (x *selectorIndex) seek(s *service, key string) {
	x.sought.add(s.namespace, key, s.selector[key])
	if !isAddedLabel(key) {
		return
	}
	for kind, labels := range addedLabels {
		if labels[key] != "" {
			x.sought.add(s.namespace, "kind", kind)
		}
	}
}

func pairOf(namespace, key, value string) string {
	if isAddedLabel(key) {
		value = anyValue
	}
	return namespace + "/" + key + "=" + value
}

// join tells the Services that select a workload of it.
func (x *selectorIndex) join(w *workload) {
	for _, s := range x.selecting(w) {
		s.matches = append(s.matches, w)
		s.hasWorkload = s.hasWorkload || w.item != nil
	}
}

// selecting returns the Services that select the Pods of a workload.
func (x *selectorIndex) selecting(w *workload) []*service {
	var selecting []*service
	for _, key := range slices.Sorted(maps.Keys(w.labels)) {
		for _, s := range x.byPair[pairOf(w.namespace, key, w.labels[key])] {
			if s.selects(w.labels) {
				selecting = append(selecting, s)
			}
		}
	}
	return selecting
}

// podSelector chooses Pods of a namespace by their labels.
type podSelector struct {
	namespace string
	labels    map[string]string
}

// selected returns the Pods that a selector chooses among those behind the Services read.
func (p *pods) selected(chosen podSelector) []Target {
	selector := service{selector: chosen.labels}
	var targets []Target
	for _, s := range p.inOrder {
		for _, w := range s.matches {
			if target := (Target{w.pod, ""}); w.namespace == chosen.namespace && selector.selects(w.labels) && !slices.Contains(targets, target) {
				targets = append(targets, target)
			}
		}
	}
	return targets
}

func (s *service) selects(labels map[string]string) bool {
	for key, value := range s.selector {
		if present, ok := labels[key]; !ok || !mayBe(present, value) {
			return false
		}
	}
	return true
}

// namesOf returns the Services that a reference to namespace/name may mean.
func (p *pods) namesOf(full string) []string {
	return append([]string{full}, p.renamed[full]...)
}

// behind returns the targets of one port of a Service, or of all of them where port is empty.
func (p *pods) behind(namespace, name, port string) []Target {
	key := namespace + "/" + name + "/" + port
	if targets, ok := p.known[key]; ok {
		return targets
	}
	// An alias of an alias of itself ends here.
	p.known[key] = nil
	targets := p.find(namespace, name, port)
	p.known[key] = targets
	return targets
}

func (p *pods) find(namespace, name, port string) []Target {
	s := p.services[namespace+"/"+name]
	if s == nil {
		return []Target{{"Service " + namespace + "/" + name, ""}}
	}
	if s.kind == "ExternalName" {
		return p.alias(s, port)
	}
	var targets []Target
	for _, target := range s.targetPorts(port) {
		for _, w := range s.matches {
			targets = append(targets, Target{w.pod, w.resolve(target)})
		}
		if len(s.selector) == 0 && len(p.addresses[namespace+"/"+name]) == 0 {
			targets = append(targets, Target{"Service " + namespace + "/" + name, target})
		}
	}
	if len(s.selector) == 0 {
		targets = append(targets, p.addresses[namespace+"/"+name]...)
	}
	return targets
}

// alias follows the name that an ExternalName Service stands for.
func (p *pods) alias(s *service, port string) []Target {
	name, namespace, ok := clusterName(s.externalName)
	if !ok {
		// Resolvers complete a name of two labels, which may as well be a host of the Internet.
		name, namespace, ok = strings.Cut(normalHost(s.externalName), ".")
		ok = ok && p.services[namespace+"/"+name] != nil
	}
	if !ok {
		return []Target{{"host " + normalHost(s.externalName), port}}
	}
	var targets []Target
	for _, number := range s.aliasPorts(port) {
		targets = append(targets, p.connect(namespace, name, number)...)
	}
	return targets
}

// clusterName splits the DNS name of a Service, or of a Pod behind it: https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/.
func clusterName(host string) (name, namespace string, ok bool) {
	labels := strings.Split(normalHost(host), ".")
	switch {
	case len(labels) >= 3 && labels[2] == "svc":
		return labels[0], labels[1], true
	case len(labels) >= 4 && labels[3] == "svc":
		return labels[1], labels[2], true
	}
	return "", "", false
}

// aliasPorts returns the numbers to which requests for a port of an ExternalName Service may go: ingress-nginx takes port and targetPort of
// the alias itself (controller.go, getServiceClusterEndpoint and externalNamePorts).
func (s *service) aliasPorts(port string) []string {
	var numbers []string
	for _, candidate := range s.ports {
		if port == "" || candidate.number == port || candidate.name == port {
			numbers = append(numbers, candidate.number, candidate.target)
		}
	}
	if len(numbers) == 0 {
		return []string{port}
	}
	return slices.Compact(numbers)
}

// connect returns what answers at a port of the name of a Service: its own ports, and those of its Pods, which the name of a headless one
// stands for.
func (p *pods) connect(namespace, name, port string) []Target {
	s := p.services[namespace+"/"+name]
	if s == nil || port == "" || !isNumber(port) || s.hasPort(port) || len(s.selector) == 0 {
		return p.behind(namespace, name, port)
	}
	var targets []Target
	for _, w := range s.matches {
		targets = append(targets, Target{w.pod, port})
	}
	return targets
}

func (s *service) hasPort(number string) bool {
	return slices.ContainsFunc(s.ports, func(port servicePort) bool { return port.number == number })
}

// targetPorts returns the ports of the Pods that stand behind a port of the Service. One that the Service does not have may
// be any.
func (s *service) targetPorts(port string) []string {
	var targets []string
	for _, candidate := range s.ports {
		if port == "" || candidate.number == port || candidate.name == port {
			targets = append(targets, candidate.target)
		}
	}
	if len(targets) == 0 {
		return []string{""}
	}
	return targets
}

// resolve returns the number of a container port that has a name.
func (w *workload) resolve(port string) string {
	for _, candidate := range w.ports {
		if candidate.name == port && port != "" {
			return candidate.number
		}
	}
	return port
}

func splitName(full string) (namespace, name string) {
	namespace, name, _ = strings.Cut(full, "/")
	return namespace, name
}
