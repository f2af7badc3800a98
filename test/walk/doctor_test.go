package walk_test

import (
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"coffre/internal/id"
	"coffre/test/harness"
)

// finding is what coffre doctor --json prints of a check.
type finding struct{ Check, Subject, State, Code, Text, Host, Port string }

// examine runs coffre doctor, which must end as its findings say, and never shows a
// secret of the server.
func (w *walk) examine(t *testing.T, s *harness.Server, language string) []finding {
	t.Helper()
	got := s.Command(t, "doctor", "--json", "--language", language)
	var found []finding
	if err := json.Unmarshal([]byte(got.Out), &found); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	faults := slices.ContainsFunc(found, func(f finding) bool { return f.State == "fault" })
	if faults != (got.Code == 1) || got.Code > 1 || got.Err != "" {
		t.Errorf("%s: exit code %d", got, got.Code)
	}
	for _, secret := range []string{w.key, w.installation.Key} {
		if secret != "" && strings.Contains(got.Out, secret) {
			t.Errorf("%s: it shows %s", got, secret)
		}
	}
	return found
}

// checks returns the names of the findings with a state.
func checks(found []finding, state string) (names []string) {
	for _, f := range found {
		if f.State == state {
			names = append(names, f.Check)
		}
	}
	return names
}

// finds fails the test unless there is a finding with a check, a state and a code
// whose text contains each word.
func finds(t *testing.T, found []finding, check, state, code string, words ...string) {
	t.Helper()
	i := slices.IndexFunc(found, func(f finding) bool { return f.Check == check && f.State == state && f.Code == code })
	if i < 0 {
		t.Errorf("no %s is %s with %q in %+v", check, state, code, found)
		return
	}
	for _, word := range words {
		if !strings.Contains(found[i].Text, word) {
			t.Errorf("%q is missing in %+v", word, found[i])
		}
	}
}

// Scenario 148.
func TestDoctorLooksAPairOver(t *testing.T) {
	for _, engine := range []harness.Engine{harness.SQLite, harness.PostgreSQL} {
		t.Run(string(engine), func(t *testing.T) {
			t.Parallel()
			w := connected(t, engine)
			t.Run("all is well on both, also while they are stopped", w.allIsWell)
			t.Run("each mistake has its code", w.mistakes)
			t.Run("a token that was replaced, then revoked", w.deadToken)
			t.Run("a license that comes to its end", w.endingLicense)
		})
	}
}

// connected is a pair whose company has connected its organization as the page says.
func connected(t *testing.T, engine harness.Engine) *walk {
	t.Helper()
	w := prepare(t, engine)
	w.SelfHosted.Set(t, map[string]string{harness.Communication: "true", harness.CloudURL: w.Cloud.URL, harness.Region: "EU"})
	w.SelfHosted.Restart(t)
	made, err := w.ada.BillingSyncKey(t.Context(), w.acme, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	w.key = made.APIKey
	if err := w.save(t, w.key); err != nil {
		t.Fatal(err)
	}
	return w
}

var (
	ofAny        = []string{"settings", "server", "data-folder", "disk", "root-key", "mail", "database", "schema"}
	ofSelfHosted = append(slices.Clone(ofAny), "license", "cloud-communication", "cloud-api", "cloud-identity", "push-relay",
		"region", "clock", "installation", "billing-sync-token", "plan")
)

func (w *walk) allIsWell(t *testing.T) {
	mails := len(w.Mail.All())
	address, err := url.Parse(w.Cloud.URL)
	if err != nil {
		t.Fatal(err)
	}
	found := w.examine(t, w.SelfHosted, "en")
	if got := checks(found, "ok"); !slices.Equal(got, ofSelfHosted) {
		t.Errorf("of the self-hosted server %v is well, want %v: %+v", got, ofSelfHosted, found)
	}
	finds(t, found, "billing-sync-token", "ok", "", "never")
	finds(t, found, "server", "ok", "", "runs")
	for _, f := range found {
		if (f.Check == "cloud-api" || f.Check == "cloud-identity" || f.Check == "push-relay") && net.JoinHostPort(f.Host, f.Port) != address.Host {
			t.Errorf("%+v does not name %s", f, address.Host)
		}
	}
	w.Sync(t, w.acmeHome).Want(t, 0)
	finds(t, w.examine(t, w.SelfHosted, "fr"), "billing-sync-token", "ok", "", "dernière synchronisation : 20")
	w.SelfHosted.Stop(t)
	if got := checks(w.examine(t, w.SelfHosted, "en"), "ok"); !slices.Equal(got, ofSelfHosted) {
		t.Errorf("while it is stopped %v is well, want %v", got, ofSelfHosted)
	}
	w.SelfHosted.Start(t)
	if got := checks(w.examine(t, w.Cloud, "en"), "ok"); !slices.Equal(got, ofAny) {
		t.Errorf("of the cloud %v is well, want %v", got, ofAny)
	}
	if len(w.Mail.All()) != mails {
		t.Error("the doctor sent a mail")
	}
}

func (w *walk) mistakes(t *testing.T) {
	nobody := harness.FreeAddress(t)
	host, port, _ := strings.Cut(nobody, ":")
	for name, mistake := range map[string]struct {
		set                map[string]string
		check, state, code string
		words              []string
	}{
		"a misspelt name": {
			map[string]string{"globalSettings__enableCloudComunication": "true"}, "settings", "warning", "setting-unknown", []string{harness.Communication},
		},
		"another region":              {map[string]string{harness.Region: "US"}, "region", "fault", "region-mismatch", []string{"US", "EU"}},
		"a blocked identity host":     {map[string]string{harness.IdentityURI: "http://" + nobody}, "cloud-identity", "fault", "tcp-refused", []string{host, port}},
		"a blocked api host":          {map[string]string{harness.APIURI: "http://" + nobody}, "cloud-api", "fault", "tcp-refused", []string{host, port}},
		"the key of another":          {map[string]string{harness.InstallationKey: "Unspeakable000000000"}, "installation", "fault", "installation-refused", nil},
		"the id of another":           {map[string]string{harness.InstallationID: id.New().String()}, "license", "fault", "license-installation-mismatch", nil},
		"communication off":           {map[string]string{harness.Communication: "false"}, "cloud-communication", "ok", "", []string{harness.Communication}},
		"no cloud":                    {map[string]string{harness.CloudURL: "", harness.Region: ""}, "cloud-communication", "fault", "cloud-communication-off", nil},
		"a mail server that is gone":  {map[string]string{smtpHost: host, smtpPort: port}, "mail", "fault", "tcp-refused", []string{host, port}},
		"https where http is spoken":  {map[string]string{harness.CloudURL: strings.Replace(w.Cloud.URL, "http:", "https:", 1)}, "cloud-api", "fault", "tls-not-spoken", nil},
		"an API address without /api": {map[string]string{harness.APIURI: w.Cloud.URL}, "region", "fault", "cloud-unreachable", []string{harness.APIURI}},
		"an identity address without its path": {
			map[string]string{harness.IdentityURI: w.Cloud.URL}, "installation", "fault", "cloud-unreachable", []string{harness.IdentityURI},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := map[string]string{}
			for setting := range mistake.set {
				before[setting] = w.SelfHosted.Setting(setting)
			}
			w.SelfHosted.Set(t, mistake.set)
			finds(t, w.examine(t, w.SelfHosted, "en"), mistake.check, mistake.state, mistake.code, mistake.words...)
			finds(t, w.examine(t, w.SelfHosted, "fr"), mistake.check, mistake.state, mistake.code, mistake.words...)
			w.SelfHosted.Set(t, before)
		})
	}
	t.Run("nobody is trusted", func(t *testing.T) {
		file := filepath.Join(w.SelfHosted.Data, "licensing", "trusted.pem")
		if err := os.Rename(file, file+".away"); err != nil {
			t.Fatal(err)
		}
		finds(t, w.examine(t, w.SelfHosted, "en"), "license", "fault", "license-signer-unknown", "coffre license trust")
		if err := os.Rename(file+".away", file); err != nil {
			t.Fatal(err)
		}
	})
}

const (
	smtpHost = "globalSettings__mail__smtp__host"
	smtpPort = "globalSettings__mail__smtp__port"
)

func (w *walk) deadToken(t *testing.T) {
	rotated, err := w.ada.RotateBillingSyncKey(t.Context(), w.acme, harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	finds(t, w.examine(t, w.SelfHosted, "en"), "billing-sync-token", "fault", "key-unknown", "Copy the present one")
	w.key = rotated.APIKey
	if err := w.save(t, w.key); err != nil {
		t.Fatal(err)
	}
	proof, err := w.ada.Hash(harness.Password)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ada.Do(t.Context(), http.MethodPost, "/api/organizations/"+w.acme.String()+"/billing-sync/revoke",
		map[string]string{"masterPasswordHash": proof}, nil); err != nil {
		t.Fatal(err)
	}
	finds(t, w.examine(t, w.SelfHosted, "en"), "billing-sync-token", "fault", "key-revoked", "Generate a new one")
}

// endingLicense moves the clock of the server, which the doctor goes by.
func (w *walk) endingLicense(t *testing.T) {
	w.SelfHosted.Advance(t, 370*day)
	finds(t, w.examine(t, w.SelfHosted, "en"), "license", "warning", "license-in-grace", "Renew the subscription")
	w.SelfHosted.Advance(t, 100*day)
	finds(t, w.examine(t, w.SelfHosted, "en"), "license", "fault", "license-expired", "Download a new one")
}
