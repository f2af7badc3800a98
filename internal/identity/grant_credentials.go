package identity

import (
	"context"
	"strings"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// credentials admits a program: with a person's API key, or as an installation.
func (s *Service) credentials(ctx context.Context, r Request) (Tokens, error) {
	kind, text, _ := strings.Cut(r.ClientID, ".")
	clientID, err := id.Parse(text)
	switch {
	case err != nil:
		return Tokens{}, wrongClient
	case kind == "user":
		return s.apiKey(ctx, clientID, r)
	case kind == "installation" && s.Installation != nil:
		return s.installation(ctx, clientID, r)
	}
	return Tokens{}, wrongClient
}

// apiKey signs a person in without a refresh token: the program keeps the key.
func (s *Service) apiKey(ctx context.Context, accountID id.ID, r Request) (Tokens, error) {
	if r.Scope != web.ScopePerson {
		return Tokens{}, wrongScope
	}
	a, good, err := s.Accounts.CheckAPIKey(ctx, accountID, r.ClientSecret)
	if err != nil {
		return Tokens{}, err
	}
	if !good {
		s.Sleep(ctx, account.FailureDelay)
		return Tokens{}, wrongClient
	}
	r.ClientID = "user." + accountID.String()
	return s.signIn(ctx, a, r, r.Scope)
}

func (s *Service) installation(ctx context.Context, installationID id.ID, r Request) (Tokens, error) {
	if !installationScopes[r.Scope] {
		return Tokens{}, wrongScope
	}
	err := s.Installation(ctx, installationID, r.ClientSecret)
	if err != nil && fault.KindOf(err) != fault.Internal {
		s.Sleep(ctx, account.FailureDelay)
		return Tokens{}, wrongClient
	}
	if err != nil {
		return Tokens{}, err
	}
	c := s.claims("installation."+installationID.String(), r.Scope, installationLife)
	c.ClientSub = installationID.String()
	tokens := Tokens{Life: installationLife, Scope: r.Scope}
	tokens.Access, err = s.sign(ctx, c)
	return tokens, err
}
