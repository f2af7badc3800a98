package sponsorship_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"coffre/internal/account"
	"coffre/internal/clock"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/registration"
	"coffre/internal/sponsorship"
)

// onCloud runs fn on an empty cloud with one Enterprise organization.
func onCloud(t *testing.T, fn func(t *testing.T, c *cloud, s sponsor)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		fn(t, c, c.sponsor(t))
	})
}

// Scenario 1.
func TestConfirmedMemberOffersWithOneMail(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("aunt@family.example")))
		v, found := c.own(t, s)
		if !found || v.Wish.Email != "aunt@family.example" || v.Outcome.State != sponsorship.Offered || v.Outcome.Sequence != 1 {
			t.Errorf("got %+v", v)
		}
		list := c.letters(t)
		if len(list) != 1 || list[0].To != "aunt@family.example" || list[0].Data["Organization"] != "Acme" {
			t.Fatalf("got %+v", list)
		}
		until := c.clock.Now().AddDate(0, 0, 30).Format(time.DateOnly)
		if !strings.HasPrefix(list[0].Data["Until"], until) {
			t.Errorf("open until %q, want %s", list[0].Data["Until"], until)
		}
	})
}

// Scenarios 2, 3, 4, 5 and 6, and 99 as far as it is known where the member is.
func TestOfferIsRefused(t *testing.T) {
	tests := map[string]struct {
		prepare func(t *testing.T, c *cloud, s sponsor)
		code    string // "" for 404
	}{
		"Teams":                 {planOf(plan.TeamsAnnually, true), "plan-too-low"},
		"Families":              {planOf(plan.FamiliesAnnually, true), "plan-too-low"},
		"Free":                  {planOf(plan.Free, true), "plan-too-low"},
		"disabled organization": {planOf(plan.EnterpriseAnnually, false), "organization-disabled"},
		"invited":               {statusOf(org.Invited), "member-not-confirmed"},
		"accepted":              {statusOf(org.Accepted), "member-not-confirmed"},
		"revoked":               {statusOf(org.Revoked), "member-not-confirmed"},
		"policy":                {func(t *testing.T, c *cloud, s sponsor) { c.bar(t, s.org.ID, true) }, "disabled-by-policy"},
		"stranger": {func(t *testing.T, c *cloud, s sponsor) {
			c.exec(t, `DELETE FROM member WHERE id = $1`, s.member.ID)
		}, ""},
	}
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		refused(t, c.Offer(t.Context(), s.caller, s.org.ID, to(strings.ToUpper(c.email(t, s.caller)))), "own-email")
		for name, test := range tests {
			t.Run(name, func(t *testing.T) {
				s := c.sponsor(t)
				test.prepare(t, c, s)
				err := c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example"))
				if test.code == "" {
					gone(t, err)
				} else {
					refused(t, err, test.code)
				}
			})
		}
		if c.rows(t) != 0 || len(c.letters(t)) != 0 {
			t.Error("a refused offer left a row or a mail")
		}
	})
}

func planOf(planType plan.Type, enabled bool) func(*testing.T, *cloud, sponsor) {
	return func(t *testing.T, c *cloud, s sponsor) { c.setPlan(t, s.org.ID, planType, enabled, time.Time{}) }
}

func statusOf(status org.Status) func(*testing.T, *cloud, sponsor) {
	return func(t *testing.T, c *cloud, s sponsor) {
		c.exec(t, `UPDATE member SET status = $1 WHERE id = $2`, status, s.member.ID)
	}
}

// Scenario 6, second half.
func TestResendIsRefusedByPolicy(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		c.bar(t, s.org.ID, true)
		refused(t, c.Resend(t.Context(), s.caller, s.org.ID, "a@b.example"), "disabled-by-policy")
		if n := len(c.letters(t)); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

// Scenario 7.
func TestOfferToAnotherKillsTheFirstToken(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		before, _ := c.own(t, s)
		first := c.token(t)
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("b@b.example")))
		after, _ := c.own(t, s)
		if after.ID != before.ID || after.Wish.Email != "b@b.example" || after.Wish.Revision <= before.Wish.Revision {
			t.Errorf("before %+v, after %+v", before, after)
		}
		refused(t, c.Offered(t.Context(), first, "a@b.example"), "offer-replaced")
		if list := c.letters(t); len(list) != 2 || list[1].To != "b@b.example" {
			t.Errorf("mails: %+v", list)
		}
		must(t, c.Offered(t.Context(), c.token(t), "B@b.example"))
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		refused(t, c.Offered(t.Context(), first, "a@b.example"), "offer-replaced") // not even when a returns
	})
}

// Scenario 8.
func TestOfferToTheSameAddressIsOneMoreMail(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		for range 2 {
			must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		}
		if rows, mails := c.rows(t), len(c.letters(t)); rows != 1 || mails != 2 {
			t.Errorf("%d rows and %d mails, want 1 and 2", rows, mails)
		}
	})
}

// Scenario 9.
func TestRedeemedSponsorshipIsNotOfferedAgain(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.redeemed(t, s)
		refused(t, c.Offer(t.Context(), s.caller, s.org.ID, to("b@b.example")), "member-already-sponsors")
	})
}

// Scenario 10.
func TestColleaguesOfferToTheSameAddressIsAnother(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		first, _ := c.own(t, s)
		colleague := c.person(t, "colleague@acme.example")
		c.join(t, s.org, colleague, org.Confirmed, org.User)
		must(t, c.Offer(t.Context(), colleague, s.org.ID, to("a@b.example")))
		if again, _ := c.own(t, s); again != first {
			t.Errorf("before %+v, after %+v", first, again)
		}
		if n := c.rows(t); n != 2 {
			t.Errorf("%d rows, want 2", n)
		}
	})
}

// Scenarios 11 and 26.
func TestTwoOffersAreNotRedeemedOnOneOrganization(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		recipient := c.person(t, "a@b.example")
		families := c.families(t, recipient)
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		first := c.token(t)
		other := c.sponsor(t)
		must(t, c.Offer(t.Context(), other.caller, other.org.ID, to("a@b.example")))
		must(t, c.Redeem(t.Context(), recipient, first, families.ID))
		refused(t, c.Redeem(t.Context(), recipient, c.token(t), families.ID), "target-already-sponsored")
		if v, _ := c.own(t, other); v.Outcome.State != sponsorship.Offered {
			t.Errorf("the other offer is %s", v.Outcome.State)
		}
	})
}

// Scenario 13.
func TestMemberResendsHisOwnOfferWithinLimits(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		refused(t, c.Resend(t.Context(), s.caller, s.org.ID, ""), "no-sponsorship")
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, "A@B.example"))
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, "")) // the clients of 2022 give no name
		if n := len(c.letters(t)); n != 3 {
			t.Errorf("%d mails, want 3", n)
		}
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, ""))
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, ""))
		if err := c.Resend(t.Context(), s.caller, s.org.ID, ""); fault.KindOf(err) != fault.TooMany {
			t.Errorf("the sixth mail of an hour: got %v, want 429", err)
		}
		c.clock.Advance(time.Hour)
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, ""))
	})
}

func TestColleaguesOfferIsNotResent(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		refused(t, c.Resend(t.Context(), s.owner, s.org.ID, "a@b.example"), "no-sponsorship")
		gone(t, c.Resend(t.Context(), c.person(t, "x@y.example"), s.org.ID, "a@b.example"))
		if n := len(c.letters(t)); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

// Scenario 14.
func TestMailKnowsWhoHasAnAccount(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.speaker(t, "tante@famille.example", "fr-FR")
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("tante@famille.example")))
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, sponsorship.Recipient{Email: "new+x@b.example", Language: "fr"}))
		list := c.letters(t)
		known, stranger := list[0], list[1]
		if known.Template != "offer" || known.Language != "fr" || strings.Contains(known.Data["Link"], "register") {
			t.Errorf("to an account: %+v", known)
		}
		want := "&email=new%2Bx%40b.example&register=true"
		if stranger.Template != "offer-new" || stranger.Language != "fr" || !strings.HasSuffix(stranger.Data["Link"], want) {
			t.Errorf("to a stranger: %+v", stranger)
		}
		if !strings.HasPrefix(known.Data["Link"], vaultURL+"/#/accept-families-for-enterprise?token=BWOrganizationSponsorship_") {
			t.Errorf("link %q", known.Data["Link"])
		}
	})
}

// Scenarios 34, 35 and 36: the token registers its own recipient alone, with a proven
// address, unless registration is closed.
func TestOfferRegistersItsRecipient(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("new@family.example")))
		newcomers := &registration.Service{
			Accounts: c.accounts, Keys: c.keys, Now: c.clock.Now, Sleep: clock.Sleep, Mail: c.outbox.Send, VaultURL: vaultURL, Verification: true,
			Offered: c.Offered, Registered: func(context.Context, account.Account, id.ID) error { return nil },
		}
		register := func(email string) error {
			return newcomers.Register(t.Context(), registration.Newcomer{
				Email: email, OfferToken: c.token(t), Language: "en", Password: account.FirstPassword{Credentials: account.Credentials{
					Hash: "hash", Key: "2.AAAA|AAAA|AAAA", KDF: &account.KDF{Type: account.PBKDF2, Iterations: 600_000},
				}},
			})
		}
		closed := register("new@family.example")
		newcomers.Open = true
		other := register("other@family.example")
		for name, err := range map[string]error{"closed": closed, "another address": other} {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: got %v, want 400", name, err)
			}
		}
		must(t, register("New@family.example"))
		a, found, err := c.accounts.FindByEmail(t.Context(), "new@family.example")
		if !found || !a.EmailVerified || err != nil {
			t.Errorf("found %v, verified %v, %v", found, a.EmailVerified, err)
		}
	})
}

// Scenarios 34 to 36, as far as the offer decides.
func TestTokenVouchesForOneAddress(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		must(t, c.Offered(t.Context(), c.token(t), "A@b.example "))
		refused(t, c.Offered(t.Context(), c.token(t), "x@b.example"), "offer-invalid")
		c.clock.Advance(30 * 24 * time.Hour)
		refused(t, c.Offered(t.Context(), c.token(t), "a@b.example"), "offer-expired")
	})
}

// offered makes an offer to somebody who has a Families organization.
func (c *cloud) offered(t testing.TB, s sponsor) taken {
	t.Helper()
	r := taken{email: id.New().String() + "@family.example"}
	r.caller = c.person(t, r.email)
	r.org = c.families(t, r.caller)
	must(t, c.Offer(t.Context(), s.caller, s.org.ID, to(r.email)))
	r.token = c.token(t)
	return r
}

// redeemed is an offer that its recipient has taken up.
func (c *cloud) redeemed(t testing.TB, s sponsor) taken {
	t.Helper()
	r := c.offered(t, s)
	must(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID))
	return r
}
