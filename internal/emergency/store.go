package emergency

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps who may come into whose vault. What is not there is fault.Gone.
type Store interface {
	Tx(ctx context.Context, fn func(context.Context) error) error
	Get(ctx context.Context, accessID id.ID) (Access, error)
	Hold(ctx context.Context, accessID id.ID) (Access, error)        // until the end of the transaction
	Trusted(ctx context.Context, grantorID id.ID) ([]Contact, error) // with the grantees
	Granted(ctx context.Context, granteeID id.ID) ([]Contact, error) // with the grantors
	// Names reports whether a grantor has an access for an address, invited or not.
	Names(ctx context.Context, grantorID id.ID, email string) (bool, error)
	Insert(ctx context.Context, a Access) error
	// Change writes a, which is as it was in the state from, and reports whether it
	// still was.
	Change(ctx context.Context, a Access, from Status) (changed bool, err error)
	Delete(ctx context.Context, accessID id.ID) (deleted bool, err error)
	DeleteOf(ctx context.Context, accountIDs []id.ID) error // at either end
	Rekey(ctx context.Context, grantorID, accessID id.ID, key string, now time.Time) error
	// Due returns accesses whose wait is over, ToRemind those that are near it and of
	// which the grantor was last told before a time.
	Due(ctx context.Context, now time.Time, most int) ([]Access, error)
	ToRemind(ctx context.Context, nearBy, toldBefore time.Time, most int) ([]Access, error)
	InvitedAt(ctx context.Context, email string) ([]Access, error)
	HoldsKeys(ctx context.Context, granteeID id.ID) (bool, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const columns = `e.id, e.grantor_id, e.grantee_id, e.email, e.type, e.status, e.wait_days, e.encrypted_key, e.recovery_began_at, e.reminded_at,
	e.created_at, e.revised_at`

type row struct {
	Access
	email, key db.Optional
}

// Columns lists columns.
func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.GrantorID, &r.GranteeID, &r.email, &r.Type, &r.Status, &r.WaitDays, &r.key, (*db.Time)(&r.BeganAt), (*db.Time)(&r.RemindAt),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.RevisedAt),
	}
}

func (r row) access() Access {
	r.Email, r.Key = string(r.email), string(r.key)
	return r.Access
}

type contactRow struct {
	row
	person                        Person
	name, address, color, keyPair db.Optional
}

// Columns lists columns and what is asked of the other person.
func (r *contactRow) Columns() []any {
	return append(r.row.Columns(), &r.person.ID, &r.name, &r.address, &r.color, &r.keyPair)
}

func (s sqlStore) Get(ctx context.Context, accessID id.ID) (Access, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM emergency_access e WHERE e.id = $1`, accessID)
	return r.access(), err
}

// held locks the row; a transaction of SQLite is alone anyway.
var held = db.Dialect{Postgres: ` FOR UPDATE`}

func (s sqlStore) Hold(ctx context.Context, accessID id.ID) (Access, error) {
	r, err := db.One[row](ctx, s.db, `SELECT `+columns+` FROM emergency_access e WHERE e.id = $1`+s.db.Pick(held), accessID)
	return r.access(), err
}

func (s sqlStore) Trusted(ctx context.Context, grantorID id.ID) ([]Contact, error) {
	return s.contacts(ctx, `LEFT JOIN account p ON p.id = e.grantee_id WHERE e.grantor_id = $1`, grantorID)
}

func (s sqlStore) Granted(ctx context.Context, granteeID id.ID) ([]Contact, error) {
	return s.contacts(ctx, `JOIN account p ON p.id = e.grantor_id WHERE e.grantee_id = $1`, granteeID)
}

func (s sqlStore) contacts(ctx context.Context, which string, args ...any) ([]Contact, error) {
	rows, err := db.All[contactRow](ctx, s.db, `SELECT `+columns+`, p.id, p.name, p.email, p.avatar_color, p.public_key
		FROM emergency_access e `+which+` ORDER BY e.created_at, e.id`, args...)
	list := make([]Contact, len(rows))
	for i, r := range rows {
		list[i] = Contact{r.access(), Person{r.person.ID, string(r.name), string(r.address), string(r.color), string(r.keyPair)}}
		if r.email != "" {
			list[i].Person.Email = string(r.email)
		}
	}
	return list, err
}

func (s sqlStore) Names(ctx context.Context, grantorID id.ID, email string) (bool, error) {
	return db.Value[bool](ctx, s.db, `SELECT EXISTS (SELECT 1 FROM emergency_access e LEFT JOIN account p ON p.id = e.grantee_id
		WHERE e.grantor_id = $1 AND (e.email = $2 OR p.email = $3))`, grantorID, email, email)
}

func (s sqlStore) Insert(ctx context.Context, a Access) error {
	_, err := s.db.Exec(ctx, `INSERT INTO emergency_access (id, grantor_id, grantee_id, email, type, status, wait_days, encrypted_key,
		recovery_began_at, reminded_at, created_at, revised_at) VALUES `+db.Rows(1, 12), a.ID, a.GrantorID, a.GranteeID, db.Optional(a.Email), a.Type, a.Status,
		a.WaitDays, db.Optional(a.Key), db.Time(a.BeganAt), db.Time(a.RemindAt), db.Time(a.CreatedAt), db.Time(a.RevisedAt))
	return err
}

func (s sqlStore) Change(ctx context.Context, a Access, from Status) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE emergency_access SET grantee_id = $1, email = $2, type = $3, status = $4, wait_days = $5, encrypted_key = $6,
		recovery_began_at = $7, reminded_at = $8, revised_at = $9 WHERE id = $10 AND status = $11`,
		a.GranteeID, db.Optional(a.Email), a.Type, a.Status, a.WaitDays, db.Optional(a.Key), db.Time(a.BeganAt), db.Time(a.RemindAt),
		db.Time(a.RevisedAt), a.ID, from)
	return n == 1, err
}

func (s sqlStore) Delete(ctx context.Context, accessID id.ID) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM emergency_access WHERE id = $1`, accessID)
	return n == 1, err
}

// named looks a column up in a list of identifiers, which is JSON and the first
// argument: one text of a statement for any length.
var named = db.Dialect{
	SQLite:   ` IN (SELECT value FROM json_each($1))`,
	Postgres: ` = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST($1 AS jsonb))))`,
}

func (s sqlStore) DeleteOf(ctx context.Context, accountIDs []id.ID) error {
	in := s.db.Pick(named)
	_, err := s.db.Exec(ctx, `DELETE FROM emergency_access WHERE grantor_id`+in+` OR grantee_id`+in, db.JSON[[]id.ID]{V: &accountIDs})
	return err
}

func (s sqlStore) Rekey(ctx context.Context, grantorID, accessID id.ID, key string, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE emergency_access SET encrypted_key = $1, revised_at = $2
		WHERE id = $3 AND grantor_id = $4 AND encrypted_key IS NOT NULL`, key, db.Time(now), accessID, grantorID)
	return err
}

// perDay is a day in what times are stored in.
const perDay = `86400000000`

func (s sqlStore) Due(ctx context.Context, now time.Time, most int) ([]Access, error) {
	return s.list(ctx, ` WHERE e.status = $1 AND e.recovery_began_at + e.wait_days * `+perDay+` <= $2 ORDER BY e.recovery_began_at LIMIT $3`,
		Initiated, db.Time(now), most)
}

func (s sqlStore) ToRemind(ctx context.Context, nearBy, toldBefore time.Time, most int) ([]Access, error) {
	return s.list(ctx, ` WHERE e.status = $1 AND e.recovery_began_at + e.wait_days * `+perDay+` <= $2 AND e.reminded_at <= $3
		ORDER BY e.recovery_began_at LIMIT $4`, Initiated, db.Time(nearBy), db.Time(toldBefore), most)
}

func (s sqlStore) InvitedAt(ctx context.Context, email string) ([]Access, error) {
	return s.list(ctx, ` WHERE e.email = $1 AND e.status = $2 ORDER BY e.id`, email, Invited)
}

func (s sqlStore) list(ctx context.Context, which string, args ...any) ([]Access, error) {
	rows, err := db.All[row](ctx, s.db, `SELECT `+columns+` FROM emergency_access e`+which, args...)
	list := make([]Access, len(rows))
	for i, r := range rows {
		list[i] = r.access()
	}
	return list, err
}

func (s sqlStore) HoldsKeys(ctx context.Context, granteeID id.ID) (bool, error) {
	return db.Value[bool](ctx, s.db, `SELECT EXISTS (SELECT 1 FROM emergency_access WHERE grantee_id = $1 AND encrypted_key IS NOT NULL)`, granteeID)
}
