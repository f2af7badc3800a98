package sponsorship

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/policy"
)

const (
	tokenPurpose = "offer"
	// tokenPrefix is how clients know the token of an offer from others.
	tokenPrefix = "BWOrganizationSponsorship_"
)

// read returns the sponsorship that a token was made for, to the owner of the
// address it was mailed to. Anyone else learns nothing: offer-invalid.
func (c *Cloud) read(ctx context.Context, text, email string) (Sponsorship, offerToken, error) {
	var token offerToken
	sealed, ok := strings.CutPrefix(text, tokenPrefix)
	if !ok || c.Keys.ReadToken(tokenPurpose, sealed, &token) != nil || token.Email != account.NormalizeEmail(email) {
		return Sponsorship{}, token, offerInvalid
	}
	v, err := c.Store.Get(ctx, token.ID)
	if fault.KindOf(err) == fault.NotFound {
		err = offerInvalid
	}
	return v, token, err
}

// open returns the sponsorship of an offer that its recipient can take up.
func (c *Cloud) open(ctx context.Context, text, email string) (Sponsorship, error) {
	v, token, err := c.read(ctx, text, email)
	if err != nil {
		return v, err
	}
	if err := token.check(v); err != nil {
		return v, err
	}
	if v.Expired(c.Now(), c.Life()) {
		return v, offerExpired
	}
	return v, nil
}

// Offered returns nil when the token of an offer is good for an address, whose
// owner may then register, and else the reason why not.
func (c *Cloud) Offered(ctx context.Context, text, email string) error {
	_, err := c.open(ctx, text, email)
	return err
}

// Validity is what a recipient may know of an offer before redeeming it.
type Validity struct {
	Valid   bool
	Barred  bool      // by policy; only told of a valid offer
	Why     error     // why it is not valid
	Sponsor string    // the name of the organization that gives; only told of a valid offer
	Until   time.Time // up to when it can be redeemed; only told of a valid offer
}

// Validate tells a person whether the token of an offer is good for them.
func (c *Cloud) Validate(ctx context.Context, caller id.ID, text string) (Validity, error) {
	a, err := c.Accounts.Get(ctx, caller)
	if err != nil {
		return Validity{}, err
	}
	v, err := c.open(ctx, text, a.Email)
	if fault.KindOf(err) == fault.Invalid {
		return Validity{Why: err}, nil
	}
	if err != nil || v.OrganizationID.IsZero() {
		return Validity{Valid: err == nil}, err
	}
	o, err := c.Organizations.Get(ctx, v.OrganizationID)
	if err != nil {
		return Validity{}, err
	}
	barred, err := c.Policies.Enabled(ctx, v.OrganizationID, policy.FreeFamiliesSponsorship)
	return Validity{Valid: err == nil, Barred: barred, Sponsor: o.Name, Until: v.Outcome.OfferedAt.Add(c.Life())}, err
}

// Redeem makes a Families organization of the caller the sponsored one. What was
// true when the mail went out is checked again, and subscription and sponsorship
// change together or not at all. Each reason for a refusal has its own code.
func (c *Cloud) Redeem(ctx context.Context, caller id.ID, text string, targetID id.ID) error {
	a, err := c.Accounts.Get(ctx, caller)
	if err != nil {
		return err
	}
	v, token, err := c.read(ctx, text, a.Email)
	if err != nil {
		return err
	}
	var noted error // what is to be noted and then refused
	err = c.changeOf(ctx, targetID, v, func(ctx context.Context, v Sponsorship) error {
		if err := token.check(v); err != nil {
			return err
		}
		now, err := c.circumstances(ctx, caller, v, targetID)
		if err != nil {
			return err
		}
		switch err = now.Check(v); {
		case errors.Is(err, offerLapsed):
			noted = err
			return c.Save(ctx, nobody, Step{v, v.Closed(CodeSyncLapsed, c.Now())})
		case errors.Is(err, sponsorsSelf):
			noted = err
			return c.noteSelf(ctx, caller, v)
		case err != nil:
			return err
		}
		return c.give(ctx, v, caller, targetID, now.Own)
	})
	return cmp.Or(err, noted)
}

// noteSelf has the log say that somebody tried to redeem what they give.
func (c *Cloud) noteSelf(ctx context.Context, caller id.ID, v Sponsorship) error {
	return c.Store.Record(ctx, Change{
		ID: id.NewOrdered(), SponsorshipID: v.ID, OrganizationID: v.OrganizationID, ActorID: caller,
		What: WasSelfRefused, State: v.Outcome.State, Code: CodeOwn, At: c.Now(),
	})
}

func (c *Cloud) give(ctx context.Context, v Sponsorship, caller, targetID id.ID, own bool) error {
	validUntil, err := c.Billing.Sponsor(ctx, targetID)
	if wrong, ok := errors.AsType[*fault.Error](err); ok && wrong.Kind == fault.Invalid {
		return wrong.Coded(codeTargetSubscription)
	}
	if err != nil {
		return err
	}
	err = c.Save(ctx, Actor{Account: caller, self: own}, Step{v, v.redeemed(caller, targetID, validUntil, c.Now())})
	if fault.KindOf(err) == fault.Conflict {
		return targetHasSponsor // by another offer, at this very moment
	}
	return err
}

// circumstances reads everything that decides about a redemption.
func (c *Cloud) circumstances(ctx context.Context, caller id.ID, v Sponsorship, targetID id.ID) (now Circumstances, err error) {
	now = Circumstances{Now: c.Now(), Life: c.Life(), BornOnThisServer: v.Birthplace == Here, OwnAllowed: c.SelfAllowed}
	target, err := c.Organizations.ForOwner(ctx, caller, targetID)
	if now.TargetOwned, err = present(err); err != nil {
		return now, err
	}
	now.TargetPlan = target.PlanType
	if _, now.TargetSponsored, err = c.Store.FindBySponsored(ctx, targetID); err != nil || v.OrganizationID.IsZero() {
		return now, err
	}
	sponsor, err := c.Organizations.Get(ctx, v.OrganizationID)
	if now.SponsorExists, err = present(err); err != nil || !now.SponsorExists {
		return now, err
	}
	now.SponsorEnabled, now.SponsorPlan, now.AdminsMayGive = sponsor.Enabled, sponsor.PlanType, sponsor.Features.UseAdminSponsoredFamilies
	if now.SponsorBarred, err = c.Policies.Enabled(ctx, sponsor.ID, policy.FreeFamiliesSponsorship); err != nil {
		return now, err
	}
	if !now.BornOnThisServer {
		now.LastExchange, err = c.Store.LastExchange(ctx, sponsor.ID, v.Birthplace)
		return now, err
	}
	m, err := c.Organizations.MemberByID(ctx, v.MemberID)
	found, err := present(err)
	now.MemberConfirmed = found && m.Confirmed()
	if err != nil || !found {
		return now, err
	}
	now.Own, err = c.owns(ctx, m.AccountID, caller, targetID)
	return now, err
}

// owns reports whether a member who gives is the one who takes, or owns the
// organization that is to have it.
func (c *Cloud) owns(ctx context.Context, member, caller, targetID id.ID) (bool, error) {
	if member == caller || member.IsZero() {
		return member == caller, nil
	}
	_, err := c.Organizations.ForOwner(ctx, member, targetID)
	return present(err)
}

// present turns the error of a look-up into whether there is such a thing.
func present(err error) (bool, error) {
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}
