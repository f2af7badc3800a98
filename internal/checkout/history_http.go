package checkout

import (
	"time"

	"coffre/internal/billing"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

func mountHistory(r *web.Router, h handler) {
	web.Handle(r, "GET /api/organizations/{id}/billing/history", h.history)
	web.Handle(r, "GET /api/organizations/{id}/billing/invoices", h.invoices)
	web.Handle(r, "GET /api/organizations/{id}/billing/transactions", h.transactions)
	web.Handle(r, "GET /api/accounts/billing/history", h.premiumHistory)
	web.Handle(r, "GET /api/accounts/billing/invoices", h.premiumInvoices)
	web.Handle(r, "GET /api/accounts/billing/transactions", h.premiumTransactions)
}

// invoiceView is an invoice in a list. It has a page, and no file. The members after
// those that clients know are for our own page.
type invoiceView struct {
	ID     id.ID     `json:"id"`
	Number string    `json:"number"`
	Paid   bool      `json:"paid"`
	Amount float64   `json:"amount"`
	Date   time.Time `json:"date"`
	URL    string    `json:"url"`
	PDFURL *string   `json:"pdfUrl"`

	State   string        `json:"state"` // open, overdue, paid, or closed without payment
	DueDate time.Time     `json:"dueDate"`
	Open    float64       `json:"open"` // what is still to be paid
	Lines   []invoiceLine `json:"lines"`
}

type invoiceLine struct {
	Name     string     `json:"name"`
	Quantity int        `json:"quantity"`
	Amount   float64    `json:"amount"`
	From     *time.Time `json:"from"`
	Until    *time.Time `json:"until"`
}

// stateOf says where an invoice stands, in a word for our own page.
func stateOf(v billing.Invoice, now time.Time) string {
	switch {
	case !v.WrittenOffAt.IsZero():
		return "closed"
	case !v.Open():
		return "paid"
	case now.After(v.DueAt):
		return "overdue"
	}
	return "open"
}

func linesOf(v billing.Invoice, language string) []invoiceLine {
	lines := make([]invoiceLine, len(v.Lines))
	for i, l := range v.Lines {
		lines[i] = invoiceLine{billing.Words(l.Name, language), l.Quantity, units(l.AmountCents), timeOrNull(l.From), timeOrNull(l.Until)}
	}
	return lines
}

// transactionView is money or credit that has moved, in the numbers of clients.
type transactionView struct {
	ID                id.ID     `json:"id"`
	CreatedDate       time.Time `json:"createdDate"`
	Amount            float64   `json:"amount"`
	Refunded          *bool     `json:"refunded"`
	PartiallyRefunded *bool     `json:"partiallyRefunded"`
	RefundedAmount    *float64  `json:"refundedAmount"`
	Type              int       `json:"type"`
	PaymentMethodType *int      `json:"paymentMethodType"`
	Details           string    `json:"details"`
}

// The numbers of clients for what has moved, and by which means.
const (
	typeCharge      = 0
	typeCredit      = 1
	typePromotional = 2
	byTransfer      = 5
)

type historyView struct {
	Object       string            `json:"object"`
	Invoices     []invoiceView     `json:"invoices"`
	Transactions []transactionView `json:"transactions"`
}

func (h handler) history(c *web.Call, _ struct{}) (historyView, error) {
	invoices, err := h.listInvoices(c)
	if err != nil {
		return historyView{}, err
	}
	transactions, err := h.listTransactions(c)
	return historyView{"billingHistory", invoices, transactions}, err
}

func (h handler) premiumHistory(c *web.Call, _ struct{}) (historyView, error) {
	invoices, err := h.billing.PremiumInvoices(c.Context(), c.Caller.AccountID)
	if err != nil {
		return historyView{}, err
	}
	movements, err := h.billing.PremiumMovements(c.Context(), c.Caller.AccountID)
	return historyView{"billingHistory", h.invoiceViews(c, invoices), transactionViews(movements)}, err
}

func (h handler) listInvoices(c *web.Call) ([]invoiceView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	invoices, err := h.billing.Invoices(c.Context(), c.Caller.AccountID, orgID)
	return h.invoiceViews(c, invoices), err
}

func (h handler) invoiceViews(c *web.Call, invoices []billing.Invoice) []invoiceView {
	views := make([]invoiceView, len(invoices))
	for i, v := range invoices {
		views[i] = invoiceView{
			ID: v.ID, Number: v.Number, Paid: !v.Open(), Amount: units(v.TotalCents), Date: v.IssuedAt, URL: h.billing.InvoiceLink(v),
			State: stateOf(v, h.billing.Now()), DueDate: v.DueAt, Open: units(v.OpenCents), Lines: linesOf(v, c.Language()),
		}
	}
	return views
}

func (h handler) invoices(c *web.Call, _ struct{}) ([]invoiceView, error) {
	all, err := h.listInvoices(c)
	return wanted(c, all), err
}

func (h handler) premiumInvoices(c *web.Call, _ struct{}) ([]invoiceView, error) {
	all, err := h.billing.PremiumInvoices(c.Context(), c.Caller.AccountID)
	return wanted(c, h.invoiceViews(c, all)), err
}

// wanted returns a bare array, as clients expect here: the invoices of one status
// when they ask for it, and those that follow the last one they have.
func wanted(c *web.Call, all []invoiceView) []invoiceView {
	after, status := c.Query("startAfter"), c.Query("status")
	views := []invoiceView{}
	for _, v := range all {
		switch {
		case after != "":
			if v.ID.String() == after {
				after = ""
			}
		case status == "" || (status == "paid") == v.Paid:
			views = append(views, v)
		}
	}
	return views
}

func (h handler) transactions(c *web.Call, _ struct{}) ([]transactionView, error) {
	all, err := h.listTransactions(c)
	if err != nil {
		return nil, err
	}
	return older(c, all)
}

func (h handler) premiumTransactions(c *web.Call, _ struct{}) ([]transactionView, error) {
	movements, err := h.billing.PremiumMovements(c.Context(), c.Caller.AccountID)
	if err != nil {
		return nil, err
	}
	return older(c, transactionViews(movements))
}

func (h handler) listTransactions(c *web.Call) ([]transactionView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	movements, err := h.billing.Movements(c.Context(), c.Caller.AccountID, orgID)
	return transactionViews(movements), err
}

// transactionViews returns what was paid and what was credited. What was invoiced is
// in the list of invoices already.
func transactionViews(movements []billing.Movement) []transactionView {
	views := []transactionView{}
	for _, m := range movements {
		v := transactionView{ID: m.ID, CreatedDate: m.At, Amount: units(m.Cents), Details: m.Text}
		switch m.Kind {
		case string(billing.Transfer):
			v.Type, v.PaymentMethodType, v.Refunded = typeCharge, new(byTransfer), new(false)
		case "credited":
			v.Type = typeCredit
		case "grant":
			v.Type = typePromotional
		default:
			continue
		}
		views = append(views, v)
	}
	return views
}

// older returns what is older than the last transaction that a client has, which it
// names by its date.
func older(c *web.Call, all []transactionView) ([]transactionView, error) {
	after := c.Query("startAfter")
	if after == "" {
		return all, nil
	}
	last, err := time.Parse(time.RFC3339, after)
	if err != nil {
		return nil, fault.Malformed("startAfter")
	}
	views := []transactionView{}
	for _, v := range all {
		if v.CreatedDate.Before(last) {
			views = append(views, v)
		}
	}
	return views, nil
}
