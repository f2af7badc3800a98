package event

import (
	"context"
	"net/netip"
	"slices"

	"coffre/internal/db"
)

// Store keeps events.
type Store interface {
	Insert(ctx context.Context, events []Event) error
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

const columns = `id, organization_id, type, at, actor_id, account_id, member_id, collection_id, group_id, policy_id,
	cipher_id, send_id, installation_id, system_user, device_type, address`

const width = 16

// most is how many events one statement writes.
const most = 500

func (s sqlStore) Insert(ctx context.Context, events []Event) error {
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
}

func text(address netip.Addr) string {
	if !address.IsValid() {
		return ""
	}
	return address.Unmap().String()
}
