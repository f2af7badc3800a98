package billing

import (
	"bytes"
	"context"
	"errors"
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
	q.Every("billing-renew", jobs.Interval(10*time.Minute), s.Renew)
	q.Every("billing-remind", jobs.Interval(time.Hour), s.Remind)
}

// Renew tells of trials that end soon, and takes subscriptions whose trial or period
// is over on to the next period, with its invoice, or to their end. It may be called
// at any time and on several nodes; what was missed is made up for.
func (s *Service) Renew(ctx context.Context) error {
	for {
		n, err := s.renewPage(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return s.renewSponsored(ctx)
		}
	}
}

// renewPage deals with the longest waiting subscriptions in one transaction, and
// returns how many there were.
func (s *Service) renewPage(ctx context.Context) (n int, err error) {
	due, err := s.Store.ListDue(ctx, s.Now(), false, page)
	if n = len(due); err != nil || n == 0 {
		return 0, err
	}
	ids, owners := make([]id.ID, n), make([]Owner, n)
	for i, sub := range due {
		ids[i], owners[i] = sub.ID, sub.Owner()
	}
	return n, s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockAll(ctx, owners); err != nil {
			return err
		}
		due, err := s.Store.ListDue(ctx, s.Now(), false, page, ids...) // as they are now
		if err != nil || len(due) == 0 {
			return err
		}
		return s.renew(ctx, due)
	})
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

// renewSponsored renews sponsored subscriptions, each by itself: whether the
// sponsorship goes on is decided first.
func (s *Service) renewSponsored(ctx context.Context) error {
	for {
		due, err := s.Store.ListDue(ctx, s.Now(), true, page)
		if err != nil || len(due) == 0 {
			return err
		}
		var failures []error
		for _, sub := range due {
			failures = append(failures, s.Store.Tx(ctx, func(ctx context.Context) error { return s.renewOneSponsored(ctx, sub) }))
		}
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
}

func (s *Service) renewOneSponsored(ctx context.Context, sub Subscription) error {
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
	var mails []mail.Message
	var done []Invoice
	for _, v := range due {
		step, v := v.step(s.Now())
		done = append(done, v)
		c, found := customers[v.Owner()]
		switch {
		case !found: // the owner is gone, and the operator sees what is open
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
		if v.Reminders > consequent && v.Owner() != (Owner{}) {
			if err := s.suspend(ctx, Contract{Customer: customers[v.Owner()]}, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// suspend takes away what an invoice was for that nobody has paid, unless there is
// credit enough. Nothing is deleted, and the payment gives all back.
func (s *Service) suspend(ctx context.Context, c Contract, v Invoice) error {
	was, found, err := s.find(ctx, v.Owner())
	if err != nil || !found {
		return err
	}
	c.Subscription = was
	if v, err = s.Provider.Pay(ctx, &c.Subscription, v.Number, Payment{Means: Credit, At: s.Now()}); err != nil {
		return err
	}
	if v.Open() && c.Live() {
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
