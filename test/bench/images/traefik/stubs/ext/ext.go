// Package ext stands in for the empty extension points of Traefik's dynamic configuration, which lie in a module of their own.
package ext

type HTTP struct{}

type Router struct{}
