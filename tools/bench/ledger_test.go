package bench_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/ledger"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// organizations is how many customers the measured year has.
const organizations = 1_000

// BenchmarkLedgerYear lives a year with a thousand organizations, day by day under
// the held clock: trials that are kept and trials that are not, monthly and annual
// renewals, sponsorships that begin and end, seats that come and go, upgrades,
// cancellations, some taken back, and invoices that are paid at once, late, after
// the organization was disabled, or never. In the end the books must balance, and
// every invoice must be explained by its lines.
func BenchmarkLedgerYear(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				y := newYear(b, open(b))
				for day := range 365 {
					y.live(day)
				}
				y.audit()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/year")
		})
	}
}

// year is a cloud and what its customers are going to do.
type year struct {
	testing.TB
	*orgtest.World
	money *billing.Service
	books *ledger.Book
	owner id.ID
	today int
	orgs  []id.ID
	plans map[int][]func() error // by the day on which they are carried out
	mails int
}

func newYear(b *testing.B, d *db.DB) *year {
	b.Helper()
	y := &year{TB: b, World: orgtest.New(b, d), plans: map[int][]func() error{}, orgs: make([]id.ID, organizations)}
	y.books = ledger.NewBook(d, y.Now)
	links := &billing.Links{Keys: y.Keys, VaultURL: orgtest.VaultURL, Provider: y.books, Now: y.Now}
	outbox := &mail.Outbox{DB: d, Keys: y.Keys, Queue: &jobs.Queue{DB: d, Now: y.Now}, Now: y.Now, Vault: orgtest.VaultURL}
	y.money = &billing.Service{
		Store: billing.NewStore(d), Provider: y.books, Organizations: y.Orgs, Accounts: y.Accounts, Now: y.Now, InvoiceLink: links.To,
		Mail: func(ctx context.Context, list ...mail.Message) error {
			y.read(list)
			return outbox.SendAll(ctx, list...)
		},
		Announce:         func(context.Context, notice.Notice) {},
		RenewSponsorship: func(context.Context, id.ID, time.Time) (bool, error) { return true, nil },
	}
	y.Orgs.Subscribe, y.Orgs.Paid = y.money.Start, y.money.Paid
	y.owner = y.Person(b, "owner@example.org")
	for i := range organizations {
		y.at(i%28, func() error { return y.join(i) })
	}
	return y
}

func (y *year) at(day int, fn func() error) { y.plans[day] = append(y.plans[day], fn) }

// live does what customers do on a day, and what the queue does then.
func (y *year) live(day int) {
	y.today, y.Time = day, orgtest.Noon.AddDate(0, 0, day)
	for i := 0; i < len(y.plans[day]); i++ { // a plan may add one for the same day
		if err := y.plans[day][i](); err != nil {
			y.Fatalf("day %d: %v", day, err)
		}
	}
	for _, work := range []func(context.Context) error{y.money.Renew, y.money.Remind} {
		if err := work(y.Context()); err != nil {
			y.Fatalf("day %d: %v", day, err)
		}
	}
}

// orders are what customers buy, one after the other.
var orders = []org.Purchase{
	{PlanType: plan.FamiliesAnnually, Trial: true},
	{PlanType: plan.TeamsMonthly, AdditionalSeats: 5},
	{PlanType: plan.EnterpriseAnnually, AdditionalSeats: 40, Trial: true},
	{PlanType: plan.FamiliesAnnually},
	{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 12, AdditionalStorageGB: 2},
	{PlanType: plan.TeamsAnnually, AdditionalSeats: 8, Trial: true},
}

// join has a customer buy, and plan the rest of the year.
func (y *year) join(i int) error {
	order := orders[i%len(orders)]
	n := org.New{Name: "Customer " + strconv.Itoa(i), BillingEmail: fmt.Sprintf("bills%d@example.org", i), Key: orgtest.Wrapped}
	o, err := y.Orgs.Buy(y.Context(), y.owner, n, order)
	if err != nil {
		return err
	}
	y.orgs[i] = o.ID
	y.sponsorships(o.ID, order, i)
	y.growth(o.ID, order, i)
	switch i % 15 {
	case 4:
		y.at(y.today+3, func() error { return y.whileLive(o.ID, y.money.Cancel) })
	case 9:
		y.at(y.today+100, func() error { return y.whileLive(o.ID, y.money.Cancel) })
		y.at(y.today+110, func() error { return y.back(o.ID) })
	}
	if i%50 == 7 {
		y.at(y.today+40, func() error {
			return y.money.GrantCredit(y.Context(), billing.Owner{OrganizationID: o.ID}, 500, "An outage")
		})
	}
	return nil
}

func (y *year) sponsorships(orgID id.ID, order org.Purchase, i int) {
	if order.PlanType != plan.FamiliesAnnually || i%2 == 0 {
		return
	}
	y.at(y.today+20, func() error {
		_, err := y.money.Sponsor(y.Context(), orgID)
		return err
	})
	if i%4 == 1 {
		y.at(y.today+200, func() error { return y.money.EndSponsorship(y.Context(), orgID) })
	}
}

// growth changes the seats every month, and the plan once.
func (y *year) growth(orgID id.ID, order org.Purchase, i int) {
	if order.AdditionalSeats == 0 {
		return
	}
	for month := 1; month < 12; month++ {
		by := 3
		if month%3 == 0 {
			by = -4
		}
		y.at(y.today+month*30+i%7, func() error {
			return y.whileLive(orgID, func(ctx context.Context, owner, orgID id.ID) error { return y.money.ChangeSeats(ctx, owner, orgID, by) })
		})
	}
	if i%18 == 1 {
		y.at(y.today+150, func() error {
			return y.whileLive(orgID, func(ctx context.Context, owner, orgID id.ID) error {
				return y.money.Upgrade(ctx, owner, orgID, org.Purchase{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 20})
			})
		})
	}
}

// whileLive lets an owner change a subscription unless it is over or unpaid.
func (y *year) whileLive(orgID id.ID, fn func(ctx context.Context, owner, orgID id.ID) error) error {
	sub, _, err := y.money.Find(y.Context(), orgID)
	if err != nil || !sub.Live() {
		return err
	}
	return fn(y.Context(), y.owner, orgID)
}

// back takes a cancellation back, or begins anew what is over.
func (y *year) back(orgID id.ID) error {
	sub, _, err := y.money.Find(y.Context(), orgID)
	switch {
	case err != nil || sub.Status == billing.Unpaid:
		return err
	case sub.CancelAtEnd:
		return y.money.Reinstate(y.Context(), y.owner, orgID)
	}
	return nil
}

// read has customers plan how they pay the invoices that come by mail: most within a
// week, some after reminders, some once they are disabled, and a few never.
func (y *year) read(list []mail.Message) {
	y.mails += len(list)
	for _, m := range list {
		if m.Template != "invoice" {
			continue
		}
		number := m.Data["Number"]
		i, err := strconv.Atoi(strings.TrimPrefix(m.Data["Organization"], "Customer "))
		if err != nil {
			y.Fatal(err)
		}
		waits := 5
		switch i % 20 {
		case 3, 8, 13:
			waits = 45
		case 11:
			waits = 75
		case 17:
			continue
		}
		y.at(y.today+waits, func() error { return y.pay(number) })
	}
}

// pay settles an invoice in two transfers, as some banks do.
func (y *year) pay(number string) error {
	v, err := y.money.FindInvoice(y.Context(), number)
	if err != nil || !v.Open() {
		return err
	}
	for i, cents := range []int64{v.OpenCents / 3, v.OpenCents - v.OpenCents/3} {
		if cents == 0 {
			continue
		}
		if _, err := y.money.RecordPayment(y.Context(), number, cents, fmt.Sprintf("NTRF-%s-%d", number, i), y.Now()); err != nil {
			return err
		}
	}
	return nil
}

// audit looks whether the books balance, and whether each invoice says why it asks for
// what it asks.
func (y *year) audit() {
	books, err := y.money.Books(y.Context())
	if err != nil || len(books.Faults) > 0 {
		y.Fatalf("the books do not balance: %v, %v", books.Faults, err)
	}
	explained, statuses := 0, map[billing.Status]int{}
	for _, orgID := range y.orgs {
		list, err := y.books.Invoices(y.Context(), billing.Owner{OrganizationID: orgID})
		if err != nil {
			y.Fatal(err)
		}
		for _, v := range list {
			var total int64
			for _, l := range v.Lines {
				if !l.Explained() {
					y.Errorf("invoice %s: the line %+v does not follow", v.Number, l)
				}
				total += l.AmountCents
			}
			if total != v.TotalCents || len(v.Lines) == 0 {
				y.Errorf("invoice %s asks for %d, its lines for %d", v.Number, v.TotalCents, total)
			}
			explained++
		}
		sub, _, err := y.money.Find(y.Context(), orgID)
		if err != nil {
			y.Fatal(err)
		}
		statuses[sub.Status]++
	}
	if explained != books.Invoices {
		y.Errorf("%d invoices are explained, of %d", explained, books.Invoices)
	}
	y.Logf("%d invoices, %d entries, %d mails; %v", books.Invoices, books.Entries, y.mails, statuses)
}
