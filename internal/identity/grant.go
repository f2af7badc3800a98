package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
)

// Request is what a client sends to the token endpoint.
type Request struct {
	Grant        string
	ClientID     string
	ClientSecret string
	Scope        string
	Username     string
	Password     string
	RefreshToken string

	DeviceType, DeviceIdentifier, DeviceName, DevicePushToken string
}

// Tokens is what a client is given.
type Tokens struct {
	Access  string
	Life    time.Duration // of the access token
	Refresh string        // empty when there is none
	Scope   string
	Account *account.Account // who signed in; nil when nobody did just now
}

// Grant answers a request for tokens. What a client may not have is refused in
// the words of OAuth.
func (s *Service) Grant(ctx context.Context, r Request) (Tokens, error) {
	switch r.Grant {
	case "password":
		return s.password(ctx, r)
	case "refresh_token":
		return s.refresh(ctx, r)
	case "client_credentials":
		return s.credentials(ctx, r)
	}
	return Tokens{}, wrongGrant
}

const offline = "offline_access" // the scope that asks for a refresh token

// password signs a person in by the hash of their master password.
func (s *Service) password(ctx context.Context, r Request) (Tokens, error) {
	if refreshLife[r.ClientID] == 0 {
		return Tokens{}, wrongClient
	}
	scope, ok := personScope(r.Scope)
	if !ok {
		return Tokens{}, wrongScope
	}
	a, good, err := s.Accounts.CheckPassword(ctx, r.Username, r.Password)
	if err != nil {
		return Tokens{}, err
	}
	if !good {
		s.Sleep(ctx, account.FailureDelay)
		return Tokens{}, wrongPassword
	}
	return s.signIn(ctx, a, r, scope)
}

// personScope puts the scopes of a person in order; false when they lack "api" or
// hold what a person does not get.
func personScope(scope string) (string, bool) {
	wanted := strings.Fields(scope)
	slices.Sort(wanted)
	scope = strings.Join(slices.Compact(wanted), " ")
	return scope, scope == "api" || scope == "api "+offline
}

// signIn gives a person who proved who they are a session on their device.
func (s *Service) signIn(ctx context.Context, a account.Account, r Request, scope string) (Tokens, error) {
	client, ok := device.Of(r.DeviceType, r.DeviceIdentifier, r.DeviceName, r.DevicePushToken)
	if !ok {
		return Tokens{}, noDevice
	}
	tokens := Tokens{Life: accessLife, Scope: scope, Account: &a}
	err := s.Store.Tx(ctx, func(ctx context.Context) (err error) {
		if client, _, err = s.Devices.Save(ctx, a.ID, client); err != nil {
			return err
		}
		if strings.HasSuffix(scope, offline) {
			tokens.Refresh, err = s.begin(ctx, a, client, r.ClientID)
		}
		return err
	})
	if err == nil {
		tokens.Access, err = s.access(ctx, a, client, r.ClientID, scope, s.Now())
	}
	return tokens, err
}
