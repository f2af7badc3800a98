package sponsorship

import (
	"context"
	"strconv"
	"time"

	"coffre/internal/billing"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/policy"
)

// noticePeriod is how long before the last sponsored period ends who pays is told.
const noticePeriod = 15 * 24 * time.Hour

// TellEnding writes to who pays for Families organizations whose sponsorship, as
// things stand, ends with the present period: up to when it is paid, and what it costs
// from then on. Each is told once for a period. It may be called at any time.
func (c *Cloud) TellEnding(ctx context.Context) error {
	for after := (id.ID{}); ; {
		list, err := c.Store.ListEnding(ctx, c.Now().Add(noticePeriod), after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := c.Store.Tx(ctx, func(ctx context.Context) error { return c.tellEnding(ctx, list) }); err != nil {
			return err
		}
		after = list[len(list)-1].ID
	}
}

func (c *Cloud) tellEnding(ctx context.Context, list []Sponsorship) error {
	ids := idsOf(list)
	on, err := c.Store.Footings(ctx, ids)
	if err != nil {
		return err
	}
	var over []Sponsorship
	for _, v := range list {
		if on[v.ID].Check(v, c.Now()) != "" {
			over = append(over, v)
		}
	}
	if err := c.mailEnding(ctx, over, on); err != nil {
		return err
	}
	return c.Store.MarkTold(ctx, idsOf(over), c.Now())
}

// tell does so for one that ends now, and reports whether nobody had been told.
func (c *Cloud) tell(ctx context.Context, v Sponsorship) (bool, error) {
	if !v.Outcome.ToldAt.IsZero() {
		return false, nil
	}
	on, err := c.Store.Footings(ctx, []id.ID{v.ID})
	if err != nil {
		return false, err
	}
	return true, c.mailEnding(ctx, []Sponsorship{v}, on)
}

func (c *Cloud) mailEnding(ctx context.Context, list []Sponsorship, on map[id.ID]Footing) error {
	if len(list) == 0 {
		return nil
	}
	targets := make([]id.ID, len(list))
	for i, v := range list {
		targets[i] = v.Outcome.SponsoredOrganizationID
	}
	follows, err := c.Billing.Afterwards(ctx, targets...)
	if err != nil {
		return err
	}
	var messages []mail.Message
	for _, v := range list {
		next, found := follows[v.Outcome.SponsoredOrganizationID]
		if !found || next.Email == "" {
			continue
		}
		messages = append(messages, c.ending(v, on[v.ID].Name, next))
	}
	return c.Mail(ctx, messages...)
}

func (c *Cloud) ending(v Sponsorship, sponsor string, next billing.Afterwards) mail.Message {
	until := v.Outcome.ValidUntil
	return mail.Message{
		Once: "sponsorship-ending|" + v.ID.String() + "|" + strconv.FormatInt(until.Unix(), 10),
		To:   next.Email, Template: "sponsorship-ending", Language: next.Language,
		Data: map[string]string{
			"Organization": next.Organization, "Sponsor": sponsor, "Ends": until.Format(time.RFC3339),
			"Amount": billing.Amount(next.Cents, next.Language), "Link": c.billingPage(v.Outcome.SponsoredOrganizationID),
		},
	}
}

// billingPage is the page of the web vault on which an owner sees what is to be paid.
func (c *Cloud) billingPage(orgID id.ID) string {
	return c.VaultURL + "/#/organizations/" + orgID.String() + "/billing/subscription"
}

// Barred writes to everyone who has redeemed a sponsorship of an organization whose
// policy forbids them from now on, in the transaction of ctx: it does not go on beyond
// what is paid, unless the policy is switched off before. Once for a period is enough.
func (c *Cloud) Barred(ctx context.Context, orgID id.ID) error {
	o, err := c.Organizations.Get(ctx, orgID)
	if err != nil || !o.Features.UsePolicies {
		return err
	}
	list, err := c.Store.ListByOrganization(ctx, orgID)
	if err != nil {
		return err
	}
	to, err := c.Store.Recipients(ctx, idsOf(list))
	if err != nil {
		return err
	}
	var messages []mail.Message
	for _, v := range list {
		if !v.Redeemed() || to[v.ID].Email == "" {
			continue
		}
		ends := ""
		if until := v.Outcome.ValidUntil; !until.IsZero() {
			ends = until.Format(time.RFC3339)
		}
		messages = append(messages, mail.Message{
			Once: "sponsorship-barred|" + v.ID.String() + "|" + ends, To: to[v.ID].Email, Template: "sponsorship-barred", Language: to[v.ID].Language,
			Data: map[string]string{"Sponsor": o.Name, "Ends": ends, "Link": c.billingPage(v.Outcome.SponsoredOrganizationID)},
		})
	}
	return c.Mail(ctx, messages...)
}

// Watch returns a store of policies that tells of the policy against sponsorships as
// it is switched on.
func (c *Cloud) Watch(policies policy.Store) policy.Store { return watched{policies, c} }

type watched struct {
	policy.Store
	cloud *Cloud
}

// Put stores a policy with what follows from it.
func (w watched) Put(ctx context.Context, p policy.Policy) (policy.Policy, error) {
	if p.Type != policy.FreeFamiliesSponsorship || !p.Enabled {
		return w.Store.Put(ctx, p)
	}
	was, err := w.Store.Get(ctx, p.OrganizationID, p.Type)
	known, err := present(err)
	if err != nil {
		return p, err
	}
	if p, err = w.Store.Put(ctx, p); err != nil || known && was.Enabled {
		return p, err
	}
	return p, w.cloud.Barred(ctx, p.OrganizationID)
}

func idsOf(list []Sponsorship) []id.ID {
	ids := make([]id.ID, len(list))
	for i, v := range list {
		ids[i] = v.ID
	}
	return ids
}
