package identity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/event"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
	"coffre/internal/passkey"
	"coffre/internal/seal"
	"coffre/internal/throttle"
	"coffre/internal/twostep"
	"coffre/internal/web"
)

// Service gives out tokens and recognizes them.
type Service struct {
	Accounts *account.Service
	Devices  *device.Service
	TwoStep  *twostep.Service
	Passkeys *passkey.Service
	Store    Store
	Keys     *seal.Keys
	Issuer   string // the address of this server's identity side
	Limits   *throttle.Limits
	Now      func() time.Time
	Sleep    func(ctx context.Context, d time.Duration)
	Mail     func(ctx context.Context, m mail.Message) error

	// VerifyDevices is whether people prove by a mailed code that a new device is
	// theirs, where nothing but the master password speaks for it.
	VerifyDevices bool

	// Installation admits a self-hosted server by its key; a fault refuses it.
	// InstallationHonors reports whether it may call with a token that was issued
	// then. Both are nil on a server that knows no installations.
	Installation       func(ctx context.Context, installationID id.ID, key string) error
	InstallationHonors func(ctx context.Context, installationID id.ID, issued time.Time) (bool, error)
	// RecordOwn adds what a person did with their account, or what was tried with it,
	// to the event log.
	RecordOwn func(ctx context.Context, accountID id.ID, what event.Type) error
	// Organization admits an organization's own program by its key; a fault refuses
	// it. OrganizationOpen reports whether its programs still may call.
	Organization     func(ctx context.Context, orgID id.ID, key string) error
	OrganizationOpen func(ctx context.Context, orgID id.ID) (bool, error)
	// AdmitToSend lets a visitor in who shows what a Send asks for, or refuses with a
	// SendRefusal.
	AdmitToSend func(ctx context.Context, v Visit) (id.ID, error)

	mu     sync.Mutex // guards signer
	signer *signer    // nil until the first token
}

// signing returns the signer. It is made outside of every transaction, whose
// rollback would take the key along.
func (s *Service) signing(ctx context.Context) (*signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signer != nil {
		return s.signer, nil
	}
	made, err := newSigner(ctx, s.Keys)
	if err == nil {
		s.signer = made
	}
	return made, err
}

// Authenticate returns who calls with a token. A token that is not ours, not
// any more, or never was, is fault.SignIn whatever is wrong with it.
func (s *Service) Authenticate(ctx context.Context, token string) (web.Caller, error) {
	signer, err := s.signing(ctx)
	if err != nil {
		return web.Caller{}, err
	}
	c, err := signer.read(token, s.Issuer, s.Now())
	if err != nil {
		return web.Caller{}, fault.SignIn
	}
	if c.Subject == "" {
		return s.authenticateProgram(ctx, c)
	}
	if c.Scope[0] == SendScope {
		caller, good := visitor(c)
		if !good {
			return web.Caller{}, fault.SignIn
		}
		return caller, nil
	}
	accountID, err := id.Parse(c.Subject)
	if err != nil || !slices.Contains(c.Scope, web.ScopePerson) {
		return web.Caller{}, fault.SignIn
	}
	culture, found, err := s.Store.FindCaller(ctx, accountID, c.SecurityStamp, c.DeviceID, c.Device)
	if err == nil && !found {
		err = fault.SignIn
	}
	language := account.Account{Culture: culture}.Language()
	return web.Caller{
		AccountID: accountID, DeviceID: c.DeviceID, Device: c.Device, ClientID: c.ClientID, Scope: web.ScopePerson, Stamp: c.SecurityStamp,
		Language: language,
	}, err
}

// authenticateProgram admits what no person has signed in: an installation, or an
// organization's own program.
func (s *Service) authenticateProgram(ctx context.Context, c claims) (web.Caller, error) {
	subject, err := id.Parse(c.ClientSub)
	if err != nil {
		return web.Caller{}, fault.SignIn
	}
	caller := web.Caller{ClientID: c.ClientID, Scope: c.Scope[0]}
	var may bool
	switch {
	case caller.Scope == organizationScope && s.OrganizationOpen != nil:
		caller.OrganizationID = subject
		may, err = s.OrganizationOpen(ctx, subject)
	case installationScopes[caller.Scope] && s.InstallationHonors != nil:
		caller.InstallationID = subject
		may, err = s.InstallationHonors(ctx, subject, time.Unix(c.IssuedAt, 0))
	}
	if err == nil && !may {
		err = fault.SignIn
	}
	return caller, err
}

// EndSessions forgets every session of a person, in the transaction that gives
// them a new security stamp. The stamp alone ends them; this leaves nothing behind.
func (s *Service) EndSessions(ctx context.Context, accountID id.ID) error {
	return s.Store.DeleteSessions(ctx, accountID)
}

// Schedule has the queue forget sessions that are over, once a day.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("forget-sessions", jobs.Daily(3, 40), func(ctx context.Context) error {
		return s.Store.DeleteExpired(ctx, s.Now())
	})
}

// access returns a signed access token of a person.
func (s *Service) access(ctx context.Context, a account.Account, d device.Device, clientID, scope string, authTime time.Time) (string, error) {
	premium, err := s.Accounts.HasPremium(ctx, a)
	if err != nil {
		return "", err
	}
	c := s.claims(clientID, scope, accessLife)
	c.Subject = a.ID.String()
	c.personal = &personal{
		AuthTime: authTime.Unix(), Provider: "bitwarden", Methods: []string{"Application"}, SecurityStamp: a.SecurityStamp,
		Device: d.Identifier, DeviceID: d.ID, DeviceType: strconv.Itoa(d.Type), Premium: premium,
		Email: a.Email, EmailVerified: a.EmailVerified, Name: a.Name,
	}
	return s.sign(ctx, c)
}

func (s *Service) sign(ctx context.Context, c claims) (string, error) {
	signer, err := s.signing(ctx)
	if err != nil {
		return "", err
	}
	return signer.write(c)
}

func (s *Service) claims(clientID, scope string, life time.Duration) claims {
	now := s.Now()
	return claims{
		Issuer: s.Issuer, NotBefore: now.Unix(), IssuedAt: now.Unix(), ExpiresAt: now.Add(life).Unix(),
		ClientID: clientID, Scope: strings.Fields(scope), ID: id.New().String(),
	}
}
