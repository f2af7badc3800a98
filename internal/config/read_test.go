package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"coffre/internal/config"
	"coffre/internal/id"
)

// read returns the settings of an environment alone, without an env file.
func read(t *testing.T, environ ...string) (config.Config, []config.Warning, error) {
	t.Helper()
	return config.Read(environ, "", config.Flags{Data: t.TempDir()})
}

// mustRead fails the test on an error, and on a warning.
// mistakes leaves out what is said of settings that are for a later version.
func mistakes(warnings []config.Warning) []config.Warning {
	return slices.DeleteFunc(warnings, func(w config.Warning) bool { return strings.HasSuffix(w.Text, "has no effect in this version.") })
}

func TestSettingForALaterVersionIsToldAsSuch(t *testing.T) {
	_, warnings, err := config.Read([]string{"coffre__metrics__listen=127.0.0.1:9100"}, "", config.Flags{Data: t.TempDir()})
	if err != nil || len(warnings) != 1 || warnings[0].Key != "coffre__metrics__listen" || len(mistakes(warnings)) != 0 {
		t.Errorf("Read: %v, warnings %v", err, warnings)
	}
}

func mustRead(t *testing.T, environ ...string) config.Config {
	t.Helper()
	c, warnings, err := read(t, environ...)
	if err != nil || len(mistakes(warnings)) > 0 {
		t.Fatalf("Read: %v, warnings %v", err, warnings)
	}
	return c
}

func writeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "an.env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDefaultsAreThoseOfAPrivateServer(t *testing.T) {
	c, warnings, err := config.Read(nil, "", config.Flags{})
	if err != nil || len(mistakes(warnings)) > 0 {
		t.Fatalf("Read: %v, warnings %v", err, warnings)
	}
	got := []any{
		c.SelfHosted, c.Server.Listen, c.Server.VaultURL(), c.Server.LimitFactor, c.EnvFile, c.Log.Level, c.Log.Format,
		c.Database.Provider, c.Database.SQLite, c.Mail.Sender, c.Mail.SMTP.Port, c.MailVerification(),
		c.License.Directory, c.License.TrustedCertificates, c.Accounts.Premium, c.Organizations.InviteLife().Hours(),
		c.Organizations.Create, c.Sponsorship.OfferLife().Hours(), c.BillingSync.OnChange, c.Billing.Provider,
		c.Cloud.Communication, c.TestClock, c.Data.RootKey(), c.Data.Socket(),
	}
	want := []any{
		true, config.HostPort("127.0.0.1:8080"), "http://127.0.0.1:8080", 1.0, "bwdata/env/global.override.env", slog.LevelInfo, config.JSON,
		config.SQLite, "bwdata/db/coffre.db", config.ByFolder, uint16(587), false,
		"bwdata/core/licenses", "bwdata/licensing/trusted.pem", config.PremiumForEveryone, 120.0,
		config.CreateByAnyone, 720.0, true, config.Ledger,
		false, false, "bwdata/keys/root.key", "bwdata/run/coffre.sock",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFlagsWinOverEnvironmentOverEnvFile(t *testing.T) {
	file := writeFile(t, "coffre__listen=:1\ncoffre__data=a\nadminSettings__admins=file@x.org\n"+
		"globalSettings__mail__replyToEmail=first@x.org\nGLOBALSETTINGS__MAIL__REPLYTOEMAIL=last@x.org\n")
	c, warnings, err := config.Read([]string{"coffre__listen=:2", "COFFRE__DATA=b"}, file, config.Flags{Listen: ":3"})
	if err != nil || len(mistakes(warnings)) > 0 {
		t.Fatalf("Read: %v, warnings %v", err, warnings)
	}
	got := []string{string(c.Server.Listen), string(c.Data), c.Admins[0], c.Mail.ReplyTo, c.EnvFile}
	if diff := cmp.Diff([]string{":3", "b", "file@x.org", "last@x.org", file}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEnvFileOfTheDataFolderIsRead(t *testing.T) {
	data := t.TempDir()
	path := config.Folder(data).EnvFile()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("globalSettings__enableCloudCommunication=true"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := config.Read([]string{"coffre__data=" + data}, "", config.Flags{})
	if err != nil || !c.Cloud.Communication {
		t.Errorf("cloud communication %v, error %v; want true", c.Cloud.Communication, err)
	}
}

func TestAbsentEnvFileWarnsOnlyWhenAskedFor(t *testing.T) {
	_, warnings, err := config.Read(nil, "/nowhere/an.env", config.Flags{})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "/nowhere/an.env") {
		t.Errorf("error %v, warnings %v", err, warnings)
	}
}

func TestNamesIgnoreCase(t *testing.T) {
	c := mustRead(t, "GLOBALSETTINGS__MAIL__SMTP__HOST=mail.x.org", "globalsettings__mail__smtp__starttls=TRUE", "Coffre__Log__Level=DEBUG")
	if c.Mail.SMTP.Host != "mail.x.org" || !c.Mail.SMTP.StartTLS || c.Log.Level != slog.LevelDebug {
		t.Errorf("got %+v %+v", c.Mail.SMTP, c.Log)
	}
}

func TestListsAreCommaSeparatedOrNumbered(t *testing.T) {
	tests := map[string][]string{
		"commas":           {"adminSettings__admins=a@x.org, b@x.org,,c@x.org"},
		"numbers":          {"adminSettings__admins__10=c@x.org", "adminSettings__admins__0=a@x.org", "ADMINSETTINGS__ADMINS__2=b@x.org"},
		"commas win":       {"adminSettings__admins=a@x.org,b@x.org,c@x.org", "adminSettings__admins__0=z@x.org"},
		"numbers repeated": {"adminSettings__admins__0=z@x.org", "adminSettings__admins__0=a@x.org", "adminSettings__admins__1=b@x.org,c@x.org"},
	}
	for name, environ := range tests {
		t.Run(name, func(t *testing.T) {
			want := config.List{"a@x.org", "b@x.org", "c@x.org"}
			if diff := cmp.Diff(want, mustRead(t, environ...).Admins); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlaceholderCountsAsUnset(t *testing.T) {
	c := mustRead(t, "globalSettings__mail__smtp__host=REPLACE", "globalSettings__mail__smtp__port=REPLACE", "globalSettings__installation__id=REPLACE")
	if c.Mail.SMTP.Host != "" || c.Mail.SMTP.Port != 587 || c.Mail.Sender != config.ByFolder {
		t.Errorf("got %+v", c.Mail)
	}
}

func TestSettingsThatDoNotFitAreRefused(t *testing.T) {
	tests := map[string]struct {
		environ string
		demo    bool
		names   string // "" when all is well
	}{
		"cloud without SMTP":     {"globalSettings__selfHosted=false", false, "globalSettings__mail__smtp__host"},
		"cloud in the demo":      {"globalSettings__selfHosted=false", true, ""},
		"cloud with SMTP":        {"globalSettings__selfHosted=false globalSettings__mail__smtp__host=x", false, ""},
		"cloud with folder":      {"globalSettings__selfHosted=false globalSettings__mail__smtp__host=x coffre__mail__sender=folder", false, "coffre__mail__sender"},
		"folder in the demo":     {"globalSettings__selfHosted=false coffre__mail__sender=folder", true, ""},
		"cloud with Stripe":      {"globalSettings__selfHosted=false globalSettings__mail__smtp__host=x coffre__billing__provider=stripe", false, "coffre__billing__provider"},
		"cloud with the ledger":  {"globalSettings__selfHosted=false globalSettings__mail__smtp__host=x coffre__billing__provider=ledger", false, ""},
		"folder at home":         {"coffre__mail__sender=folder globalSettings__mail__smtp__host=x", false, ""},
		"smtp without host":      {"coffre__mail__sender=smtp", false, "globalSettings__mail__smtp__host"},
		"certificate alone":      {"coffre__tls__certificate=x", false, "coffre__tls__key"},
		"key alone":              {"coffre__tls__key=x", false, "coffre__tls__certificate"},
		"postgresql without any": {"globalSettings__databaseProvider=postgresql", false, "globalSettings__postgreSql__connectionString"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Read(strings.Fields(test.environ), "", config.Flags{Data: t.TempDir(), Demo: test.demo})
			if (err != nil) != (test.names != "") || err != nil && !strings.Contains(err.Error(), test.names) {
				t.Errorf("got %v, want %q named", err, test.names)
			}
		})
	}
}

func TestMailIsVerifiedWhereItCanBeSent(t *testing.T) {
	demo, _, err := config.Read(nil, "", config.Flags{Demo: true})
	if err != nil || !demo.MailVerification() {
		t.Errorf("demo: %v, error %v; want true", demo.MailVerification(), err)
	}
	withHost := mustRead(t, "globalSettings__mail__smtp__host=x")
	if !withHost.MailVerification() || withHost.Mail.Sender != config.BySMTP {
		t.Errorf("with a host: %v by %v; want true by smtp", withHost.MailVerification(), withHost.Mail.Sender)
	}
}

func TestPremiumNeedsALicenseOnceThereIsAnInstallation(t *testing.T) {
	installation := "globalSettings__installation__id=" + id.New().String()
	tests := map[string]config.Premium{
		"": config.PremiumForEveryone, installation: config.PremiumByLicense,
		installation + " coffre__premium=Everyone":                            config.PremiumForEveryone,
		"globalSettings__selfHosted=false globalSettings__mail__smtp__host=x": config.PremiumByLicense,
	}
	for environ, want := range tests {
		if got := mustRead(t, strings.Fields(environ)...).Accounts.Premium; got != want {
			t.Errorf("%s: got %s, want %s", environ, got, want)
		}
	}
}
