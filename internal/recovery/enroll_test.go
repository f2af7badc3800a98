package recovery_test

import (
	"encoding/json"
	"slices"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// taking is what a client sends that takes part.
func taking() object {
	return object{"resetPasswordKey": orgtest.Wrapped, "masterPasswordHash": orgtest.Password}
}

// Scenario 106.
func TestMembersTakePartInAccountRecoveryWhereAPolicyOffersIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.policy(t, false, `{"autoEnrollEnabled":false}`)
		c.expect(t, "uma", c.enrollment("uma"), taking(), 400, "does not recover accounts")
		c.policy(t, true, `{"autoEnrollEnabled":false}`)
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": orgtest.Wrapped, "masterPasswordHash": newHash}, 400, "MasterPasswordHash")
		if c.member(t, "uma").ResetPasswordKey != "" || c.Slept != account.FailureDelay {
			t.Errorf("a wrong password enrolled, after %v", c.Slept)
		}
		c.Said = nil
		c.expect(t, "uma", c.enrollment("uma"), taking(), 200, "")
		if c.member(t, "uma").ResetPasswordKey != orgtest.Wrapped || !slices.Equal(c.events(t, "uma"), []event.Type{event.RecoveryEnrolled}) {
			t.Errorf("got %+v and %v", c.member(t, "uma"), c.events(t, "uma"))
		}
		if !slices.ContainsFunc(c.Said, func(n notice.Notice) bool {
			return n.Kind == notice.OrganizationsChanged && n.People[0] == c.people["uma"]
		}) {
			t.Errorf("her clients were told %+v", c.Said)
		}
		if !c.enrolled(t, "uma") {
			t.Error("her profile does not show it")
		}
		c.policy(t, true, `{"autoEnrollEnabled":true}`)
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": nil}, 400, "cannot withdraw")
		if c.member(t, "uma").ResetPasswordKey == "" {
			t.Error("she withdrew all the same")
		}
	})
}

// enrolled reports what somebody's own profile says.
func (c *company) enrolled(t *testing.T, name string) bool {
	t.Helper()
	var profile struct {
		Organizations []struct{ ResetPasswordEnrolled bool }
	}
	got := c.send(t, c.token(t, name), "GET", "/api/accounts/profile", nil)
	if err := json.Unmarshal([]byte(got.body), &profile); err != nil || len(profile.Organizations) != 1 {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	return profile.Organizations[0].ResetPasswordEnrolled
}

func TestOneTimeCodeIsAsGoodAsThePasswordForTakingPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		code, err := c.Accounts.IssueCode(t.Context(), c.people["uma"], account.CodeOTP, "")
		if err != nil {
			t.Fatal(err)
		}
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": orgtest.Wrapped, "otp": code}, 200, "")
		c.expect(t, "ugo", c.enrollment("ugo"), object{"resetPasswordKey": orgtest.Wrapped, "otp": code}, 400, "OTP")
	})
}

// TestWithdrawingTakesNoSecret is of clients that put any word where the hash would
// stand, and of older ones that send a blank key.
func TestWithdrawingTakesNoSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		want := []event.Type{}
		for _, key := range []any{nil, "", " "} {
			c.enroll(t, "uma")
			c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": key, "masterPasswordHash": "ignored"}, 200, "")
			if want = append(want, event.RecoveryWithdrawn); c.member(t, "uma").ResetPasswordKey != "" || !slices.Equal(c.events(t, "uma"), want) {
				t.Errorf("%q: got %+v and %v", key, c.member(t, "uma"), c.events(t, "uma"))
			}
		}
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": nil}, 200, "")
		if !slices.Equal(c.events(t, "uma"), want) {
			t.Errorf("who does not take part withdrew: %v", c.events(t, "uma"))
		}
	})
}

func TestOrganizationThatRecoversNothingLetsGo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.token(t, "uma")
		c.enroll(t, "uma")
		c.policy(t, false, `{"autoEnrollEnabled":true}`)
		c.change(t, `UPDATE organization SET enabled = FALSE WHERE id = $1`, c.org.ID)
		c.expect(t, "uma", c.enrollment("uma"), taking(), 404, "")
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": nil}, 200, "")
		if c.member(t, "uma").ResetPasswordKey != "" {
			t.Error("it keeps the key")
		}
	})
}

func TestWhoTakesPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, name := range []string{"olga", "adam", "rita", "alma"} {
			c.expect(t, name, c.enrollment(name), taking(), 200, "")
		}
		if m := c.member(t, "alma"); m.Status != org.Accepted {
			t.Errorf("taking part made her %d", m.Status)
		}
		c.expect(t, "rolf", c.enrollment("rolf"), taking(), 404, "")
		c.expect(t, "uma", c.enrollment("ugo"), taking(), 404, "")
		c.expect(t, "olga", "PUT /"+c.members["uma"].ID.String()+"/reset-password-enrollment", taking(), 404, "")
		c.people["pia"] = c.Person(t, "pia@example.com")
		c.expect(t, "pia", c.enrollment("pia"), taking(), 404, "")
		for _, name := range []string{"rolf", "uma", "ugo"} {
			if c.member(t, name).ResetPasswordKey != "" {
				t.Errorf("%s takes part", name)
			}
		}
	})
}

func TestKeyForRecoveryIsOneThatTheOrganizationOpens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		for _, key := range []string{orgtest.Encrypted, "7.QUJD", "key"} {
			c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": key, "masterPasswordHash": orgtest.Password}, 400, `"resetPasswordKey"`)
		}
		c.expect(t, "uma", c.enrollment("uma"), object{"resetPasswordKey": orgtest.Wrapped}, 400, `"masterPasswordHash"`)
		c.change(t, `UPDATE organization SET public_key = NULL, private_key = NULL WHERE id = $1`, c.org.ID)
		c.expect(t, "uma", c.enrollment("uma"), taking(), 400, "no key pair")
	})
}

// TestRewrappingEndsWhatNobodyCouldOpen is of what a rotation leaves behind: of the
// organizations that a person's client did not name, none keeps a key.
func TestRewrappingEndsWhatNobodyCouldOpen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma", "rolf")
		other := c.Organization(t, c.people["ugo"], plan.EnterpriseAnnually)
		uma := c.people["uma"]
		second := c.Join(t, org.Member{OrganizationID: other.ID, AccountID: uma, Type: org.User, Status: org.Revoked, ResetPasswordKey: orgtest.Wrapped})
		list, err := c.recoveries.Enrollments(t.Context(), uma)
		if err != nil || len(list) != 2 {
			t.Fatalf("got %v, %v", list, err)
		}
		for _, e := range list {
			if e.Revoked != (e.OrganizationID == other.ID) || e.PublicKey != orgtest.PublicKey || e.Name != "Acme" {
				t.Errorf("got %+v", e)
			}
		}
		const fresh = "4.BBBB"
		if err := c.recoveries.Rewrap(t.Context(), uma, map[id.ID]string{c.org.ID: fresh}); err != nil {
			t.Fatal(err)
		}
		left, err := c.Orgs.MemberByID(t.Context(), second.ID)
		if err != nil || left.ResetPasswordKey != "" || c.member(t, "uma").ResetPasswordKey != fresh {
			t.Errorf("got %+v, %v and %+v", left, err, c.member(t, "uma"))
		}
		if c.member(t, "rolf").ResetPasswordKey != orgtest.Wrapped {
			t.Error("somebody else's key is another")
		}
	})
}
