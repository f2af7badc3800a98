package twostep

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps what people set up.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock holds what one person set up until the transaction ends.
	Lock(ctx context.Context, accountID id.ID) error

	// List returns a person's providers in the order of their numbers.
	List(ctx context.Context, accountID id.ID) ([]provider, error)
	// Having returns those of some people who have set up a provider.
	Having(ctx context.Context, accountIDs []id.ID) ([]id.ID, error)
	Find(ctx context.Context, accountID id.ID, number int) (provider, bool, error)
	// Put adds a provider, or replaces it.
	Put(ctx context.Context, accountID id.ID, p provider, now time.Time) error
	// UseStep notes the time step of an authenticator's code, unless a code of that
	// step or a later one was used before.
	UseStep(ctx context.Context, accountID id.ID, step int64) (bool, error)
	Delete(ctx context.Context, accountID id.ID, number int) (bool, error)
	DeleteAll(ctx context.Context, accountID id.ID) error

	// PutPending keeps the only pending question of a purpose; TakePending returns
	// it once.
	PutPending(ctx context.Context, accountID id.ID, purpose string, content []byte, expires time.Time) error
	TakePending(ctx context.Context, accountID id.ID, purpose string, now time.Time) ([]byte, bool, error)

	// Recovery returns a person's sealed recovery code and since when they have it.
	Recovery(ctx context.Context, accountID id.ID) (recovery, bool, error)
	// AddRecovery stores a recovery code, unless there is one.
	AddRecovery(ctx context.Context, accountID id.ID, r recovery) error
	// SwapRecovery replaces a recovery code, unless it is no longer the old one.
	SwapRecovery(ctx context.Context, accountID id.ID, old, fresh recovery) (bool, error)
	// DeleteRecovery removes a recovery code; the next provider brings a new one.
	DeleteRecovery(ctx context.Context, accountID id.ID) error
}

// provider is a provider as stored.
type provider struct {
	number   int
	sealed   string // JSON of what the provider needs
	lastStep int64  // of an authenticator: when its last code was for
}

func (p *provider) Columns() []any { return []any{&p.number, &p.sealed, &p.lastStep} }

// recovery is a recovery code as stored.
type recovery struct {
	sealed    string
	createdAt time.Time
}

func (r *recovery) Columns() []any { return []any{&r.sealed, (*db.Time)(&r.createdAt)} }

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, accountID id.ID) error {
	return s.db.Lock(ctx, "two-step:"+accountID.String())
}

const providerColumns = `type, sealed_data, last_step`

func (s sqlStore) List(ctx context.Context, accountID id.ID) ([]provider, error) {
	return db.All[provider](ctx, s.db, `SELECT `+providerColumns+` FROM two_step_provider WHERE account_id = $1 ORDER BY type`, accountID)
}

func (s sqlStore) Find(ctx context.Context, accountID id.ID, number int) (provider, bool, error) {
	return found(db.One[provider](ctx, s.db, `SELECT `+providerColumns+` FROM two_step_provider WHERE account_id = $1 AND type = $2`,
		accountID, number))
}

// found turns the fault for an absent row into false.
func found[T any](v T, err error) (T, bool, error) {
	if fault.KindOf(err) == fault.NotFound {
		return v, false, nil
	}
	return v, err == nil, err
}

func (s sqlStore) Put(ctx context.Context, accountID id.ID, p provider, now time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO two_step_provider (account_id, `+providerColumns+`, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, type) DO UPDATE SET sealed_data = excluded.sealed_data, last_step = excluded.last_step`,
		accountID, p.number, p.sealed, p.lastStep, db.Time(now))
	return err
}

func (s sqlStore) UseStep(ctx context.Context, accountID id.ID, step int64) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE two_step_provider SET last_step = $1 WHERE account_id = $2 AND type = $3 AND last_step < $4`,
		step, accountID, Authenticator, step)
	return n == 1, err
}

func (s sqlStore) Delete(ctx context.Context, accountID id.ID, number int) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM two_step_provider WHERE account_id = $1 AND type = $2`, accountID, number)
	return n == 1, err
}

func (s sqlStore) DeleteAll(ctx context.Context, accountID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM two_step_provider WHERE account_id = $1`, accountID)
	return err
}

func (s sqlStore) PutPending(ctx context.Context, accountID id.ID, purpose string, content []byte, expires time.Time) error {
	_, err := s.db.Exec(ctx, `INSERT INTO two_step_pending (account_id, purpose, content, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, purpose) DO UPDATE SET content = excluded.content, expires_at = excluded.expires_at`,
		accountID, purpose, string(content), db.Time(expires))
	return err
}

func (s sqlStore) TakePending(ctx context.Context, accountID id.ID, purpose string, now time.Time) ([]byte, bool, error) {
	var taken pending
	err := s.db.Tx(ctx, func(ctx context.Context) (err error) {
		taken, err = db.One[pending](ctx, s.db, `DELETE FROM two_step_pending WHERE account_id = $1 AND purpose = $2
			RETURNING content, expires_at`, accountID, purpose)
		return err
	})
	taken, ok, err := found(taken, err)
	return []byte(taken.content), ok && now.Before(taken.expiresAt), err
}

// pending is a question that waits for its answer.
type pending struct {
	content   string
	expiresAt time.Time
}

func (p *pending) Columns() []any { return []any{&p.content, (*db.Time)(&p.expiresAt)} }

func (s sqlStore) Recovery(ctx context.Context, accountID id.ID) (recovery, bool, error) {
	return found(db.One[recovery](ctx, s.db, `SELECT sealed_code, created_at FROM two_step_recovery WHERE account_id = $1`, accountID))
}

func (s sqlStore) AddRecovery(ctx context.Context, accountID id.ID, r recovery) error {
	_, err := s.db.Exec(ctx, `INSERT INTO two_step_recovery (account_id, sealed_code, created_at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id) DO NOTHING`, accountID, r.sealed, db.Time(r.createdAt))
	return err
}

func (s sqlStore) SwapRecovery(ctx context.Context, accountID id.ID, old, fresh recovery) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE two_step_recovery SET sealed_code = $1, created_at = $2 WHERE account_id = $3 AND sealed_code = $4`,
		fresh.sealed, db.Time(fresh.createdAt), accountID, old.sealed)
	return n == 1, err
}

func (s sqlStore) DeleteRecovery(ctx context.Context, accountID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM two_step_recovery WHERE account_id = $1`, accountID)
	return err
}
