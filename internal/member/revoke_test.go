package member_test

import (
	"fmt"
	"slices"
	"strings"
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

// Scenario 93.
func TestRevokedMembersHaveNothingUntilTheyAreRestored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		shared := c.collection(t, c.o)
		for _, name := range []string{"adam", "uma"} {
			expect(t, c.call("olga", "PUT /users/"+name, fmt.Sprintf(`{"type":%d,"collections":[{"id":%q}]}`, c.members[name].Type, shared)), 200, "")
		}
		for name, before := range map[string]org.Status{"adam": org.Confirmed, "uma": org.Confirmed, "anna": org.Accepted, "ivan": org.Invited} {
			has := func(want int) {
				t.Helper()
				accountID := c.members[name].AccountID
				assigned, err := c.Collections.AssignmentsOf(t.Context(), accountID)
				memberships, err2 := c.Orgs.ListOf(t.Context(), accountID)
				if before == org.Confirmed && (len(assigned) != want || len(memberships) != want || err != nil || err2 != nil) {
					t.Errorf("%s has %d collections of %d organizations, %v, %v; want %d", name, len(assigned), len(memberships), err, err2, want)
				}
			}
			told := func(what event.Type) {
				t.Helper()
				if before != org.Invited && !c.heard(notice.OrganizationKeys, name) || !c.logged(t, what, name) {
					t.Errorf("%s: said %+v, touched %v, logged %v", name, c.Said, c.Touched, c.RecordedTypes(t))
				}
			}
			has(1)
			c.forget()
			expect(t, c.call("olga", "PUT /users/"+name+"/revoke", ""), 200, "")
			told(event.MemberRevoked)
			has(0)
			if m := c.now(t, name); m.Status != org.Revoked || *m.Revocation != org.RevokedByHand || m.Key != c.members[name].Key {
				t.Errorf("%s, revoked: got %+v", name, m)
			}
			if name == "adam" {
				expect(t, c.call("adam", "GET /users", ""), 404, "Resource not found.")
				expect(t, c.call("adam", "GET /users/mini-details", ""), 404, "Resource not found.")
			}
			expect(t, c.call("olga", "PUT /users/"+name+"/revoke", ""), 400, "revoked already")
			c.forget()
			expect(t, c.call("olga", "PUT /users/"+name+"/restore", ""), 200, "")
			told(event.MemberRestored)
			has(1)
			if m := c.now(t, name); m.Status != before || m.Revocation != nil {
				t.Errorf("%s, restored: got %+v", name, m)
			}
			expect(t, c.call("olga", "PUT /users/"+name+"/restore/vnext", ""), 400, "not revoked")
		}
	})
}

// Scenario 93: whoever asks the server for an organization's audience gets those who
// are members at that moment.
func TestRevokedMembersAreNoAudience(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("olga", "PUT /users/uma/revoke", ""), 200, "")
		accounts, err := c.Orgs.Store.ConfirmedAccounts(t.Context(), c.o.ID)
		for _, a := range accounts {
			if a == c.members["uma"].AccountID {
				t.Error("a revoked member is told of the organization")
			}
		}
		if err != nil || len(accounts) != 5 {
			t.Errorf("got %d accounts, %v", len(accounts), err)
		}
	})
}

// Scenarios 81, 94 and 95, for revoking and restoring.
func TestRevokingGoesByRank(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		tests := map[string]struct {
			who, whom string
			status    int
			contains  string
		}{
			"the only owner, themselves":  {"olga", "olga", 400, "your own membership"},
			"custom, themselves":          {"mia", "mia", 400, "your own membership"},
			"custom, an admin":            {"mia", "adam", 400, "Only an owner or an admin"},
			"custom, an owner":            {"mia", "olga", 400, "Only an owner can"},
			"an admin, an owner":          {"adam", "olga", 400, "Only an owner can"},
			"an admin, one who waits":     {"adam", "wanda", 400, "Only an owner can"},
			"an admin, custom":            {"adam", "mia", 200, ""},
			"an owner, one who waits":     {"olga", "wanda", 200, ""},
			"custom without a permission": {"cora", "uma", 404, "Resource not found."},
			"one who waits":               {"wanda", "uma", 404, "Resource not found."},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				c.reset(t)
				expect(t, c.call(test.who, "PATCH /users/"+test.whom+"/revoke", ""), test.status, test.contains)
			})
		}
		c.reset(t)
		expect(t, c.call("olga", "PUT /users/revoke", c.ids("adam", "wanda")), 200, "")
		expect(t, c.call("mia", "PATCH /users/adam/restore", ""), 400, "Only an owner or an admin")
		expect(t, c.call("mia", "PUT /users/wanda/restore", ""), 400, "Only an owner can")
		expect(t, c.call("adam", "PUT /users/adam/restore", ""), 404, "Resource not found.")
	})
}

// Scenario 101.
func TestManyAreRevokedAndRestoredEachByItself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, target := range []string{"PUT /users/revoke", "PUT /users/restore", "DELETE /users", "POST /users/delete-account"} {
			expect(t, c.call("olga", target, `{"ids":[]}`), 400, `"ids":[`)
			expect(t, c.call("olga", target, `{}`), 400, `"ids":[`)
			expect(t, c.call("cora", target, c.ids("uma")), 404, "Resource not found.")
		}
		expect(t, c.call("olga", "PUT /users/ivan/revoke", ""), 200, "")
		c.forget()
		got := c.outcomes(t, c.call("adam", "PUT /users/revoke", c.ids("uma", "paul", "uma", "olga", "adam", "ivan", "cora")))
		for name, want := range map[string]string{"uma": "", "cora": "", "paul": "Resource not found.", "olga": "owner", "adam": "your own", "ivan": "already"} {
			if message, there := got[name]; !there || want == "" && message != "" || !strings.Contains(message, want) {
				t.Errorf("%s: got %q, want %q", name, message, want)
			}
		}
		if len(got) != 6 || !c.heard(notice.OrganizationKeys, "uma", "cora") || !c.logged(t, event.MemberRevoked, "uma", "cora") {
			t.Errorf("got %v, said %+v, logged %v", got, c.Said, c.RecordedTypes(t))
		}
		c.forget()
		got = c.outcomes(t, c.call("adam", "PUT /users/restore", c.ids("uma", "cora", "rita", "cora", "paul")))
		if got["uma"] != "" || got["cora"] != "" || !strings.Contains(got["rita"], "not revoked") || got["paul"] != "Resource not found." {
			t.Errorf("got %v", got)
		}
		if len(got) != 4 || !c.heard(notice.OrganizationKeys, "uma", "cora") || !c.logged(t, event.MemberRestored, "uma", "cora") {
			t.Errorf("said %+v, logged %v", c.Said, c.RecordedTypes(t))
		}
	})
}

// Scenarios 101 and 166.
func TestTenThousandMembersAreNotTooMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		request := func(n int, known ...id.ID) string {
			known = slices.Clone(known)
			for len(known) < n {
				known = append(known, id.New())
			}
			var b strings.Builder
			for i, memberID := range known {
				fmt.Fprintf(&b, `%s"%s"`, strings.Repeat(",", min(i, 1)), memberID)
			}
			return `{"ids":[` + b.String() + `]}`
		}
		for _, target := range []string{
			"PUT /users/revoke", "PUT /users/restore", "DELETE /users", "POST /users/remove", "DELETE /users/delete-account", "PUT /users/enable-pam",
		} {
			expect(t, c.call("olga", target, request(10_001)), 400, `"ids":[`)
		}
		expect(t, c.call("olga", "PUT /users/revoke", request(20_000)), 400, `"ids":[`)
		crowd := c.crowd(t, 1_011)
		statements := func(target string, members []id.ID) int64 {
			before := d.Statements()
			expect(t, c.call("olga", target, request(10_000, members...)), 200, `"error":""`)
			return d.Statements() - before
		}
		for _, target := range []string{"PUT /users/revoke", "PUT /users/restore", "DELETE /users"} {
			few, many := statements(target, crowd[:10]), statements(target, crowd[10:1_010])
			if many > few+2 { // events are written 500 at a time
				t.Errorf("%s: 10 members took %d statements, 1,000 took %d", target, few, many)
			}
		}
		if m, err := c.Orgs.MemberByID(t.Context(), crowd[0]); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a removed member: %+v, %v", m, err)
		}
		if m, err := c.Orgs.MemberByID(t.Context(), crowd[1_010]); err != nil || m.Status != org.Confirmed {
			t.Errorf("a member whom nobody named: %+v, %v", m, err)
		}
	})
}

func TestRestoringTakesSeats(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("olga", "PUT /users/revoke", c.ids("uma", "cora", "rita")), 200, "")
		c.change(t, `UPDATE organization SET seats = 7 WHERE id = $1`, c.o.ID)
		expect(t, c.call("olga", "PUT /users/uma/restore", ""), 200, "")
		if c.bought != 0 {
			t.Errorf("%d seats were bought while there was one", c.bought)
		}
		expect(t, c.call("olga", "PUT /users/restore", c.ids("cora", "rita", "adam")), 200, "")
		if c.bought != 2 {
			t.Errorf("%d seats were bought, want 2", c.bought)
		}
		expect(t, c.call("olga", "PUT /users/revoke", c.ids("cora", "rita")), 200, "")
		c.Members.AddSeats = nil
		expect(t, c.call("olga", "PUT /users/restore", c.ids("cora", "rita")), 400, "Not enough seats")
		if m := c.now(t, "cora"); m.Status != org.Revoked {
			t.Errorf("cora, without a seat: %+v", m)
		}
	})
}

func TestPoliciesCountOnRestoring(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("olga", "PUT /users/revoke", c.ids("uma", "cora", "ivan")), 200, "")
		c.setPolicy(t, 0)
		c.TwoStep = map[id.ID]bool{c.members["cora"].AccountID: true}
		got := c.outcomes(t, c.call("olga", "PUT /users/restore", c.ids("uma", "cora", "ivan")))
		if got["uma"] == "" || got["cora"] != "" || got["ivan"] != "" {
			t.Errorf("got %v", got)
		}
		expect(t, c.call("olga", "PUT /users/uma/restore", ""), 400, "")
		if m := c.now(t, "uma"); m.Status != org.Revoked {
			t.Errorf("uma without a second step: %+v", m)
		}
	})
}

func TestRestoredMembersGetACollectionOfTheirOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		keepers := func(want int) {
			t.Helper()
			got, err := c.Collections.Store.Keepers(t.Context(), []id.ID{c.members["uma"].ID, c.members["adam"].ID, c.members["anna"].ID})
			if err != nil || len(got) != want {
				t.Errorf("%d have a collection of their own, %v; want %d", len(got), err, want)
			}
		}
		again := func(body string) {
			t.Helper()
			for _, name := range []string{"uma", "adam", "anna"} {
				expect(t, c.call("olga", "PUT /users/"+name+"/revoke", ""), 200, "")
				expect(t, c.call("olga", "PUT /users/"+name+"/restore/vnext", body), 200, "")
			}
		}
		name := `{"defaultUserCollectionName":"` + orgtest.Encrypted + `"}`
		again(name)
		keepers(0) // the organization does not own all items
		c.setPolicy(t, 5)
		again("")
		keepers(0)
		again(name)
		keepers(1)
		again(name)
		keepers(1)
		expect(t, c.call("olga", "PUT /users/uma/restore/vnext", `{"defaultUserCollectionName":"clear"}`), 400, "defaultUserCollectionName")
	})
}

func TestWhoIsBoundByDataOwnershipMayRevokeThemselves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		expect(t, c.call("uma", "PUT /users/revoke-self", ""), 400, "No policy")
		c.setPolicy(t, 5)
		for _, who := range []string{"olga", "adam"} {
			expect(t, c.call(who, "PUT /users/revoke-self", ""), 400, "No policy")
		}
		for _, who := range []string{"anna", "wanda", "petra"} {
			expect(t, c.call(who, "PUT /users/revoke-self", ""), 404, "Resource not found.")
		}
		c.forget()
		expect(t, c.call("uma", "PUT /users/revoke-self", ""), 200, "")
		if m := c.now(t, "uma"); m.Status != org.Revoked || *m.Revocation != org.RevokedByData {
			t.Errorf("uma: got %+v", m)
		}
		if !c.heard(notice.OrganizationKeys, "uma") || !c.logged(t, event.MemberSelfRevoked, "uma") {
			t.Errorf("said %+v, logged %v", c.Said, c.RecordedTypes(t))
		}
	})
}

func TestPoliciesRevokeAndWriteWhy(t *testing.T) {
	for template, test := range map[string]struct {
		why  org.Revocation
		what event.Type
	}{
		"revoked-two-step": {org.RevokedByTwoStep, event.RevokedForTwoStep},
		"revoked-single":   {org.RevokedBySingle, event.RevokedForSingle},
	} {
		t.Run(template, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				c := newCompany(t, d)
				expect(t, c.call("olga", "PUT /users/cora/revoke", ""), 200, "")
				c.forget()
				ids := []id.ID{c.members["uma"].ID, c.members["ivan"].ID, c.members["cora"].ID, c.members["olga"].ID, c.members["paul"].ID}
				if err := c.Members.RevokeBySystem(t.Context(), c.o.ID, ids, test.why, test.what, template); err != nil {
					t.Fatal(err)
				}
				if m := c.now(t, "uma"); m.Status != org.Revoked || *m.Revocation != test.why {
					t.Errorf("uma: got %+v", m)
				}
				for name, want := range map[string]org.Status{"olga": org.Confirmed, "paul": org.Confirmed, "ivan": org.Revoked} {
					if m := c.now(t, name); m.Status != want {
						t.Errorf("%s: got %+v", name, m)
					}
				}
				if m := c.now(t, "cora"); *m.Revocation != org.RevokedByHand {
					t.Errorf("cora, who was revoked before: got %+v", m)
				}
				if len(c.Mails) != 1 || c.Mails[0].To != "uma@example.org" || c.Mails[0].Template != template || c.Mails[0].Data["Organization"] != "Acme" {
					t.Errorf("mails: got %+v", c.Mails)
				}
				if !c.heard(notice.OrganizationKeys, "uma") || !c.logged(t, test.what, "uma", "ivan") {
					t.Errorf("said %+v, logged %v", c.Said, c.RecordedTypes(t))
				}
			})
		})
	}
}
