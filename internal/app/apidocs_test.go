package app_test

import (
	"log/slog"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"coffre/api"
	"coffre/internal/app"
	"coffre/internal/clock"
	"coffre/internal/config"
)

func TestAPIDescriptionIsReadableInBothLanguages(t *testing.T) {
	server := newSelfHosted(t)
	for language, words := range map[string][]string{
		"en": {`<html lang="en">`, "Who may call", "A person who has signed in", "Cloud, Self-hosted"},
		"fr": {`<html lang="fr">`, "Qui peut appeler", "Une personne connectée", "Nuage, Auto-hébergé"},
	} {
		page := get(t, server, "/docs/api", language)
		for _, word := range append(words, `<b>GET</b> /api/accounts/profile`, `<code>masterPasswordHash</code>`) {
			if !strings.Contains(page, word) {
				t.Errorf("%s: the page lacks %q", language, word)
			}
		}
	}
}

func TestAPIDescriptionLinksLeadSomewhere(t *testing.T) {
	page := get(t, newSelfHosted(t), "/docs/api", "en")
	links := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) == 0 {
		t.Error("no links")
	}
	for _, link := range links {
		id := strings.ReplaceAll(link[1], "%2f", "/")
		if n := strings.Count(page, `id="`+id+`"`); n != 1 {
			t.Errorf("%d elements have the id %q that a link leads to", n, id)
		}
	}
}

func TestAPIDescriptionNeedsNeitherScriptNorInlineStyle(t *testing.T) {
	page := get(t, newSelfHosted(t), "/docs/api", "en")
	for _, refused := range []string{"<script", "<style", "style=", " onclick"} {
		if strings.Contains(page, refused) {
			t.Errorf("the page has %q, which its security policy refuses", refused)
		}
	}
}

func TestAPIDocumentIsServedAsCommitted(t *testing.T) {
	if got := get(t, newSelfHosted(t), "/docs/api/openapi.json", ""); got != string(api.Document) {
		t.Errorf("%d bytes, want the %d of api/openapi.json", len(got), len(api.Document))
	}
}

func newSelfHosted(t *testing.T) *app.App {
	t.Helper()
	cfg, _, err := config.Read(nil, "", config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	server, err := app.New(t.Context(), cfg, app.Options{Log: slog.New(slog.DiscardHandler), Clock: &clock.Clock{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	return server
}

func get(t *testing.T, server *app.App, target, language string) string {
	t.Helper()
	request := httptest.NewRequest("GET", target, nil)
	request.Header.Set("Accept-Language", language)
	answer := httptest.NewRecorder()
	server.Handler().ServeHTTP(answer, request)
	if answer.Code != 200 {
		t.Fatalf("GET %s: status %d", target, answer.Code)
	}
	return answer.Body.String()
}
