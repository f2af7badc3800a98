package cipher

import (
	"context"
	"slices"
	"strings"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Store keeps items. Of several that are named, those that are there are returned or
// changed.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error

	// Homes returns the organizations that own some items, and those of some others,
	// that have confirmed an account, in order. They may be disabled.
	Homes(ctx context.Context, accountID id.ID, cipherIDs, orgIDs []id.ID) ([]id.ID, error)
	// Find returns items with what an account did with them.
	Find(ctx context.Context, accountID id.ID, cipherIDs []id.ID) ([]Kept, error)
	// OwnOf, In and Of call fn with each item of an account, of some collections, and
	// of an organization.
	OwnOf(ctx context.Context, accountID id.ID, fn func(Cipher) error) error
	In(ctx context.Context, collectionIDs []id.ID, fn func(Cipher) error) error
	Of(ctx context.Context, orgID id.ID, fn func(Cipher) error) error
	// Personal returns what an account did with items, whoever's they are.
	Personal(ctx context.Context, accountID id.ID) (map[id.ID]Personal, error)
	// Own returns the items of an account.
	Own(ctx context.Context, accountID id.ID) ([]id.ID, error)

	Insert(ctx context.Context, ciphers ...Cipher) error
	// Rewrite writes to whom items belong, what they say and when they changed.
	Rewrite(ctx context.Context, ciphers ...Cipher) error
	// Trash moves items to the trash, or out of it when at is zero.
	Trash(ctx context.Context, cipherIDs []id.ID, at, revised time.Time) error
	Revise(ctx context.Context, cipherIDs []id.ID, at time.Time) error
	Delete(ctx context.Context, cipherIDs []id.ID) error
	// Shared returns the items of an organization that are in no collection of a member's
	// own.
	Shared(ctx context.Context, orgID id.ID) ([]id.ID, error)
	// Unshare takes all items from the collections that an organization's members share.
	Unshare(ctx context.Context, orgID id.ID) error
	// Overdue returns items that have been in the trash since before a time.
	Overdue(ctx context.Context, before time.Time, most int) ([]Cipher, error)
	// StillOverdue returns those of some items that still are, and stay so until the
	// transaction ends.
	StillOverdue(ctx context.Context, cipherIDs []id.ID, before time.Time) ([]id.ID, error)

	// PutPersonal writes what an account did with items.
	PutPersonal(ctx context.Context, accountID id.ID, by map[id.ID]Personal) error
	// Folders returns those of some folders that an account has.
	Folders(ctx context.Context, accountID id.ID, folderIDs []id.ID) ([]id.ID, error)

	linkStore
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

// named is a JSON list of identifiers, the first argument: one text of a statement
// for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) named() string { return s.db.Pick(named) }

// secondNamed is named of the second argument.
func (s sqlStore) secondNamed() string { return strings.Replace(s.named(), "$1", "$2", 1) }

func list(ids []id.ID) db.JSON[[]id.ID] {
	if ids == nil {
		ids = []id.ID{} // null would be no list
	}
	return db.JSON[[]id.ID]{V: &ids}
}

// portion is how many rows one statement writes: what they say may be long.
const portion = 200

// Kept is an item with what one person did with it.
type Kept struct {
	Cipher
	Personal
}

const columns = `c.id, c.account_id, c.organization_id, c.type, c.data, c.created_at, c.revised_at, c.deleted_at`

type cipherRow struct{ Cipher }

func (r *cipherRow) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.OrganizationID, &r.Type, &r.Data,
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.DeletedAt),
	}
}

type keptRow struct {
	Kept
	favorite *bool
}

func (r *keptRow) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.OrganizationID, &r.Type, &r.Data,
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.DeletedAt),
		&r.FolderID, &r.favorite, (*db.Time)(&r.ArchivedAt),
	}
}

func (r keptRow) whole() Kept {
	r.Favorite = r.favorite != nil && *r.favorite
	return r.Kept
}

func (s sqlStore) Find(ctx context.Context, accountID id.ID, cipherIDs []id.ID) ([]Kept, error) {
	rows, err := db.All[keptRow](ctx, s.db, `SELECT `+columns+`, p.folder_id, p.favorite, p.archived_at FROM cipher c
		LEFT JOIN cipher_person p ON p.cipher_id = c.id AND p.account_id = $2 WHERE c.id`+s.named()+` ORDER BY c.id`,
		list(cipherIDs), accountID)
	found := make([]Kept, len(rows))
	for i, r := range rows {
		found[i] = r.whole()
	}
	return found, err
}

// listed is an item of a long list: what is known of all of them is not asked for.
type listed struct{ Cipher }

func (r *listed) Columns() []any {
	return []any{&r.ID, &r.OrganizationID, &r.Type, &r.Data, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt), (*db.Time)(&r.DeletedAt)}
}

// idTexts are identifiers that the database has joined by commas: one long text is
// read sooner than many rows.
type idTexts string

func (t idTexts) len() int { return strings.Count(string(t), ",") + 1 }

func (t idTexts) each(fn func(id.ID)) error {
	for text := range strings.SplitSeq(string(t), ",") {
		v, err := id.Parse(text)
		if err != nil {
			return err
		}
		fn(v)
	}
	return nil
}

// personalRow is what somebody did alike with several items.
type personalRow struct {
	Personal
	cipherIDs idTexts
}

func (r *personalRow) Columns() []any {
	return []any{&r.FolderID, &r.Favorite, (*db.Time)(&r.ArchivedAt), &r.cipherIDs}
}

func (s sqlStore) Personal(ctx context.Context, accountID id.ID) (map[id.ID]Personal, error) {
	personal := map[id.ID]Personal{}
	err := db.Each(ctx, s.db, func(r personalRow) error {
		return r.cipherIDs.each(func(cipherID id.ID) { personal[cipherID] = r.Personal })
	}, `SELECT folder_id, favorite, archived_at, string_agg(cipher_id, ',') FROM cipher_person WHERE account_id = $1
		GROUP BY folder_id, favorite, archived_at`, accountID)
	return personal, err
}

func (s sqlStore) list(ctx context.Context, fn func(Cipher) error, where string, args ...any) error {
	return db.Each(ctx, s.db, func(r listed) error { return fn(r.Cipher) },
		`SELECT c.id, c.organization_id, c.type, c.data, c.created_at, c.revised_at, c.deleted_at FROM cipher c `+where, args...)
}

func (s sqlStore) OwnOf(ctx context.Context, accountID id.ID, fn func(Cipher) error) error {
	return s.list(ctx, func(c Cipher) error {
		c.AccountID = accountID
		return fn(c)
	}, `WHERE c.account_id = $1`, accountID)
}

func (s sqlStore) In(ctx context.Context, collectionIDs []id.ID, fn func(Cipher) error) error {
	if len(collectionIDs) == 0 {
		return nil
	}
	return s.list(ctx, fn, `WHERE c.id IN (SELECT l.cipher_id FROM cipher_collection l WHERE l.collection_id`+s.named()+`)`,
		list(collectionIDs))
}

func (s sqlStore) Of(ctx context.Context, orgID id.ID, fn func(Cipher) error) error {
	return s.list(ctx, fn, `WHERE c.organization_id = $1`, orgID)
}

func (s sqlStore) Homes(ctx context.Context, accountID id.ID, cipherIDs, orgIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT m.organization_id FROM member m WHERE m.account_id = $3 AND m.status = $4
		AND (m.organization_id IN (SELECT c.organization_id FROM cipher c WHERE c.id`+s.named()+`) OR m.organization_id`+s.secondNamed()+`)
		ORDER BY m.organization_id`, list(cipherIDs), list(orgIDs), accountID, org.Confirmed)
}

func (s sqlStore) Own(ctx context.Context, accountID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT id FROM cipher WHERE account_id = $1`, accountID)
}

func (s sqlStore) Insert(ctx context.Context, ciphers ...Cipher) error {
	for chunk := range slices.Chunk(ciphers, portion) {
		args := make([]any, 0, len(chunk)*8)
		for _, c := range chunk {
			args = append(args, c.ID, c.AccountID, c.OrganizationID, c.Type, c.Data,
				db.Time(c.CreatedAt), db.Time(c.RevisedAt), db.Time(c.DeletedAt))
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO cipher (id, account_id, organization_id, type, data, created_at, revised_at, deleted_at)
			VALUES `+db.Rows(len(chunk), 8), args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Rewrite(ctx context.Context, ciphers ...Cipher) error {
	for chunk := range slices.Chunk(ciphers, portion) {
		chunk = db.Padded(chunk)
		args := make([]any, 0, len(chunk)*5)
		for _, c := range chunk {
			args = append(args, c.ID, c.AccountID, c.OrganizationID, c.Data, db.Time(c.RevisedAt))
		}
		if _, err := s.db.Exec(ctx, `UPDATE cipher SET account_id = v.column2, organization_id = v.column3, data = v.column4, revised_at = v.column5
			FROM (VALUES `+db.Typed(len(chunk), "TEXT", "TEXT", "TEXT", "TEXT", "BIGINT")+`) AS v WHERE cipher.id = v.column1`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Trash(ctx context.Context, cipherIDs []id.ID, at, revised time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE cipher SET deleted_at = $2, revised_at = $3 WHERE id`+s.named(),
		list(cipherIDs), db.Time(at), db.Time(revised))
	return err
}

func (s sqlStore) Revise(ctx context.Context, cipherIDs []id.ID, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE cipher SET revised_at = $2 WHERE id`+s.named(), list(cipherIDs), db.Time(at))
	return err
}

func (s sqlStore) Delete(ctx context.Context, cipherIDs []id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM cipher WHERE id`+s.named(), list(cipherIDs))
	return err
}

func (s sqlStore) Overdue(ctx context.Context, before time.Time, most int) ([]Cipher, error) {
	rows, err := db.All[cipherRow](ctx, s.db, `SELECT `+columns+` FROM cipher c WHERE c.deleted_at < $1 ORDER BY c.deleted_at, c.id LIMIT $2`,
		db.Time(before), most)
	ciphers := make([]Cipher, len(rows))
	for i, r := range rows {
		ciphers[i] = r.Cipher
	}
	return ciphers, err
}

func (s sqlStore) StillOverdue(ctx context.Context, cipherIDs []id.ID, before time.Time) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `UPDATE cipher SET deleted_at = deleted_at WHERE id`+s.named()+` AND deleted_at < $2 RETURNING id`,
		list(cipherIDs), db.Time(before))
}
