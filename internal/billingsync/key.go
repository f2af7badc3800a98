package billingsync

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/installation"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// KeySize is how many characters a billing sync key has.
const KeySize = 30

// Key is the billing sync key of an organization. It lets the servers of the
// organization speak for it, so a copy of the database must not give it away and
// its owners must be able to read it: it is kept sealed.
type Key struct {
	OrganizationID id.ID
	Sealed         string
	AccountID      id.ID // who made it; zero when that person is gone
	InstallationID id.ID // the only one that may use it; zero until the first use
	CreatedAt      time.Time
	RevisedAt      time.Time // when the present value was made
	RevokedAt      time.Time
	SyncedAt       time.Time // of its last use, as of the last hour
}

// recorded is how long a use of a key need not be recorded again, so that an idle
// poll writes nothing.
const recorded = time.Hour

// ViewKey returns the billing sync key of an organization to an owner who proves to
// be the one, and makes it when there is none. It is fault.Gone to others, and for
// plans without billing sync.
func (s *CloudEnd) ViewKey(ctx context.Context, caller, organizationID id.ID, proof account.Secret) (org.APIKey, error) {
	if err := s.prove(ctx, caller, organizationID, proof); err != nil {
		return org.APIKey{}, err
	}
	return s.open(ctx, caller, organizationID, false)
}

// RotateKey replaces the billing sync key of an organization, under the conditions
// of ViewKey. The old one is dead at once; the installation that it was bound to
// stays.
func (s *CloudEnd) RotateKey(ctx context.Context, caller, organizationID id.ID, proof account.Secret) (org.APIKey, error) {
	if err := s.prove(ctx, caller, organizationID, proof); err != nil {
		return org.APIKey{}, err
	}
	return s.open(ctx, caller, organizationID, true)
}

// prove lets an owner pass. It comes before any transaction: nothing is written
// until the person is sure, and nobody waits for the pause after a wrong password.
func (s *CloudEnd) prove(ctx context.Context, caller, organizationID id.ID, proof account.Secret) error {
	o, err := s.Organizations.ForOwner(ctx, caller, organizationID)
	if err != nil {
		return err
	}
	if tier := o.PlanType.Tier(); tier != plan.TierEnterprise && tier != plan.TierTeams {
		return fault.Gone
	}
	return s.Accounts.VerifySecret(ctx, caller, proof)
}

func (s *CloudEnd) open(ctx context.Context, caller, organizationID id.ID, rotate bool) (shown org.APIKey, err error) {
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "billing_sync_key:"+organizationID.String()); err != nil {
			return err
		}
		k, err := s.Store.Key(ctx, organizationID)
		fresh := fault.KindOf(err) == fault.NotFound
		switch {
		case err != nil && !fresh:
			return err
		case fresh || rotate || !k.RevokedAt.IsZero():
			shown, err = s.makeKey(ctx, caller, organizationID, k.InstallationID)
			return err
		}
		shown.Key, err = s.Keys.Open("billing_sync_key", "sealed", organizationID, k.Sealed)
		shown.RevisedAt = k.RevisedAt
		return err
	})
	return shown, err
}

// makeKey gives an organization a new key for the installation that the old one
// was bound to. A first key is bound at once when there is no doubt about the
// server that it is for.
func (s *CloudEnd) makeKey(ctx context.Context, caller, organizationID, bound id.ID) (org.APIKey, error) {
	if bound.IsZero() {
		downloads, err := s.Installations.Store.Downloads(ctx, organizationID)
		if err != nil {
			return org.APIKey{}, err
		}
		if len(downloads) == 1 {
			bound = downloads[0]
		}
	}
	now, text := s.Now(), installation.Secret(KeySize)
	err := s.Store.SaveKey(ctx, Key{
		OrganizationID: organizationID, AccountID: caller, InstallationID: bound,
		Sealed:    s.Keys.Seal("billing_sync_key", "sealed", organizationID, text),
		CreatedAt: now, RevisedAt: now,
	})
	if err != nil {
		return org.APIKey{}, err
	}
	return org.APIKey{Key: text, RevisedAt: now}, s.record(ctx, organizationID, bound)
}

// DescribeKey returns the billing sync key of an organization without its secret,
// and whether there is one. It asks nobody's permission.
func (s *CloudEnd) DescribeKey(ctx context.Context, organizationID id.ID) (org.DescribedKey, bool, error) {
	k, err := s.Store.Key(ctx, organizationID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return org.DescribedKey{}, false, nil
	case err != nil:
		return org.DescribedKey{}, false, err
	}
	return org.DescribedKey{
		Sort: org.SyncKey, RevisedAt: k.RevisedAt, InstallationID: k.InstallationID, CreatedBy: k.AccountID, UsedAt: k.SyncedAt,
	}, k.RevokedAt.IsZero(), nil
}

// Revoke ends the billing sync key of an organization, under the conditions of
// ViewKey. Servers that use it are told so until there is another.
func (s *CloudEnd) Revoke(ctx context.Context, caller, organizationID id.ID, proof account.Secret) error {
	if err := s.prove(ctx, caller, organizationID, proof); err != nil {
		return err
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Revoke(ctx, organizationID, s.Now()); err != nil {
			return err
		}
		return s.record(ctx, organizationID, id.ID{})
	})
}

var installationUnknown = fault.New(fault.Invalid, "billingsync.installationUnknown").On("installationId")

// Allow binds the billing sync key of an organization to another installation,
// under the conditions of ViewKey. The former one is refused from now on.
func (s *CloudEnd) Allow(ctx context.Context, caller, organizationID, installationID id.ID, proof account.Secret) error {
	if err := s.prove(ctx, caller, organizationID, proof); err != nil {
		return err
	}
	enabled, err := s.Installations.Enabled(ctx, installationID)
	if err != nil {
		return err
	}
	if !enabled {
		return installationUnknown
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Rebind(ctx, organizationID, installationID); err != nil {
			return err
		}
		return s.record(ctx, organizationID, installationID)
	})
}
