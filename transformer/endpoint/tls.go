package endpoint

import (
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"

	"github.com/private-endpoints/private-endpoints/transformer/config"
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
	entry, annotations := tlsFor(p.settings, freeSecretName(endpoint.Name, ingress.Spec.TLS), missing)
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

// freeSecretName returns a name for the endpoint's Secret that the user's own tls entries do not use.
func freeSecretName(name string, entries []networkingv1.IngressTLS) string {
	secretName := name + "-tls"
	for slices.ContainsFunc(entries, func(entry networkingv1.IngressTLS) bool { return entry.SecretName == secretName }) {
		secretName += "-private-endpoints"
	}
	return secretName
}
