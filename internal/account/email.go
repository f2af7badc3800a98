package account

import (
	"context"
	"net/url"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
)

const (
	verifyUse  = "verify-email"
	verifyLife = 24 * time.Hour
)

var (
	voidToken       = fault.New(fault.Invalid, "account.voidToken").On("token")
	alreadyVerified = fault.New(fault.Invalid, "account.alreadyVerified")
	sameEmail       = fault.New(fault.Invalid, "account.sameEmail").On("newEmail")
)

// mailed is what a token in a link says: whose it is, and what was true when it
// was sent. Once either is not, it is void.
type mailed struct {
	AccountID id.ID
	Email     string
	Stamp     string
	Expires   time.Time
}

// mailLink sends a person a link to a page of the web vault with a token. Within a
// minute an address is sent one.
func (s *Service) mailLink(ctx context.Context, a Account, use, template, page string, life time.Duration) error {
	token, err := s.Keys.Token(use, mailed{a.ID, a.Email, a.SecurityStamp, s.Now().Add(life)})
	if err != nil {
		return err
	}
	query := "?userId=" + a.ID.String() + "&token=" + url.QueryEscape(token)
	if use == deleteUse {
		query += "&email=" + url.QueryEscape(a.Email)
	}
	return s.Mail(ctx, mail.Message{
		Once: template + "|" + a.ID.String() + "|" + s.Now().Truncate(MailPause).Format(time.RFC3339),
		To:   a.Email, Template: template, Language: a.Language(), Data: map[string]string{"Link": s.VaultURL + page + query},
	})
}

// readLink returns whose link was opened. Where the token is not theirs, not of
// this use or void, it waits and returns a fault.
func (s *Service) readLink(ctx context.Context, accountID id.ID, use, token string) (Account, error) {
	var m mailed
	good := s.Keys.ReadToken(use, token, &m) == nil && m.AccountID == accountID && s.Now().Before(m.Expires)
	a, err := s.Store.Get(ctx, accountID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Account{}, err
	}
	if err != nil || !good || a.Email != m.Email || a.SecurityStamp != m.Stamp {
		s.Sleep(ctx, FailureDelay)
		return Account{}, voidToken
	}
	return a, nil
}

// SendVerification mails a person a link that proves their address.
func (s *Service) SendVerification(ctx context.Context, accountID id.ID) error {
	a, err := s.Store.Get(ctx, accountID)
	if err != nil {
		return err
	}
	if a.EmailVerified {
		return alreadyVerified
	}
	return s.mailLink(ctx, a, verifyUse, "verify-email", "/#/verify-email", verifyLife)
}

// VerifyEmail notes that a person has opened the link of SendVerification. The
// link may be opened twice: the second time nothing is left to do.
func (s *Service) VerifyEmail(ctx context.Context, accountID id.ID, token string) error {
	a, err := s.readLink(ctx, accountID, verifyUse, token)
	if err != nil || a.EmailVerified {
		return err
	}
	return s.EmailVerified(ctx, accountID)
}

// StartEmailChange mails a code to a new address. When somebody has it, the person's
// own address is told instead, and nothing in the answer says so.
func (s *Service) StartEmailChange(ctx context.Context, accountID id.ID, hash, email string) error {
	a, err := s.VerifyPassword(ctx, accountID, hash)
	if err != nil {
		return err
	}
	if email = NormalizeEmail(email); email == a.Email {
		return sameEmail
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		_, taken, err := s.Store.FindByEmail(ctx, email)
		if err != nil {
			return err
		}
		// A code is made in both cases, so that asking again is refused in both.
		text, err := s.IssueCode(ctx, accountID, CodeEmailChange, email)
		switch {
		case err != nil:
			return err
		case taken:
			return s.tell(ctx, a, a.Email, "email-taken", map[string]string{"Email": email})
		}
		return s.tell(ctx, a, email, "email-code", map[string]string{"Code": text})
	})
}

// ChangeEmail gives a person the address that a code proves. Clients derive their
// keys with the address, so everything that is derived comes anew. Every session
// ends, and the old address is told.
func (s *Service) ChangeEmail(ctx context.Context, accountID id.ID, current, email, text string, c Credentials) error {
	was, err := s.VerifyPassword(ctx, accountID, current)
	if err != nil {
		return err
	}
	email = NormalizeEmail(email)
	good, err := s.CheckCode(ctx, accountID, CodeEmailChange, email, text)
	if err != nil {
		return err
	}
	if !good {
		s.Sleep(ctx, FailureDelay)
		return voidToken
	}
	stored, err := s.Passwords.Hash(ctx, c.Hash)
	if err != nil {
		return err
	}
	err = s.secure(ctx, was, notice.LogOutEverywhere(accountID, s.Now()), func(ctx context.Context, a *Account) error {
		a.take(c, stored)
		a.Email, a.EmailVerified, a.Salt, a.EmailChangedAt = email, true, email, s.Now()
		return s.tell(ctx, *a, was.Email, "email-changed", map[string]string{"Email": email})
	})
	if fault.KindOf(err) == fault.Conflict { // somebody was faster
		return Taken(email)
	}
	return err
}
