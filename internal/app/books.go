package app

import (
	"context"
	"strings"
	"time"

	"coffre/internal/billing"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// PaymentToRecord is what `coffre invoice pay` asks for.
type PaymentToRecord struct {
	Number    string `json:"number"`
	Cents     int64  `json:"cents"`
	Reference string `json:"reference"` // of the bank; the same one twice is the same payment
}

// CreditToGrant is what `coffre invoice credit` asks for. One of the owners is set.
type CreditToGrant struct {
	OrganizationID id.ID  `json:"organizationId"`
	Person         string `json:"person"` // their address
	Cents          int64  `json:"cents"`
	Reason         string `json:"reason"`
}

// WriteOffWanted is what `coffre invoice write-off` asks for.
type WriteOffWanted struct {
	Number string `json:"number"`
	Reason string `json:"reason"`
}

// WriteOffStory is what was written off.
type WriteOffStory struct {
	Cents int64 `json:"cents"`
}

// InvoiceWanted says which invoices an operator asks for: one, or a list.
type InvoiceWanted struct {
	Number string `json:"number"`
	Open   bool   `json:"open"` // only those that ask for money
}

// InvoiceStory is an invoice as commands show it. Amounts are in cents.
type InvoiceStory struct {
	Number       string        `json:"number"`
	Recipient    string        `json:"recipient"` // lines
	IssuedAt     time.Time     `json:"issuedAt"`
	DueAt        time.Time     `json:"dueAt"`
	TotalCents   int64         `json:"totalCents"`
	OpenCents    int64         `json:"openCents"`
	PaidAt       *time.Time    `json:"paidAt"`
	WrittenOffAt *time.Time    `json:"writtenOffAt"`
	Lines        []StoryOfLine `json:"lines"`
	Link         string        `json:"link"` // of the page; "" in a list
}

// StoryOfLine is one line of an InvoiceStory.
type StoryOfLine struct {
	Name        string `json:"name"`
	Quantity    int    `json:"quantity"`
	UnitCents   int64  `json:"unitCents"`
	AmountCents int64  `json:"amountCents"`
}

// PaymentStory is what became of a payment.
type PaymentStory struct {
	Invoice  InvoiceStory `json:"invoice"`
	Recorded bool         `json:"recorded"` // false when it was before
}

// BooksStory is what the books say.
type BooksStory struct {
	Accounts map[string]int64 `json:"accounts"`
	Invoices int              `json:"invoices"`
	Entries  int              `json:"entries"`
	Faults   []string         `json:"faults"`
}

func storyOf(v billing.Invoice) InvoiceStory {
	story := InvoiceStory{
		Number: v.Number, Recipient: v.Recipient, IssuedAt: v.IssuedAt, DueAt: v.DueAt, TotalCents: v.TotalCents, OpenCents: v.OpenCents,
		PaidAt: whenever(v.PaidAt), WrittenOffAt: whenever(v.WrittenOffAt), Lines: []StoryOfLine{},
	}
	for _, l := range v.Lines {
		story.Lines = append(story.Lines, StoryOfLine{l.Name, l.Quantity, l.UnitCents, l.AmountCents})
	}
	return story
}

func whenever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// mountBooks adds what the commands about money ask the running cloud for.
func (a *App) mountBooks() {
	onCloud(a, "POST /invoice/list", a.listInvoices)
	onCloud(a, "POST /invoice/show", a.showInvoice)
	onCloud(a, "POST /invoice/pay", a.recordPayment)
	onCloud(a, "POST /invoice/credit", a.grantCredit)
	onCloud(a, "POST /invoice/write-off", a.writeOff)
	onCloud(a, "POST /books", func(ctx context.Context, _ struct{}) (BooksStory, error) {
		books, err := a.sales.Books(ctx)
		return BooksStory{books.Accounts, books.Invoices, books.Entries, books.Faults}, err
	})
}

var sellsNothing = fault.New(fault.Invalid, "app.sellsNothing")

// onCloud adds a route of the local socket that only a cloud answers.
func onCloud[In, Out any](a *App, pattern string, fn func(context.Context, In) (Out, error)) {
	web.Handle(a.control, pattern, func(c *web.Call, in In) (out Out, err error) {
		if a.config.SelfHosted {
			return out, sellsNothing
		}
		return fn(c.Context(), in)
	}, web.Anonymous)
}

func (a *App) listInvoices(ctx context.Context, in InvoiceWanted) ([]InvoiceStory, error) {
	list, err := a.sales.books.List(ctx, in.Open)
	stories := make([]InvoiceStory, len(list))
	for i, v := range list {
		stories[i] = storyOf(v)
	}
	return stories, err
}

func (a *App) showInvoice(ctx context.Context, in InvoiceWanted) (InvoiceStory, error) {
	v, err := a.findInvoice(ctx, in.Number)
	if err != nil {
		return InvoiceStory{}, err
	}
	story := storyOf(v)
	story.Link = a.sales.invoices.To(v)
	return story, nil
}

// findInvoice tells an operator which number there is not.
func (a *App) findInvoice(ctx context.Context, number string) (billing.Invoice, error) {
	v, err := a.sales.FindInvoice(ctx, number)
	if fault.KindOf(err) == fault.NotFound {
		err = fault.New(fault.Invalid, "app.noInvoice").With("number", number)
	}
	return v, err
}

// recordPayment answers what it did to the same payment before, so that a command
// may be given again whenever its answer was lost.
func (a *App) recordPayment(ctx context.Context, in PaymentToRecord) (PaymentStory, error) {
	if _, err := a.findInvoice(ctx, in.Number); err != nil {
		return PaymentStory{}, err
	}
	v, err := a.sales.RecordPayment(ctx, in.Number, in.Cents, strings.TrimSpace(in.Reference), a.clock.Now())
	if fault.CodeOf(err) == billing.PaymentRecorded {
		v, err = a.sales.FindInvoice(ctx, in.Number)
		return PaymentStory{Invoice: storyOf(v)}, err
	}
	return PaymentStory{storyOf(v), true}, err
}

func (a *App) grantCredit(ctx context.Context, in CreditToGrant) (struct{}, error) {
	owner := billing.Owner{OrganizationID: in.OrganizationID}
	if in.Person != "" {
		person, found, err := a.rooms.accounts.FindByEmail(ctx, in.Person)
		if err == nil && !found {
			err = fault.New(fault.Invalid, "app.noPerson").With("email", in.Person)
		}
		if err != nil {
			return struct{}{}, err
		}
		owner = billing.Owner{AccountID: person.ID}
	}
	return struct{}{}, a.sales.GrantCredit(ctx, owner, in.Cents, strings.TrimSpace(in.Reason))
}

func (a *App) writeOff(ctx context.Context, in WriteOffWanted) (WriteOffStory, error) {
	v, err := a.findInvoice(ctx, in.Number)
	if err != nil {
		return WriteOffStory{}, err
	}
	_, err = a.sales.WriteOff(ctx, in.Number, strings.TrimSpace(in.Reason))
	return WriteOffStory{v.OpenCents}, err
}
