package throttle

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"coffre/internal/db"
	"coffre/internal/fault"
)

// Limits counts tries by rule and key. A key is what the tries have in common: an
// address, an account.
type Limits struct {
	DB  *db.DB
	Now func() time.Time
	// Factor multiplies the limit of each rule; 0 is 1.
	Factor float64
	// Secret is mixed into what is stored of a key, so that the table alone does
	// not tell whose tries it counts. Nodes on one database need the same.
	Secret []byte
}

// Take counts a try, or refuses it with LimitError. It is called outside a
// transaction: one that is rolled back would forget the try.
func (l *Limits) Take(ctx context.Context, rule Rule, key string) error {
	return l.TakeMany(ctx, rule, key, 1)
}

// TakeMany is Take for n tries at once: all of them are counted, or none. More than
// the limit allows count as the limit, so that they pass when they come first.
func (l *Limits) TakeMany(ctx context.Context, rule Rule, key string, n int) error {
	now, stored, limit := l.Now(), l.stored(rule, key), rule.times(l.Factor)
	n = min(n, limit)
	taken, err := l.DB.Exec(ctx, `INSERT INTO throttle (key, tries, ends_at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET
			tries = CASE WHEN throttle.ends_at <= $4 THEN excluded.tries ELSE throttle.tries + excluded.tries END,
			ends_at = CASE WHEN throttle.ends_at <= $5 THEN excluded.ends_at ELSE throttle.ends_at END
		WHERE throttle.ends_at <= $6 OR throttle.tries <= $7`,
		stored, n, db.Time(now.Add(rule.Per)), db.Time(now), db.Time(now), db.Time(now), limit-n)
	if err != nil || taken == 1 {
		return err
	}
	if err := l.full(ctx, stored, limit-n+1, now); err != nil {
		return err
	}
	return Refuse(now, time.Second) // somebody else gave a try back in between
}

// Check refuses like Take and counts nothing.
func (l *Limits) Check(ctx context.Context, rule Rule, key string) error {
	return l.full(ctx, l.stored(rule, key), rule.times(l.Factor), l.Now())
}

// Return gives back one try that Take counted: it turned out to be a good one.
func (l *Limits) Return(ctx context.Context, rule Rule, key string) error {
	_, err := l.DB.Exec(ctx, `UPDATE throttle SET tries = tries - 1 WHERE key = $1 AND tries > 0`, l.stored(rule, key))
	return err
}

// Forget gives all tries back, after a success that proves who tried.
func (l *Limits) Forget(ctx context.Context, rule Rule, key string) error {
	_, err := l.DB.Exec(ctx, `DELETE FROM throttle WHERE key = $1`, l.stored(rule, key))
	return err
}

// Sweep deletes the counts that have ended. None of them refuses anything; they
// only take room.
func (l *Limits) Sweep(ctx context.Context) error {
	const portion = 10_000 // so that other writers need not wait for all
	for {
		n, err := l.DB.Exec(ctx, `DELETE FROM throttle WHERE key IN
			(SELECT key FROM throttle WHERE ends_at <= $1 ORDER BY ends_at LIMIT $2)`, db.Time(l.Now()), portion)
		if err != nil || n < portion {
			return err
		}
	}
}

func (l *Limits) full(ctx context.Context, stored string, limit int, now time.Time) error {
	ends, err := db.Value[db.Time](ctx, l.DB, `SELECT ends_at FROM throttle WHERE key = $1 AND ends_at > $2 AND tries >= $3`,
		stored, db.Time(now), limit)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	}
	return Refuse(now, time.Time(ends).Sub(now))
}

func (l *Limits) stored(rule Rule, key string) string {
	mac := hmac.New(sha256.New, l.Secret)
	mac.Write([]byte(rule.Name + "\x00" + key))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
