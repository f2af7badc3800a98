package emergency

import (
	"context"

	"coffre/internal/account"
	"coffre/internal/id"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/policy"
)

// Initiate starts the wait of the caller, who is the grantee.
func (s *Service) Initiate(ctx context.Context, caller, accessID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.hold(ctx, accessID)
		if err == nil && a.GranteeID != caller {
			err = notValid
		}
		if err == nil {
			err = a.is(Confirmed)
		}
		if err != nil {
			return err
		}
		a.Status, a.BeganAt, a.RemindAt = Initiated, s.Now(), s.Now()
		if err := s.change(ctx, a, Confirmed); err != nil {
			return err
		}
		return s.tellGrantor(ctx, a, "emergency-initiated")
	})
}

// Approve lets the grantee in before the wait is over.
func (s *Service) Approve(ctx context.Context, caller, accessID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.granted(ctx, caller, accessID, Initiated)
		if err != nil {
			return err
		}
		a.Status = Approved
		if err := s.change(ctx, a, Initiated); err != nil {
			return err
		}
		return s.tellGrantee(ctx, a, "emergency-approved")
	})
}

// Reject ends a wait, or what it has led to.
func (s *Service) Reject(ctx context.Context, caller, accessID id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.granted(ctx, caller, accessID, Initiated, Approved)
		if err != nil {
			return err
		}
		from := a.Status
		a.Status = Confirmed
		if err := s.change(ctx, a, from); err != nil {
			return err
		}
		return s.tellGrantee(ctx, a, "emergency-rejected")
	})
}

// approved returns an access that lets the caller do what a type allows.
func (s *Service) approved(ctx context.Context, caller, accessID id.ID, t Type) (Access, error) {
	a, err := s.find(ctx, accessID)
	if err == nil {
		err = a.isFor(caller, t)
	}
	return a, err
}

// Read returns the grantor's personal items, and the key that opens them.
func (s *Service) Read(ctx context.Context, caller, accessID id.ID) (key string, items any, err error) {
	a, err := s.approved(ctx, caller, accessID, View)
	if err != nil {
		return "", nil, err
	}
	items, err = s.Items(ctx, a.GrantorID)
	return a.Key, items, err
}

// ReadAttachment returns how to fetch an attachment of one of those items.
func (s *Service) ReadAttachment(ctx context.Context, caller, accessID, cipherID id.ID, attachmentID string) (any, error) {
	a, err := s.approved(ctx, caller, accessID, View)
	if err != nil {
		return nil, err
	}
	return s.Attachment(ctx, a.GrantorID, cipherID, attachmentID)
}

// PoliciesOf returns what the organizations that the grantor owns demand, so that the
// grantee chooses a master password that is good enough.
func (s *Service) PoliciesOf(ctx context.Context, caller, accessID id.ID) ([]policy.Policy, error) {
	a, err := s.approved(ctx, caller, accessID, Takeover)
	if err != nil {
		return nil, err
	}
	return s.Policies.OfOwner(ctx, a.GrantorID)
}

// TakeOver returns what the caller needs to choose a new master password for the
// grantor: the key, and the grantor, by whom clients derive it.
func (s *Service) TakeOver(ctx context.Context, caller, accessID id.ID) (string, account.Account, error) {
	a, err := s.approved(ctx, caller, accessID, Takeover)
	if err != nil {
		return "", account.Account{}, err
	}
	grantor, err := s.Accounts.Get(ctx, a.GrantorID)
	return a.Key, grantor, err
}

// SetPassword gives the grantor the master password that the caller has chosen. Second
// steps and sessions end, and the grantor leaves every organization that they do not
// own: what is theirs was granted, not what is a company's.
func (s *Service) SetPassword(ctx context.Context, caller, accessID id.ID, c account.Credentials) error {
	a, err := s.approved(ctx, caller, accessID, Takeover)
	if err != nil {
		return err
	}
	stored, err := s.Accounts.Passwords.Hash(ctx, c.Hash)
	if err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.TwoStep.Hold(ctx, a.GrantorID); err != nil {
			return err
		}
		if err := s.Organizations.LockTied(ctx, a.GrantorID); err != nil {
			return err
		}
		if err := s.Accounts.Touch(ctx, a.GrantorID); err != nil {
			return err
		}
		a, err := s.hold(ctx, accessID) // the grantor may have taken it back
		if err == nil {
			err = a.isFor(caller, Takeover)
		}
		if err != nil {
			return err
		}
		return s.setPassword(ctx, a.GrantorID, c, stored)
	})
}

func (s *Service) setPassword(ctx context.Context, grantorID id.ID, c account.Credentials, stored string) error {
	if err := s.Members.EndAll(ctx, grantorID, func(m org.Member) bool { return m.Type != org.Owner }); err != nil {
		return err
	}
	if _, err := s.TwoStep.Reset(ctx, grantorID); err != nil {
		return err
	}
	if err := s.Accounts.TakeOver(ctx, grantorID, c, stored); err != nil {
		return err
	}
	s.Announce(ctx, notice.LogOutEverywhere(grantorID, s.Now()))
	return s.mailTakenOver(ctx, grantorID)
}
