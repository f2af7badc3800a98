package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"coffre/internal/account"
	"coffre/internal/device"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// grain is how much later a session must end before that is written. A client that
// refreshes in a loop writes nothing.
const grain = time.Minute

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
// token stays the same, because clients with several processes use it twice. Only
// a token that opens nothing counts against the network address.
//
// A client logs a person out when it is told that the session is over, so nothing
// else is told it: an outage of the database least of all.
func (s *Service) refresh(ctx context.Context, r Request) (Tokens, error) {
	if refreshLife[r.ClientID] == 0 {
		return Tokens{}, wrongClient
	}
	session, a, d, err := s.resume(ctx, r)
	if fault.KindOf(err) == fault.NotFound {
		if err := s.Limits.Take(ctx, attempts, web.CallerOf(ctx).Network()); err != nil {
			return Tokens{}, err
		}
		return Tokens{}, sessionOver
	}
	if err != nil {
		return Tokens{}, err
	}
	if err := s.extend(ctx, session); err != nil {
		return Tokens{}, err
	}
	tokens := Tokens{Life: accessLife, Refresh: r.RefreshToken, Scope: "api " + offline}
	tokens.Access, err = s.access(ctx, a, d, r.ClientID, tokens.Scope, session.CreatedAt)
	return tokens, err
}

// resume returns the session of a refresh token, and whose it is on which device;
// fault.Gone when it is over.
func (s *Service) resume(ctx context.Context, r Request) (Session, account.Account, device.Device, error) {
	session, found, err := s.Store.FindSession(ctx, hashOf(r.RefreshToken))
	if err == nil && (!found || session.ClientID != r.ClientID || !s.Now().Before(session.ExpiresAt)) {
		err = fault.Gone
	}
	if err != nil {
		return session, account.Account{}, device.Device{}, err
	}
	a, err := s.Accounts.Get(ctx, session.AccountID)
	if err == nil && a.SecurityStamp != session.SecurityStamp {
		err = fault.Gone
	}
	if err != nil {
		return session, a, device.Device{}, err
	}
	d, err := s.Devices.Get(ctx, session.AccountID, session.DeviceID)
	return session, a, d, err
}

// extend lets a session that is used last as long again, and notes that its device
// is in use.
func (s *Service) extend(ctx context.Context, session Session) error {
	end := s.Now().Add(refreshLife[session.ClientID])
	if end.Sub(session.ExpiresAt) < grain {
		return nil
	}
	session.ExpiresAt = end
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.Store.Extend(ctx, session); err != nil {
			return err
		}
		return s.Devices.Use(ctx, session.DeviceID)
	})
}
