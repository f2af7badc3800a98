package attachment

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps what is known of the files of items. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error

	Get(ctx context.Context, cipherID id.ID, attachmentID string) (Attachment, error)
	// ByBlob returns the one with a content, or for which a content is to be the next.
	ByBlob(ctx context.Context, blobID string) (Attachment, error)
	// On, Of and In return those of some items, of all items of some people and
	// organizations, and of the items in some collections, the oldest first.
	On(ctx context.Context, cipherIDs []id.ID) ([]Attachment, error)
	Of(ctx context.Context, owners []id.ID) ([]Attachment, error)
	In(ctx context.Context, collectionIDs []id.ID) ([]Attachment, error)
	Insert(ctx context.Context, a Attachment) error
	// Put writes contents, names and keys, and of which no content is to be next any more.
	Put(ctx context.Context, list ...Attachment) error
	// Prepare writes what one is to be next.
	Prepare(ctx context.Context, attachmentID string, n Next) error
	// Unprepare has a content not be next any more, and reports whether it was.
	Unprepare(ctx context.Context, blobID string) (was bool, err error)
	// Prepared returns the contents that have been to be next since before a time.
	Prepared(ctx context.Context, before time.Time, most int) ([]string, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const selected = `SELECT a.id, a.cipher_id, a.blob_id, a.file_name, a.key, b.size, n.id, n.uploaded_at, n.organization_id, a.next_name, a.next_key
	FROM attachment a JOIN blob b ON b.id = a.blob_id LEFT JOIN blob n ON n.id = a.next_blob_id `

type row struct {
	Attachment
	key, nextBlob, nextName, nextKey db.Optional
	nextAt                           time.Time
}

// Columns lists columns.
func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.CipherID, &r.BlobID, &r.FileName, &r.key, &r.Size, &r.nextBlob, (*db.Time)(&r.nextAt), &r.Next.OrganizationID, &r.nextName, &r.nextKey,
	}
}

func (r row) attachment() Attachment {
	a := r.Attachment
	a.Key, a.Next.BlobID, a.Next.FileName, a.Next.Key = string(r.key), string(r.nextBlob), string(r.nextName), string(r.nextKey)
	a.Next.Ready = !r.nextAt.IsZero()
	return a
}

// named looks a column up in a list, which is JSON and the first argument: one text of
// a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) Get(ctx context.Context, cipherID id.ID, attachmentID string) (Attachment, error) {
	r, err := db.One[row](ctx, s.db, selected+`WHERE a.id = $1 AND a.cipher_id = $2`, attachmentID, cipherID)
	return r.attachment(), err
}

func (s sqlStore) ByBlob(ctx context.Context, blobID string) (Attachment, error) {
	r, err := db.One[row](ctx, s.db, selected+`WHERE a.blob_id = $1 OR a.next_blob_id = $1`, blobID)
	return r.attachment(), err
}

func (s sqlStore) On(ctx context.Context, cipherIDs []id.ID) ([]Attachment, error) {
	if len(cipherIDs) == 0 {
		return nil, nil
	}
	return s.list(ctx, `WHERE a.cipher_id`+s.db.Pick(named), db.JSON[[]id.ID]{V: &cipherIDs})
}

func (s sqlStore) Of(ctx context.Context, owners []id.ID) ([]Attachment, error) {
	return s.list(ctx, `WHERE b.account_id`+s.db.Pick(named)+` OR b.organization_id`+s.db.Pick(named), db.JSON[[]id.ID]{V: &owners})
}

func (s sqlStore) In(ctx context.Context, collectionIDs []id.ID) ([]Attachment, error) {
	if len(collectionIDs) == 0 {
		return nil, nil
	}
	return s.list(ctx, `WHERE a.id IN (SELECT k.id FROM cipher_collection l JOIN attachment k ON k.cipher_id = l.cipher_id
		WHERE l.collection_id`+s.db.Pick(named)+`)`,
		db.JSON[[]id.ID]{V: &collectionIDs})
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Attachment, error) {
	rows, err := db.All[row](ctx, s.db, selected+which+` ORDER BY b.created_at, a.id`, args...)
	list := make([]Attachment, len(rows))
	for i, r := range rows {
		list[i] = r.attachment()
	}
	return list, err
}

func (s sqlStore) Insert(ctx context.Context, a Attachment) error {
	_, err := s.db.Exec(ctx, `INSERT INTO attachment (id, cipher_id, blob_id, file_name, key) VALUES ($1, $2, $3, $4, $5)`,
		a.ID, a.CipherID, a.BlobID, a.FileName, db.Optional(a.Key))
	return err
}

// portion is how many rows one statement writes.
const portion = 200

func (s sqlStore) Put(ctx context.Context, list ...Attachment) error {
	for chunk := range slices.Chunk(list, portion) {
		chunk = db.Padded(chunk)
		args := make([]any, 0, len(chunk)*5)
		for _, a := range chunk {
			args = append(args, a.ID, a.BlobID, a.FileName, db.Optional(a.Key), db.Optional(a.Next.BlobID))
		}
		if _, err := s.db.Exec(ctx, `UPDATE attachment SET blob_id = v.column2, file_name = v.column3, key = v.column4,
			next_blob_id = CASE WHEN v.column5 IS NULL THEN NULL ELSE attachment.next_blob_id END
			FROM (VALUES `+db.Typed(len(chunk), "TEXT", "TEXT", "TEXT", "TEXT", "TEXT")+`) AS v WHERE attachment.id = v.column1`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Prepare(ctx context.Context, attachmentID string, n Next) error {
	_, err := s.db.Exec(ctx, `UPDATE attachment SET next_blob_id = $2, next_name = $3, next_key = $4 WHERE id = $1`,
		attachmentID, n.BlobID, n.FileName, n.Key)
	return err
}

func (s sqlStore) Unprepare(ctx context.Context, blobID string) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE attachment SET next_blob_id = NULL, next_name = NULL, next_key = NULL WHERE next_blob_id = $1`, blobID)
	return n == 1, err
}

func (s sqlStore) Prepared(ctx context.Context, before time.Time, most int) ([]string, error) {
	return db.Values[string](ctx, s.db, `SELECT b.id FROM attachment a JOIN blob b ON b.id = a.next_blob_id WHERE b.created_at < $1
		ORDER BY b.created_at LIMIT $2`, db.Time(before), most)
}
