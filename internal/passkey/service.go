package passkey

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/seal"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

// Service is what the rest of the server may do with passkeys.
type Service struct {
	Store    Store
	Accounts *account.Service
	Keys     *seal.Keys
	Site     *webauthn.Site // nil when browsers make no passkeys for the server's address
	Log      *slog.Logger   // hears why an answer was refused, which people are not told
	Now      func() time.Time
	Mail     func(ctx context.Context, m mail.Message) error
	// Announce tells a person's clients, in the transaction of the change.
	Announce func(ctx context.Context, n notice.Notice)
}

var (
	tooMany     = fault.New(fault.Invalid, "passkey.tooMany").With("limit", Max)
	notMade     = fault.New(fault.Invalid, "passkey.notMade").On("deviceResponse")
	notProven   = fault.New(fault.Invalid, "passkey.notProven").On("deviceResponse")
	expired     = fault.New(fault.Invalid, "passkey.expired").On("token")
	unavailable = fault.New(fault.Invalid, "passkey.unavailable")
)

// List returns the passkeys of a person, the oldest first.
func (s *Service) List(ctx context.Context, accountID id.ID) ([]Passkey, error) {
	return s.Store.List(ctx, accountID)
}

// Enabled returns the passkeys with which a person opens their vault.
func (s *Service) Enabled(ctx context.Context, accountID id.ID) ([]Passkey, error) {
	list, err := s.Store.List(ctx, accountID)
	return slices.DeleteFunc(list, func(p Passkey) bool { return p.Status() != Enabled }), err
}

// StartCreating returns what a client needs to make a passkey, once the person has
// proved again who they are.
func (s *Service) StartCreating(ctx context.Context, accountID id.ID, secret account.Secret) (webauthn.CreationOptions, string, error) {
	if s.Site == nil {
		return webauthn.CreationOptions{}, "", unavailable
	}
	if err := s.Accounts.VerifySecret(ctx, accountID, secret); err != nil {
		return webauthn.CreationOptions{}, "", err
	}
	u, err := s.user(ctx, accountID)
	if err != nil {
		return webauthn.CreationOptions{}, "", err
	}
	list, err := s.Store.List(ctx, accountID)
	if err != nil {
		return webauthn.CreationOptions{}, "", err
	}
	if len(list) >= Max {
		return webauthn.CreationOptions{}, "", tooMany
	}
	have := make([]webauthn.Credential, len(list))
	for i, p := range list {
		have[i] = p.Credential
	}
	options, pending, err := s.Site.Create(u, have, webauthn.Wants{ResidentKey: true, Verification: true})
	if err != nil {
		return webauthn.CreationOptions{}, "", err
	}
	token, err := s.token(toCreate, challenge{AccountID: accountID, Stamp: web.CallerOf(ctx).Stamp, Pending: pending, Expires: s.Now().Add(createLife)})
	return options, token, err
}

// New is a passkey that a client has made.
type New struct {
	Token           string // of StartCreating
	Answer          []byte // of the authenticator
	Name            string
	ComputesSecrets bool
	Keys            Keys // zero when it is not to open the vault
}

// Create adds a passkey, and tells its owner by mail.
func (s *Service) Create(ctx context.Context, accountID id.ID, n New) error {
	c, err := s.redeem(ctx, toCreate, n.Token, accountID)
	if err != nil {
		return err
	}
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	credential, err := s.Site.Created(userOf(a), c.Pending, n.Answer)
	if err != nil {
		s.refused(ctx, err)
		return notMade
	}
	p := Passkey{
		ID: id.New(), AccountID: accountID, Name: strings.TrimSpace(n.Name), Credential: credential,
		ComputesSecrets: n.ComputesSecrets, CreatedAt: s.Now(),
	}
	if n.ComputesSecrets {
		p.Keys = n.Keys
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.changing(ctx, accountID); err != nil {
			return err
		}
		if err := s.add(ctx, p); err != nil {
			return err
		}
		return s.Mail(ctx, mail.Message{
			Once: "passkey-added|" + p.ID.String(), To: a.Email, Template: "passkey-added", Language: a.Language(),
			Data: map[string]string{"Passkey": p.Name, "At": p.CreatedAt.UTC().Format(time.RFC3339)},
		})
	})
}

// add stores a passkey unless the person has as many as they may.
func (s *Service) add(ctx context.Context, p Passkey) error {
	if err := s.Store.Lock(ctx, p.AccountID); err != nil {
		return err
	}
	list, err := s.Store.List(ctx, p.AccountID)
	if err != nil {
		return err
	}
	if len(list) >= Max {
		return tooMany
	}
	added, err := s.Store.Insert(ctx, p)
	if err == nil && !added {
		err = notMade
	}
	return err
}

// Delete removes a passkey of a person who has proved again who they are; one that
// is not theirs is fault.Gone.
func (s *Service) Delete(ctx context.Context, accountID, passkeyID id.ID, secret account.Secret) error {
	if err := s.Accounts.VerifySecret(ctx, accountID, secret); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.changing(ctx, accountID); err != nil {
			return err
		}
		found, err := s.Store.Delete(ctx, accountID, passkeyID)
		if err == nil && !found {
			err = fault.Gone
		}
		return err
	})
}

// Rotate gives the passkeys with which a person opens their vault what belongs to a
// new user key. It takes part in the caller's transaction, and the caller has made
// sure that none is missing. What is no such passkey of the person is left out.
func (s *Service) Rotate(ctx context.Context, accountID id.ID, renewed []Renewed) error {
	list, err := s.Enabled(ctx, accountID)
	if err != nil {
		return err
	}
	for _, r := range renewed {
		if !slices.ContainsFunc(list, func(p Passkey) bool { return p.ID == r.ID }) {
			continue
		}
		if err := s.Store.Renew(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// Schedule has the queue forget challenges that nobody can answer any more.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("forget-passkey-answers", jobs.Interval(askLife), func(ctx context.Context) error {
		return s.Store.ForgetAnswers(ctx, s.Now())
	})
}

// changing tells a person's clients that a sync shows other passkeys, once the
// transaction that it begins is committed.
func (s *Service) changing(ctx context.Context, accountID id.ID) error {
	s.Announce(ctx, notice.Settings(accountID, s.Now()))
	return s.Accounts.TouchOwn(ctx, accountID)
}

// refused writes to the log what a person is not told.
func (s *Service) refused(ctx context.Context, why error) {
	s.Log.LogAttrs(ctx, slog.LevelWarn, "passkey refused", slog.String("request", web.RequestID(ctx)), slog.String("reason", why.Error()))
}

// user returns a person as authenticators know them.
func (s *Service) user(ctx context.Context, accountID id.ID) (webauthn.User, error) {
	a, err := s.Accounts.Get(ctx, accountID)
	return userOf(a), err
}

func userOf(a account.Account) webauthn.User {
	return webauthn.User{ID: a.ID, Name: a.Email, DisplayName: cmp.Or(a.Name, a.Email)}
}
