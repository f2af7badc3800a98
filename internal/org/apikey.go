package org

import (
	"context"
	"crypto/subtle"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
)

// APIKey is the key with which an organization's own programs sign in.
type APIKey struct {
	Key       string
	RevisedAt time.Time
}

// defaultKey is the one sort of key that organizations keep here.
const defaultKey = 0

// keyPlace binds a sealed key to its organization and its sort.
type keyPlace struct{ orgID id.ID }

func (p keyPlace) String() string { return p.orgID.String() + "|0" }

// APIKey returns the API key of an organization to other rooms, which ask for the
// owner's permission and password.
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

// RotateAPIKey replaces the API key of an organization; the old one is dead at
// once. As with APIKey, permission is the caller's to ask.
func (s *Service) RotateAPIKey(ctx context.Context, orgID id.ID) (APIKey, error) {
	k := APIKey{Key: secret(apiKeyLength), RevisedAt: s.Now()}
	sealed := s.Keys.Seal("organization_api_key", "sealed", keyPlace{orgID}, k.Key)
	return k, s.Store.PutAPIKey(ctx, orgID, sealed, k.RevisedAt)
}
