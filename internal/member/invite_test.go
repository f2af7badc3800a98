package member_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/throttle"
)

func TestInvitationOfManyLeavesOutWhoIsThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.accepted(t, "here@example.com")
		j.invite(t, "invited@example.com")
		j.Mails = nil
		j.good(t, j.owner, "POST /invite", object{
			"emails": []string{"Here@example.com", "invited@example.com", "New@example.com", "new@example.com "}, "type": 2,
			"permissions": object{"manageUsers": true},
		})
		members, err := j.Orgs.Members(t.Context(), j.org.ID)
		if m := j.find(t, "new@example.com"); err != nil || len(members) != 4 || m.Permissions != (org.Permissions{}) || m.Type != org.User {
			t.Errorf("%d members, new %+v, %v", len(members), m, err)
		}
		if len(j.Mails) != 1 || j.Mails[0].To != "new@example.com" {
			t.Errorf("mailed %+v", j.Mails)
		}
	})
}

func TestOnePersonsInvitationsReachABoundedNumberOfAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.Members.Limits = &throttle.Limits{DB: d, Now: j.Now, Factor: 0.0003} // three a day
		two := object{"emails": []string{"one@example.com", "two@example.com"}, "type": 2}
		j.good(t, j.owner, "POST /invite", two)
		j.Mails = nil
		again := object{"ids": []id.ID{j.find(t, "one@example.com").ID, j.find(t, "two@example.com").ID}}
		if j.bad(t, j.owner, "POST /reinvite", again, 429, "24 h"); len(j.Mails) > 0 {
			t.Errorf("mailed %+v", j.Mails)
		}
		j.good(t, j.owner, "POST /invite", object{"emails": []string{"three@example.com"}, "type": 2})
		j.Time = j.Time.Add(24 * time.Hour)
		j.good(t, j.owner, "POST /invite", object{"emails": []string{"four@example.com"}, "type": 2})
	})
}

// Scenario 98 among others.
func TestInvitationIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		other := j.Organization(t, j.Person(t, "other@example.com"), j.org.PlanType)
		shared, err := j.Collections.List(t.Context(), j.owner, j.org.ID)
		if err != nil || len(shared) != 1 {
			t.Fatalf("%d collections, %v", len(shared), err)
		}
		tests := map[string]struct {
			change   object
			status   int
			contains string
		}{
			"nobody":                  {object{"emails": []string{}}, 400, `"emails"`},
			"nothing":                 {object{"emails": nil}, 400, `"emails"`},
			"no address":              {object{"emails": []string{"good@example.com", "bad"}}, 400, `"emails"`},
			"too many":                {object{"emails": emails(1_001)}, 400, "1000"},
			"no role":                 {object{"type": nil}, 400, `"type"`},
			"the role 3":              {object{"type": 3}, 400, `"type"`},
			"access that contradicts": {object{"collections": []object{{"id": shared[0].ID, "manage": true, "readOnly": true}}}, 400, ""},
			"no such collection":      {object{"collections": []object{{"id": id.New()}}}, 404, ""},
			"no such group":           {object{"groups": []id.ID{id.New()}}, 404, ""},
		}
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				body := object{"emails": []string{"good@example.com"}, "type": 2, "collections": []any{}, "groups": []any{}}
				for member, value := range test.change {
					body[member] = value
				}
				j.bad(t, j.owner, "POST /invite", body, test.status, test.contains)
			})
		}
		if rec := j.callOf(t, other.ID, j.owner, "POST /invite", object{"emails": []string{"x@example.com"}, "type": 2}); rec.Code != 404 {
			t.Errorf("the organization of others: %d", rec.Code)
		}
		members, err := j.Orgs.Members(t.Context(), j.org.ID)
		if err != nil || len(members) != 1 || len(j.Mails) != 0 || len(j.Recorded(t)) != 0 {
			t.Errorf("%d members, %d mails, %v", len(members), len(j.Mails), err)
		}
	})
}

// Scenarios 94 and 96, for invitations.
func TestInvitationsComeFromAbove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		person := func(email string, p org.Permissions) id.ID {
			m := org.Member{OrganizationID: j.org.ID, AccountID: j.Person(t, email), Type: org.Custom, Status: org.Confirmed, Permissions: p}
			return j.Join(t, m).AccountID
		}
		manager, groups := person("manager@example.com", org.Permissions{ManageUsers: true}), person("groups@example.com", org.Permissions{ManageGroups: true})
		body := func(role int, permissions object) object {
			return object{"emails": []string{"new@example.com"}, "type": role, "permissions": permissions}
		}
		j.bad(t, groups, "POST /invite", body(2, nil), 404, "")
		for _, role := range []int{0, 1} {
			j.bad(t, manager, "POST /invite", body(role, nil), 400, "")
		}
		j.bad(t, manager, "POST /invite", body(4, object{"managePolicies": true}), 400, "permissions")
		j.good(t, manager, "POST /invite", body(4, object{"manageUsers": true}))
		if m := j.find(t, "new@example.com"); m.Permissions != (org.Permissions{ManageUsers: true}) {
			t.Errorf("got %+v", m)
		}
		owner := j.Join(t, org.Member{OrganizationID: j.org.ID, Email: "boss@example.com", Type: org.Owner, Status: org.Invited})
		j.bad(t, manager, at(owner.ID, "reinvite"), nil, 400, "")
	})
}

// Scenario 102.
func TestWithoutSeatsForAllNobodyIsInvited(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.seats(t, 10)
		j.bad(t, j.owner, "POST /invite", object{"emails": emails(50), "type": 2}, 400, "license has 10")
		members, err := j.Orgs.Members(t.Context(), j.org.ID)
		if err != nil || len(members) != 1 || len(j.Mails) != 0 || len(j.Recorded(t)) != 0 {
			t.Errorf("%d members, %d mails, %v", len(members), len(j.Mails), err)
		}
		j.good(t, j.owner, "POST /invite", object{"emails": emails(9), "type": 2})
		j.bad(t, j.owner, "POST /invite", object{"emails": []string{"one@example.com"}, "type": 2}, 400, "")
	})
}

func TestSeatsThatAreMissingAreBoughtWhereTheyAreSold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		var bought []int
		var refusal error
		j.Members.AddSeats = func(_ context.Context, _ id.ID, n int) error {
			bought = append(bought, n)
			return refusal
		}
		j.good(t, j.owner, "POST /invite", object{"emails": emails(4), "type": 2})
		j.good(t, j.owner, "POST /invite", object{"emails": emails(7), "type": 2})
		if !slices.Equal(bought, []int{3}) {
			t.Errorf("bought %v", bought)
		}
		refusal = errors.New("the bank is closed")
		if rec := j.call(t, j.owner, "POST /invite", object{"emails": []string{"more@example.com"}, "type": 2}); rec.Code != 500 {
			t.Errorf("got %d %s", rec.Code, rec.Body)
		}
		if members, err := j.Orgs.Members(t.Context(), j.org.ID); err != nil || len(members) != 8 {
			t.Errorf("%d members, %v", len(members), err)
		}
	})
}

func TestInvitationsAreInTheLanguageOfTheReader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.Person(t, "known@example.com")
		if _, err := j.Accounts.SetProfile(t.Context(), j.owner, nil, new("fr-FR")); err != nil {
			t.Fatal(err)
		}
		j.good(t, j.owner, "POST /invite", object{"emails": []string{"known@example.com", "stranger@example.com"}, "type": 2})
		for i, want := range []string{"en", "fr"} {
			if j.Mails[i].Language != want {
				t.Errorf("to %s in %q, want %q", j.Mails[i].To, j.Mails[i].Language, want)
			}
		}
	})
}

// Scenario 103.
func TestOnlyThoseWhoHaveYetToAcceptAreInvitedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		invited, accepted := j.invite(t, "invited@example.com"), j.accepted(t, "accepted@example.com")
		stranger := j.Join(t, org.Member{
			OrganizationID: j.Organization(t, j.Person(t, "other@example.com"), j.org.PlanType).ID, Email: "x@example.com", Type: org.User, Status: org.Invited,
		})
		j.Mails = nil
		j.Time = j.Time.Add(time.Hour)
		got := outcomes(t, j.good(t, j.owner, "POST /reinvite", object{"ids": []id.ID{invited.ID, accepted.ID, stranger.ID, invited.ID}}))
		if len(got) != 3 || got[invited.ID] != "" || got[accepted.ID] == "" || got[stranger.ID] == "" {
			t.Errorf("got %v", got)
		}
		if len(j.Mails) != 1 || j.Mails[0].To != "invited@example.com" {
			t.Errorf("mailed %+v", j.Mails)
		}
		j.good(t, j.owner, at(invited.ID, "reinvite"), nil)
		j.bad(t, j.owner, at(accepted.ID, "reinvite"), nil, 400, "accepted")
		j.bad(t, j.owner, at(stranger.ID, "reinvite"), nil, 404, "")
	})
}

// Without mail nobody can prove more than an account does.
func TestWithoutMailWhoHasAnAccountAcceptsAtOnceAndAnotherOnRegistering(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.Members.Verification, j.newcomers.Verification, j.newcomers.Open = false, false, false
		known := j.Person(t, "known@example.com")
		j.good(t, j.owner, "POST /invite", object{"emails": []string{"known@example.com", "stranger@example.com"}, "type": 2})
		if m := j.find(t, "known@example.com"); m.Status != org.Accepted || m.AccountID != known {
			t.Errorf("known: %+v", m)
		}
		if m := j.find(t, "stranger@example.com"); m.Status != org.Invited {
			t.Errorf("stranger: %+v", m)
		}
		token, err := j.newcomers.Start(t.Context(), "Stranger@example.com", "", "en")
		if err != nil || token == "" {
			t.Fatalf("start: %v", err)
		}
		stranger := j.register(t, "stranger@example.com", object{"emailVerificationToken": token})
		if m := j.find(t, "stranger@example.com"); m.Status != org.Accepted || m.AccountID != stranger.ID {
			t.Errorf("registered: %+v", m)
		}
		if stranger.EmailVerified {
			t.Error("an address is proved that nothing was mailed to")
		}
		j.bad(t, known, "GET ", nil, 404, "")
		if types := j.RecordedTypes(t); !slices.Equal(types, []event.Type{event.MemberInvited, event.MemberInvited}) {
			t.Errorf("recorded %v", types)
		}
	})
}
