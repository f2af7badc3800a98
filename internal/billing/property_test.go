package billing_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"coffre/internal/account"
	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// life is what may happen to a customer, in any order.
type life struct {
	*world
	t          *testing.T
	o          org.Organization
	person     id.ID
	references int
}

// may fails the test for what is not a refusal.
func (l *life) may(rt *rapid.T, err error) {
	if err != nil && fault.KindOf(err) == fault.Internal {
		rt.Fatal(err)
	}
}

var orders = []org.Purchase{
	{PlanType: plan.FamiliesAnnually},
	{PlanType: plan.FamiliesAnnually, AdditionalStorageGB: 3},
	{PlanType: plan.TeamsMonthly, AdditionalSeats: 4},
	{PlanType: plan.TeamsAnnually, AdditionalSeats: 7, AdditionalStorageGB: 1},
	{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 3},
	{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 11},
}

func (l *life) actions() map[string]func(*rapid.T) {
	ctx := l.t.Context()
	return map[string]func(*rapid.T){
		"seats":      func(rt *rapid.T) { l.may(rt, l.ChangeSeats(ctx, l.alice, l.o.ID, rapid.IntRange(-9, 9).Draw(rt, "n"))) },
		"invitation": func(rt *rapid.T) { l.may(rt, l.AddSeats(ctx, l.o.ID, rapid.IntRange(1, 3).Draw(rt, "n"))) },
		"storage": func(rt *rapid.T) {
			l.may(rt, l.ChangeStorage(ctx, l.alice, l.o.ID, rapid.IntRange(-5, 5).Draw(rt, "gb")))
		},
		"plan": func(rt *rapid.T) {
			l.may(rt, l.ChangePlan(ctx, l.alice, l.o.ID, rapid.SampledFrom(orders).Draw(rt, "order")))
		},
		"cancel":    func(rt *rapid.T) { l.may(rt, l.Cancel(ctx, l.alice, l.o.ID)) },
		"reinstate": func(rt *rapid.T) { l.may(rt, l.Reinstate(ctx, l.alice, l.o.ID)) },
		"restart":   func(rt *rapid.T) { l.may(rt, l.Restart(ctx, l.alice, l.o.ID)) },
		"sponsor": func(rt *rapid.T) {
			_, err := l.Sponsor(ctx, l.o.ID)
			l.may(rt, err)
		},
		"sponsorship over": func(rt *rapid.T) { l.may(rt, l.EndSponsorship(ctx, l.o.ID)) },
		"sponsorships":     func(rt *rapid.T) { l.sponsored = rapid.Bool().Draw(rt, "go on") },
		"credit": func(rt *rapid.T) {
			l.may(rt, l.GrantCredit(ctx, billing.Owner{OrganizationID: l.o.ID}, rapid.Int64Range(1, 20000).Draw(rt, "cents"), "goodwill"))
		},
		"premium": func(rt *rapid.T) {
			l.may(rt, l.BuyPremium(ctx, l.person, rapid.IntRange(0, 4).Draw(rt, "gb"), org.Address{}))
		},
		"premium storage": func(rt *rapid.T) {
			l.may(rt, l.ChangePremiumStorage(ctx, l.person, rapid.IntRange(-4, 4).Draw(rt, "gb")))
		},
		"premium canceled":   func(rt *rapid.T) { l.may(rt, l.CancelPremium(ctx, l.person)) },
		"premium reinstated": func(rt *rapid.T) { l.may(rt, l.ReinstatePremium(ctx, l.person)) },
		"payment":            l.payment,
		"time":               l.time,
	}
}

// payment pays an invoice, open or not, somehow.
func (l *life) payment(rt *rapid.T) {
	list, err := l.Provider.Invoices(l.t.Context(), billing.Owner{OrganizationID: l.o.ID})
	l.may(rt, err)
	own, err := l.Provider.Invoices(l.t.Context(), billing.Owner{AccountID: l.person})
	l.may(rt, err)
	if list = append(list, own...); len(list) == 0 {
		return
	}
	v := rapid.SampledFrom(list).Draw(rt, "invoice")
	l.references += rapid.IntRange(0, 1).Draw(rt, "another one")
	switch rapid.SampledFrom([]string{"all", "all", "some", "never"}).Draw(rt, "how") {
	case "all":
		_, err = l.RecordPayment(l.t.Context(), v.Number, v.OpenCents, fmt.Sprint(l.references), l.now)
	case "some":
		_, err = l.RecordPayment(l.t.Context(), v.Number, rapid.Int64Range(1, 100_000).Draw(rt, "cents"), fmt.Sprint(l.references), l.now)
	case "never":
		_, err = l.WriteOff(l.t.Context(), v.Number, "hopeless")
	}
	l.may(rt, err)
}

// time passes; the server is up, so work is done, or down, and does it later.
func (l *life) time(rt *rapid.T) {
	l.now = l.now.Add(time.Duration(rapid.IntRange(1, 60*24*3600).Draw(rt, "seconds")) * time.Second)
	if rapid.IntRange(0, 3).Draw(rt, "down") > 0 {
		l.run(l.t)
	}
}

// check fails unless every invoice is explained, and unless the organization has
// what it pays for.
func (l *life) check(rt *rapid.T) {
	list, err := l.Provider.Invoices(l.t.Context(), billing.Owner{OrganizationID: l.o.ID})
	l.may(rt, err)
	for _, v := range list {
		var sum int64
		for _, line := range v.Lines {
			if sum += line.AmountCents; !line.Explained() {
				rt.Fatalf("%s is not explained: %+v", v.Number, line)
			}
		}
		if sum != v.TotalCents || v.TotalCents < 0 {
			rt.Fatalf("%s: lines come to %d, total %d", v.Number, sum, v.TotalCents)
		}
	}
	sub, found, err := l.Find(l.t.Context(), l.o.ID)
	l.may(rt, err)
	if o := l.get(l.t, l.o); found && o.Enabled != sub.Live() {
		rt.Fatalf("enabled %v, subscription %+v", o.Enabled, sub)
	}
}

func TestBooksBalanceWhateverHappens(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			if d.Engine() == "postgresql" && rapid.IntRange(0, 9).Draw(rt, "a shorter run") > 0 {
				return
			}
			w.live(t, rt)
		})
	})
}

// live has a new customer live for a while, and go.
func (w *world) live(t *testing.T, rt *rapid.T) {
	w.now, w.mails, w.said = noon, nil, nil
	l := &life{world: w, t: t, person: w.person(t, id.New().String()+"@example.org")}
	p := rapid.SampledFrom(append(orders, org.Purchase{})).Draw(rt, "order")
	p.Trial = rapid.Bool().Draw(rt, "trial")
	if p.PlanType == plan.Free {
		p.Trial = false
	}
	l.o = w.buy(t, p)
	before := len(l.books(rt).Faults)
	actions := l.actions()
	names := slices.Sorted(maps.Keys(actions))
	for range rapid.IntRange(1, 30).Draw(rt, "steps") {
		actions[rapid.SampledFrom(names).Draw(rt, "step")](rt)
		l.check(rt)
	}
	l.run(t)
	after := l.books(rt)
	l.run(t) // what is done is done
	if again := l.books(rt); !reflect.DeepEqual(again, after) {
		rt.Fatalf("work is done twice: %+v, then %+v", after, again)
	}
	if len(after.Faults) > before {
		rt.Fatalf("books: %+v", after)
	}
	must(t, w.orgs.Store.Delete(t.Context(), l.o.ID))
	_, err := account.NewStore(w.db).Delete(t.Context(), l.person)
	must(t, err)
	if len(l.books(rt).Faults) > before {
		rt.Fatalf("books without the customer: %+v", l.books(rt))
	}
}

func (l *life) books(rt *rapid.T) billing.Books {
	books, err := l.Books(l.t.Context())
	if err != nil {
		rt.Fatal(err)
	}
	return books
}
