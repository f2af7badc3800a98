package billing

import (
	"context"
	"slices"
	"time"

	"coffre/internal/fault"
)

var (
	paymentRange    = fault.New(fault.Invalid, "billing.paymentRange")
	paymentRecorded = fault.New(fault.Invalid, "billing.paymentRecorded").Coded(PaymentRecorded)
	noReference     = fault.New(fault.Invalid, "billing.noReference")
	invoiceClosed   = fault.New(fault.Invalid, "billing.invoiceClosed")
)

// PaymentRecorded is the code of the refusal to record a payment twice.
const PaymentRecorded = "payment-recorded"

// mostCents bounds what may be recorded at once: what is more is a slip.
const mostCents = 10_000_000_000

// FindInvoice returns one invoice to the operator, or fault.Gone.
func (s *Service) FindInvoice(ctx context.Context, number string) (Invoice, error) {
	return s.Provider.Invoice(ctx, number)
}

// RecordPayment notes that money has come for an invoice. Less than is open leaves
// it open for the rest, more becomes a credit. The same reference for the same
// invoice is the same payment and refused. When nothing is left to pay of what had
// consequences, they are over.
func (s *Service) RecordPayment(ctx context.Context, number string, cents int64, reference string, at time.Time) (Invoice, error) {
	switch {
	case cents <= 0 || cents > mostCents:
		return Invoice{}, paymentRange.With("max", Amount(mostCents, "en"))
	case reference == "":
		return Invoice{}, noReference
	}
	return s.pay(ctx, number, Payment{Means: Transfer, Cents: cents, Reference: reference, At: at})
}

// WriteOff closes an invoice that will never be paid.
func (s *Service) WriteOff(ctx context.Context, number, reason string) (Invoice, error) {
	if reason == "" {
		return Invoice{}, noReference
	}
	return s.pay(ctx, number, Payment{Means: WriteOff, Reference: reason, At: s.Now()})
}

func (s *Service) pay(ctx context.Context, number string, p Payment) (v Invoice, err error) {
	if v, err = s.Provider.Invoice(ctx, number); err != nil {
		return v, err
	}
	err = s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, v.Owner()); err != nil {
			return err
		}
		was, found, err := s.find(ctx, v.Owner())
		if err != nil {
			return err
		}
		if !found {
			v, err = s.enter(ctx, nil, number, p)
			return err
		}
		c, err := s.contract(ctx, was)
		if err != nil {
			return err
		}
		if v, err = s.enter(ctx, &c.Subscription, number, p); err != nil {
			return err
		}
		if err := s.thank(ctx, c, v, p); err != nil {
			return err
		}
		if err := s.offset(ctx, &c); err != nil {
			return err
		}
		if err := s.revive(ctx, &c, p.Means); err != nil {
			return err
		}
		return s.write(ctx, was, c.Subscription)
	})
	return v, err
}

// enter hands a payment to the provider. The invoice may have changed since it was
// looked at.
func (s *Service) enter(ctx context.Context, sub *Subscription, number string, p Payment) (Invoice, error) {
	if p.Means == WriteOff {
		v, err := s.Provider.Invoice(ctx, number)
		if err != nil {
			return v, err
		}
		if !v.Open() {
			return v, invoiceClosed.With("number", number)
		}
	}
	v, err := s.Provider.Pay(ctx, sub, number, p)
	if fault.KindOf(err) == fault.Conflict {
		err = paymentRecorded.With("number", number).With("reference", p.Reference)
	}
	return v, err
}

// offset sets the credit of who has lost something over an invoice against what is open,
// the oldest first. Of anyone else the next invoice uses it up, or an open one on the
// day it is due.
func (s *Service) offset(ctx context.Context, c *Contract) error {
	if c.Status != Unpaid || c.CreditCents == 0 {
		return nil
	}
	list, err := s.Provider.Invoices(ctx, c.Owner())
	if err != nil {
		return err
	}
	for _, v := range slices.Backward(list) {
		if v.Open() && c.CreditCents > 0 {
			if _, err := s.Provider.Pay(ctx, &c.Subscription, v.Number, Payment{Means: Credit, At: s.Now()}); err != nil {
				return err
			}
		}
	}
	return nil
}

// thank mails that a payment has arrived.
func (s *Service) thank(ctx context.Context, c Contract, v Invoice, p Payment) error {
	if p.Means != Transfer {
		return nil
	}
	m := s.about(c.Customer, mailPaid, v, p.Cents)
	m.Once += "|" + p.Reference
	return s.Mail(ctx, m)
}

// revive has an unpaid subscription live again once no invoice is open that had
// consequences: in its period when that still runs, else in a new one, for the time
// between was not used. One that was to end with its period, or whose invoice nobody
// will ever pay, begins no other: it is over.
func (s *Service) revive(ctx context.Context, c *Contract, by Means) error {
	if c.Status != Unpaid {
		return nil
	}
	list, err := s.Provider.Invoices(ctx, c.Owner())
	if err != nil || slices.ContainsFunc(list, Invoice.hadConsequences) {
		return err
	}
	is := *c
	is.Status = Active
	switch {
	case c.PeriodEnd.After(s.Now()):
	case c.CancelAtEnd || by == WriteOff:
		is.End(c.PeriodEnd)
	default:
		return s.settle(ctx, c)(s.Provider.Subscribe(ctx, is, 0))
	}
	return s.settle(ctx, c)(s.Provider.Change(ctx, *c, is))
}

// GrantCredit gives an organization or a person something that the next invoices
// use up first, for a reason that stands in the books. It gives back what an open
// invoice has taken that it covers.
func (s *Service) GrantCredit(ctx context.Context, o Owner, cents int64, reason string) error {
	switch {
	case cents <= 0 || cents > mostCents:
		return paymentRange.With("max", Amount(mostCents, "en"))
	case reason == "":
		return noReference
	}
	return s.change(ctx, o, func(ctx context.Context, c *Contract) error {
		sub, err := s.Provider.Grant(ctx, c.Subscription, cents, reason)
		if err != nil {
			return err
		}
		c.Subscription = sub
		if err := s.offset(ctx, c); err != nil {
			return err
		}
		return s.revive(ctx, c, Credit)
	})
}

// Books returns the sums of all accounts, and whatever does not add up.
func (s *Service) Books(ctx context.Context) (Books, error) { return s.Provider.Books(ctx) }
