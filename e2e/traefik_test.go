package e2e

// startTraefik starts Traefik with the providers for Ingresses of the class traefik, for Ingresses of the class nginx, for
// its own kinds and for the Gateway API.
func startTraefik(binary, kubeconfig string, a *authority) (*process, error) {
	return start("traefik", binary, []string{"KUBECONFIG=" + kubeconfig},
		"--entryPoints.web.address="+ingressAddress+":80",
		"--entryPoints.websecure.address="+ingressAddress+":443",
		"--entryPoints.traefik.address="+ingressAddress+":9000",
		"--ping",
		"--providers.kubernetesIngress.ingressClass=traefik",
		// Lets Middlewares of every namespace name the auth service of the namespace auth.
		"--providers.kubernetesCRD.allowCrossNamespace=true",
		"--providers.kubernetesIngressNGINX",
		"--providers.kubernetesGateway",
		"--providers.providersThrottleDuration=100ms",
		"--serversTransport.rootCAs="+a.file,
		"--accessLog",
		"--log.level=INFO",
		"--global.checkNewVersion=false",
		"--global.sendAnonymousUsage=false",
	)
}
