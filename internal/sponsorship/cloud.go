package sponsorship

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"coffre/internal/billing"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/seal"
)

// Cloud is the side on which outcomes are made: offers are mailed, redeemed and
// ended.
type Cloud struct {
	Service
	Keys         *seal.Keys
	Billing      Billing
	Mail         func(ctx context.Context, list ...mail.Message) error
	VaultURL     string // of the web vault, without a slash at the end
	MailsPerHour int    // of one sponsorship
	// SelfAllowed lets a member redeem their own sponsorship at another address.
	SelfAllowed bool
}

// Billing is what a sponsorship needs of the subscription of a Families
// organization, in the transaction of ctx.
type Billing interface {
	// Sponsor makes the subscription free and returns up to when it is paid.
	Sponsor(ctx context.Context, orgID id.ID) (validUntil time.Time, err error)
	// OnTrial reports whether an organization that gives is in its trial.
	OnTrial(ctx context.Context, orgID id.ID) (bool, error)
	// EndSponsorship puts the subscription back on its normal price.
	EndSponsorship(ctx context.Context, orgID id.ID) error
	// Afterwards returns what follows for organizations when nobody sponsors them any
	// more, by their ids.
	Afterwards(ctx context.Context, orgIDs ...id.ID) (map[id.ID]billing.Afterwards, error)
	// Owed returns what an organization has to pay, and the first day on which.
	Owed(ctx context.Context, orgID id.ID) (cents int64, due time.Time, err error)
}

// Offer sponsors somebody in the name of the caller and writes to them. The offer
// that the caller has made before, to whomever, becomes this one. It returns
// fault.Gone to a stranger of the organization and else the reason why not.
func (c *Cloud) Offer(ctx context.Context, caller, orgID id.ID, r Recipient) error {
	return c.Locked(ctx, orgID, func(ctx context.Context) error {
		if err := c.free(ctx, caller, orgID); err != nil {
			return err
		}
		o, one, err := c.wish(ctx, caller, orgID, r)
		if err != nil {
			return err
		}
		return c.write(ctx, person(caller), o, one)
	})
}

// free ends the caller's sponsorship when the Families organization that lived from
// it was deleted, so that there is one to give again.
func (c *Cloud) free(ctx context.Context, caller, orgID id.ID) error {
	v, err := c.own(ctx, caller, orgID)
	if errors.Is(err, notGiven) || err == nil && !v.orphaned() {
		return nil
	}
	if err != nil {
		return err
	}
	return c.end(ctx, nobody, v, "")
}

// Resend writes to the recipient again: of the caller's own sponsorship when the
// name is empty or its own, else, to whoever manages members, of one that an
// admin has made, by its id too.
func (c *Cloud) Resend(ctx context.Context, caller, orgID id.ID, which string) error {
	return c.Locked(ctx, orgID, func(ctx context.Context) error {
		v, err := c.named(ctx, caller, orgID, which)
		if err != nil {
			return err
		}
		o, _, err := c.giver(ctx, caller, orgID, v.Wish.Email)
		switch {
		case err != nil:
			return err
		case v.Redeemed():
			return isRedeemed
		case v.Wish.AdminInitiated && !o.Features.UseAdminSponsoredFamilies:
			return adminNotAllowed
		}
		return c.write(ctx, person(caller), o, Step{v, v.again(c.Now())})
	})
}

func (c *Cloud) named(ctx context.Context, caller, orgID id.ID, which string) (Sponsorship, error) {
	v, err := c.own(ctx, caller, orgID)
	if err == nil && (which == "" || v.Wish.named(which)) || err != nil && !errors.Is(err, notGiven) {
		return v, err
	}
	v, err = c.adminInitiated(ctx, caller, orgID, which)
	if fault.KindOf(err) == fault.NotFound {
		err = notGiven
	}
	return v, err
}

// write saves a wish as offered and mails it, unless that is too often.
func (c *Cloud) write(ctx context.Context, by Actor, o org.Organization, one Step) error {
	if one.Before.ID.IsZero() {
		left, limited, err := c.TrialOffers(ctx, o.ID)
		if err == nil && limited && left == 0 {
			err = trialLimit.With("limit", mostInTrial)
		}
		if err != nil {
			return err
		}
	}
	v, err := one.After.Paced(c.Now(), c.MailsPerHour)
	if err != nil {
		return err
	}
	one.After = v.Offered(c.Now())
	if err := c.Save(ctx, by, one); err != nil {
		return err
	}
	return c.MailOffers(ctx, o, one.After)
}

// Revoke takes the caller's sponsorship back. What nobody has redeemed is over at
// once, the rest when its paid time ends. Again changes nothing.
func (c *Cloud) Revoke(ctx context.Context, caller, orgID id.ID) error {
	return c.Locked(ctx, orgID, func(ctx context.Context) error {
		v, err := c.own(ctx, caller, orgID)
		if err != nil {
			return err
		}
		return c.withdraw(ctx, person(caller), v)
	})
}

// RevokeAdminInitiated does so with one that an admin has made, by its id or its
// friendly name, for whoever manages members.
func (c *Cloud) RevokeAdminInitiated(ctx context.Context, caller, orgID id.ID, which string) error {
	return c.Locked(ctx, orgID, func(ctx context.Context) error {
		v, err := c.adminInitiated(ctx, caller, orgID, which)
		if err != nil {
			return err
		}
		return c.withdraw(ctx, person(caller), v)
	})
}

func (c *Cloud) withdraw(ctx context.Context, by Actor, v Sponsorship) error {
	if v.Wish.Revoked {
		return nil
	}
	return c.Save(ctx, by, Step{v, v.Withdrawn(c.Now()).Closed(CodeRevoked, c.Now()).Answered(c.Now())})
}

// Remove ends the sponsorship of a Families organization at the end of its paid
// time, for its owner; fault.Gone to everyone else. Again changes nothing.
func (c *Cloud) Remove(ctx context.Context, caller, sponsoredOrgID id.ID) error {
	if _, err := c.Organizations.ForOwner(ctx, caller, sponsoredOrgID); err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(ctx context.Context) error {
		v, found, err := c.Store.FindBySponsored(ctx, sponsoredOrgID)
		if err == nil && !found {
			err = notSponsored
		}
		if err != nil {
			return err
		}
		return c.change(ctx, v, func(ctx context.Context, v Sponsorship) error {
			return c.Save(ctx, person(caller), Step{v, v.Closed(CodeRemoved, c.Now())})
		})
	})
}

// change runs fn on v as it is once nobody else can change it.
func (c *Cloud) change(ctx context.Context, v Sponsorship, fn func(context.Context, Sponsorship) error) error {
	return c.Locked(ctx, v.OrganizationID, func(ctx context.Context) error {
		v, err := c.Store.Get(ctx, v.ID)
		if err != nil {
			return err
		}
		return fn(ctx, v)
	})
}

// changeOf is change for what also changes a Families organization, whose lock always
// comes first.
func (c *Cloud) changeOf(ctx context.Context, sponsoredOrgID id.ID, v Sponsorship, fn func(context.Context, Sponsorship) error) error {
	return c.Store.Tx(ctx, func(ctx context.Context) error {
		if err := c.Organizations.Lock(ctx, sponsoredOrgID); err != nil {
			return err
		}
		return c.change(ctx, v, fn)
	})
}

// Save stores changed outcomes of one organization, each with its place in the order
// of changes. One whose organization is deleted has nobody to tell the order to. A
// step that changes nothing is left out.
func (c *Cloud) Save(ctx context.Context, by Actor, steps ...Step) error {
	steps = slices.DeleteFunc(steps, func(s Step) bool { return s.Before == s.After })
	if len(steps) == 0 {
		return nil
	}
	if orgID := steps[0].After.OrganizationID; !orgID.IsZero() {
		last, err := c.Store.NextSequence(ctx, orgID, len(steps))
		if err != nil {
			return err
		}
		for i := range steps {
			steps[i].After.Outcome.Sequence = last - int64(len(steps)-1-i)
		}
	}
	return c.Keep(ctx, by, steps...)
}

// MailOffers writes to the recipients of offers, in the transaction of ctx. The same
// offer to the same address is written once, whoever asks how often.
func (c *Cloud) MailOffers(ctx context.Context, o org.Organization, list ...Sponsorship) error {
	emails := make([]string, len(list))
	for i, v := range list {
		emails[i] = v.Wish.Email
	}
	cultures, err := c.Store.Cultures(ctx, emails)
	if err != nil {
		return err
	}
	messages := make([]mail.Message, len(list))
	for i, v := range list {
		culture, known := cultures[v.Wish.Email]
		if messages[i], err = c.message(o, v, culture, known); err != nil {
			return err
		}
	}
	return c.Mail(ctx, messages...)
}

func (c *Cloud) message(o org.Organization, v Sponsorship, culture string, known bool) (mail.Message, error) {
	token, err := c.Keys.Token(tokenPurpose, offerToken{ID: v.ID, Email: v.Wish.Email, Type: v.Wish.Type, Offer: v.Wish.Offer})
	if err != nil {
		return mail.Message{}, err
	}
	m := mail.Message{
		Once: "offer|" + v.ID.String() + "|" + v.Wish.Email + "|" + strconv.Itoa(v.Wish.Offer),
		To:   v.Wish.Email, Template: "offer", Language: culture,
	}
	link := c.VaultURL + "/#/accept-families-for-enterprise?token=" + tokenPrefix + token + "&email=" + url.QueryEscape(v.Wish.Email)
	if !known {
		m.Template, m.Language = "offer-new", v.Wish.Language
		link += "&register=true"
	}
	until := v.Outcome.OfferedAt.Add(c.Life())
	m.Data = map[string]string{"Organization": o.Name, "Link": link, "Until": until.Format(time.RFC3339)}
	return m, nil
}
