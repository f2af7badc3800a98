package billing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"coffre/internal/id"
	"coffre/internal/jobs"
	"coffre/internal/mail"
)

// page is how many subscriptions or invoices one transaction deals with.
const page = 100

// Schedule has a queue do the periodic work.
func (s *Service) Schedule(q *jobs.Queue) {
	q.Every("billing-renew", jobs.Interval(10*time.Minute), func(ctx context.Context) error { return s.renewDue(ctx, q.Log) })
	q.Every("billing-remind", jobs.Interval(time.Hour), s.Remind)
}

// renewalError says which subscriptions could not be renewed when all others were.
type renewalError struct{ error }

// Unwrap returns what went wrong.
func (e renewalError) Unwrap() error { return e.error }

// renewDue is Renew for the queue. Subscriptions that cannot be renewed are in the log and
// tried again the next time, and put nothing off.
func (s *Service) renewDue(ctx context.Context, log *slog.Logger) error {
	err := s.Renew(ctx)
	if some, ok := errors.AsType[renewalError](err); ok {
		log.LogAttrs(ctx, slog.LevelError, "renew subscriptions", slog.Any("error", some.error))
		return nil
	}
	return err
}

// Renew tells of trials that end soon, and takes subscriptions whose trial or period
// is over on to the next period, with its invoice, or to their end. It may be called
// at any time and on several nodes; what was missed is made up for. One that fails is
// left for the next time and holds up no other.
func (s *Service) Renew(ctx context.Context) error {
	failed := map[id.ID]error{}
	for _, sponsored := range []bool{false, true} {
		if err := s.renewAll(ctx, sponsored, failed); err != nil {
			return err
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return renewalError{errors.Join(slices.Collect(maps.Values(failed))...)}
}

// renewAll renews a page at a time, the longest waiting first, without those that have
// failed, to which it adds.
func (s *Service) renewAll(ctx context.Context, sponsored bool, failed map[id.ID]error) error {
	for {
		due, err := s.Store.ListDue(ctx, s.Now(), sponsored, page+len(failed))
		if err != nil {
			return err
		}
		due = slices.DeleteFunc(due, func(sub Subscription) bool { return failed[sub.ID] != nil })
		if len(due) == 0 {
			return nil
		}
		if !sponsored && s.renewPage(ctx, due) == nil {
			continue
		}
		for _, sub := range due { // one of them fails, or they go by themselves
			if err := s.renewOne(ctx, sub); err != nil {
				failed[sub.ID] = fmt.Errorf("subscription %s: %w", sub.ID, err)
			}
		}
	}
}

// renewPage deals with subscriptions that nobody sponsors in one transaction.
func (s *Service) renewPage(ctx context.Context, due []Subscription) error {
	ids, owners := make([]id.ID, len(due)), make([]Owner, len(due))
	for i, sub := range due {
		ids[i], owners[i] = sub.ID, sub.Owner()
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockAll(ctx, owners); err != nil {
			return err
		}
		due, err := s.Store.ListDue(ctx, s.Now(), false, len(ids), ids...) // as they are now
		if err != nil || len(due) == 0 {
			return err
		}
		return s.renew(ctx, due)
	})
}

// renewOne deals with a subscription by itself. Of a sponsored one it is decided first
// whether the sponsorship goes on.
func (s *Service) renewOne(ctx context.Context, sub Subscription) error {
	if !sub.Sponsored {
		return s.renewPage(ctx, []Subscription{sub})
	}
	return s.Store.Tx(ctx, func(ctx context.Context) error { return s.renewSponsored(ctx, sub) })
}

// lockAll locks owners in one order, so that two nodes do not wait for each other.
func (s *Service) lockAll(ctx context.Context, owners []Owner) error {
	owners = slices.Clone(owners)
	slices.SortFunc(owners, func(a, b Owner) int {
		if c := bytes.Compare(a.OrganizationID[:], b.OrganizationID[:]); c != 0 {
			return c
		}
		return bytes.Compare(a.AccountID[:], b.AccountID[:])
	})
	for _, o := range slices.Compact(owners) {
		if o == (Owner{}) {
			continue // of an invoice that outlived its owner
		}
		if err := s.lock(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) renewSponsored(ctx context.Context, sub Subscription) error {
	next := sub
	next.Advance()
	goesOn := false
	if !sub.CancelAtEnd {
		var err error
		if goesOn, err = s.RenewSponsorship(ctx, sub.OrganizationID, next.PeriodEnd); err != nil {
			return err
		}
	}
	if err := s.lock(ctx, sub.Owner()); err != nil {
		return err
	}
	for _, sponsored := range []bool{true, false} { // it may be over since it was looked at
		due, err := s.Store.ListDue(ctx, s.Now(), sponsored, 1, sub.ID)
		if err != nil || len(due) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		due[0].Sponsored = sponsored && goesOn
		return s.renew(ctx, due)
	}
	return nil
}

// renew deals with subscriptions that are due and locked.
func (s *Service) renew(ctx context.Context, due []Subscription) error {
	contracts, err := s.contracts(ctx, due)
	if err != nil {
		return err
	}
	var over []Contract
	var told []Subscription
	var mails []mail.Message
	for _, c := range contracts {
		if c.PeriodEnd.After(s.Now()) {
			sub, m := c.announceEnd(s.Now())
			told, mails = append(told, sub), append(mails, m)
			continue
		}
		over = append(over, c)
	}
	outcomes, err := s.Provider.Renew(ctx, over)
	if err != nil {
		return err
	}
	extended := map[id.ID]time.Time{}
	for i, out := range outcomes {
		sub := out.Subscription
		sub.RevisedAt = s.Now()
		told = append(told, sub)
		switch {
		case !sub.Live():
			if err := s.follow(ctx, over[i].Subscription, sub); err != nil {
				return err
			}
			mails = append(mails, over[i].disabled(sub))
		case !sub.Personal():
			extended[sub.OrganizationID] = sub.PeriodEnd
		}
		if v := out.Invoice; v != nil && v.Open() {
			mails = append(mails, s.about(over[i].Customer, mailInvoice, *v, v.OpenCents))
		}
	}
	if err := s.Store.Update(ctx, told...); err != nil {
		return err
	}
	if err := s.Organizations.Extend(ctx, extended); err != nil {
		return err
	}
	return s.Mail(ctx, mails...)
}

// announceEnd returns the mail that says that a trial ends soon, once for all that
// were missed.
func (c Contract) announceEnd(now time.Time) (Subscription, mail.Message) {
	for c.Reminders < len(trialReminders) && !c.TrialEnd.Add(-trialReminders[c.Reminders]).After(now) {
		c.Reminders++
	}
	once := c.ID.String() + "|" + strconv.Itoa(c.Reminders) + "|" + strconv.FormatInt(c.TrialEnd.Unix(), 10)
	return c.Subscription, letter(c.Customer, mailTrial, once, map[string]string{
		"Amount": Amount(max(0, c.Cents()-c.CreditCents), c.Language), "Ends": c.TrialEnd.Format(time.RFC3339),
	})
}

// disabled is the mail that says that a canceled subscription is over.
func (c Contract) disabled(is Subscription) mail.Message {
	return letter(c.Customer, mailDisabled, c.ID.String()+"|"+strconv.FormatInt(is.PeriodEnd.Unix(), 10),
		map[string]string{"Number": "", "Amount": "", "Link": ""})
}

// Remind does what the Calendar says about open invoices. It may be called at any
// time and on several nodes. What was missed is made up for by the last step alone,
// and nobody loses anything who was not told a week before.
func (s *Service) Remind(ctx context.Context) error {
	for {
		due, err := s.Provider.Due(ctx, s.Now(), page)
		if err != nil || len(due) == 0 {
			return err
		}
		ids, owners := make([]id.ID, len(due)), make([]Owner, len(due))
		for i, v := range due {
			ids[i], owners[i] = v.ID, v.Owner()
		}
		err = s.Store.Tx(ctx, func(ctx context.Context) error {
			if err := s.lockAll(ctx, owners); err != nil {
				return err
			}
			due, err := s.Provider.Due(ctx, s.Now(), page, ids...) // as they are now
			if err != nil {
				return err
			}
			return s.remind(ctx, due)
		})
		if err != nil {
			return err
		}
	}
}

// remind does the next step of invoices that are locked.
func (s *Service) remind(ctx context.Context, due []Invoice) error {
	owners := make([]Owner, len(due))
	for i, v := range due {
		owners[i] = v.Owner()
	}
	customers, err := s.Store.Customers(ctx, owners)
	if err != nil {
		return err
	}
	if due, err = s.useCredit(ctx, due); err != nil {
		return err
	}
	var mails []mail.Message
	var done []Invoice
	for _, v := range due {
		step, v := v.step(s.Now())
		done = append(done, v)
		c, found := customers[v.Owner()]
		switch {
		case !found: // the owner is gone, and the operator sees what is open
		case !v.Open(): // there was credit enough
		case step < overdue:
			mails = append(mails, s.about(c, mailReminder, v, v.OpenCents))
		case step < consequent:
			m := s.about(c, mailOverdue, v, v.OpenCents)
			m.Data["Ends"] = v.EndsAt().Format(time.RFC3339)
			mails = append(mails, m)
		}
	}
	if err := s.Provider.Reminded(ctx, done); err != nil {
		return err
	}
	if err := s.Mail(ctx, mails...); err != nil {
		return err
	}
	for _, v := range done {
		if v.hadConsequences() && v.Owner() != (Owner{}) {
			if err := s.suspend(ctx, Contract{Customer: customers[v.Owner()]}, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// useCredit sets credit against invoices that are due and locked, so that nobody is
// reminded of what is covered, or loses anything over it, and returns them as they are
// then. Before the day it is due an invoice leaves the credit alone.
func (s *Service) useCredit(ctx context.Context, due []Invoice) ([]Invoice, error) {
	subs, err := s.Store.WithCredit(ctx, due)
	if err != nil || len(subs) == 0 {
		return due, err
	}
	for i := range subs {
		sub := &subs[i]
		sub.RevisedAt = s.Now()
		for j, v := range due {
			if v.SubscriptionID != sub.ID || v.DueAt.After(s.Now()) {
				continue
			}
			paid, err := s.Provider.Pay(ctx, sub, v.Number, Payment{Means: Credit, At: s.Now()})
			if err != nil {
				return nil, err
			}
			due[j].OpenCents, due[j].PaidAt = paid.OpenCents, paid.PaidAt
		}
	}
	return due, s.Store.Update(ctx, subs...)
}

// suspend takes away what an invoice was for that nobody has paid. Nothing is deleted,
// and the payment gives all back.
func (s *Service) suspend(ctx context.Context, c Contract, v Invoice) error {
	was, found, err := s.find(ctx, v.Owner())
	if err != nil || !found {
		return err
	}
	c.Subscription = was
	if c.Live() {
		is := c
		is.Status = Unpaid
		if err := s.settle(ctx, &c)(s.Provider.Change(ctx, c, is)); err != nil {
			return err
		}
		if err := s.Mail(ctx, s.about(c.Customer, mailDisabled, v, v.OpenCents)); err != nil {
			return err
		}
	}
	return s.write(ctx, was, c.Subscription)
}
