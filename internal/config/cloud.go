package config

import (
	"cmp"
	"net/url"
	"strings"

	"coffre/internal/fault"
)

// NoCloud refuses cloud communication while no setting and no license says
// where the cloud is. It names the settings that would.
var NoCloud = fault.New(fault.Invalid, "config.noCloud").Coded("cloud-communication-off")

// Region is where a cloud stands.
type Region string

// The regions of the official service.
const (
	US  Region = "US"
	EU  Region = "EU"
	Gov Region = "Gov"
)

// Addresses are those of a cloud, none with a slash at its end.
type Addresses struct {
	API      string
	Identity string
	Push     string // what /push/… is joined to; "" when there is no relay
	Vault    string // what people open; "" when unknown
}

var regions = map[Region]Addresses{
	US: {"https://api.bitwarden.com", "https://identity.bitwarden.com", "https://push.bitwarden.com", "https://vault.bitwarden.com"},
	EU: {"https://api.bitwarden.eu", "https://identity.bitwarden.eu", "https://push.bitwarden.eu", "https://vault.bitwarden.eu"},
	Gov: {
		API: "https://api.bitwarden-gov.com", Identity: "https://identity.bitwarden-gov.com",
		Vault: "https://vault.bitwarden-gov.com",
	},
}

// CloudAt returns the addresses of the cloud whose one origin is base.
func CloudAt(base string) Addresses {
	vault := Join(base, "")
	return Addresses{API: Join(base, "api"), Identity: Join(base, "identity"), Push: vault, Vault: vault}
}

// Addresses returns where the cloud is, or NoCloud. What the operator set comes
// first, address by address; then coffre__cloud__url; then licensed, the address
// that a license carries (or ""); then the region. A license comes before a
// region because the official installer always writes a region, and credentials
// must not go to another provider than the one that signed the license.
func (c Cloud) Addresses(licensed string) (Addresses, error) {
	var a Addresses
	if base := cmp.Or(string(c.URL), licensed); base != "" {
		a = CloudAt(base)
	} else if c.Region != "" {
		a = regions[c.Region]
	}
	a.API = cmp.Or(string(c.APIURI), a.API)
	a.Identity = cmp.Or(string(c.IdentityURI), a.Identity)
	a.Push = cmp.Or(string(c.PushRelayURI), a.Push)
	if c.PushOff {
		a.Push = ""
	}
	if a.API == "" || a.Identity == "" {
		return Addresses{}, NoCloud
	}
	return a, nil
}

// Join puts path behind base with exactly one slash between them, whether or not
// base ends in one; base keeps its own path. An empty path only takes the slash
// from the end of base.
func Join(base, path string) string {
	base, path = strings.TrimRight(base, "/"), strings.TrimLeft(path, "/")
	if path == "" {
		return base
	}
	return base + "/" + path
}

// officialRegion returns the region whose official hosts include that of an
// address, or "".
func officialRegion(address Address) Region {
	for region, a := range regions {
		for _, official := range []string{a.API, a.Identity, a.Push, a.Vault} {
			if host(official) != "" && host(official) == host(string(address)) {
				return region
			}
		}
	}
	return ""
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}
