package controller

// contour is github.com/projectcontour/contour. It has no annotation that makes an Ingress ask: its authorisation is a field of
// HTTPProxy, or one of Contour's own configuration, which no manifest shows
// (https://projectcontour.io/docs/1.33/config/client-authorization/).
var contour = Controller{
	ID:               "contour",
	ClassControllers: []string{"projectcontour.io/ingress-controller", "projectcontour.io/projectcontour/contour"},
	JudgeIngress:     judgeNothing,
	ByHand:           "route with an HTTPProxy that has spec.virtualhost.authorization: Contour asks nobody on an Ingress",
}
