package premium

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps the premium licenses of a self-hosted server.
type Store interface {
	// Tx runs fn in a transaction, or in the one that ctx carries.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// AfterCommit runs fn once the transaction of ctx is committed.
	AfterCommit(ctx context.Context, fn func())

	// Get returns the license of a person, or fault.Gone.
	Get(ctx context.Context, accountID id.ID) (Held, error)
	// Save makes or replaces the license of a person. It is a Conflict when another
	// person has a license with the same key.
	Save(ctx context.Context, p Held) error
	// Delete forgets the license of a person, and reports whether there was one.
	Delete(ctx context.Context, accountID id.ID) (bool, error)
	// List returns all licenses, by their addresses.
	List(ctx context.Context) ([]Held, error)
	// ListEnding lists those that ended before an instant and whose end nobody was
	// told of.
	ListEnding(ctx context.Context, before time.Time) ([]Held, error)
	// End marks the end of a person's license as told, and reports whether it did: not
	// when it was, nor when the license ends later.
	End(ctx context.Context, accountID id.ID, before time.Time) (bool, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ *db.DB }

const columns = `account_id, license_key, email, document, issued_at, expires_at, ended, updated_at`

type row struct{ Held }

func (r *row) Columns() []any {
	return []any{
		&r.AccountID, &r.LicenseKey, &r.Email, &r.Document, (*db.Time)(&r.IssuedAt), (*db.Time)(&r.ExpiresAt), &r.Ended, (*db.Time)(&r.UpdatedAt),
	}
}

func (s sqlStore) Get(ctx context.Context, accountID id.ID) (Held, error) {
	r, err := db.One[row](ctx, s.DB, `SELECT `+columns+` FROM account_license WHERE account_id = $1`, accountID)
	return r.Held, err
}

func (s sqlStore) Save(ctx context.Context, p Held) error {
	_, err := s.Exec(ctx, `INSERT INTO account_license (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (account_id) DO UPDATE SET license_key = excluded.license_key, email = excluded.email, document = excluded.document,
			issued_at = excluded.issued_at, expires_at = excluded.expires_at, ended = excluded.ended, updated_at = excluded.updated_at`,
		p.AccountID, p.LicenseKey, p.Email, p.Document, db.Time(p.IssuedAt), db.Time(p.ExpiresAt), p.Ended, db.Time(p.UpdatedAt))
	return err
}

func (s sqlStore) Delete(ctx context.Context, accountID id.ID) (bool, error) {
	n, err := s.Exec(ctx, `DELETE FROM account_license WHERE account_id = $1`, accountID)
	return n == 1, err
}

func (s sqlStore) ListEnding(ctx context.Context, before time.Time) ([]Held, error) {
	return s.list(ctx, `WHERE expires_at < $1 AND NOT ended ORDER BY account_id`, db.Time(before))
}

func (s sqlStore) End(ctx context.Context, accountID id.ID, before time.Time) (bool, error) {
	n, err := s.Exec(ctx, `UPDATE account_license SET ended = $3 WHERE account_id = $1 AND expires_at < $2 AND NOT ended`,
		accountID, db.Time(before), true)
	return n == 1, err
}

func (s sqlStore) List(ctx context.Context) ([]Held, error) {
	return s.list(ctx, `ORDER BY email, account_id`)
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Held, error) {
	rows, err := db.All[row](ctx, s.DB, `SELECT `+columns+` FROM account_license `+which, args...)
	list := make([]Held, len(rows))
	for i, r := range rows {
		list[i] = r.Held
	}
	return list, err
}
