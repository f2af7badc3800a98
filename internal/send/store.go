package send

import (
	"context"
	"strings"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps Sends. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error

	// Get returns a Send, whosever it is; Own only one of an account.
	Get(ctx context.Context, sendID id.ID) (Send, error)
	Own(ctx context.Context, accountID, sendID id.ID) (Send, error)
	ByBlob(ctx context.Context, blobID string) (Send, error)
	ListOf(ctx context.Context, accountID id.ID) ([]Send, error)
	// Due returns Sends whose deletion date has come.
	Due(ctx context.Context, now time.Time, most int) ([]Send, error)
	Insert(ctx context.Context, s Send) error
	// Update writes all that an owner may change.
	Update(ctx context.Context, s Send) error
	Rekey(ctx context.Context, accountID, sendID id.ID, key string, now time.Time) error
	Delete(ctx context.Context, sendID id.ID) (deleted bool, err error)
	// Count counts an access to a Send that is open, and reports whether it is.
	Count(ctx context.Context, sendID id.ID, now time.Time) (counted bool, err error)

	// PutCode stores a code in the place of the one before it, unless that one was
	// issued since.
	PutCode(ctx context.Context, c code, since time.Time) (stored bool, err error)
	// Guess counts a try at a code that was issued after a time, and returns it.
	Guess(ctx context.Context, sendID id.ID, email string, after time.Time, most int) (mac string, found bool, err error)
	DeleteCode(ctx context.Context, sendID id.ID, email, mac string) (deleted bool, err error)
	DeleteCodes(ctx context.Context, before time.Time) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const columns = `id, account_id, type, auth_type, name, notes, key, text, text_hidden, blob_id, file_name, password_hash, emails,
	max_accesses, accesses, disabled, hide_email, expires_at, delete_at, created_at, revised_at`

type row struct {
	Send
	notes, text, blobID, fileName, password, emails db.Optional
}

// Columns lists columns.
func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.Type, &r.AuthType, &r.Name, &r.notes, &r.Key, &r.text, &r.TextHidden, &r.blobID, &r.fileName, &r.password,
		&r.emails, &r.MaxAccesses, &r.Accesses, &r.Disabled, &r.HideEmail, (*db.Time)(&r.ExpiresAt), (*db.Time)(&r.DeleteAt),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (r row) send() Send {
	r.Notes, r.Text, r.BlobID, r.FileName = string(r.notes), string(r.text), string(r.blobID), string(r.fileName)
	r.PasswordHash = string(r.password)
	if r.emails != "" {
		r.Emails = strings.Split(string(r.emails), ",")
	}
	return r.Send
}

func (s sqlStore) Get(ctx context.Context, sendID id.ID) (Send, error) {
	return s.one(ctx, ` WHERE id = $1`, sendID)
}

func (s sqlStore) Own(ctx context.Context, accountID, sendID id.ID) (Send, error) {
	return s.one(ctx, ` WHERE id = $1 AND account_id = $2`, sendID, accountID)
}

func (s sqlStore) ByBlob(ctx context.Context, blobID string) (Send, error) {
	return s.one(ctx, ` WHERE blob_id = $1`, blobID)
}

func (s sqlStore) one(ctx context.Context, which string, args ...any) (Send, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM send`+which, args...)
	return r.send(), err
}

func (s sqlStore) ListOf(ctx context.Context, accountID id.ID) ([]Send, error) {
	return s.list(ctx, ` WHERE account_id = $1 ORDER BY id`, accountID)
}

func (s sqlStore) Due(ctx context.Context, now time.Time, most int) ([]Send, error) {
	return s.list(ctx, ` WHERE delete_at <= $1 ORDER BY delete_at LIMIT $2`, db.Time(now), most)
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Send, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM send`+which, args...)
	list := make([]Send, len(rows))
	for i, r := range rows {
		list[i] = r.send()
	}
	return list, err
}

func (s sqlStore) Insert(ctx context.Context, v Send) error {
	_, err := s.db.Exec(ctx, `INSERT INTO send (`+columns+`) VALUES `+db.Rows(1, 21), v.ID, v.AccountID, v.Type, v.AuthType, v.Name,
		db.Optional(v.Notes), v.Key, db.Optional(v.Text), v.TextHidden, db.Optional(v.BlobID), db.Optional(v.FileName),
		db.Optional(v.PasswordHash), db.Optional(strings.Join(v.Emails, ",")), v.MaxAccesses, v.Accesses, v.Disabled, v.HideEmail,
		db.Time(v.ExpiresAt), db.Time(v.DeleteAt), db.Time(v.CreatedAt), db.Time(v.RevisedAt))
	return err
}

func (s sqlStore) Update(ctx context.Context, v Send) error {
	_, err := s.db.Exec(ctx, `UPDATE send SET auth_type = $1, name = $2, notes = $3, key = $4, text = $5, text_hidden = $6, file_name = $7,
		password_hash = $8, emails = $9, max_accesses = $10, disabled = $11, hide_email = $12, expires_at = $13, delete_at = $14,
		revised_at = $15 WHERE id = $16`,
		v.AuthType, v.Name, db.Optional(v.Notes), v.Key, db.Optional(v.Text), v.TextHidden, db.Optional(v.FileName),
		db.Optional(v.PasswordHash), db.Optional(strings.Join(v.Emails, ",")), v.MaxAccesses, v.Disabled, v.HideEmail,
		db.Time(v.ExpiresAt), db.Time(v.DeleteAt), db.Time(v.RevisedAt), v.ID)
	return err
}

func (s sqlStore) Rekey(ctx context.Context, accountID, sendID id.ID, key string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE send SET key = $1, revised_at = $2 WHERE id = $3 AND account_id = $4`, key, db.Time(now), sendID, accountID)
	return err
}

func (s sqlStore) Delete(ctx context.Context, sendID id.ID) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM send WHERE id = $1`, sendID)
	return n == 1, err
}

func (s sqlStore) Count(ctx context.Context, sendID id.ID, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE send SET accesses = accesses + 1, revised_at = $1 WHERE id = $2 AND NOT disabled AND delete_at > $3
		AND (expires_at IS NULL OR expires_at > $4) AND (max_accesses IS NULL OR accesses < max_accesses)`,
		db.Time(now), sendID, db.Time(now), db.Time(now))
	return n == 1, err
}

func (s sqlStore) PutCode(ctx context.Context, c code, since time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `INSERT INTO send_code (send_id, email, mac, guesses, issued_at) VALUES ($1, $2, $3, 0, $4)
		ON CONFLICT (send_id, email) DO UPDATE SET mac = excluded.mac, guesses = 0, issued_at = excluded.issued_at
		WHERE send_code.issued_at <= $5`, c.sendID, c.email, c.mac, db.Time(c.issuedAt), db.Time(since))
	return n == 1, err
}

func (s sqlStore) Guess(ctx context.Context, sendID id.ID, email string, after time.Time, most int) (string, bool, error) {
	macs, err := db.Values[string](ctx, s.db, `UPDATE send_code SET guesses = guesses + 1
		WHERE send_id = $1 AND email = $2 AND issued_at > $3 AND guesses < $4 RETURNING mac`, sendID, email, db.Time(after), most)
	if err != nil || len(macs) == 0 {
		return "", false, err
	}
	return macs[0], true, nil
}

func (s sqlStore) DeleteCode(ctx context.Context, sendID id.ID, email, mac string) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM send_code WHERE send_id = $1 AND email = $2 AND mac = $3`, sendID, email, mac)
	return n == 1, err
}

func (s sqlStore) DeleteCodes(ctx context.Context, before time.Time) error {
	_, err := s.db.Exec(ctx, `DELETE FROM send_code WHERE issued_at <= $1`, db.Time(before))
	return err
}
