package blob

import (
	"context"
	"time"

	"coffre/internal/db"
)

// Store keeps what is known of files; their content is in a [Bucket].
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock keeps whoever else reserves storage of an owner waiting.
	Lock(ctx context.Context, o Owner) error
	Used(ctx context.Context, o Owner) (int64, error)
	Insert(ctx context.Context, b Blob) error
	Get(ctx context.Context, blobID string) (Blob, error)
	List(ctx context.Context, blobIDs []string) ([]Blob, error)
	ListOf(ctx context.Context, o Owner) ([]Blob, error)
	// Fill points a row at its content, unless it has some.
	Fill(ctx context.Context, b Blob) (filled bool, err error)
	Move(ctx context.Context, blobIDs []string, to Owner) error
	Delete(ctx context.Context, blobIDs []string) error
	// DeleteWaiting deletes a row whose content has not come.
	DeleteWaiting(ctx context.Context, blobID string) (deleted bool, err error)
	// Waiting returns the rows whose content has not come since before.
	Waiting(ctx context.Context, before time.Time, most int) ([]Blob, error)
	// Known returns which of some objects rows point at.
	Known(ctx context.Context, objects []string) (map[string]bool, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, o Owner) error {
	return s.db.Lock(ctx, "blob:"+o.AccountID.String()+o.OrganizationID.String())
}

const columns = `id, account_id, organization_id, size, object, created_at, uploaded_at`

type row struct {
	Blob
	object db.Optional
}

// Columns lists columns.
func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.Owner.AccountID, &r.Owner.OrganizationID, &r.Size, &r.object, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.UploadedAt),
	}
}

func (r row) blob() Blob {
	r.Object = string(r.object)
	return r.Blob
}

// named looks a column up in a list of names, which is JSON and the first argument:
// one text of a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

// owned chooses by the owner, whose zero half is no account and no organization.
const owned = ` (account_id = $1 OR organization_id = $2)`

func (s sqlStore) Used(ctx context.Context, o Owner) (int64, error) {
	return db.Value[int64](ctx, s.db, `SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM blob WHERE`+owned, o.AccountID, o.OrganizationID)
}

func (s sqlStore) Insert(ctx context.Context, b Blob) error {
	_, err := s.db.Exec(ctx, `INSERT INTO blob (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`, b.ID, b.Owner.AccountID,
		b.Owner.OrganizationID, b.Size, db.Optional(b.Object), db.Time(b.CreatedAt), db.Time(b.UploadedAt))
	return err
}

func (s sqlStore) Get(ctx context.Context, blobID string) (Blob, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM blob WHERE id = $1`, blobID)
	return r.blob(), err
}

func (s sqlStore) List(ctx context.Context, blobIDs []string) ([]Blob, error) {
	if len(blobIDs) == 0 {
		return nil, nil
	}
	return s.list(ctx, ` WHERE id`+s.db.Pick(named)+` ORDER BY id`, db.JSON[[]string]{V: &blobIDs})
}

func (s sqlStore) ListOf(ctx context.Context, o Owner) ([]Blob, error) {
	return s.list(ctx, ` WHERE`+owned+` ORDER BY id`, o.AccountID, o.OrganizationID)
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Blob, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM blob`+which, args...)
	list := make([]Blob, len(rows))
	for i, r := range rows {
		list[i] = r.blob()
	}
	return list, err
}

func (s sqlStore) Fill(ctx context.Context, b Blob) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE blob SET object = $1, size = $2, uploaded_at = $3 WHERE id = $4 AND uploaded_at IS NULL`,
		b.Object, b.Size, db.Time(b.UploadedAt), b.ID)
	return n == 1, err
}

func (s sqlStore) Move(ctx context.Context, blobIDs []string, to Owner) error {
	if len(blobIDs) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `UPDATE blob SET account_id = $2, organization_id = $3 WHERE id`+s.db.Pick(named),
		db.JSON[[]string]{V: &blobIDs}, to.AccountID, to.OrganizationID)
	return err
}

func (s sqlStore) Delete(ctx context.Context, blobIDs []string) error {
	if len(blobIDs) == 0 {
		return nil
	}
	_, err := s.db.Exec(ctx, `DELETE FROM blob WHERE id`+s.db.Pick(named), db.JSON[[]string]{V: &blobIDs})
	return err
}

func (s sqlStore) DeleteWaiting(ctx context.Context, blobID string) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM blob WHERE id = $1 AND uploaded_at IS NULL`, blobID)
	return n == 1, err
}

func (s sqlStore) Waiting(ctx context.Context, before time.Time, most int) ([]Blob, error) {
	return s.list(ctx, ` WHERE uploaded_at IS NULL AND created_at <= $1 ORDER BY created_at LIMIT $2`, db.Time(before), most)
}

func (s sqlStore) Known(ctx context.Context, objects []string) (map[string]bool, error) {
	if len(objects) == 0 {
		return nil, nil
	}
	found, err := db.Values[string](ctx, s.db, `SELECT object FROM blob WHERE object`+s.db.Pick(named), db.JSON[[]string]{V: &objects})
	known := make(map[string]bool, len(found))
	for _, object := range found {
		known[object] = true
	}
	return known, err
}
