package app_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
)

func TestFolderOfTheSettingsIsTheWebVault(t *testing.T) {
	vault := t.TempDir()
	if err := os.WriteFile(filepath.Join(vault, "index.html"), []byte("another vault"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := newServer(t, "coffre__webVault__directory="+vault)
	for target, want := range map[string]string{
		"GET /": "another vault", "GET /vault": "another vault", "GET /index.html": "another vault",
		"GET /api/nowhere": `"object":"error"`, "GET /identity/accounts": `"object":"error"`, "GET /notifications/x": `"object":"error"`,
		"GET /icons/x": `"object":"error"`, "GET /events/x": `"object":"error"`, "GET /scim/v2/x": `"object":"error"`, "GET /push/x": `"object":"error"`,
		"GET /admin/x": `"object":"error"`, "GET /demo/mail": `"object":"error"`, "GET /api": `"object":"error"`, "POST /": `"object":"error"`,
	} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s, want %s", target, w.Code, w.Body, want)
		}
	}
	w := httptest.NewRecorder()
	server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodHead, "/", nil))
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("HEAD /: %d %v", w.Code, w.Header())
	}
}

func TestServerDoesNotStartWithoutTheWebVaultOfItsSettings(t *testing.T) {
	cfg := settings(t, "coffre__webVault__directory="+t.TempDir())
	if _, err := app.New(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}}); err == nil {
		t.Error("an empty folder is taken for a web vault")
	}
}

func newServer(t *testing.T, lines ...string) *app.App {
	t.Helper()
	server, err := app.New(t.Context(), settings(t, lines...), app.Options{Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func settings(t *testing.T, lines ...string) config.Config {
	t.Helper()
	cfg, _, err := config.Read(lines, "", config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestOnlyTheDemoTellsOfItsPeople(t *testing.T) {
	people := []app.DemoPerson{{Name: "Ada", Email: "ada@acme.example", Password: "secret"}}
	for name, test := range map[string]struct{ demo, want bool }{"a server": {false, false}, "the demo": {true, true}} {
		t.Run(name, func(t *testing.T) {
			cfg := settings(t)
			cfg.Demo = test.demo
			server, err := app.New(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}, People: people})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Close()
			w := httptest.NewRecorder()
			server.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/config", nil))
			for _, text := range []string{`"password":"secret"`, `"testClock":0`} {
				if got := strings.Contains(w.Body.String(), text); got != test.want {
					t.Errorf("contains %s: %v, want %v: %s", text, got, test.want, w.Body)
				}
			}
		})
	}
}
