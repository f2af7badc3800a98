package member_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
	"coffre/internal/policy"
)

// Scenarios 88 and 89.
func TestInvitationIsGoodForItsAddressPlaceAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe, carl := j.Person(t, "zoe@example.com"), j.Person(t, "carl@example.com")
		m, carls := j.invite(t, "zoe@example.com"), j.invite(t, "carl@example.com")
		token, other := j.link(t, "zoe@example.com").Get("token"), j.link(t, "carl@example.com").Get("token")
		elsewhere := j.Organization(t, carl, plan.EnterpriseAnnually)

		j.bad(t, zoe, at(m.ID, "accept"), object{"token": ""}, 400, `"token"`)
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token + "A"}, 400, "no longer, valid")
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": other}, 400, `"token"`)
		j.bad(t, carl, at(m.ID, "accept"), object{"token": token}, 400, "another address")
		j.bad(t, zoe, at(carls.ID, "accept"), object{"token": token}, 400, "")
		j.bad(t, zoe, at(id.New(), "accept"), object{"token": token}, 400, "")
		if rec := j.callOf(t, elsewhere.ID, zoe, at(m.ID, "accept"), object{"token": token}); rec.Code != 400 {
			t.Errorf("another organization: %d %s", rec.Code, rec.Body)
		}
		j.Time = orgtest.Noon.Add(120 * time.Hour)
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, "no longer, valid")
		j.Time = j.Time.Add(-time.Second)
		j.good(t, zoe, at(m.ID, "accept"), object{"token": token})
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, "accepted already")
		j.good(t, j.owner, at(m.ID, "confirm"), object{"key": orgtest.Wrapped})
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, "no longer, valid")
		if m := j.find(t, "zoe@example.com"); m.Status != org.Confirmed {
			t.Errorf("got %+v", m)
		}
	})
}

func TestInvitationIsVoidOnceItIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		m := j.invite(t, "zoe@example.com")
		token := j.link(t, "zoe@example.com").Get("token")
		if good, err := j.Members.CheckInvitation(t.Context(), j.org.ID, m.ID, "Zoe@example.com", token); err != nil || !good {
			t.Errorf("at first: %v, %v", good, err)
		}
		for _, change := range []string{
			`UPDATE member SET email = 'zoe@example.org' WHERE id = $1`,
			`UPDATE member SET email = 'zoe@example.com', status = -1 WHERE id = $1`,
			`DELETE FROM member WHERE id = $1`,
		} {
			if _, err := d.Exec(t.Context(), change, m.ID); err != nil {
				t.Fatal(err)
			}
			j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, "no longer, valid")
		}
	})
}

func TestAcceptanceProvesTheAddressAndIsTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		if _, err := d.Exec(t.Context(), `UPDATE account SET email_verified = FALSE WHERE id = $1`, zoe); err != nil {
			t.Fatal(err)
		}
		manager := org.Member{OrganizationID: j.org.ID, AccountID: j.Person(t, "manager@example.com"), Type: org.Custom, Status: org.Confirmed}
		manager.Permissions.ManageUsers = true
		j.Join(t, manager)
		for email, role := range map[string]org.Type{"admin@example.com": org.Admin, "user@example.com": org.User, "custom@example.com": org.Custom} {
			j.Join(t, org.Member{OrganizationID: j.org.ID, AccountID: j.Person(t, email), Type: role, Status: org.Confirmed})
		}
		j.seats(t, 10)
		m := j.invite(t, "zoe@example.com")
		token := j.link(t, "zoe@example.com").Get("token")
		j.Mails, j.Touched = nil, nil
		j.good(t, zoe, at(m.ID, "accept"), object{"token": token})
		if a, err := j.Accounts.Get(t.Context(), zoe); err != nil || !a.EmailVerified {
			t.Errorf("verified %v, %v", a.EmailVerified, err)
		}
		want := []string{"admin@example.com", "manager@example.com", "owner@example.com"}
		if len(j.Mails) != len(want) || len(j.Touched) != 1 {
			t.Fatalf("mailed %+v, touched %v", j.Mails, j.Touched)
		}
		for i, mail := range j.Mails {
			if mail.To != want[i] || mail.Template != "organization-accepted" || mail.Data["Person"] != "Ann (zoe@example.com)" ||
				mail.Data["Link"] != "https://vault.example.org/#/organizations/"+j.org.ID.String()+"/members" {
				t.Errorf("mailed %+v", mail)
			}
		}
	})
}

// Scenario 169.
func TestInvitationThatIsAcceptedTwiceAtOnceMakesOneMember(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		m := j.invite(t, "zoe@example.com")
		token := j.link(t, "zoe@example.com").Get("token")
		const many = 4
		results := make([]error, many)
		var wg sync.WaitGroup
		for i := range many {
			wg.Go(func() {
				results[i] = j.Members.Accept(context.WithoutCancel(t.Context()), zoe, j.org.ID, m.ID, token, "")
			})
		}
		wg.Wait()
		accepted := 0
		for _, err := range results {
			if err == nil {
				accepted++
			} else if keyOf(err) != "member.alreadyAccepted" {
				t.Error(err)
			}
		}
		members, err := j.Orgs.Members(t.Context(), j.org.ID)
		if err != nil || accepted != 1 || len(members) != 2 {
			t.Errorf("accepted %d times, %d members, %v", accepted, len(members), err)
		}
	})
}

func TestWhoIsThereUnderAnotherAddressDoesNotJoinTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		there := j.accepted(t, "old@example.com")
		m := j.invite(t, "new@example.com")
		if _, err := d.Exec(t.Context(), `UPDATE account SET email = 'new@example.com' WHERE id = $1`, there.AccountID); err != nil {
			t.Fatal(err)
		}
		j.bad(t, there.AccountID, at(m.ID, "accept"), object{"token": j.link(t, "new@example.com").Get("token")}, 400, "belong to this organization already")
	})
}

func TestAcceptanceWhereAllAreEnrolledBringsTheKeyForRecovery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe, yan := j.Person(t, "zoe@example.com"), j.Person(t, "yan@example.com")
		first := j.invite(t, "yan@example.com")
		token := j.link(t, "yan@example.com").Get("token")
		j.good(t, yan, at(first.ID, "accept"), object{"token": token, "resetPasswordKey": orgtest.Wrapped})
		if m := j.find(t, "yan@example.com"); m.ResetPasswordKey != "" {
			t.Error("enrolled without the policy")
		}
		j.set(t, policy.Policy{Type: policy.ResetPassword, Enabled: true, Data: []byte(`{"autoEnrollEnabled":true}`)})
		m := j.invite(t, "zoe@example.com")
		token = j.link(t, "zoe@example.com").Get("token")
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, `"resetPasswordKey"`)
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token, "resetPasswordKey": orgtest.Encrypted}, 400, `"resetPasswordKey"`)
		j.good(t, zoe, at(m.ID, "accept"), object{"token": token, "resetPasswordKey": orgtest.Wrapped})
		types := j.RecordedTypes(t)
		if m := j.find(t, "zoe@example.com"); m.ResetPasswordKey != orgtest.Wrapped || types[len(types)-1] != event.RecoveryEnrolled {
			t.Errorf("got %+v, recorded %v", m, types)
		}
	})
}

// set sets a policy of the organization.
func (j *joining) set(t *testing.T, p policy.Policy) {
	t.Helper()
	p.OrganizationID = j.org.ID
	if _, err := j.Policies.Set(t.Context(), j.owner, p); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyAdministersASecondFreeOrganizationByInvitation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		j.org = j.Organization(t, j.owner, plan.Free)
		j.Organization(t, zoe, plan.Free)
		j.good(t, j.owner, "POST /invite", object{"emails": []string{"zoe@example.com"}, "type": 1})
		m, token := j.find(t, "zoe@example.com"), j.link(t, "zoe@example.com").Get("token")
		j.bad(t, zoe, at(m.ID, "accept"), object{"token": token}, 400, "one free organization")
		if _, err := d.Exec(t.Context(), `UPDATE member SET status = 1, account_id = $2, email = NULL WHERE id = $1`, m.ID, zoe); err != nil {
			t.Fatal(err)
		}
		j.bad(t, j.owner, at(m.ID, "confirm"), object{"key": orgtest.Wrapped}, 400, "one free organization")
		if _, err := d.Exec(t.Context(), `UPDATE member SET type = 2 WHERE id = $1`, m.ID); err != nil {
			t.Fatal(err)
		}
		j.good(t, j.owner, at(m.ID, "confirm"), object{"key": orgtest.Wrapped})
	})
}

// Scenarios 117 and 119, for those who join.
func TestPoliciesAreAskedOnAcceptingAndOnConfirming(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		m := j.invite(t, "zoe@example.com")
		accept, confirm := object{"token": j.link(t, "zoe@example.com").Get("token")}, object{"key": orgtest.Wrapped}
		j.set(t, policy.Policy{Type: policy.TwoStep, Enabled: true})
		j.bad(t, zoe, at(m.ID, "accept"), accept, 400, "two-step")
		j.TwoStep = map[id.ID]bool{zoe: true}
		j.good(t, zoe, at(m.ID, "accept"), accept)
		j.TwoStep = nil
		j.bad(t, j.owner, at(m.ID, "confirm"), confirm, 400, "two-step")
		got := outcomes(t, j.good(t, j.owner, "POST /confirm", object{"keys": []object{{"id": m.ID, "key": orgtest.Wrapped}}}))
		if !strings.Contains(got[m.ID], "two-step") {
			t.Errorf("many: %v", got)
		}
		j.TwoStep = map[id.ID]bool{zoe: true}
		j.set(t, policy.Policy{Type: policy.SingleOrganization, Enabled: true})
		other := j.Organization(t, j.owner, plan.Free)
		j.Join(t, org.Member{OrganizationID: other.ID, AccountID: zoe, Type: org.User, Status: org.Confirmed})
		j.bad(t, j.owner, at(m.ID, "confirm"), confirm, 400, "organization")
		j.set(t, policy.Policy{Type: policy.SingleOrganization})
		j.good(t, j.owner, at(m.ID, "confirm"), confirm)
	})
}

// Without mail there is no link to open later: the next invitation tries again.
func TestWithoutMailWhoBreaksAPolicyStaysInvitedUntilInvitedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		j.Members.Verification = false
		zoe := j.Person(t, "zoe@example.com")
		j.set(t, policy.Policy{Type: policy.TwoStep, Enabled: true})
		m := j.invite(t, "zoe@example.com")
		if m.Status != org.Invited {
			t.Fatalf("got %+v", m)
		}
		j.TwoStep = map[id.ID]bool{zoe: true}
		j.good(t, j.owner, at(m.ID, "reinvite"), nil)
		if m := j.find(t, "zoe@example.com"); m.Status != org.Accepted || m.AccountID != zoe {
			t.Errorf("got %+v", m)
		}
	})
}

func TestEveryOrganizationHereHasBegun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		j := newJoining(t, d)
		zoe := j.Person(t, "zoe@example.com")
		m := j.invite(t, "zoe@example.com")
		j.bad(t, zoe, at(m.ID, "accept-init"), object{"token": "x"}, 400, "no longer, valid")
		j.bad(t, zoe, at(m.ID, "accept-init"), object{
			"token": j.link(t, "zoe@example.com").Get("token"), "key": orgtest.Wrapped, "collectionName": orgtest.Encrypted,
			"keys": object{"publicKey": orgtest.PublicKey, "encryptedPrivateKey": orgtest.Encrypted},
		}, 400, "set up already")
	})
}
