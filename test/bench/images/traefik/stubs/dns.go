// Package dns stands in for the list of all DNS providers for certificates: some of their modules are not to be had, and none is needed.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName knows no provider.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("DNS provider %s is not compiled in", name)
}
