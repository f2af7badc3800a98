package checkout

import (
	"strings"

	"coffre/internal/billing"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/web"
)

func mountPreviews(r *web.Router, h handler) {
	const base = "/api/billing/preview-invoice"
	web.Handle(r, "POST "+base+"/organizations/subscriptions/purchase", h.previewPurchase)
	web.Handle(r, "POST "+base+"/organizations/{id}/subscription/plan-change", h.previewPlan)
	web.Handle(r, "PUT "+base+"/organizations/{id}/subscription/update", h.previewUpdate)
	web.Handle(r, "POST "+base+"/premium/subscriptions/purchase", h.previewPremium)
	web.Handle(r, "POST "+base+"/premium/subscriptions/upgrade", refuse(notUpgradable))
}

// quoteView is what something costs at once. Prices have no tax on top of them.
type quoteView struct {
	Tax   float64 `json:"tax"`
	Total float64 `json:"total"`
}

func quoted(q billing.Quote, err error) (quoteView, error) {
	return quoteView{Total: units(q.TotalCents)}, err
}

// planRequest names a plan in the words of clients.
type planRequest struct {
	Tier    string `json:"tier"`
	Cadence string `json:"cadence"`
}

var tiers = map[string]plan.Tier{"families": plan.TierFamilies, "teams": plan.TierTeams, "enterprise": plan.TierEnterprise}

// check names the members under a prefix.
func (in planRequest) check(prefix string) error {
	cadence := strings.ToLower(in.Cadence)
	switch {
	case in.Tier == "":
		return fault.Required(prefix + "tier")
	case in.Cadence == "":
		return fault.Required(prefix + "cadence")
	case cadence != "annually" && cadence != "monthly":
		return fault.Malformed(prefix + "cadence")
	}
	if tier, known := tiers[strings.ToLower(in.Tier)]; known {
		if _, sold := priced(tier, cadence == "annually"); sold {
			return nil
		}
	}
	return notSold.On(prefix + "tier")
}

// sold returns the plan that was checked to be there.
func (in planRequest) sold() plan.Type {
	found, _ := priced(tiers[strings.ToLower(in.Tier)], strings.EqualFold(in.Cadence, "annually"))
	return found
}

// wishes are what is ordered besides a plan; null stays as it is.
type wishes struct {
	Seats             *int `json:"seats"`
	AdditionalStorage *int `json:"additionalStorage"`
	Sponsored         bool `json:"sponsored"`
}

type purchaseRequest struct {
	Purchase struct {
		planRequest
		PasswordManager wishes    `json:"passwordManager"`
		SecretsManager  *struct{} `json:"secretsManager"`
	} `json:"purchase"`
}

// Check reports the first member that is missing or cannot be what it should.
func (in purchaseRequest) Check() error {
	if in.Purchase.SecretsManager != nil {
		return notSold.On("purchase.secretsManager")
	}
	return in.Purchase.check("purchase.")
}

func (h handler) previewPurchase(c *web.Call, in purchaseRequest) (quoteView, error) {
	want := in.Purchase.PasswordManager
	p := org.Purchase{PlanType: in.Purchase.sold(), AdditionalStorageGB: value(want.AdditionalStorage)}
	if sold, _ := plan.Of(p.PlanType); sold.SeatPrice > 0 {
		p.AdditionalSeats = value(want.Seats)
	}
	return quoted(h.billing.PreviewPurchase(c.Context(), p, want.Sponsored))
}

type planChangeRequest struct {
	Plan planRequest `json:"plan"`
}

// Check reports the first member that is missing or cannot be what it should.
func (in planChangeRequest) Check() error { return in.Plan.check("plan.") }

func (h handler) previewPlan(c *web.Call, in planChangeRequest) (quoteView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return quoteView{}, err
	}
	return quoted(h.billing.PreviewTier(c.Context(), c.Caller.AccountID, orgID, in.Plan.sold()))
}

type updateRequest struct {
	Update struct {
		PasswordManager wishes    `json:"passwordManager"`
		SecretsManager  *struct{} `json:"secretsManager"`
	} `json:"update"`
}

// Check reports what is not sold.
func (in updateRequest) Check() error {
	if in.Update.SecretsManager != nil {
		return notSold.On("update.secretsManager")
	}
	return nil
}

func (h handler) previewUpdate(c *web.Call, in updateRequest) (quoteView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return quoteView{}, err
	}
	want := in.Update.PasswordManager
	return quoted(h.billing.PreviewTotals(c.Context(), c.Caller.AccountID, orgID, want.Seats, want.AdditionalStorage))
}

type premiumPreviewRequest struct {
	AdditionalStorage int `json:"additionalStorage"`
}

func (h handler) previewPremium(c *web.Call, in premiumPreviewRequest) (quoteView, error) {
	return quoted(h.billing.PreviewPremium(c.Context(), in.AdditionalStorage))
}

// priced returns the plan that is sold of a tier with an interval.
func priced(tier plan.Tier, annual bool) (plan.Type, bool) {
	for _, p := range plan.Sold() {
		if p.Tier == tier && p.Annual == annual {
			return p.Type, true
		}
	}
	return 0, false
}

func value(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
