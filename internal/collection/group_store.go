package collection

import (
	"context"
	"slices"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// GroupStore keeps groups and who is in them.
type GroupStore interface {
	Group(ctx context.Context, orgID, groupID id.ID) (Group, error)
	Groups(ctx context.Context, orgID id.ID) ([]Group, error)
	// GroupsByID returns those of the named groups that are of the organization.
	GroupsByID(ctx context.Context, orgID id.ID, groupIDs []id.ID) ([]Group, error)
	InsertGroup(ctx context.Context, g Group) error
	// UpdateGroup writes the name, the external id, and when.
	UpdateGroup(ctx context.Context, g Group) error
	DeleteGroups(ctx context.Context, groupIDs []id.ID) error

	// Places returns who is in the groups of an organization.
	Places(ctx context.Context, orgID id.ID) ([]Place, error)
	PlacesIn(ctx context.Context, groupID id.ID) ([]Place, error)
	PlacesOf(ctx context.Context, memberIDs []id.ID) ([]Place, error)
	// AddPlaces leaves places alone that are there already.
	AddPlaces(ctx context.Context, places []Place) error
	RemovePlace(ctx context.Context, p Place) (found bool, err error)
	RemovePlacesIn(ctx context.Context, groupID id.ID) error
	RemovePlacesOf(ctx context.Context, memberIDs []id.ID) error
	// GroupAccounts returns the confirmed people in one of some groups.
	GroupAccounts(ctx context.Context, groupIDs []id.ID) ([]id.ID, error)
}

const groupColumns = `g.id, g.organization_id, g.name, g.external_id, g.created_at, g.revised_at`

type groupRow struct{ Group }

func (r *groupRow) Columns() []any {
	return []any{&r.ID, &r.OrganizationID, &r.Name, (*db.Optional)(&r.ExternalID), (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt)}
}

func (s sqlStore) Group(ctx context.Context, orgID, groupID id.ID) (Group, error) {
	r, err := db.One[groupRow](ctx, s.db, `SELECT `+groupColumns+` FROM organization_group g
		WHERE g.organization_id = $1 AND g.id = $2`, orgID, groupID)
	return r.Group, err
}

func (s sqlStore) Groups(ctx context.Context, orgID id.ID) ([]Group, error) {
	return s.groups(ctx, `SELECT `+groupColumns+` FROM organization_group g WHERE g.organization_id = $1 ORDER BY g.name, g.id`, orgID)
}

func (s sqlStore) GroupsByID(ctx context.Context, orgID id.ID, groupIDs []id.ID) ([]Group, error) {
	return s.groups(ctx, `SELECT `+groupColumns+` FROM organization_group g WHERE g.id`+s.named()+` AND g.organization_id = $2
		ORDER BY g.name, g.id`, list(groupIDs), orgID)
}

func (s sqlStore) groups(ctx context.Context, query string, args ...any) ([]Group, error) {
	rows, err := db.All[groupRow](ctx, s.db, query, args...)
	groups := make([]Group, len(rows))
	for i, r := range rows {
		groups[i] = r.Group
	}
	return groups, err
}

func (s sqlStore) InsertGroup(ctx context.Context, g Group) error {
	_, err := s.db.Exec(ctx, `INSERT INTO organization_group (id, organization_id, name, external_id, created_at, revised_at)
		VALUES `+db.Rows(1, 6), g.ID, g.OrganizationID, g.Name, db.Optional(g.ExternalID), db.Time(g.CreatedAt), db.Time(g.RevisedAt))
	return err
}

func (s sqlStore) UpdateGroup(ctx context.Context, g Group) error {
	_, err := s.db.Exec(ctx, `UPDATE organization_group SET name = $2, external_id = $3, revised_at = $4 WHERE id = $1`,
		g.ID, g.Name, db.Optional(g.ExternalID), db.Time(g.RevisedAt))
	return err
}

func (s sqlStore) DeleteGroups(ctx context.Context, groupIDs []id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM organization_group WHERE id`+s.named(), list(groupIDs))
	return err
}

type placeRow struct{ Place }

func (r *placeRow) Columns() []any { return []any{&r.GroupID, &r.MemberID} }

func (s sqlStore) Places(ctx context.Context, orgID id.ID) ([]Place, error) {
	return s.places(ctx, `JOIN organization_group g ON g.id = p.group_id WHERE g.organization_id = $1`, orgID)
}

func (s sqlStore) PlacesIn(ctx context.Context, groupID id.ID) ([]Place, error) {
	return s.places(ctx, `WHERE p.group_id = $1`, groupID)
}

func (s sqlStore) PlacesOf(ctx context.Context, memberIDs []id.ID) ([]Place, error) {
	return s.places(ctx, `WHERE p.member_id`+s.named(), list(memberIDs))
}

func (s sqlStore) places(ctx context.Context, where string, arg any) ([]Place, error) {
	rows, err := db.All[placeRow](ctx, s.db, `SELECT p.group_id, p.member_id FROM group_member p `+where+`
		ORDER BY p.group_id, p.member_id`, arg)
	places := make([]Place, len(rows))
	for i, r := range rows {
		places[i] = r.Place
	}
	return places, err
}

func (s sqlStore) AddPlaces(ctx context.Context, places []Place) error {
	for chunk := range slices.Chunk(places, portion) {
		var args []any
		for _, p := range chunk {
			args = append(args, p.GroupID, p.MemberID)
		}
		if _, err := s.db.Exec(ctx, `INSERT INTO group_member (group_id, member_id) VALUES `+db.Rows(len(chunk), 2)+`
			ON CONFLICT (group_id, member_id) DO NOTHING`, args...); err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) RemovePlace(ctx context.Context, p Place) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM group_member WHERE group_id = $1 AND member_id = $2`, p.GroupID, p.MemberID)
	return n == 1, err
}

func (s sqlStore) RemovePlacesIn(ctx context.Context, groupID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM group_member WHERE group_id = $1`, groupID)
	return err
}

func (s sqlStore) RemovePlacesOf(ctx context.Context, memberIDs []id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM group_member WHERE member_id`+s.named(), list(memberIDs))
	return err
}

func (s sqlStore) GroupAccounts(ctx context.Context, groupIDs []id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT DISTINCT m.account_id FROM member m JOIN group_member p ON p.member_id = m.id
		WHERE p.group_id`+s.named()+` AND m.status = $2 AND m.account_id IS NOT NULL ORDER BY m.account_id`, list(groupIDs), org.Confirmed)
}
