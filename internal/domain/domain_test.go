package domain_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/domain"
	"coffre/internal/notice"
	"coffre/internal/orgtest"
	"coffre/internal/web"
)

// Scenario 149: what is said comes back, is told to other clients, and what is left
// out is not in force.
func TestDomainsComeBackAsSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d)
		s := newService(w, d)
		r := w.Router(func(r *web.Router) { domain.Mount(r, s) })
		ann, bob := w.Person(t, "ann@example.org"), w.Person(t, "bob@example.org")
		before, _ := w.Accounts.Get(t.Context(), ann)
		w.Time = w.Time.Add(time.Minute)
		body := `{"equivalentDomains":[["A.example","b.example"],[" c.example ",""],["d.example","e.example"],[]],"excludedGlobalEquivalentDomains":[10,0,9999,10]}`
		if rec := orgtest.Call(r, ann, "PUT /api/settings/domains", body); rec.Code != 200 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		var got struct {
			EquivalentDomains       [][]string
			GlobalEquivalentDomains []struct {
				Type     int
				Domains  []string
				Excluded bool
			}
			Object string
		}
		rec := orgtest.Call(r, ann, "GET /api/settings/domains", "")
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got.EquivalentDomains) != "[[a.example b.example] [c.example] [d.example e.example]]" || got.Object != "domains" {
			t.Errorf("got %s", rec.Body)
		}
		for _, g := range got.GlobalEquivalentDomains {
			if g.Excluded != (g.Type == 0 || g.Type == 10) || len(g.Domains) < 2 {
				t.Errorf("got %+v", g)
			}
		}
		after, _ := w.Accounts.Get(t.Context(), ann)
		if !after.VaultRevisedAt.After(before.VaultRevisedAt) || len(w.Said) != 1 || w.Said[0].Kind != notice.SettingsChanged {
			t.Errorf("told: %+v", w.Said)
		}
		inForce, err := s.InForce(t.Context(), ann)
		if err != nil || len(inForce.Globals) != len(got.GlobalEquivalentDomains)-2 ||
			slices.ContainsFunc(inForce.Globals, func(g domain.Global) bool { return g.Excluded || g.Type == 10 }) {
			t.Errorf("in force: %+v, %v", inForce, err)
		}
		if other, err := s.Get(t.Context(), bob); err != nil || len(other.Own) != 0 {
			t.Errorf("somebody else: %+v, %v", other, err)
		}
		if rec := orgtest.Call(r, ann, "POST /api/settings/domains", `{"equivalentDomains":null,"excludedGlobalEquivalentDomains":null}`); rec.Code != 200 {
			t.Errorf("nothing: got %d %s", rec.Code, rec.Body)
		}
		if again, err := s.InForce(t.Context(), ann); err != nil || len(again.Own) != 0 || len(again.Globals) != len(got.GlobalEquivalentDomains) {
			t.Errorf("afterwards: %+v, %v", again, err)
		}
	})
}

func newService(w *orgtest.World, d *db.DB) *domain.Service {
	return &domain.Service{
		Store: domain.NewStore(d), Accounts: w.Accounts, Now: w.Now,
		Announce: func(_ context.Context, n notice.Notice) { w.Said = append(w.Said, n) },
	}
}

func TestWhatIsNoDomainIsRefused(t *testing.T) {
	d := dbtest.SQLite(t)
	w := orgtest.New(t, d)
	s := newService(w, d)
	ann := w.Person(t, "ann@example.org")
	many := make([][]string, 501)
	for name, own := range map[string][][]string{
		"a long name": {{strings.Repeat("a", 256)}}, "a space": {{"a b"}}, "many groups": many, "many names": {slices.Repeat([]string{"a.example"}, 101)},
	} {
		if _, err := s.Set(t.Context(), ann, own, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
