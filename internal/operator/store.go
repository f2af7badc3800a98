package operator

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
)

// Store keeps links and sessions.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	InsertLink(ctx context.Context, l Link) error
	// Redeem takes a link that has not expired, once. It takes part in a transaction.
	Redeem(ctx context.Context, hash string, now time.Time) (Link, bool, error)
	InsertSession(ctx context.Context, s Session) error
	// FindSession returns a session that has not ended.
	FindSession(ctx context.Context, hash string, now time.Time) (Session, bool, error)
	// Extend moves the end of a session that has not ended.
	Extend(ctx context.Context, s Session, now time.Time) error
	EndSession(ctx context.Context, hash string) error
	// Sweep forgets what has expired.
	Sweep(ctx context.Context, now time.Time) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) InsertLink(ctx context.Context, l Link) error {
	_, err := s.db.Exec(ctx, `INSERT INTO operator_link (hash, email, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
		l.Hash, db.Optional(l.Email), db.Time(l.CreatedAt), db.Time(l.ExpiresAt))
	return err
}

type linkRow struct{ Link }

func (r *linkRow) Columns() []any {
	return []any{&r.Hash, (*db.Optional)(&r.Email), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.ExpiresAt)}
}

func (s sqlStore) Redeem(ctx context.Context, hash string, now time.Time) (Link, bool, error) {
	r, err := db.One[linkRow](ctx, s.db, `DELETE FROM operator_link WHERE hash = $1 AND expires_at > $2
		RETURNING hash, email, created_at, expires_at`, hash, db.Time(now))
	if fault.KindOf(err) == fault.NotFound {
		return Link{}, false, nil
	}
	return r.Link, err == nil, err
}

func (s sqlStore) InsertSession(ctx context.Context, v Session) error {
	_, err := s.db.Exec(ctx, `INSERT INTO operator_session (hash, email, created_at, expires_at) VALUES ($1, $2, $3, $4)`,
		v.Hash, db.Optional(v.Email), db.Time(v.CreatedAt), db.Time(v.ExpiresAt))
	return err
}

type sessionRow struct{ Session }

func (r *sessionRow) Columns() []any {
	return []any{&r.Hash, (*db.Optional)(&r.Email), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.ExpiresAt)}
}

func (s sqlStore) FindSession(ctx context.Context, hash string, now time.Time) (Session, bool, error) {
	r, err := db.One[sessionRow](ctx, s.db, `SELECT hash, email, created_at, expires_at FROM operator_session
		WHERE hash = $1 AND expires_at > $2`, hash, db.Time(now))
	if fault.KindOf(err) == fault.NotFound {
		return Session{}, false, nil
	}
	return r.Session, err == nil, err
}

func (s sqlStore) Extend(ctx context.Context, v Session, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE operator_session SET expires_at = $1 WHERE hash = $2 AND expires_at > $3`,
		db.Time(v.ExpiresAt), v.Hash, db.Time(now))
	return err
}

func (s sqlStore) EndSession(ctx context.Context, hash string) error {
	_, err := s.db.Exec(ctx, `DELETE FROM operator_session WHERE hash = $1`, hash)
	return err
}

func (s sqlStore) Sweep(ctx context.Context, now time.Time) error {
	if _, err := s.db.Exec(ctx, `DELETE FROM operator_link WHERE expires_at <= $1`, db.Time(now)); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, `DELETE FROM operator_session WHERE expires_at <= $1`, db.Time(now))
	return err
}
