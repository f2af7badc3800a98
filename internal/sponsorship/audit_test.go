package sponsorship_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/sponsorship"
)

// log returns what the log of an organization says, the oldest first, as its owner
// reads it.
func (w *world) log(t testing.TB, s sponsor) []sponsorship.Change {
	t.Helper()
	list, more, err := w.service.Changes(t.Context(), s.owner, s.org.ID, id.ID{})
	must(t, err)
	if more {
		t.Fatal("there is more than a page")
	}
	slices.Reverse(list)
	return list
}

// logged compares the newest entries of a log, by what they say, and returns them.
func (w *world) logged(t testing.TB, s sponsor, want ...sponsorship.What) []sponsorship.Change {
	t.Helper()
	list := w.log(t, s)
	got := make([]sponsorship.What, len(list))
	for i, v := range list {
		got[i] = v.What
		if v.ID.IsZero() || v.SponsorshipID.IsZero() || v.OrganizationID != s.org.ID || v.At.IsZero() || v.State == "" {
			t.Errorf("an entry lacks something: %+v", v)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("the log says %v, want %v", got, want)
	}
	return list
}

// Scenario 150 and I7: from the offer to the end, each change leaves one entry, with
// who acted.
func TestEveryChangeIsInTheLogOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("first@family.example")))
		r := c.offered(t, s) // to another
		must(t, c.Resend(t.Context(), s.caller, s.org.ID, ""))
		must(t, c.Redeem(t.Context(), r.caller, c.token(t), r.org.ID))
		want := []sponsorship.What{sponsorship.WasOffered, sponsorship.WasRedirected, sponsorship.WasSentAgain, sponsorship.WasRedeemed}
		list := c.logged(t, s, want...)
		for i, actor := range []id.ID{s.caller, s.caller, s.caller, r.caller} {
			if list[i].ActorID != actor || list[i].SponsorshipID != list[0].SponsorshipID {
				t.Errorf("entry %d: %+v", i, list[i])
			}
		}
		c.until(c.paidUntil(t, r.org.ID))
		must(t, c.money.Renew(t.Context()))
		for range 2 { // again changes nothing
			must(t, c.Remove(t.Context(), r.caller, r.org.ID))
		}
		must(t, c.Revoke(t.Context(), s.caller, s.org.ID))
		c.until(c.paidUntil(t, r.org.ID))
		for range 2 {
			must(t, c.TellEnding(t.Context()))
			must(t, c.EndDue(t.Context()))
			must(t, c.money.Renew(t.Context()))
			must(t, c.Clean(t.Context()))
		}
		list = c.logged(t, s, append(want, sponsorship.WasRenewed, sponsorship.WasRemoved, sponsorship.WasRevoked, sponsorship.WasEnded)...)
		if last := list[7]; !last.ActorID.IsZero() || last.Code != "removed" || last.State != sponsorship.Ended {
			t.Errorf("the end: %+v", last)
		}
	})
}

// Scenario 150 for everything that others cause.
func TestConsequencesAreInTheLogOnce(t *testing.T) {
	type cause func(t *testing.T, c *cloud, s sponsor, r taken)
	for name, test := range map[string]struct {
		cause cause
		what  sponsorship.What
		code  string
	}{
		"member removed": {func(t *testing.T, c *cloud, s sponsor, _ taken) {
			_, err := c.members.Remove(t.Context(), s.owner, s.org.ID, []id.ID{s.member.ID})
			must(t, err)
		}, sponsorship.WasClosed, "sponsor-left"},
		"sponsored organization deleted": {func(t *testing.T, c *cloud, _ sponsor, r taken) {
			c.delete(t, r.caller, r.org.ID)
		}, sponsorship.WasEnded, "target-gone"},
		"sponsored organization moves up": {func(t *testing.T, c *cloud, _ sponsor, r taken) {
			must(t, c.money.Upgrade(t.Context(), r.caller, r.org.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 6}))
		}, sponsorship.WasEnded, "target-upgraded"},
		"not renewed": {func(t *testing.T, c *cloud, s sponsor, r taken) {
			c.setPlan(t, s.org.ID, plan.TeamsAnnually, true, time.Time{})
			c.until(c.paidUntil(t, r.org.ID))
			must(t, c.money.Renew(t.Context()))
			must(t, c.EndDue(t.Context()))
		}, sponsorship.WasEnded, "plan-too-low"},
	} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				r := c.redeemed(t, s)
				test.cause(t, c, s, r)
				list := c.logged(t, s, sponsorship.WasOffered, sponsorship.WasRedeemed, test.what)
				if list[2].Code != test.code {
					t.Errorf("got %+v", list[2])
				}
			})
		})
	}
}

// Scenario 150 over the dialect v1: each side has its own entries; the cloud's say
// which server asked.
func TestBothSidesOfASyncHaveTheirLog(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		p.sync(t)
		p.revoke(t)
		p.revoke(t)
		p.lose = func(call int) bool { return call == 4 }
		if _, err := p.home.exchange.SyncV1(t.Context(), p.session); err == nil {
			t.Error("the answer was not lost")
		}
		p.sync(t)
		here := p.home.logged(t, p.local, sponsorship.WasRequested, sponsorship.WasOffered, sponsorship.WasRedeemed, sponsorship.WasRevoked, sponsorship.WasClosed)
		there := p.cloud.logged(t, p.abroad, sponsorship.WasOffered, sponsorship.WasRedeemed, sponsorship.WasRevoked)
		if here[0].ActorID != p.local.caller || !here[1].ActorID.IsZero() || here[3].ActorID != p.local.caller {
			t.Errorf("here: %+v", here)
		}
		if there[0].InstallationID != p.installation || !there[0].ActorID.IsZero() || there[1].ActorID != recipient || there[2].InstallationID != p.installation {
			t.Errorf("there: %+v", there)
		}
	})
}

// A wish of which the cloud has never heard leaves the log alone behind.
func TestForgottenWishStaysInTheLog(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.revoke(t)
		list := p.home.logged(t, p.local, sponsorship.WasRequested, sponsorship.WasRevoked)
		if p.home.rows(t) != 0 || list[1].State != sponsorship.Ended || list[1].ActorID != p.local.caller {
			t.Errorf("%d rows, %+v", p.home.rows(t), list)
		}
	})
}

// What fails leaves no entry.
func TestFailuresAreNotInTheLog(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		r := c.offered(t, s)
		c.Billing = failing{c.money, context.Canceled}
		if c.Redeem(t.Context(), r.caller, r.token, r.org.ID) == nil {
			t.Error("redeemed")
		}
		refused(t, c.Offer(t.Context(), s.caller, s.org.ID, to(c.email(t, s.caller))), "own-email")
		c.logged(t, s, sponsorship.WasOffered)
	})
}

// Scenario 150: owners read the log, page by page; it holds no secret, no address and
// no notes; nobody else learns that there is one.
func TestOwnersReadTheLog(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		notes := sealed(50)
		must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to("secret@family.example"), notes))
		v := c.byAdmins(t, s)[0]
		for range 101 {
			must(t, c.store.Record(t.Context(), sponsorship.Change{
				ID: id.NewOrdered(), SponsorshipID: v.ID, OrganizationID: s.org.ID, What: sponsorship.WasSentAgain, State: v.Outcome.State, At: c.clock.Now(),
			}))
		}
		router, path := cloudRouter(c, id.New()), "/api/organizations/"+s.org.ID.String()+"/sponsorships/changes"
		for _, other := range []id.ID{s.caller, c.sponsor(t).owner} {
			if status, _ := call(t, router, "GET", path, other.String(), ""); status != 404 {
				t.Errorf("got %d, want 404", status)
			}
		}
		var page struct {
			Data []struct {
				ID            id.ID
				SponsorshipID id.ID
				ActingUserID  id.ID
				Change        string
			}
			ContinuationToken string
		}
		_, body := call(t, router, "GET", path, s.owner.String(), "")
		must(t, json.Unmarshal([]byte(body), &page))
		if len(page.Data) != 100 || page.ContinuationToken != page.Data[99].ID.String() {
			t.Fatalf("%d entries, then %q", len(page.Data), page.ContinuationToken)
		}
		token := page.ContinuationToken
		page.ContinuationToken = ""
		_, body = call(t, router, "GET", path+"?continuationToken="+token, s.owner.String(), "")
		must(t, json.Unmarshal([]byte(body), &page))
		if len(page.Data) != 2 || page.ContinuationToken != "" || page.Data[1].Change != "offered" || page.Data[1].ActingUserID != s.owner {
			t.Errorf("the last page: %s", body)
		}
		for _, secret := range []string{"secret@", notes, tokenIn(t, c.letters(t)[0])} {
			if strings.Contains(body, secret) {
				t.Errorf("the log holds %q", secret)
			}
		}
		if status, _ := call(t, router, "GET", path+"?continuationToken=x", s.owner.String(), ""); status != 400 {
			t.Errorf("got %d, want 400", status)
		}
	})
}

// Scenario 53: whether a member may redeem the own sponsorship at another address is a
// setting, and the log says it either way.
func TestMemberWhoRedeemsTheOwnSponsorship(t *testing.T) {
	for name, allowed := range map[string]bool{"allowed": true, "not allowed": false} {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
				c.SelfAllowed = allowed
				families := c.families(t, s.caller)
				must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("private@family.example")))
				c.exec(t, `UPDATE account SET email = 'private@family.example' WHERE id = $1`, s.caller)
				err := c.Redeem(t.Context(), s.caller, c.token(t), families.ID)
				if !allowed {
					refused(t, err, "own-sponsorship")
					list := c.logged(t, s, sponsorship.WasOffered, sponsorship.WasSelfRefused)
					if list[1].ActorID != s.caller || c.sponsored(t, families.ID) {
						t.Errorf("got %+v", list[1])
					}
					return
				}
				must(t, err)
				v, _ := c.own(t, s)
				if list := c.logged(t, s, sponsorship.WasOffered, sponsorship.WasRedeemed); list[1].Code != "own-sponsorship" || v.Outcome.Code != "" {
					t.Errorf("got %+v, %+v", list[1], v.Outcome)
				}
			})
		})
	}
}

// Scenario 53, with another account that takes it for an organization that the member
// owns too.
func TestMemberWhoOwnsTheSponsoredOrganization(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.SelfAllowed = false
		r := c.offered(t, s)
		c.join(t, r.org, s.caller, org.Confirmed, org.Owner)
		refused(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID), "own-sponsorship")
		c.SelfAllowed = true
		must(t, c.Redeem(t.Context(), r.caller, r.token, r.org.ID))
	})
}

// Scenario 13, as clients see it: the fourth mail of an hour is refused with the time
// until the next.
func TestTooManyMailsSayWhenToTryAgain(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		c.MailsPerHour = 3
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("a@b.example")))
		path := "/api/organization/sponsorship/" + s.org.ID.String() + "/families-for-enterprise/resend"
		c.clock.Advance(10 * time.Minute)
		for n, want := range []int{200, 200, 429} {
			req := httptest.NewRequest("POST", path, http.NoBody)
			req.Header.Set("Authorization", "Bearer "+s.caller.String())
			w := httptest.NewRecorder()
			cloudRouter(c, id.New()).ServeHTTP(w, req)
			if w.Code != want {
				t.Fatalf("mail %d: got %d %s, want %d", n+2, w.Code, w.Body, want)
			}
			if wait := w.Header().Get("Retry-After"); want == 429 && (wait < "2990" || wait > "3000" || !strings.Contains(w.Body.String(), `"code":"too-many-mails"`)) {
				t.Errorf("Retry-After %q, %s", wait, w.Body)
			}
		}
		if n := len(c.letters(t)); n != 3 {
			t.Errorf("%d mails, want 3", n)
		}
		err := c.Resend(t.Context(), s.caller, s.org.ID, "")
		if fault.KindOf(err) != fault.TooMany || fault.CodeOf(err) != "too-many-mails" {
			t.Errorf("got %v", err)
		}
	})
}

// A table for a spreadsheet runs nothing of what somebody typed, and goes to whoever
// may see the list.
func TestExportIsHarmlessInASpreadsheet(t *testing.T) {
	onAdmins(t, func(t *testing.T, c *cloud, s sponsor) {
		names := []string{`=HYPERLINK("https://evil.example","x")`, "+1", "-1", "@SUM(1)", " =1", "＝1", "'quoted", "|calc", `Aunt, "Zoé"`, "Uncle"}
		for i, name := range names {
			r := to(strings.Repeat("a", i+1) + "@b.example")
			r.FriendlyName = name
			must(t, c.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, r, ""))
		}
		must(t, c.Offer(t.Context(), s.caller, s.org.ID, to("personal@b.example")))
		router, path := cloudRouter(c, id.New()), "/api/organizations/"+s.org.ID.String()+"/sponsorships/export"
		if status, _ := call(t, router, "GET", path, s.caller.String(), ""); status != 404 {
			t.Errorf("got %d, want 404", status)
		}
		_, body := call(t, router, "GET", path, s.owner.String(), "")
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		must(t, err)
		if len(rows) != len(names)+1 || strings.Contains(body, "personal@") {
			t.Fatalf("%d rows: %s", len(rows), body)
		}
		for i, row := range rows[1:] {
			want := names[i]
			if i < 8 {
				want = "'" + want
			}
			if row[2] != want || row[3] != "offered" {
				t.Errorf("row %d: got %q (%s), want %q", i, row[2], row[3], want)
			}
			for _, cell := range row {
				if strings.ContainsAny(strings.TrimLeft(cell, " ")[:min(1, len(strings.TrimLeft(cell, " ")))], "=+-@") {
					t.Errorf("a formula: %q", cell)
				}
			}
		}
	})
}
