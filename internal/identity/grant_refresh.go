package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"coffre/internal/account"
	"coffre/internal/device"
)

// begin opens a session and returns its refresh token.
func (s *Service) begin(ctx context.Context, a account.Account, d device.Device, clientID string) (string, error) {
	raw := make([]byte, 32)
	rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	now := s.Now()
	return token, s.Store.InsertSession(ctx, Session{
		Hash: hashOf(token), AccountID: a.ID, DeviceID: d.ID, ClientID: clientID, SecurityStamp: a.SecurityStamp,
		CreatedAt: now, ExpiresAt: now.Add(refreshLife[clientID]),
	})
}

// hashOf is how a refresh token is stored: random as it is, one hash protects it.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// refresh renews the access token of a session that is not over. The refresh
// token stays the same, because clients with several processes use it twice.
func (s *Service) refresh(ctx context.Context, r Request) (Tokens, error) {
	if refreshLife[r.ClientID] == 0 {
		return Tokens{}, wrongClient
	}
	session, found, err := s.Store.FindSession(ctx, hashOf(r.RefreshToken))
	if err != nil {
		return Tokens{}, err
	}
	now := s.Now()
	if !found || session.ClientID != r.ClientID || !now.Before(session.ExpiresAt) {
		return Tokens{}, sessionOver
	}
	a, err := s.Accounts.Get(ctx, session.AccountID)
	if err != nil {
		return Tokens{}, err
	}
	client, err := s.Devices.Get(ctx, session.AccountID, session.DeviceID)
	if err != nil {
		return Tokens{}, err
	}
	session.ExpiresAt = now.Add(refreshLife[r.ClientID])
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Extend(ctx, session); err != nil {
			return err
		}
		return s.Devices.Use(ctx, session.DeviceID)
	})
	if err != nil {
		return Tokens{}, err
	}
	tokens := Tokens{Life: accessLife, Refresh: r.RefreshToken, Scope: "api " + offline}
	tokens.Access, err = s.access(ctx, a, client, r.ClientID, tokens.Scope, session.CreatedAt)
	return tokens, err
}
