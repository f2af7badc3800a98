package premium

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

// Service keeps the premium licenses of people on a self-hosted server, as
// license.SelfHostedEnd keeps those of organizations.
type Service struct {
	Store        Store
	Accounts     *account.Service
	Verification bool                          // whether people must have proved their address
	Trust        func() (license.Trust, error) // read each time, so that a new signer counts at once
	Directory    string                        // of the copies
	Used         blob.Usage                    // tells how much storage of people is in use
	Announce     func(ctx context.Context, n notice.Notice)
	Mail         func(ctx context.Context, m mail.Message) error
	Log          *slog.Logger
	Now          func() time.Time
}

var (
	emailUnverified = fault.New(fault.Invalid, "license.emailUnverified").Coded("license-email-unverified")
	heldByAnother   = fault.New(fault.Invalid, "license.heldByAnother").Coded("license-in-use")
)

// Has reports whether a license gives a person premium now. What the license file
// looks like does not matter: it was judged when it came.
func (s *Service) Has(ctx context.Context, a account.Account) (bool, error) {
	p, err := s.Store.Get(ctx, a.ID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && p.Holds(a.Email, s.Now()), err
}

// admit returns what a trusted signer vouches for in a license that a person
// brings, and until when it holds.
func (s *Service) admit(raw []byte, a account.Account) (license.User, time.Time, error) {
	l, err := license.ParseUser(raw)
	if err != nil {
		return license.User{}, time.Time{}, err
	}
	trust, err := s.Trust()
	if err != nil {
		return license.User{}, time.Time{}, err
	}
	return license.Gate{Trust: trust}.AdmitUser(l, a.Email, s.Now())
}

// Upload puts a person on a premium license. The faults are those of
// license.Gate.AdmitUser, then license-email-unverified and license-in-use, when somebody
// else here has it. A refused license changes nothing.
func (s *Service) Upload(ctx context.Context, caller id.ID, raw []byte) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		a, err := s.Accounts.Get(ctx, caller)
		if err != nil {
			return err
		}
		l, until, err := s.admit(raw, a)
		if err != nil {
			return err
		}
		if s.Verification && !a.EmailVerified {
			return emailUnverified
		}
		if err := s.keep(ctx, a.ID, l, until); err != nil {
			return err
		}
		return s.changed(ctx, a.ID, true)
	})
}

// keep stores a license that was admitted, and its copy once that is committed.
func (s *Service) keep(ctx context.Context, accountID id.ID, l license.User, until time.Time) error {
	document, err := json.Marshal(l)
	if err != nil {
		return err
	}
	err = s.Store.Save(ctx, Held{
		AccountID: accountID, LicenseKey: l.LicenseKey, Email: l.Email, Document: string(document),
		IssuedAt: l.Issued, ExpiresAt: until, UpdatedAt: s.Now(),
	})
	if fault.KindOf(err) == fault.Conflict {
		return heldByAnother
	}
	if err != nil {
		return err
	}
	s.Store.AfterCommit(ctx, func() { s.report(ctx, accountID, l.WriteCopy(s.Directory, accountID)) })
	return nil
}

// changed tells a person's clients whether they have premium of their own now.
func (s *Service) changed(ctx context.Context, accountID id.ID, has bool) error {
	s.Announce(ctx, notice.Premium(accountID, has))
	return s.Accounts.Touch(ctx, accountID)
}

// report writes to the log that a copy is not as it should be: nothing is lost.
func (s *Service) report(ctx context.Context, accountID id.ID, err error) {
	if err != nil {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "copy license", slog.String("account", accountID.String()), slog.Any("error", err))
	}
}

// Remove takes a person off their license. It is fault.Gone without one.
func (s *Service) Remove(ctx context.Context, caller id.ID) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		had, err := s.Store.Delete(ctx, caller)
		if err == nil && !had {
			err = fault.Gone
		}
		if err != nil {
			return err
		}
		if err := s.Leaving(ctx, caller); err != nil {
			return err
		}
		return s.changed(ctx, caller, false)
	})
}

// Leaving removes the copy of a person's license once the transaction of ctx is
// committed, in which the person or the license goes.
func (s *Service) Leaving(ctx context.Context, accountID id.ID) error {
	s.Store.AfterCommit(ctx, func() { s.report(ctx, accountID, license.RemoveCopy(s.Directory, accountID)) })
	return nil
}

// Current returns the license of a person, as far as there is one and it can be
// read, and what would be said of it if it were uploaded now.
func (s *Service) Current(ctx context.Context, a account.Account) (held Held, l license.User, found bool, err error) {
	held, err = s.Store.Get(ctx, a.ID)
	if fault.KindOf(err) == fault.NotFound {
		return Held{}, license.User{}, false, nil
	}
	if err != nil {
		return Held{}, license.User{}, false, err
	}
	if l, err = license.ParseUser([]byte(held.Document)); err == nil {
		_, _, err = s.admit([]byte(held.Document), a)
	}
	return held, l, true, err
}

// Schedule has the queue tell people that their premium is over. It
// comes before the queue runs.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("premium-end", jobs.Interval(10*time.Minute), s.End)
}

// End tells everyone whose license has ended, by mail and in their clients, that
// premium is over. What goes wrong with one person does not keep it from the others.
func (s *Service) End(ctx context.Context) error {
	before := s.Now().Add(-license.Skew)
	list, err := s.Store.ListEnding(ctx, before)
	failures := []error{err}
	for _, p := range list {
		if err := s.Store.Tx(ctx, func(ctx context.Context) error { return s.endOf(ctx, p, before) }); err != nil {
			failures = append(failures, fmt.Errorf("premium license of account %s: %w", p.AccountID, err))
		}
	}
	return errors.Join(failures...)
}

func (s *Service) endOf(ctx context.Context, p Held, before time.Time) error {
	ended, err := s.Store.End(ctx, p.AccountID, before)
	if err != nil || !ended {
		return err // there is a newer license, or somebody else was first
	}
	a, err := s.Accounts.Get(ctx, p.AccountID)
	if err != nil {
		return err
	}
	err = s.Mail(ctx, mail.Message{
		Once: fmt.Sprintf("premium-expired|%s|%d", a.ID, p.ExpiresAt.Unix()), To: a.Email, Template: "premium-expired", Language: a.Language(),
		Data: map[string]string{"Ends": p.ExpiresAt.Format(time.RFC3339)},
	})
	if err != nil {
		return err
	}
	return s.changed(ctx, p.AccountID, false)
}
