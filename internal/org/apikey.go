package org

import (
	"context"
	"crypto/subtle"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// KeySort says what a key of an organization is for.
type KeySort int

// The sorts of keys, by the numbers that clients know.
const (
	ProgramKey KeySort = 0 // the organization's own programs sign in with it
	SyncKey    KeySort = 1 // another server syncs with it
	SCIMKey    KeySort = 2 // a directory provisions members with it
)

// APIKey is a key of an organization in clear.
type APIKey struct {
	Key       string
	RevisedAt time.Time
}

// DescribedKey is a key without its secret. The last three are zero for a sort that
// has no such thing.
type DescribedKey struct {
	Sort           KeySort
	RevisedAt      time.Time
	InstallationID id.ID // of the server that the key is for
	CreatedBy      id.ID
	UsedAt         time.Time
}

// KeyRoom keeps the keys of one sort in another room. It asks for permission and
// proof itself, except when it describes.
type KeyRoom interface {
	ViewKey(ctx context.Context, caller, orgID id.ID, proof account.Secret) (APIKey, error)
	RotateKey(ctx context.Context, caller, orgID id.ID, proof account.Secret) (APIKey, error)
	// DescribeKey reports false for an organization without such a key.
	DescribeKey(ctx context.Context, orgID id.ID) (DescribedKey, bool, error)
}

var (
	noSyncKey = fault.New(fault.Invalid, "org.noSyncKey").On("type")
	noSCIMKey = fault.New(fault.Invalid, "org.noScimKey").On("type")
)

// ViewKey returns a key of an organization to an owner who proves to be the one. It
// is fault.Gone to everyone else.
func (s *Service) ViewKey(ctx context.Context, caller, orgID id.ID, sort KeySort, proof account.Secret) (APIKey, error) {
	if sort == SyncKey && s.SyncKeys != nil {
		return s.SyncKeys.ViewKey(ctx, caller, orgID, proof)
	}
	if err := s.prove(ctx, caller, orgID, sort, proof); err != nil {
		return APIKey{}, err
	}
	return s.APIKey(ctx, orgID)
}

// RotateKey replaces a key under the conditions of ViewKey; the old one is dead at
// once.
func (s *Service) RotateKey(ctx context.Context, caller, orgID id.ID, sort KeySort, proof account.Secret) (APIKey, error) {
	if sort == SyncKey && s.SyncKeys != nil {
		return s.SyncKeys.RotateKey(ctx, caller, orgID, proof)
	}
	if err := s.prove(ctx, caller, orgID, sort, proof); err != nil {
		return APIKey{}, err
	}
	var k APIKey
	err := s.Store.Tx(ctx, func(ctx context.Context) (err error) {
		if k, err = s.RotateAPIKey(ctx, orgID); err != nil {
			return err
		}
		return s.RecordUpdate(ctx, orgID)
	})
	if err != nil {
		return APIKey{}, err
	}
	return k, nil
}

// prove lets an owner pass to the key of programs. A server that does not have a
// sort of keys says so to whoever could have one.
func (s *Service) prove(ctx context.Context, caller, orgID id.ID, sort KeySort, proof account.Secret) error {
	allowed := Member.Owns
	if sort == SCIMKey {
		allowed = Member.MayManageSCIM
	}
	o, m, err := s.ForMember(ctx, caller, orgID)
	switch {
	case err != nil:
		return err
	case !o.Enabled || !allowed(m):
		return fault.Gone
	case sort == SyncKey:
		return noSyncKey
	case sort == SCIMKey:
		return noSCIMKey
	}
	return s.Accounts.VerifySecret(ctx, caller, proof)
}

// ListKeys returns the keys of an organization without their secrets: to an owner
// all, to who manages SCIM those for it. It is fault.Gone to everyone else.
func (s *Service) ListKeys(ctx context.Context, caller, orgID id.ID, sorts ...KeySort) ([]DescribedKey, error) {
	_, m, err := s.ForMember(ctx, caller, orgID)
	if err != nil {
		return nil, err
	}
	keys := []DescribedKey{}
	for _, sort := range sorts {
		if !m.Owns() && !(sort == SCIMKey && m.MayManageSCIM()) {
			return nil, fault.Gone
		}
		k, found, err := s.describe(ctx, orgID, sort)
		if err != nil {
			return nil, err
		}
		if found {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func (s *Service) describe(ctx context.Context, orgID id.ID, sort KeySort) (DescribedKey, bool, error) {
	switch {
	case sort == ProgramKey:
		_, revisedAt, err := s.Store.APIKey(ctx, orgID)
		return DescribedKey{Sort: sort, RevisedAt: revisedAt}, err == nil, err
	case sort == SyncKey && s.SyncKeys != nil:
		return s.SyncKeys.DescribeKey(ctx, orgID)
	}
	return DescribedKey{}, false, nil
}

// keyPlace binds a sealed key to its organization and its sort.
type keyPlace struct{ orgID id.ID }

func (p keyPlace) String() string { return p.orgID.String() + "|0" }

// APIKey returns the key for the programs of an organization to other rooms, which
// ask for the owner's permission and password.
func (s *Service) APIKey(ctx context.Context, orgID id.ID) (APIKey, error) {
	sealed, revisedAt, err := s.Store.APIKey(ctx, orgID)
	if err != nil {
		return APIKey{}, err
	}
	key, err := s.Keys.Open("organization_api_key", "sealed", keyPlace{orgID}, sealed)
	return APIKey{Key: key, RevisedAt: revisedAt}, err
}

// CheckAPIKey admits a program of an organization by its key, and refuses with
// fault.Gone whatever is wrong: no such organization, one that is disabled or whose
// terms include no API, or another key.
func (s *Service) CheckAPIKey(ctx context.Context, orgID id.ID, key string) error {
	want, err := s.APIKey(ctx, orgID)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(key), []byte(want.Key)) != 1 {
		return fault.Gone
	}
	open, err := s.APIOpen(ctx, orgID)
	if err == nil && !open {
		err = fault.Gone
	}
	return err
}

// APIOpen reports whether the programs of an organization may call: it is enabled
// and its terms include an API.
func (s *Service) APIOpen(ctx context.Context, orgID id.ID) (bool, error) {
	o, err := s.Store.Get(ctx, orgID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return o.Enabled && o.Features.UseAPI, err
}

// RotateAPIKey replaces the key for the programs of an organization; the old one is
// dead at once. As with APIKey, permission is the caller's to ask.
func (s *Service) RotateAPIKey(ctx context.Context, orgID id.ID) (APIKey, error) {
	k := APIKey{Key: secret(apiKeyLength), RevisedAt: s.Now()}
	sealed := s.Keys.Seal("organization_api_key", "sealed", keyPlace{orgID}, k.Key)
	return k, s.Store.PutAPIKey(ctx, orgID, sealed, k.RevisedAt)
}
