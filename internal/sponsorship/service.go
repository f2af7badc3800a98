package sponsorship

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
)

// Service is what both roles have in common: to tell what there is.
type Service struct {
	Store         Store
	Organizations *org.Service
	Policies      *policy.Service
	Accounts      *account.Service
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	Now      func() time.Time
	// OfferDays is how long an offer can be redeemed. It is zero on a self-hosted
	// server, where only the cloud knows.
	OfferDays int
	// AddSeats buys seats for an organization, in the transaction of ctx. It is nil
	// where none are sold.
	AddSeats func(ctx context.Context, orgID id.ID, n int) error
}

// Families returns what an account gives away, by the id of its member; the own
// one where an admin has made others. The answer fills the profile.
func (s *Service) Families(ctx context.Context, accountID id.ID) (map[id.ID]org.FamilySponsorship, error) {
	list, err := s.Store.ListByAccount(ctx, accountID)
	given := map[id.ID]org.FamilySponsorship{}
	for _, v := range list {
		given[v.MemberID] = org.FamilySponsorship{
			FriendlyName: v.Wish.FriendlyName, LastSyncDate: v.LastSync(), ValidUntil: v.Outcome.ValidUntil,
			ToDelete: v.ToDelete(), AdminInitiated: v.Wish.AdminInitiated,
		}
	}
	return given, err
}

// Seats returns how many seats of an organization its sponsorships take.
func (s *Service) Seats(ctx context.Context, orgID id.ID) (int, error) {
	return s.Store.CountAdminInitiated(ctx, orgID, s.Now())
}

// List returns what a person gives away, and the own one that has ended lately
// without the person's doing, as long as there is no other.
func (s *Service) List(ctx context.Context, caller id.ID) ([]Sponsorship, error) {
	list, err := s.Store.ListByAccount(ctx, caller)
	if err != nil {
		return nil, err
	}
	ended, err := s.Store.ListEndedByAccount(ctx, caller, s.Now().Add(-stale))
	return append(list, ended...), err
}

// ListAdminInitiated returns what the admins of an organization have given away,
// to whoever manages its members.
func (s *Service) ListAdminInitiated(ctx context.Context, caller, orgID id.ID) ([]Sponsorship, error) {
	if _, err := s.manager(ctx, caller, orgID); err != nil {
		return nil, err
	}
	return s.Store.ListAdminInitiated(ctx, orgID)
}

// LastSync returns when sponsorships of an organization last went over, or zero,
// to its owner.
func (s *Service) LastSync(ctx context.Context, caller, orgID id.ID) (time.Time, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, orgID); err != nil {
		return time.Time{}, err
	}
	return s.Store.LastSync(ctx, orgID)
}

// Locked runs fn in a transaction in which no other changes the sponsorships of
// an organization.
func (s *Service) Locked(ctx context.Context, orgID id.ID, fn func(context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, orgID); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// lock holds the sponsorships of an organization until the transaction of ctx ends.
// Locks of organizations come first, and rows of accounts last.
func (s *Service) lock(ctx context.Context, orgID id.ID) error {
	return s.Store.Lock(ctx, "sponsorship:"+orgID.String())
}

// manager returns the caller's tie to an organization of which the caller manages
// the members, and fault.Gone otherwise.
func (s *Service) manager(ctx context.Context, caller, orgID id.ID) (org.Member, error) {
	_, m, err := s.Organizations.Membership(ctx, caller, orgID)
	if err == nil && !m.MayManageUsers() {
		err = fault.Gone
	}
	return m, err
}

// giver returns the caller's organization and tie to it, when the caller may
// sponsor the owner of an address as its member: fault.Gone to a stranger.
func (s *Service) giver(ctx context.Context, caller, orgID id.ID, email string) (org.Organization, org.Member, error) {
	o, m, err := s.Organizations.Membership(ctx, caller, orgID)
	if err != nil {
		return o, m, err
	}
	barred, err := s.Policies.Enabled(ctx, orgID, policy.FreeFamiliesSponsorship)
	if err != nil {
		return o, m, err
	}
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return o, m, err
	}
	return o, m, Giver{Email: a.Email, Confirmed: m.Confirmed(), Sponsors: o.Sponsors(), Enabled: o.Enabled, Barred: barred}.Check(email)
}

// wish returns what is to become of the caller's sponsorship, not saved yet: the one
// there is gets another recipient, else there is a new one.
func (s *Service) wish(ctx context.Context, caller, orgID id.ID, r Recipient) (o org.Organization, one Step, err error) {
	o, m, err := s.giver(ctx, caller, orgID, r.Email)
	if err != nil {
		return o, one, err
	}
	v, found, err := s.Store.FindOwn(ctx, orgID, m.ID)
	if err != nil {
		return o, one, err
	}
	one.Before = v
	if !found {
		v = Wished(orgID, m.ID, Here, s.Now())
	}
	one.After, err = v.To(r, s.Now())
	return o, one, err
}

// own returns the sponsorship that the caller gives as a member of an organization.
func (s *Service) own(ctx context.Context, caller, orgID id.ID) (Sponsorship, error) {
	_, m, err := s.Organizations.Membership(ctx, caller, orgID)
	if err != nil {
		return Sponsorship{}, err
	}
	v, found, err := s.Store.FindOwn(ctx, orgID, m.ID)
	if err == nil && !found {
		err = notGiven
	}
	return v, err
}

// touch tells the devices of those who give that there is something new to fetch.
func (s *Service) touch(ctx context.Context, list ...Sponsorship) error {
	var members []id.ID
	for _, v := range list {
		if v.Birthplace == Here {
			members = append(members, v.MemberID)
		}
	}
	accounts, err := s.Store.AccountsOf(ctx, members)
	if err != nil || len(accounts) == 0 {
		return err
	}
	s.Announce(ctx, notice.Organizations(s.Now(), accounts...))
	return s.Accounts.Touch(ctx, accounts...)
}

// Life is how long an offer can be redeemed, zero where only the cloud knows.
func (s *Service) Life() time.Duration { return time.Duration(s.OfferDays) * 24 * time.Hour }

// NewRecipient returns a recipient, or the fault of the first member that is wrong.
func NewRecipient(email, friendlyName, language string) (Recipient, error) {
	if wrong, ok := errors.AsType[*fault.Error](account.CheckEmail("sponsoredEmail", email)); ok {
		return Recipient{}, wrong.Coded(CodeEmailInvalid)
	}
	switch {
	case utf8.RuneCountInString(friendlyName) > longestName:
		return Recipient{}, fault.TooLong("friendlyName", longestName)
	case strings.ContainsFunc(friendlyName, unicode.IsControl):
		return Recipient{}, fault.Malformed("friendlyName")
	}
	return Recipient{Email: account.NormalizeEmail(email), FriendlyName: friendlyName, Language: language}, nil
}
