package account

import (
	"context"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
	"coffre/internal/id"
)

func (s sqlStore) InsertCode(ctx context.Context, c code, latest time.Time) (bool, error) {
	n, err := s.db.Exec(ctx, `INSERT INTO one_time_code AS c (account_id, purpose, mac, guesses, issued_at, expires_at)
		VALUES ($1, $2, $3, 0, $4, $5)
		ON CONFLICT (account_id, purpose) DO UPDATE SET mac = excluded.mac, guesses = 0,
			issued_at = excluded.issued_at, expires_at = excluded.expires_at
		WHERE c.issued_at <= $6`,
		c.accountID, c.purpose, c.mac, db.Time(c.issuedAt), db.Time(c.issuedAt.Add(codeLife)), db.Time(latest))
	return n == 1, err
}

func (s sqlStore) CodeIssued(ctx context.Context, accountID id.ID, purpose CodePurpose) (time.Time, error) {
	at, err := db.Value[db.Time](ctx, s.db, `SELECT issued_at FROM one_time_code WHERE account_id = $1 AND purpose = $2`,
		accountID, purpose)
	return time.Time(at), err
}

func (s sqlStore) GuessCode(ctx context.Context, accountID id.ID, purpose CodePurpose, now time.Time) (string, bool, error) {
	mac, err := db.Value[string](ctx, s.db, `UPDATE one_time_code SET guesses = guesses + 1
		WHERE account_id = $1 AND purpose = $2 AND expires_at > $3 AND guesses < $4 RETURNING mac`,
		accountID, purpose, db.Time(now), maxGuesses)
	if fault.KindOf(err) == fault.NotFound {
		return "", false, nil
	}
	return mac, err == nil, err
}

func (s sqlStore) DeleteCode(ctx context.Context, accountID id.ID, purpose CodePurpose, mac string) (bool, error) {
	n, err := s.db.Exec(ctx, `DELETE FROM one_time_code WHERE account_id = $1 AND purpose = $2 AND mac = $3`,
		accountID, purpose, mac)
	return n == 1, err
}

func (s sqlStore) DeleteCodes(ctx context.Context, accountID id.ID) error {
	_, err := s.db.Exec(ctx, `DELETE FROM one_time_code WHERE account_id = $1`, accountID)
	return err
}
