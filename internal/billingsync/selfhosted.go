package billingsync

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/seal"
)

// SelfHostedEnd is what a self-hosted server does to stay in step with its cloud.
type SelfHostedEnd struct {
	Store         SelfHostedStore
	Keys          *seal.Keys
	Organizations *org.Service
	Licenses      *license.SelfHostedEnd
	Cloud         *Cloud
	// Sponsorships exchanges the sponsorships of an organization. What it has
	// committed stays, whatever it returns.
	Sponsorships func(ctx context.Context, s Session) (Counts, error)
	Queue        *jobs.Queue
	OnChange     bool // whether a change asks for a run
	Mail         func(ctx context.Context, messages ...mail.Message) error
	VaultURL     string // without a slash at its end
	Log          *slog.Logger
	Now          func() time.Time
	Random       func() float64 // from 0 to 1: what spreads the tries after a failure
}

// Setup is what an owner enters to connect an organization.
type Setup struct {
	OrganizationID id.ID
	Enabled        bool
	Key            string // or the mask of the one that is stored
	ConfirmUntried bool   // store it although the cloud cannot be asked
}

var (
	keyRefused       = fault.New(fault.Invalid, "billingsync.keyRefused").Coded(CodeKeyUnknown)
	connectionExists = fault.New(fault.Invalid, "billingsync.connectionExists").Coded("connection-exists")
	planTooLow       = fault.New(fault.Invalid, "billingsync.planTooLow").Coded("plan-too-low")
	notConnected     = fault.New(fault.Invalid, "billingsync.notConnected").Coded("not-connected")
)

// Connection returns that of an organization to its owner, and whether there is
// one; to anyone else it is fault.Gone. A deleted one is returned too: it has the
// schedule and no key.
func (s *SelfHostedEnd) Connection(ctx context.Context, caller, organizationID id.ID) (Connection, bool, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return Connection{}, false, err
	}
	c, err := s.Store.ConnectionOf(ctx, organizationID)
	if fault.KindOf(err) == fault.NotFound {
		return Connection{}, false, nil
	}
	return c, err == nil && c.SealedKey != "", err
}

// Connect connects an organization that is not connected. The key is tried before
// it is stored: the faults are those of Cloud.Call, key-unknown and its like, and
// license-none. A key that cannot be tried is stored when the owner confirms it.
func (s *SelfHostedEnd) Connect(ctx context.Context, caller id.ID, in Setup) (Connection, error) {
	c, connected, err := s.Connection(ctx, caller, in.OrganizationID)
	if err == nil && connected {
		err = connectionExists
	}
	if err != nil {
		return Connection{}, err
	}
	if c.ID.IsZero() {
		c = Connection{ID: id.New(), OrganizationID: in.OrganizationID, CreatedAt: s.Now()}
	}
	return s.connect(ctx, c, in)
}

// Reconnect changes a connection as Connect makes one. Schedule and history stay.
func (s *SelfHostedEnd) Reconnect(ctx context.Context, caller, connectionID id.ID, in Setup) (Connection, error) {
	c, err := s.ownConnection(ctx, caller, connectionID)
	if err == nil && c.OrganizationID != in.OrganizationID {
		err = fault.Gone
	}
	if err != nil {
		return Connection{}, err
	}
	stored, err := s.key(c)
	if err != nil {
		return Connection{}, err
	}
	if in.Key == Mask(stored) {
		in.Key = stored
	}
	return s.connect(ctx, c, in)
}

// Disconnect deletes a connection for an owner. The cloud keeps what it knows.
func (s *SelfHostedEnd) Disconnect(ctx context.Context, caller, connectionID id.ID) error {
	c, err := s.ownConnection(ctx, caller, connectionID)
	if err != nil {
		return err
	}
	c.Enabled, c.SealedKey, c.RevisedAt = false, "", s.Now()
	return s.Store.SaveConnection(ctx, c)
}

func (s *SelfHostedEnd) ownConnection(ctx context.Context, caller, connectionID id.ID) (Connection, error) {
	c, err := s.Store.Connection(ctx, connectionID)
	if err == nil && c.SealedKey == "" {
		err = fault.Gone
	}
	if err != nil {
		return Connection{}, err
	}
	_, err = s.Organizations.ForOwner(ctx, caller, c.OrganizationID)
	return c, err
}

func (s *SelfHostedEnd) connect(ctx context.Context, c Connection, in Setup) (Connection, error) {
	o, err := s.Organizations.Get(ctx, c.OrganizationID)
	if err != nil {
		return Connection{}, err
	}
	if tier := o.PlanType.Tier(); tier != plan.TierEnterprise && tier != plan.TierTeams {
		return Connection{}, planTooLow
	}
	held, err := s.Licenses.Held(ctx, c.OrganizationID)
	if err != nil {
		return Connection{}, err
	}
	session := Session{
		Cloud: s.Cloud, OrganizationID: c.OrganizationID, CloudOrganizationID: held.CloudOrganizationID, Key: strings.TrimSpace(in.Key),
	}
	if strings.Contains(session.Key, hidden) {
		return Connection{}, fault.Malformed("config.billingSyncKey")
	}
	if c.Found, err = session.try(ctx); err != nil && !(in.ConfirmUntried && untried(err)) {
		return Connection{}, err
	}
	c.Enabled, c.CloudOrganizationID, c.RevisedAt = in.Enabled, session.CloudOrganizationID, s.Now()
	c.SealedKey = s.Keys.Seal("billing_sync_connection", "sealed_key", c.ID, session.Key)
	err = s.Store.SaveConnection(ctx, c)
	if fault.KindOf(err) == fault.Conflict {
		err = connectionExists // somebody else was faster
	}
	return c, err
}

// untried reports whether an error says nothing about the key.
func untried(err error) bool {
	switch fault.CodeOf(err) {
	case CodeUnreachable, CodeBusy, CodeOff:
		return true
	default:
		return false
	}
}

// Try asks the cloud whether it still accepts a connection, and what it says of
// itself. It changes nothing here. The faults are those of Connect.
func (s *SelfHostedEnd) Try(ctx context.Context, c Connection) (Found, error) {
	session, _, err := s.session(ctx, c)
	if err != nil {
		return Found{}, err
	}
	return session.try(ctx)
}

// key returns the key of a connection that has one.
func (s *SelfHostedEnd) key(c Connection) (string, error) {
	return s.Keys.Open("billing_sync_connection", "sealed_key", c.ID, c.SealedKey)
}
