package twostep

import (
	"context"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// mailbox is where codes are mailed to.
type mailbox struct {
	Email string `json:"email"`
}

// emailHint tells a client where a code goes, without telling a stranger.
type emailHint struct {
	Email string `json:"Email"`
}

func (s *Service) askEmail(accountID id.ID, p provider) (emailHint, error) {
	var data mailbox
	err := s.open(accountID, p, &data)
	return emailHint{maskEmail(data.Email)}, err
}

func (s *Service) checkEmail(ctx context.Context, a account.Account, p provider, code string) (bool, error) {
	var data mailbox
	if err := s.open(a.ID, p, &data); err != nil {
		return false, err
	}
	return s.Accounts.CheckCode(ctx, a.ID, account.CodeTwoStep, data.Email, squeeze(code))
}

// mailCode mails a new code to an address of a person.
func (s *Service) mailCode(ctx context.Context, a account.Account, purpose account.CodePurpose, email string) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		code, err := s.Accounts.IssueCode(ctx, a.ID, purpose, email)
		if err != nil {
			return err
		}
		a.Email = email
		return s.tell(ctx, a, "two-step-code", id.New().String(), map[string]string{"Code": code})
	})
}

// EmailAddress returns where a person's codes are mailed to; "" when they are not.
func (s *Service) EmailAddress(ctx context.Context, accountID id.ID) (string, error) {
	var data mailbox
	_, err := s.find(ctx, accountID, Email, &data)
	return data.Email, err
}

// ProveEmail mails a code to the address that a person wants codes to go to.
func (s *Service) ProveEmail(ctx context.Context, accountID id.ID, email string) error {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	return s.mailCode(ctx, a, account.CodeTwoStepSetup, account.NormalizeEmail(email))
}

// SetEmail turns mailed codes on for an address that the code of ProveEmail proves.
func (s *Service) SetEmail(ctx context.Context, accountID id.ID, email, code string) error {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	email = account.NormalizeEmail(email)
	good, err := s.Accounts.CheckCode(ctx, accountID, account.CodeTwoStepSetup, email, squeeze(code))
	if err != nil {
		return err
	}
	if !good {
		s.Sleep(ctx, account.FailureDelay)
		return wrongToken
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		return s.turnOn(ctx, a, Email, mailbox{email}, 0)
	})
}

// TurnOnEmail turns mailed codes on for the address of somebody who has just proved
// it, in the transaction of ctx.
func (s *Service) TurnOnEmail(ctx context.Context, a account.Account) error {
	return s.change(ctx, a.ID, func(ctx context.Context) error {
		return s.turnOn(ctx, a, Email, mailbox{a.Email}, 0)
	})
}

// CodeRequest is what somebody who is asked for a mailed code knows. One of the
// proofs is enough.
type CodeRequest struct {
	Email        string
	SessionToken string // of the Challenge
	PasswordHash string
	RequestID    string // of a log-in with a device, with its access code
	AccessCode   string
}

const sessionPurpose = "two-step-mail"

// sessionPrefix is how clients tell the kind of a token.
const sessionPrefix = "BwSsoEmail2FaSessionToken_"

// session says that somebody knew the master password just now.
type session struct {
	AccountID id.ID     `json:"accountId"`
	Until     time.Time `json:"until"`
}

func (s *Service) mailSession(accountID id.ID) (string, error) {
	token, err := s.Keys.Token(sessionPurpose, session{accountID, s.Now().Add(sessionLife)})
	return sessionPrefix + token, err
}

// guessRule bounds guesses at the password of one address, here beside the token
// endpoint. A client that was challenged has a session token and guesses nothing.
var guessRule = throttle.Rule{Name: "two-step-mail", Limit: 10, Per: 10 * time.Minute}

// cannotMail answers whatever is wrong with a CodeRequest.
var cannotMail = fault.New(fault.Invalid, "twostep.cannotMail")

// MailLoginCode mails a code for the second step. Whoever asks for somebody
// unknown, proves nothing, or has set up no mail learns only that it did not work,
// after a delay.
func (s *Service) MailLoginCode(ctx context.Context, r CodeRequest) error {
	a, good, err := s.asks(ctx, r)
	if err != nil {
		return err
	}
	var data mailbox
	if good {
		if good, err = s.find(ctx, a.ID, Email, &data); err != nil {
			return err
		}
	}
	if !good {
		s.Sleep(ctx, account.FailureDelay)
		return cannotMail
	}
	return s.mailCode(ctx, a, account.CodeTwoStep, data.Email)
}

// asks returns who asks for a code, if they prove it. A session token that is
// there decides, whatever password is.
func (s *Service) asks(ctx context.Context, r CodeRequest) (account.Account, bool, error) {
	a, known, err := s.Accounts.FindByEmail(ctx, r.Email)
	if err != nil {
		return account.Account{}, false, err
	}
	if known && r.AccessCode != "" {
		if good, err := s.AuthRequest(ctx, a.ID, r.RequestID, r.AccessCode); err != nil || good {
			return a, good, err
		}
	}
	if r.SessionToken != "" {
		var proved session
		err := s.Keys.ReadToken(sessionPurpose, strings.TrimPrefix(r.SessionToken, sessionPrefix), &proved)
		return a, err == nil && known && proved.AccountID == a.ID && s.Now().Before(proved.Until), nil
	}
	if r.PasswordHash != "" {
		return s.asksByPassword(ctx, r)
	}
	return a, false, nil
}

func (s *Service) asksByPassword(ctx context.Context, r CodeRequest) (account.Account, bool, error) {
	key := account.NormalizeEmail(r.Email)
	if err := s.Limits.Take(ctx, guessRule, key); err != nil {
		return account.Account{}, false, err
	}
	a, good, err := s.Accounts.CheckPassword(ctx, r.Email, r.PasswordHash)
	if err == nil && good {
		err = s.Limits.Forget(ctx, guessRule, key)
	}
	return a, good, err
}
