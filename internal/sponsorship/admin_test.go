package sponsorship_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

// sealed is notes of so many bytes, as a client encrypts them.
func sealed(n int) string {
	piece := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	return "2." + piece(16) + "|" + piece(n/16*16+16) + "|" + piece(32)
}

// allow lets the admins of an organization give.
func (w *world) allow(t testing.TB, orgID id.ID) {
	t.Helper()
	must(t, w.orgs.AllowAdminSponsorships(t.Context(), orgID, true))
}

// byAdmins returns what the admins of an organization have given, as its owner reads it.
func (w *world) byAdmins(t testing.TB, s sponsor) []sponsorship.Sponsorship {
	t.Helper()
	list, err := w.service.ListAdminInitiated(t.Context(), s.owner, s.org.ID)
	must(t, err)
	return list
}

// onAdmins runs fn on a cloud with an organization whose admins may give.
func onAdmins(t *testing.T, fn func(t *testing.T, c *cloud, s sponsor)) {
	t.Helper()
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.allow(t, s.org.ID)
		fn(t, c, s)
	})
}

func (w *world) seats(t testing.TB, orgID id.ID) int {
	t.Helper()
	use, err := w.orgs.Use(t.Context(), orgID)
	must(t, err)
	return use.OccupiedSeats
}

// setSeats changes how many seats an organization has, and up to how many it may buy.
func (w *world) setSeats(t testing.TB, orgID id.ID, seats int, most *int) {
	t.Helper()
	o, err := w.orgs.Get(t.Context(), orgID)
	must(t, err)
	terms := o.Terms()
	terms.Seats = &seats
	must(t, w.orgs.Apply(t.Context(), orgID, terms))
	must(t, w.orgs.SetAutoscale(t.Context(), orgID, most))
}

// Scenarios 55 and 56, and who else is refused.
func TestAdminsOfferIsRefused(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		offer := func(caller id.ID, email string) error {
			return c.OfferAdminInitiated(t.Context(), caller, s.org.ID, to(email), "")
		}
		refused(t, offer(s.owner, "a@b.example"), "admin-sponsorship-not-allowed")
		c.allow(t, s.org.ID)
		gone(t, offer(s.caller, "a@b.example"))
		gone(t, offer(c.person(t, "stranger@b.example"), "a@b.example"))
		refused(t, offer(s.owner, c.email(t, s.owner)), "own-email")
		c.bar(t, s.org.ID, true)
		refused(t, offer(s.owner, "a@b.example"), "disabled-by-policy")
		c.bar(t, s.org.ID, false)
		c.exec(t, `UPDATE organization SET enabled = FALSE WHERE id = $1`, s.org.ID)
		refused(t, offer(s.owner, "a@b.example"), "organization-disabled")
		if c.rows(t) != 0 || len(c.letters(t)) != 0 {
			t.Error("a refused offer left a row or a mail")
		}
	})
}

// Scenarios 57, 65 and 66: an admin's three and the own one are four rows, of which
// the admins' list has three, and the profile of the admin has the organization once.
func TestAdminGivesBesidesTheOwnOne(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.owner, s.org.ID, to("own@b.example")))
		for _, email := range []string{"a@b.example", "b@b.example", "c@b.example"} {
			must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to(email), ""))
		}
		other := c.sponsor(t)
		c.allow(t, other.org.ID)
		must(t, c.OfferAdminInitiated(t.Context(), other.owner, other.org.ID, to("a@b.example"), ""))
		list := c.byAdmins(t, s)
		if len(list) != 3 || c.rows(t) != 5 || len(c.letters(t)) != 5 || c.seats(t, s.org.ID) != 2+3 {
			t.Errorf("%d in the list, %d rows, %d mails, %d seats", len(list), c.rows(t), len(c.letters(t)), c.seats(t, s.org.ID))
		}
		for _, v := range list {
			if !v.Wish.AdminInitiated || v.OrganizationID != s.org.ID || v.MemberID == s.member.ID {
				t.Errorf("got %+v", v)
			}
		}
		profile, err := c.orgs.ListOf(t.Context(), s.owner)
		must(t, err)
		if len(profile) != 1 || profile[0].Sponsorship == nil || profile[0].Sponsorship.FriendlyName != "own@b.example" {
			t.Errorf("profile: %+v", profile)
		}
	})
}

// An address that an admin has sponsored before gets one more mail, and no other row.
func TestAdminsOfferToTheSameAddressIsOneMoreMail(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		email := "aunt@family.example"
		recipient := c.person(t, email)
		for range 2 {
			must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to(email), ""))
		}
		must(t, c.Resend(t.Context(), s.owner, s.org.ID, email))
		if len(c.byAdmins(t, s)) != 1 || len(c.letters(t)) != 3 || c.seats(t, s.org.ID) != 3 {
			t.Errorf("%d rows, %d mails, %d seats", len(c.byAdmins(t, s)), len(c.letters(t)), c.seats(t, s.org.ID))
		}
		must(t, c.Redeem(t.Context(), recipient, c.token(t), c.families(t, recipient).ID))
		refused(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to(email), ""), "already-redeemed")
		refused(t, c.Resend(t.Context(), s.owner, s.org.ID, email), "already-redeemed")
	})
}

// Scenario 58.
func TestAdminsOfferBuysASeatWhenNoneIsFree(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, _ sponsor) {
		owner := c.person(t, "owner@acme.example")
		o, err := c.orgs.Buy(t.Context(), owner, org.New{Name: "Acme", BillingEmail: "bills@acme.example", Key: "4.AAAA"},
			org.Purchase{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 1})
		must(t, err)
		c.allow(t, o.ID)
		must(t, c.orgs.SetAutoscale(t.Context(), o.ID, new(2)))
		must(t, c.OfferAdminInitiated(t.Context(), owner, o.ID, to("a@b.example"), ""))
		if got := c.subscription(t, o.ID); got.Seats != 2 {
			t.Errorf("%d seats are paid, want 2", got.Seats)
		}
		before := len(c.letters(t))
		refused(t, c.OfferAdminInitiated(t.Context(), owner, o.ID, to("b@b.example"), ""), "seats-over-limit")
		if c.rows(t) != 1 || len(c.letters(t)) != before || c.subscription(t, o.ID).Seats != 2 {
			t.Error("a refused offer left a row, a mail or a seat")
		}
		// Scenario 61: no seat that is taken is given back.
		if err := c.money.ChangeSeats(t.Context(), owner, o.ID, -1); fault.KindOf(err) != fault.Invalid {
			t.Errorf("got %v, want 400", err)
		}
		must(t, c.RevokeAdminInitiated(t.Context(), owner, o.ID, "a@b.example"))
		must(t, c.money.ChangeSeats(t.Context(), owner, o.ID, -1))
	})
}

// Scenario 59: a self-hosted server sells none. And over the dialect v1 the wish stays
// at home, and says why.
func TestAdminsWishAtHomeTakesAFreeSeatAndStays(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		h, s := p.home, p.local
		h.allow(t, s.org.ID)
		h.setSeats(t, s.org.ID, 3, nil)
		must(t, h.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), sealed(20)))
		refused(t, h.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("b@b.example"), ""), "no-free-seat")
		if got := p.sync(t); got.Sent != 0 || len(p.cloud.letters(t)) != 0 || p.cloud.rows(t) != 0 {
			t.Errorf("it travelled: %+v", got)
		}
		list := h.byAdmins(t, s)
		if state, _ := list[0].Shown(h.clock.Now(), 0); len(list) != 1 || state != sponsorship.Requested || !list[0].Waiting() {
			t.Errorf("got %+v", list)
		}
		_, body := call(t, homeRouter(h), "GET", "/api/organization/sponsorship/self-hosted/"+s.org.ID.String()+"/sponsored", s.owner.String(), "")
		if !strings.Contains(body, `"code":"not-in-this-dialect"`) {
			t.Errorf("it does not say why: %s", body)
		}
		must(t, h.RevokeAdminInitiated(t.Context(), s.owner, s.org.ID, list[0].ID.String()))
		if len(h.byAdmins(t, s)) != 0 || h.seats(t, s.org.ID) != 2 {
			t.Error("the seat is not free again")
		}
	})
}

// Scenario 60.
func TestRevokedSponsorshipOfAnAdminHoldsItsSeatWhileItIsPaid(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		recipient := c.person(t, "aunt@family.example")
		families := c.families(t, recipient)
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("aunt@family.example"), ""))
		must(t, c.Redeem(t.Context(), recipient, c.token(t), families.ID))
		must(t, c.RevokeAdminInitiated(t.Context(), s.owner, s.org.ID, c.byAdmins(t, s)[0].ID.String()))
		if got := c.seats(t, s.org.ID); got != 3 {
			t.Errorf("%d seats while it is paid, want 3", got)
		}
		c.until(c.paidUntil(t, families.ID))
		if got := c.seats(t, s.org.ID); got != 2 {
			t.Errorf("%d seats after it, want 2", got)
		}
	})
}

// Scenario 61, with a plan that has fewer seats than members and sponsorships.
func TestLowerPlanDoesNotFitSponsorshipsOfAdmins(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), ""))
		use, err := c.orgs.Use(t.Context(), s.org.ID)
		must(t, err)
		if use.OccupiedSeats != 3 {
			t.Errorf("%d seats are taken, want 3", use.OccupiedSeats)
		}
		err = c.money.ChangePlan(t.Context(), s.owner, s.org.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 2})
		refused(t, err, "plan-too-few-seats")
	})
}

// Scenario 62, by id: a manager with that permission alone reaches nothing personal.
func TestManagerRevokesByIDOnlyWhatAdminsMade(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		manager := c.person(t, "manager@acme.example")
		m := c.join(t, s.org, manager, org.Confirmed, org.Custom)
		c.exec(t, `UPDATE member SET permissions = $1 WHERE id = $2`, `{"manageUsers":true}`, m.ID)
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("mine@b.example")))
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), ""))
		personal, _ := c.own(t, s)
		for _, which := range []string{personal.ID.String(), "mine@b.example", s.member.ID.String()} {
			gone(t, c.RevokeAdminInitiated(t.Context(), manager, s.org.ID, which))
			refused(t, c.Resend(t.Context(), manager, s.org.ID, which), "no-sponsorship")
		}
		if after, _ := c.own(t, s); after != personal {
			t.Error("a colleague's was touched")
		}
		made := c.byAdmins(t, s)[0]
		other := c.sponsor(t)
		gone(t, c.RevokeAdminInitiated(t.Context(), other.owner, other.org.ID, made.ID.String()))
		must(t, c.RevokeAdminInitiated(t.Context(), manager, s.org.ID, made.ID.String()))
		if len(c.byAdmins(t, s)) != 0 {
			t.Error("it is still there")
		}
	})
}

// Scenario 63.
func TestNotesComeBackUnchangedAndAreNeverMailed(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		notes := sealed(200)
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), notes))
		if got := c.byAdmins(t, s)[0].Wish.Notes; got != notes {
			t.Errorf("got %q", got)
		}
		_, body := call(t, cloudRouter(c, id.New()), "GET", "/api/organization/sponsorship/"+s.org.ID.String()+"/sponsored", s.owner.String(), "")
		if !strings.Contains(body, `"notes":"`+notes+`"`) {
			t.Errorf("the list: %s", body)
		}
		for _, l := range c.letters(t) {
			for name, value := range l.Data {
				if strings.Contains(value, notes) {
					t.Errorf("the mail has them in %s", name)
				}
			}
		}
		_, table := call(t, cloudRouter(c, id.New()), "GET", "/api/organizations/"+s.org.ID.String()+"/sponsorships/export", s.owner.String(), "")
		if strings.Contains(table, notes) || !strings.Contains(table, "a@b.example") {
			t.Errorf("the table: %s", table)
		}
	})
}

// Scenario 64: the server sees ciphertext, so the longest is what 1,000 characters of
// three bytes each become.
func TestNotesHaveALimit(t *testing.T) {
	for name, test := range map[string]struct {
		notes string
		fault string
	}{
		"none":                  {"", ""},
		"one character":         {sealed(1), ""},
		"1,000 letters":         {sealed(1000), ""},
		"1,000 characters":      {sealed(3000), ""},
		"one block more":        {sealed(3008), "sponsorship.notesTooLong"},
		"far more":              {sealed(60000), "sponsorship.notesTooLong"},
		"clear text":            {"call her on Monday", "malformed"},
		"of another generation": {"7.AAAA", "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			wrong, _ := sponsorship.CheckNotes(test.notes).(*fault.Error)
			switch {
			case test.fault == "" && wrong != nil, test.fault != "" && (wrong == nil || wrong.Key != test.fault || wrong.Field != "notes"):
				t.Errorf("got %+v, want %q", wrong, test.fault)
			}
		})
	}
}

// Scenarios 55, 56 and 64, as a client calls.
func TestClientGivesInTheNameOfAnOrganization(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		path := "/api/organization/sponsorship/" + s.org.ID.String() + "/families-for-enterprise"
		body := func(notes string) string {
			return `{"planSponsorshipType":0,"sponsoredEmail":"a@b.example","friendlyName":"a@b.example","isAdminInitiated":true,"notes":` + notes + `}`
		}
		for _, test := range []struct {
			caller   id.ID
			body     string
			status   int
			contains string
		}{
			{s.caller, body("null"), 404, ""},
			{s.owner, body(`"` + sealed(3008) + `"`), 400, `"notes":["The notes are too long. Shorten them to 1000 characters."]`},
			{s.owner, body(`"` + sealed(10) + `"`), 200, ""},
			{s.owner, body("null"), 200, ""},
		} {
			if status, answer := call(t, cloudRouter(c, id.New()), "POST", path, test.caller.String(), test.body); status != test.status || !strings.Contains(answer, test.contains) {
				t.Errorf("got %d %s, want %d", status, answer, test.status)
			}
		}
	})
}

// A sponsorship by an admin does not outlive the right of the organization to give it.
func TestSponsorshipOfAnAdminEndsWhenTheOrganizationMayGiveNoneAnyMore(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		recipient := c.person(t, "aunt@family.example")
		families := c.families(t, recipient)
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("aunt@family.example"), ""))
		must(t, c.Redeem(t.Context(), recipient, c.token(t), families.ID))
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("uncle@family.example"), ""))
		uncle := c.person(t, "uncle@family.example")
		must(t, c.orgs.AllowAdminSponsorships(t.Context(), s.org.ID, false))
		refused(t, c.Redeem(t.Context(), uncle, c.token(t), c.families(t, uncle).ID), "admin-sponsorship-not-allowed")
		refused(t, c.Resend(t.Context(), s.owner, s.org.ID, "uncle@family.example"), "admin-sponsorship-not-allowed")
		must(t, c.RevokeAdminInitiated(t.Context(), s.owner, s.org.ID, "uncle@family.example"))
		c.until(c.paidUntil(t, families.ID))
		must(t, c.money.Renew(t.Context()))
		if c.sponsored(t, families.ID) || len(c.byAdmins(t, s)) != 0 {
			t.Error("it goes on")
		}
	})
}

// Too many mails are refused with the time until one may be sent again.
func TestAdminsMailsAreLimitedToo(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		c.MailsPerHour = 3
		for range 3 {
			must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), ""))
		}
		if err := c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), ""); fault.KindOf(err) != fault.TooMany {
			t.Errorf("got %v, want 429", err)
		}
		c.clock.Advance(time.Hour)
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("a@b.example"), ""))
	})
}
