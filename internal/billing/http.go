package billing

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

// Mount adds the pages on which owners see what they pay. Only a cloud has them.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/organizations/{id}/subscription", h.subscription)
	web.Handle(r, "GET /api/organizations/{id}/billing/history", h.history)
	web.Handle(r, "GET /api/organizations/{id}/billing/invoices", h.invoices)
	web.Handle(r, "GET /api/organizations/{id}/billing/transactions", h.transactions)
	web.Handle(r, "GET /api/organizations/{id}/billing/vnext/warnings", h.warnings)
}

type handler struct{ billing *Service }

// subscriptionView is the "organizationSubscription" object: the organization and
// how it is paid. Amounts are in whole currency units there.
type subscriptionView struct {
	Object string `json:"object"`
	org.View

	StorageName                  *string       `json:"storageName"`
	StorageGB                    float64       `json:"storageGb"` // what is used: attachments are not stored here
	CustomerDiscount             *struct{}     `json:"customerDiscount"`
	Subscription                 *termView     `json:"subscription"`
	UpcomingInvoice              *upcomingView `json:"upcomingInvoice"`
	PendingAnnualUpgrade         *struct{}     `json:"pendingAnnualUpgrade"`
	SMServiceAccountsGrace       *int          `json:"smServiceAccountsGrace"`
	ExpirationWithoutGracePeriod *time.Time    `json:"expirationWithoutGracePeriod"`
	Expiration                   *time.Time    `json:"expiration"`
	ExemptFromBillingAutomation  bool          `json:"exemptFromBillingAutomation"`
}

type termView struct {
	TrialStartDate      *time.Time `json:"trialStartDate"`
	TrialEndDate        *time.Time `json:"trialEndDate"`
	PeriodStartDate     *time.Time `json:"periodStartDate"`
	PeriodEndDate       *time.Time `json:"periodEndDate"`
	CancelledDate       *time.Time `json:"cancelledDate"`
	CancelAtEndDate     bool       `json:"cancelAtEndDate"`
	Status              Status     `json:"status"`
	Cancelled           bool       `json:"cancelled"`
	CollectionMethod    string     `json:"collectionMethod"`
	SuspensionDate      *time.Time `json:"suspensionDate"`
	UnpaidPeriodEndDate *time.Time `json:"unpaidPeriodEndDate"`
	GracePeriod         *int       `json:"gracePeriod"`
	Items               []itemView `json:"items"`
}

type itemView struct {
	ProductID                 *string `json:"productId"`
	Name                      string  `json:"name"`
	Amount                    float64 `json:"amount"`
	Quantity                  int     `json:"quantity"`
	Interval                  string  `json:"interval"`
	SponsoredSubscriptionItem bool    `json:"sponsoredSubscriptionItem"`
	AddonSubscriptionItem     bool    `json:"addonSubscriptionItem"`
}

type upcomingView struct {
	Date   time.Time `json:"date"`
	Amount float64   `json:"amount"`
}

func (h handler) subscription(c *web.Call, _ struct{}) (subscriptionView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return subscriptionView{}, err
	}
	o, sub, err := h.billing.ForOwner(c.Context(), c.Caller.AccountID, orgID)
	view := subscriptionView{Object: "organizationSubscription", View: org.ViewOf(c, o), Expiration: timeOrNull(o.ExpiresAt)}
	if sub != nil {
		view.Subscription = termViewOf(*sub)
		if sub.Status != Canceled {
			view.UpcomingInvoice = &upcomingView{sub.PeriodEnd, units(sub.Due())}
		}
	}
	return view, err
}

func termViewOf(s Subscription) *termView {
	interval := "month"
	if s.Annual() {
		interval = "year"
	}
	view := &termView{
		TrialStartDate: timeOrNull(s.TrialStart), TrialEndDate: timeOrNull(s.TrialEnd),
		PeriodStartDate: timeOrNull(s.PeriodStart), PeriodEndDate: timeOrNull(s.PeriodEnd),
		CancelledDate: timeOrNull(s.CanceledAt), Status: s.Status, Cancelled: s.Status == Canceled,
		CollectionMethod: "send_invoice", Items: []itemView{},
	}
	for _, item := range s.Items() {
		view.Items = append(view.Items, itemView{
			Name: item.Name, Amount: units(item.UnitCents), Quantity: item.Quantity, Interval: interval,
			SponsoredSubscriptionItem: item.Sponsored, AddonSubscriptionItem: item.AddOn,
		})
	}
	return view
}

func units(cents int64) float64 { return float64(cents) / 100 }

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

type invoiceView struct {
	ID     id.ID     `json:"id"`
	Number string    `json:"number"`
	Paid   bool      `json:"paid"`
	Amount float64   `json:"amount"`
	Date   time.Time `json:"date"`
	URL    *string   `json:"url"`
	PDFURL *string   `json:"pdfUrl"`
}

type historyView struct {
	Object       string        `json:"object"`
	Invoices     []invoiceView `json:"invoices"`
	Transactions []struct{}    `json:"transactions"`
}

func (h handler) history(c *web.Call, _ struct{}) (historyView, error) {
	views, err := h.listInvoices(c)
	return historyView{"billingHistory", views, []struct{}{}}, err
}

func (h handler) listInvoices(c *web.Call) ([]invoiceView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	invoices, err := h.billing.Invoices(c.Context(), c.Caller.AccountID, orgID)
	views := make([]invoiceView, len(invoices))
	for i, v := range invoices {
		views[i] = invoiceView{ID: v.ID, Number: v.Number, Paid: !v.PaidAt.IsZero(), Amount: units(v.TotalCents), Date: v.IssuedAt}
	}
	return views, err
}

// invoices answers a bare array, as clients expect here: those of one status when
// they ask for it, and those that follow the last one they have.
func (h handler) invoices(c *web.Call, _ struct{}) ([]invoiceView, error) {
	all, err := h.listInvoices(c)
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
	return views, err
}

// transactions answers that no money has moved: the ledger records none.
func (h handler) transactions(c *web.Call, _ struct{}) ([]struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	_, _, err = h.billing.ForOwner(c.Context(), c.Caller.AccountID, orgID)
	return []struct{}{}, err
}

func (h handler) warnings(c *web.Call, _ struct{}) (org.WarningsView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return org.WarningsView{}, err
	}
	days, err := h.billing.TrialLeft(c.Context(), c.Caller.AccountID, orgID)
	if days == 0 {
		return org.WarningsView{}, err
	}
	return org.WarningsView{FreeTrial: &org.FreeTrialView{RemainingTrialDays: days}}, err
}
