package billingsync

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/plan"
)

// Sort says what a key of an organization is for, by the number that clients know.
type Sort int

// The sorts of keys.
const (
	APIKey  Sort = 0 // the organization's own programs sign in with it; org keeps it
	SyncKey Sort = 1
)

// Secret is a key in clear, with when it was made.
type Secret struct {
	Key       string
	RevisedAt time.Time
}

// View returns a key of an organization to an owner who proves to be the one, and
// makes the billing sync key when there is none. It is fault.Gone to others, and
// the billing sync key also for plans without billing sync.
func (s *CloudEnd) View(ctx context.Context, caller, organizationID id.ID, sort Sort, proof account.Secret) (Secret, error) {
	if err := s.prove(ctx, caller, organizationID, sort, proof); err != nil {
		return Secret{}, err
	}
	if sort == APIKey {
		k, err := s.Organizations.APIKey(ctx, organizationID)
		return Secret{k.Key, k.RevisedAt}, err
	}
	return s.open(ctx, caller, organizationID, false)
}

// Rotate replaces a key of an organization, under the conditions of View. The old
// one is dead at once; the installation that a billing sync key is bound to stays.
func (s *CloudEnd) Rotate(ctx context.Context, caller, organizationID id.ID, sort Sort, proof account.Secret) (Secret, error) {
	if err := s.prove(ctx, caller, organizationID, sort, proof); err != nil {
		return Secret{}, err
	}
	if sort == APIKey {
		k, err := s.Organizations.RotateAPIKey(ctx, organizationID)
		return Secret{k.Key, k.RevisedAt}, err
	}
	return s.open(ctx, caller, organizationID, true)
}

// prove lets an owner pass. It comes before any transaction: nothing is written
// until the person is sure, and nobody waits for the pause after a wrong password.
func (s *CloudEnd) prove(ctx context.Context, caller, organizationID id.ID, sort Sort, proof account.Secret) error {
	o, err := s.Organizations.ForOwner(ctx, caller, organizationID)
	if err != nil {
		return err
	}
	tier := o.PlanType.Tier()
	if sort == SyncKey && tier != plan.TierEnterprise && tier != plan.TierTeams {
		return fault.Gone
	}
	return s.Accounts.VerifySecret(ctx, caller, proof)
}

func (s *CloudEnd) open(ctx context.Context, caller, organizationID id.ID, rotate bool) (shown Secret, err error) {
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
func (s *CloudEnd) makeKey(ctx context.Context, caller, organizationID, bound id.ID) (Secret, error) {
	if bound.IsZero() {
		downloads, err := s.Store.Downloads(ctx, organizationID)
		if err != nil {
			return Secret{}, err
		}
		if len(downloads) == 1 {
			bound = downloads[0]
		}
	}
	now, text := s.Now(), secret(KeySize)
	return Secret{text, now}, s.Store.SaveKey(ctx, Key{
		OrganizationID: organizationID, AccountID: caller, InstallationID: bound,
		Sealed:    s.Keys.Seal("billing_sync_key", "sealed", organizationID, text),
		CreatedAt: now, RevisedAt: now,
	})
}

// Described is a key without its secret. A key of sort APIKey has only a date.
type Described struct {
	Sort Sort
	Key  Key
}

// ListKeys returns the keys that an organization has, without their secrets, to an
// owner, and fault.Gone to anyone else.
func (s *CloudEnd) ListKeys(ctx context.Context, caller, organizationID id.ID) ([]Described, error) {
	if _, err := s.Organizations.ForOwner(ctx, caller, organizationID); err != nil {
		return nil, err
	}
	own, err := s.Organizations.APIKey(ctx, organizationID)
	if err != nil {
		return nil, err
	}
	keys := []Described{{Sort: APIKey, Key: Key{OrganizationID: organizationID, RevisedAt: own.RevisedAt}}}
	k, err := s.Store.Key(ctx, organizationID)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return keys, nil
	case err != nil:
		return nil, err
	case k.RevokedAt.IsZero():
		keys = append(keys, Described{SyncKey, k})
	}
	return keys, nil
}

// Revoke ends the billing sync key of an organization, under the conditions of
// View. Servers that use it are told so until there is another.
func (s *CloudEnd) Revoke(ctx context.Context, caller, organizationID id.ID, proof account.Secret) error {
	if err := s.prove(ctx, caller, organizationID, SyncKey, proof); err != nil {
		return err
	}
	return s.Store.Revoke(ctx, organizationID, s.Now())
}

var installationUnknown = fault.New(fault.Invalid, "billingsync.installationUnknown").On("installationId")

// Allow binds the billing sync key of an organization to another installation,
// under the conditions of View. The former one is refused from now on.
func (s *CloudEnd) Allow(ctx context.Context, caller, organizationID, installationID id.ID, proof account.Secret) error {
	if err := s.prove(ctx, caller, organizationID, SyncKey, proof); err != nil {
		return err
	}
	enabled, err := s.InstallationEnabled(ctx, installationID)
	if err != nil {
		return err
	}
	if !enabled {
		return installationUnknown
	}
	return s.Store.Rebind(ctx, organizationID, installationID)
}
