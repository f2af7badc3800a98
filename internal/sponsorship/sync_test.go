package sponsorship_test

import (
	"context"
	"testing"
	"time"

	"coffre/internal/billingsync"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/sponsorship"
)

// Scenarios 81, 82, 83.
func TestOfferReachesTheCloudOnceAndIsMailedOnce(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.expect(t, sponsorship.Requested, true, 0, 0)
		if p.home.changed != 1 {
			t.Error("no sync was asked for")
		}
		if got, want := p.sync(t), (billingsync.Counts{Sent: 1, Accepted: 1}); got != want {
			t.Errorf("counts: got %+v, want %+v", got, want)
		}
		p.expect(t, sponsorship.Offered, false, 1, 1)
		given, err := p.home.Families(t.Context(), p.local.caller)
		must(t, err)
		if f := given[p.local.member.ID]; f.LastSyncDate.IsZero() || !f.ValidUntil.IsZero() || f.ToDelete {
			t.Errorf("profile: %+v", f)
		}
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 1)
	})
}

// Scenarios 84 and 87, and the end that the cloud makes.
func TestRedemptionAndEndReachTheMember(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		p.sync(t)
		p.expect(t, sponsorship.Active, false, 1, 1)
		v, _ := p.home.own(t, p.local)
		until := p.cloud.paidUntil(t, families.ID)
		if !v.Outcome.ValidUntil.Equal(until) {
			t.Errorf("valid until %v, want %v", v.Outcome.ValidUntil, until)
		}
		p.revoke(t)
		p.expect(t, sponsorship.Ending, true, 1, 1)
		p.sync(t)
		p.expect(t, sponsorship.Ending, false, 1, 1)
		if list := p.there(t); !list[0].ToDelete() || !p.cloud.sponsored(t, families.ID) {
			t.Errorf("in the cloud: %+v", list[0])
		}
		p.cloud.clock.Advance(until.Sub(p.cloud.clock.Now()))
		must(t, p.cloud.EndDue(t.Context()))
		if got := p.sync(t); got.Removed != 1 {
			t.Errorf("counts: %+v", got)
		}
		p.expect(t, "", false, 0, 2) // who pays was written to
		p.offer(t, "uncle@family.example")
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 3)
	})
}

func TestRemovalByTheRecipientReachesTheMember(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		must(t, p.cloud.Remove(t.Context(), recipient, families.ID))
		p.sync(t)
		p.expect(t, sponsorship.Ending, false, 1, 1)
		refused(t, p.home.Offer(t.Context(), p.local.caller, p.local.org.ID, to("b@b.example")), "member-already-sponsors")
	})
}

// Scenario 85.
func TestUnsentWishThatIsRevokedNeverLeaves(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.revoke(t)
		if n := p.home.rows(t); n != 0 {
			t.Errorf("%d rows, want none", n)
		}
		p.sync(t)
		if p.calls != 0 {
			t.Errorf("%d calls, want none", p.calls)
		}
	})
}

// Scenario 86.
func TestRevokedOfferIsGoneOnBothSides(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		token := p.cloud.token(t)
		p.revoke(t)
		p.revoke(t) // again changes nothing
		p.expect(t, sponsorship.Ending, true, 1, 1)
		given, err := p.home.Families(t.Context(), p.local.caller)
		must(t, err)
		if f := given[p.local.member.ID]; !f.ToDelete || !f.ValidUntil.IsZero() {
			t.Errorf("profile: %+v", f)
		}
		refused(t, p.home.Offer(t.Context(), p.local.caller, p.local.org.ID, to("b@b.example")), "withdrawal-waits")
		if got, want := p.sync(t), (billingsync.Counts{Sent: 1, Removed: 1}); got != want {
			t.Errorf("counts: got %+v, want %+v", got, want)
		}
		p.expect(t, "", false, 0, 1)
		refused(t, p.cloud.Offered(t.Context(), token, "aunt@family.example"), "offer-withdrawn")
	})
}

// Scenario 88.
func TestLostAnswerToADeletionRevivesNothing(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.revoke(t)
		p.lose = func(call int) bool { return call == 2 }
		if _, err := p.home.exchange.SyncV1(t.Context(), p.session); err == nil {
			t.Fatal("the lost answer went unnoticed")
		}
		p.expect(t, sponsorship.Ending, true, 0, 1)
		p.sync(t)
		p.expect(t, "", false, 0, 1)
		if n := p.cloud.rows(t); n != 1 {
			t.Errorf("%d rows in the cloud, want the skeleton", n)
		}
	})
}

func TestLostAnswerToAnOfferIsMadeUpFor(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.lose = func(call int) bool { return call == 1 }
		if _, err := p.home.exchange.SyncV1(t.Context(), p.session); err == nil {
			t.Fatal("the lost answer went unnoticed")
		}
		p.revoke(t) // the cloud has it, so it cannot be forgotten
		p.expect(t, sponsorship.Ending, true, 1, 1)
		p.sync(t)
		p.expect(t, "", false, 0, 1)
	})
}

// Scenario 89.
func TestChangedRecipientReachesTheCloud(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		old := p.cloud.token(t)
		before := p.there(t)[0]
		p.offer(t, "uncle@family.example")
		p.expect(t, sponsorship.Requested, true, 1, 1)
		given, err := p.home.Families(t.Context(), p.local.caller)
		must(t, err)
		if !given[p.local.member.ID].LastSyncDate.IsZero() {
			t.Error("clients show the changed offer as sent")
		}
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 2)
		after := p.there(t)[0]
		if after.ID != before.ID || after.Wish.Email != "uncle@family.example" || after.Outcome.Sequence <= before.Outcome.Sequence {
			t.Errorf("before %+v, after %+v", before, after)
		}
		refused(t, p.cloud.Offered(t.Context(), old, "aunt@family.example"), "offer-replaced")
		must(t, p.cloud.Offered(t.Context(), p.cloud.token(t), "uncle@family.example"))
	})
}

func TestWishThatChangesDuringACallIsToldNext(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.meanwhile = func() { p.offer(t, "uncle@family.example") }
		p.sync(t)
		p.expect(t, sponsorship.Requested, true, 1, 1)
		p.meanwhile = func() { p.revoke(t) }
		p.sync(t)
		p.expect(t, sponsorship.Ending, true, 1, 2)
		p.meanwhile = func() {}
		p.sync(t)
		p.expect(t, "", false, 0, 2)
	})
}

// Scenario 110, as far as the dialect v1 can tell: the backup knew that the cloud
// had answered.
func TestRestoredBackupRevivesNothing(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		backup, _ := p.home.own(t, p.local)
		p.revoke(t)
		p.sync(t)
		must(t, p.home.store.Save(t.Context(), backup))
		p.sync(t)
		p.expect(t, "", false, 0, 1)
	})
}

// An offer that has expired is made again when the member asks for it again.
func TestExpiredOfferIsRenewedBySync(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.cloud.clock.Advance(31 * 24 * time.Hour)
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 1)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.expect(t, sponsorship.Offered, false, 1, 2)
		must(t, p.cloud.Offered(t.Context(), p.cloud.token(t), "aunt@family.example"))
	})
}

// Scenario 51 on the self-hosted side, for more than one page of them: each end is in
// the log once.
func TestWhatTheCloudDoesNotRenewEndsAtHome(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		now := p.home.clock.Now()
		list := make([]sponsorship.Sponsorship, 120)
		for i := range list {
			list[i] = sponsorship.Sponsorship{
				ID: id.NewOrdered(), OrganizationID: p.local.org.ID, Birthplace: sponsorship.Here, MemberID: id.New(),
				Wish:      sponsorship.Wish{Revision: 1, Email: "a@b.example", FriendlyName: "a@b.example", Language: "en", Offer: 1},
				Outcome:   sponsorship.Outcome{State: sponsorship.Active, ValidUntil: now.Add(-89 * oneDay)},
				CreatedAt: now, RevisedAt: now,
			}
			list[i].OriginID = list[i].ID
		}
		must(t, p.home.store.Save(t.Context(), list...))
		living := func() int {
			t.Helper()
			n, err := p.home.count(t, `ended_at IS NULL`)
			must(t, err)
			return n
		}
		must(t, p.home.Clean(t.Context()))
		if n := living(); n != 120 {
			t.Errorf("%d live after 89 days", n)
		}
		p.home.clock.Advance(2 * oneDay)
		for range 2 {
			must(t, p.home.Clean(t.Context()))
		}
		entries, more, err := p.home.service.Changes(t.Context(), p.local.owner, p.local.org.ID, id.ID{})
		must(t, err)
		rest, _, err := p.home.service.Changes(t.Context(), p.local.owner, p.local.org.ID, entries[len(entries)-1].ID)
		if n := living(); n != 0 || !more || len(entries)+len(rest) != 120 || err != nil {
			t.Errorf("%d live after 91 days, %d entries, %v", n, len(entries)+len(rest), err)
		}
	})
}

// Scenario 23.
func TestOfferOfASilentServerEnds(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.cloud.OfferDays = 365
		p.cloud.clock.Advance(4381 * time.Hour)
		refused(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID), "sync-lapsed")
		if len(p.there(t)) != 0 || p.cloud.sponsored(t, families.ID) {
			t.Error("the row is still there")
		}
	})
}

// Scenario 92, 31: only members' own ones travel, and rows of a stranger's server
// are out of reach.
func TestMemberWithTwoRowsSyncs(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		v, _ := p.home.own(t, p.local)
		v.ID = id.New()
		v.OriginID, v.Wish.AdminInitiated = v.ID, true
		must(t, p.home.store.Save(t.Context(), v))
		if got, want := p.sync(t), (billingsync.Counts{Sent: 1, Accepted: 1}); got != want {
			t.Errorf("counts: got %+v, want %+v", got, want)
		}
		// The same member id, met from another installation, is another member.
		other, err := p.cloud.store.ListByMembers(t.Context(), p.abroad.org.ID, "v1:"+id.New().String(), []id.ID{p.local.member.ID})
		if len(other) != 0 || err != nil {
			t.Errorf("got %v, %v", other, err)
		}
	})
}

// A recipient who has redeemed cannot be exchanged by a change that was made before
// the redemption was known.
func TestChangedRecipientComesTooLate(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		recipient := p.cloud.person(t, "aunt@family.example")
		families := p.cloud.families(t, recipient)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		must(t, p.cloud.Redeem(t.Context(), recipient, p.cloud.token(t), families.ID))
		p.offer(t, "uncle@family.example")
		p.sync(t)
		p.expect(t, sponsorship.Active, false, 1, 1)
		if v, _ := p.home.own(t, p.local); v.Outcome.Code != "already-redeemed" {
			t.Errorf("code %q", v.Outcome.Code)
		}
	})
}

// Scenario 108.
func TestClocksMayDiffer(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.home.clock.Advance(10 * time.Minute)
		p.offer(t, "aunt@family.example")
		p.sync(t)
		p.cloud.clock.Advance(20 * time.Minute)
		p.revoke(t)
		p.sync(t)
		p.expect(t, "", false, 0, 1)
	})
}

// Scenario 107, as far as sponsorships go.
func TestLastSyncIsNeverUntilTheFirst(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		p.offer(t, "aunt@family.example")
		if at, err := p.home.LastSync(t.Context(), p.local.owner, p.local.org.ID); !at.IsZero() || err != nil {
			t.Errorf("got %v, %v", at, err)
		}
		p.sync(t)
		for _, w := range []struct {
			*sponsorship.Service
			sponsor
		}{{&p.home.Service, p.local}, {&p.cloud.Service, p.abroad}} {
			if at, err := w.LastSync(t.Context(), w.owner, w.org.ID); at.IsZero() || err != nil {
				t.Errorf("got %v, %v", at, err)
			}
			_, err := w.LastSync(t.Context(), w.caller, w.org.ID)
			gone(t, err)
		}
	})
}

// The event log of the cloud says of each batch that it was taken, and from which
// server; of one that was refused it says nothing.
func TestSyncIsInTheEventLogOfTheCloud(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		log := &event.Log{Store: event.NewStore(p.cloud.db), Now: p.cloud.clock.Now, Kept: p.cloud.orgs.KeepsEvents}
		p.cloud.orgs.Record = log.Record
		recorded := func() []event.Event {
			t.Helper()
			span := event.Span{From: time.Unix(0, 0), To: p.cloud.clock.Now().AddDate(1, 0, 0)}
			list, err := log.Store.List(t.Context(), event.Filter{OrganizationID: p.abroad.org.ID}, span, 10)
			must(t, err)
			return list
		}
		p.offer(t, "aunt@family.example")
		for syncs := 1; syncs <= 2; syncs++ {
			p.sync(t)
			list := recorded()
			if len(list) != syncs || list[0].Type != event.SponsorshipsSynced || list[0].InstallationID != p.installation || !list[0].ActorID.IsZero() {
				t.Errorf("after %d syncs: %+v", syncs, list)
			}
		}
		p.cloud.exchange.CheckKey = func(context.Context, id.ID, id.ID, string) error { return fault.Gone }
		if _, err := p.home.exchange.SyncV1(t.Context(), p.session); err == nil {
			t.Error("a sync with a wrong key went through")
		}
		if list := recorded(); len(list) != 2 {
			t.Errorf("a sync that was refused is in the log: %+v", list)
		}
	})
}
