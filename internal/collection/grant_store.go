package collection

import (
	"context"
	"slices"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Holder is to whom grants were given: members, or groups.
type Holder int

// The two kinds of holders.
const (
	ByMember Holder = iota
	ByGroup
)

// GrantStore keeps who has which collection.
type GrantStore interface {
	Grants(ctx context.Context, by Holder, orgID id.ID) ([]Grant, error)
	GrantsOf(ctx context.Context, by Holder, collectionIDs []id.ID) ([]Grant, error)
	GrantsTo(ctx context.Context, by Holder, holderIDs []id.ID) ([]Grant, error)
	// PutGrants adds grants or replaces what they were; none may be there twice.
	PutGrants(ctx context.Context, by Holder, grants []Grant) error
	// RemoveGrants takes collections from all holders of a kind.
	RemoveGrants(ctx context.Context, by Holder, collectionIDs []id.ID) error
	// RemoveGrantsTo takes all collections from holders.
	RemoveGrantsTo(ctx context.Context, by Holder, holderIDs []id.ID) error

	// Assignments returns what an account has itself and through groups, of all
	// enabled organizations that have confirmed it.
	Assignments(ctx context.Context, accountID id.ID) (own, throughGroups []Assignment, err error)
	// AccessOf returns what a member has itself and through groups.
	AccessOf(ctx context.Context, memberID id.ID) (own, throughGroups []Grant, err error)
	// Managed returns those of some collections that somebody manages.
	Managed(ctx context.Context, collectionIDs []id.ID) ([]id.ID, error)
	// Accounts returns the confirmed people who have one of some collections,
	// themselves or through groups.
	Accounts(ctx context.Context, collectionIDs []id.ID) ([]id.ID, error)
}

// table is where the grants of a kind of holders stand, and the column that names
// the holder.
func (by Holder) table() (name, column string) {
	if by == ByGroup {
		return "collection_group", "group_id"
	}
	return "collection_member", "member_id"
}

type grantRow struct{ Grant }

func (r *grantRow) Columns() []any {
	return []any{&r.CollectionID, &r.HolderID, &r.Access.ReadOnly, &r.Access.HidePasswords, &r.Access.Manage}
}

func (s sqlStore) Grants(ctx context.Context, by Holder, orgID id.ID) ([]Grant, error) {
	return s.grants(ctx, by, `JOIN collection c ON c.id = g.collection_id WHERE c.organization_id = $1`, orgID)
}

func (s sqlStore) GrantsOf(ctx context.Context, by Holder, collectionIDs []id.ID) ([]Grant, error) {
	return s.grants(ctx, by, `WHERE g.collection_id`+s.named(), list(collectionIDs))
}

func (s sqlStore) GrantsTo(ctx context.Context, by Holder, holderIDs []id.ID) ([]Grant, error) {
	_, column := by.table()
	return s.grants(ctx, by, `WHERE g.`+column+s.named(), list(holderIDs))
}

func (s sqlStore) grants(ctx context.Context, by Holder, where string, arg any) ([]Grant, error) {
	table, column := by.table()
	return s.readGrants(ctx, `SELECT g.collection_id, g.`+column+`, g.read_only, g.hide_passwords, g.manage
		FROM `+table+` g `+where+` ORDER BY g.collection_id, g.`+column, arg)
}

func (s sqlStore) readGrants(ctx context.Context, query string, args ...any) ([]Grant, error) {
	rows, err := db.All[grantRow](ctx, s.db, query, args...)
	grants := make([]Grant, len(rows))
	for i, r := range rows {
		grants[i] = r.Grant
	}
	return grants, err
}

func (s sqlStore) PutGrants(ctx context.Context, by Holder, grants []Grant) error {
	table, column := by.table()
	for chunk := range slices.Chunk(grants, portion) {
		var args []any
		for _, g := range chunk {
			args = append(args, g.CollectionID, g.HolderID, g.Access.ReadOnly, g.Access.HidePasswords, g.Access.Manage)
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO `+table+` (collection_id, `+column+`, read_only, hide_passwords, manage)
			VALUES `+db.Rows(len(chunk), 5)+` ON CONFLICT (collection_id, `+column+`) DO UPDATE
			SET read_only = excluded.read_only, hide_passwords = excluded.hide_passwords, manage = excluded.manage`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) RemoveGrants(ctx context.Context, by Holder, collectionIDs []id.ID) error {
	table, _ := by.table()
	_, err := s.db.Exec(ctx, `DELETE FROM `+table+` WHERE collection_id`+s.named(), list(collectionIDs))
	return err
}

func (s sqlStore) RemoveGrantsTo(ctx context.Context, by Holder, holderIDs []id.ID) error {
	table, column := by.table()
	_, err := s.db.Exec(ctx, `DELETE FROM `+table+` WHERE `+column+s.named(), list(holderIDs))
	return err
}

const assignmentColumns = columns + `, m.id, g.read_only, g.hide_passwords, g.manage`

type assignmentRow struct {
	collection row
	memberID   id.ID
	access     Access
}

func (r *assignmentRow) Columns() []any {
	return append(r.collection.Columns(), &r.memberID, &r.access.ReadOnly, &r.access.HidePasswords, &r.access.Manage)
}

func (s sqlStore) Assignments(ctx context.Context, accountID id.ID) (own, throughGroups []Assignment, err error) {
	own, err = s.assignments(ctx, `JOIN collection_member g ON g.member_id = m.id`, accountID)
	if err != nil {
		return nil, nil, err
	}
	throughGroups, err = s.assignments(ctx, `JOIN group_member gm ON gm.member_id = m.id
		JOIN collection_group g ON g.group_id = gm.group_id`, accountID)
	return own, throughGroups, err
}

// Nothing is given to members of another organization, which the query need not say:
// if it did, SQLite would look through all collections of this one.
func (s sqlStore) assignments(ctx context.Context, join string, accountID id.ID) ([]Assignment, error) {
	rows, err := db.All[assignmentRow](ctx, s.db, `SELECT `+assignmentColumns+`
		FROM member m JOIN organization o ON o.id = m.organization_id AND o.enabled `+join+`
		JOIN collection c ON c.id = g.collection_id
		WHERE m.account_id = $1 AND m.status = $2`, accountID, org.Confirmed)
	assignments := make([]Assignment, len(rows))
	for i, r := range rows {
		assignments[i] = Assignment{Collection: r.collection.Collection, MemberID: r.memberID, Access: r.access}
	}
	return assignments, err
}

func (s sqlStore) AccessOf(ctx context.Context, memberID id.ID) (own, throughGroups []Grant, err error) {
	own, err = s.grants(ctx, ByMember, `WHERE g.member_id = $1`, memberID)
	if err != nil {
		return nil, nil, err
	}
	throughGroups, err = s.readGrants(ctx, `SELECT g.collection_id, gm.member_id, g.read_only, g.hide_passwords, g.manage
		FROM group_member gm JOIN collection_group g ON g.group_id = gm.group_id WHERE gm.member_id = $1`, memberID)
	return own, throughGroups, err
}

func (s sqlStore) Managed(ctx context.Context, collectionIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT c.id FROM collection c WHERE c.id`+s.named()+` AND (
		EXISTS (SELECT 1 FROM collection_member m WHERE m.collection_id = c.id AND m.manage) OR
		EXISTS (SELECT 1 FROM collection_group g WHERE g.collection_id = c.id AND g.manage))`, list(collectionIDs))
}

func (s sqlStore) Accounts(ctx context.Context, collectionIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT m.account_id FROM member m WHERE m.id IN (
		SELECT cm.member_id FROM collection_member cm WHERE cm.collection_id`+s.named()+`
		UNION
		SELECT gm.member_id FROM group_member gm JOIN collection_group cg ON cg.group_id = gm.group_id
		WHERE cg.collection_id`+s.named()+`)
		AND m.status = $2 AND m.account_id IS NOT NULL ORDER BY m.account_id`, list(collectionIDs), org.Confirmed)
}
