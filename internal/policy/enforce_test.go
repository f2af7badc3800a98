package policy_test

import (
	"maps"
	"slices"
	"testing"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// Scenario 117.
func TestTwoStepShutsOutWhoHasNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.join(t, "admin", org.Member{Type: org.Admin, Status: org.Confirmed})
		w.TwoStep[w.join(t, "stepped", org.Member{Type: org.User, Status: org.Confirmed})] = true
		w.join(t, "user", org.Member{Type: org.User, Status: org.Confirmed})
		accepted := w.join(t, "accepted", org.Member{Type: org.User, Status: org.Accepted})
		w.join(t, "custom", org.Member{Type: org.Custom, Status: org.Confirmed})
		w.members["invited"] = w.Join(t, org.Member{OrganizationID: w.o.ID, Email: "invited@example.org", Type: org.User})
		actor := w.join(t, "actor", org.Member{Type: org.Custom, Status: org.Confirmed, Permissions: org.Permissions{ManagePolicies: true}})
		w.later()
		if rec := w.call(actor, "PUT /policies/0", `{"policy":{"enabled":true,"data":null},"metadata":null}`); rec.Code != 200 {
			t.Fatalf("got %d %s", rec.Code, rec.Body)
		}
		out := []string{"accepted", "custom", "user"}
		want := map[string]org.Revocation{"accepted": org.RevokedByTwoStep, "custom": org.RevokedByTwoStep, "user": org.RevokedByTwoStep}
		if got := w.revoked(t); !maps.Equal(got, want) {
			t.Errorf("revoked: got %v", got)
		}
		if got := w.logged(t, event.RevokedForTwoStep); !slices.Equal(got, out) {
			t.Errorf("logged: got %v", got)
		}
		if got := w.mailed("revoked-two-step"); !slices.Equal(got, []string{"accepted@example.org", "custom@example.org", "user@example.org"}) {
			t.Errorf("mailed: got %v", got)
		}
		for _, name := range out {
			if !w.heard(name) || !slices.Contains(w.Touched, w.members[name].AccountID) {
				t.Errorf("%s hears nothing of it", name)
			}
		}
		path := "PUT /users/" + w.members["accepted"].ID.String() + "/restore"
		if rec := w.call(w.owner, path, ""); rec.Code != 400 {
			t.Errorf("restored without a second step: got %d %s", rec.Code, rec.Body)
		}
		w.TwoStep[accepted] = true
		if rec := w.call(w.owner, path, ""); rec.Code != 200 {
			t.Errorf("restored with one: got %d %s", rec.Code, rec.Body)
		}
	})
}

// A policy that is on already shuts nobody out when it is saved again.
func TestAPolicyShutsOutWhenItComesOn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.set(t, policy.TwoStep, true, "")
		w.join(t, "late", org.Member{Type: org.User, Status: org.Confirmed})
		w.set(t, policy.TwoStep, true, "")
		w.set(t, policy.TwoStep, false, "")
		if got := w.revoked(t); len(got) > 0 {
			t.Errorf("got %v", got)
		}
	})
}

func TestNobodyIsShutOutWhoCouldNotComeIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		keyless := w.join(t, "keyless", org.Member{Type: org.User, Status: org.Confirmed})
		w.join(t, "user", org.Member{Type: org.User, Status: org.Confirmed})
		if _, err := d.Exec(t.Context(), `UPDATE account SET password_hash = NULL WHERE id = $1`, keyless); err != nil {
			t.Fatal(err)
		}
		before := len(w.Recorded(t))
		if got := keyOf(w.try(t, policy.TwoStep, true, "")); got != "policy.wouldLockOut" {
			t.Errorf("got %q", got)
		}
		p, err := w.Policies.Get(t.Context(), w.owner, w.o.ID, policy.TwoStep)
		if err != nil || p.Enabled || len(w.revoked(t)) > 0 || len(w.Recorded(t)) != before {
			t.Errorf("refused, and yet %+v, %v, revoked %v", p, err, w.revoked(t))
		}
		w.TwoStep[keyless] = true
		w.set(t, policy.TwoStep, true, "")
	})
}

// Scenario 118.
func TestWhoLosesTheLastSecondStepIsShutOutWhereItIsAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		user, admin := w.join(t, "user", org.Member{Type: org.User, Status: org.Confirmed}), w.join(t, "admin", org.Member{Type: org.Admin, Status: org.Confirmed})
		free := w.elsewhere(t, user, org.Confirmed)
		w.TwoStep[user], w.TwoStep[admin] = true, true
		w.set(t, policy.TwoStep, true, "")
		w.later()
		for _, accountID := range []id.ID{user, admin, w.owner} {
			if err := w.Policies.LostTwoStep(t.Context(), accountID); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.revoked(t); !maps.Equal(got, map[string]org.Revocation{"user": org.RevokedByTwoStep}) {
			t.Errorf("revoked: got %v", got)
		}
		if m, err := w.Orgs.MemberByID(t.Context(), free.ID); err != nil || m.Status != org.Confirmed {
			t.Errorf("where nobody asks: got %+v, %v", m, err)
		}
		if got := w.logged(t, event.RevokedForTwoStep); !slices.Equal(got, []string{"user"}) {
			t.Errorf("logged: got %v", got)
		}
		if got := w.mailed("revoked-two-step"); !slices.Equal(got, []string{"user@example.org"}) || !w.heard("user") {
			t.Errorf("mailed: got %v; said %+v", got, w.Said)
		}
		events := w.Recorded(t)
		if last := events[len(events)-1]; last.SystemUser != event.TwoStepDisabler || last.OrganizationID != w.o.ID {
			t.Errorf("got %+v", last)
		}
	})
}

// Terms without policies, and an organization that is off, ask for nothing.
func TestWhatIsNotInForceShutsNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, change := range map[string]func(*org.Terms){
			"no policies": func(terms *org.Terms) { terms.Features.UsePolicies = false },
			"disabled":    func(terms *org.Terms) { terms.Enabled = false },
		} {
			w := &crew{World: orgtest.New(t, d), members: map[string]org.Member{}}
			w.owner = w.Person(t, name+"@example.com")
			w.o = w.Organization(t, w.owner, plan.EnterpriseAnnually)
			user := w.join(t, name, org.Member{Type: org.User, Status: org.Confirmed})
			w.TwoStep = map[id.ID]bool{user: true}
			w.set(t, policy.TwoStep, true, "")
			w.set(t, policy.SingleOrganization, true, "")
			terms := w.o.Terms()
			change(&terms)
			if err := w.Orgs.Apply(t.Context(), w.o.ID, terms); err != nil {
				t.Fatal(err)
			}
			if err := w.Policies.LostTwoStep(t.Context(), user); err != nil || len(w.revoked(t)) > 0 {
				t.Errorf("%s: %v, revoked %v", name, err, w.revoked(t))
			}
			if err := w.Policies.MayCreate(t.Context(), user); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Scenario 119.
func TestTheSingleOrganizationShutsOutWhoBelongsElsewhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		w.elsewhere(t, w.owner, org.Confirmed)
		w.elsewhere(t, w.join(t, "admin", org.Member{Type: org.Admin, Status: org.Confirmed}), org.Confirmed)
		both := w.join(t, "both", org.Member{Type: org.User, Status: org.Confirmed})
		w.elsewhere(t, both, org.Accepted)
		w.elsewhere(t, w.join(t, "left", org.Member{Type: org.User, Status: org.Confirmed}), org.Revoked)
		here := w.join(t, "here", org.Member{Type: org.User, Status: org.Confirmed})
		w.later()
		w.set(t, policy.SingleOrganization, true, "")
		if got := w.revoked(t); !maps.Equal(got, map[string]org.Revocation{"both": org.RevokedBySingle}) {
			t.Errorf("revoked: got %v", got)
		}
		if got := w.logged(t, event.RevokedForSingle); !slices.Equal(got, []string{"both"}) {
			t.Errorf("logged: got %v", got)
		}
		if got := w.mailed("revoked-single"); !slices.Equal(got, []string{"both@example.org"}) || !w.heard("both") {
			t.Errorf("mailed: got %v; said %+v", got, w.Said)
		}
		other := w.Organization(t, w.Person(t, "second@example.org"), plan.EnterpriseAnnually)
		if refused, err := w.Policies.Joining(t.Context(), other, here, both); err != nil || keyOf(refused[here]) != "policy.boundElsewhere" || refused[both] != nil {
			t.Errorf("joining another one: got %v, %v", refused, err)
		}
		for accountID, want := range map[id.ID]string{here: "policy.bound", both: "", w.owner: ""} {
			_, err := w.Orgs.Create(t.Context(), accountID, org.New{
				Name: "Own", BillingEmail: "own@example.org", Key: orgtest.Wrapped, PublicKey: orgtest.PublicKey, PrivateKey: orgtest.Encrypted,
				Terms: w.o.Terms(),
			})
			if keyOf(err) != want {
				t.Errorf("creating one: got %v, want %q", err, want)
			}
		}
		w.set(t, policy.SingleOrganization, false, "")
		if err := w.Policies.MayCreate(t.Context(), here); err != nil {
			t.Errorf("once it is off: %v", err)
		}
	})
}

func TestEveryBoundMemberGetsACollectionWhereTheOrganizationOwnsAllItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCrew(t, d)
		user, admin := w.join(t, "user", org.Member{Type: org.User, Status: org.Confirmed}), w.join(t, "admin", org.Member{Type: org.Admin, Status: org.Confirmed})
		accepted := w.join(t, "accepted", org.Member{Type: org.User, Status: org.Accepted})
		count := func(accountID id.ID) int {
			t.Helper()
			list, err := w.Collections.AssignmentsOf(t.Context(), accountID)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range list {
				if a.Collection.Type != 1 || a.Collection.Name != "2.BBBB|BBBB|BBBB" || !a.Access.Manage {
					t.Errorf("got %+v", a)
				}
			}
			return len(list)
		}
		body := func(name string) string {
			return `{"policy":{"enabled":true,"data":null},"metadata":{"defaultUserCollectionName":` + name + `}}`
		}
		if rec := w.call(w.owner, "PUT /policies/5/vnext", body(`"My items"`)); rec.Code != 400 {
			t.Errorf("a name in clear: got %d %s", rec.Code, rec.Body)
		}
		for _, name := range []string{`null`, `"2.BBBB|BBBB|BBBB"`, `"2.CCCC|CCCC|CCCC"`} {
			if rec := w.call(w.owner, "PUT /policies/5/vnext", body(name)); rec.Code != 200 {
				t.Fatalf("%s: got %d %s", name, rec.Code, rec.Body)
			}
			want := 1
			if name == `null` {
				want = 0
			}
			if got := count(user); got != want {
				t.Errorf("%s: a member has %d", name, got)
			}
			if !slices.Contains(w.Touched, user) {
				t.Error("the member's clients have nothing to fetch")
			}
		}
		if got := count(admin) + count(accepted); got != 0 {
			t.Errorf("others have %d", got)
		}
	})
}

// A hundred times the members take hardly more statements.
func TestAPolicyComesOnForManyInAFewStatements(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, on := range map[string]func(*crew) error{
			"two-step": func(w *crew) error { return w.try(t, policy.TwoStep, true, "") },
			"all items": func(w *crew) error {
				p := policy.Policy{OrganizationID: w.o.ID, Type: policy.OwnsData, Enabled: true}
				_, err := w.Policies.SetNaming(t.Context(), w.owner, p, orgtest.Encrypted)
				return err
			},
		} {
			count := func(n int) int64 {
				w := &crew{World: orgtest.New(t, d)}
				w.owner = w.Person(t, id.New().String()+"@example.org")
				w.o = w.Organization(t, w.owner, plan.EnterpriseAnnually)
				w.crowd(t, n)
				before := d.Statements()
				if err := on(w); err != nil {
					t.Fatal(err)
				}
				return d.Statements() - before
			}
			count(1) // what is done once is done
			if few, many := count(5), count(500); many > few {
				t.Errorf("%s: 500 members take %d statements, and 5 take %d", name, many, few)
			}
		}
	})
}
