package doctor_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"coffre/internal/clock"
	"coffre/internal/config"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/doctor"
	"coffre/internal/id"
	"coffre/internal/seal"
)

// patient returns a doctor for a self-hosted server with settings in an env file
// of a new data folder, and a database that is filled.
func patient(t *testing.T, lines ...string) doctor.Doctor {
	t.Helper()
	data := t.TempDir()
	write(t, filepath.Join(data, "env", "global.override.env"), strings.Join(lines, "\n"), 0o600)
	cfg, warnings, err := config.Read(nil, "", config.Flags{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	open := func() (*db.DB, error) {
		if cfg.Database.Provider == config.PostgreSQL {
			return db.OpenPostgres(string(cfg.Database.PostgreSQL))
		}
		return db.OpenSQLite(cfg.Database.SQLite)
	}
	return doctor.Doctor{
		Config: cfg, Warnings: warnings, Open: open, Now: (&clock.Clock{}).Now, Language: "en", Patience: brief,
		Ahead: func(context.Context, *db.DB) (time.Duration, error) { return 0, nil },
	}
}

// engines runs fn for a doctor on each engine, whose database is at this version
// and has keys.
func engines(t *testing.T, fn func(*testing.T, doctor.Doctor, *db.DB)) {
	t.Helper()
	settings := map[string]func(*testing.T) []string{
		"sqlite": func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string {
			return []string{"globalSettings__databaseProvider=postgresql", "globalSettings__postgreSql__connectionString=" + dbtest.PostgresURL(t)}
		},
	}
	for name, lines := range settings {
		t.Run(name, func(t *testing.T) {
			d := patient(t, lines(t)...)
			d.Patience = 5 * time.Second // a machine under load must not be called ill
			if err := os.MkdirAll(filepath.Dir(d.Config.Database.SQLite), 0o700); err != nil {
				t.Fatal(err)
			}
			opened, err := d.Open()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { opened.Close() })
			if err := opened.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			root, err := seal.Root("", d.Config.Data.RootKey())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := seal.Open(t.Context(), opened, root, d.Now); err != nil {
				t.Fatal(err)
			}
			fn(t, d, opened)
		})
	}
}

func write(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil { // whatever the umask says
		t.Fatal(err)
	}
}

// want fails the test unless there is a finding of a check with a state, a code and
// a text.
func want(t *testing.T, findings []doctor.Finding, check doctor.Check, state doctor.State, code, text string) {
	t.Helper()
	for _, f := range findings {
		if f.Check == check && f.State == state && f.Code == code && strings.Contains(f.Text, text) {
			return
		}
	}
	t.Errorf("%s is not %s with the code %q and %q in\n%+v", check, state, code, text, findings)
}

func TestServerThatIsWellHasNoFault(t *testing.T) {
	engines(t, func(t *testing.T, d doctor.Doctor, _ *db.DB) {
		findings := d.Examine(t.Context())
		if !doctor.Healthy(findings) {
			t.Errorf("found %+v", findings)
		}
		for _, check := range []doctor.Check{
			doctor.Settings, doctor.Server, doctor.DataFolder, doctor.RootKey, doctor.Database, doctor.Schema, doctor.Mail, doctor.License, doctor.Cloud,
		} {
			want(t, findings, check, doctor.OK, "", "")
		}
	})
}

func TestFaultsOfTheMachineAreFound(t *testing.T) {
	tests := map[string]struct {
		harm  func(t *testing.T, d *doctor.Doctor, opened *db.DB)
		check doctor.Check
		state doctor.State
		code  string
		text  string
	}{
		"a root key that others can read": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			if err := os.Chmod(d.Config.Data.RootKey(), 0o640); err != nil {
				t.Fatal(err)
			}
		}, doctor.RootKey, doctor.Fault, "root-key-open", "chmod 600"},
		"a root key that is lost": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			if err := os.Remove(d.Config.Data.RootKey()); err != nil {
				t.Fatal(err)
			}
		}, doctor.RootKey, doctor.Fault, "root-key-missing", "backup"},
		"the root key of another server": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			write(t, d.Config.Data.RootKey(), strings.Repeat("ab", 32), 0o600)
		}, doctor.RootKey, doctor.Fault, "root-key-wrong", "backup"},
		"a root key that is none": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			write(t, d.Config.Data.RootKey(), "abc", 0o600)
		}, doctor.RootKey, doctor.Fault, "root-key-unreadable", "64 hexadecimal digits"},
		"an env file that all can read": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			write(t, d.Config.EnvFile, "", 0o644)
		}, doctor.Settings, doctor.Warning, "env-file-open", "chmod 600"},
		"a folder that cannot be written": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			write(t, d.Config.Data.Mail(), "a file where a folder belongs", 0o600)
		}, doctor.DataFolder, doctor.Fault, "folder-not-writable", "mail"},
		"a database of an older version": {func(t *testing.T, _ *doctor.Doctor, opened *db.DB) {
			if _, err := opened.Exec(t.Context(), `DELETE FROM migration WHERE name = (SELECT max(name) FROM migration)`); err != nil {
				t.Fatal(err)
			}
		}, doctor.Schema, doctor.Fault, "schema-old", "coffre migrate"},
		"a trust file that is none": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			write(t, d.Config.License.TrustedCertificates, "no certificate", 0o600)
		}, doctor.License, doctor.Fault, "trust-unreadable", "coffre license trust"},
		"a certificate that is none": {func(t *testing.T, d *doctor.Doctor, _ *db.DB) {
			d.Config.Server.TLSCertificate = d.Config.EnvFile
		}, doctor.Certificate, doctor.Fault, "certificate-unreadable", "coffre__tls__certificate"},
	}
	engines(t, func(t *testing.T, d doctor.Doctor, opened *db.DB) {
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				whole, err := os.ReadFile(d.Config.Data.RootKey())
				if err != nil {
					t.Fatal(err)
				}
				ill := d
				test.harm(t, &ill, opened)
				found := ill.Examine(t.Context())
				want(t, found, test.check, test.state, test.code, test.text)
				if doctor.Healthy(found) != (test.state != doctor.Fault) {
					t.Errorf("found %+v", found)
				}
				heal(t, d, opened, whole)
			})
		}
	})
}

// heal undoes what the cases of TestFaultsOfTheMachineAreFound do.
func heal(t *testing.T, d doctor.Doctor, opened *db.DB, rootKey []byte) {
	t.Helper()
	write(t, d.Config.Data.RootKey(), string(rootKey), 0o600)
	write(t, d.Config.EnvFile, "", 0o600)
	for _, file := range []string{d.Config.Data.Mail(), d.Config.License.TrustedCertificates} {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	pending, err := opened.Pending(t.Context())
	for _, name := range pending {
		_, err = opened.Exec(t.Context(), `INSERT INTO migration (name) VALUES ($1)`, name)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestDatabaseThatDoesNotAnswerIsAFaultAndBringsNoDelay(t *testing.T) {
	postgres := func(address string) []string {
		return []string{
			"globalSettings__databaseProvider=postgresql",
			"globalSettings__postgreSql__connectionString=postgres://coffre:unspeakable@" + address + "/coffre?sslmode=disable",
		}
	}
	tests := map[string]func(*testing.T) doctor.Doctor{
		"refusing": func(t *testing.T) doctor.Doctor { return patient(t, postgres(closed(t))...) },
		"hanging":  func(t *testing.T) doctor.Doctor { return patient(t, postgres(hanging(t))...) },
		"garbage": func(t *testing.T) doctor.Doctor {
			d := patient(t)
			write(t, d.Config.Database.SQLite, strings.Repeat("this is no database ", 100), 0o600)
			return d
		},
	}
	for name, ill := range tests {
		t.Run(name, func(t *testing.T) {
			took := clock.Stopwatch()
			found := ill(t).Examine(t.Context())
			want(t, found, doctor.Database, doctor.Fault, "database-unreachable", "connection string")
			if took() > 20*brief {
				t.Errorf("it took %s", took())
			}
			for _, f := range found {
				if strings.Contains(f.Text+f.Subject, "unspeakable") {
					t.Errorf("the password stands in %+v", f)
				}
			}
		})
	}
}

// What is not there yet is made by the first start and by nobody else.
func TestExaminationMakesNothing(t *testing.T) {
	d := patient(t)
	found := d.Examine(t.Context())
	want(t, found, doctor.Database, doctor.OK, "", "first start")
	want(t, found, doctor.RootKey, doctor.OK, "", "first start")
	entries, err := os.ReadDir(string(d.Config.Data))
	if err != nil || len(entries) != 1 || entries[0].Name() != "env" {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestMailIsTriedAsFarAsTheFirstLetter(t *testing.T) {
	tests := map[string]struct {
		address func(*testing.T) string
		lines   []string
		code    string
	}{
		"refusing": {closed, nil, "tcp-refused"},
		"hanging":  {hanging, nil, "mail-silent"},
		"encrypted from the first byte, and nobody speaks TLS": {hanging, []string{"globalSettings__mail__smtp__ssl=true"}, "mail-tls"},
		"cut": {cutting, nil, "mail-silent"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			host, port, _ := strings.Cut(test.address(t), ":")
			d := patient(t, append(test.lines, "globalSettings__mail__smtp__host="+host, "globalSettings__mail__smtp__port="+port)...)
			found := d.Examine(t.Context())
			want(t, found, doctor.Mail, doctor.Fault, test.code, "")
		})
	}
}

func TestUnknownSettingIsAWarningWithTheNearestName(t *testing.T) {
	d := patient(t, "coffre__cloud__uri=https://cloud.example.org")
	found := d.Examine(t.Context())
	want(t, found, doctor.Settings, doctor.Warning, "setting-unknown", "coffre__cloud__url")
	d.Language = "fr"
	want(t, d.Examine(t.Context()), doctor.Settings, doctor.Warning, "setting-unknown", "n’est pas un paramètre")
	if !doctor.Healthy(found) {
		t.Errorf("a warning counts as a fault: %+v", found)
	}
}

func TestSettingsThatCannotBeReadAreOneFaultEach(t *testing.T) {
	_, _, err := config.Read([]string{"globalSettings__selfHosted=perhaps", "globalSettings__mail__smtp__port=secret"}, "", config.Flags{Data: t.TempDir()})
	found := doctor.Unreadable(err, "en")
	if len(found) != 2 || doctor.Healthy(found) {
		t.Errorf("found %+v", found)
	}
	want(t, found, doctor.Settings, doctor.Fault, "setting-invalid", "globalSettings__selfHosted")
	want(t, found, doctor.Settings, doctor.Fault, "setting-invalid", "globalSettings__mail__smtp__port")
	want(t, doctor.Unreadable(err, "fr"), doctor.Settings, doctor.Fault, "setting-invalid", "(environnement) : la valeur attendue est true ou false.")
}

// cloudAt is a cloud that says a region and a time, and knows no installation.
func cloudAt(t *testing.T, region string, at time.Time) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", at.UTC().Format(http.TimeFormat))
		switch r.URL.Path {
		case "/api/config":
			_, _ = w.Write([]byte(`{"environment":{"cloudRegion":` + strconv.Quote(region) + `}}`))
		case "/identity/connect/token":
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"invalid_client"}`))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// Scenarios 105 and 148.
func TestCloudIsLookedAt(t *testing.T) {
	now := time.Now()
	known := []string{
		"globalSettings__enableCloudCommunication=true", "globalSettings__baseServiceUri__cloudRegion=EU",
		"globalSettings__installation__id=" + id.New().String(), "globalSettings__installation__key=unspeakable",
	}
	tests := map[string]struct {
		url   string
		lines []string
		check doctor.Check
		state doctor.State
		code  string
		text  string
	}{
		"the right region":                {cloudAt(t, "EU", now), known, doctor.Region, doctor.OK, "", "EU"},
		"another region":                  {cloudAt(t, "US", now), known, doctor.Region, doctor.Fault, "region-mismatch", "region EU, but the cloud it reaches is in the region US"},
		"what is no cloud":                {answering(t, http.StatusOK), known, doctor.Region, doctor.Fault, "cloud-unreachable", "not a cloud"},
		"a clock that is right":           {cloudAt(t, "EU", now), known, doctor.Clock, doctor.OK, "", ""},
		"a clock that is off":             {cloudAt(t, "EU", now.Add(time.Hour)), known, doctor.Clock, doctor.Warning, "clock-off", "NTP"},
		"an installation that is unknown": {cloudAt(t, "EU", now), known, doctor.Installation, doctor.Fault, "installation-refused", "globalSettings__installation__key"},
		"no installation":                 {cloudAt(t, "EU", now), known[:2], doctor.Installation, doctor.Fault, "installation-refused", "no installation id"},
		"a cloud that is ill":             {answering(t, http.StatusServiceUnavailable), known, doctor.API, doctor.Fault, "http-error", "503"},
		"a cloud behind a firewall":       {"http://" + dropping(t), known, doctor.Identity, doctor.Fault, "tcp-silent", "allow outbound TCP to host 127.0.0.1, port "},
		"nowhere":                         {"", known[:1], doctor.Cloud, doctor.Fault, "cloud-communication-off", "coffre__cloud__url"},
		"an authority that is none": {
			cloudAt(t, "EU", now), slices.Concat(known, []string{"coffre__cloud__caFile=/nowhere/ca.pem"}), doctor.Cloud, doctor.Fault, "authority-unreadable", "/nowhere/ca.pem",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			took := clock.Stopwatch()
			found := patient(t, slices.Concat(test.lines, []string{"coffre__cloud__url=" + test.url})...).Examine(t.Context())
			want(t, found, test.check, test.state, test.code, test.text)
			if took() > 20*brief {
				t.Errorf("it took %s", took())
			}
			for _, f := range found {
				if strings.Contains(f.Text+f.Subject, "unspeakable") {
					t.Errorf("the installation key stands in %+v", f)
				}
			}
		})
	}
}
