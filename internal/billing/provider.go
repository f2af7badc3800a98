package billing

import (
	"context"
	"time"

	"coffre/internal/id"
)

// Provider takes the money: it issues invoices, and keeps account of what was
// charged, credited and paid. The ledger is one, in this database; another could be
// a payment company, of which the database then has a copy.
//
// Every method that changes something is called in the transaction of the change,
// with the owner locked, and returns the subscription as it is to be stored.
// Whether a change is allowed, and what follows from it for an organization or a
// person, is not the provider's business.
type Provider interface {
	// Subscribe begins a subscription now: with a trial of so many days, or, when
	// there are none, with a period and its invoice. One that was over begins anew.
	Subscribe(ctx context.Context, c Contract, trialDays int) (Outcome, error)
	// Change puts a subscription from was to is: other items, another address, its
	// end with the period or the end of that. What is left of the period is charged
	// at once where it becomes more and credited where it becomes less; another
	// interval begins a period. Nothing is charged in a trial.
	Change(ctx context.Context, was, is Contract) (Outcome, error)
	// Preview returns what Subscribe, when was has no status, or Change would
	// charge, and changes nothing.
	Preview(ctx context.Context, was, is Subscription) (Quote, error)
	// Renew takes subscriptions whose period or trial is over on to the next period,
	// with its invoice, or to their end where they are to end. The outcomes have the
	// order of the list. A period that nobody looked at in time is made up for.
	Renew(ctx context.Context, list []Contract) ([]Outcome, error)
	// Grant gives a credit that the next invoices use up first.
	Grant(ctx context.Context, s Subscription, cents int64, reason string) (Subscription, error)
	// Pay closes an invoice, or a part of it. What a transfer brings beyond the open
	// amount becomes a credit; credit and write-off take no more than is open. s is
	// nil once the owner is gone. The same payment twice is a Conflict.
	Pay(ctx context.Context, s *Subscription, number string, p Payment) (Invoice, error)
	// Invoice returns one invoice with its lines, or fault.Gone.
	Invoice(ctx context.Context, number string) (Invoice, error)
	// Invoices returns those of an owner with their lines, the newest first.
	Invoices(ctx context.Context, o Owner) ([]Invoice, error)
	// Movements returns what has changed the account of an owner, the newest first.
	Movements(ctx context.Context, o Owner) ([]Movement, error)
	// Due returns open invoices, without lines, whose next reminder is due, the
	// longest waiting first; with ids only those of them.
	Due(ctx context.Context, now time.Time, limit int, ids ...id.ID) ([]Invoice, error)
	// Reminded stores how many reminders of invoices are done, and when the next is due.
	Reminded(ctx context.Context, list []Invoice) error
	// Books returns the sums of all accounts, and whatever does not add up.
	Books(ctx context.Context) (Books, error)
}

// Owner is an organization or a person, never both.
type Owner struct {
	OrganizationID id.ID
	AccountID      id.ID
}

// Customer is what stands on an invoice, and who is written to.
type Customer struct {
	Organization string // its name; "" when a person pays for themselves
	Name         string // for the address
	Email        string
	Language     string
}

// Contract is a subscription and who pays for it.
type Contract struct {
	Subscription
	Customer
}

// Outcome is what has become of a subscription, and the invoice that was issued;
// nil when there was nothing to charge.
type Outcome struct {
	Subscription Subscription
	Invoice      *Invoice
}

// Quote is what a change costs at once. There is no tax: prices are what is paid.
type Quote struct {
	Lines       []Line
	TotalCents  int64 // to pay, after credit
	CreditCents int64 // that the change adds to the credit
}

// Means is how an invoice is closed.
type Means string

// The means.
const (
	Transfer Means = "payment"  // money that the operator has received
	Credit   Means = "credit"   // of the same subscription
	WriteOff Means = "writeoff" // it will never be paid
)

// Payment closes an invoice or a part of it.
type Payment struct {
	Means     Means
	Cents     int64
	Reference string // of the bank, or the reason; the same one twice is the same payment
	At        time.Time
}

// Movement is one change of an owner's account, in words and with its amounts.
type Movement struct {
	ID        id.ID
	Kind      string // "invoice", "credit", "payment", "writeoff"
	Number    string // of the invoice; "" when there is none
	Text      string
	Reference string
	At        time.Time
	Cents     int64 // what is moved
}

// Books are the sums of the accounts in cents, debit positive.
type Books struct {
	Accounts map[string]int64
	Invoices int
	Entries  int
	Faults   []string // what does not add up; empty when the books balance
}
