package twostep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/webauthn"
)

// Service is what the rest of the server may do with second steps.
type Service struct {
	Store    Store
	Accounts *account.Service
	Devices  *device.Service
	Keys     *seal.Keys
	Limits   *throttle.Limits
	Site     *webauthn.Site // nil where the address has no name that keys are made for
	Yubico   *Yubico        // nil where YubiKey OTP is not offered
	Duo      *DuoAPI        // nil where Duo is not offered
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration)
	Mail     func(ctx context.Context, m mail.Message) error
	VaultURL string // the web vault, without a slash at the end

	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// LastRemoved is told, in the transaction of the change, that a person has no
	// second step any more.
	LastRemoved func(ctx context.Context, accountID id.ID) error
	// AuthRequest reports whether an access code is that of a person's approved
	// log-in with a device.
	AuthRequest func(ctx context.Context, accountID id.ID, requestID, accessCode string) (bool, error)
	// RecordOwn adds what a person did with their account, or what was tried with it,
	// to the event log.
	RecordOwn func(ctx context.Context, accountID id.ID, what event.Type) error
}

// wrongRule bounds wrong second steps. Whoever may try has the master password.
var wrongRule = throttle.Rule{Name: "two-step", Limit: 5, Per: 10 * time.Minute}

// Providers returns the numbers of the providers that a person set up.
func (s *Service) Providers(ctx context.Context, accountID id.ID) ([]int, error) {
	list, err := s.Store.List(ctx, accountID)
	numbers := make([]int, len(list))
	for i, p := range list {
		numbers[i] = p.number
	}
	return numbers, err
}

// Needed reports whether a person logs in in two steps. A provider that this
// server no longer offers counts: a changed setting must not open accounts.
func (s *Service) Needed(ctx context.Context, a account.Account) (bool, error) {
	list, err := s.Store.List(ctx, a.ID)
	return len(list) > 0, err
}

// Challenge returns what to ask a person whose master password was right.
func (s *Service) Challenge(ctx context.Context, a account.Account, app App) (Challenge, error) {
	list, err := s.Store.List(ctx, a.ID)
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{Providers: map[string]any{}}
	for _, p := range list {
		if !s.offers(p.number) {
			continue
		}
		if c.Providers[strconv.Itoa(p.number)], err = s.ask(ctx, a, p, app); err != nil {
			return Challenge{}, err
		}
		if p.number == Email {
			c.Email = a.Email
			if c.SessionToken, err = s.mailSession(a.ID); err != nil {
				return Challenge{}, err
			}
		}
	}
	return c, nil
}

// offers reports whether a provider works on this server.
func (s *Service) offers(number int) bool {
	switch number {
	case Authenticator, Email:
		return true
	case WebAuthn:
		return s.Site != nil
	case YubiKey:
		return s.Yubico != nil
	case Duo:
		return s.Duo != nil
	}
	return false
}

// ask returns what a provider tells the client in a challenge.
func (s *Service) ask(ctx context.Context, a account.Account, p provider, app App) (any, error) {
	switch p.number {
	case Email:
		return s.askEmail(a.ID, p)
	case Duo:
		return s.askDuo(a, p, app)
	case YubiKey:
		return s.askYubiKey(a.ID, p)
	case WebAuthn:
		return s.askWebAuthn(ctx, a.ID, p)
	}
	return nil, nil // an authenticator has nothing to tell
}

// Check judges the second step of a person whose master password was right. A
// right one is used up. The caller waits account.FailureDelay before it says
// Wrong; for a fault.TooMany that was done here.
//
// [Note: wrong second steps] Five wrong answers close the account's second step
// for a while, to the right code too. Devices on which the person has logged in
// before are counted each by itself, so that a stranger with the master password
// cannot keep the owner out.
func (s *Service) Check(ctx context.Context, a account.Account, at Attempt) (Outcome, error) {
	if at.Token == "" {
		return Again, nil
	}
	if at.Provider == Remember {
		return s.checkRemembered(ctx, a, at)
	}
	verify, err := s.verifier(ctx, a, at.Provider)
	if err != nil || verify == nil {
		return Again, err
	}
	key, err := s.triedBy(ctx, a.ID, at.Device)
	if err != nil {
		return Wrong, err
	}
	if err := s.Limits.Take(ctx, wrongRule, key); err != nil {
		s.Sleep(ctx, account.FailureDelay)
		return Wrong, err
	}
	good, err := verify(ctx, at.Token)
	switch {
	case err != nil: // nobody was wrong: something is out of order
		return Wrong, errors.Join(err, s.Limits.Return(ctx, wrongRule, key))
	case !good:
		return Wrong, s.warn(ctx, a, at.Provider)
	}
	return Passed, s.Limits.Forget(ctx, wrongRule, key)
}

// triedBy returns what the wrong answers of a device count against.
func (s *Service) triedBy(ctx context.Context, accountID id.ID, identifier string) (string, error) {
	_, known, err := s.Devices.Find(ctx, accountID, identifier)
	if known {
		return accountID.String() + "|" + identifier, nil
	}
	return accountID.String(), err
}

// verifier returns the check of a provider; nil when the person has it not.
func (s *Service) verifier(ctx context.Context, a account.Account, number int) (func(context.Context, string) (bool, error), error) {
	if number == RecoveryCode {
		return func(ctx context.Context, token string) (bool, error) { return s.recover(ctx, a, token) }, nil
	}
	p, ok, err := s.Store.Find(ctx, a.ID, number)
	if err != nil || !ok || !s.offers(number) {
		return nil, err
	}
	check := map[int]func(context.Context, account.Account, provider, string) (bool, error){
		Authenticator: s.checkAuthenticator, Email: s.checkEmail, Duo: s.checkDuo, YubiKey: s.checkYubiKey, WebAuthn: s.checkWebAuthn,
	}[number]
	return func(ctx context.Context, token string) (bool, error) { return check(ctx, a, p, token) }, nil
}

// place is where a provider's data is sealed for.
type place struct {
	accountID id.ID
	number    int
}

// String names the row.
func (p place) String() string { return p.accountID.String() + "/" + strconv.Itoa(p.number) }

// open reads what a provider needs.
func (s *Service) open(accountID id.ID, p provider, data any) error {
	plain, err := s.Keys.Open("two_step_provider", "sealed_data", place{accountID, p.number}, p.sealed)
	if err != nil {
		return fmt.Errorf("open two-step provider %d: %w", p.number, err)
	}
	return json.Unmarshal([]byte(plain), data)
}

// find reads what a provider of a person needs, and reports whether there is one.
func (s *Service) find(ctx context.Context, accountID id.ID, number int, data any) (bool, error) {
	p, ok, err := s.Store.Find(ctx, accountID, number)
	if err != nil || !ok {
		return false, err
	}
	return true, s.open(accountID, p, data)
}

// put stores what a provider needs.
func (s *Service) put(ctx context.Context, accountID id.ID, number int, data any, step int64) error {
	plain, err := json.Marshal(data)
	if err != nil {
		return err
	}
	sealed := s.Keys.Seal("two_step_provider", "sealed_data", place{accountID, number}, string(plain))
	return s.Store.Put(ctx, accountID, provider{number, sealed, step}, s.Now())
}

// change runs fn alone on what a person set up, and tells clients of it.
func (s *Service) change(ctx context.Context, accountID id.ID, fn func(context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, accountID); err != nil {
			return err
		}
		if err := fn(ctx); err != nil {
			return err
		}
		s.Announce(ctx, notice.Settings(accountID, s.Now()))
		return s.Accounts.Touch(ctx, accountID)
	})
}

// turnOn stores a provider in a change, with a recovery code for the day on which
// the provider is lost.
func (s *Service) turnOn(ctx context.Context, a account.Account, number int, data any, step int64) error {
	if err := s.put(ctx, a.ID, number, data, step); err != nil {
		return err
	}
	if err := s.Store.AddRecovery(ctx, a.ID, s.sealRecovery(a.ID, newRecoveryCode())); err != nil {
		return err
	}
	if err := s.RecordOwn(ctx, a.ID, event.TwoStepUpdated); err != nil {
		return err
	}
	return s.tell(ctx, a, "two-step-on", id.New().String(), s.about(a, number))
}

// TurnOff removes a provider. One that is not there is removed already.
func (s *Service) TurnOff(ctx context.Context, accountID id.ID, number int) error {
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return err
	}
	return s.change(ctx, accountID, func(ctx context.Context) error {
		removed, err := s.Store.Delete(ctx, accountID, number)
		if err != nil || !removed {
			return err
		}
		if err := s.RecordOwn(ctx, a.ID, event.TwoStepDisabled); err != nil {
			return err
		}
		if err := s.tell(ctx, a, "two-step-off", id.New().String(), s.about(a, number)); err != nil {
			return err
		}
		left, err := s.Store.List(ctx, accountID)
		if err != nil || len(left) > 0 {
			return err
		}
		return s.LastRemoved(ctx, accountID)
	})
}

// Status is one provider that a person set up.
type Status struct {
	Provider int
	Enabled  bool // whether it works on this server
}

// List returns what a person set up.
func (s *Service) List(ctx context.Context, accountID id.ID) ([]Status, error) {
	numbers, err := s.Providers(ctx, accountID)
	list := make([]Status, len(numbers))
	for i, number := range numbers {
		list[i] = Status{number, s.offers(number)}
	}
	return list, err
}

// allow returns the fault that keeps a person from setting a provider up.
func (s *Service) allow(ctx context.Context, a account.Account, number int) error {
	if !s.offers(number) {
		return notOffered.With("provider", brands[number])
	}
	if !needsPremium[number] {
		return nil
	}
	premium, err := s.Accounts.HasPremium(ctx, a)
	if err == nil && !premium {
		err = wantPremium
	}
	return err
}

// show allows a person to see a provider: to set it up, or because they have it.
func (s *Service) show(ctx context.Context, accountID id.ID, number int, data any) (bool, error) {
	ok, err := s.find(ctx, accountID, number, data)
	if err != nil || ok {
		return ok, err
	}
	a, err := s.Accounts.Get(ctx, accountID)
	if err != nil {
		return false, err
	}
	return false, s.allow(ctx, a, number)
}

// known reports whether number is a provider that can be set up.
func known(number int) bool {
	return slices.Contains([]int{Authenticator, Email, Duo, YubiKey, WebAuthn}, number)
}
