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
	// Search returns people whose address contains a text, by address, a part at a time.
	Search(ctx context.Context, text string, offset, limit int) ([]Account, error)
	// Hold is Get for a change: until the transaction ends nobody else changes the
	// person.
	Hold(ctx context.Context, accountID id.ID) (Account, error)
	// Update writes everything of a person but the API key and the revision of the
	// vault. The transaction holds the person. It returns a Conflict fault when
	// somebody else has the address.
	Update(ctx context.Context, a Account) error
	SealedAPIKey(ctx context.Context, accountID id.ID) (string, error)
	SetAPIKey(ctx context.Context, accountID id.ID, sealed string, now time.Time) error
	// Touch raises the vault revision of each to now, or past what it was.
	Touch(ctx context.Context, accountIDs []id.ID, now time.Time) error
	// Delete removes a person with everything that is theirs alone, and reports
	// whether there was one.
	Delete(ctx context.Context, accountID id.ID) (bool, error)

	// InsertCode stores a code in place of the one before, unless that was made
	// after latest.
	InsertCode(ctx context.Context, c code, latest time.Time) (bool, error)
	// CodeIssued returns when the code of a purpose was made.
	CodeIssued(ctx context.Context, accountID id.ID, purpose CodePurpose) (time.Time, error)
	// GuessCode counts a guess and returns the code's mac. It finds none that
	// expired, nor one that was guessed at too often. It takes part in a transaction.
	GuessCode(ctx context.Context, accountID id.ID, purpose CodePurpose, now time.Time) (mac string, found bool, err error)
	// DeleteCode removes a code, and reports whether it was there.
	DeleteCode(ctx context.Context, accountID id.ID, purpose CodePurpose, mac string) (bool, error)
	// DeleteCodes removes every code of a person.
	DeleteCodes(ctx context.Context, accountID id.ID) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

const columns = `id, email, email_verified, name, culture, password_hash, password_hint,
	kdf_type, kdf_iterations, kdf_memory, kdf_parallelism, salt, encrypted_key, public_key, private_key, key_id,
	security_stamp, verify_devices, force_password_reset, avatar_color, created_at, revised_at, vault_revised_at,
	password_changed_at, kdf_changed_at, email_changed_at, key_rotated_at, api_key_rotated_at`

type row struct{ Account }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.Email, &r.EmailVerified, &r.Name, &r.Culture, (*db.Optional)(&r.PasswordHash), (*db.Optional)(&r.PasswordHint),
		&r.KDF.Type, &r.KDF.Iterations, &r.KDF.Memory, &r.KDF.Parallelism, &r.Salt, (*db.Optional)(&r.Key),
		(*db.Optional)(&r.PublicKey), (*db.Optional)(&r.PrivateKey), (*db.Optional)(&r.KeyID),
		&r.SecurityStamp, &r.VerifyDevices, &r.ForcePasswordReset, (*db.Optional)(&r.AvatarColor),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.VaultRevisedAt),
		(*db.Time)(&r.PasswordChangedAt), (*db.Time)(&r.KDFChangedAt), (*db.Time)(&r.EmailChangedAt),
		(*db.Time)(&r.KeyRotatedAt), (*db.Time)(&r.APIKeyRotatedAt),
	}
}

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Insert(ctx context.Context, a Account, sealedAPIKey string) error {
	_, err := s.db.Exec(ctx, `INSERT INTO account (`+columns+`, sealed_api_key) VALUES (`+db.Placeholders(1, 29)+`)`,
		a.ID, a.Email, a.EmailVerified, a.Name, a.Culture, db.Optional(a.PasswordHash), db.Optional(a.PasswordHint),
		a.KDF.Type, a.KDF.Iterations, a.KDF.Memory, a.KDF.Parallelism, a.Salt, db.Optional(a.Key),
		db.Optional(a.PublicKey), db.Optional(a.PrivateKey), db.Optional(a.KeyID),
		a.SecurityStamp, a.VerifyDevices, a.ForcePasswordReset, db.Optional(a.AvatarColor),
		db.Time(a.CreatedAt), db.Time(a.RevisedAt), db.Time(a.VaultRevisedAt),
		db.Time(a.PasswordChangedAt), db.Time(a.KDFChangedAt), db.Time(a.EmailChangedAt),
		db.Time(a.KeyRotatedAt), db.Time(a.APIKeyRotatedAt), sealedAPIKey)
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

func (s sqlStore) Search(ctx context.Context, text string, offset, limit int) ([]Account, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM account WHERE email LIKE $1 ESCAPE '!' ORDER BY email LIMIT $2 OFFSET $3`,
		db.Containing(text), limit, offset)
	list := make([]Account, len(rows))
	for i, r := range rows {
		list[i] = r.Account
	}
	return list, err
}

// hold needs no lock on SQLite, which has a single writer.
var hold = db.Dialect{
	SQLite:   `SELECT ` + columns + ` FROM account WHERE id = $1`,
	Postgres: `SELECT ` + columns + ` FROM account WHERE id = $1 FOR UPDATE`,
}

func (s sqlStore) Hold(ctx context.Context, accountID id.ID) (Account, error) {
	r, err := db.One[row](ctx, s.db, s.db.Pick(hold), accountID)
	return r.Account, err
}

func (s sqlStore) Update(ctx context.Context, a Account) error {
	_, err := s.db.Exec(ctx, `UPDATE account SET email = $1, email_verified = $2, name = $3, culture = $4,
		password_hash = $5, password_hint = $6, kdf_type = $7, kdf_iterations = $8, kdf_memory = $9, kdf_parallelism = $10,
		salt = $11, encrypted_key = $12, public_key = $13, private_key = $14, key_id = $15,
		security_stamp = $16, verify_devices = $17, force_password_reset = $18, avatar_color = $19, revised_at = $20,
		password_changed_at = $21, kdf_changed_at = $22, email_changed_at = $23, key_rotated_at = $24, api_key_rotated_at = $25
		WHERE id = $26`,
		a.Email, a.EmailVerified, a.Name, a.Culture,
		db.Optional(a.PasswordHash), db.Optional(a.PasswordHint), a.KDF.Type, a.KDF.Iterations, a.KDF.Memory, a.KDF.Parallelism,
		a.Salt, db.Optional(a.Key), db.Optional(a.PublicKey), db.Optional(a.PrivateKey), db.Optional(a.KeyID),
		a.SecurityStamp, a.VerifyDevices, a.ForcePasswordReset, db.Optional(a.AvatarColor), db.Time(a.RevisedAt),
		db.Time(a.PasswordChangedAt), db.Time(a.KDFChangedAt), db.Time(a.EmailChangedAt), db.Time(a.KeyRotatedAt), db.Time(a.APIKeyRotatedAt),
		a.ID)
	return err
}

func (s sqlStore) SealedAPIKey(ctx context.Context, accountID id.ID) (string, error) {
	return db.Value[string](ctx, s.db, `SELECT sealed_api_key FROM account WHERE id = $1`, accountID)
}

func (s sqlStore) SetAPIKey(ctx context.Context, accountID id.ID, sealed string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE account SET sealed_api_key = $2, revised_at = $3, api_key_rotated_at = $4 WHERE id = $1`,
		accountID, sealed, db.Time(now), db.Time(now))
	return err
}

// touch moves the revision by a millisecond at least, which is what clients
// compare. On PostgreSQL the rows are locked in one order, so that two changes
// to the same people wait for each other and never both. One row needs no order, and
// is locked no more than an update does: whoever has just added something of a
// person's holds the row too, and would otherwise wait for who has done the same.
func touch(n int) db.Dialect {
	const set = `UPDATE account SET vault_revised_at = CASE
		WHEN vault_revised_at + 1000 > $1 THEN vault_revised_at + 1000 ELSE $1 END WHERE id IN (`
	list := db.Placeholders(2, n)
	d := db.Dialect{SQLite: set + list + `)`, Postgres: set + list + `)`}
	if n > 1 {
		d.Postgres = set + `SELECT id FROM account WHERE id IN (` + list + `) ORDER BY id FOR UPDATE)`
	}
	return d
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

func (s sqlStore) Delete(ctx context.Context, accountID id.ID) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM account WHERE id = $1`, accountID)
	return n == 1, err
}
