// Package ext stands in for a module that Traefik requires and that no proxy serves.
package ext

// HTTP holds no extension.
type HTTP struct{}

// Router holds no extension.
type Router struct{}
