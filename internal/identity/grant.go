package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/id"
	"coffre/internal/passkey"
	"coffre/internal/web"
)

// Request is what a client sends to the token endpoint.
type Request struct {
	Grant        string
	ClientID     string
	ClientSecret string
	Scope        string
	Username     string
	Password     string // or the access code of an auth request
	AuthRequest  string // the id of an approved one
	RefreshToken string
	NewDeviceOTP string // the code that a new device was asked for

	DeviceType, DeviceIdentifier, DeviceName, DevicePushToken string
	SecondStep                                                SecondStep
	Passkey                                                   Passkey
	Visit                                                     Visit
}

// Tokens is what a client is given.
type Tokens struct {
	Access  string
	Life    time.Duration // of the access token
	Refresh string        // empty when there is none
	Scope   string

	Account  *account.Account // who signed in; nil when nobody did just now
	Policy   account.PasswordPolicy
	Unlock   *passkey.Unlock // how the passkey opens the vault that signed in; nil when it does not
	Remember string          // passes for a second step on this device from now on; empty unless asked for
}

// Grant answers a request for tokens. What a client may not have is refused in
// the words of OAuth; too many tries are a fault.TooMany.
func (s *Service) Grant(ctx context.Context, r Request) (Tokens, error) {
	switch r.Grant {
	case "password":
		return s.signIn(ctx, r, []step{
			s.limitAttempts,
			s.readClient,
			s.checkPassword,
			s.checkDevice,
			s.checkSecondStep,
			s.checkNewDevice,
			s.open,
		})
	case "webauthn":
		return s.signIn(ctx, r, []step{
			s.limitAttempts,
			s.readClient,
			s.checkPasskey,
			s.checkDevice,
			s.open,
		})
	case "refresh_token":
		return s.refresh(ctx, r)
	case "client_credentials":
		return s.credentials(ctx, r)
	case "send_access":
		return s.visit(ctx, r)
	}
	return Tokens{}, wrongGrant
}

// attempt is a sign-in on its way through the steps of its grant.
type attempt struct {
	Request
	scope    string
	account  account.Account // who it is, once a step has found out
	device   device.Device   // what the client says of itself
	known    bool            // whether the person has signed in on the device before
	twoSteps bool            // whether a second step was passed
	remember bool            // whether the device is to pass without one from now on
	tokens   Tokens
}

// A step lets an attempt go on, or ends it with an error. A step may rely on what
// those before it have noted.
type step func(ctx context.Context, a *attempt) error

func (s *Service) signIn(ctx context.Context, r Request, steps []step) (Tokens, error) {
	a := &attempt{Request: r}
	for _, step := range steps {
		if err := step(ctx, a); err != nil {
			return Tokens{}, err
		}
	}
	return a.tokens, nil
}

// refuse says no after a wait that makes guessing slow.
func (s *Service) refuse(ctx context.Context, why error) error {
	s.Sleep(ctx, account.FailureDelay)
	return why
}

// refuseOf is refuse for an attempt at a person's account, which goes into the event
// log. That takes no longer than the wait does, and so tells nobody whether there
// is such a person: see [Note: account enumeration].
func (s *Service) refuseOf(ctx context.Context, accountID id.ID, what event.Type, why error) error {
	began := s.Now()
	if !accountID.IsZero() {
		if err := s.RecordOwn(ctx, accountID, what); err != nil {
			return err
		}
	}
	s.Sleep(ctx, max(0, account.FailureDelay-s.Now().Sub(began)))
	return why
}

// limitAttempts counts sign-ins from one network address, whatever becomes of them.
func (s *Service) limitAttempts(ctx context.Context, _ *attempt) error {
	return s.Limits.Take(ctx, attempts, web.CallerOf(ctx).Network())
}

const offline = "offline_access" // the scope that asks for a refresh token

// readClient admits the kinds of client that people sign in with, and notes what
// they ask for.
func (s *Service) readClient(_ context.Context, a *attempt) error {
	if refreshLife[a.ClientID] == 0 {
		return wrongClient
	}
	var ok bool
	if a.scope, ok = personScope(a.Scope); !ok {
		return wrongScope
	}
	return nil
}

// personScope puts the scopes of a person in order; false when they lack "api" or
// hold what a person does not get.
func personScope(scope string) (string, bool) {
	wanted := strings.Fields(scope)
	slices.Sort(wanted)
	scope = strings.Join(slices.Compact(wanted), " ")
	return scope, scope == "api" || scope == "api "+offline
}

// checkDevice asks the client what it is. An approved request vouches for a device
// that the person has used before, and for no other.
func (s *Service) checkDevice(_ context.Context, a *attempt) error {
	var ok bool
	if a.device, ok = device.Of(a.DeviceType, a.DeviceIdentifier, a.DeviceName, a.DevicePushToken); !ok {
		return noDevice
	}
	if a.AuthRequest != "" && !a.known {
		return strangeDevice
	}
	return nil
}

// open gives a person who proved who they are a session on their device.
func (s *Service) open(ctx context.Context, a *attempt) error {
	a.tokens.Life, a.tokens.Scope, a.tokens.Account = accessLife, a.scope, &a.account
	first := true
	err := s.Store.Tx(ctx, func(ctx context.Context) (err error) {
		if a.AuthRequest != "" {
			if first, err = s.Devices.UseAuthRequest(ctx, a.AuthRequest); err != nil || !first {
				return err
			}
		}
		var added bool
		if a.device, added, err = s.Devices.Save(ctx, a.account.ID, a.device); err != nil {
			return err
		}
		if added {
			if err := s.tellNewDevice(ctx, a); err != nil {
				return err
			}
		}
		if strings.HasSuffix(a.scope, offline) {
			if a.tokens.Refresh, err = s.begin(ctx, a.account, a.device, a.ClientID); err != nil {
				return err
			}
		}
		return s.RecordOwn(ctx, a.account.ID, event.LoggedIn)
	})
	switch {
	case err != nil:
		return err
	case !first: // another sign-in with the same request was faster
		return s.refuse(ctx, wrongPassword)
	}
	return s.fill(ctx, a)
}

// fill gives a session that is open its tokens, and the client what goes with them.
func (s *Service) fill(ctx context.Context, a *attempt) (err error) {
	if a.remember {
		if a.tokens.Remember, err = s.TwoStep.Remember(ctx, a.account, a.device.Identifier); err != nil {
			return err
		}
	}
	if a.tokens.Policy, err = s.Accounts.PasswordPolicy(ctx, a.account.ID); err != nil {
		return err
	}
	a.tokens.Access, err = s.access(ctx, a.account, a.device, a.ClientID, a.scope, s.Now())
	return err
}
