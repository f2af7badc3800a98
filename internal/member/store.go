package member

import (
	"context"
	"slices"
	"time"

	"coffre/internal/account"
	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
)

// Store writes who belongs to an organization; what is read of members, package org
// reads. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Lock keeps others of the same name waiting until the transaction of ctx ends.
	Lock(ctx context.Context, name string) error

	// Insert adds members who are invited.
	Insert(ctx context.Context, members []org.Member) error
	// Tied returns which addresses are those of members, in whatever status.
	Tied(ctx context.Context, orgID id.ID, emails []string) (map[string]bool, error)
	// Belonging returns which accounts are those of members, in whatever status.
	Belonging(ctx context.Context, orgID id.ID, accountIDs []id.ID) (map[id.ID]bool, error)
	// People returns the accounts of addresses.
	People(ctx context.Context, emails []string) (map[string]Person, error)
	// Managers returns how to write to those who manage members.
	Managers(ctx context.Context, orgID id.ID) ([]Manager, error)
	// InvitationsTo returns those who are invited at an address, in the order in which
	// their organizations may be locked.
	InvitationsTo(ctx context.Context, email string) ([]org.Member, error)
	// Accept ties members who are invited to their accounts.
	Accept(ctx context.Context, members []org.Member, at time.Time) error
	// Enroll stores the keys with which accounts are recovered, by member; an empty one
	// takes the key away.
	Enroll(ctx context.Context, keys map[id.ID]string, at time.Time) error
	// Confirm gives members their keys.
	Confirm(ctx context.Context, members []org.Member, at time.Time) error

	changes
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

func (s sqlStore) Lock(ctx context.Context, name string) error { return s.db.Lock(ctx, name) }

// firstList and secondList look a column up in a list, which is JSON and the
// argument of that number: one text of a statement for any length.
var (
	firstList = db.Dialect{
		SQLite:   ` IN (SELECT value FROM json_each($1))`,
		Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
	}
	secondList = db.Dialect{
		SQLite:   ` IN (SELECT value FROM json_each($2))`,
		Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($2 AS jsonb))))`,
	}
)

func asJSON[T any](v T) db.JSON[T] { return db.JSON[T]{V: &v} }

func (s sqlStore) Insert(ctx context.Context, members []org.Member) error {
	const perStatement = 1_000
	for part := range slices.Chunk(members, perStatement) {
		var args []any
		for _, m := range part {
			args = append(args, m.ID, m.OrganizationID, m.Email, m.Status, m.Type, asJSON(m.Permissions), db.Time(m.CreatedAt), db.Time(m.RevisedAt))
		}
		_, err := s.db.Exec(ctx, `INSERT INTO member (id, organization_id, email, status, type, permissions, created_at, revised_at)
			VALUES `+db.Rows(len(part), 8), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (s sqlStore) Tied(ctx context.Context, orgID id.ID, emails []string) (map[string]bool, error) {
	found, err := db.Values[string](ctx, s.db, `SELECT COALESCE(a.email, m.email) FROM member m LEFT JOIN account a ON a.id = m.account_id
		WHERE m.organization_id = $1 AND COALESCE(a.email, m.email)`+s.db.Pick(secondList), orgID, asJSON(emails))
	tied := map[string]bool{}
	for _, email := range found {
		tied[email] = true
	}
	return tied, err
}

func (s sqlStore) Belonging(ctx context.Context, orgID id.ID, accountIDs []id.ID) (map[id.ID]bool, error) {
	found, err := db.Values[id.ID](ctx, s.db, `SELECT account_id FROM member
		WHERE organization_id = $1 AND account_id`+s.db.Pick(secondList), orgID, asJSON(accountIDs))
	belonging := map[id.ID]bool{}
	for _, accountID := range found {
		belonging[accountID] = true
	}
	return belonging, err
}

type personRow struct {
	email, culture string
	Person
}

func (r *personRow) Columns() []any {
	return []any{&r.email, &r.culture, &r.AccountID, (*db.Optional)(&r.PublicKey)}
}

func (s sqlStore) People(ctx context.Context, emails []string) (map[string]Person, error) {
	rows, err := db.All[personRow](ctx, s.db, `SELECT email, culture, id, public_key FROM account WHERE email`+s.db.Pick(firstList), asJSON(emails))
	people := map[string]Person{}
	for _, r := range rows {
		r.Language = languageOf(r.culture)
		people[r.email] = r.Person
	}
	return people, err
}

func languageOf(culture string) string { return account.Account{Culture: culture}.Language() }

// Manager is how to write to somebody who manages members.
type Manager struct {
	Email    string
	Language string // "en" or "fr"
}

type managerRow struct {
	email, culture string
	org.Member
}

func (r *managerRow) Columns() []any {
	return []any{&r.email, &r.culture, &r.Status, &r.Type, db.JSON[org.Permissions]{V: &r.Permissions}}
}

func (s sqlStore) Managers(ctx context.Context, orgID id.ID) ([]Manager, error) {
	rows, err := db.All[managerRow](ctx, s.db, `SELECT a.email, a.culture, m.status, m.type, m.permissions
		FROM member m JOIN account a ON a.id = m.account_id
		WHERE m.organization_id = $1 AND m.status = $2 AND m.type <> $3 ORDER BY a.email`, orgID, org.Confirmed, org.User)
	var managers []Manager
	for _, r := range rows {
		if r.MayManageUsers() {
			managers = append(managers, Manager{r.email, languageOf(r.culture)})
		}
	}
	return managers, err
}

type invitedRow struct{ org.Member }

func (r *invitedRow) Columns() []any {
	return []any{&r.ID, &r.OrganizationID, &r.Email, &r.Status, &r.Type}
}

func (s sqlStore) InvitationsTo(ctx context.Context, email string) ([]org.Member, error) {
	rows, err := db.All[invitedRow](ctx, s.db, `SELECT id, organization_id, email, status, type FROM member
		WHERE email = $1 AND status = $2 ORDER BY organization_id`, email, org.Invited)
	members := make([]org.Member, len(rows))
	for i, r := range rows {
		members[i] = r.Member
	}
	return members, err
}

// The pairs are a JSON object, by member: one statement for any number of them.
var (
	accept = db.Dialect{
		SQLite: `UPDATE member SET account_id = pair.value, email = NULL, status = $2, revised_at = $3
			FROM json_each($1) pair WHERE member.id = pair.key`,
		Postgres: `UPDATE member SET account_id = pair.value, email = NULL, status = $2, revised_at = $3
			FROM jsonb_each_text(CAST($1 AS jsonb)) pair WHERE member.id = pair.key`,
	}
	enroll = db.Dialect{
		SQLite: `UPDATE member SET reset_password_key = NULLIF(pair.value, ''), revised_at = $2
			FROM json_each($1) pair WHERE member.id = pair.key`,
		Postgres: `UPDATE member SET reset_password_key = NULLIF(pair.value, ''), revised_at = $2
			FROM jsonb_each_text(CAST($1 AS jsonb)) pair WHERE member.id = pair.key`,
	}
	confirm = db.Dialect{
		SQLite: `UPDATE member SET encrypted_key = pair.value, status = $2, revised_at = $3
			FROM json_each($1) pair WHERE member.id = pair.key`,
		Postgres: `UPDATE member SET encrypted_key = pair.value, status = $2, revised_at = $3
			FROM jsonb_each_text(CAST($1 AS jsonb)) pair WHERE member.id = pair.key`,
	}
)

func (s sqlStore) Accept(ctx context.Context, members []org.Member, at time.Time) error {
	pairs := make(map[id.ID]id.ID, len(members))
	for _, m := range members {
		pairs[m.ID] = m.AccountID
	}
	_, err := s.db.Exec(ctx, s.db.Pick(accept), asJSON(pairs), org.Accepted, db.Time(at))
	return err
}

func (s sqlStore) Confirm(ctx context.Context, members []org.Member, at time.Time) error {
	pairs := make(map[id.ID]string, len(members))
	for _, m := range members {
		pairs[m.ID] = m.Key
	}
	_, err := s.db.Exec(ctx, s.db.Pick(confirm), asJSON(pairs), org.Confirmed, db.Time(at))
	return err
}

func (s sqlStore) Enroll(ctx context.Context, keys map[id.ID]string, at time.Time) error {
	_, err := s.db.Exec(ctx, s.db.Pick(enroll), asJSON(keys), db.Time(at))
	return err
}
