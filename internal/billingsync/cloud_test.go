package billingsync_test

import (
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/config"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
)

const tokenCall = "POST /identity/connect/token"

func TestTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	for _, at := range []time.Duration{0, time.Hour, 23 * time.Hour} {
		h.now = noon.Add(at)
		if _, err := h.Cloud.Token(t.Context(), billingsync.ScopeSync); err != nil {
			t.Fatal(err)
		}
	}
	if n := h.cloud.called(tokenCall); n != 1 {
		t.Errorf("asked for %d tokens within a day, want one", n)
	}
	h.now = noon.Add(24*time.Hour - time.Minute)
	if _, err := h.Cloud.Token(t.Context(), billingsync.ScopeSync); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Cloud.Token(t.Context(), billingsync.ScopeLicense); err != nil {
		t.Fatal(err)
	}
	if n := h.cloud.called(tokenCall); n != 3 {
		t.Errorf("asked for %d tokens, want another near the end and one for the other scope", n)
	}
}

// Official servers stay silent for a day after a refusal; this one asks again.
func TestRefusedInstallationMayAskAgainAtOnce(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	settings := h.Cloud.Settings
	settings.InstallationKey = "wrong"
	c := newClient(t, h, settings)
	for range 2 {
		_, err := c.Token(t.Context(), billingsync.ScopeSync)
		wantCode(t, err, billingsync.CodeInstallation)
		if text := fault.Text(err, "en"); !strings.Contains(text, h.cloud.web.Listener.Addr().String()) {
			t.Errorf("%q does not name the address", text)
		}
	}
	if n := h.cloud.called(tokenCall); n != 2 {
		t.Errorf("asked %d times, want two", n)
	}
}

// Scenarios 79, 104 and 105.
func TestEachFailureOnTheWayHasItsCode(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	h.cloud.region = "US"
	closed := httptest.NewServer(nil)
	closed.Close()
	plain := httptest.NewServer(http.RedirectHandler("https://cloud.example.org/", http.StatusMovedPermanently))
	defer plain.Close()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>")) }))
	defer page.Close()
	private := httptest.NewUnstartedServer(nil)
	private.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	private.StartTLS()
	defer private.Close()
	at := func(url string) func(*config.Cloud) {
		return func(s *config.Cloud) { s.URL = config.Address(url) }
	}
	host := func(s *httptest.Server) string { return s.Listener.Addr().String() }
	tests := map[string]struct {
		edit  func(*config.Cloud)
		code  string
		words []string
	}{
		"switched off":        {func(s *config.Cloud) { s.Communication = false }, billingsync.CodeOff, []string{"enableCloudCommunication"}},
		"no address":          {at(""), billingsync.CodeOff, []string{"coffre__cloud__url"}},
		"no installation":     {func(s *config.Cloud) { s.InstallationID = id.ID{} }, billingsync.CodeInstallation, []string{"installation__id"}},
		"nothing listens":     {at(closed.URL), billingsync.CodeUnreachable, []string{host(closed)}},
		"unknown name":        {at("http://cloud.invalid"), billingsync.CodeUnreachable, []string{"cloud.invalid:80"}},
		"redirect":            {at(plain.URL), billingsync.CodeUnreachable, []string{host(plain), "https://cloud.example.org/"}},
		"no cloud at all":     {at(page.URL), billingsync.CodeUnreachable, []string{host(page)}},
		"private authority":   {at(private.URL), billingsync.CodeUnreachable, []string{host(private), "coffre__cloud__caFile"}},
		"not HTTPS":           {at("https://" + host(page)), billingsync.CodeUnreachable, []string{host(page), "HTTPS"}},
		"key of elsewhere":    {func(s *config.Cloud) { s.InstallationKey, s.Region = "wrong", "us" }, billingsync.CodeInstallation, nil},
		"region of elsewhere": {func(s *config.Cloud) { s.InstallationKey, s.Region = "wrong", "EU" }, billingsync.CodeRegion, []string{"region EU", "region US"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			settings := h.Cloud.Settings
			test.edit(&settings)
			c := newClient(t, h, settings)
			err := c.Call(t.Context(), billingsync.ScopeSync, "POST", "billing-sync/hello", struct{}{}, nil)
			wantCode(t, err, test.code)
			for _, word := range test.words {
				for _, language := range []string{"en", "fr"} {
					if text := fault.Text(err, language); !strings.Contains(strings.ReplaceAll(text, "région", "region"), word) {
						t.Errorf("%s: %q lacks %q", language, text, word)
					}
				}
			}
		})
	}
}

func TestCloudThatFailsIsToldFromOneThatRefuses(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	if _, err := h.Cloud.Token(t.Context(), billingsync.ScopeSync); err != nil {
		t.Fatal(err)
	}
	for status, code := range map[int]string{
		503: billingsync.CodeUnreachable, 502: billingsync.CodeUnreachable, 429: billingsync.CodeBusy, 200: billingsync.CodeUnreachable,
	} {
		h.cloud.set(false, status)
		var answer struct{}
		wantCode(t, h.Cloud.Call(t.Context(), billingsync.ScopeSync, "POST", "billing-sync/hello", struct{}{}, &answer), code)
	}
}

func TestDeadTokenIsReplacedOnce(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	key := h.cloud.key(t)
	if _, err := h.Cloud.Token(t.Context(), billingsync.ScopeSync); err != nil {
		t.Fatal(err)
	}
	h.cloud.set(false, 401)
	wantCode(t, h.Cloud.Call(t.Context(), billingsync.ScopeSync, "POST", "x", struct{}{}, nil), billingsync.CodeUnreachable)
	h.cloud.set(false, 0)
	session := billingsync.Session{Cloud: h.Cloud, CloudOrganizationID: h.cloud.company.ID, Key: key}
	in := map[string]string{"organizationId": h.cloud.company.ID.String(), "billingSyncKey": key}
	if err := session.Post(t.Context(), "/billing-sync/hello", in, nil); err != nil {
		t.Errorf("after the cloud recovered: %v", err)
	}
}

func TestPrivateAuthorityIsTrustedByItsFile(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	secure := httptest.NewTLSServer(h.cloud.web.Config.Handler)
	defer secure.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := h.Cloud.Settings
	settings.URL, settings.CAFile = config.Address(secure.URL+"/"), file
	if _, err := newClient(t, h, settings).Token(t.Context(), billingsync.ScopeSync); err != nil {
		t.Error(err)
	}
	for name, file := range map[string]string{"absent": file + ".not", "no certificate": os.DevNull} {
		settings.CAFile = file
		if _, err := billingsync.NewCloud(settings, h.clock); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A server that accepts and says nothing must not hold a person for long.
func TestSilentCloudIsLeftAfterAWhile(t *testing.T) {
	h := newHome(t, dbtest.SQLite(t))
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	settings := h.Cloud.Settings
	settings.URL = config.Address("http://" + silent.Addr().String())
	c := newClient(t, h, settings)
	c.HTTP.Timeout = 50 * time.Millisecond
	_, err = c.Token(t.Context(), billingsync.ScopeSync)
	wantCode(t, err, billingsync.CodeUnreachable)
	if text := fault.Text(err, "en"); !strings.Contains(text, "does not answer at "+silent.Addr().String()) {
		t.Errorf("%q", text)
	}
}
