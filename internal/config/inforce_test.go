package config_test

import (
	"fmt"
	"strings"
	"testing"

	"coffre/internal/config"
)

func TestSettingsInForceShowNoSecret(t *testing.T) {
	environ := []string{
		"globalSettings__mail__smtp__password=hunter2hunter2", "adminSettings__admins=a@acme.example,b@acme.example",
		"globalSettings__postgreSql__connectionString=postgres://u:hunter2hunter2@localhost/x",
	}
	cfg, _, err := config.Read(environ, "", config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]config.InForce{}
	for _, f := range cfg.InForce() {
		of[f.Name] = f
		if strings.Contains(fmt.Sprintf("%+v", f), "hunter2") {
			t.Errorf("%s tells a secret", f.Name)
		}
	}
	for name, want := range map[string]config.InForce{
		"globalSettings__mail__smtp__password":   {Secret: true, Set: true, Source: config.ByEnvironment},
		"globalSettings__installation__key":      {Secret: true, Source: config.ByDefault},
		"adminSettings__admins":                  {Value: "a@acme.example, b@acme.example", Set: true, Source: config.ByEnvironment},
		"globalSettings__selfHosted":             {Value: "true", Set: true, Source: config.ByDefault},
		"globalSettings__installation__id":       {Source: config.ByDefault},
		"coffre__log__level":                     {Value: "INFO", Set: true, Source: config.ByDefault},
		"coffre__data":                           {Value: string(cfg.Data), Set: true, Source: config.ByFlag},
		"coffre__organizations__create":          {Value: "anyone", Set: true, Source: config.ByDefault},
		"globalSettings__knownProxies":           {Source: config.ByDefault},
		"globalSettings__yubico__validationUrls": {Value: "https://api.yubico.com/wsapi/2.0/verify", Set: true, Source: config.ByDefault},
	} {
		got := of[name]
		if got.Value != want.Value || got.Secret != want.Secret || got.Set != want.Set || got.Source != want.Source {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}
