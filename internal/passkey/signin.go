package passkey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

// What a token is for. One for another purpose does not open.
const (
	toCreate = "passkey-create"
	toSignIn = "passkey-sign-in"
	toOpen   = "passkey-open" // to let the passkey open the vault
)

// challenge is what a client has been asked, as its token holds it.
type challenge struct {
	AccountID id.ID     `json:"accountId"` // zero when nobody has said who they are
	Stamp     string    `json:"stamp"`     // under which that person is signed in; empty with a zero AccountID
	Pending   []byte    `json:"pending"`
	Expires   time.Time `json:"expires"`
}

var errNobody = errors.New("nobody here has the credential")

// StartSignIn returns what a client needs to ask for any passkey of the site.
func (s *Service) StartSignIn(ctx context.Context) (webauthn.RequestOptions, string, error) {
	return s.ask(ctx, toSignIn, id.ID{})
}

// SignIn returns who answered to StartSignIn with a passkey, and how the client
// opens the vault with it, nil when it does not. It is false when the answer proves
// nothing; the caller waits account.FailureDelay before it says no. An answer is
// good once, whatever becomes of it.
func (s *Service) SignIn(ctx context.Context, token, answer string) (account.Account, *Unlock, bool, error) {
	p, err := s.answered(ctx, toSignIn, token, id.ID{}, []byte(answer))
	if fault.KindOf(err) == fault.Invalid {
		return account.Account{}, nil, false, nil
	}
	if err != nil {
		return account.Account{}, nil, false, err
	}
	a, err := s.Accounts.Get(ctx, p.AccountID)
	if fault.KindOf(err) == fault.NotFound {
		return account.Account{}, nil, false, nil // deleted just now
	}
	return a, p.unlock(), err == nil, err
}

// StartOpening returns what a client needs to ask for one of the person's passkeys,
// so that it will open the vault, once they have proved again who they are.
func (s *Service) StartOpening(ctx context.Context, accountID id.ID, secret account.Secret) (webauthn.RequestOptions, string, error) {
	if err := s.Accounts.VerifySecret(ctx, accountID, secret); err != nil {
		return webauthn.RequestOptions{}, "", err
	}
	return s.ask(ctx, toOpen, accountID)
}

// Opens lets the passkey that answered to StartOpening open the vault with keys.
func (s *Service) Opens(ctx context.Context, accountID id.ID, token string, answer []byte, keys Keys) error {
	p, err := s.answered(ctx, toOpen, token, accountID, answer)
	if err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.changing(ctx, accountID); err != nil {
			return err
		}
		return s.Store.SetKeys(ctx, p.ID, keys)
	})
}

// ask names no passkey, even when it is known who asks: clients let the person
// choose among all that their authenticators hold.
func (s *Service) ask(ctx context.Context, purpose string, accountID id.ID) (webauthn.RequestOptions, string, error) {
	if s.Site == nil {
		return webauthn.RequestOptions{}, "", unavailable
	}
	options, pending, err := s.Site.Ask(nil, true)
	if err != nil {
		return webauthn.RequestOptions{}, "", err
	}
	token, err := s.token(purpose, challenge{AccountID: accountID, Stamp: web.CallerOf(ctx).Stamp, Pending: pending, Expires: s.Now().Add(askLife)})
	return options, token, err
}

// answered returns the passkey that answered, or a fault. A zero accountID takes
// anybody's.
func (s *Service) answered(ctx context.Context, purpose, token string, accountID id.ID, answer []byte) (Passkey, error) {
	c, err := s.redeem(ctx, purpose, token, accountID)
	if err != nil {
		return Passkey{}, err
	}
	var p Passkey
	var outage error
	credential, _, err := s.Site.Answered(c.Pending, answer, func(credentialID, handle []byte) (webauthn.User, webauthn.Credential, error) {
		p, outage = s.Store.ByCredential(ctx, credentialID)
		if fault.KindOf(outage) == fault.NotFound || outage == nil && !accountID.IsZero() && p.AccountID != accountID {
			outage = nil
			return webauthn.User{}, webauthn.Credential{}, errNobody
		}
		return webauthn.User{ID: p.AccountID}, p.Credential, outage
	})
	if outage != nil {
		return Passkey{}, outage
	}
	if err != nil {
		s.refused(ctx, err)
		return Passkey{}, notProven
	}
	counted, err := s.Store.SetCounter(ctx, p.ID, credential.Counter, s.Now())
	if err == nil && !counted { // another answer with the same counter was faster
		s.refused(ctx, webauthn.ErrCounter)
		err = notProven
	}
	return p, err
}

func (s *Service) token(purpose string, c challenge) (string, error) { return s.Keys.Token(purpose, c) }

// redeem returns the challenge of a token that is for the purpose and the person,
// not too old, and has not been answered before. Like the password that it was
// given for, it is void once the person's sessions have ended.
func (s *Service) redeem(ctx context.Context, purpose, token string, accountID id.ID) (c challenge, err error) {
	if err := s.Keys.ReadToken(purpose, token, &c); err != nil {
		return c, expired //nolint:nilerr // a token that does not open is none of ours
	}
	switch {
	case !s.Now().Before(c.Expires) || c.AccountID != accountID || c.Stamp != web.CallerOf(ctx).Stamp:
		return c, expired
	case s.Site == nil: // the server has just moved to an address of digits
		return c, unavailable
	}
	hash := sha256.Sum256(c.Pending)
	first, err := s.Store.Answer(ctx, hex.EncodeToString(hash[:]), c.Expires)
	if err == nil && !first {
		err = expired
	}
	return c, err
}
