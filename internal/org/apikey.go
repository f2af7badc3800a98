package org

import (
	"context"
	"time"

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

// RotateAPIKey replaces the API key of an organization; the old one is dead at
// once. As with APIKey, permission is the caller's to ask.
func (s *Service) RotateAPIKey(ctx context.Context, orgID id.ID) (APIKey, error) {
	k := APIKey{Key: secret(apiKeyLength), RevisedAt: s.Now()}
	sealed := s.Keys.Seal("organization_api_key", "sealed", keyPlace{orgID}, k.Key)
	return k, s.Store.PutAPIKey(ctx, orgID, sealed, k.RevisedAt)
}
