package collection_test

import (
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// world is the rooms on a database.
type world struct{ *orgtest.World }

func newWorld(t testing.TB, d *db.DB) *world { return &world{orgtest.New(t, d)} }

// second adds a collection that one member has with an access.
func (w *world) second(t *testing.T, o org.Organization, m org.Member, a collection.Access) collection.Collection {
	t.Helper()
	c := collection.Collection{ID: id.New(), OrganizationID: o.ID, Name: orgtest.Encrypted, ExternalID: "hr", CreatedAt: orgtest.Noon.Add(1000), RevisedAt: orgtest.Noon}
	if err := w.Collections.Store.Insert(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := w.Collections.Store.PutGrants(t.Context(), collection.ByMember, []collection.Grant{{CollectionID: c.ID, HolderID: m.ID, Access: a}}); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhoSeesWhichCollections(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		alice := w.Person(t, "alice@example.org")
		o := w.Organization(t, alice, plan.EnterpriseAnnually)
		manages, reads := collection.Access{Manage: true}, collection.Access{ReadOnly: true, HidePasswords: true}
		tests := map[string]struct {
			member               org.Member
			access               collection.Access
			named, shown, synced int
		}{
			"user who reads one":    {org.Member{Type: org.User}, reads, 0, 0, 1},
			"user who manages one":  {org.Member{Type: org.User}, manages, 1, 1, 1},
			"custom, import":        {org.Member{Type: org.Custom, Permissions: org.Permissions{AccessImportExport: true}}, reads, -1, 0, 1},
			"custom, members":       {org.Member{Type: org.Custom, Permissions: org.Permissions{ManageUsers: true}}, reads, 0, -1, 1},
			"custom, all of both":   {org.Member{Type: org.Custom, Permissions: org.Permissions{EditAnyCollection: true}}, reads, -1, -1, 1},
			"admin has one himself": {org.Member{Type: org.Admin}, reads, -1, -1, 1},
		}
		all := 1
		for name, test := range tests {
			m := test.member
			m.OrganizationID, m.AccountID, m.Status = o.ID, w.Person(t, id.New().String()+"@example.org"), org.Confirmed
			m = w.Join(t, m)
			w.second(t, o, m, test.access)
			all++
			number := func(n int) int {
				if n < 0 {
					return all
				}
				return n
			}
			named, err := w.Collections.List(t.Context(), m.AccountID, o.ID)
			if err != nil || len(named) != number(test.named) {
				t.Errorf("%s: names %d, %v, want %d", name, len(named), err, number(test.named))
			}
			shown, err := w.Collections.ListShares(t.Context(), m.AccountID, o.ID)
			if err != nil || len(shown) != number(test.shown) {
				t.Errorf("%s: shares %d, %v, want %d", name, len(shown), err, number(test.shown))
			}
			synced, err := w.Collections.AssignmentsOf(t.Context(), m.AccountID)
			if err != nil || len(synced) != test.synced || synced[0].Access != test.access || synced[0].Collection.ExternalID != "hr" {
				t.Errorf("%s: sync %+v, %v", name, synced, err)
			}
		}
		if _, err := w.Collections.List(t.Context(), w.Person(t, "zoe@example.org"), o.ID); err != fault.Gone {
			t.Errorf("outsider: got %v, want Gone", err)
		}
	})
}

func TestSharesTellWhoHasACollection(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	alice, bob := w.Person(t, "alice@example.org"), w.Person(t, "bob@example.org")
	o := w.Organization(t, alice, plan.EnterpriseAnnually)
	m := w.Join(t, org.Member{OrganizationID: o.ID, AccountID: bob, Status: org.Confirmed, Type: org.User})
	c := w.second(t, o, m, collection.Access{ReadOnly: true})
	shares, err := w.Collections.ListShares(t.Context(), alice, o.ID)
	if err != nil || len(shares) != 2 {
		t.Fatalf("got %+v, %v", shares, err)
	}
	own, other := shares[0], shares[1]
	if own.Own == nil || !own.Own.Manage || !own.Managed() {
		t.Errorf("own: got %+v", own)
	}
	if other.Collection.ID != c.ID || other.Own != nil || other.Managed() || len(other.Members) != 1 || other.Members[0].HolderID != m.ID {
		t.Errorf("other: got %+v", other)
	}
}
