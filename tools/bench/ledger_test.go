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

// days is how long the measured year is: its annual customers join in the first four
// weeks, and all of them are seen to renew.
const days = 395

// BenchmarkLedgerYear lives a year with a thousand organizations, day by day under
// the held clock: trials that are kept and trials that are not, monthly and annual
// renewals, sponsorships that begin, go on and end, seats that come and go, upgrades,
// cancellations, some taken back, and invoices that are paid at once, late, after
// the organization was disabled, or never. In the end the books must balance, and
// every invoice must be explained by its lines.
func BenchmarkLedgerYear(b *testing.B) {
	engines := map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgresql": dbtest.Postgres}
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				liveYear(b, open(b), 1_000)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/year")
		})
	}
}

func TestYearOfTheLedgerIsExplained(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { liveYear(t, d, 50) })
}

func liveYear(t testing.TB, d *db.DB, customers int) {
	t.Helper()
	y := newYear(t, d, customers)
	for day := range days {
		y.live(day)
	}
	y.audit()
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
	brief map[id.ID]bool         // whose sponsorship does not go on beyond its period
	seen  map[string]int         // mails by template, and decisions about sponsorships

	transfers int // from customers
}

func newYear(t testing.TB, d *db.DB, customers int) *year {
	t.Helper()
	y := &year{
		TB: t, World: orgtest.New(t, d), plans: map[int][]func() error{}, orgs: make([]id.ID, customers),
		brief: map[id.ID]bool{}, seen: map[string]int{},
	}
	y.books = ledger.NewBook(d, y.Now)
	links := &billing.Links{Keys: y.Keys, VaultURL: orgtest.VaultURL, Provider: y.books, Now: y.Now}
	outbox := &mail.Outbox{DB: d, Keys: y.Keys, Queue: &jobs.Queue{DB: d, Now: y.Now}, Now: y.Now, Vault: orgtest.VaultURL}
	y.money = &billing.Service{
		Store: billing.NewStore(d), Provider: y.books, Organizations: y.Orgs, Accounts: y.Accounts, Now: y.Now, InvoiceLink: links.To,
		Mail: func(ctx context.Context, list ...mail.Message) error {
			y.read(list)
			return outbox.SendAll(ctx, list...)
		},
		Announce: func(context.Context, notice.Notice) {}, RenewSponsorship: y.sponsorshipGoesOn,
		Outgrown: func(context.Context, id.ID) error { return nil },
	}
	y.Orgs.Subscribe, y.Orgs.Paid = y.money.Start, y.money.Paid
	y.owner = y.Person(t, "owner@example.org")
	for i := range customers {
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

// sponsorships has most Families organizations sponsored, some of them while they try,
// and some not for long.
func (y *year) sponsorships(orgID id.ID, order org.Purchase, i int) {
	if order.PlanType != plan.FamiliesAnnually || i%5 >= 3 {
		return
	}
	begins := 20
	if i%5 == 2 {
		begins = 3
	}
	y.brief[orgID] = i%4 == 3
	y.at(y.today+begins, func() error {
		return y.whileLive(orgID, func(ctx context.Context, _, orgID id.ID) error {
			_, err := y.money.Sponsor(ctx, orgID)
			return err
		})
	})
	if i%5 == 1 {
		y.at(y.today+200, func() error { return y.money.EndSponsorship(y.Context(), orgID) })
	}
}

// sponsorshipGoesOn decides whether the sponsor pays for another year.
func (y *year) sponsorshipGoesOn(_ context.Context, orgID id.ID, _ time.Time) (bool, error) {
	if y.brief[orgID] {
		y.seen["sponsorship over"]++
		return false, nil
	}
	y.seen["sponsorship renewed"]++
	return true, nil
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
	for _, m := range list {
		y.seen[m.Template]++
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

// pay settles an invoice, every third in two transfers, as some banks do.
func (y *year) pay(number string) error {
	v, err := y.money.FindInvoice(y.Context(), number)
	if err != nil || !v.Open() {
		return err
	}
	transfers := []int64{v.OpenCents}
	if y.transfers++; y.transfers%3 == 0 && v.OpenCents > 1 {
		transfers = []int64{v.OpenCents / 2, v.OpenCents - v.OpenCents/2}
	}
	for i, cents := range transfers {
		if _, err := y.money.RecordPayment(y.Context(), number, cents, fmt.Sprintf("NTRF-%s-%d", number, i), y.Now()); err != nil {
			return err
		}
	}
	return nil
}

// events are what a year must have seen, for its audit to say something.
var events = []string{
	"trial-ending", "invoice", "payment-received", "payment-reminder", "payment-overdue", "subscription-canceled", "subscription-reinstated",
	"subscription-disabled", "sponsorship renewed", "sponsorship over",
}

// audit looks whether the books balance, and whether each invoice says why it asks for
// what it asks.
func (y *year) audit() {
	books, err := y.money.Books(y.Context())
	if err != nil || len(books.Faults) > 0 {
		y.Fatalf("the books do not balance: %v, %v", books.Faults, err)
	}
	for _, what := range events {
		if y.seen[what] == 0 {
			y.Errorf("the year saw no %s: %v", what, y.seen)
		}
	}
	explained, statuses := 0, map[billing.Status]int{}
	for _, orgID := range y.orgs {
		list, err := y.books.Invoices(y.Context(), billing.Owner{OrganizationID: orgID})
		if err != nil {
			y.Fatal(err)
		}
		for _, v := range list {
			y.explain(v)
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
	y.Logf("%d invoices, %d entries; %v, %v", books.Invoices, books.Entries, statuses, y.seen)
}

func (y *year) explain(v billing.Invoice) {
	var total int64
	for _, l := range v.Lines {
		if reason := unexplained(l); reason != "" {
			y.Errorf("invoice %s: %s: %+v", v.Number, reason, l)
		}
		total += l.AmountCents
	}
	if total != v.TotalCents || len(v.Lines) == 0 {
		y.Errorf("invoice %s asks for %d, its lines for %d", v.Number, v.TotalCents, total)
	}
}

// unexplained returns what about a line follows neither from the price list nor from
// the rest of it.
func unexplained(l billing.Line) string {
	if l.Name == "Credit" {
		if l.AmountCents >= 0 || l.AmountCents != l.UnitCents || l.Quantity != 1 {
			return "a credit is something that is taken off once"
		}
		return ""
	}
	name, unused := strings.CutSuffix(l.Name, ", unused")
	price, annual, found := priceOf(name)
	if unused {
		price = -price
	}
	whole := int64(l.Until.Sub(l.From) / time.Second)
	part := whole
	if l.Whole != 0 {
		part, whole = l.Part, l.Whole
	}
	period := time.Duration(whole) * time.Second / (24 * time.Hour)
	switch {
	case !found || l.UnitCents != price:
		return "the price is not on the list"
	case annual && (period < 365 || period > 366), !annual && (period < 28 || period > 31):
		return "no period is as long"
	case part <= 0 || part > whole || time.Duration(part)*time.Second != l.Until.Sub(l.From):
		return "the part is not from the one instant to the other"
	case l.Quantity <= 0 || l.AmountCents != price*int64(l.Quantity)*part/whole:
		return "the amount does not follow"
	}
	return ""
}

// priceOf looks up what a line of an invoice costs for a whole period.
func priceOf(name string) (cents int64, annual, found bool) {
	for _, p := range plan.All() {
		switch name {
		case p.Name:
			return int64(p.BasePrice), p.Annual, true
		case p.Name + ", seats":
			return int64(p.SeatPrice), p.Annual, true
		case p.Name + ", storage in GB":
			return int64(p.StoragePrice), p.Annual, true
		}
	}
	return 0, false, false
}
