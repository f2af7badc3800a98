package org

import (
	"context"

	"coffre/internal/db"
	"coffre/internal/id"
)

// The address and the name come from the account, as soon as there is one.
const memberColumns = `m.id, m.organization_id, m.account_id, COALESCE(a.email, m.email), a.name, a.avatar_color,
	m.status, m.type, m.encrypted_key, m.permissions, m.external_id, m.reset_password_key, m.revocation_reason, m.created_at, m.revised_at`

const memberTables = `member m LEFT JOIN account a ON a.id = m.account_id`

type memberRow struct{ Member }

func (r *memberRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.AccountID, (*db.Optional)(&r.Email), (*db.Optional)(&r.Name), (*db.Optional)(&r.AvatarColor),
		&r.Status, &r.Type, (*db.Optional)(&r.Key), asJSON(&r.Permissions), (*db.Optional)(&r.ExternalID),
		(*db.Optional)(&r.ResetPasswordKey), &r.Revocation, (*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (s sqlStore) Member(ctx context.Context, memberID id.ID) (Member, error) {
	r, err := db.One[memberRow](ctx, s.db, `SELECT `+memberColumns+` FROM `+memberTables+` WHERE m.id = $1`, memberID)
	return r.Member, err
}

func (s sqlStore) Membership(ctx context.Context, orgID, accountID id.ID) (Member, error) {
	r, err := db.One[memberRow](ctx, s.db, `SELECT `+memberColumns+` FROM `+memberTables+`
		WHERE m.organization_id = $1 AND m.account_id = $2`, orgID, accountID)
	return r.Member, err
}

func (s sqlStore) Members(ctx context.Context, orgID id.ID) ([]Member, error) {
	rows, err := db.All[memberRow](ctx, s.db, `SELECT `+memberColumns+` FROM `+memberTables+`
		WHERE m.organization_id = $1 ORDER BY COALESCE(a.email, m.email), m.id`, orgID)
	members := make([]Member, len(rows))
	for i, r := range rows {
		members[i] = r.Member
	}
	return members, err
}

// named is a JSON list of identifiers, the second argument: one text of a statement
// for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($2))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS jsonb))))`,
}

func (s sqlStore) MembersByID(ctx context.Context, orgID id.ID, memberIDs []id.ID) ([]Member, error) {
	list := append([]id.ID{}, memberIDs...) // to JSON, nil would be null
	rows, err := db.All[memberRow](ctx, s.db, `SELECT `+memberColumns+` FROM `+memberTables+`
		WHERE m.organization_id = $1 AND m.id`+s.db.Pick(named), orgID, asJSON(&list))
	members := make([]Member, len(rows))
	for i, r := range rows {
		members[i] = r.Member
	}
	return members, err
}

func (s sqlStore) ConfirmedAccounts(ctx context.Context, orgID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT account_id FROM member
		WHERE organization_id = $1 AND status = $2 AND account_id IS NOT NULL ORDER BY account_id`, orgID, Confirmed)
}

func (s sqlStore) Owners(ctx context.Context, orgID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT id FROM member WHERE organization_id = $1 AND status = $2 AND type = $3 ORDER BY id`,
		orgID, Confirmed, Owner)
}

type membershipRow struct {
	organization row
	member       memberRow
}

func (r *membershipRow) Columns() []any {
	return append(r.organization.Columns(), r.member.Columns()...)
}

func (s sqlStore) ListConfirmed(ctx context.Context, accountID id.ID) ([]Membership, error) {
	return s.ListOf(ctx, accountID, Confirmed)
}

func (s sqlStore) ListOf(ctx context.Context, accountID id.ID, statuses ...Status) ([]Membership, error) {
	args := []any{accountID}
	for _, status := range statuses {
		args = append(args, status)
	}
	rows, err := db.All[membershipRow](ctx, s.db, `SELECT `+columns+`, `+memberColumns+`
		FROM `+memberTables+` JOIN organization o ON o.id = m.organization_id
		WHERE m.account_id = $1 AND m.status IN (`+db.Placeholders(2, len(statuses))+`) ORDER BY o.name, o.id`, args...)
	list := make([]Membership, len(rows))
	for i, r := range rows {
		list[i] = Membership{Organization: r.organization.Organization, Member: r.member.Member}
	}
	return list, err
}

func (s sqlStore) InsertMember(ctx context.Context, m Member) error {
	invited := m.Email
	if !m.AccountID.IsZero() {
		invited = "" // the account knows its address, and may change it
	}
	_, err := s.db.Exec(ctx, `INSERT INTO member (id, organization_id, account_id, email, status, type, encrypted_key,
			permissions, external_id, reset_password_key, revocation_reason, created_at, revised_at)
		VALUES `+db.Rows(1, 13),
		m.ID, m.OrganizationID, m.AccountID, db.Optional(invited), m.Status, m.Type, db.Optional(m.Key),
		asJSON(&m.Permissions), db.Optional(m.ExternalID), db.Optional(m.ResetPasswordKey), m.Revocation,
		db.Time(m.CreatedAt), db.Time(m.RevisedAt))
	return err
}

func (s sqlStore) HoldsKeys(ctx context.Context, accountID id.ID) (bool, error) {
	n, err := db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM member WHERE account_id = $1 AND encrypted_key IS NOT NULL`, accountID)
	return n > 0, err
}

func (s sqlStore) Invites(ctx context.Context, orgID, accountID id.ID) (bool, error) {
	n, err := db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM member m JOIN account a ON a.email = m.email
		WHERE m.organization_id = $1 AND m.status = $2 AND a.id = $3`, orgID, Invited, accountID)
	return n > 0, err
}
