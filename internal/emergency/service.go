package emergency

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/twostep"
)

// Service is what the rest of the server may do with emergency access.
type Service struct {
	Store         Store
	Accounts      *account.Service
	TwoStep       *twostep.Service
	Organizations *org.Service
	Members       *member.Service
	Policies      *policy.Service
	Keys          *seal.Keys
	Now           func() time.Time
	// Mail queues mails in the transaction of ctx.
	Mail     func(ctx context.Context, list ...mail.Message) error
	VaultURL string // the web vault, without a slash at the end
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Verification is whether mails leave: without them an invitation is accepted by
	// itself as soon as there is somebody with the address.
	Verification bool
	// Items returns the personal items of a person, as a list of what clients read.
	Items func(ctx context.Context, accountID id.ID) (any, error)
	// Attachment returns how to fetch an attachment of a personal item of a person, as
	// clients read it, or fault.Gone.
	Attachment func(ctx context.Context, accountID, cipherID id.ID, attachmentID string) (any, error)
}

var (
	needsPremium = fault.New(fault.Invalid, "emergency.premium")
	yourself     = fault.New(fault.Invalid, "emergency.yourself").On("email")
	twice        = fault.New(fault.Invalid, "emergency.twice").On("email")
	barred       = fault.New(fault.Invalid, "emergency.barred")
)

// Trusted returns whom the caller has named, Granted who has named the caller.
func (s *Service) Trusted(ctx context.Context, caller id.ID) ([]Contact, error) {
	return s.Store.Trusted(ctx, caller)
}

// Granted returns who has named the caller.
func (s *Service) Granted(ctx context.Context, caller id.ID) ([]Contact, error) {
	return s.Store.Granted(ctx, caller)
}

// Get returns an access that the caller has granted.
func (s *Service) Get(ctx context.Context, caller, accessID id.ID) (Contact, error) {
	list, err := s.Store.Trusted(ctx, caller)
	for _, c := range list {
		if c.ID == accessID {
			return c, nil
		}
	}
	if err == nil {
		err = notValid
	}
	return Contact{}, err
}

// find returns an access. One that is not there is like one that does not fit.
func (s *Service) find(ctx context.Context, accessID id.ID) (Access, error) {
	return orNotValid(s.Store.Get(ctx, accessID))
}

// hold is find in a transaction, until whose end nobody else changes the access: what
// is written of it is all of it.
func (s *Service) hold(ctx context.Context, accessID id.ID) (Access, error) {
	return orNotValid(s.Store.Hold(ctx, accessID))
}

func orNotValid(a Access, err error) (Access, error) {
	if fault.KindOf(err) == fault.NotFound {
		err = notValid
	}
	return a, err
}

// granted returns an access of the caller's, in one of some states, and holds it.
func (s *Service) granted(ctx context.Context, caller, accessID id.ID, states ...Status) (Access, error) {
	a, err := s.hold(ctx, accessID)
	if err == nil && a.GrantorID != caller {
		err = notValid
	}
	if err == nil {
		err = a.is(states...)
	}
	return a, err
}

// mayGrant reports why somebody may grant nobody access.
func (s *Service) mayGrant(ctx context.Context, caller id.ID) (account.Account, error) {
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return a, err
	}
	premium, err := s.Accounts.HasPremium(ctx, a)
	if err == nil && !premium {
		err = needsPremium
	}
	if err != nil {
		return a, err
	}
	return a, s.mayTakePart(ctx, caller)
}

// mayTakePart reports whether an organization keeps somebody from it.
func (s *Service) mayTakePart(ctx context.Context, accountID id.ID) error {
	bars, err := s.Policies.BarsEmergency(ctx, accountID)
	if err == nil && bars {
		err = barred
	}
	return err
}

// Invite names somebody by their address.
func (s *Service) Invite(ctx context.Context, caller id.ID, email string, t Terms) error {
	grantor, err := s.mayGrant(ctx, caller)
	if err != nil {
		return err
	}
	email = account.NormalizeEmail(email)
	if email == grantor.Email {
		return yourself
	}
	known, found, err := s.Accounts.FindByEmail(ctx, email)
	if err != nil {
		return err
	}
	now := s.Now()
	a := Access{ID: id.New(), GrantorID: caller, Email: email, Type: t.Type, WaitDays: t.WaitDays, Status: Invited, CreatedAt: now, RevisedAt: now}
	if !s.Verification && found {
		a.Email, a.GranteeID, a.Status = "", known.ID, Accepted
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil { // so that the caller does it once at a time
			return err
		}
		if named, err := s.Store.Names(ctx, caller, email); err != nil || named {
			return orTwice(err)
		}
		if err := s.Store.Insert(ctx, a); err != nil {
			return err
		}
		return s.mailInvitation(ctx, a, grantor)
	})
	if fault.KindOf(err) == fault.Conflict {
		return twice
	}
	return err
}

func orTwice(err error) error {
	if err == nil {
		return twice
	}
	return err
}

// Reinvite mails an invitation again.
func (s *Service) Reinvite(ctx context.Context, caller, accessID id.ID) error {
	grantor, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.granted(ctx, caller, accessID, Invited)
		if err != nil {
			return err
		}
		return s.mailInvitation(ctx, a, grantor)
	})
}

// Accept binds the caller, to whose address an invitation went, to an access.
func (s *Service) Accept(ctx context.Context, caller, accessID id.ID, token string) error {
	me, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return err
	}
	if err := s.CheckInvitation(ctx, accessID, me.Email, token); err != nil {
		return err
	}
	if err := s.mayTakePart(ctx, caller); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.hold(ctx, accessID)
		if err != nil {
			return err
		}
		return s.accept(ctx, a, me)
	})
}

func (s *Service) accept(ctx context.Context, a Access, me account.Account) error {
	a.GranteeID, a.Email, a.Status = me.ID, "", Accepted
	err := s.change(ctx, a, Invited)
	if fault.KindOf(err) == fault.Conflict { // somebody who changed their address is named twice
		return notValid
	}
	if err != nil {
		return err
	}
	return s.tellGrantor(ctx, a, "emergency-accepted")
}

// Registered binds a new person to the invitations to their address, where nobody can
// be mailed a token.
func (s *Service) Registered(ctx context.Context, me account.Account) error {
	if s.Verification {
		return nil
	}
	list, err := s.Store.InvitedAt(ctx, me.Email)
	if err != nil {
		return err
	}
	for _, a := range list {
		err := s.Store.Tx(ctx, func(ctx context.Context) error {
			now, err := s.hold(ctx, a.ID)
			if err != nil {
				return err
			}
			return s.accept(ctx, now, me)
		})
		if err != nil && fault.KindOf(err) != fault.Invalid { // the grantor has taken it back
			return err
		}
	}
	return nil
}

// Confirm gives an access the grantor's user key, wrapped for the grantee.
func (s *Service) Confirm(ctx context.Context, caller, accessID id.ID, key string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil { // the key is under the present user key
			return err
		}
		a, err := s.granted(ctx, caller, accessID, Accepted)
		if err != nil {
			return err
		}
		a.Key, a.Status = key, Confirmed
		if err := s.change(ctx, a, Accepted); err != nil {
			return err
		}
		return s.tellGrantee(ctx, a, "emergency-confirmed")
	})
}

// Update changes what the caller grants. A key takes the place of one that is stored;
// an empty one leaves it.
func (s *Service) Update(ctx context.Context, caller, accessID id.ID, t Terms, key string) error {
	if _, err := s.mayGrant(ctx, caller); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil {
			return err
		}
		a, err := s.granted(ctx, caller, accessID, Invited, Accepted, Confirmed, Initiated, Approved)
		if err != nil {
			return err
		}
		a.Type, a.WaitDays = t.Type, t.WaitDays
		if key != "" && a.Key != "" {
			a.Key = key
		}
		return s.change(ctx, a, a.Status)
	})
}

// Delete ends an access, by whoever is at one of its ends.
func (s *Service) Delete(ctx context.Context, caller, accessID id.ID) error {
	a, err := s.find(ctx, accessID)
	if err == nil && a.GrantorID != caller && a.GranteeID != caller {
		err = notValid
	}
	if err != nil {
		return err
	}
	deleted, err := s.Store.Delete(ctx, accessID)
	if err == nil && !deleted {
		err = notValid
	}
	return err
}

// End ends every access at whose one end some people are, in the transaction of ctx.
// The people come before the accesses, as in whatever they do themselves.
func (s *Service) End(ctx context.Context, accountIDs []id.ID) error {
	if err := s.Accounts.Touch(ctx, accountIDs...); err != nil {
		return err
	}
	return s.Store.DeleteOf(ctx, accountIDs)
}

// HoldsKeys reports whether somebody has wrapped a key for a person's key pair.
func (s *Service) HoldsKeys(ctx context.Context, granteeID id.ID) (bool, error) {
	return s.Store.HoldsKeys(ctx, granteeID)
}

// Rekey gives the accesses that a person grants the new user key. It takes part in
// the transaction of the caller, who has made sure that none is missing.
func (s *Service) Rekey(ctx context.Context, grantorID id.ID, keys map[id.ID]string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		for accessID, key := range keys {
			if err := s.Store.Rekey(ctx, grantorID, accessID, key, s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// change writes an access that was in a state; when it is in another by now,
// somebody was faster.
func (s *Service) change(ctx context.Context, a Access, from Status) error {
	a.RevisedAt = s.Now()
	changed, err := s.Store.Change(ctx, a, from)
	if err == nil && !changed {
		err = notValid
	}
	return err
}
