package account

import (
	"cmp"
	"context"

	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

var (
	kdfIsAnother     = fault.New(fault.Invalid, "account.kdfIsAnother")
	saltIsAnother    = fault.New(fault.Invalid, "account.saltIsAnother")
	keyIsAnother     = fault.New(fault.Invalid, "account.keyIsAnother")
	passwordExists   = fault.New(fault.Invalid, "account.passwordExists")
	noTemporary      = fault.New(fault.Invalid, "account.noTemporaryPassword")
	changedMeanwhile = fault.SignIn // the session that asks has just ended
)

// Credentials is a new master password, in what clients derive from it and wrap
// with it. Their texts have the shape that clients make.
type Credentials struct {
	Hash  string // what the server compares, after hashing it again
	Key   string // the user key, wrapped under the new master key
	KDF   *KDF   // nil when the client does not say: it stays
	Salt  string // empty when the client does not say: it stays
	KeyID string // of the user key that is wrapped; empty when the client does not say

	// Where the request holds what may differ from what is stored.
	KDFField, SaltField, KeyIDField string
}

// FirstPassword is the first master password of a person, with their key pair.
type FirstPassword struct {
	Credentials // with a KDF
	Hint        string
	PublicKey   string // empty when the client makes the pair later
	PrivateKey  string // wrapped under the user key
}

// check reports what clients on other devices would not unlock with: another salt,
// or the wrapped form of another key.
func (c Credentials) check(a Account) error {
	if c.Salt != "" && c.Salt != a.Salt {
		return saltIsAnother.On(c.SaltField)
	}
	if c.KeyID != "" && a.KeyID != "" && c.KeyID != a.KeyID {
		return keyIsAnother.On(c.KeyIDField)
	}
	return nil
}

// checkKDF reports a KDF that is not the stored one. It changes only by ChangeKDF.
func (c Credentials) checkKDF(a Account) error {
	if c.KDF != nil && !c.KDF.plain().Equal(a.KDF.plain()) {
		return kdfIsAnother.On(c.KDFField)
	}
	return nil
}

// take puts c into a, under the hash that is stored of it.
func (a *Account) take(c Credentials, stored string) {
	a.PasswordHash, a.Key = stored, c.Key
	if a.KeyID == "" {
		a.KeyID = c.KeyID
	}
}

// ChangePassword replaces the master password of a person who knows it. Every
// session ends; the client that acts is not told, for it knows.
func (s *Service) ChangePassword(ctx context.Context, accountID id.ID, current string, c Credentials, hint string) error {
	a, err := s.VerifyPassword(ctx, accountID, current)
	if err != nil {
		return err
	}
	if err := cmp.Or(c.checkKDF(a), c.check(a)); err != nil {
		return err
	}
	return s.replacePassword(ctx, a, c, hint, notice.LogOut(accountID, s.Now()), event.PasswordChanged)
}

// UpdateTemporaryPassword replaces a master password that somebody else has set.
// The session that it gave is proof enough.
func (s *Service) UpdateTemporaryPassword(ctx context.Context, accountID id.ID, c Credentials, hint string) error {
	a, err := s.Store.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if !a.ForcePasswordReset {
		return noTemporary
	}
	if err := cmp.Or(c.checkKDF(a), c.check(a)); err != nil {
		return err
	}
	return s.replacePassword(ctx, a, c, hint, notice.LogOutEverywhere(accountID, s.Now()), event.TempPasswordUpdated)
}

func (s *Service) replacePassword(ctx context.Context, was Account, c Credentials, hint string, told notice.Notice, what event.Type) error {
	stored, err := s.Passwords.Hash(ctx, c.Hash)
	if err != nil {
		return err
	}
	return s.secure(ctx, was, told, func(ctx context.Context, a *Account) error {
		a.take(c, stored)
		a.PasswordHint, a.ForcePasswordReset, a.PasswordChangedAt = clean(hint), false, s.Now()
		if err := s.RecordOwn(ctx, a.ID, what); err != nil {
			return err
		}
		return s.tell(ctx, *a, a.Email, "password-changed", nil)
	})
}

// ChangeKDF replaces how the master key is made from the master password, which
// stays, and so everything that is derived from it. Every session ends.
func (s *Service) ChangeKDF(ctx context.Context, accountID id.ID, current string, c Credentials) error {
	if err := c.KDF.Check(c.KDFField); err != nil {
		return err
	}
	was, err := s.VerifyPassword(ctx, accountID, current)
	if err != nil {
		return err
	}
	if err := c.check(was); err != nil {
		return err
	}
	stored, err := s.Passwords.Hash(ctx, c.Hash)
	if err != nil {
		return err
	}
	told := notice.LogOutEverywhere(accountID, s.Now())
	told.Reason = new(notice.KDFChanged)
	return s.secure(ctx, was, told, func(ctx context.Context, a *Account) error {
		a.take(c, stored)
		a.KDF, a.KDFChangedAt = c.KDF.plain(), s.Now()
		return s.tell(ctx, *a, a.Email, "kdf-changed", nil)
	})
}

// SetPassword gives a master password to a person who has none, and the key pair
// with it unless there is one. Their sessions go on: nothing that opens them
// changes.
func (s *Service) SetPassword(ctx context.Context, accountID id.ID, first FirstPassword) error {
	if err := first.KDF.Check(first.KDFField); err != nil {
		return err
	}
	stored, err := s.Passwords.Hash(ctx, first.Hash)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, accountID, func(ctx context.Context, a *Account) error {
		if a.HasPassword() {
			return passwordExists
		}
		if err := first.check(*a); err != nil {
			return err
		}
		a.take(first.Credentials, stored)
		a.KDF, a.PasswordHint, a.PasswordChangedAt = first.KDF.plain(), clean(first.Hint), s.Now()
		if first.PublicKey != "" && a.PublicKey != "" && first.PublicKey != a.PublicKey {
			return keysExist
		}
		if first.PublicKey != "" {
			a.PublicKey, a.PrivateKey = first.PublicKey, first.PrivateKey
		}
		if err := s.RecordOwn(ctx, a.ID, event.PasswordChanged); err != nil {
			return err
		}
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return s.tell(ctx, *a, a.Email, "password-set", nil)
	})
	return err
}

// EndAllSessions signs a person out everywhere.
func (s *Service) EndAllSessions(ctx context.Context, accountID id.ID, secret Secret) error {
	a, err := s.prove(ctx, accountID, secret)
	if err != nil {
		return err
	}
	return s.secure(ctx, a, notice.LogOutEverywhere(accountID, s.Now()), func(context.Context, *Account) error { return nil })
}

// secure changes what a person signs in with, gives them a new stamp, and tells
// their clients. was is the person whose secret was checked; when somebody else was
// faster, nothing changes.
func (s *Service) secure(ctx context.Context, was Account, told notice.Notice, fn func(ctx context.Context, a *Account) error) error {
	_, err := s.change(ctx, was.ID, func(ctx context.Context, a *Account) error {
		if a.SecurityStamp != was.SecurityStamp {
			return changedMeanwhile
		}
		if err := fn(ctx, a); err != nil {
			return err
		}
		if err := s.renewStamp(ctx, a); err != nil {
			return err
		}
		s.Announce(ctx, told)
		return nil
	})
	return err
}

// tell mails a person, in their language, to an address that may not be theirs any
// more or not yet.
func (s *Service) tell(ctx context.Context, a Account, to, template string, data map[string]string) error {
	return s.Mail(ctx, mail.Message{
		Once: template + "|" + id.New().String(), To: to, Template: template, Language: a.Language(), Data: data,
	})
}
