package push

import (
	"context"
	"slices"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// RelayStore keeps the phones of installations.
type RelayStore interface {
	// Put remembers a phone with its organizations, in place of the one of the same
	// installation and device.
	Put(ctx context.Context, p Phone, now time.Time) error
	// Delete forgets a phone and reports whether it was known.
	Delete(ctx context.Context, installation id.ID, deviceID string) (bool, error)
	// Join adds known phones to an organization, or removes them.
	Join(ctx context.Context, installation id.ID, deviceIDs []string, organization string, joins bool) error
	// Devices returns known phones with their organizations.
	Devices(ctx context.Context, installation id.ID, deviceIDs []string) ([]Phone, error)
	// Targets returns the phones that a target means, without their organizations.
	Targets(ctx context.Context, installation id.ID, to Target) ([]Phone, error)
}

// NewRelayStore returns a RelayStore on SQLite or PostgreSQL.
func NewRelayStore(d *db.DB) RelayStore { return relayStore{d} }

type relayStore struct{ db *db.DB }

type registrationRow struct{ Phone }

func (r *registrationRow) Columns() []any {
	return []any{&r.Installation, &r.AccountID, &r.DeviceID, &r.Identifier, &r.Type, &r.Token}
}

const registrationColumns = `r.installation_id, r.account_id, r.device_id, r.identifier, r.type, r.push_token`

func (s relayStore) Put(ctx context.Context, p Phone, now time.Time) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		_, err := s.db.Exec(ctx, `INSERT INTO push_registration (installation_id, account_id, device_id, identifier, type, push_token, revised_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (installation_id, device_id) DO UPDATE SET account_id = excluded.account_id, identifier = excluded.identifier,
				type = excluded.type, push_token = excluded.push_token, revised_at = excluded.revised_at`,
			p.Installation, p.AccountID, p.DeviceID, p.Identifier, p.Type, p.Token, db.Time(now))
		if err != nil {
			return err
		}
		if _, err := s.db.Exec(ctx, `DELETE FROM push_organization WHERE installation_id = $1 AND device_id = $2`, p.Installation, p.DeviceID); err != nil {
			return err
		}
		for part := range slices.Chunk(p.Organizations, 50) {
			var values []any
			for _, organization := range part {
				values = append(values, p.Installation, p.DeviceID, organization)
			}
			_, err := s.db.Exec(ctx, `INSERT INTO push_organization (installation_id, device_id, organization_id) VALUES `+
				db.Rows(len(part), 3)+` ON CONFLICT DO NOTHING`, values...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (s relayStore) Delete(ctx context.Context, installation id.ID, deviceID string) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM push_registration WHERE installation_id = $1 AND device_id = $2`, installation, deviceID)
	return n > 0, err
}

func (s relayStore) Join(ctx context.Context, installation id.ID, deviceIDs []string, organization string, joins bool) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		for part := range slices.Chunk(deviceIDs, perQuery) {
			among := ` AND device_id IN (` + db.Placeholders(3, len(part)) + `)`
			args := append([]any{organization, installation}, words(part)...)
			query := `INSERT INTO push_organization (organization_id, installation_id, device_id)
				SELECT $1, installation_id, device_id FROM push_registration WHERE installation_id = $2` + among + ` ON CONFLICT DO NOTHING`
			if !joins {
				query = `DELETE FROM push_organization WHERE organization_id = $1 AND installation_id = $2` + among
			}
			if _, err := s.db.Exec(ctx, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func words(list []string) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}

type membershipRow struct{ device, organization string }

func (r *membershipRow) Columns() []any { return []any{&r.device, &r.organization} }

func (s relayStore) Devices(ctx context.Context, installation id.ID, deviceIDs []string) ([]Phone, error) {
	list := []Phone{}
	for part := range slices.Chunk(deviceIDs, perQuery) {
		args := append([]any{installation}, words(part)...)
		among := ` WHERE r.installation_id = $1 AND r.device_id IN (` + db.Placeholders(2, len(part)) + `)`
		rows, err := db.All[registrationRow](ctx, s.db, `SELECT `+registrationColumns+` FROM push_registration r`+among, args...)
		if err != nil {
			return nil, err
		}
		ties, err := db.All[membershipRow](ctx, s.db, `SELECT r.device_id, r.organization_id FROM push_organization r`+among, args...)
		if err != nil {
			return nil, err
		}
		of := map[string][]string{}
		for _, tie := range ties {
			of[tie.device] = append(of[tie.device], tie.organization)
		}
		for _, r := range rows {
			r.Organizations = of[r.DeviceID]
			list = append(list, r.Phone)
		}
	}
	return list, nil
}

func (s relayStore) Targets(ctx context.Context, installation id.ID, to Target) ([]Phone, error) {
	query, args := `SELECT `+registrationColumns+` FROM push_registration r WHERE r.installation_id = $1`, []any{installation}
	switch {
	case to.AccountID != "":
		query, args = query+` AND r.account_id = $2`, append(args, to.AccountID)
	case to.Organization != "":
		query += ` AND r.device_id IN (SELECT device_id FROM push_organization WHERE installation_id = $2 AND organization_id = $3)`
		args = append(args, installation, to.Organization)
	case !to.Everyone:
		return nil, nil
	}
	rows, err := db.All[registrationRow](ctx, s.db, query, args...)
	list := make([]Phone, len(rows))
	for i, r := range rows {
		list[i] = r.Phone
	}
	return list, err
}
