package device

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
)

// requestStore is the part of Store that keeps log-ins with a device.
type requestStore interface {
	// LockRequests makes others wait who answer requests of the same person, until
	// the transaction ends.
	LockRequests(ctx context.Context, accountID id.ID) error
	// InsertRequest adds a request, which lives no longer than the security stamp
	// that the person has now.
	InsertRequest(ctx context.Context, r AuthRequest) error
	// GetRequest returns a request, or fault.Gone.
	GetRequest(ctx context.Context, requestID id.ID) (AuthRequest, error)
	// ListRequests returns the requests of a person that were made after an
	// instant, the latest first.
	ListRequests(ctx context.Context, accountID id.ID, after time.Time) ([]AuthRequest, error)
	AnswerRequest(ctx context.Context, r AuthRequest) error
	// UseRequest stamps a request as used, unless it is, and reports which.
	UseRequest(ctx context.Context, requestID id.ID, now time.Time) (bool, error)
	// DeleteRequests forgets those that were made until an instant.
	DeleteRequests(ctx context.Context, until time.Time) error
}

const requests = `SELECT r.id, r.account_id, r.type, r.public_key, r.code_hash, r.address, r.created_at, r.answered_at, r.approved,
	r.encrypted_key, r.password_hash, r.used_at,
	d.id, d.account_id, d.identifier, d.type, d.name, d.push_token, d.created_at, d.active_at
	FROM auth_request r JOIN device d ON d.id = r.device_id
	JOIN account a ON a.id = r.account_id AND a.security_stamp = r.security_stamp `

type requestRow struct{ AuthRequest }

func (r *requestRow) Columns() []any {
	device := &r.Device
	return []any{
		&r.ID, &r.AccountID, &r.Kind, &r.PublicKey, &r.CodeHash, &r.Address,
		(*db.Time)(&r.CreatedAt), (*db.Time)(&r.AnsweredAt), &r.Approved,
		(*db.Optional)(&r.Key), (*db.Optional)(&r.Password), (*db.Time)(&r.UsedAt),
		&device.ID, &device.AccountID, &device.Identifier, &device.Type, &device.Name, (*db.Optional)(&device.PushToken),
		(*db.Time)(&device.CreatedAt), (*db.Time)(&device.ActiveAt),
	}
}

func (s sqlStore) LockRequests(ctx context.Context, accountID id.ID) error {
	return s.db.Lock(ctx, "auth-request:"+accountID.String())
}

func (s sqlStore) InsertRequest(ctx context.Context, r AuthRequest) error {
	_, err := s.db.Exec(ctx, `INSERT INTO auth_request (id, account_id, device_id, type, public_key, code_hash, address, created_at, approved, security_stamp)
		VALUES (`+db.Placeholders(1, 9)+`, (SELECT security_stamp FROM account WHERE id = $10))`,
		r.ID, r.AccountID, r.Device.ID, r.Kind, r.PublicKey, r.CodeHash, r.Address, db.Time(r.CreatedAt), r.Approved, r.AccountID)
	return err
}

func (s sqlStore) GetRequest(ctx context.Context, requestID id.ID) (AuthRequest, error) {
	r, err := db.One[requestRow](ctx, s.db, requests+`WHERE r.id = $1`, requestID)
	return r.AuthRequest, err
}

func (s sqlStore) ListRequests(ctx context.Context, accountID id.ID, after time.Time) ([]AuthRequest, error) {
	rows, err := db.All[requestRow](ctx, s.db, requests+`WHERE r.account_id = $1 AND r.created_at > $2
		ORDER BY r.created_at DESC, r.id DESC`, accountID, db.Time(after))
	list := make([]AuthRequest, len(rows))
	for i, r := range rows {
		list[i] = r.AuthRequest
	}
	return list, err
}

func (s sqlStore) AnswerRequest(ctx context.Context, r AuthRequest) error {
	_, err := s.db.Exec(ctx, `UPDATE auth_request SET answered_at = $2, approved = $3, encrypted_key = $4, password_hash = $5 WHERE id = $1`,
		r.ID, db.Time(r.AnsweredAt), r.Approved, db.Optional(r.Key), db.Optional(r.Password))
	return err
}

func (s sqlStore) UseRequest(ctx context.Context, requestID id.ID, now time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `UPDATE auth_request SET used_at = $2 WHERE id = $1 AND used_at IS NULL`, requestID, db.Time(now))
	return n == 1, err
}

func (s sqlStore) DeleteRequests(ctx context.Context, until time.Time) error {
	_, err := s.db.Exec(ctx, `DELETE FROM auth_request WHERE created_at <= $1`, db.Time(until))
	return err
}
