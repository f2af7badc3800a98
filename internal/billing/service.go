package billing

import (
	"context"
	"time"

	"coffre/internal/account"
	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/license"
	"coffre/internal/mail"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/plan"
)

// Service is what the rest of a cloud may do with subscriptions.
type Service struct {
	Store         Store
	Provider      Provider
	Organizations *org.Service
	Accounts      *account.Service
	Now           func() time.Time
	// Mail queues mails in the transaction of ctx; mail.go says which.
	Mail func(ctx context.Context, list ...mail.Message) error
	// Announce tells clients what happened, once the transaction of ctx is committed.
	Announce func(ctx context.Context, n notice.Notice)
	// Used tells how much storage of those who pay is in use.
	Used blob.Usage
	// InvoiceLink returns the address of a page that shows an invoice.
	InvoiceLink func(v Invoice) string
	// RenewSponsorship reports whether the sponsorship of an organization goes on
	// beyond a period that ends, and if so notes until when. It is asked first in the
	// transaction of the renewal.
	RenewSponsorship func(ctx context.Context, orgID id.ID, until time.Time) (bool, error)
	// Outgrown ends the sponsorship of an organization that has changed to a plan that
	// nobody sponsors, in the transaction of that.
	Outgrown func(ctx context.Context, orgID id.ID) error
}

var (
	noSubscription = fault.New(fault.Invalid, "billing.noSubscription")
	canceled       = fault.New(fault.Invalid, "billing.canceled")
	unpaid         = fault.New(fault.Invalid, "billing.unpaid")
)

// Start opens the subscription of an organization that was just ordered, in the
// transaction of its creation: a trial when the order wants one and the plan has
// it, else a period with its invoice.
func (s *Service) Start(ctx context.Context, o org.Organization, p org.Purchase) error {
	bought, _ := plan.Of(p.PlanType)
	days := 0
	if p.Trial {
		days = bought.TrialDays
	}
	return s.open(ctx, Subscription{
		OrganizationID: o.ID, PlanType: p.PlanType, Seats: p.AdditionalSeats, ExtraStorageGB: p.AdditionalStorageGB, Address: p.Address,
	}, days)
}

// open begins a subscription of somebody who has none.
func (s *Service) open(ctx context.Context, sub Subscription, trialDays int) error {
	sub.ID, sub.CreatedAt, sub.RevisedAt = id.NewOrdered(), s.Now(), s.Now()
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		c, err := s.contract(ctx, sub)
		if err != nil {
			return err
		}
		if err := s.settle(ctx, &c)(s.Provider.Subscribe(ctx, c, trialDays)); err != nil {
			return err
		}
		if err := s.Store.Insert(ctx, c.Subscription); err != nil {
			return err
		}
		return s.follow(ctx, sub, c.Subscription)
	})
}

// contract joins a subscription with who pays for it.
func (s *Service) contract(ctx context.Context, sub Subscription) (Contract, error) {
	list, err := s.contracts(ctx, []Subscription{sub})
	if err != nil {
		return Contract{}, err
	}
	return list[0], nil
}

func (s *Service) contracts(ctx context.Context, subs []Subscription) ([]Contract, error) {
	owners := make([]Owner, len(subs))
	for i, sub := range subs {
		owners[i] = sub.Owner()
	}
	customers, err := s.Store.Customers(ctx, owners)
	list := make([]Contract, len(subs))
	for i, sub := range subs {
		list[i] = Contract{sub, customers[owners[i]]}
	}
	return list, err
}

// settle takes over what the provider made of c, and mails an invoice that asks for
// something.
func (s *Service) settle(ctx context.Context, c *Contract) func(Outcome, error) error {
	return func(out Outcome, err error) error {
		if err != nil {
			return err
		}
		c.Subscription = out.Subscription
		if out.Invoice == nil || !out.Invoice.Open() {
			return nil
		}
		return s.Mail(ctx, s.about(c.Customer, mailInvoice, *out.Invoice, out.Invoice.OpenCents))
	}
}

// Find returns the subscription of an organization; one on the free plan has none.
func (s *Service) Find(ctx context.Context, orgID id.ID) (Subscription, bool, error) {
	return s.find(ctx, Owner{OrganizationID: orgID})
}

func (s *Service) find(ctx context.Context, o Owner) (Subscription, bool, error) {
	sub, err := s.Store.Get(ctx, o)
	if fault.KindOf(err) == fault.NotFound {
		return Subscription{}, false, nil
	}
	return sub, err == nil, err
}

// Paid reports whether an organization has a subscription that costs something.
func (s *Service) Paid(ctx context.Context, orgID id.ID) (bool, error) {
	sub, found, err := s.Find(ctx, orgID)
	return found && sub.Status != Canceled && !sub.CancelAtEnd && sub.Cents() > 0, err
}

// lock waits until nobody else changes the subscription of an owner, or the
// organization that has it.
func (s *Service) lock(ctx context.Context, o Owner) error {
	if o.AccountID.IsZero() {
		return s.Store.Lock(ctx, "org:"+o.OrganizationID.String())
	}
	return s.Store.Lock(ctx, "premium:"+o.AccountID.String())
}

// alone runs fn in a transaction, once nobody else changes the subscription of an
// owner any more.
func (s *Service) alone(ctx context.Context, o Owner, fn func(ctx context.Context) error) error {
	return s.Store.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx, o); err != nil {
			return err
		}
		return fn(ctx)
	})
}

// change reads a subscription, lets fn change it, and writes it with what follows
// from it, alone.
func (s *Service) change(ctx context.Context, o Owner, fn func(ctx context.Context, c *Contract) error) error {
	return s.alone(ctx, o, func(ctx context.Context) error {
		was, found, err := s.find(ctx, o)
		if err == nil && !found {
			err = o.nothing()
		}
		if err != nil {
			return err
		}
		c, err := s.contract(ctx, was)
		if err != nil {
			return err
		}
		if err := fn(ctx, &c); err != nil {
			return err
		}
		return s.write(ctx, was, c.Subscription)
	})
}

// nothing says that o has bought nothing.
func (o Owner) nothing() error {
	if o.AccountID.IsZero() {
		return noSubscription
	}
	return noPremium
}

func (s *Service) write(ctx context.Context, was, is Subscription) error {
	if was == is {
		return nil
	}
	is.RevisedAt = s.Now()
	if was.Sponsored && !is.PlanType.Sponsorable() {
		if err := s.Outgrown(ctx, is.OrganizationID); err != nil {
			return err
		}
	}
	if err := s.Store.Update(ctx, is); err != nil {
		return err
	}
	return s.follow(ctx, was, is)
}

// follow gives an organization or a person what their subscription is for now, or
// takes it away. Who is not concerned does not hear of it.
func (s *Service) follow(ctx context.Context, was, is Subscription) error {
	switch {
	case is.Personal() && was.Live() != is.Live():
		s.Announce(ctx, notice.Premium(is.AccountID, is.Live()))
		return s.Accounts.Touch(ctx, is.AccountID)
	case is.Personal() || was.grants() == is.grants():
		return nil
	}
	o, err := s.Organizations.Get(ctx, is.OrganizationID)
	if err != nil {
		return err
	}
	terms := o.Terms()
	if was.Status != "" {
		terms = was.leadTo(is, terms)
	}
	terms.ExpiresAt = is.PeriodEnd
	return s.Organizations.Apply(ctx, o.ID, terms)
}

// grants is what an organization has by its subscription.
type grants struct {
	planType       plan.Type
	seats, storage int
	live           bool
	until          time.Time
}

func (s Subscription) grants() grants {
	return grants{s.PlanType, s.Seats, s.ExtraStorageGB, s.Live(), s.PeriodEnd}
}

// leadTo returns the terms of an organization after a change of its subscription.
// What did not change stays, even where somebody has made it differ from the plan.
func (s Subscription) leadTo(is Subscription, terms org.Terms) org.Terms {
	p, _ := plan.Of(is.PlanType)
	if s.PlanType != is.PlanType {
		terms.Plan, terms.PlanType, terms.MaxCollections = p.Name, p.Type, limit(p.MaxCollections)
		admins := terms.Features.UseAdminSponsoredFamilies && is.PlanType.Sponsors()
		terms.Features = p.Features
		terms.Features.UseAdminSponsoredFamilies = admins
	}
	if s.PlanType != is.PlanType || s.Seats != is.Seats {
		terms.Seats = new(p.BaseSeats + is.Seats)
	}
	if s.PlanType != is.PlanType || s.ExtraStorageGB != is.ExtraStorageGB {
		terms.MaxStorageGB = new(p.BaseStorageGB + is.ExtraStorageGB)
	}
	if s.Live() != is.Live() {
		terms.Enabled = is.Live()
	}
	return terms
}

// limit turns the plan's spelling of no limit, 0, into nil.
func limit(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// Term returns what the dates of a license follow from, or license.Unpaid when the
// subscription is over or not paid.
func (s *Service) Term(ctx context.Context, orgID id.ID) (license.Term, error) {
	sub, found, err := s.Find(ctx, orgID)
	switch {
	case err != nil || !found:
		return license.Term{}, err
	case !sub.Live():
		return license.Term{}, license.Unpaid
	}
	return license.Term{Subscribed: true, TrialEnd: sub.TrialEnd, PeriodStart: sub.PeriodStart, PeriodEnd: sub.PeriodEnd}, nil
}
