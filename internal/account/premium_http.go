package account

import (
	"coffre/internal/fault"
	"coffre/internal/web"
)

// mountPremium answers what settings pages ask about a person's own purchases.
// This server sells people nothing of their own: premium comes from its operator
// or from an organization.
func mountPremium(r *web.Router, h handler) {
	web.Handle(r, "GET /api/accounts/subscription", h.subscription)
	web.Handle(r, "GET /api/accounts/billing/history", h.history)
	for _, path := range []string{"/api/accounts/billing/invoices", "/api/accounts/billing/transactions"} {
		web.Handle(r, "GET "+path, h.nothingBought)
	}
	for _, route := range []string{
		"POST /api/accounts/premium", "POST /api/accounts/license", "POST /api/accounts/storage",
		"POST /api/account/billing/vnext/subscription", "POST /api/account/billing/vnext/self-host/license",
		"GET /api/account/billing/vnext/license",
	} {
		web.Handle(r, route, h.notSold)
	}
}

var notSold = fault.New(fault.Invalid, "account.premiumNotSold").Coded("premium-not-sold")

func (h handler) notSold(*web.Call, struct{}) (struct{}, error) { return struct{}{}, notSold }

// subscriptionView says that there is no subscription and no limit that depends on
// one. Clients read each member.
type subscriptionView struct {
	StorageName     *string   `json:"storageName"`
	StorageGB       *float64  `json:"storageGb"`
	MaxStorageGB    *int      `json:"maxStorageGb"`
	UpcomingInvoice *struct{} `json:"upcomingInvoice"`
	Subscription    *struct{} `json:"subscription"`
	License         *struct{} `json:"license"`
	Expiration      *string   `json:"expiration"`
	Object          string    `json:"object"`
}

func (h handler) subscription(*web.Call, struct{}) (subscriptionView, error) {
	return subscriptionView{Object: "subscription"}, nil
}

type historyView struct {
	Invoices     []struct{} `json:"invoices"`
	Transactions []struct{} `json:"transactions"`
	Object       string     `json:"object"`
}

func (h handler) history(*web.Call, struct{}) (historyView, error) {
	return historyView{[]struct{}{}, []struct{}{}, "billingHistory"}, nil
}

func (h handler) nothingBought(*web.Call, struct{}) ([]struct{}, error) { return []struct{}{}, nil }
