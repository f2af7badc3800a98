package push

import (
	"context"
	"maps"
	"slices"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Session is what makes a token of a person good: their stamp, and a device that
// they have.
type Session struct {
	AccountID id.ID
	Stamp     string
	Device    string // its identifier
}

// Store asks who hears what.
type Store interface {
	// Members returns the accounts of an organization's confirmed members.
	Members(ctx context.Context, organizationID id.ID) ([]id.ID, error)
	// Sessions returns those of people.
	Sessions(ctx context.Context, people map[id.ID]struct{}) (map[Session]bool, error)
	// Phones returns the phones of people that have a push token.
	Phones(ctx context.Context, people []id.ID) ([]Phone, error)
	// Phone returns a phone of a person with the organizations that have confirmed
	// them; false when the device is gone or has no push token.
	Phone(ctx context.Context, accountID, deviceID id.ID) (Phone, bool, error)
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

// confirmed is the status of members who have the organization's key.
const confirmed = 2

// perQuery is how many people one query asks for.
const perQuery = 500

func (s sqlStore) Members(ctx context.Context, organizationID id.ID) ([]id.ID, error) {
	return db.Values[id.ID](ctx, s.db, `SELECT account_id FROM member
		WHERE organization_id = $1 AND status = $2 AND account_id IS NOT NULL`, organizationID, confirmed)
}

type sessionRow struct{ Session }

func (r *sessionRow) Columns() []any { return []any{&r.AccountID, &r.Stamp, &r.Device} }

func (s sqlStore) Sessions(ctx context.Context, people map[id.ID]struct{}) (map[Session]bool, error) {
	live := make(map[Session]bool, len(people))
	for part := range slices.Chunk(slices.Collect(maps.Keys(people)), perQuery) {
		err := db.Each(ctx, s.db, func(r sessionRow) error {
			live[r.Session] = true
			return nil
		}, `SELECT a.id, a.security_stamp, d.identifier FROM account a JOIN device d ON d.account_id = a.id
			WHERE a.id IN (`+db.Placeholders(1, len(part))+`)`, anys(part)...)
		if err != nil {
			return nil, err
		}
	}
	return live, nil
}

func anys(list []id.ID) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}
