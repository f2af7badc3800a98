package account

import (
	"context"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
)

// secretRule bounds guesses at a secret by somebody who holds a person's session.
var secretRule = throttle.Rule{Name: "secret", Limit: 10, Per: 10 * time.Minute}

var (
	wrongPassword = fault.New(fault.Invalid, "account.wrongPassword").On("MasterPasswordHash")
	wrongCode     = fault.New(fault.Invalid, "account.wrongCode").On("OTP")
	wrongSecret   = fault.New(fault.Invalid, "account.wrongSecret")
)

// Secret proves again that a signed-in person is who they are. It may be
// embedded in the body of a request.
type Secret struct {
	MasterPasswordHash    string `json:"masterPasswordHash"`
	OTP                   string `json:"otp"`
	AuthRequestAccessCode string `json:"authRequestAccessCode"`
}

// Check reports a secret that is missing or that no client sends.
func (s Secret) Check() error {
	switch {
	case s.MasterPasswordHash == "" && s.OTP == "" && s.AuthRequestAccessCode == "":
		return fault.Required("masterPasswordHash")
	case len(s.MasterPasswordHash) > MaxHash:
		return fault.TooLong("masterPasswordHash", MaxHash)
	}
	return nil
}

// VerifySecret returns nil when the secret is the person's: the hash of their
// master password, or a one-time code of CodeOTP, which some clients send in the
// place of the hash. Otherwise it waits and returns a fault. An access code alone
// proves nothing here. Call it outside a transaction.
func (s *Service) VerifySecret(ctx context.Context, accountID id.ID, secret Secret) error {
	if err := secret.Check(); err != nil {
		return err
	}
	_, err := s.prove(ctx, accountID, secret)
	return err
}

// VerifyPassword returns the person when hash is of their master password.
// Otherwise it waits and returns a fault. Call it outside a transaction, and let
// what the password allows happen only while the security stamp is the same.
func (s *Service) VerifyPassword(ctx context.Context, accountID id.ID, hash string) (Account, error) {
	if hash == "" {
		return Account{}, fault.Required("masterPasswordHash")
	}
	if len(hash) > MaxHash {
		return Account{}, fault.TooLong("masterPasswordHash", MaxHash)
	}
	return s.guarded(ctx, accountID, wrongPassword, func(a Account) (bool, error) {
		return s.Passwords.Check(ctx, hash, a.PasswordHash)
	})
}

// prove returns the person when the secret is theirs.
func (s *Service) prove(ctx context.Context, accountID id.ID, secret Secret) (Account, error) {
	switch {
	case secret.MasterPasswordHash != "":
		return s.guarded(ctx, accountID, wrongPassword, func(a Account) (bool, error) {
			good, err := s.Passwords.Check(ctx, secret.MasterPasswordHash, a.PasswordHash)
			if err != nil || good {
				return good, err
			}
			return s.CheckCode(ctx, accountID, CodeOTP, "", secret.MasterPasswordHash)
		})
	case secret.OTP != "":
		return s.guarded(ctx, accountID, wrongCode, func(Account) (bool, error) {
			return s.CheckCode(ctx, accountID, CodeOTP, "", secret.OTP)
		})
	}
	return s.guarded(ctx, accountID, wrongSecret, func(Account) (bool, error) { return false, nil })
}

// guarded returns the person when check finds their secret right. Each try counts
// until one is right, so that many at once are not more than the limit.
func (s *Service) guarded(ctx context.Context, accountID id.ID, wrong error, check func(Account) (bool, error)) (Account, error) {
	a, err := s.Store.Get(ctx, accountID)
	if err != nil {
		return Account{}, err
	}
	if err := s.Limits.Take(ctx, secretRule, accountID.String()); err != nil {
		return Account{}, err
	}
	good, err := check(a)
	switch {
	case err != nil:
		return Account{}, err
	case !good:
		s.Sleep(ctx, FailureDelay)
		return Account{}, wrong
	}
	return a, s.Limits.Forget(ctx, secretRule, accountID.String())
}
