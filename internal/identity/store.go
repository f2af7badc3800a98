package identity

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps refresh tokens.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	InsertSession(ctx context.Context, s Session) error
	// FindSession returns a session. It finds none once the person's security stamp
	// is another or the device is gone.
	FindSession(ctx context.Context, hash string) (Session, bool, error)
	// Extend moves the end of a session.
	Extend(ctx context.Context, s Session) error
	// DeleteSessions forgets every session of a person.
	DeleteSessions(ctx context.Context, accountID id.ID) error
	// DeleteExpired forgets sessions that are over.
	DeleteExpired(ctx context.Context, now time.Time) error
	// FindCaller returns the culture of a person whose security stamp is this one and
	// who has this device, which calls itself identifier.
	FindCaller(ctx context.Context, accountID id.ID, stamp string, deviceID id.ID, identifier string) (culture string, found bool, err error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) InsertSession(ctx context.Context, v Session) error {
	_, err := s.db.Exec(ctx, `INSERT INTO refresh_token (hash, account_id, device_id, client_id, security_stamp, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Hash, v.AccountID, v.DeviceID, v.ClientID, v.SecurityStamp, db.Time(v.CreatedAt), db.Time(v.ExpiresAt))
	return err
}

type sessionRow struct{ Session }

func (r *sessionRow) Columns() []any {
	return []any{
		&r.Hash, &r.AccountID, &r.DeviceID, &r.ClientID, &r.SecurityStamp, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.ExpiresAt),
	}
}

func (s sqlStore) FindSession(ctx context.Context, hash string) (Session, bool, error) {
	r, err := db.One[sessionRow](ctx, s.db, `SELECT t.hash, t.account_id, t.device_id, t.client_id, t.security_stamp, t.created_at, t.expires_at
		FROM refresh_token t
		JOIN account a ON a.id = t.account_id AND a.security_stamp = t.security_stamp
		WHERE t.hash = $1`, hash)
	if fault.KindOf(err) == fault.NotFound {
		return Session{}, false, nil
	}
	return r.Session, err == nil, err
}

func (s sqlStore) Extend(ctx context.Context, v Session) error {
	_, err := s.db.Exec(ctx, `UPDATE refresh_token SET expires_at = $2 WHERE hash = $1`, v.Hash, db.Time(v.ExpiresAt))
	return err
}

func (s sqlStore) DeleteSessions(ctx context.Context, accountID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM refresh_token WHERE account_id = $1`, accountID)
	return err
}

func (s sqlStore) DeleteExpired(ctx context.Context, now time.Time) error {
	_, err := s.db.Exec(ctx, `DELETE FROM refresh_token WHERE expires_at <= $1`, db.Time(now))
	return err
}

func (s sqlStore) FindCaller(ctx context.Context, accountID id.ID, stamp string, deviceID id.ID, identifier string) (string, bool, error) {
	culture, err := db.Value[string](ctx, s.db, `SELECT a.culture FROM account a JOIN device d ON d.account_id = a.id
		WHERE a.id = $1 AND a.security_stamp = $2 AND d.id = $3 AND d.identifier = $4`, accountID, stamp, deviceID, identifier)
	if fault.KindOf(err) == fault.NotFound {
		return "", false, nil
	}
	return culture, err == nil, err
}
