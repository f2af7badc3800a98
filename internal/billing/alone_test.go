package billing_test

import (
	"testing"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// meanwhile lets something happen while somebody waits for the first lock.
type meanwhile struct {
	billing.Store
	happens func(ctx ctx) error
}

func (m *meanwhile) Lock(ctx ctx, name string) error {
	if happens := m.happens; happens != nil {
		m.happens = nil
		if err := happens(ctx); err != nil {
			return err
		}
	}
	return m.Store.Lock(ctx, name)
}

func (w *world) meanwhile(happens func(ctx ctx) error) {
	w.Store = &meanwhile{billing.NewStore(w.db), happens}
}

func TestWhoCeasesToBeAnOwnerBuysNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, enterprise)
		for name, buy := range map[string]func() error{
			"seats":     func() error { return w.ChangeSeats(t.Context(), w.alice, o.ID, 5) },
			"cancel":    func() error { return w.Cancel(t.Context(), w.alice, o.ID) },
			"frequency": func() error { return w.ChangeFrequency(t.Context(), w.alice, o.ID, plan.EnterpriseMonthly) },
			"plan": func() error {
				return w.ChangePlan(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 10})
			},
		} {
			w.meanwhile(func(ctx ctx) error {
				_, err := d.Exec(ctx, `UPDATE member SET type = $1`, org.Admin)
				return err
			})
			if err := buy(); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: %v", name, err)
			}
			if _, err := d.Exec(t.Context(), `UPDATE member SET type = $1`, org.Owner); err != nil {
				t.Fatal(err)
			}
		}
		if sub := w.find(t, o); sub.Seats != 10 || sub.CancelAtEnd || sub.PlanType != plan.EnterpriseAnnually || len(w.invoices(t, o)) != 1 {
			t.Errorf("got %+v", sub)
		}
	})
}

func TestAnotherIntervalKeepsSeatsThatWereBoughtMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, monthly)
		w.meanwhile(func(ctx ctx) error { return w.AddSeats(ctx, o.ID, 2) })
		must(t, w.ChangeFrequency(t.Context(), w.alice, o.ID, plan.EnterpriseAnnually))
		if sub := w.find(t, o); sub.Seats != 12 || sub.PlanType != plan.EnterpriseAnnually {
			t.Errorf("got %+v", sub)
		}
		w.balanced(t)
	})
}

func TestUpgradeIsNoneFromAHigherPlanThatWasBoughtMeanwhile(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		o := w.buy(t, families)
		w.meanwhile(func(ctx ctx) error { return w.Upgrade(ctx, w.alice, o.ID, enterprise) })
		err := w.Upgrade(t.Context(), w.alice, o.ID, org.Purchase{PlanType: plan.TeamsAnnually, AdditionalSeats: 10})
		if keyOf(err) != "billing.notUpgrade" {
			t.Errorf("got %v", err)
		}
	})
}
