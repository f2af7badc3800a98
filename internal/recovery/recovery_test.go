package recovery_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

func TestDetailsAreWhatAClientRecoversWith(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma")
		c.change(t, `UPDATE account SET kdf_type = 1, kdf_iterations = 3, kdf_memory = 64, kdf_parallelism = 4, salt = 'salt' WHERE id = $1`, c.people["uma"])
		want := `{"object":"organizationUserResetPasswordDetails","organizationUserId":"` + c.members["uma"].ID.String() + `",` +
			`"kdf":1,"kdfIterations":3,"kdfMemory":64,"kdfParallelism":4,"masterPasswordSalt":"salt",` +
			`"resetPasswordKey":"` + orgtest.Wrapped + `","encryptedPrivateKey":"` + orgtest.Encrypted + `"}`
		if got := c.call(t, "rita", c.of("uma", "GET", "reset-password-details"), nil); got.status != 200 || strings.TrimSpace(got.body) != want {
			t.Errorf("got %d %s, want %s", got.status, got.body, want)
		}
	})
}

// Scenario 107, and 91 for these routes.
func TestAccountsOutOfReachAreNotRecovered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "olga", "adam", "rita", "uma")
		elsewhere := c.Organization(t, c.Person(t, "paul@example.com"), plan.EnterpriseAnnually)
		c.members["stranger"] = c.Join(t, org.Member{
			OrganizationID: elsewhere.ID, AccountID: c.Person(t, "pia@example.com"), Type: org.User, Status: org.Confirmed, ResetPasswordKey: orgtest.Wrapped,
		})
		c.people["pia"], c.members["nobody"] = c.members["stranger"].AccountID, org.Member{ID: id.New()}
		c.members["ines"] = c.Join(t, org.Member{OrganizationID: c.org.ID, Email: "ines@example.com", Type: org.User, Status: org.Invited})
		tests := map[string]struct {
			actor, target string
			status        int
		}{
			"not enrolled":       {"olga", "ugo", 400},
			"only invited":       {"olga", "ines", 400},
			"an owner, by admin": {"adam", "olga", 404},
			"an owner, by rita":  {"rita", "olga", 404},
			"an admin, by rita":  {"rita", "adam", 404}, // scenario 109
			"of another one":     {"olga", "stranger", 404},
			"nobody":             {"olga", "nobody", 404},
			"by who may not":     {"mia", "uma", 404},
			"by a user":          {"ugo", "uma", 404},
			"by a stranger":      {"pia", "uma", 404},
			"by who waits":       {"alma", "uma", 404},
			"by who is revoked":  {"rolf", "uma", 404},
		}
		before := c.account(t, "uma")
		for name, test := range tests {
			for route, body := range map[string]any{
				"GET reset-password-details": nil, "PUT recover-account": recent("uma"), "PUT reset-password": old(),
			} {
				method, path, _ := strings.Cut(route, " ")
				if got := c.call(t, test.actor, c.of(test.target, method, path), body); got.status != test.status {
					t.Errorf("%s, %s: got %d %s, want %d", name, path, got.status, got.body, test.status)
				}
			}
		}
		if after := c.account(t, "uma"); after != before {
			t.Errorf("got %+v, want %+v", after, before)
		}
	})
}

func TestOrganizationMustOfferRecovery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma")
		one, many := c.of("uma", "GET", "reset-password-details"), "POST /account-recovery-details"
		refused := func(text string) {
			t.Helper()
			c.expect(t, "olga", one, nil, 400, text)
			c.expect(t, "olga", c.of("uma", "PUT", "recover-account"), recent("uma"), 400, text)
			c.expect(t, "olga", many, object{"ids": []id.ID{c.members["uma"].ID}}, 200, `"data":[]`)
		}
		c.policy(t, false, `{}`)
		refused("does not recover accounts")
		c.policy(t, true, `{}`)
		c.change(t, `UPDATE organization SET public_key = NULL, private_key = NULL WHERE id = $1`, c.org.ID)
		refused("no key pair")
		c.change(t, `UPDATE organization SET enabled = FALSE WHERE id = $1`, c.org.ID)
		c.expect(t, "olga", one, nil, 404, "")
		c.expect(t, "olga", many, object{"ids": []id.ID{c.members["uma"].ID}}, 404, "")
	})
}

// Scenarios 108 and 110, in both forms of the request and at both addresses.
func TestRecoveryGivesANewPasswordAndEndsEverything(t *testing.T) {
	tests := map[string]struct {
		route, name string
		body        object
	}{
		"the new form":        {"recover-account", "uma", recent("uma")},
		"the old form":        {"reset-password", "uma", old()},
		"old, at the new one": {"recover-account", "uma", old()},
		"somebody who waits":  {"recover-account", "alma", recent("alma")},
		"somebody revoked":    {"recover-account", "rolf", recent("rolf")},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for label, test := range tests {
			c := newCompany(t, d)
			c.enroll(t, test.name)
			c.recoverFully(t, label, test.name, c.of(test.name, "PUT", test.route), test.body)
			c.change(t, `DELETE FROM organization`)
			c.change(t, `DELETE FROM account`)
		}
	})
}

func (c *company) recoverFully(t *testing.T, label, name, target string, body object) {
	t.Helper()
	key := c.inTwoSteps(t, name)
	session := c.logIn(t, name, orgtest.Password, "twoFactorProvider", "0", "twoFactorToken", c.code(t, key), "twoFactorRemember", "1")
	if session.status != 200 || session.Remembered == "" {
		t.Fatalf("%s: log in: %d %s", label, session.status, session.body)
	}
	if again := c.logIn(t, name, orgtest.Password, "twoFactorProvider", "5", "twoFactorToken", session.Remembered); again.status != 200 {
		t.Fatalf("%s: remembered: %d %s", label, again.status, again.body)
	}
	c.change(t, `UPDATE account SET password_hint = 'the usual', culture = 'fr-FR' WHERE id = $1`, c.people[name])
	before := c.account(t, name)
	c.token(t, "olga")
	c.Said, c.Mails = nil, nil
	if got := c.call(t, "olga", target, body); got.status != 200 {
		t.Fatalf("%s: got %d %s", label, got.status, got.body)
	}
	a := c.account(t, name)
	if a.Key != "2.BBBB|BBBB|BBBB" || !a.ForcePasswordReset || a.SecurityStamp == before.SecurityStamp || a.PasswordHint != "" ||
		!a.PasswordChangedAt.Equal(c.Now()) || a.KDF != before.KDF || a.PrivateKey != before.PrivateKey {
		t.Errorf("%s: got %+v", label, a)
	}
	if !c.loggedOut(name) || !slices.Equal(c.events(t, name), []event.Type{event.PasswordRecovered}) {
		t.Errorf("%s: told %v, recorded %v", label, c.Said, c.events(t, name))
	}
	want := map[string]string{"Organization": "Acme", "At": c.Now().Format(time.RFC3339), "Vault": orgtest.VaultURL}
	if len(c.Mails) != 1 || c.Mails[0].Template != "password-recovered" || c.Mails[0].To != a.Email || c.Mails[0].Language != "fr" || !maps.Equal(c.Mails[0].Data, want) {
		t.Errorf("%s: mailed %+v", label, c.Mails)
	}
	if got := c.send(t, session.AccessToken, "GET", "/api/accounts/profile", nil); got.status != 401 {
		t.Errorf("%s: the session: %d", label, got.status)
	}
	if got := c.refresh(t, session.RefreshToken); got.status != 400 {
		t.Errorf("%s: the refresh token: %d %s", label, got.status, got.body)
	}
	if got := c.logIn(t, name, orgtest.Password, "twoFactorProvider", "0", "twoFactorToken", c.code(t, key)); got.status != 400 {
		t.Errorf("%s: the old password: %d %s", label, got.status, got.body)
	}
	if got := c.logIn(t, name, newHash, "twoFactorProvider", "5", "twoFactorToken", session.Remembered); got.status != 400 || got.Description != "Two factor required." {
		t.Errorf("%s: the remembered second step: %d %s", label, got.status, got.body)
	}
	if got := c.logIn(t, name, newHash, "twoFactorProvider", "0", "twoFactorToken", c.code(t, key)); got.status != 200 || !got.Force {
		t.Errorf("%s: the new password: %d %s", label, got.status, got.body)
	}
}

func TestRecoveredMemberChoosesAPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma")
		c.expect(t, "olga", c.of("uma", "PUT", "reset-password"), old(), 200, "")
		session := c.logIn(t, "uma", newHash)
		own := object{"newMasterPasswordHash": "her own", "key": orgtest.Encrypted, "masterPasswordHint": ""}
		if got := c.send(t, session.AccessToken, "PUT", "/api/accounts/update-temp-password", own); got.status != 200 {
			t.Fatalf("got %d %s", got.status, got.body)
		}
		if got := c.logIn(t, "uma", "her own"); got.status != 200 || got.Force {
			t.Errorf("got %d %s", got.status, got.body)
		}
		if c.member(t, "uma").ResetPasswordKey != orgtest.Wrapped {
			t.Error("she takes part no more, though her user key is the same")
		}
	})
}

// Scenario 109.
func TestCustomRoleRecoversUsersAndSeesWhomItMayRecover(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "olga", "adam", "mia", "uma", "rolf")
		var list struct{ Data []struct{ Email string } }
		got := c.call(t, "rita", "GET ", nil)
		if err := json.Unmarshal([]byte(got.body), &list); err != nil || len(list.Data) != 5 {
			t.Errorf("the list: %d %s", got.status, got.body)
		}
		for _, actor := range []struct {
			name  string
			sees  []string
			other []string
		}{
			{"rita", []string{"rolf", "uma", "mia"}, []string{"olga", "adam", "ugo"}},
			{"adam", []string{"rolf", "uma", "mia", "adam"}, []string{"olga", "ugo"}},
			{"olga", []string{"rolf", "uma", "mia", "adam", "olga"}, []string{"ugo"}},
		} {
			ids := []id.ID{id.New()}
			for _, name := range slices.Concat(actor.sees, actor.other, actor.sees) {
				ids = append(ids, c.members[name].ID)
			}
			var details struct {
				Data []struct{ OrganizationUserID id.ID }
			}
			got := c.call(t, actor.name, "POST /account-recovery-details", object{"ids": ids})
			if err := json.Unmarshal([]byte(got.body), &details); err != nil || got.status != 200 || len(details.Data) != len(actor.sees) {
				t.Fatalf("%s: got %d %s", actor.name, got.status, got.body)
			}
			for i, name := range actor.sees {
				if details.Data[i].OrganizationUserID != c.members[name].ID {
					t.Errorf("%s: got %s, want %s first", actor.name, got.body, name)
				}
			}
		}
		c.expect(t, "mia", "POST /account-recovery-details", object{"ids": []id.ID{c.members["uma"].ID}}, 404, "")
		c.expect(t, "rita", c.of("adam", "PUT", "recover-account"), recent("adam"), 404, "")
		c.expect(t, "rita", c.of("uma", "PUT", "recover-account"), recent("uma"), 200, "")
		c.expect(t, "adam", c.of("mia", "PUT", "recover-account"), recent("mia"), 200, "")
		c.expect(t, "olga", c.of("adam", "PUT", "recover-account"), recent("adam"), 200, "")
	})
}

func TestSecondStepsAreRemovedWithOrWithoutANewPassword(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma", "ugo")
		for name, both := range map[string]bool{"uma": true, "ugo": false} {
			c.inTwoSteps(t, name)
			code, _ := c.steps.RecoveryCode(t.Context(), c.people[name])
			stamp := c.account(t, name).SecurityStamp
			body := recent(name)
			body["resetTwoFactor"], body["resetMasterPassword"] = true, both
			hash, events, letters := orgtest.Password, []event.Type{event.TwoStepReset}, []string{"two-step-reset"}
			if both {
				hash, events, letters = newHash, append(events, event.PasswordRecovered), append(letters, "password-recovered")
			} else {
				delete(body, "authenticationData")
				delete(body, "unlockData")
			}
			c.last, c.Said, c.Mails = nil, nil, nil
			c.expect(t, "olga", c.of(name, "PUT", "recover-account"), body, 200, "")
			a := c.account(t, name)
			if a.ForcePasswordReset != both || a.SecurityStamp == stamp || !c.loggedOut(name) || !slices.Equal(c.last, []id.ID{a.ID}) {
				t.Errorf("%s: got %+v, told %v, last %v", name, a, c.Said, c.last)
			}
			if !slices.Equal(c.events(t, name), events) || !slices.Equal(templates(c.Mails), letters) {
				t.Errorf("%s: recorded %v, mailed %v", name, c.events(t, name), templates(c.Mails))
			}
			if got := c.logIn(t, name, hash); got.status != 200 {
				t.Errorf("%s: got %d %s", name, got.status, got.body)
			}
			c.inTwoSteps(t, name)
			if again, err := c.steps.RecoveryCode(t.Context(), c.people[name]); err != nil || again == code || again == "" {
				t.Errorf("%s: the recovery code is %q, and was %q (%v)", name, again, code, err)
			}
		}
	})
}

func templates(letters []mail.Message) []string {
	names := []string{}
	for _, m := range letters {
		names = append(names, m.Template)
	}
	return names
}

func TestSecondStepsThatAreNotThereEndNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma")
		token := c.token(t, "uma")
		c.expect(t, "olga", c.of("uma", "PUT", "recover-account"), object{"resetMasterPassword": false, "resetTwoFactor": true}, 200, "")
		if got := c.send(t, token, "GET", "/api/accounts/profile", nil); got.status != 200 || len(c.Mails) != 0 || len(c.events(t, "uma")) != 0 || len(c.last) != 0 {
			t.Errorf("got %d, mailed %v, recorded %v, last %v", got.status, c.Mails, c.events(t, "uma"), c.last)
		}
	})
}

func TestRecoveryThatFitsNobodyIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "olga", "uma")
		c.change(t, `UPDATE account SET key_id = $2 WHERE id = $1`, c.people["uma"], strings.Repeat("a", 32))
		before := c.account(t, "uma")
		with := func(change func(object)) object {
			body := recent("uma")
			change(body)
			return body
		}
		for name, test := range map[string]struct {
			body  object
			field string
		}{
			"nothing at all":   {object{}, "newMasterPassword"},
			"nothing chosen":   {object{"resetMasterPassword": false, "resetTwoFactor": false}, "resetMasterPassword"},
			"no key":           {object{"newMasterPasswordHash": newHash}, "key"},
			"no hash":          {object{"key": orgtest.Encrypted}, "newMasterPasswordHash"},
			"half of it":       {with(func(b object) { delete(b, "unlockData") }), "unlockData"},
			"another salt":     {recent("ugo"), "authenticationData.salt"},
			"another user key": {with(func(b object) { b["unlockData"].(object)["containedKeyId"] = strings.Repeat("b", 32) }), "unlockData.containedKeyId"},
			"another KDF": {with(func(b object) {
				for _, half := range []string{"authenticationData", "unlockData"} {
					b[half].(object)["kdf"] = object{"kdfType": 0, "iterations": 700_000}
				}
			}), "authenticationData.kdf"},
		} {
			got := c.call(t, "olga", c.of("uma", "PUT", "recover-account"), test.body)
			if got.status != 400 || !strings.Contains(strings.ToLower(got.body), strings.ToLower(test.field)) {
				t.Errorf("%s: got %d %s, want 400 on %s", name, got.status, got.body, test.field)
			}
		}
		c.expect(t, "olga", c.of("olga", "PUT", "recover-account"), recent("olga"), 400, "your own account")
		if after := c.account(t, "uma"); after != before || len(c.Mails) != 0 {
			t.Errorf("got %+v, want %+v; mailed %v", after, before, c.Mails)
		}
	})
}

var errBroken = errors.New("broken")

func TestRecoveryIsOneTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCompany(t, d)
		c.enroll(t, "uma")
		c.inTwoSteps(t, "uma")
		before := c.account(t, "uma")
		c.recoveries.Mail = func(context.Context, ...mail.Message) error { return errBroken }
		body := recent("uma")
		body["resetTwoFactor"] = true
		c.expect(t, "olga", c.of("uma", "PUT", "recover-account"), body, 500, "")
		steps, err := c.steps.Providers(t.Context(), c.people["uma"])
		after := c.account(t, "uma")
		before.VaultRevisedAt, after.VaultRevisedAt = time.Time{}, time.Time{}
		if after != before || err != nil || len(steps) != 1 || len(c.events(t, "uma")) != 0 {
			t.Errorf("got %+v, want %+v; second steps %v (%v), recorded %v", after, before, steps, err, c.events(t, "uma"))
		}
	})
}

// TestPasswordIsNotHashedForWhoMayNot pins the order: permission comes first.
func TestPasswordIsNotHashedForWhoMayNot(t *testing.T) {
	c := newCompany(t, dbtest.SQLite(t))
	c.enroll(t, "uma")
	c.token(t, "ugo")
	c.Accounts.Passwords = new(account.Passwords) // which would wait for a core forever
	c.expect(t, "ugo", c.of("uma", "PUT", "reset-password"), old(), 404, "")
}
