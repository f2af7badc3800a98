package sponsorship_test

import (
	"fmt"
	"sync"
	"testing"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/sponsorship"
)

// atOnce runs functions at the same time and returns what each said.
func atOnce(fns ...func() error) []error {
	said := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, fn := range fns {
		wg.Go(func() { said[i] = fn() })
	}
	wg.Wait()
	return said
}

// Scenarios 31 and 43 at one moment: whichever comes first, no offer is redeemed of a
// member who is gone, nothing that is redeemed is forgotten, and nobody waits for
// somebody who waits for them.
func TestRedemptionMeetsTheEndOfItsCause(t *testing.T) {
	causes := map[string]func(t *testing.T, c *cloud, s sponsor, proof account.Secret) error{
		"member removed": func(t *testing.T, c *cloud, s sponsor, _ account.Secret) error {
			_, err := c.members.Remove(t.Context(), s.owner, s.org.ID, []id.ID{s.member.ID})
			return err
		},
		"revoked": func(t *testing.T, c *cloud, s sponsor, _ account.Secret) error {
			return c.Revoke(t.Context(), s.caller, s.org.ID)
		},
		"giving organization deleted": func(t *testing.T, c *cloud, s sponsor, proof account.Secret) error {
			return c.orgs.Delete(t.Context(), s.owner, s.org.ID, proof)
		},
	}
	for name, cause := range causes {
		t.Run(name, func(t *testing.T) {
			onCloud(t, func(t *testing.T, c *cloud, _ sponsor) {
				for range 5 {
					s := c.sponsor(t)
					r := c.offered(t, s)
					v, _ := c.own(t, s)
					proof := c.secret(t, s.owner)
					said := atOnce(
						func() error { return c.Redeem(t.Context(), r.caller, r.token, r.org.ID) },
						func() error { return cause(t, c, s, proof) },
						func() error { return c.EndDue(t.Context()) },
						func() error { return c.TellEnding(t.Context()) },
					)
					must(t, said[1])
					must(t, said[2])
					must(t, said[3])
					want := sponsorship.Ending
					if said[0] != nil {
						want = sponsorship.Ended
						if fault.KindOf(said[0]) != fault.Invalid {
							t.Errorf("redemption: %v", said[0])
						}
					}
					if v = c.get(t, v); v.Outcome.State != want || c.sponsored(t, r.org.ID) != (want == sponsorship.Ending) {
						t.Errorf("%v, and then %+v", said[0], v.Outcome)
					}
				}
			})
		})
	}
}

// Scenario 59 at one moment: two admins do not take one seat.
func TestTwoAdminsDoNotTakeOneSeat(t *testing.T) {
	apart(t, func(t *testing.T, p *pair) {
		h, s := p.home, p.local
		h.allow(t, s.org.ID)
		h.setSeats(t, s.org.ID, 4, nil)
		var fns []func() error
		for i := range 6 {
			fns = append(fns, func() error {
				return h.OfferAdminInitiated(t.Context(), s.owner, s.org.ID, to(fmt.Sprintf("%d@b.example", i)), "")
			})
		}
		good := 0
		for _, err := range atOnce(fns...) {
			if err == nil {
				good++
				continue
			}
			refused(t, err, "no-free-seat")
		}
		if good != 2 || h.seats(t, s.org.ID) != 4 {
			t.Errorf("%d offers for two seats, %d seats taken", good, h.seats(t, s.org.ID))
		}
	})
}

// Forty members who go take no more statements than two.
func TestMembersGoTogetherInAsManyStatementsAsFew(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCloud(t, d)
		cost := func(n int) int64 {
			t.Helper()
			s := c.sponsor(t)
			ids := make([]id.ID, n)
			for i := range ids {
				caller := c.person(t, id.New().String()+"@acme.example")
				ids[i] = c.join(t, s.org, caller, org.Confirmed, org.User).ID
				must(t, c.Offer(t.Context(), caller, s.org.ID, to(id.New().String()+"@family.example")))
			}
			before := c.db.Statements()
			must(t, c.MembersLeave(t.Context(), s.org.ID, ids))
			return c.db.Statements() - before
		}
		if few, many := cost(2), cost(40); few != many {
			t.Errorf("%d statements for two members, %d for forty", few, many)
		}
	})
}
