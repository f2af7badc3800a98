package event

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"coffre/internal/db"
	"coffre/internal/id"
)

// Store keeps events.
type Store interface {
	// Insert adds all events or none.
	Insert(ctx context.Context, events []Event) error
	// List returns the first events of a span that fit a filter, the newest first.
	List(ctx context.Context, f Filter, s Span, limit int) ([]Event, error)
	// Has reports whether there is any event that fits a filter.
	Has(ctx context.Context, f Filter) (bool, error)
	// Owners returns whose events of an item there are, in no order.
	Owners(ctx context.Context, cipherID id.ID) ([]Owner, error)
}

// Filter says which events are meant: those that have every part that is not zero.
type Filter struct {
	OrganizationID id.ID
	ActorID        id.ID
	CipherID       id.ID
	SendID         id.ID
	Own            bool // of no organization
}

// Owner is an organization, or a person where there is none.
type Owner struct{ OrganizationID, ActorID id.ID }

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

const columns = `id, organization_id, type, at, actor_id, account_id, member_id, collection_id, group_id, policy_id,
	cipher_id, send_id, installation_id, system_user, device_type, address`

const width = 16

// most is how many events one statement writes.
const most = 500

func (s sqlStore) Insert(ctx context.Context, events []Event) error {
	if len(events) == 0 {
		return nil
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		for some := range slices.Chunk(events, most) {
			args := make([]any, 0, len(some)*width)
			for _, e := range some {
				args = append(args, e.ID, e.OrganizationID, e.Type, db.Time(e.At), e.ActorID, e.AccountID, e.MemberID, e.CollectionID,
					e.GroupID, e.PolicyID, e.CipherID, e.SendID, e.InstallationID, e.SystemUser, e.DeviceType, db.Optional(text(e.Address)))
			}
			if _, err := s.db.Exec(ctx, `INSERT INTO event (`+columns+`) VALUES `+db.Rows(len(some), width), args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func text(address netip.Addr) string {
	if !address.IsValid() {
		return ""
	}
	return address.Unmap().String()
}

type row struct {
	Event
	address db.Optional
}

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Type, (*db.Time)(&r.At), &r.ActorID, &r.AccountID, &r.MemberID, &r.CollectionID, &r.GroupID,
		&r.PolicyID, &r.CipherID, &r.SendID, &r.InstallationID, &r.SystemUser, &r.DeviceType, &r.address,
	}
}

func (s sqlStore) List(ctx context.Context, f Filter, span Span, limit int) ([]Event, error) {
	query, args := listQuery(f, span, limit)
	rows, err := db.All[row](ctx, s.db, query, args...)
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.Event
		if r.address == "" {
			continue
		}
		if events[i].Address, err = netip.ParseAddr(string(r.address)); err != nil {
			return nil, fmt.Errorf("read event %s: %w", r.ID, err)
		}
	}
	return events, err
}

func listQuery(f Filter, span Span, limit int) (query string, args []any) {
	where, args := f.where()
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	where = append(where, "at >= "+arg(db.Time(span.From)))
	if span.After == nil {
		where = append(where, "at <= "+arg(db.Time(span.To)))
	} else {
		where = append(where, "(at, id) < ("+arg(db.Time(span.After.At))+", "+arg(span.After.ID)+")")
	}
	query = `SELECT ` + columns + ` FROM event WHERE ` + strings.Join(where, " AND ") + ` ORDER BY at DESC, id DESC LIMIT ` + arg(limit)
	return query, args
}

func (s sqlStore) Has(ctx context.Context, f Filter) (bool, error) {
	where, args := f.where()
	n, err := db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM (SELECT 1 FROM event WHERE `+strings.Join(where, " AND ")+` LIMIT 1) AS first`, args...)
	return n > 0, err
}

func (f Filter) where() (where []string, args []any) {
	for _, part := range []struct {
		column string
		value  id.ID
	}{
		{"organization_id", f.OrganizationID},
		{"actor_id", f.ActorID},
		{"cipher_id", f.CipherID},
		{"send_id", f.SendID},
	} {
		if !part.value.IsZero() {
			args = append(args, part.value)
			where = append(where, fmt.Sprintf("%s = $%d", part.column, len(args)))
		}
	}
	if f.Own {
		where = append(where, "organization_id IS NULL")
	}
	return where, args
}

type ownerRow struct{ Owner }

func (r *ownerRow) Columns() []any { return []any{&r.OrganizationID, &r.ActorID} }

func (s sqlStore) Owners(ctx context.Context, cipherID id.ID) ([]Owner, error) {
	rows, err := db.All[ownerRow](ctx, s.db, `SELECT DISTINCT organization_id, CASE WHEN organization_id IS NULL THEN actor_id END
		FROM event WHERE cipher_id = $1`, cipherID)
	owners := make([]Owner, len(rows))
	for i, r := range rows {
		owners[i] = r.Owner
	}
	return owners, err
}
