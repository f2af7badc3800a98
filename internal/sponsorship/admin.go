package sponsorship

import (
	"context"

	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
)

// LongestNotes is how many characters the notes of an admin may have. The server sees
// them encrypted, so it judges the ciphertext: of so many characters it has at most
// longestNotes bytes, whatever they are.
const (
	LongestNotes = 1000
	longestNotes = 3*LongestNotes + 8 // in UTF-8, up to the next whole block
)

// CheckNotes reports what is wrong with the notes of an admin, which may be empty.
func CheckNotes(text string) error {
	if text == "" {
		return nil
	}
	if err := encstring.CheckType("notes", text, 2*longestNotes, encstring.AES256HMAC); err != nil {
		if fault.KindOf(err) == fault.Invalid && len(text) > 2*longestNotes {
			err = notesTooLong.With("limit", LongestNotes)
		}
		return err
	}
	parsed, err := encstring.Parse(text)
	if err == nil && len(parsed.Pieces[1]) > longestNotes {
		err = notesTooLong.With("limit", LongestNotes)
	}
	return err
}

// invitation returns what is to become of a sponsorship that the caller makes as an
// admin, not saved yet: the one that an admin has made for that address before is
// sent again, else there is a new one, for which a seat is taken. It returns
// fault.Gone to whoever does not manage members. The caller of this holds the lock of
// the organization.
func (s *Service) invitation(ctx context.Context, caller, orgID id.ID, r Recipient, notes string) (o org.Organization, one Step, err error) {
	if _, err := s.manager(ctx, caller, orgID); err != nil {
		return o, one, err
	}
	o, m, err := s.giver(ctx, caller, orgID, r.Email)
	if err == nil && !o.Features.UseAdminSponsoredFamilies {
		err = adminNotAllowed
	}
	if err != nil {
		return o, one, err
	}
	given, err := s.Store.ListAdminInitiated(ctx, orgID)
	if err != nil {
		return o, one, err
	}
	v := Wished(orgID, m.ID, Here, s.Now())
	v.Wish.AdminInitiated = true
	for _, other := range given {
		if !other.Wish.Is(r.Email) || other.ToDelete() {
			continue
		}
		if other.Redeemed() {
			return o, one, alreadyGiven
		}
		v, one.Before = other, other
	}
	if one.Before.ID.IsZero() {
		if err := s.takeSeat(ctx, o); err != nil {
			return o, one, err
		}
	}
	v.Wish.Notes = notes
	one.After, err = v.To(r, s.Now())
	return o, one, err
}

// takeSeat makes sure that an organization has a free seat: it buys one where seats
// are sold.
func (s *Service) takeSeat(ctx context.Context, o org.Organization) error {
	if o.Seats == nil {
		return nil
	}
	use, err := s.Organizations.Use(ctx, o.ID)
	switch {
	case err != nil || use.OccupiedSeats < *o.Seats:
		return err
	case s.AddSeats == nil:
		return noFreeSeat.With("seats", *o.Seats)
	}
	return s.AddSeats(ctx, o.ID, use.OccupiedSeats+1-*o.Seats)
}

// adminInitiated returns a sponsorship that an admin has made, by its id or else by
// its friendly name in any case, to whoever manages members. The personal ones of
// colleagues are out of reach: fault.Gone.
func (s *Service) adminInitiated(ctx context.Context, caller, orgID id.ID, which string) (Sponsorship, error) {
	list, err := s.ListAdminInitiated(ctx, caller, orgID)
	if err != nil {
		return Sponsorship{}, err
	}
	if sponsorshipID, err := id.Parse(which); err == nil {
		for _, v := range list {
			if v.ID == sponsorshipID {
				return v, nil
			}
		}
	}
	for _, v := range list {
		if v.Wish.named(which) {
			return v, nil
		}
	}
	return Sponsorship{}, fault.Gone
}

// within runs fn under the locks of an organization and of its sponsorships: that of
// an organization always comes first.
func (s *Service) within(ctx context.Context, orgID id.ID, fn func(context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Organizations.Lock(ctx, orgID); err != nil {
			return err
		}
		return s.Locked(ctx, orgID, fn)
	})
}

// OfferAdminInitiated sponsors somebody in the name of an organization, for whoever
// manages its members, and writes to them. It takes a seat, which is bought when none
// is free. For an address that has such an offer it is sent again.
func (c *Cloud) OfferAdminInitiated(ctx context.Context, caller, orgID id.ID, r Recipient, notes string) error {
	return c.within(ctx, orgID, func(ctx context.Context) error {
		o, one, err := c.invitation(ctx, caller, orgID, r, notes)
		if err != nil {
			return err
		}
		return c.write(ctx, person(caller), o, one)
	})
}

// OfferAdminInitiated wishes for a sponsorship in the name of an organization, for
// whoever manages its members. It takes a seat, so there must be a free one.
func (h *SelfHosted) OfferAdminInitiated(ctx context.Context, caller, orgID id.ID, r Recipient, notes string) error {
	return h.within(ctx, orgID, func(ctx context.Context) error {
		_, one, err := h.invitation(ctx, caller, orgID, r, notes)
		if err != nil {
			return err
		}
		return h.save(ctx, person(caller), one)
	})
}
