package endpoint

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
	"github.com/private-endpoints/private-endpoints/transformer/manifest"
)

// The annotations of cert-manager that name an issuer: https://cert-manager.io/docs/usage/ingress/.
const (
	annotationClusterIssuer = "cert-manager.io/cluster-issuer"
	annotationIssuer        = "cert-manager.io/issuer"
)

// annotationMergeable makes an Ingress of F5 NGINX the master of its host, or a minion, whose TLS is that of the master: F5 refuses a
// minion with tls of its own.
const annotationMergeable = "nginx.org/mergeable-ingress-type"

// tlsFor returns the tls entry for those of hosts that the configuration has a certificate for, and the annotations that
// obtain it (E5). secretName is the name of the endpoint's own Secret, used with an issuer.
func tlsFor(settings *config.Config, secretName string, hosts []string) (networkingv1.IngressTLS, map[string]string) {
	tls := settings.Spec.TLS
	if tls.ClusterIssuer != "" {
		return networkingv1.IngressTLS{Hosts: hosts, SecretName: secretName}, map[string]string{annotationClusterIssuer: tls.ClusterIssuer}
	}
	var covered []string
	for _, host := range hosts {
		if isOneLabelBelow(host, settings.Spec.Subdomain) {
			covered = append(covered, host)
		}
	}
	return networkingv1.IngressTLS{Hosts: covered, SecretName: tls.SecretName}, nil
}

// addTLS gives the hosts of a user's Ingress TLS where they have none (E5).
func (p *Plan) addTLS(endpoint *Endpoint, ingress *networkingv1.Ingress) {
	if endpoint.Class.Controller == "f5-nginx" && ingress.Annotations[annotationMergeable] == "minion" {
		return
	}
	var missing []string
	for _, host := range endpoint.Hosts {
		if !slices.ContainsFunc(ingress.Spec.TLS, func(entry networkingv1.IngressTLS) bool { return covers(entry.Hosts, host) }) {
			missing = append(missing, host)
		}
	}
	if len(missing) == 0 {
		return
	}
	entry, annotations := tlsFor(p.settings, p.freeSecretName(endpoint, missing), missing)
	if len(entry.Hosts) > 0 {
		value := map[string]any{"hosts": entry.Hosts}
		if entry.SecretName != "" {
			value["secretName"] = entry.SecretName
		}
		endpoint.Additions.set(recordTLS, shortHash(tlsText(entry.SecretName, entry.Hosts)), value, "spec", "tls", index(len(ingress.Spec.TLS)))
	}
	_, issuer := ingress.Annotations[annotationIssuer]
	_, clusterIssuer := ingress.Annotations[annotationClusterIssuer]
	if !issuer && !clusterIssuer {
		for key, value := range annotations {
			endpoint.Additions.Annotation(key, value)
		}
	}
}

// covers says whether one of the hosts of a tls entry is host, or a wildcard for its first label.
func covers(hosts []string, host string) bool {
	_, parent, _ := strings.Cut(host, ".")
	return slices.Contains(hosts, host) || slices.Contains(hosts, "*."+parent)
}

// secretSuffix ends the name of the Secret for the certificate of an endpoint.
const secretSuffix = "-tls"

// noteSecrets keeps the names of the Secrets for which an Ingress, Certificate or Secret of the user's stands, with the hosts of each. An
// issuer would write its certificate over theirs.
func (p *Plan) noteSecrets(item *manifest.Item) {
	if p.settings.Spec.TLS.ClusterIssuer == "" || !item.Contains(secretSuffix) {
		return
	}
	switch {
	case item.Group() == "" && item.Kind() == "Secret":
		p.noteSecret(item, item.Name(), nil)
		item.Release()
	case item.Group() == "cert-manager.io" && item.Kind() == "Certificate":
		p.noteSecret(item, item.View("spec", "secretName").Text(), item.View("spec", "dnsNames").Texts())
		item.Release()
	case routingOf(item) == ingressKind:
		for _, entry := range item.View("spec", "tls").Elements() {
			p.noteSecret(item, entry.Get("secretName").Text(), entry.Get("hosts").Texts())
		}
	}
}

func (p *Plan) noteSecret(item *manifest.Item, name string, hosts []string) {
	key := p.EffectiveNamespace(item) + "/" + name
	p.secrets[key] = append(p.secrets[key], hosts)
}

// freeSecretName returns a name for the endpoint's Secret that nobody uses for other hosts.
func (p *Plan) freeSecretName(endpoint *Endpoint, hosts []string) string {
	name := endpoint.Name + secretSuffix
	for slices.ContainsFunc(p.secrets[endpoint.Namespace+"/"+name], func(others []string) bool { return !slices.Equal(others, hosts) }) {
		name += "-private-endpoints"
	}
	return name
}
