package identity

import (
	"context"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// credentials admits a program: with a person's API key, as an organization's own,
// or as an installation.
func (s *Service) credentials(ctx context.Context, r Request) (Tokens, error) {
	switch kind, _, _ := strings.Cut(r.ClientID, "."); {
	case kind == "user":
		return s.signIn(ctx, r, []step{
			s.limitAttempts,
			s.readAPIScope,
			s.checkAPIKey,
			s.checkDevice,
			s.open,
		})
	case kind == "organization":
		return s.signIn(ctx, r, []step{s.limitAttempts, s.admitOrganization})
	case kind == "installation" && s.Installation != nil:
		return s.signIn(ctx, r, []step{s.limitAttempts, s.admitInstallation})
	}
	return Tokens{}, wrongClient
}

// readAPIScope notes what a person's program asks for: no refresh token, because
// the program keeps the key.
func (s *Service) readAPIScope(_ context.Context, a *attempt) error {
	if a.scope = a.Scope; a.scope != web.ScopePerson {
		return wrongScope
	}
	return nil
}

// checkAPIKey finds out who a person is by their API key.
func (s *Service) checkAPIKey(ctx context.Context, a *attempt) error {
	accountID, err := subjectOf(a.ClientID)
	if err != nil {
		return err
	}
	var good bool
	if a.account, good, err = s.Accounts.CheckAPIKey(ctx, accountID, a.ClientSecret); err != nil {
		return err
	}
	if !good {
		return s.refuse(ctx, wrongClient)
	}
	a.ClientID = "user." + accountID.String()
	return nil
}

func (s *Service) admitOrganization(ctx context.Context, a *attempt) error {
	if a.Scope != organizationScope {
		return wrongScope
	}
	return s.admitProgram(ctx, a, "organization.", accessLife, s.Organization)
}

func (s *Service) admitInstallation(ctx context.Context, a *attempt) error {
	if !installationScopes[a.Scope] {
		return wrongScope
	}
	return s.admitProgram(ctx, a, "installation.", installationLife, s.Installation)
}

// admitProgram gives a program that shows its key a token of its own.
func (s *Service) admitProgram(
	ctx context.Context, a *attempt, kind string, life time.Duration, check func(context.Context, id.ID, string) error,
) error {
	subject, err := subjectOf(a.ClientID)
	if err != nil {
		return err
	}
	err = check(ctx, subject, a.ClientSecret)
	if err != nil && fault.KindOf(err) != fault.Internal {
		return s.refuse(ctx, wrongClient)
	}
	if err != nil {
		return err
	}
	c := s.claims(kind+subject.String(), a.Scope, life)
	c.ClientSub = subject.String()
	a.tokens = Tokens{Life: life, Scope: a.Scope}
	a.tokens.Access, err = s.sign(ctx, c)
	return err
}

// subjectOf returns whom a client id names after its kind.
func subjectOf(clientID string) (id.ID, error) {
	_, text, _ := strings.Cut(clientID, ".")
	subject, err := id.Parse(text)
	if err != nil {
		return id.ID{}, wrongClient
	}
	return subject, nil
}
