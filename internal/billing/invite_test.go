package billing_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"coffre/internal/billing"
	"coffre/internal/db"
	"coffre/internal/dbtest"
	"coffre/internal/id"
	"coffre/internal/ledger"
	"coffre/internal/mail"
	"coffre/internal/member"
	"coffre/internal/notice"
	"coffre/internal/org"
	"coffre/internal/orgtest"
	"coffre/internal/plan"
)

// employer is an organization with ten seats that are paid for, whose invitations buy
// what is missing as far as its owner allows.
type employer struct {
	*orgtest.World
	money *billing.Service
	owner id.ID
	o     org.Organization
}

func newEmployer(t *testing.T, d *db.DB) *employer {
	t.Helper()
	e := &employer{World: orgtest.New(t, d)}
	e.owner = e.Person(t, "owner@example.org")
	quiet := func(context.Context, notice.Notice) {}
	e.Orgs.Touch, e.Orgs.Announce, e.Members.Announce = e.Accounts.Touch, quiet, quiet // several invite at once
	e.money = &billing.Service{
		Store: billing.NewStore(d), Provider: ledger.NewBook(d, e.Now), Organizations: e.Orgs, Accounts: e.Accounts, Now: e.Now, Announce: quiet,
		Mail:             func(context.Context, ...mail.Message) error { return nil },
		InvoiceLink:      func(v billing.Invoice) string { return v.Number },
		RenewSponsorship: func(context.Context, id.ID, time.Time) (bool, error) { return false, nil },
	}
	e.Orgs.Subscribe, e.Members.AddSeats = e.money.Start, e.money.AddSeats
	var err error
	e.o, err = e.Orgs.Buy(t.Context(), e.owner, org.New{Name: "Acme", Key: wrapped}, org.Purchase{PlanType: plan.EnterpriseMonthly, AdditionalSeats: 10})
	must(t, err)
	e.limit(t, 10)
	return e
}

// limit says up to how many seats invitations may buy.
func (e *employer) limit(t *testing.T, seats int) {
	t.Helper()
	must(t, e.money.ChangeSubscription(t.Context(), e.owner, e.o.ID, 0, &seats))
}

func (e *employer) invite(ctx context.Context, n int) error {
	emails := make([]string, n)
	for i := range emails {
		emails[i] = id.New().String() + "@example.org"
	}
	return e.Members.Invite(ctx, e.owner, e.o.ID, member.Invitation{Emails: emails, Type: org.User})
}

// is fails the test unless the organization has members, seats and invoices.
func (e *employer) is(t *testing.T, what string, members, seats, invoices int) {
	t.Helper()
	list, err := e.Orgs.Members(t.Context(), e.o.ID)
	must(t, err)
	o, err := e.Orgs.Get(t.Context(), e.o.ID)
	must(t, err)
	sub, _, err := e.money.Find(t.Context(), e.o.ID)
	must(t, err)
	books, err := e.money.Books(t.Context())
	must(t, err)
	if len(list) != members || *o.Seats != seats || sub.Seats != seats || books.Invoices != invoices || len(books.Faults) > 0 {
		t.Errorf("%s: %d members, %d seats, %d paid for, books %+v; want %d, %d, %d invoices",
			what, len(list), *o.Seats, sub.Seats, books, members, seats, invoices)
	}
}

// Scenario 102 of spec 03, where seats are sold.
func TestInvitationsBuySeatsForAllOrNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		e := newEmployer(t, d)
		e.Mails = nil
		events := len(e.Recorded(t))
		if err := e.invite(t.Context(), 50); keyOf(err) != "billing.autoscaleOver" {
			t.Errorf("50 people: got %v", err)
		}
		e.is(t, "50 people", 1, 10, 1)
		if len(e.Mails) != 0 || len(e.Recorded(t)) != events {
			t.Errorf("%d mails, %d events", len(e.Mails), len(e.Recorded(t))-events)
		}
		must(t, e.invite(t.Context(), 9))
		e.is(t, "as many as there are seats", 10, 10, 1)
		e.limit(t, 12)
		must(t, e.invite(t.Context(), 2))
		e.is(t, "two more", 12, 12, 2)
		e.Members.Mail = func(context.Context, ...mail.Message) error { return errors.New("broken") }
		e.limit(t, 20)
		if err := e.invite(t.Context(), 3); err == nil {
			t.Error("invitations that cannot be mailed went through")
		}
		e.is(t, "invitations that failed", 12, 12, 2)
	})
}

// Scenario 102 of spec 03, for two who invite at once.
func TestLastSeatsAreTakenOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		e := newEmployer(t, d)
		e.Members.Mail = func(context.Context, ...mail.Message) error { return nil }
		e.limit(t, 14)
		var results [4]error
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i] = e.invite(t.Context(), 7) })
		}
		wg.Wait()
		good := 0
		for _, err := range results {
			if err == nil {
				good++
			} else if keyOf(err) != "billing.autoscaleOver" {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d of four invitations of seven went through", good)
		}
		e.is(t, "at once", 8, 10, 1)
	})
}
