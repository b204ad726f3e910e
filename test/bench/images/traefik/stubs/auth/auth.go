// Package auth stands in for the fork of go-http-auth that Traefik names and module proxies do not have. It lets nobody in:
// the comparison uses no authentication.
package auth

import "net/http"

type SecretProvider func(user, realm string) string

type BasicAuth struct {
	Realm   string
	Secrets SecretProvider
}

type DigestAuth struct {
	Realm   string
	Secrets SecretProvider
}

func (*BasicAuth) RequireAuth(w http.ResponseWriter, _ *http.Request)       { refuse(w) }
func (*DigestAuth) RequireAuth(w http.ResponseWriter, _ *http.Request)      { refuse(w) }
func (*DigestAuth) RequireAuthStale(w http.ResponseWriter, _ *http.Request) { refuse(w) }

func (*DigestAuth) CheckAuth(*http.Request) (string, *string) { return "", nil }

func NewDigestAuthenticator(realm string, secrets SecretProvider) *DigestAuth {
	return &DigestAuth{Realm: realm, Secrets: secrets}
}

func DigestAuthParams(string) map[string]string { return nil }

func CheckSecret(_, _ string) bool { return false }

func refuse(w http.ResponseWriter) { http.Error(w, "no authentication here", http.StatusUnauthorized) }
