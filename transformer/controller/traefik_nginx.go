package controller

// traefikNginx is Traefik with its kubernetesIngressNGINX provider, which follows the annotations of ingress-nginx.
var traefikNginx = Controller{
	ID:               "traefik-nginx",
	ClassControllers: []string{},
	JudgeIngress:     judgeTraefikNginx,
}
