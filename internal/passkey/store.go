package passkey

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps passkeys.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock lets one transaction at a time add to the passkeys of a person.
	Lock(ctx context.Context, accountID id.ID) error
	// Insert adds a passkey; false when somebody has the credential already.
	Insert(ctx context.Context, p Passkey) (bool, error)
	List(ctx context.Context, accountID id.ID) ([]Passkey, error)
	ByCredential(ctx context.Context, credentialID []byte) (Passkey, error)
	// SetCounter stores the counter of a use; false when it is not past the stored
	// one, unless the authenticator counts nothing.
	SetCounter(ctx context.Context, passkeyID id.ID, counter uint32, now time.Time) (bool, error)
	// SetKeys lets a passkey open the vault.
	SetKeys(ctx context.Context, passkeyID id.ID, keys Keys) error
	Renew(ctx context.Context, r Renewed) error
	Delete(ctx context.Context, accountID, passkeyID id.ID) (found bool, err error)
	// Answer notes that a challenge was answered; false when it was before.
	Answer(ctx context.Context, challengeHash string, expires time.Time) (first bool, err error)
	// ForgetAnswers deletes the notes of challenges that are too old to be answered.
	ForgetAnswers(ctx context.Context, now time.Time) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, accountID id.ID) error {
	return s.db.Lock(ctx, "passkeys:"+accountID.String())
}

const columns = `id, account_id, name, credential_id, public_key, counter, transports, backup_eligible, supports_prf,
	encrypted_user_key, encrypted_public_key, encrypted_private_key, created_at, used_at`

type row struct {
	Passkey
	credentialID, publicKey, transports string
}

// Columns lists columns.
func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.Name, &r.credentialID, &r.publicKey, &r.Credential.Counter, &r.transports,
		&r.Credential.BackupEligible, &r.ComputesSecrets,
		(*db.Optional)(&r.Keys.User), (*db.Optional)(&r.Keys.Public), (*db.Optional)(&r.Keys.Private),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.UsedAt),
	}
}

// passkey returns what the row holds.
func (r row) passkey() (p Passkey, err error) {
	p = r.Passkey
	p.Credential.Transports = strings.Fields(r.transports)
	if p.Credential.ID, err = decode(r.credentialID); err != nil {
		return p, err
	}
	p.Credential.PublicKey, err = decode(r.publicKey)
	return p, err
}

func (s sqlStore) Insert(ctx context.Context, p Passkey) (bool, error) {
	c := p.Credential
	n, err := s.db.Exec(ctx, `INSERT INTO passkey (`+columns+`) VALUES (`+db.Placeholders(1, 14)+`) ON CONFLICT (credential_id) DO NOTHING`,
		p.ID, p.AccountID, p.Name, encode(c.ID), encode(c.PublicKey), c.Counter, strings.Join(c.Transports, " "),
		c.BackupEligible, p.ComputesSecrets,
		db.Optional(p.Keys.User), db.Optional(p.Keys.Public), db.Optional(p.Keys.Private), db.Time(p.CreatedAt), db.Time(p.UsedAt))
	return n == 1, err
}

func (s sqlStore) List(ctx context.Context, accountID id.ID) ([]Passkey, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM passkey WHERE account_id = $1 ORDER BY created_at, id`, accountID)
	if err != nil {
		return nil, err
	}
	list := make([]Passkey, len(rows))
	for i, r := range rows {
		if list[i], err = r.passkey(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (s sqlStore) ByCredential(ctx context.Context, credentialID []byte) (Passkey, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM passkey WHERE credential_id = $1`, encode(credentialID))
	if err != nil {
		return Passkey{}, err
	}
	return r.passkey()
}

func (s sqlStore) SetCounter(ctx context.Context, passkeyID id.ID, counter uint32, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE passkey SET counter = $2, used_at = $3 WHERE id = $1 AND (counter < $2 OR counter = 0 AND $2 = 0)`,
		passkeyID, counter, db.Time(now))
	return n == 1, err
}

func (s sqlStore) SetKeys(ctx context.Context, passkeyID id.ID, keys Keys) error {
	_, err := s.db.Exec(ctx, `UPDATE passkey SET supports_prf = TRUE, encrypted_user_key = $2, encrypted_public_key = $3,
		encrypted_private_key = $4 WHERE id = $1`, passkeyID, keys.User, keys.Public, keys.Private)
	return err
}

func (s sqlStore) Renew(ctx context.Context, r Renewed) error {
	_, err := s.db.Exec(ctx, `UPDATE passkey SET encrypted_user_key = $2, encrypted_public_key = $3 WHERE id = $1`,
		r.ID, r.EncryptedUserKey, r.EncryptedPublicKey)
	return err
}

func (s sqlStore) Delete(ctx context.Context, accountID, passkeyID id.ID) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM passkey WHERE id = $1 AND account_id = $2`, passkeyID, accountID)
	return n == 1, err
}

func (s sqlStore) Answer(ctx context.Context, challengeHash string, expires time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `INSERT INTO passkey_answer (challenge_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		challengeHash, db.Time(expires))
	return n == 1, err
}

func (s sqlStore) ForgetAnswers(ctx context.Context, now time.Time) error {
	_, err := s.db.Exec(ctx, `DELETE FROM passkey_answer WHERE expires_at <= $1`, db.Time(now))
	return err
}

func encode(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

func decode(text string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(text) }
