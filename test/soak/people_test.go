package soak_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"

	"coffre/internal/client"
	"coffre/internal/id"
	"coffre/test/harness"
)

// company is an organization on both sides.
type company struct {
	abroad, home id.ID
	owner        harness.Person // at home
	members      []harness.Person
}

// friend is somebody in the cloud who may be offered a sponsorship.
type friend struct {
	harness.Person
	family id.ID
}

// Plans that people buy.
const (
	enterprise = 20
	families   = 22
)

func (o *town) found(t *testing.T, name string, installation client.Installation) *company {
	t.Helper()
	email := "owner@" + name + ".example"
	buyer, c := o.Join(t, email, name, "en"), &company{owner: o.JoinSelfHosted(t, email, name, "fr")}
	made, err := buyer.CreateOrganization(t.Context(), client.NewOrganization{
		Name: name, BillingEmail: email, PlanType: enterprise, AdditionalSeats: 9, CollectionName: "All", Country: "FR", PostalCode: "75001",
	})
	must(t, err)
	file, err := buyer.DownloadLicense(t.Context(), made.ID, installation.ID)
	must(t, err)
	home, err := c.owner.CreateFromLicense(t.Context(), file, "All")
	must(t, err)
	c.abroad, c.home = made.ID, home.ID
	c.members = append(c.members, c.owner)
	for _, first := range []string{"ann", "ben", "cid"} {
		c.members = append(c.members, o.employ(t, c, first+"@"+name+".example"))
	}
	key, err := buyer.BillingSyncKey(t.Context(), c.abroad, harness.Password)
	must(t, err)
	_, err = c.owner.SaveConnection(t.Context(), c.home, key.APIKey)
	must(t, err)
	_, err = c.owner.SyncLicense(t.Context(), c.home)
	must(t, err)
	return c
}

// employ makes somebody a member at home, where no mail is sent: who is invited has
// accepted.
func (o *town) employ(t *testing.T, c *company, email string) harness.Person {
	t.Helper()
	p := o.JoinSelfHosted(t, email, email, "en")
	must(t, c.owner.Invite(t.Context(), c.home, client.RoleUser, email))
	list, err := c.owner.Members(t.Context(), c.home)
	must(t, err)
	for _, m := range list {
		if m.Email == email {
			must(t, c.owner.ConfirmMember(t.Context(), c.home, m.ID))
		}
	}
	return p
}

func (o *town) befriend(t *testing.T, name string) *friend {
	t.Helper()
	f := &friend{Person: o.Join(t, name+"@family.example", name, "fr")}
	made, err := f.CreateOrganization(t.Context(), client.NewOrganization{
		Name: name, BillingEmail: f.Email, PlanType: families, CollectionName: "All", Country: "FR", PostalCode: "75001",
	})
	must(t, err)
	f.family = made.ID
	return f
}

// addresses gives each asker another one, so that more than one mail to it is one too
// many.
type addresses struct {
	mu   sync.Mutex
	last int
}

func (a *addresses) next() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last++
	return fmt.Sprintf("%d%s", a.last, once)
}

// once ends the addresses that are wished for once.
const once = "@once.example"

// actors are all people, each as one thing that they do again and again.
func (o *town) actors() (list []func(context.Context, *rand.Rand) error) {
	for _, c := range o.companies {
		list = append(list, func(ctx context.Context, _ *rand.Rand) error {
			_, err := c.owner.SyncLicense(ctx, c.home)
			return err
		})
		for _, m := range c.members {
			list = append(list, func(ctx context.Context, dice *rand.Rand) error { return o.wish(ctx, c, m, dice) })
		}
	}
	for _, f := range o.friends {
		list = append(list, func(ctx context.Context, dice *rand.Rand) error { return o.answer(ctx, f, dice) })
	}
	return list
}

// wish is what a member does: offer to somebody new, or to a friend, or take it back.
func (o *town) wish(ctx context.Context, c *company, m harness.Person, dice *rand.Rand) error {
	switch n := dice.IntN(10); {
	case n < 5:
		return m.OfferSelfHosted(ctx, c.home, o.fresh.next())
	case n < 7:
		return m.OfferSelfHosted(ctx, c.home, o.friends[dice.IntN(len(o.friends))].Email)
	default:
		return m.RevokeSelfHosted(ctx, c.home)
	}
}

// answer is what a friend does: open one of the mails, or give the sponsorship up.
func (o *town) answer(ctx context.Context, f *friend, dice *rand.Rand) error {
	mails := o.Mail.To(f.Email, offer)
	if len(mails) == 0 {
		return nil
	}
	if dice.IntN(20) == 0 {
		return f.RemoveSponsorship(ctx, f.family)
	}
	if dice.IntN(4) > 0 {
		return nil // not now
	}
	return f.Redeem(ctx, tokenOf(mails[len(mails)-1]), f.family)
}

// offer is in the subject of every offer.
const offer = "Famil"

func tokenOf(mail harness.Mail) string {
	for _, link := range mail.Links {
		_, query, _ := strings.Cut(link, "?")
		if values, err := url.ParseQuery(query); err == nil && values.Get("token") != "" {
			return values.Get("token")
		}
	}
	return ""
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
