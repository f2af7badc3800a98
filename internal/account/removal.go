package account

import (
	"context"
	"time"

	"coffre/internal/clock"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

const (
	deleteUse  = "delete-account"
	deleteLife = 24 * time.Hour
)

// SendHint mails the hint of a master password to the address that somebody claims
// to have, or that there is none. Who has no account is answered alike: see
// [Note: account enumeration].
func (s *Service) SendHint(ctx context.Context, email string) error {
	return s.quietly(ctx, email, func(a Account) error {
		m := mail.Message{
			Once: "password-hint|" + a.ID.String() + "|" + s.Now().Truncate(MailPause).Format(time.RFC3339),
			To:   a.Email, Template: "password-hint-none", Language: a.Language(),
		}
		if a.PasswordHint != "" {
			m.Template, m.Data = "password-hint", map[string]string{"Hint": a.PasswordHint}
		}
		return s.Mail(ctx, m)
	})
}

// SendDeletion mails a link that deletes an account, for a person who cannot sign
// in any more. Who has no account is answered alike.
func (s *Service) SendDeletion(ctx context.Context, email string) error {
	return s.quietly(ctx, email, func(a Account) error {
		return s.mailLink(ctx, a, deleteUse, "delete-account", "/#/verify-recover-delete", deleteLife)
	})
}

// quietly does something for the person with an address, if there is one, and takes
// the same time for everybody.
func (s *Service) quietly(ctx context.Context, email string, fn func(a Account) error) error {
	elapsed := clock.Stopwatch()
	a, known, err := s.FindByEmail(ctx, email)
	if err == nil && known {
		err = fn(a)
	}
	s.Sleep(ctx, max(0, QuietTime-elapsed()))
	return err
}

// Delete removes a person who proves who they are, with everything that is theirs
// alone.
func (s *Service) Delete(ctx context.Context, accountID id.ID, secret Secret) error {
	a, err := s.prove(ctx, accountID, secret)
	if err != nil {
		return err
	}
	return s.remove(ctx, a)
}

// DeleteByLink removes a person who opened the link of SendDeletion. It is good
// once: afterwards there is nobody left.
func (s *Service) DeleteByLink(ctx context.Context, accountID id.ID, token string) error {
	a, err := s.readLink(ctx, accountID, deleteUse, token)
	if err != nil {
		return err
	}
	return s.remove(ctx, a)
}

func (s *Service) remove(ctx context.Context, a Account) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Deleting(ctx, a.ID); err != nil {
			return err
		}
		s.Announce(ctx, notice.LogOutEverywhere(a.ID, s.Now()))
		gone, err := s.Store.Delete(ctx, a.ID)
		if err == nil && !gone {
			err = fault.SignIn // another request was faster, and ended the session
		}
		return err
	})
}
