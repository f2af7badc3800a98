package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"coffre/internal/app"
	"coffre/internal/config"
	"coffre/internal/id"
	"coffre/internal/process"
)

type invoiceCommand struct {
	List   invoiceList   `cmd:"" help:"List the invoices of this cloud, or those that are open."`
	Show   invoiceShow   `cmd:"" help:"Show an invoice with its lines, and the link under which it is read."`
	Pay    invoicePay    `cmd:"" help:"Record that money has come for an invoice. The same reference is recorded once."`
	Credit invoiceCredit `cmd:"" help:"Give an organization or a person a credit, which the next invoices use up first."`

	WriteOff invoiceWriteOff `cmd:"" help:"Close an invoice that will never be paid."`
}

// ask has the running server do something and reads its answer into out.
func (p place) ask(ctx context.Context, path string, in, out any) error {
	cfg, _, err := p.read(config.Flags{})
	if err != nil {
		return err
	}
	body, err := process.Ask(ctx, cfg.Data.Socket(), path, in)
	if err != nil || len(body) == 0 {
		return err
	}
	return json.Unmarshal(body, out)
}

type invoiceList struct {
	place
	Open bool `help:"Only invoices that still ask for money, the one due first on top."`
}

// Run prints a line for each invoice.
func (c invoiceList) Run(ctx context.Context, t terminal) error {
	var list []app.InvoiceStory
	if err := c.ask(ctx, "/invoice/list", app.InvoiceWanted{Open: c.Open}, &list); err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(t.out, "There is none.")
	}
	for _, v := range list {
		name, _, _ := strings.Cut(v.Recipient, "\n")
		fmt.Fprintf(t.out, "%-12s  issued %s  due %s  %12s  %-24s  %s\n",
			v.Number, v.IssuedAt.Format(time.DateOnly), v.DueAt.Format(time.DateOnly), dollars(v.TotalCents), stateOf(v), name)
	}
	return nil
}

// stateOf says in a few words what has become of an invoice.
func stateOf(v app.InvoiceStory) string {
	switch {
	case v.OpenCents > 0:
		return "open " + dollars(v.OpenCents)
	case v.WrittenOffAt != nil:
		return "written off " + v.WrittenOffAt.Format(time.DateOnly)
	case v.PaidAt != nil:
		return "paid " + v.PaidAt.Format(time.DateOnly)
	}
	return "closed"
}

type invoiceShow struct {
	place
	Number string `arg:"" help:"Number of the invoice."`
}

// Run prints all of an invoice.
func (c invoiceShow) Run(ctx context.Context, t terminal) error {
	var v app.InvoiceStory
	if err := c.ask(ctx, "/invoice/show", app.InvoiceWanted{Number: c.Number}, &v); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Invoice %s, %s\nissued %s, due %s\n\n", v.Number, stateOf(v), v.IssuedAt.Format(time.DateOnly), v.DueAt.Format(time.DateOnly))
	for line := range strings.SplitSeq(v.Recipient, "\n") {
		fmt.Fprintln(t.out, "  "+line)
	}
	fmt.Fprintln(t.out)
	for _, l := range v.Lines {
		fmt.Fprintf(t.out, "%12s  %d × %s  %s\n", dollars(l.AmountCents), l.Quantity, dollars(l.UnitCents), l.Name)
	}
	fmt.Fprintf(t.out, "%12s  in all\n\n%s\n", dollars(v.TotalCents), v.Link)
	return nil
}

type invoicePay struct {
	place
	Number    string `arg:"" help:"Number of the invoice."`
	Amount    amount `help:"What has come, 40.00 for example." placeholder:"DOLLARS" required:""`
	Reference string `help:"What the bank calls the transfer." placeholder:"TEXT" required:""`
}

// Run records a payment and says what is left.
func (c invoicePay) Run(ctx context.Context, t terminal) error {
	var paid app.PaymentStory
	in := app.PaymentToRecord{Number: c.Number, Cents: int64(c.Amount), Reference: c.Reference}
	if err := c.ask(ctx, "/invoice/pay", in, &paid); err != nil {
		return err
	}
	if !paid.Recorded {
		fmt.Fprintf(t.out, "This payment was recorded before for invoice %s. Nothing is changed.\n", c.Number)
	} else {
		fmt.Fprintf(t.out, "Recorded %s for invoice %s.\n", dollars(int64(c.Amount)), c.Number)
	}
	if left := paid.Invoice.OpenCents; left > 0 {
		fmt.Fprintf(t.out, "Left to pay: %s.\n", dollars(left))
		return nil
	}
	fmt.Fprintln(t.out, "Nothing is left to pay.")
	return nil
}

type invoiceCredit struct {
	place
	Organization string `help:"Id of the organization." placeholder:"ID" xor:"owner" required:""`
	Person       string `help:"Mail address of a person with premium of their own." placeholder:"EMAIL" xor:"owner" required:""`
	Amount       amount `help:"The credit, 10.00 for example." placeholder:"DOLLARS" required:""`
	Reason       string `help:"Why; it stands in the books." placeholder:"TEXT" required:""`
}

// Run gives a credit.
func (c invoiceCredit) Run(ctx context.Context, t terminal) error {
	in := app.CreditToGrant{Person: c.Person, Cents: int64(c.Amount), Reason: c.Reason}
	if c.Organization != "" {
		organizationID, err := id.Parse(c.Organization)
		if err != nil {
			return usageError("--organization takes the id of an organization, as the address of its pages shows it")
		}
		in.OrganizationID = organizationID
	}
	if err := c.ask(ctx, "/invoice/credit", in, nil); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Credited %s. The next invoices use it up first.\n", dollars(in.Cents))
	return nil
}

type invoiceWriteOff struct {
	place
	Number string `arg:"" help:"Number of the invoice."`
	Reason string `help:"Why; it stands in the books." placeholder:"TEXT" required:""`
}

// Run closes an invoice and says what is lost.
func (c invoiceWriteOff) Run(ctx context.Context, t terminal) error {
	var lost app.WriteOffStory
	if err := c.ask(ctx, "/invoice/write-off", app.WriteOffWanted{Number: c.Number, Reason: c.Reason}, &lost); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "Wrote off %s of invoice %s.\n", dollars(lost.Cents), c.Number)
	return nil
}

type booksCommand struct{ place }

// Run prints the sums of the accounts, and fails when something does not add up.
func (c booksCommand) Run(ctx context.Context, t terminal) error {
	var books app.BooksStory
	if err := c.ask(ctx, "/books", struct{}{}, &books); err != nil {
		return err
	}
	for _, account := range slices.Sorted(maps.Keys(books.Accounts)) {
		fmt.Fprintf(t.out, "%-12s %14s\n", account, dollars(books.Accounts[account]))
	}
	fmt.Fprintf(t.out, "%d invoices, %d entries\n", books.Invoices, books.Entries)
	if len(books.Faults) == 0 {
		fmt.Fprintln(t.out, "The books balance.")
		return nil
	}
	for _, what := range books.Faults {
		fmt.Fprintln(t.err, "coffre: "+what)
	}
	fmt.Fprintln(t.err, "coffre: the books do not balance. Keep a backup of this state, and report it.")
	return errSaid
}

// amount is money that a person types, in cents.
type amount int64

// UnmarshalText reads 40, 40.5 and 40.50.
func (a *amount) UnmarshalText(text []byte) error {
	whole, part, _ := strings.Cut(strings.TrimPrefix(string(text), "$"), ".")
	cents := (part + "00")[:2]
	n, err := strconv.ParseUint(whole+cents, 10, 53)
	if err != nil || len(part) > 2 || whole == "" || n == 0 {
		return fmt.Errorf("%q is no amount: write it as 40.00", text)
	}
	*a = amount(n)
	return nil
}

// dollars writes cents as the invoices do in English, without grouping.
func dollars(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s$%d.%02d", sign, cents/100, cents%100)
}
