package checkout

import (
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

var onlyInCloud = fault.New(fault.Invalid, "checkout.onlyInCloud").Coded("only-in-cloud")

// onlyCloud are the routes of Mount that change or show what only a cloud has.
var onlyCloud = []string{
	"POST /api/organizations/{id}/upgrade", "POST /api/organizations/{id}/seat", "POST /api/organizations/{id}/storage",
	"POST /api/organizations/{id}/subscription", "POST /api/organizations/{id}/cancel", "POST /api/organizations/{id}/reinstate",
	"POST /api/organizations/{id}/sm-subscription", "POST /api/organizations/{id}/subscribe-secrets-manager",
	"POST /api/organizations/{id}/billing/setup-business-unit", "POST /api/organizations/{id}/billing/change-frequency",
	"POST /api/organizations/{id}/billing/restart-subscription", "POST /api/organizations/{id}/billing/vnext/subscription/restart",
	"GET /api/organizations/{id}/billing",
	"GET /api/organizations/{id}/billing/vnext/address", "PUT /api/organizations/{id}/billing/vnext/address",
	"GET /api/organizations/{id}/billing/vnext/payment-method", "PUT /api/organizations/{id}/billing/vnext/payment-method",
	"POST /api/organizations/{id}/billing/vnext/payment-method/verify-bank-account",
	"GET /api/organizations/{id}/billing/vnext/credit", "POST /api/organizations/{id}/billing/vnext/credit/bitpay",
	"GET /api/organizations/{id}/billing/vnext/churn-mitigation-offer", "POST /api/organizations/{id}/billing/vnext/churn-mitigation-offer/redeem",
	"GET /api/organizations/{id}/billing/vnext/annual-upgrade-offer", "POST /api/organizations/{id}/billing/vnext/annual-upgrade-offer/redeem",
	"POST /api/billing/preview-invoice/organizations/subscriptions/purchase",
	"POST /api/billing/preview-invoice/organizations/{id}/subscription/plan-change",
	"PUT /api/billing/preview-invoice/organizations/{id}/subscription/update",
	"POST /api/billing/preview-invoice/premium/subscriptions/purchase", "POST /api/billing/preview-invoice/premium/subscriptions/upgrade",
	"POST /api/setup-intent/card", "POST /api/setup-intent/bank-account", "POST /api/setup-payment", "POST /api/bitpay-invoice",
	"GET /api/tax/is-country-supported",
	"POST /api/accounts/premium", "POST /api/accounts/storage", "POST /api/accounts/cancel", "POST /api/accounts/cancel-premium",
	"POST /api/accounts/reinstate-premium",
	"POST " + personal + "/subscription", "GET " + personal + "/subscription", "PUT " + personal + "/subscription/storage",
	"POST " + personal + "/subscription/reinstate", "GET " + personal + "/address", "PUT " + personal + "/address",
	"GET " + personal + "/credit", "POST " + personal + "/credit/bitpay", "GET " + personal + "/payment-method",
	"PUT " + personal + "/payment-method", "POST " + personal + "/payment-method/verify-bank-account",
	"GET " + personal + "/discounts", "POST " + personal + "/premium/checkout", "POST " + personal + "/portal-session",
	"POST " + personal + "/upgrade",
}

// MountSelfHosted adds what a server answers that sells nothing: no history, for the
// pages that ask on every opening, and else where all that is done instead.
func MountSelfHosted(r *web.Router, organizations *org.Service) {
	for _, route := range onlyCloud {
		web.Handle(r, route, refuse(onlyInCloud))
	}
	h := emptyHandler{organizations}
	web.Handle(r, "GET /api/plans/premium", premiumPlan(false), web.Anonymous)
	web.Handle(r, "GET /api/accounts/billing/history", noHistory)
	web.Handle(r, "GET /api/organizations/{id}/billing/history", h.history)
	for _, list := range []string{"invoices", "transactions"} {
		web.Handle(r, "GET /api/accounts/billing/"+list, emptyList)
		web.Handle(r, "GET /api/organizations/{id}/billing/"+list, h.list)
	}
}

type emptyHandler struct{ organizations *org.Service }

func noHistory(*web.Call, struct{}) (historyView, error) {
	return historyView{"billingHistory", []invoiceView{}, []transactionView{}}, nil
}

func (h emptyHandler) history(c *web.Call, in struct{}) (historyView, error) {
	if _, err := h.list(c, in); err != nil {
		return historyView{}, err
	}
	return noHistory(c, in)
}

func (h emptyHandler) list(c *web.Call, _ struct{}) ([]struct{}, error) {
	orgID, err := c.ID("id")
	if err == nil {
		err = h.owns(c, orgID)
	}
	return []struct{}{}, err
}

func (h emptyHandler) owns(c *web.Call, orgID id.ID) error {
	_, err := h.organizations.ForOwner(c.Context(), c.Caller.AccountID, orgID)
	return err
}
