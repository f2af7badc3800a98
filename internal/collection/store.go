package collection

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps collections, groups, and who has what. What is not there is
// fault.Gone; of several that are named, those that are there are returned.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	Get(ctx context.Context, orgID, collectionID id.ID) (Collection, error)
	List(ctx context.Context, orgID id.ID) ([]Collection, error)
	ListByID(ctx context.Context, orgID id.ID, collectionIDs []id.ID) ([]Collection, error)
	CountShared(ctx context.Context, orgID id.ID) (int, error)
	Insert(ctx context.Context, collections ...Collection) error
	// Update writes the name, the external id, and when.
	Update(ctx context.Context, c Collection) error
	Revise(ctx context.Context, collectionIDs []id.ID, at time.Time) error
	Delete(ctx context.Context, collectionIDs []id.ID) error
	// Keepers returns those of some members who have a collection for themselves.
	Keepers(ctx context.Context, memberIDs []id.ID) ([]id.ID, error)
	// Release makes what members have for themselves collections like all others,
	// which remember the addresses of the members.
	Release(ctx context.Context, memberIDs []id.ID, at time.Time) error

	GrantStore
	GroupStore
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

// named is a JSON list of identifiers, the first argument: one text of a statement
// for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) named() string { return s.db.Pick(named) }

func list(ids []id.ID) db.JSON[[]id.ID] {
	if ids == nil {
		ids = []id.ID{} // null would be no list
	}
	return db.JSON[[]id.ID]{V: &ids}
}

// portion is how many rows one statement inserts.
const portion = 1_000

const columns = `c.id, c.organization_id, c.name, c.external_id, c.type, c.former_email, c.created_at, c.revised_at`

type row struct{ Collection }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Name, (*db.Optional)(&r.ExternalID), &r.Type, (*db.Optional)(&r.FormerEmail),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (s sqlStore) Get(ctx context.Context, orgID, collectionID id.ID) (Collection, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM collection c WHERE c.organization_id = $1 AND c.id = $2`, orgID, collectionID)
	return r.Collection, err
}

func (s sqlStore) List(ctx context.Context, orgID id.ID) ([]Collection, error) {
	return s.collections(ctx, `SELECT `+columns+` FROM collection c WHERE c.organization_id = $1 ORDER BY c.created_at, c.id`, orgID)
}

func (s sqlStore) ListByID(ctx context.Context, orgID id.ID, collectionIDs []id.ID) ([]Collection, error) {
	return s.collections(ctx, `SELECT `+columns+` FROM collection c WHERE c.id`+s.named()+` AND c.organization_id = $2
		ORDER BY c.created_at, c.id`, list(collectionIDs), orgID)
}

func (s sqlStore) collections(ctx context.Context, query string, args ...any) ([]Collection, error) {
	rows, err := db.All[row](ctx, s.db, query, args...)
	collections := make([]Collection, len(rows))
	for i, r := range rows {
		collections[i] = r.Collection
	}
	return collections, err
}

func (s sqlStore) CountShared(ctx context.Context, orgID id.ID) (int, error) {
	return db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM collection WHERE organization_id = $1 AND type = $2`, orgID, Shared)
}

func (s sqlStore) Insert(ctx context.Context, collections ...Collection) error {
	for chunk := range slices.Chunk(collections, portion) {
		var args []any
		for _, c := range chunk {
			args = append(args, c.ID, c.OrganizationID, c.Name, db.Optional(c.ExternalID), c.Type, db.Optional(c.FormerEmail),
				db.Time(c.CreatedAt), db.Time(c.RevisedAt))
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO collection (id, organization_id, name, external_id, type, former_email, created_at, revised_at)
			VALUES `+db.Rows(len(chunk), 8), args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Update(ctx context.Context, c Collection) error {
	_, err := s.db.Exec(ctx, `UPDATE collection SET name = $2, external_id = $3, revised_at = $4 WHERE id = $1`,
		c.ID, c.Name, db.Optional(c.ExternalID), db.Time(c.RevisedAt))
	return err
}

func (s sqlStore) Revise(ctx context.Context, collectionIDs []id.ID, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE collection SET revised_at = $2 WHERE id`+s.named(), list(collectionIDs), db.Time(at))
	return err
}

func (s sqlStore) Delete(ctx context.Context, collectionIDs []id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM collection WHERE id`+s.named(), list(collectionIDs))
	return err
}

func (s sqlStore) Keepers(ctx context.Context, memberIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT DISTINCT cm.member_id FROM collection_member cm JOIN collection c ON c.id = cm.collection_id
		WHERE cm.member_id`+s.named()+` AND c.type = $2`, list(memberIDs), MyItems)
}

func (s sqlStore) Release(ctx context.Context, memberIDs []id.ID, at time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE collection SET type = $2, revised_at = $3, former_email = (
			SELECT COALESCE(a.email, m.email) FROM collection_member cm JOIN member m ON m.id = cm.member_id
			LEFT JOIN account a ON a.id = m.account_id WHERE cm.collection_id = collection.id)
		WHERE type = $4 AND id IN (SELECT collection_id FROM collection_member WHERE member_id`+s.named()+`)`,
		list(memberIDs), Shared, db.Time(at), MyItems)
	return err
}
