package app

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"coffre/internal/billing"
	"coffre/internal/config"
	"coffre/internal/fault"
	"coffre/internal/mail"
	"coffre/internal/web"
)

// invoicePage is what the page of an invoice shows, in the words of its reader.
type invoicePage struct {
	pageData
	Seller    config.Seller
	Recipient []string
	Number    string
	Issued    string
	Due       string
	State     string // a key of the texts: paid, overdue, open, closed
	StateAt   string // the day that goes with it
	Lines     []invoiceLine
	Total     string
	Received  string // "" when nothing of it is paid, or all
	Open      string // "" when there is nothing to pay
	IBAN      string
}

type invoiceLine struct {
	Name, Period, Part          string
	Quantity, UnitPrice, Amount string
}

// mountInvoices adds the page on which an invoice is read and printed. Whoever has
// its link may do so.
func (a *App) mountInvoices(r *web.Router) {
	web.Raw(r, "GET /invoice", func(w http.ResponseWriter, c *web.Call) error {
		v, err := a.sales.invoices.Open(c.Context(), c.Query("token"))
		if err == nil {
			return a.site.render(w, http.StatusOK, "invoice.html", a.invoicePage(c, v))
		}
		if fault.KindOf(err) != fault.NotFound || !strings.Contains(c.Header.Get("Accept"), "text/html") {
			return err
		}
		return a.site.render(w, http.StatusNotFound, "invoice-gone.html", a.pageData(c))
	}, web.Anonymous)
}

func (a *App) invoicePage(c *web.Call, v billing.Invoice) invoicePage {
	d := a.pageData(c)
	amount := func(cents int64) string { return billing.Amount(cents, d.Language) }
	day := func(t time.Time) string { return mail.Day(t, d.Language) }
	page := invoicePage{
		pageData: d, Seller: a.config.Billing.Seller, Recipient: strings.Split(v.Recipient, "\n"), Number: v.Number,
		Issued: day(v.IssuedAt), Due: day(v.DueAt), Total: amount(v.TotalCents), IBAN: inFours(a.config.Billing.Seller.IBAN),
	}
	switch {
	case !v.WrittenOffAt.IsZero():
		page.State, page.StateAt = "invoiceClosed", day(v.WrittenOffAt)
	case !v.Open():
		page.State, page.StateAt = "invoicePaid", day(v.PaidAt)
	default:
		page.State, page.StateAt, page.Open = "invoiceOpen", page.Due, amount(v.OpenCents)
		if a.clock.Now().After(v.DueAt) {
			page.State = "invoiceOverdue"
		}
		if v.OpenCents != v.TotalCents {
			page.Received = amount(v.TotalCents - v.OpenCents)
		}
	}
	for _, l := range v.Lines {
		page.Lines = append(page.Lines, lineOf(l, d.Language))
	}
	return page
}

func lineOf(l billing.Line, language string) invoiceLine {
	line := invoiceLine{
		Name: billing.Words(l.Name, language), Quantity: strconv.Itoa(l.Quantity),
		UnitPrice: billing.Amount(l.UnitCents, language), Amount: billing.Amount(l.AmountCents, language),
	}
	if !l.From.IsZero() {
		line.Period = mail.Day(l.From, language) + " – " + mail.Day(l.Until, language)
	}
	if l.Whole != 0 {
		line.Part = percent(l.Part, l.Whole, language)
	}
	return line
}

// percent writes a share with two decimals.
func percent(part, whole int64, language string) string {
	text := fmt.Sprintf("%.2f", 100*float64(part)/float64(whole))
	if language == "fr" {
		return strings.Replace(text, ".", ",", 1) + "\u00a0%"
	}
	return text + "%"
}

// inFours writes an account number as people read it, four signs at a time.
func inFours(iban string) string {
	plain := strings.ReplaceAll(iban, " ", "")
	parts := []string{}
	for len(plain) > 4 {
		parts, plain = append(parts, plain[:4]), plain[4:]
	}
	return strings.TrimSpace(strings.Join(append(parts, plain), " "))
}
