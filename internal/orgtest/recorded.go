package orgtest

import (
	"net/netip"
	"testing"

	"coffre/internal/db"
	"coffre/internal/event"
)

// Recorded returns every event of the world, in the order in which they were
// written. What a test expects is best compared by the members that it is about.
func (w *World) Recorded(t testing.TB) []event.Event {
	t.Helper()
	rows, err := db.All[recordedRow](t.Context(), w.DB, `SELECT id, organization_id, type, at, actor_id, account_id, member_id, collection_id,
		group_id, policy_id, cipher_id, send_id, installation_id, COALESCE(system_user, 0), device_type, address FROM event ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	events := make([]event.Event, len(rows))
	for i, row := range rows {
		events[i] = row.Event
		if row.address != "" {
			events[i].Address = netip.MustParseAddr(string(row.address))
		}
	}
	return events
}

// RecordedTypes returns what happened in the world, in order and by its number.
func (w *World) RecordedTypes(t testing.TB) []event.Type {
	t.Helper()
	var types []event.Type
	for _, e := range w.Recorded(t) {
		types = append(types, e.Type)
	}
	return types
}

type recordedRow struct {
	event.Event
	address db.Optional
}

// Columns lists what Recorded selects.
func (r *recordedRow) Columns() []any {
	return []any{
		&r.ID, &r.OrganizationID, &r.Type, (*db.Time)(&r.At), &r.ActorID, &r.AccountID, &r.MemberID, &r.CollectionID,
		&r.GroupID, &r.PolicyID, &r.CipherID, &r.SendID, &r.InstallationID, &r.SystemUser, &r.DeviceType, &r.address,
	}
}
