package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"coffre/internal/config"
)

func TestTrustedProxiesAreNetworksOfBothNames(t *testing.T) {
	c := mustRead(t, "coffre__trustedProxies=10.0.0.0/8, ::1", "globalSettings__knownProxies=192.168.1.1,::ffff:192.168.1.2")
	const want = "[10.0.0.0/8 ::1/128 192.168.1.1/32 192.168.1.2/32]"
	if got := fmt.Sprint(c.Server.TrustedProxies); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestOriginOfAnAddressHasNoPath(t *testing.T) {
	c := mustRead(t, "coffre__reports__exposedPasswords=https://mirror.example:8443/breaches/")
	if got := c.Reports.ExposedPasswords; got != "https://mirror.example:8443/breaches" || got.Origin() != "https://mirror.example:8443" {
		t.Errorf("got %s of %s", got, got.Origin())
	}
}

func TestBadValuesAreAllNamedAsSpelled(t *testing.T) {
	bad := map[string]string{
		"GLOBALSETTINGS__SELFHOSTED=maybe":                              "want true or false",
		"globalSettings__mail__smtp__port=0":                            "want a whole number from 1 to 65535",
		"globalSettings__organizationInviteExpirationHours=5 days":      "want a whole number",
		"globalSettings__Installation__id=42":                           "want a GUID",
		"globalSettings__installation__apiUri=api.x.org":                "want an address such as https://",
		"coffre__cloud__url=https://bob:secret@x.org":                   "want an address such as https://",
		"globalSettings__baseServiceUri__vault=http://:80":              "want an address such as https://",
		"coffre__reports__exposedPasswords=https://a;script-src":        "want an address such as https://",
		"globalSettings__installation__identityUri=https://*.x.org":     "want an address such as https://",
		"coffre__listen=8080":                                           "want host:port",
		"coffre__metrics__listen=x:99999":                               "want host:port",
		"coffre__log__level=loud":                                       "want debug, info, warn or error",
		"coffre__log__format=xml":                                       "want json or text",
		"globalSettings__databaseProvider=mysql":                        "want sqlite or postgresql",
		"globalSettings__baseServiceUri__cloudRegion=MOON":              "want US, EU or Gov",
		"coffre__limits__factor=-1":                                     "want a number above 0",
		"coffre__premium=nobody":                                        "want everyone or license",
		"coffre__organizations__create=me":                              "want license, anyone or admins",
		"coffre__trustedProxies__0=somewhere":                           "want addresses or networks",
		"coffre__mail__sender=pigeon":                                   "want smtp or folder",
		"coffre__billing__provider=gold":                                "want ledger or stripe",
		"globalSettings__sqlite__connectionString=Data Sorce=x":         "want a path or Data Source=path",
		"globalSettings__postgreSql__connectionString=Password=s3cret;": "want a postgres:// URL or Host=",
	}
	var environ []string
	for entry := range bad {
		environ = append(environ, entry)
	}
	_, _, err := read(t, environ...)
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(bad) {
		t.Errorf("%d errors, want %d: %v", len(lines), len(bad), err)
	}
	for entry, want := range bad {
		key, text, _ := strings.Cut(entry, "=")
		if !strings.Contains(err.Error(), key+" (environment): "+want) {
			t.Errorf("%s: want %q in:\n%v", entry, want, err)
		}
		if len(text) > 5 && strings.Contains(err.Error(), text) {
			t.Errorf("%s: the value is repeated", entry)
		}
	}
}

func TestVaultAddressFollowsTheListenAddress(t *testing.T) {
	const tls = " coffre__tls__certificate=c coffre__tls__key=k"
	tests := map[string]string{
		"":                                     "http://127.0.0.1:8080",
		"coffre__listen=0.0.0.0:8443" + tls:    "https://localhost:8443",
		"coffre__listen=:80":                   "http://localhost",
		"coffre__listen=vault.x.org:443" + tls: "https://vault.x.org",
		"coffre__listen=[::]:81":               "http://localhost:81",
		"coffre__listen=[::1]:80":              "http://[::1]",
		"coffre__listen=[::1]:81":              "http://[::1]:81",
		"globalSettings__baseServiceUri__vault=https://vault.x.org/base/": "https://vault.x.org/base",
	}
	for environ, want := range tests {
		if got := mustRead(t, strings.Fields(environ)...).Server.VaultURL(); got != want {
			t.Errorf("%s: got %s, want %s", environ, got, want)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := mustRead(t, "globalSettings__installation__key=hunter2", "globalSettings__mail__smtp__password=hunter2", "coffre__keys__root=hunter2",
		"globalSettings__licenseCertificatePassword=hunter2", "globalSettings__databaseProvider=postgresql",
		"globalSettings__postgreSql__connectionString=postgres://u:hunter2@h/d")
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q", c, c, c, c.Keys.Root, c.Keys.Root)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "config", c, "secret", c.Keys.Root)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "config", c, "secret", c.Keys.Root)
	if err := json.NewEncoder(&out).Encode(c); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "hunter2") || !strings.Contains(out.String(), "(set)") {
		t.Errorf("printed: %s", out.String())
	}
	if got := fmt.Sprint(config.Secret("")); got != "" {
		t.Errorf("empty secret: %q", got)
	}
}

func TestAddressOfTheSellerHasItsLines(t *testing.T) {
	s := config.Seller{Address: "1, rue de la Paix | 75001 Paris||France"}
	if got, want := strings.Join(s.Lines(), "/"), "1, rue de la Paix/75001 Paris/France"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
