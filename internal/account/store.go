package account

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps people.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Insert adds a person, or returns a Conflict fault when the address is taken.
	Insert(ctx context.Context, a Account, sealedAPIKey string) error
	Get(ctx context.Context, accountID id.ID) (Account, error)
	FindByEmail(ctx context.Context, email string) (Account, bool, error)
	SetProfile(ctx context.Context, accountID id.ID, name, culture string, now time.Time) error
	// SetKeys stores a key pair, unless there is one.
	SetKeys(ctx context.Context, accountID id.ID, publicKey, privateKey string, now time.Time) (bool, error)
	// SetKeyID stores the id of the user key, unless there is one.
	SetKeyID(ctx context.Context, accountID id.ID, keyID string, now time.Time) (bool, error)
	SealedAPIKey(ctx context.Context, accountID id.ID) (string, error)
	SetAPIKey(ctx context.Context, accountID id.ID, sealed string, now time.Time) error
	// Touch raises the vault revision of each to now, or past what it was.
	Touch(ctx context.Context, accountIDs []id.ID, now time.Time) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

const columns = `id, email, email_verified, name, culture, password_hash, password_hint,
	kdf_type, kdf_iterations, kdf_memory, kdf_parallelism, salt, encrypted_key, public_key, private_key, key_id,
	security_stamp, verify_devices, avatar_color, created_at, revised_at, vault_revised_at, password_changed_at`

type row struct{ Account }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.Email, &r.EmailVerified, &r.Name, &r.Culture, &r.PasswordHash, (*db.Optional)(&r.PasswordHint),
		&r.KDF.Type, &r.KDF.Iterations, &r.KDF.Memory, &r.KDF.Parallelism, &r.Salt, &r.Key,
		(*db.Optional)(&r.PublicKey), (*db.Optional)(&r.PrivateKey), (*db.Optional)(&r.KeyID),
		&r.SecurityStamp, &r.VerifyDevices, (*db.Optional)(&r.AvatarColor),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.VaultRevisedAt), (*db.Time)(&r.PasswordChangedAt),
	}
}

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Insert(ctx context.Context, a Account, sealedAPIKey string) error {
	_, err := s.db.Exec(ctx, `INSERT INTO account (`+columns+`, sealed_api_key) VALUES (`+db.Placeholders(1, 24)+`)`,
		a.ID, a.Email, a.EmailVerified, a.Name, a.Culture, a.PasswordHash, db.Optional(a.PasswordHint),
		a.KDF.Type, a.KDF.Iterations, a.KDF.Memory, a.KDF.Parallelism, a.Salt, a.Key,
		db.Optional(a.PublicKey), db.Optional(a.PrivateKey), db.Optional(a.KeyID),
		a.SecurityStamp, a.VerifyDevices, db.Optional(a.AvatarColor),
		db.Time(a.CreatedAt), db.Time(a.RevisedAt), db.Time(a.VaultRevisedAt), db.Time(a.PasswordChangedAt), sealedAPIKey)
	return err
}

func (s sqlStore) Get(ctx context.Context, accountID id.ID) (Account, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM account WHERE id = $1`, accountID)
	return r.Account, err
}

func (s sqlStore) FindByEmail(ctx context.Context, email string) (Account, bool, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM account WHERE email = $1`, email)
	if fault.KindOf(err) == fault.NotFound {
		return Account{}, false, nil
	}
	return r.Account, err == nil, err
}

func (s sqlStore) SetProfile(ctx context.Context, accountID id.ID, name, culture string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE account SET name = $2, culture = $3, revised_at = $4 WHERE id = $1`,
		accountID, name, culture, db.Time(now))
	return err
}

func (s sqlStore) SetKeys(ctx context.Context, accountID id.ID, publicKey, privateKey string, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE account SET public_key = $2, private_key = $3, revised_at = $4
		WHERE id = $1 AND private_key IS NULL AND public_key IS NULL`, accountID, publicKey, privateKey, db.Time(now))
	return n == 1, err
}

func (s sqlStore) SetKeyID(ctx context.Context, accountID id.ID, keyID string, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE account SET key_id = $2, revised_at = $3 WHERE id = $1 AND key_id IS NULL`,
		accountID, keyID, db.Time(now))
	return n == 1, err
}

func (s sqlStore) SealedAPIKey(ctx context.Context, accountID id.ID) (string, error) {
	return db.Value[string](ctx, s.db, `SELECT sealed_api_key FROM account WHERE id = $1`, accountID)
}

func (s sqlStore) SetAPIKey(ctx context.Context, accountID id.ID, sealed string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE account SET sealed_api_key = $2, revised_at = $3 WHERE id = $1`,
		accountID, sealed, db.Time(now))
	return err
}

// touch moves the revision by a millisecond at least, which is what clients
// compare. On PostgreSQL the rows are locked in one order, so that two changes
// to the same people wait for each other and never both.
func touch(n int) db.Dialect {
	const set = `UPDATE account SET vault_revised_at = CASE
		WHEN vault_revised_at + 1000 > $1 THEN vault_revised_at + 1000 ELSE $1 END WHERE id IN (`
	list := db.Placeholders(2, n)
	return db.Dialect{
		SQLite:   set + list + `)`,
		Postgres: set + `SELECT id FROM account WHERE id IN (` + list + `) ORDER BY id FOR UPDATE)`,
	}
}

func (s sqlStore) Touch(ctx context.Context, accountIDs []id.ID, now time.Time) error {
	const most = 1000
	sorted := slices.SortedFunc(slices.Values(accountIDs), func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	for chunk := range slices.Chunk(slices.Compact(sorted), most) {
		args := []any{db.Time(now)}
		for _, accountID := range chunk {
			args = append(args, accountID)
		}
		if _, err := s.db.Exec(ctx, s.db.Pick(touch(len(chunk))), args...); err != nil {
			return err
		}
	}
	return nil
}
