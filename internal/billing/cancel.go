package billing

import (
	"context"
	"strconv"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/mail"
)

var (
	notCanceled  = fault.New(fault.Invalid, "billing.notCanceled")
	stillRunning = fault.New(fault.Invalid, "billing.stillRunning")
	openInvoice  = fault.New(fault.Invalid, "billing.openInvoice")
)

// Cancel has the subscription of an organization end with its period, for a
// confirmed owner; one that nobody pays ends at once, also if it was to end later.
// Again changes nothing.
func (s *Service) Cancel(ctx context.Context, caller, orgID id.ID) error {
	return s.owned(ctx, caller, orgID, s.cancel)
}

func (s *Service) cancel(ctx context.Context, c *Contract) error {
	is := *c
	switch {
	case c.Status == Unpaid:
		is.End(s.Now())
	case c.Status == Canceled || c.CancelAtEnd:
		return nil
	default:
		is.CancelAtEnd, is.CanceledAt = true, s.Now()
	}
	if err := s.settle(ctx, c)(s.Provider.Change(ctx, *c, is)); err != nil {
		return err
	}
	ends := c.PeriodEnd
	if c.Status == Canceled {
		ends = s.Now()
	}
	return s.Mail(ctx, c.turned(mailCanceled, s.Now(), ends))
}

// Reinstate takes a cancellation back before the end of the period, for a confirmed
// owner.
func (s *Service) Reinstate(ctx context.Context, caller, orgID id.ID) error {
	return s.owned(ctx, caller, orgID, s.reinstate)
}

func (s *Service) reinstate(ctx context.Context, c *Contract) error {
	switch {
	case c.Status == Canceled:
		return canceled
	case !c.CancelAtEnd:
		return notCanceled
	}
	is := *c
	is.CancelAtEnd, is.CanceledAt = false, time.Time{}
	if err := s.settle(ctx, c)(s.Provider.Change(ctx, *c, is)); err != nil {
		return err
	}
	return s.Mail(ctx, c.turned(mailReinstated, s.Now(), c.PeriodEnd))
}

// turned is a mail about a turn in the life of a subscription.
func (c Contract) turned(template string, now, ends time.Time) mail.Message {
	return letter(c.Customer, template, c.ID.String()+"|"+strconv.FormatInt(now.UnixMicro(), 10), map[string]string{"Ends": ends.Format(time.RFC3339)})
}

// Restart begins the subscription of an organization anew after it was canceled and
// is over, with a period, for a confirmed owner. What was asked for before must be
// paid, as far as it is overdue, and what is in use must fit.
func (s *Service) Restart(ctx context.Context, caller, orgID id.ID) error {
	return s.owned(ctx, caller, orgID, s.restart)
}

func (s *Service) restart(ctx context.Context, c *Contract) error {
	switch {
	case c.Live():
		return stillRunning
	case c.Status == Unpaid:
		return unpaid
	}
	if err := s.checkOpen(ctx, c.Subscription); err != nil {
		return err
	}
	is := *c
	is.Sponsored = false
	return s.settle(ctx, c)(s.Provider.Subscribe(ctx, is, 0))
}

// checkOpen returns a fault that names the oldest invoice that is overdue.
func (s *Service) checkOpen(ctx context.Context, sub Subscription) error {
	v, found, err := s.Overdue(ctx, sub.Owner())
	if err == nil && found {
		err = openInvoice.With("number", v.Number).With("amount", Amount(v.OpenCents, "en"))
	}
	return err
}

// Overdue returns the oldest open invoice of an owner that is due.
func (s *Service) Overdue(ctx context.Context, o Owner) (oldest Invoice, found bool, err error) {
	list, err := s.Provider.Invoices(ctx, o)
	for _, v := range list {
		if v.Open() && !v.DueAt.After(s.Now()) {
			oldest, found = v, true
		}
	}
	return oldest, found, err
}
