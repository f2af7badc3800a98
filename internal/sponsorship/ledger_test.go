package sponsorship_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// ledger is the subscription table, without prices.
type ledger struct {
	db    *db.DB
	until time.Time
	fail  error
}

func (l *ledger) Sponsor(ctx context.Context, orgID id.ID) (time.Time, error) {
	n, err := l.db.Exec(ctx, `UPDATE subscription SET sponsored = TRUE WHERE organization_id = $1 AND NOT sponsored`, orgID)
	if err == nil && n == 0 {
		err = errors.New("no subscription to sponsor")
	}
	return l.until, errors.Join(err, l.fail)
}

func (l *ledger) EndSponsorship(ctx context.Context, orgID id.ID) error {
	_, err := l.db.Exec(ctx, `UPDATE subscription SET sponsored = FALSE WHERE organization_id = $1`, orgID)
	return errors.Join(err, l.fail)
}

// families makes a Families organization with a subscription.
func (c *cloud) families(t testing.TB, owner id.ID) org.Organization {
	t.Helper()
	o := c.organization(t, owner, plan.FamiliesAnnually)
	now := db.Time(c.clock.Now())
	c.exec(t, `INSERT INTO subscription (organization_id, plan_type, seats, extra_storage_gb, status, sponsored,
		period_start_at, period_end_at, credit_cents, created_at, revised_at)
		VALUES ($1, $2, 6, 0, 'active', FALSE, $3, $4, 0, $3, $3)`, o.ID, plan.FamiliesAnnually, now, db.Time(c.ledger.until))
	return o
}

// sponsored reports whether a subscription is free.
func (c *cloud) sponsored(t testing.TB, orgID id.ID) bool {
	t.Helper()
	free, err := db.Value[bool](t.Context(), c.db, `SELECT sponsored FROM subscription WHERE organization_id = $1`, orgID)
	must(t, err)
	return free
}

// taken is an offer that somebody has redeemed.
type taken struct {
	caller id.ID
	org    org.Organization
	token  string
}
