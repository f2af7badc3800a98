// Package checkout is what owners and people of a cloud see of what they pay, and
// where they buy, change and cancel it: the routes of Bitwarden clients over package
// billing, in their words and numbers.
package checkout

import (
	"time"

	"coffre/internal/billing"
	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

// Mount adds the pages on which owners and people see what they pay, and change it.
// Only a cloud has them.
func Mount(r *web.Router, s *billing.Service) {
	h := handler{s}
	web.Handle(r, "GET /api/organizations/{id}/subscription", h.subscription)
	web.Handle(r, "GET /api/organizations/{id}/billing/vnext/warnings", h.warnings)
	mountHistory(r, h)
	mountChanges(r, h)
	mountAddress(r, h)
	mountPreviews(r, h)
	mountPremium(r, h)
}

type handler struct{ billing *billing.Service }

// subscriptionView is the "organizationSubscription" object: the organization and
// how it is paid. Amounts are in whole currency units there.
type subscriptionView struct {
	Object string `json:"object"`
	org.View

	StorageName                  *string       `json:"storageName"`
	StorageGB                    float64       `json:"storageGb"` // what is used, as StorageName
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
	TrialStartDate      *time.Time     `json:"trialStartDate"`
	TrialEndDate        *time.Time     `json:"trialEndDate"`
	PeriodStartDate     *time.Time     `json:"periodStartDate"`
	PeriodEndDate       *time.Time     `json:"periodEndDate"`
	CancelledDate       *time.Time     `json:"cancelledDate"`
	CancelAtEndDate     bool           `json:"cancelAtEndDate"`
	Status              billing.Status `json:"status"`
	Cancelled           bool           `json:"cancelled"`
	CollectionMethod    string         `json:"collectionMethod"`
	SuspensionDate      *time.Time     `json:"suspensionDate"`
	UnpaidPeriodEndDate *time.Time     `json:"unpaidPeriodEndDate"`
	GracePeriod         *int           `json:"gracePeriod"` // in days
	Items               []itemView     `json:"items"`
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

// pastDue is what clients call a subscription that lives although an invoice is
// overdue.
const pastDue billing.Status = "past_due"

func (h handler) subscription(c *web.Call, _ struct{}) (subscriptionView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return subscriptionView{}, err
	}
	o, sub, err := h.billing.ForOwner(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return subscriptionView{}, err
	}
	view := subscriptionView{Object: "organizationSubscription", View: org.ViewOf(c, o), Expiration: timeOrNull(o.ExpiresAt)}
	name, gigabytes, err := h.billing.Used.Of(c.Context(), blob.Owner{OrganizationID: orgID})
	view.StorageName, view.StorageGB = &name, gigabytes
	if sub != nil && err == nil {
		view.UpcomingInvoice = upcoming(*sub)
		view.Subscription, err = h.term(c, *sub)
	}
	return view, err
}

// upcoming returns the invoice that the end of the period will bring, if any.
func upcoming(s billing.Subscription) *upcomingView {
	if !s.Live() || s.CancelAtEnd {
		return nil
	}
	return &upcomingView{s.PeriodEnd, units(s.Due())}
}

// term returns a subscription with what is overdue of it.
func (h handler) term(c *web.Call, s billing.Subscription) (*termView, error) {
	interval := "month"
	if s.Annual() {
		interval = "year"
	}
	view := &termView{
		TrialStartDate: timeOrNull(s.TrialStart), TrialEndDate: timeOrNull(s.TrialEnd),
		PeriodStartDate: timeOrNull(s.PeriodStart), PeriodEndDate: timeOrNull(s.PeriodEnd),
		CancelledDate: timeOrNull(s.CanceledAt), CancelAtEndDate: s.CancelAtEnd, Status: s.Status, Cancelled: s.Status == billing.Canceled,
		CollectionMethod: "send_invoice", Items: []itemView{},
	}
	for _, item := range s.Items() {
		view.Items = append(view.Items, itemView{
			Name: billing.Words(item.Name, c.Language()), Amount: units(item.UnitCents), Quantity: item.Quantity, Interval: interval,
			SponsoredSubscriptionItem: item.Sponsored, AddonSubscriptionItem: item.AddOn,
		})
	}
	v, found, err := h.billing.Overdue(c.Context(), s.Owner())
	if err != nil || !found || s.Status == billing.Canceled {
		return view, err
	}
	if s.Status == billing.Active {
		view.Status = pastDue
	}
	view.SuspensionDate, view.UnpaidPeriodEndDate, view.GracePeriod = new(v.EndsAt()), timeOrNull(s.PeriodEnd), new(graceDays)
	return view, nil
}

const graceDays = int(billing.Grace / (24 * time.Hour))

func units(cents int64) float64 { return float64(cents) / 100 }

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

// What a reader is to do about an organization that is disabled, in the words that
// clients know. An invoice is paid by transfer; the page that the first one opens
// says so.
const (
	payInvoice  = "add_payment_method"
	subscribe   = "resubscribe"
	tellAnOwner = "contact_owner"
)

func (h handler) warnings(c *web.Call, _ struct{}) (org.WarningsView, error) {
	view := org.WarningsView{}
	orgID, err := c.ID("id")
	if err != nil {
		return view, err
	}
	days, err := h.billing.TrialLeft(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return view, err
	}
	if days > 0 {
		view.FreeTrial = &org.FreeTrialView{RemainingTrialDays: days}
	}
	what, err := h.resolution(c, orgID)
	if what != "" {
		view.InactiveSubscription = &org.InactiveView{Resolution: what}
	}
	return view, err
}

// resolution says what a member is to do about a subscription that is over or unpaid.
func (h handler) resolution(c *web.Call, orgID id.ID) (string, error) {
	sub, found, err := h.billing.Find(c.Context(), orgID)
	if err != nil || !found || sub.Live() {
		return "", err
	}
	switch _, err := h.billing.Organizations.ForOwner(c.Context(), c.Caller.AccountID, orgID); {
	case fault.KindOf(err) == fault.NotFound:
		return tellAnOwner, nil
	case err != nil:
		return "", err
	case sub.Status == billing.Unpaid:
		return payInvoice, nil
	}
	return subscribe, nil
}
