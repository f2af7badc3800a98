package recovery_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/orgtest"
	"coffre/internal/recovery"
	"coffre/internal/twostep"
)

// unheard has the company say nothing, so that several may act at once.
func (c *company) unheard() {
	silence := func(context.Context, notice.Notice) {}
	c.Accounts.Announce, c.steps.Announce, c.recoveries.Announce, c.Members.Announce = silence, silence, silence, silence
	c.steps.Mail = func(context.Context, mail.Message) error { return nil }
	c.recoveries.Mail = func(context.Context, ...mail.Message) error { return nil }
	c.Orgs.Touch = c.Accounts.Touch
}

// awaited returns once somebody waits for the lock of a name.
func awaited(t *testing.T, d *db.DB, name string) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		n, err := db.Value[int](ctx, d, `SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND ((CAST(classid AS bigint) << 32) | CAST(objid AS bigint)) = hashtextextended($1, 0)`, name)
		if err != nil {
			t.Errorf("nobody waits for %s: %v", name, err)
			return
		}
		if n > 0 {
			return
		}
	}
}

// TestRecoveryWaitsForTheEndOfASecondStep is of a person who removes their last second
// step, which concerns all their organizations, at the moment of a recovery. SQLite
// lets one write at a time.
func TestRecoveryWaitsForTheEndOfASecondStep(t *testing.T) {
	d := dbtest.Postgres(t)
	c := newCompany(t, d)
	c.enroll(t, "uma")
	c.inTwoSteps(t, "uma")
	c.unheard()
	uma, recovered := c.people["uma"], make(chan error, 1)
	c.steps.LastRemoved = func(ctx context.Context, accountID id.ID) error {
		go func() {
			recovered <- c.recoveries.Recover(t.Context(), c.people["olga"], c.org.ID, c.members["uma"].ID, recovery.Reset{TwoStep: true})
		}()
		awaited(t, d, "two-step:"+uma.String())
		return c.Orgs.LockTied(ctx, accountID)
	}
	if err := c.steps.TurnOff(t.Context(), uma, twostep.Authenticator); err != nil {
		t.Errorf("the person: %v", err)
	}
	if err := <-recovered; err != nil {
		t.Errorf("the administrator: %v", err)
	}
}

// TestRotationWaitsForAChangeOfTheMembership is of somebody who is revoked while their
// keys are rotated.
func TestRotationWaitsForAChangeOfTheMembership(t *testing.T) {
	d := dbtest.Postgres(t)
	c := newCompany(t, d)
	c.enroll(t, "uma")
	c.unheard()
	uma, rotated := c.people["uma"], make(chan error, 1)
	rotate := func(ctx context.Context) error {
		if err := c.recoveries.Hold(ctx, uma); err != nil {
			return err
		}
		if err := c.Accounts.TouchOwn(ctx, uma); err != nil {
			return err
		}
		return c.recoveries.Rewrap(ctx, uma, map[id.ID]string{c.org.ID: orgtest.Wrapped})
	}
	var once sync.Once
	c.Orgs.Touch = func(ctx context.Context, accountIDs ...id.ID) error {
		once.Do(func() {
			go func() { rotated <- d.Tx(t.Context(), rotate) }()
			awaited(t, d, "org:"+c.org.ID.String())
		})
		return c.Accounts.Touch(ctx, accountIDs...)
	}
	if _, err := c.Members.Revoke(t.Context(), c.people["olga"], c.org.ID, []id.ID{c.members["uma"].ID}); err != nil {
		t.Errorf("the administrator: %v", err)
	}
	if err := <-rotated; err != nil {
		t.Errorf("the person: %v", err)
	}
}
