package member_test

import (
	"slices"
	"strings"
	"testing"

	"coffre/internal/collection"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/policy"
)

// Scenario 87, but for items, which the official CLI reads in its tests; and scenario 21
// of people.
func TestInvitedPersonRegistersAcceptsAndIsConfirmed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.newcomers.Open = false
		all, err := j.Collections.List(t.Context(), j.owner, j.org.ID)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d collections, %v", len(all), err)
		}
		j.good(t, j.owner, "POST /invite", object{
			"emails": []string{" Zoe@Example.com"}, "type": 2, "accessSecretsManager": false, "permissions": object{},
			"collections": []collection.Selection{{ID: all[0].ID, ReadOnly: true}}, "groups": []any{},
		})
		if m := j.find(t, "zoe@example.com"); m.Status != org.Invited || !m.AccountID.IsZero() {
			t.Fatalf("invited: %+v", m)
		}

		link := j.link(t, "zoe@example.com")
		zoe := j.register(t, "zoe@example.com", object{"orgInviteToken": link.Get("token"), "organizationUserId": link.Get("organizationUserId")}).ID
		memberID, err := id.Parse(link.Get("organizationUserId"))
		if err != nil {
			t.Fatal(err)
		}
		j.good(t, zoe, at(memberID, "accept"), object{"token": link.Get("token")})
		if m := j.find(t, "zoe@example.com"); m.Status != org.Accepted || m.AccountID != zoe {
			t.Fatalf("accepted: %+v", m)
		}

		j.Touched, j.Said = nil, nil
		j.good(t, j.owner, at(memberID, "confirm"), object{"key": orgtest.Wrapped})
		if m := j.find(t, "zoe@example.com"); m.Status != org.Confirmed || m.Key != orgtest.Wrapped {
			t.Fatalf("confirmed: %+v", m)
		}
		assigned, err := j.Collections.AssignmentsOf(t.Context(), zoe)
		if err != nil || len(assigned) != 1 || assigned[0].Collection.ID != all[0].ID || !assigned[0].Access.ReadOnly {
			t.Errorf("got %+v, %v", assigned, err)
		}
		j.told(t, zoe, memberID)
	})
}

// told checks what the organization and a new member heard.
func (j *joining) told(t *testing.T, accountID, memberID id.ID) {
	t.Helper()
	var types []event.Type
	for _, e := range j.Recorded(t) {
		if e.MemberID == memberID {
			types = append(types, e.Type)
		}
		if e.MemberID == memberID && (e.ActorID != j.owner || e.OrganizationID != j.org.ID) {
			t.Errorf("recorded %+v", e)
		}
	}
	if len(types) != 2 || types[0] != event.MemberInvited || types[1] != event.MemberConfirmed {
		t.Errorf("events %v", types)
	}
	if len(j.Said) != 1 || j.Said[0].Kind != notice.OrganizationKeys || j.Said[0].People[0] != accountID || len(j.Touched) != 1 || j.Touched[0] != accountID {
		t.Errorf("said %+v, touched %v", j.Said, j.Touched)
	}
	var sent []string
	for _, m := range j.Mails {
		sent = append(sent, m.Template+" to "+m.To)
	}
	want := "organization-invited to zoe@example.com, welcome to zoe@example.com, organization-accepted to owner@example.com, " +
		"organization-confirmed to zoe@example.com"
	if got := strings.Join(sent, ", "); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestLinkOfAnInvitationIsWhatEveryWebVaultReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		if _, err := d.Exec(t.Context(), `UPDATE organization SET name = 'Söhne & <b>Co</b>' WHERE id = $1`, j.org.ID); err != nil {
			t.Fatal(err)
		}
		j.Person(t, "here+mail@example.com")
		for email, exists := range map[string]string{"here+mail@example.com": "True", "new@example.com": "False"} {
			m := j.invite(t, email)
			got, _, _ := strings.Cut(j.Mails[len(j.Mails)-1].Data["Link"], "&token=BwOrgUserInviteToken_1.")
			want := "https://vault.example.org/#/accept-organization?organizationId=" + j.org.ID.String() + "&organizationUserId=" + m.ID.String() +
				"&email=" + strings.NewReplacer("+", "%2B", "@", "%40").Replace(email) + "&organizationName=S%C3%B6hne%20%26%20%3Cb%3ECo%3C%2Fb%3E"
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			link := j.link(t, email)
			if link.Get("initOrganization") != "False" || link.Get("orgUserHasExistingUser") != exists || len(link) != 7 {
				t.Errorf("got %v", link)
			}
		}
	})
}

func TestNewcomerWhoMustLogInInTwoStepsIsMailedCodes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		for _, email := range []string{"free@example.com", "bound@example.com"} {
			j.invite(t, email)
			link := j.link(t, email)
			j.register(t, email, object{"orgInviteToken": link.Get("token"), "organizationUserId": link.Get("organizationUserId")})
			j.set(t, policy.Policy{Type: policy.TwoStep, Enabled: true})
		}
		if !slices.Equal(j.coded, []string{"bound@example.com"}) {
			t.Errorf("codes are mailed to %q", j.coded)
		}
	})
}

// Scenario 92, as far as rooms up to this one reach.
func TestOwnerWhoIsNotConfirmedHasNoSay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		second := j.accepted(t, "second@example.com")
		if _, err := d.Exec(t.Context(), `UPDATE member SET type = 0 WHERE id = $1`, second.ID); err != nil {
			t.Fatal(err)
		}
		base := " /api/organizations/" + j.org.ID.String()
		ids := `{"ids":["` + second.ID.String() + `"]}`
		for target, body := range map[string]string{
			"GET" + base:                                                ``,
			"GET" + base + "/users":                                     ``,
			"GET" + base + "/policies":                                  ``,
			"PUT" + base + "/policies/0":                                `{"enabled":true}`,
			"GET" + base + "/collections":                               ``,
			"POST" + base + "/users/invite":                             `{"emails":["x@example.com"],"type":2}`,
			"POST" + base + "/users/reinvite":                           ids,
			"POST" + base + "/users/confirm":                            `{"keys":[{"id":"` + second.ID.String() + `","key":"4.AAAA"}]}`,
			"POST" + base + "/users/remove":                             ids,
			"PUT" + base + "/users/revoke":                              ids,
			"POST" + base + "/users/public-keys":                        ids,
			"POST" + base + "/users/" + second.ID.String() + "/confirm": `{"key":"4.AAAA"}`,
			"GET" + base + "/users/pending-auto-confirm":                ``,
		} {
			if rec := orgtest.Call(j.router, second.AccountID, target, body); rec.Code != 404 {
				t.Errorf("%s: got %d %s", target, rec.Code, rec.Body)
			}
		}
	})
}

// Scenario 105.
func TestPublicKeyOfNobodyIsAbsent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		if rec := orgtest.Call(j.router, j.owner, "GET /api/users/"+id.New().String()+"/public-key", ``); rec.Code != 404 {
			t.Errorf("got %d %s", rec.Code, rec.Body)
		}
		zoe := j.Person(t, "zoe@example.com")
		rec := orgtest.Call(j.router, j.owner, "GET /api/users/"+zoe.String()+"/public-key", ``)
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), `"publicKey":"AAAA"`) {
			t.Errorf("got %d %s", rec.Code, rec.Body)
		}
	})
}
