package org_test

import (
	"bytes"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

var noon = orgtest.Noon

const (
	wrapped   = orgtest.Wrapped
	encrypted = orgtest.Encrypted
	publicKey = orgtest.PublicKey
)

// world is a service on a database, with people in it.
type world struct {
	*org.Service
	*orgtest.World
	store org.Store
}

func newWorld(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := orgtest.New(t, d)
	return &world{w.Orgs, w, w.Orgs.Store}
}

func (w *world) person(t *testing.T, email string) id.ID { return w.Person(t, email) }

func (w *world) organization(t *testing.T, owner id.ID, planType plan.Type) org.Organization {
	return w.Organization(t, owner, planType)
}

func (w *world) member(t *testing.T, m org.Member) org.Member { return w.Join(t, m) }

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
