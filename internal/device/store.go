package device

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

// Store keeps devices and the log-ins that they ask for.
type Store interface {
	// Tx runs fn in a transaction, as db.DB does.
	Tx(ctx context.Context, fn func(context.Context) error) error
	// Save adds a device, or renews what is known of it, and returns it with its
	// id and without its trust. It takes part in a transaction.
	Save(ctx context.Context, d Device) (Device, error)
	// Get returns a device of a person, or fault.Gone.
	Get(ctx context.Context, accountID, deviceID id.ID) (Device, error)
	// Find returns the device of a person that calls itself identifier.
	Find(ctx context.Context, accountID id.ID, identifier string) (Device, bool, error)
	// FindByEmail is Find for the person who has an address, in normal form.
	FindByEmail(ctx context.Context, email, identifier string) (Device, bool, error)
	// List returns the devices of a person, the one in use last first.
	List(ctx context.Context, accountID id.ID) ([]Device, error)
	// ListByIdentifier returns the devices of all people that call themselves so.
	ListByIdentifier(ctx context.Context, identifier string) ([]Device, error)
	Count(ctx context.Context, accountID id.ID) (int, error)
	// LastActive returns when the devices of some people were in use last, by person.
	LastActive(ctx context.Context, accountIDs []id.ID) (map[id.ID]time.Time, error)
	// Use notes that a device is in use.
	Use(ctx context.Context, deviceID id.ID, now time.Time) error
	// Update stores the type, the name and the push token of a device.
	Update(ctx context.Context, d Device) error
	// Delete removes a device with all that hangs on it.
	Delete(ctx context.Context, deviceID id.ID) error

	// SetTrust stores the keys of a device, in place of those that it may have.
	SetTrust(ctx context.Context, deviceID id.ID, trust Trust) error
	// RenewTrust stores those that depend on the user key, if the device is trusted.
	RenewTrust(ctx context.Context, d TrustedDevice) error
	DeleteTrust(ctx context.Context, deviceID id.ID) error

	requestStore
}

// NewStore returns a Store on SQLite or PostgreSQL.
func NewStore(d *db.DB) Store { return sqlStore{d} }

type sqlStore struct{ db *db.DB }

func (s sqlStore) Tx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.Tx(ctx, fn)
}

const columns = `id, account_id, identifier, type, name, push_token, created_at, active_at`

type row struct{ Device }

func (r *row) Columns() []any {
	return []any{
		&r.ID, &r.AccountID, &r.Identifier, &r.Type, &r.Name, (*db.Optional)(&r.PushToken),
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.ActiveAt),
	}
}

func (s sqlStore) Save(ctx context.Context, d Device) (Device, error) {
	r, err := db.One[row](ctx, s.db, `INSERT INTO device AS d (`+columns+`) VALUES (`+db.Placeholders(1, 8)+`)
		ON CONFLICT (account_id, identifier) DO UPDATE SET type = excluded.type, name = excluded.name,
			push_token = COALESCE(excluded.push_token, d.push_token), active_at = excluded.active_at
		RETURNING `+columns,
		d.ID, d.AccountID, d.Identifier, d.Type, d.Name, db.Optional(d.PushToken), db.Time(d.CreatedAt), db.Time(d.ActiveAt))
	return r.Device, err
}

const whole = `SELECT d.id, d.account_id, d.identifier, d.type, d.name, d.push_token, d.created_at, d.active_at,
	t.encrypted_user_key, t.encrypted_public_key, t.encrypted_private_key
	FROM device d LEFT JOIN device_trust t ON t.device_id = d.id `

type wholeRow struct{ row }

func (r *wholeRow) Columns() []any {
	return append(r.row.Columns(), (*db.Optional)(&r.Trust.UserKey), (*db.Optional)(&r.Trust.PublicKey), (*db.Optional)(&r.Trust.PrivateKey))
}

func (s sqlStore) Get(ctx context.Context, accountID, deviceID id.ID) (Device, error) {
	r, err := db.One[wholeRow](ctx, s.db, whole+`WHERE d.account_id = $1 AND d.id = $2`, accountID, deviceID)
	return r.Device, err
}

func (s sqlStore) Find(ctx context.Context, accountID id.ID, identifier string) (Device, bool, error) {
	return s.find(ctx, whole+`WHERE d.account_id = $1 AND d.identifier = $2`, accountID, identifier)
}

func (s sqlStore) FindByEmail(ctx context.Context, email, identifier string) (Device, bool, error) {
	return s.find(ctx, whole+`JOIN account a ON a.id = d.account_id WHERE a.email = $1 AND d.identifier = $2`, email, identifier)
}

func (s sqlStore) find(ctx context.Context, query string, args ...any) (Device, bool, error) {
	r, err := db.One[wholeRow](ctx, s.db, query, args...)
	if fault.KindOf(err) == fault.NotFound {
		return Device{}, false, nil
	}
	return r.Device, err == nil, err
}

func (s sqlStore) List(ctx context.Context, accountID id.ID) ([]Device, error) {
	return s.list(ctx, whole+`WHERE d.account_id = $1 ORDER BY d.active_at DESC, d.id`, accountID)
}

func (s sqlStore) ListByIdentifier(ctx context.Context, identifier string) ([]Device, error) {
	return s.list(ctx, whole+`WHERE d.identifier = $1 ORDER BY d.id`, identifier)
}

func (s sqlStore) list(ctx context.Context, query string, args ...any) ([]Device, error) {
	rows, err := db.All[wholeRow](ctx, s.db, query, args...)
	devices := make([]Device, len(rows))
	for i, r := range rows {
		devices[i] = r.Device
	}
	return devices, err
}

func (s sqlStore) Count(ctx context.Context, accountID id.ID) (int, error) {
	return db.Value[int](ctx, s.db, `SELECT COUNT(*) FROM device WHERE account_id = $1`, accountID)
}

func (s sqlStore) Use(ctx context.Context, deviceID id.ID, now time.Time) error {
	_, err := s.db.Exec(ctx, `UPDATE device SET active_at = $2 WHERE id = $1`, deviceID, db.Time(now))
	return err
}

func (s sqlStore) Update(ctx context.Context, d Device) error {
	_, err := s.db.Exec(ctx, `UPDATE device SET type = $2, name = $3, push_token = $4 WHERE id = $1`,
		d.ID, d.Type, d.Name, db.Optional(d.PushToken))
	return err
}

func (s sqlStore) Delete(ctx context.Context, deviceID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM device WHERE id = $1`, deviceID)
	return err
}

func (s sqlStore) SetTrust(ctx context.Context, deviceID id.ID, trust Trust) error {
	_, err := s.db.Exec(ctx, `INSERT INTO device_trust (device_id, encrypted_user_key, encrypted_public_key, encrypted_private_key)
		VALUES ($1, $2, $3, $4) ON CONFLICT (device_id) DO UPDATE SET encrypted_user_key = excluded.encrypted_user_key,
			encrypted_public_key = excluded.encrypted_public_key, encrypted_private_key = excluded.encrypted_private_key`,
		deviceID, trust.UserKey, trust.PublicKey, trust.PrivateKey)
	return err
}

func (s sqlStore) RenewTrust(ctx context.Context, d TrustedDevice) error {
	_, err := s.db.Exec(ctx, `UPDATE device_trust SET encrypted_public_key = $2, encrypted_user_key = $3 WHERE device_id = $1`,
		d.ID, d.EncryptedPublicKey, d.EncryptedUserKey)
	return err
}

func (s sqlStore) DeleteTrust(ctx context.Context, deviceID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM device_trust WHERE device_id = $1`, deviceID)
	return err
}
