package identity

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/throttle"
)

// What may be tried before the answer is 429. The counts of wrong passwords are by
// what was typed as the address, so that an address without an account is counted
// alike: see [Note: account enumeration].
var (
	attempts = throttle.Rule{Name: "sign-in", Limit: 10, Per: time.Minute}               // from one network address
	failures = throttle.Rule{Name: "sign-in-failures", Limit: 10, Per: 10 * time.Minute} // of one person
)

// checkPassword finds out who a person is by the hash of their master password, or
// by a request that one of their devices has approved.
func (s *Service) checkPassword(ctx context.Context, a *attempt) error {
	guesses, err := s.guesses(ctx, a)
	if err != nil {
		return err
	}
	if err := s.Limits.Check(ctx, failures, guesses); err != nil {
		return err
	}
	var good bool
	if a.account, good, err = s.prove(ctx, a); err != nil {
		return err
	}
	if !good {
		if err := s.Limits.Take(ctx, failures, guesses); err != nil {
			return err
		}
		return s.refuseOf(ctx, a.account.ID, event.LogInFailed, wrongPassword)
	}
	if a.account.Key == "" && a.ClientID != "web" {
		return s.refuse(ctx, legacyAccount)
	}
	// Guesses made at the same time have all passed the first look, this one by
	// luck perhaps.
	return s.Limits.Check(ctx, failures, guesses)
}

func (s *Service) prove(ctx context.Context, a *attempt) (account.Account, bool, error) {
	if a.AuthRequest == "" {
		return s.Accounts.CheckPassword(ctx, a.Username, a.Password)
	}
	person, _, err := s.Accounts.FindByEmail(ctx, a.Username)
	if err != nil {
		return account.Account{}, false, err
	}
	// No request is nobody's, so that an unknown person is as much work as a known one.
	good, err := s.Devices.CheckAuthRequest(ctx, person.ID, a.AuthRequest, a.Password)
	return person, good, err
}

// guesses returns what wrong passwords of this attempt are counted by. A device on
// which the person has signed in before has a count of its own, so that nobody
// else's guesses lock the person out there.
func (s *Service) guesses(ctx context.Context, a *attempt) (string, error) {
	email := account.NormalizeEmail(a.Username)
	_, told := device.Of(a.DeviceType, a.DeviceIdentifier, a.DeviceName, "")
	wrong := account.CheckEmail("username", email)
	if !told || wrong != nil {
		return email, nil //nolint:nilerr // what is no address is nobody's
	}
	var err error
	if a.known, err = s.Devices.Known(ctx, email, a.DeviceIdentifier); a.known {
		return email + " " + a.DeviceIdentifier, err
	}
	return email, err
}
