package controller

import (
	"fmt"
	"strings"

	"github.com/private-endpoints/private-endpoints/transformer/endpoint"
)

// The annotations of ingress-nginx: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/.
const (
	nginxPrefix          = "nginx.ingress.kubernetes.io/"
	nginxAuthURL         = nginxPrefix + "auth-url"
	nginxAuthSignIn      = nginxPrefix + "auth-signin"
	nginxResponseHeaders = nginxPrefix + "auth-response-headers"
	nginxBackendProtocol = nginxPrefix + "backend-protocol"
)

// ingressNginx is github.com/kubernetes/ingress-nginx. It has the fewest annotations that protect: a typing error in a
// secondary one makes the controller drop the whole protection without a word.
var ingressNginx = Controller{
	ID:               "ingress-nginx",
	ClassControllers: []string{"k8s.io/ingress-nginx"},
	Route:            routeNginx,
	Protect:          protectNginx,
	Support: Support{
		Name: "ingress-nginx (retired in March 2026)", Groups: groupsAnyway, SignIn: "redirect, back to the page asked for",
		Headers: "set by the controller", Missing: "closed: 500", Tested: testedGolden + "; its annotations over HTTP, served by Traefik",
	},
	JudgeIngress: judgeNginx,
	Overwrites:   nginxOverwrites,
}

func routeNginx(request Request) (Changes, error) {
	backend := request.Endpoint.Backend
	if backend == nil {
		return Changes{}, nil
	}
	switch backend.Protocol {
	case endpoint.HTTP:
		return Changes{}, nil
	case endpoint.HTTPS:
		return Changes{Annotations: map[string]string{nginxBackendProtocol: "HTTPS"}}, nil
	case endpoint.GRPC:
		return Changes{Annotations: map[string]string{nginxBackendProtocol: "GRPC"}}, nil
	default:
		return Changes{}, fmt.Errorf("ingress-nginx cannot speak %s to a backend", backend.Protocol)
	}
}

func protectNginx(request Request) (Changes, error) {
	if !isPlainURL(request.AuthURL) {
		return Changes{}, fmt.Errorf("auth URL %q has a character that ingress-nginx refuses", request.AuthURL)
	}
	annotations := map[string]string{
		nginxAuthURL:         request.AuthURL,
		nginxResponseHeaders: strings.Join(request.ResponseHeaders, ","),
	}
	if request.SignInURL != "" {
		if !isPlainURL(request.SignInURL) {
			return Changes{}, fmt.Errorf("sign-in URL %q has a character that ingress-nginx refuses", request.SignInURL)
		}
		// The controller appends the page to return to by itself.
		annotations[nginxAuthSignIn] = request.SignInURL
	}
	return Changes{Annotations: annotations}, nil
}
