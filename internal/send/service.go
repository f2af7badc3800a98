package send

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/policy"
	"coffre/internal/seal"
	"coffre/internal/throttle"
)

// Service is what the rest of the server may do with Sends.
type Service struct {
	Store    Store
	Accounts *account.Service
	Policies *policy.Service
	Blobs    *blob.Service
	Keys     *seal.Keys
	Limits   *throttle.Limits
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration)
	Mail     func(ctx context.Context, m mail.Message) error
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Record adds an event about somebody's Send to the log.
	Record   func(ctx context.Context, accountID id.ID, e event.Event) error
	VaultURL string // the web vault, without a slash at the end
	// Verification is whether people prove that a mail address is theirs.
	Verification bool
}

var (
	needsPremium  = fault.New(fault.Invalid, "send.premium")
	needsVerified = fault.New(fault.Invalid, "send.verify")
)

// Get returns a Send of the caller, or fault.Gone.
func (s *Service) Get(ctx context.Context, caller, sendID id.ID) (Send, error) {
	return s.Store.Own(ctx, caller, sendID)
}

// ListOf returns a person's Sends.
func (s *Service) ListOf(ctx context.Context, accountID id.ID) ([]Send, error) {
	return s.Store.ListOf(ctx, accountID)
}

// Create makes a Send of the caller's. A file follows: see Receive.
func (s *Service) Create(ctx context.Context, caller id.ID, d Draft) (Send, error) {
	if err := d.checkDates(Send{}, s.Now()); err != nil {
		return Send{}, err
	}
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return Send{}, err
	}
	v := Send{ID: id.New(), AccountID: caller, Type: d.Type, AuthType: Open, CreatedAt: s.Now()}
	if v, err = s.drawn(ctx, a, v, d); err != nil {
		return Send{}, err
	}
	if d.Type == File {
		if err := s.mayFile(ctx, a); err != nil {
			return Send{}, err
		}
	}
	err = s.change(ctx, caller, func(ctx context.Context) error {
		if err := s.obeys(ctx, v); err != nil {
			return err
		}
		if d.Type == File {
			b, err := s.Blobs.Reserve(ctx, blob.Owner{AccountID: caller}, d.FileSize)
			if err != nil {
				return err
			}
			v.BlobID = b.ID
		}
		if err := s.Store.Insert(ctx, v); err != nil {
			return err
		}
		s.Announce(ctx, notice.Send(notice.SendCreated, caller, v.ID, v.RevisedAt))
		return s.record(ctx, v, created(v))
	})
	return v, err
}

// mayFile reports why a person may send no files.
func (s *Service) mayFile(ctx context.Context, a account.Account) error {
	if s.Verification && !a.EmailVerified {
		return needsVerified
	}
	return s.mayPremium(ctx, a)
}

func (s *Service) mayPremium(ctx context.Context, a account.Account) error {
	premium, err := s.Accounts.HasPremium(ctx, a)
	if err == nil && !premium {
		err = needsPremium
	}
	return err
}

// drawn returns v as a draft wants it.
func (s *Service) drawn(ctx context.Context, a account.Account, v Send, d Draft) (Send, error) {
	was := v
	v.Name, v.Notes, v.Key = d.Name, d.Notes, d.Key
	if v.Type == Text {
		v.Text, v.TextHidden = d.Text, d.TextHidden
	} else if d.FileName != "" {
		v.FileName = d.FileName
	}
	v.MaxAccesses, v.Disabled, v.HideEmail = d.MaxAccesses, d.Disabled, d.HideEmail
	v.ExpiresAt, v.DeleteAt, v.RevisedAt = d.ExpiresAt, d.DeleteAt, s.Now()
	v.AuthType = d.authType(was.AuthType)
	v.PasswordHash, v.Emails = "", nil
	switch v.AuthType {
	case ByPassword:
		if d.Password == "" || d.Password == passwordMark {
			if v.PasswordHash = was.PasswordHash; v.PasswordHash == "" {
				return Send{}, fault.Required("password")
			}
			return v, nil
		}
		var err error
		v.PasswordHash, err = s.Accounts.Passwords.Hash(ctx, d.Password)
		return v, err
	case ByEmail:
		if v.Emails = d.Emails; len(v.Emails) == 0 {
			return Send{}, fault.Required("emails")
		}
		if !slices.Equal(v.Emails, was.Emails) {
			return v, s.mayPremium(ctx, a)
		}
	}
	return v, nil
}

// passwordMark stands for the password of a Send in what its owner is told.
const passwordMark = "********"

// obeys asks the owner's organizations, in the transaction of the change.
func (s *Service) obeys(ctx context.Context, v Send) error {
	rules, err := s.Policies.SendRules(ctx, v.AccountID)
	if err != nil {
		return err
	}
	return v.obeys(rules, s.Now())
}

// Update changes a Send of the caller's; what it holds stays of its type, and a file
// stays.
func (s *Service) Update(ctx context.Context, caller, sendID id.ID, d Draft) (Send, error) {
	return s.revise(ctx, caller, sendID, func(ctx context.Context, a account.Account, was Send) (Send, error) {
		if d.Type != was.Type {
			return Send{}, typeIsAnother
		}
		if err := d.checkDates(was, s.Now()); err != nil {
			return Send{}, err
		}
		return s.drawn(ctx, a, was, d)
	})
}

// RemoveAuth lets everybody who knows the link read a Send of the caller's.
func (s *Service) RemoveAuth(ctx context.Context, caller, sendID id.ID) (Send, error) {
	return s.revise(ctx, caller, sendID, func(_ context.Context, _ account.Account, v Send) (Send, error) {
		v.AuthType, v.PasswordHash, v.Emails, v.RevisedAt = Open, "", nil, s.Now()
		return v, nil
	})
}

var errMeanwhile = errors.New("send: changed meanwhile")

// revise changes a Send. A new password is hashed before the transaction, which must
// not wait for that; so what another change does meanwhile is taken into account by
// beginning anew.
func (s *Service) revise(ctx context.Context, caller, sendID id.ID, fn func(context.Context, account.Account, Send) (Send, error)) (Send, error) {
	a, err := s.Accounts.Get(ctx, caller)
	if err != nil {
		return Send{}, err
	}
	for {
		was, err := s.Store.Own(ctx, caller, sendID)
		if err != nil {
			return Send{}, err
		}
		v, err := fn(ctx, a, was)
		if err != nil {
			return Send{}, err
		}
		if v, err = s.replace(ctx, caller, was, v); err != errMeanwhile {
			return v, err
		}
	}
}

// replace puts v in the place of a Send of the caller's that is as it was.
func (s *Service) replace(ctx context.Context, caller id.ID, was, v Send) (Send, error) {
	sendID := was.ID
	err := s.change(ctx, caller, func(ctx context.Context) error {
		now, err := s.Store.Own(ctx, caller, sendID)
		if err != nil {
			return err
		}
		v.Accesses = now.Accesses
		if was.Accesses, was.RevisedAt = now.Accesses, now.RevisedAt; !reflect.DeepEqual(was, now) { // reading changes those two
			return errMeanwhile
		}
		if err := s.obeys(ctx, v); err != nil {
			return err
		}
		if err := s.Store.Update(ctx, v); err != nil {
			return err
		}
		s.Announce(ctx, notice.Send(notice.SendUpdated, caller, sendID, v.RevisedAt))
		return s.record(ctx, v, event.TextSendEdited+event.Type(v.Type))
	})
	return v, err
}

// Delete deletes a Send of the caller's, with its file.
func (s *Service) Delete(ctx context.Context, caller, sendID id.ID) error {
	v, err := s.Store.Own(ctx, caller, sendID)
	if err != nil {
		return err
	}
	return s.change(ctx, caller, func(ctx context.Context) error {
		if err := s.remove(ctx, v); err != nil {
			return err
		}
		return s.record(ctx, v, event.TextSendDeleted+event.Type(v.Type))
	})
}

// remove deletes a Send, in the transaction of ctx, and tells its owner's clients.
func (s *Service) remove(ctx context.Context, v Send) error {
	deleted, err := s.Store.Delete(ctx, v.ID)
	if err == nil && !deleted {
		err = fault.Gone // somebody was faster
	}
	if err != nil {
		return err
	}
	s.Announce(ctx, notice.Send(notice.SendDeleted, v.AccountID, v.ID, s.Now()))
	if v.BlobID == "" {
		return nil
	}
	return s.Blobs.Drop(ctx, v.BlobID)
}

// Rekey gives the caller's Sends their keys under a new user key. It takes part in
// the transaction of the caller, who has made sure that none is missing. What is no
// Send of the person is left out.
func (s *Service) Rekey(ctx context.Context, accountID id.ID, keys map[id.ID]string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		for sendID, key := range keys {
			if err := s.Store.Rekey(ctx, accountID, sendID, key, s.Now()); err != nil {
				return err
			}
		}
		return nil
	})
}

// change makes a change together with the date by which other devices notice it.
func (s *Service) change(ctx context.Context, caller id.ID, fn func(context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Accounts.TouchOwn(ctx, caller); err != nil {
			return err
		}
		return fn(ctx)
	})
}

func (s *Service) record(ctx context.Context, v Send, what event.Type) error {
	return s.Record(ctx, v.AccountID, event.Event{Type: what, SendID: v.ID})
}

// created returns the event of a new Send.
func created(v Send) event.Type {
	what := event.TextSendCreated
	switch v.AuthType {
	case ByEmail:
		what = event.TextSendForPeopleCreated
	case ByPassword:
		what = event.TextSendByPasswordCreated
	}
	if v.Type == File {
		what += event.FileSendCreated - event.TextSendCreated
	}
	return what
}
