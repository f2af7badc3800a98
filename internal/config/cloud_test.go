package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/config"
	"coffre/internal/fault"
)

const region = "globalSettings__baseServiceUri__cloudRegion="

func TestCloudAddressesAreNeverChosenSilently(t *testing.T) {
	for _, environ := range []string{"", "globalSettings__pushRelayBaseUri=https://p.x.org", "globalSettings__installation__apiUri=https://a.x.org"} {
		_, err := mustRead(t, strings.Fields(environ)...).Cloud.Addresses("")
		if !errors.Is(err, config.NoCloud) || fault.CodeOf(err) != "cloud-communication-off" {
			t.Errorf("%q: got %v, want NoCloud", environ, err)
		}
	}
}

// Scenario 106 of the sponsorships: a region without addresses has its own.
func TestCloudAddressesFollowWhatIsSet(t *testing.T) {
	official := config.Addresses{
		API: "https://api.bitwarden.eu", Identity: "https://identity.bitwarden.eu",
		Push: "https://push.bitwarden.eu", Vault: "https://vault.bitwarden.eu",
	}
	own := config.CloudAt("https://cloud.x.org/base")
	explicit := "globalSettings__installation__apiUri=http://a.x.org/api/ globalSettings__installation__identityUri=http://i.x.org"
	tests := map[string]struct {
		environ, licensed string
		want              config.Addresses
	}{
		"the region":                    {region + "eu", "", official},
		"one origin":                    {"coffre__cloud__url=https://cloud.x.org/base/", "", own},
		"a license":                     {"", "https://cloud.x.org/base", own},
		"a license before the region":   {region + "EU", "https://cloud.x.org/base", own},
		"one origin before the license": {"coffre__cloud__url=https://cloud.x.org/base", "https://other.x.org", own},
		"explicit addresses alone":      {explicit, "", config.Addresses{API: "http://a.x.org/api", Identity: "http://i.x.org"}},
		"explicit beside the region": {explicit + " " + region + "EU", "", config.Addresses{
			API: "http://a.x.org/api", Identity: "http://i.x.org", Push: official.Push, Vault: official.Vault,
		}},
		"push alone": {"coffre__cloud__url=https://cloud.x.org/base globalSettings__pushRelayBaseUri=https://p.x.org", "", config.Addresses{
			API: own.API, Identity: own.Identity, Push: "https://p.x.org", Vault: own.Vault,
		}},
		"push switched off": {"coffre__cloud__url=https://cloud.x.org/base globalSettings__pushRelayBaseUri=REPLACE", "", config.Addresses{
			API: own.API, Identity: own.Identity, Vault: own.Vault,
		}},
		"no relay in the region": {region + "gov", "", config.Addresses{
			API: "https://api.bitwarden-gov.com", Identity: "https://identity.bitwarden-gov.com", Vault: "https://vault.bitwarden-gov.com",
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := mustRead(t, strings.Fields(test.environ)...).Cloud.Addresses(test.licensed)
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("error %v\n%s", err, diff)
			}
		})
	}
	if diff := cmp.Diff(config.Addresses{
		API: "https://cloud.x.org/base/api", Identity: "https://cloud.x.org/base/identity",
		Push: "https://cloud.x.org/base", Vault: "https://cloud.x.org/base",
	}, own); diff != "" {
		t.Error(diff)
	}
}

func TestAddressOfAnotherRegionWarns(t *testing.T) {
	tests := map[string]string{
		"globalSettings__installation__apiUri=https://api.bitwarden.com":           "globalSettings__installation__apiUri",
		"globalSettings__installation__IDENTITYURI=https://identity.Bitwarden.com": "globalSettings__installation__IDENTITYURI",
		"globalSettings__pushRelayBaseUri=https://push.bitwarden.com/":             "globalSettings__pushRelayBaseUri",
		"coffre__cloud__url=https://vault.bitwarden.com":                           "coffre__cloud__url",
		"globalSettings__installation__apiUri=https://api.bitwarden.eu":            "",
		"coffre__cloud__url=https://cloud.x.org":                                   "",
	}
	for environ, key := range tests {
		_, warnings, err := read(t, region+"EU", environ)
		switch {
		case err != nil:
			t.Errorf("%s: %v", environ, err)
		case key == "":
			if len(warnings) > 0 {
				t.Errorf("%s: warns %v", environ, warnings)
			}
		case len(warnings) != 1 || warnings[0].Key != key || !strings.Contains(warnings[0].Text, key) ||
			!strings.Contains(warnings[0].Text, strings.TrimSuffix(region, "=")+" is EU"):
			t.Errorf("%s: got %v, want both names", environ, warnings)
		}
	}
}

func TestJoinPutsOneSlash(t *testing.T) {
	tests := map[[2]string]string{
		{"https://x.org", "api"}:              "https://x.org/api",
		{"https://x.org/", "api"}:             "https://x.org/api",
		{"https://x.org", "/api"}:             "https://x.org/api",
		{"https://x.org//", "//api/a/"}:       "https://x.org/api/a/",
		{"https://x.org/base/", "/push/send"}: "https://x.org/base/push/send",
		{"https://x.org/base/", ""}:           "https://x.org/base",
	}
	for in, want := range tests {
		if got := config.Join(in[0], in[1]); got != want {
			t.Errorf("Join%q: got %s, want %s", in, got, want)
		}
	}
}

func TestNoCloudIsExplainedInBothLanguages(t *testing.T) {
	for _, language := range []string{"en", "fr"} {
		text := fault.Text(config.NoCloud, language)
		for _, name := range []string{"coffre__cloud__url", "globalSettings__baseServiceUri__cloudRegion"} {
			if !strings.Contains(text, name) {
				t.Errorf("%s: %q does not name %s", language, text, name)
			}
		}
	}
}
