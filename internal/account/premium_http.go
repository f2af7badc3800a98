package account

import (
	"coffre/internal/fault"
	"coffre/internal/web"
)

// mountPremium answers what settings pages ask about a person's own purchases.
// This server sells people nothing of their own: premium comes from its operator,
// from a license, which the room license takes, or from an organization.
func mountPremium(r *web.Router, h handler) {
	web.Handle(r, "GET /api/accounts/billing/history", h.history)
	for _, path := range []string{"/api/accounts/billing/invoices", "/api/accounts/billing/transactions"} {
		web.Handle(r, "GET "+path, h.nothingBought)
	}
	for _, route := range []string{
		"POST /api/accounts/premium", "POST /api/accounts/storage", "POST /api/account/billing/vnext/subscription",
	} {
		web.Handle(r, route, h.notSold)
	}
}

var notSold = fault.New(fault.Invalid, "account.premiumNotSold").Coded("premium-not-sold")

func (h handler) notSold(*web.Call, struct{}) (struct{}, error) { return struct{}{}, notSold }

type historyView struct {
	Invoices     []struct{} `json:"invoices"`
	Transactions []struct{} `json:"transactions"`
	Object       string     `json:"object"`
}

func (h handler) history(*web.Call, struct{}) (historyView, error) {
	return historyView{[]struct{}{}, []struct{}{}, "billingHistory"}, nil
}

func (h handler) nothingBought(*web.Call, struct{}) ([]struct{}, error) { return []struct{}{}, nil }
