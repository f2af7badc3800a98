package org_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const (
	wrapped   = "4.AAAA"
	encrypted = "2.AAAA|AAAA|AAAA"
	publicKey = "AAAA"
)

// world is a service on a database, with people in it.
type world struct {
	*org.Service
	store      org.Store
	db         *db.DB
	touched    []id.ID
	subscribed []org.Purchase
	given      map[id.ID]org.FamilySponsorship
	sponsored  int
	said       []notice.Notice
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	now := func() time.Time { return noon }
	keys, err := seal.Open(t.Context(), d, bytes.Repeat([]byte{7}, seal.KeySize), now)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: org.NewStore(d), db: d}
	w.Service = &org.Service{
		Store: w.store, Keys: keys, Now: now,
		Announce: func(_ context.Context, n notice.Notice) { w.said = append(w.said, n) },
		Touch: func(_ context.Context, ids ...id.ID) error {
			w.touched = append(w.touched, ids...)
			return nil
		},
		Sponsorships:   func(context.Context, id.ID) (map[id.ID]org.FamilySponsorship, error) { return w.given, nil },
		SeatsSponsored: func(context.Context, id.ID) (int, error) { return w.sponsored, nil },
		Subscribe: func(_ context.Context, _ org.Organization, p org.Purchase) error {
			w.subscribed = append(w.subscribed, p)
			return nil
		},
	}
	return w
}

// person adds somebody with an account.
func (w *world) person(t *testing.T, email string) id.ID {
	t.Helper()
	a := account.Account{
		ID: id.New(), Email: email, Name: "Ann", Culture: "en-US", Salt: email, Key: encrypted,
		SecurityStamp: "stamp", CreatedAt: noon, RevisedAt: noon, VaultRevisedAt: noon,
	}
	if err := account.NewStore(w.db).Insert(t.Context(), a, "sealed"); err != nil {
		t.Fatal(err)
	}
	return a.ID
}

// organization makes one on a plan, owned by somebody.
func (w *world) organization(t *testing.T, owner id.ID, planType plan.Type) org.Organization {
	t.Helper()
	p := org.Purchase{PlanType: planType}
	if bought, _ := plan.Of(planType); bought.SeatPrice > 0 {
		p.AdditionalSeats = 5
	}
	n := org.New{Name: "Acme", BillingEmail: "bills@example.org", Key: wrapped, CollectionName: encrypted}
	o, err := w.Buy(t.Context(), owner, n, p)
	if err != nil {
		t.Fatal(err)
	}
	w.touched = nil
	return o
}

// member adds somebody to an organization.
func (w *world) member(t *testing.T, m org.Member) org.Member {
	t.Helper()
	m.ID, m.CreatedAt, m.RevisedAt = id.New(), noon, noon
	if err := w.store.InsertMember(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (w *world) disable(t *testing.T, o org.Organization) {
	t.Helper()
	terms := o.Terms()
	terms.Enabled = false
	if err := w.Apply(t.Context(), o.ID, terms); err != nil {
		t.Fatal(err)
	}
}

func same(a, b []id.ID) bool {
	order := func(x, y id.ID) int { return bytes.Compare(x[:], y[:]) }
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}
