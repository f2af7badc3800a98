package billing_test

import (
	"net/url"
	"strings"
	"testing"

	"coffre/internal/billing"
	"coffre/internal/dbtest"
)

func TestLinkOpensItsInvoiceForHalfAYear(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	o := w.buy(t, enterprise)
	links := &billing.Links{Keys: w.orgs.Keys, VaultURL: "https://vault.example", Provider: w.Provider, Now: w.Service.Now}
	link, err := url.Parse(links.To(w.invoices(t, o)[0]))
	if err != nil || !strings.HasPrefix(link.String(), "https://vault.example/invoice?token=") {
		t.Fatalf("got %s, %v", link, err)
	}
	token := link.Query().Get("token")
	w.now = noon.AddDate(0, 0, 180)
	if v, err := links.Open(t.Context(), token); err != nil || v.Number != "2026-00001" || len(v.Lines) != 1 {
		t.Errorf("got %+v, %v", v, err)
	}
	w.now = w.now.Add(1)
	for name, token := range map[string]string{"too old": token, "broken": token[:len(token)-4], "none": ""} {
		if _, err := links.Open(t.Context(), token); keyOf(err) != "billing.linkOver" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWordsOfAnInvoiceAreTranslated(t *testing.T) {
	for name, want := range map[string]string{
		"Families": "Familles", "Enterprise (Annually), seats": "Entreprise (annuel), licences", "Teams (Monthly), seats, unused": "Équipes (mensuel), licences, non utilisé",
		"Premium, storage in GB": "Premium, stockage en Go", "Families, sponsored": "Familles, parrainé", "Credit": "Avoir",
	} {
		if got := billing.Words(name, "fr"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		if got := billing.Words(name, "en"); got != name {
			t.Errorf("%s in English: got %q", name, got)
		}
	}
}
