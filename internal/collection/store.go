package collection

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Store keeps collections and who has them. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Lock(ctx context.Context, name string) error

	List(ctx context.Context, orgID id.ID) ([]Collection, error)
	Insert(ctx context.Context, c Collection) error
	Assignments(ctx context.Context, orgID id.ID) ([]Assignment, error)
	// AssignmentsOf returns those of confirmed members in enabled organizations.
	AssignmentsOf(ctx context.Context, accountID id.ID) ([]Assignment, error)
	SetAccess(ctx context.Context, collectionID, memberID id.ID, a Access) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

const columns = `c.id, c.organization_id, c.name, c.external_id, c.type, c.created_at, c.revised_at`

type row struct{ Collection }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Name, (*db.Optional)(&r.ExternalID), &r.Type,
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

const assignmentColumns = columns + `, cm.member_id, cm.read_only, cm.hide_passwords, cm.manage`

type assignmentRow struct {
	collection row
	memberID   id.ID
	access     Access
}

func (r *assignmentRow) Columns() []any {
	return append(r.collection.Columns(), &r.memberID, &r.access.ReadOnly, &r.access.HidePasswords, &r.access.Manage)
}

func (s sqlStore) List(ctx context.Context, orgID id.ID) ([]Collection, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM collection c
		WHERE c.organization_id = $1 ORDER BY c.created_at, c.id`, orgID)
	list := make([]Collection, len(rows))
	for i, r := range rows {
		list[i] = r.Collection
	}
	return list, err
}

func (s sqlStore) Assignments(ctx context.Context, orgID id.ID) ([]Assignment, error) {
	return s.assignments(ctx, `SELECT `+assignmentColumns+`
		FROM collection c JOIN collection_member cm ON cm.collection_id = c.id
		WHERE c.organization_id = $1 ORDER BY c.created_at, c.id, cm.member_id`, orgID)
}

func (s sqlStore) AssignmentsOf(ctx context.Context, accountID id.ID) ([]Assignment, error) {
	return s.assignments(ctx, `SELECT `+assignmentColumns+`
		FROM member m
		JOIN organization o ON o.id = m.organization_id AND o.enabled
		JOIN collection_member cm ON cm.member_id = m.id
		JOIN collection c ON c.id = cm.collection_id AND c.organization_id = m.organization_id
		WHERE m.account_id = $1 AND m.status = $2 ORDER BY c.created_at, c.id`, accountID, org.Confirmed)
}

func (s sqlStore) assignments(ctx context.Context, query string, args ...any) ([]Assignment, error) {
	rows, err := db.All[assignmentRow](ctx, s.db, query, args...)
	list := make([]Assignment, len(rows))
	for i, r := range rows {
		list[i] = Assignment{Collection: r.collection.Collection, MemberID: r.memberID, Access: r.access}
	}
	return list, err
}

func (s sqlStore) Insert(ctx context.Context, c Collection) error {
	_, err := s.db.Exec(ctx, `INSERT INTO collection (id, organization_id, name, external_id, type, created_at, revised_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.OrganizationID, c.Name, db.Optional(c.ExternalID), c.Type, db.Time(c.CreatedAt), db.Time(c.RevisedAt))
	return err
}

func (s sqlStore) SetAccess(ctx context.Context, collectionID, memberID id.ID, a Access) error {
	_, err := s.db.Exec(ctx, `INSERT INTO collection_member (collection_id, member_id, read_only, hide_passwords, manage)
		VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (collection_id, member_id) DO UPDATE
		SET read_only = excluded.read_only, hide_passwords = excluded.hide_passwords, manage = excluded.manage`,
		collectionID, memberID, a.ReadOnly, a.HidePasswords, a.Manage)
	return err
}
