package member_test

import (
	"context"
	"errors"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
)

// Scenarios 81, 94, 95 and 99.
func TestRemovingGoesByRank(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		tests := []struct {
			who, target string
			status      int
			contains    string
		}{
			{"olga", "DELETE /users/olga", 400, "your own membership"},
			{"mia", "POST /users/mia/remove", 400, "your own membership"},
			{"mia", "DELETE /users/adam", 400, "Only an owner or an admin"},
			{"mia", "DELETE /users/olga", 400, "Only an owner can"},
			{"adam", "DELETE /users/olga", 400, "Only an owner can"},
			{"adam", "DELETE /users/wanda", 400, "Only an owner can"},
			{"cora", "DELETE /users/uma", 404, "Resource not found."},
			{"uma", "DELETE /users/uma", 404, "Resource not found."},
			{"anna", "DELETE /users/uma", 404, "Resource not found."},
			{"mia", "DELETE /users/cora", 200, ""},
			{"mia", "DELETE /users/cora", 404, "Resource not found."},
			{"adam", "POST /users/mia/remove", 200, ""},
			{"olga", "DELETE /users/wanda", 200, ""},
		}
		for _, test := range tests {
			expect(t, c.call(test.who, test.target, ""), test.status, test.contains)
		}
		for name, want := range map[string]bool{"olga": false, "adam": false, "uma": false, "cora": true, "mia": true, "wanda": true} {
			if got := c.gone(t, name); got != want {
				t.Errorf("%s is gone: got %v, want %v", name, got, want)
			}
		}
	})
}

func TestRemovedMembersLeaveTheirItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		shared, group := c.collection(t, c.o), c.group(t, c.o)
		expect(t, c.call("olga", "PUT /users/uma", `{"type":2,"collections":[{"id":"`+shared.String()+`"}],"groups":["`+group.String()+`"]}`), 200, "")
		if err := c.Collections.CreateMyItems(t.Context(), c.o.ID, []id.ID{c.members["uma"].ID}, orgtest.Encrypted); err != nil {
			t.Fatal(err)
		}
		before, err := c.Collections.Store.List(t.Context(), c.o.ID)
		if err != nil {
			t.Fatal(err)
		}
		c.forget()
		expect(t, c.call("adam", "DELETE /users/uma", ""), 200, "")
		if !c.heard(notice.OrganizationKeys, "uma") || !c.logged(t, event.MemberRemoved, "uma") {
			t.Errorf("said %+v, logged %v", c.Said, c.RecordedTypes(t))
		}
		after, err := c.Collections.Store.List(t.Context(), c.o.ID)
		if err != nil || len(after) != len(before) {
			t.Fatalf("%d collections became %d, %v", len(before), len(after), err)
		}
		kept := 0
		for _, one := range after {
			if one.FormerEmail == "uma@example.org" {
				kept++
			}
		}
		if kept != 1 {
			t.Errorf("%d collections remember uma, want 1: %+v", kept, after)
		}
	})
}

func TestManyAreRemovedEachByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		got := c.outcomes(t, c.call("adam", "DELETE /users", c.ids("uma", "ivan", "uma", "olga", "adam", "paul")))
		if len(got) != 5 || got["uma"] != "" || got["ivan"] != "" || got["olga"] == "" || got["adam"] == "" || got["paul"] != "Resource not found." {
			t.Errorf("got %v", got)
		}
		if !c.gone(t, "uma") || !c.gone(t, "ivan") || c.gone(t, "olga") || c.gone(t, "adam") || c.gone(t, "paul") {
			t.Error("others are gone than those for whom nothing is wrong")
		}
		if got = c.outcomes(t, c.call("adam", "POST /users/remove", c.ids("uma"))); got["uma"] != "Resource not found." {
			t.Errorf("once more: got %v", got)
		}
	})
}

// Scenarios 81 and 99.
func TestMembersLeaveUnlessNobodyElseOwns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, who := range []string{"anna", "wanda", "petra"} {
			expect(t, c.call(who, "POST /leave", ""), 404, "Resource not found.")
		}
		c.forget()
		expect(t, c.call("uma", "POST /leave", "{}"), 200, "")
		if !c.gone(t, "uma") || !c.heard(notice.OrganizationKeys, "uma") || !c.logged(t, event.MemberLeft, "uma") {
			t.Errorf("said %+v, logged %v", c.Said, c.RecordedTypes(t))
		}
		expect(t, c.call("uma", "POST /leave", ""), 404, "Resource not found.")
		expect(t, c.call("olga", "POST /leave", ""), 400, "the only confirmed owner")
		expect(t, c.call("olga", "PUT /users/adam", `{"type":0}`), 200, "")
		c.change(t, `UPDATE organization SET enabled = false WHERE id = $1`, c.o.ID)
		expect(t, c.call("olga", "POST /leave", ""), 200, "")
		expect(t, c.call("adam", "POST /leave", ""), 400, "the only confirmed owner")
	})
}

// Scenarios 81 and 172.
func TestPersonWhoIsDeletedLeavesItemsAndAnOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.Accounts.Deleting = func(ctx context.Context, accountID id.ID) error {
			return errors.Join(c.Orgs.Leaving(ctx, accountID), c.Members.Leaving(ctx, accountID))
		}
		if err := c.Collections.CreateMyItems(t.Context(), c.o.ID, []id.ID{c.members["uma"].ID}, orgtest.Encrypted); err != nil {
			t.Fatal(err)
		}
		leave := func(who string) error {
			return c.DB.Tx(t.Context(), func(ctx context.Context) error { return c.Accounts.Deleting(ctx, c.members[who].AccountID) })
		}
		if err := leave("olga"); !errors.Is(err, fault.New(fault.Invalid, "org.onlyOwner")) {
			t.Errorf("the only owner: %v", err)
		}
		if err := leave("uma"); err != nil {
			t.Fatal(err)
		}
		if list, err := c.Collections.Store.List(t.Context(), c.o.ID); err != nil || len(list) != 2 || list[0].FormerEmail+list[1].FormerEmail != "uma@example.org" {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func TestAccountsOfMembersAreTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, method := range []string{"DELETE", "POST"} {
			expect(t, c.call("olga", method+" /users/uma/delete-account", ""), 400, "has not claimed the domain of uma@example.org")
			expect(t, c.call("mia", method+" /users/adam/delete-account", ""), 400, "Only an owner or an admin")
			expect(t, c.call("cora", method+" /users/uma/delete-account", ""), 404, "Resource not found.")
			got := c.outcomes(t, c.call("olga", method+" /users/delete-account", c.ids("uma", "paul")))
			if len(got) != 2 || got["uma"] == "" || got["paul"] != "Resource not found." {
				t.Errorf("got %v", got)
			}
		}
		if c.now(t, "uma").Status != org.Confirmed {
			t.Error("uma is no member any more")
		}
	})
}

// Scenario 92, for the routes of members.
func TestOwnerWhoWaitsFindsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, route := range []string{
			"GET /users", "GET /users/mini-details", "GET /users/uma", "PUT /users/uma", "POST /users/uma", "GET /users/uma/groups", "PUT /users/uma/groups",
			"PUT /users/uma/revoke", "PATCH /users/uma/revoke", "PUT /users/revoke", "PUT /users/revoke-self", "PUT /users/uma/restore",
			"PUT /users/restore", "PUT /users/uma/restore/vnext", "DELETE /users/uma", "POST /users/uma/remove", "DELETE /users", "POST /users/remove",
			"DELETE /users/uma/delete-account", "DELETE /users/delete-account", "PUT /users/enable-secrets-manager", "PUT /users/enable-pam", "POST /leave",
		} {
			body := `{"type":2,"groupIds":[],` + c.ids("uma")[1:]
			if rec := c.call("wanda", route, body); rec.Code != 404 {
				t.Errorf("%s: got %d %s", route, rec.Code, rec.Body)
			}
		}
	})
}
