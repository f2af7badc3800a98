package checkout

import (
	"context"
	"strings"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/web"
)

func mountChanges(r *web.Router, h handler) {
	web.Handle(r, "POST /api/organizations/{id}/upgrade", h.upgrade)
	web.Handle(r, "POST /api/organizations/{id}/seat", h.seats)
	web.Handle(r, "POST /api/organizations/{id}/storage", h.storage)
	web.Handle(r, "POST /api/organizations/{id}/subscription", h.changeSubscription)
	web.Handle(r, "POST /api/organizations/{id}/cancel", h.cancel)
	web.Handle(r, "POST /api/organizations/{id}/reinstate", h.reinstate)
	web.Handle(r, "POST /api/organizations/{id}/billing/vnext/subscription/restart", h.restart)
	web.Handle(r, "POST /api/organizations/{id}/billing/restart-subscription", h.restart)
	web.Handle(r, "POST /api/organizations/{id}/billing/change-frequency", h.changeFrequency)
	for _, route := range []string{"sm-subscription", "subscribe-secrets-manager", "billing/setup-business-unit"} {
		web.Handle(r, "POST /api/organizations/{id}/"+route, h.forOwner(notSold))
	}
	for _, offer := range []string{"churn-mitigation-offer", "annual-upgrade-offer"} {
		path := "/api/organizations/{id}/billing/vnext/" + offer
		web.Handle(r, "GET "+path, h.noOffer)
		web.Handle(r, "POST "+path+"/redeem", h.forOwner(noOffer))
	}
}

var (
	notSold = fault.New(fault.Invalid, "checkout.notSold").Coded("not-sold")
	noOffer = fault.New(fault.Invalid, "checkout.noOffer").Coded("no-offer")
)

// forOwner refuses something to owners, and says nothing to others.
func (h handler) forOwner(refusal error) func(*web.Call, struct{}) (struct{}, error) {
	return func(c *web.Call, _ struct{}) (struct{}, error) {
		orgID, err := c.ID("id")
		if err != nil {
			return struct{}{}, err
		}
		if _, err := h.billing.Organizations.ForOwner(c.Context(), c.Caller.AccountID, orgID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, refusal
	}
}

// noOffer answers that there is none.
func (h handler) noOffer(c *web.Call, _ struct{}) (*struct{}, error) {
	_, err := h.forOwner(nil)(c, struct{}{})
	return nil, err
}

// paymentView is the "payment" object. Nothing is ever left to confirm in a client:
// an invoice follows.
type paymentView struct {
	Object                    string    `json:"object"`
	Success                   bool      `json:"success"`
	PaymentIntentClientSecret *string   `json:"paymentIntentClientSecret"`
	UserProfile               *struct{} `json:"userProfile"`
}

var paid = paymentView{Object: "payment", Success: true}

// change has an owner change the organization of the path.
func change(c *web.Call, fn func(ctx context.Context, caller, orgID id.ID) error) (paymentView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return paymentView{}, err
	}
	return paid, fn(c.Context(), c.Caller.AccountID, orgID)
}

// upgradeRequest is an order for another plan. Clients send more; what is not read is
// not sold here.
type upgradeRequest struct {
	PlanType            *plan.Type       `json:"planType"`
	AdditionalSeats     int              `json:"additionalSeats"`
	AdditionalStorageGB int              `json:"additionalStorageGb"`
	BusinessName        string           `json:"businessName"`
	PremiumAccessAddon  bool             `json:"premiumAccessAddon"`
	UseSecretsManager   bool             `json:"useSecretsManager"`
	Country             string           `json:"billingAddressCountry"`
	PostalCode          string           `json:"billingAddressPostalCode"`
	Keys                *org.KeysRequest `json:"keys"`
}

// Check reports the first member that is missing or cannot be what it should.
func (in upgradeRequest) Check() error {
	switch {
	case in.PlanType == nil:
		return fault.Required("planType")
	case in.PremiumAccessAddon:
		return notSold.On("premiumAccessAddon")
	case in.UseSecretsManager:
		return notSold.On("useSecretsManager")
	}
	if err := org.CheckName("businessName", in.BusinessName); err != nil {
		return err
	}
	if in.Keys != nil {
		if err := in.Keys.CheckUnder("keys."); err != nil {
			return err
		}
	}
	return in.address().Check(func(part string) string { return "billingAddress" + strings.ToUpper(part[:1]) + part[1:] })
}

func (in upgradeRequest) address() org.Address {
	return org.Address{Country: strings.ToUpper(in.Country), PostalCode: in.PostalCode}
}

func (in upgradeRequest) details() org.Details {
	d := org.Details{}
	if in.BusinessName != "" {
		d.BusinessName = &in.BusinessName
	}
	if in.Keys != nil {
		d.PublicKey, d.PrivateKey = in.Keys.PublicKey, in.Keys.EncryptedPrivateKey
	}
	return d
}

func (h handler) upgrade(c *web.Call, in upgradeRequest) (paymentView, error) {
	p := org.Purchase{
		PlanType: org.Ordered(c, *in.PlanType), AdditionalSeats: in.AdditionalSeats, AdditionalStorageGB: in.AdditionalStorageGB, Address: in.address(),
	}
	return change(c, func(ctx context.Context, caller, orgID id.ID) error {
		return h.billing.UpgradeWith(ctx, caller, orgID, p, in.details())
	})
}

type seatsRequest struct {
	SeatAdjustment int `json:"seatAdjustment"`
}

// Check reports a change that is none.
func (in seatsRequest) Check() error {
	if in.SeatAdjustment == 0 {
		return fault.Required("seatAdjustment")
	}
	return nil
}

func (h handler) seats(c *web.Call, in seatsRequest) (paymentView, error) {
	return change(c, func(ctx context.Context, caller, orgID id.ID) error {
		return h.billing.ChangeSeats(ctx, caller, orgID, in.SeatAdjustment)
	})
}

type storageRequest struct {
	StorageGBAdjustment int `json:"storageGbAdjustment"`
}

// Check reports a change that is none.
func (in storageRequest) Check() error {
	if in.StorageGBAdjustment == 0 {
		return fault.Required("storageGbAdjustment")
	}
	return nil
}

func (h handler) storage(c *web.Call, in storageRequest) (paymentView, error) {
	return change(c, func(ctx context.Context, caller, orgID id.ID) error {
		return h.billing.ChangeStorage(ctx, caller, orgID, in.StorageGBAdjustment)
	})
}

type subscriptionRequest struct {
	SeatAdjustment    int  `json:"seatAdjustment"`
	MaxAutoscaleSeats *int `json:"maxAutoscaleSeats"` // null is no limit
}

// changeSubscription answers the organization as it stands in the profile.
func (h handler) changeSubscription(c *web.Call, in subscriptionRequest) (org.ProfileView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return org.ProfileView{}, err
	}
	if err := h.billing.ChangeSubscription(c.Context(), c.Caller.AccountID, orgID, in.SeatAdjustment, in.MaxAutoscaleSeats); err != nil {
		return org.ProfileView{}, err
	}
	return h.billing.Organizations.ProfileOf(c.Context(), c.Caller.AccountID, orgID)
}

// cancel takes no notice of the reason that clients ask for: nobody keeps it here.
func (h handler) cancel(c *web.Call, _ struct{}) (struct{}, error) {
	_, err := change(c, h.billing.Cancel)
	return struct{}{}, err
}

func (h handler) reinstate(c *web.Call, _ struct{}) (struct{}, error) {
	_, err := change(c, h.billing.Reinstate)
	return struct{}{}, err
}

type restartRequest struct {
	PaymentMethod  *methodRequest  `json:"paymentMethod"`
	BillingAddress *addressRequest `json:"billingAddress"`
}

// Check reports the first member that cannot be what it should.
func (in restartRequest) Check() error {
	if err := in.PaymentMethod.check("paymentMethod"); err != nil {
		return err
	}
	return in.BillingAddress.check("billingAddress.")
}

func (h handler) restart(c *web.Call, in restartRequest) (struct{}, error) {
	_, err := change(c, func(ctx context.Context, caller, orgID id.ID) error {
		return h.billing.RestartAt(ctx, caller, orgID, in.BillingAddress.address())
	})
	return struct{}{}, err
}

type frequencyRequest struct {
	NewPlanType *plan.Type `json:"newPlanType"`
}

// Check reports a plan that is missing.
func (in frequencyRequest) Check() error {
	if in.NewPlanType == nil {
		return fault.Required("newPlanType")
	}
	return nil
}

func (h handler) changeFrequency(c *web.Call, in frequencyRequest) (struct{}, error) {
	_, err := change(c, func(ctx context.Context, caller, orgID id.ID) error {
		return h.billing.ChangeFrequency(ctx, caller, orgID, org.Ordered(c, *in.NewPlanType))
	})
	return struct{}{}, err
}
