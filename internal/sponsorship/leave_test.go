package sponsorship_test

import (
	"testing"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// rounds is how often those meet who might wait for each other.
const rounds = 12

// A person owns a sponsored organization and redeems for another one as the account is
// deleted, which closes both: whichever comes first, none waits for one that waits.
func TestDeletionOfAnAccountMeetsARedemption(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, s sponsor) {
		for range rounds {
			r, other := c.redeemed(t, c.fellow(t, s)), c.fellow(t, s)
			more := c.families(t, r.caller)
			must(t, c.Offer(t.Context(), other.caller, s.org.ID, to(r.email)))
			token, proof := c.token(t), c.secret(t, r.caller)
			said := atOnce(
				func() error { return c.accounts.Delete(t.Context(), r.caller, proof) },
				func() error { return c.Redeem(t.Context(), r.caller, token, more.ID) },
				func() error { return c.EndDue(t.Context()) },
				func() error { return c.TellEnding(t.Context()) },
			)
			must(t, said[0])
			if err := said[1]; err != nil && fault.KindOf(err) == fault.Internal {
				t.Error(err)
			}
			must(t, said[2])
			must(t, said[3])
			givers, err := c.store.GiversTo(t.Context(), []id.ID{r.org.ID, more.ID})
			must(t, err)
			if len(givers) > 0 {
				t.Error("an organization that is gone is sponsored")
			}
		}
	})
}

// Each of two people owns what the other's company sponsors, and is a member of the
// other company: they go at once.
func TestAccountsThatAreTiedCrosswiseAreDeletedAtOnce(t *testing.T) {
	onCloud(t, func(t *testing.T, c *cloud, one sponsor) {
		another := c.sponsor(t)
		for range rounds {
			a, b := c.redeemed(t, c.fellow(t, one)), c.redeemed(t, c.fellow(t, another))
			c.join(t, another.org, a.caller, org.Confirmed, org.User)
			c.join(t, one.org, b.caller, org.Confirmed, org.User)
			ofA, ofB := c.secret(t, a.caller), c.secret(t, b.caller)
			said := atOnce(
				func() error { return c.accounts.Delete(t.Context(), a.caller, ofA) },
				func() error { return c.accounts.Delete(t.Context(), b.caller, ofB) },
			)
			must(t, said[0])
			must(t, said[1])
		}
	})
}

// fellow adds a member to the organization of a sponsor.
func (c *cloud) fellow(t *testing.T, s sponsor) sponsor {
	t.Helper()
	s.caller = c.person(t, id.New().String()+"@colleague.example")
	s.member = c.join(t, s.org, s.caller, org.Confirmed, org.User)
	return s
}
