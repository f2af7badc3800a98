package org_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Scenarios 80 and 81.
func TestOnlyOwnerMayNotLeaveOthersBehind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		other := w.member(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.Admin, Key: wrapped})
		leave := func(who id.ID) error {
			t.Helper()
			return w.Store.Tx(t.Context(), func(ctx context.Context) error { return w.Leaving(ctx, who) })
		}
		if err := leave(alice); !errors.Is(err, fault.New(fault.Invalid, "org.onlyOwner")) {
			t.Errorf("the only owner: %v", err)
		}
		if err := leave(bob); err != nil {
			t.Errorf("an admin: %v", err)
		}
		exec := func(query string, args ...any) {
			t.Helper()
			if _, err := d.Exec(t.Context(), query, args...); err != nil {
				t.Fatal(err)
			}
		}
		exec(`UPDATE member SET type = $2 WHERE id = $1`, other.ID, org.Owner)
		if err := leave(alice); err != nil {
			t.Errorf("one of two owners: %v", err)
		}
		exec(`UPDATE member SET status = $2 WHERE id = $1`, other.ID, org.Accepted)
		if err := leave(alice); err == nil {
			t.Error("somebody who is not confirmed counts as an owner")
		}
		if _, err := w.Get(t.Context(), o.ID); err != nil {
			t.Errorf("the organization: %v", err)
		}
	})
}

// Scenario 80.
func TestOrganizationOfNobodyElseGoesAlongUnlessItIsPaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		o := w.organization(t, alice, plan.FamiliesAnnually)
		leave := func() error {
			return w.Store.Tx(t.Context(), func(ctx context.Context) error { return w.Leaving(ctx, alice) })
		}
		w.Paid = func(context.Context, id.ID) (bool, error) { return true, nil }
		if err := leave(); !errors.Is(err, fault.New(fault.Invalid, "org.onlyOwner")) {
			t.Errorf("paid: %v", err)
		}
		outage := errors.New("outage")
		w.Paid = func(context.Context, id.ID) (bool, error) { return false, outage }
		if err := leave(); !errors.Is(err, outage) {
			t.Errorf("unknown: %v", err)
		}
		w.Paid = func(_ context.Context, orgID id.ID) (bool, error) { return orgID != o.ID, nil }
		if err := leave(); err != nil {
			t.Errorf("not paid: %v", err)
		}
		if _, err := w.Get(t.Context(), o.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("the organization is still there: %v", err)
		}
	})
}

func TestMembersHoldKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice, bob := w.person(t, "alice@example.org"), w.person(t, "bob@example.org")
		o := w.organization(t, alice, plan.EnterpriseAnnually)
		w.member(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Accepted, Type: org.User})
		for who, want := range map[id.ID]bool{alice: true, bob: false, id.New(): false} {
			if holds, err := w.HoldsKeys(t.Context(), who); holds != want || err != nil {
				t.Errorf("got %v, %v, want %v", holds, err, want)
			}
		}
	})
}

// locking notes what is locked.
type locking struct {
	org.Store
	names *[]string
}

func (l locking) Lock(ctx context.Context, name string) error {
	*l.names = append(*l.names, name)
	return l.Store.Lock(ctx, name)
}

// Renewals lock many organizations too, and have only their ids to go by.
func TestWhoLeavesLocksOrganizationsByTheirIDs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.person(t, "alice@example.org")
		for range 12 {
			w.organization(t, alice, plan.FamiliesAnnually)
		}
		if _, err := d.Exec(t.Context(), `UPDATE organization SET name = substr(id, 25)`); err != nil {
			t.Fatal(err)
		}
		var names []string
		w.Service.Store = locking{w.store, &names}
		if err := w.store.Tx(t.Context(), func(ctx context.Context) error { return w.Leaving(ctx, alice) }); err != nil {
			t.Fatal(err)
		}
		if len(names) != 12 || !slices.IsSorted(names) {
			t.Errorf("got %v", names)
		}
	})
}
