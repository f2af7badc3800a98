package twostep

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// What authenticator applications take for granted.
const (
	stepLife   = 30 // seconds
	keySize    = 20 // bytes
	codeDigits = 6
)

// authenticator is the secret that a person's application shares.
type authenticator struct {
	Key string `json:"key"` // Base32
}

// newAuthenticatorKey returns a fresh secret.
func newAuthenticatorKey() string {
	key := make([]byte, keySize)
	rand.Read(key)
	return base32.StdEncoding.EncodeToString(key)
}

// checkAuthenticatorKey reports a key that is none of ours.
func checkAuthenticatorKey(key string) error {
	raw, err := base32.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != keySize {
		return fault.Malformed("key")
	}
	return nil
}

// stepsOf returns the time steps, of the present one and its neighbors, that a
// code is for. Clocks differ by less than that.
func stepsOf(key, code string, now time.Time) ([]int64, error) {
	code = squeeze(code)
	if len(code) != codeDigits || strings.Trim(code, "0123456789") != "" {
		return nil, nil
	}
	var steps []int64
	present := now.Unix() / stepLife
	for step := max(0, present-1); step <= present+1; step++ {
		want, err := hotp.GenerateCodeCustom(key, uint64(step), //nolint:gosec // It is never negative.
			hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return nil, err
		}
		if equal(code, want) {
			steps = append(steps, step)
		}
	}
	return steps, nil
}

// checkAuthenticator accepts a code whose time step is later than that of any code
// accepted before.
func (s *Service) checkAuthenticator(ctx context.Context, a account.Account, p provider, code string) (bool, error) {
	var data authenticator
	if err := s.open(a.ID, p, &data); err != nil {
		return false, err
	}
	steps, err := stepsOf(data.Key, code, s.Now())
	for _, step := range steps {
		if fresh, err := s.Store.UseStep(ctx, a.ID, step); err != nil || fresh {
			return fresh, err
		}
	}
	return false, err
}

// AuthenticatorKey returns the secret that a person's application shares, or a
// fresh one when there is none, and whether there is one.
func (s *Service) AuthenticatorKey(ctx context.Context, accountID id.ID) (key string, enabled bool, err error) {
	var data authenticator
	enabled, err = s.find(ctx, accountID, Authenticator, &data)
	if !enabled {
		data.Key = newAuthenticatorKey()
	}
	return data.Key, enabled, err
}

// SetAuthenticator turns the authenticator on with a key that the person's
// application made a code of. That code is used up.
func (s *Service) SetAuthenticator(ctx context.Context, accountID id.ID, key, code string) error {
	if err := checkAuthenticatorKey(key); err != nil {
		return err
	}
	steps, err := stepsOf(key, code, s.Now())
	if err != nil {
		return err
	}
	if len(steps) == 0 {
		s.Sleep(ctx, account.FailureDelay)
		return wrongToken
	}
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		before, _, err := s.Store.Find(ctx, accountID, Authenticator)
		if err != nil {
			return err
		}
		return s.turnOn(ctx, a, Authenticator, authenticator{key}, max(before.lastStep, steps[0]))
	})
}

// DropAuthenticator turns the authenticator off. A key that is not the person's
// is a fault: what the client shows is out of date.
func (s *Service) DropAuthenticator(ctx context.Context, accountID id.ID, key string) error {
	var data authenticator
	enabled, err := s.find(ctx, accountID, Authenticator, &data)
	if err != nil {
		return err
	}
	if enabled && !equal(key, data.Key) {
		return fault.Malformed("key")
	}
	return s.TurnOff(ctx, accountID, Authenticator)
}
