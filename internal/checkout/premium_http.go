package checkout

import (
	"strconv"
	"strings"
	"time"

	"coffre/internal/billing"
	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// personal is where clients of 2026 find what people buy for themselves.
const personal = "/api/account/billing/vnext"

func mountPremium(r *web.Router, h handler) {
	web.Handle(r, "GET /api/plans/premium", premiumPlan(true), web.Anonymous)
	web.Handle(r, "POST /api/accounts/premium", h.buyPremium)
	web.Handle(r, "POST "+personal+"/subscription", h.subscribe)
	web.Handle(r, "GET /api/accounts/subscription", h.premium)
	web.Handle(r, "GET "+personal+"/subscription", h.cart)
	web.Handle(r, "POST /api/accounts/storage", h.premiumStorage)
	web.Handle(r, "PUT "+personal+"/subscription/storage", h.setPremiumStorage)
	for _, path := range []string{"/api/accounts/cancel", "/api/accounts/cancel-premium"} {
		web.Handle(r, "POST "+path, h.cancelPremium)
	}
	for _, path := range []string{"/api/accounts/reinstate-premium", personal + "/subscription/reinstate"} {
		web.Handle(r, "POST "+path, h.reinstatePremium)
	}
	web.Handle(r, "GET "+personal+"/address", h.premiumAddress)
	web.Handle(r, "PUT "+personal+"/address", h.setPremiumAddress)
	web.Handle(r, "GET "+personal+"/credit", h.premiumCredit)
	web.Handle(r, "GET "+personal+"/payment-method", nothing)
	web.Handle(r, "GET "+personal+"/discounts", emptyList)
	for _, route := range []string{
		"PUT " + personal + "/payment-method", "POST " + personal + "/payment-method/verify-bank-account", "POST " + personal + "/credit/bitpay",
		"POST " + personal + "/premium/checkout", "POST " + personal + "/portal-session",
	} {
		web.Handle(r, route, refuse(byInvoice))
	}
	web.Handle(r, "POST "+personal+"/upgrade", refuse(notUpgradable))
}

var notUpgradable = fault.New(fault.Invalid, "checkout.notUpgradable").Coded("premium-not-upgradable")

func nothing(*web.Call, struct{}) (*struct{}, error) { return nil, nil }

func emptyList(*web.Call, struct{}) ([]struct{}, error) { return []struct{}{}, nil }

// premiumPlanView is what premium costs a person for a year.
type premiumPlanView struct {
	Object     string      `json:"object"`
	Name       string      `json:"name"`
	Available  bool        `json:"available"`
	LegacyYear *int        `json:"legacyYear"`
	Seat       buyableView `json:"seat"`
	Storage    buyableView `json:"storage"`
}

type buyableView struct {
	StripePriceID *string `json:"stripePriceId"`
	Price         float64 `json:"price"`
	Provided      int     `json:"provided"`
}

func premiumPlan(available bool) func(*web.Call, struct{}) (premiumPlanView, error) {
	p := plan.Premium
	view := premiumPlanView{
		Object: "premiumPlan", Name: "Premium", Available: available, Seat: buyableView{Price: units(int64(p.Price)), Provided: 1},
		Storage: buyableView{Price: units(int64(p.StoragePrice)), Provided: p.BaseStorageGB},
	}
	return func(*web.Call, struct{}) (premiumPlanView, error) { return view, nil }
}

// buyPremium reads the form that web vaults before 2026 send.
func (h handler) buyPremium(c *web.Call, in web.Upload) (paymentView, error) {
	field := func(name string) string {
		for key, text := range in.Values {
			if strings.EqualFold(key, name) {
				return text
			}
		}
		return ""
	}
	if method := field("paymentMethodType"); method != "" && method != strconv.Itoa(byCheck) {
		return paymentView{}, byInvoice.On("paymentMethodType")
	}
	storage, err := strconv.Atoi(field("additionalStorageGb"))
	if err != nil && field("additionalStorageGb") != "" {
		return paymentView{}, fault.Malformed("additionalStorageGb")
	}
	a := org.Address{Country: strings.ToUpper(field("country")), PostalCode: field("postalCode"), TaxID: field("taxIdNumber")}
	if a.Country == "" {
		return paymentView{}, fault.Required("country")
	}
	err = a.Check(func(part string) string {
		if part == "taxId" {
			return "taxIdNumber"
		}
		return part
	})
	if err != nil {
		return paymentView{}, err
	}
	return paid, h.billing.BuyPremium(c.Context(), c.Caller.AccountID, storage, a)
}

type subscribeRequest struct {
	TokenizedPaymentMethod    *methodRequest  `json:"tokenizedPaymentMethod"`
	NonTokenizedPaymentMethod *methodRequest  `json:"nonTokenizedPaymentMethod"`
	BillingAddress            *addressRequest `json:"billingAddress"`
	AdditionalStorageGB       int             `json:"additionalStorageGb"`
}

// Check reports the first member that is missing or cannot be what it should.
func (in subscribeRequest) Check() error {
	if err := in.TokenizedPaymentMethod.check("tokenizedPaymentMethod"); err != nil {
		return err
	}
	if err := in.NonTokenizedPaymentMethod.check("nonTokenizedPaymentMethod"); err != nil {
		return err
	}
	if in.BillingAddress == nil || in.BillingAddress.Country == "" {
		return fault.Required("billingAddress.country")
	}
	return in.BillingAddress.check("billingAddress.")
}

func (h handler) subscribe(c *web.Call, in subscribeRequest) (struct{}, error) {
	return struct{}{}, h.billing.BuyPremium(c.Context(), c.Caller.AccountID, in.AdditionalStorageGB, in.BillingAddress.address())
}

// premiumView is the "subscription" object: what a person pays for themselves.
type premiumView struct {
	Object           string        `json:"object"`
	StorageName      *string       `json:"storageName"`
	StorageGB        *float64      `json:"storageGb"`
	MaxStorageGB     *int          `json:"maxStorageGb"`
	CustomerDiscount *struct{}     `json:"customerDiscount"`
	UpcomingInvoice  *upcomingView `json:"upcomingInvoice"`
	Subscription     *termView     `json:"subscription"`
	License          *struct{}     `json:"license"`
	Expiration       *time.Time    `json:"expiration"`
}

func (h handler) premium(c *web.Call, _ struct{}) (premiumView, error) {
	view := premiumView{Object: "subscription"}
	sub, found, err := h.billing.Premium(c.Context(), c.Caller.AccountID)
	if err != nil || !found {
		return view, err
	}
	name, gigabytes, err := h.billing.Used.Of(c.Context(), blob.Owner{AccountID: c.Caller.AccountID})
	if err != nil {
		return view, err
	}
	view.StorageName, view.StorageGB = &name, &gigabytes
	if sub.Live() {
		view.MaxStorageGB = new(plan.Premium.BaseStorageGB + sub.ExtraStorageGB)
	}
	view.Expiration, view.UpcomingInvoice = timeOrNull(sub.PeriodEnd), upcoming(sub)
	view.Subscription, err = h.term(c, sub)
	return view, err
}

// cartView is the same for clients of 2026. Words in it are keys of their own texts.
type cartView struct {
	Status      billing.Status `json:"status"`
	Cart        cartItems      `json:"cart"`
	Storage     storageView    `json:"storage"`
	NextCharge  *time.Time     `json:"nextCharge"`
	CancelAt    *time.Time     `json:"cancelAt"`
	Canceled    *time.Time     `json:"canceled"`
	Suspension  *time.Time     `json:"suspension"`
	GracePeriod *int           `json:"gracePeriod"`
}

type cartItems struct {
	PasswordManager struct {
		Seats             cartItem  `json:"seats"`
		AdditionalStorage *cartItem `json:"additionalStorage"`
	} `json:"passwordManager"`
	SecretsManager *struct{} `json:"secretsManager"`
	Cadence        string    `json:"cadence"`
	Discount       *struct{} `json:"discount"`
	EstimatedTax   float64   `json:"estimatedTax"`
}

type cartItem struct {
	TranslationKey string    `json:"translationKey"`
	Quantity       int       `json:"quantity"`
	Cost           float64   `json:"cost"`
	Discount       *struct{} `json:"discount"`
}

type storageView struct {
	Available    int     `json:"available"`
	Used         float64 `json:"used"`
	ReadableUsed string  `json:"readableUsed"`
}

// cart is fault.Gone for a person who has never bought premium: clients know that as
// having none.
func (h handler) cart(c *web.Call, _ struct{}) (cartView, error) {
	sub, found, err := h.billing.Premium(c.Context(), c.Caller.AccountID)
	if err == nil && !found {
		err = fault.Gone
	}
	if err != nil {
		return cartView{}, err
	}
	term, err := h.term(c, sub)
	if err != nil {
		return cartView{}, err
	}
	name, gigabytes, err := h.billing.Used.Of(c.Context(), blob.Owner{AccountID: c.Caller.AccountID})
	if err != nil {
		return cartView{}, err
	}
	view := cartView{
		Status:     term.Status,
		Storage:    storageView{Available: plan.Premium.BaseStorageGB + sub.ExtraStorageGB, Used: gigabytes, ReadableUsed: name},
		Suspension: term.SuspensionDate, GracePeriod: term.GracePeriod,
	}
	view.Cart.Cadence = "annually"
	view.Cart.PasswordManager.Seats = cartItem{TranslationKey: "premiumMembership", Quantity: 1, Cost: units(int64(plan.Premium.Price))}
	if sub.ExtraStorageGB > 0 {
		view.Cart.PasswordManager.AdditionalStorage = &cartItem{
			TranslationKey: "additionalStorageGB", Quantity: sub.ExtraStorageGB, Cost: units(int64(plan.Premium.StoragePrice)),
		}
	}
	switch {
	case sub.Status == billing.Canceled:
		view.Canceled = timeOrNull(sub.CanceledAt)
	case sub.CancelAtEnd:
		view.CancelAt, view.NextCharge = timeOrNull(sub.PeriodEnd), timeOrNull(sub.PeriodEnd)
	case sub.Live():
		view.NextCharge = timeOrNull(sub.PeriodEnd)
	}
	return view, nil
}

func (h handler) premiumStorage(c *web.Call, in storageRequest) (paymentView, error) {
	return paid, h.billing.ChangePremiumStorage(c.Context(), c.Caller.AccountID, in.StorageGBAdjustment)
}

type totalStorageRequest struct {
	AdditionalStorageGB *int `json:"additionalStorageGb"`
}

// Check reports what is missing.
func (in totalStorageRequest) Check() error {
	if in.AdditionalStorageGB == nil {
		return fault.Required("additionalStorageGb")
	}
	return nil
}

func (h handler) setPremiumStorage(c *web.Call, in totalStorageRequest) (struct{}, error) {
	return struct{}{}, h.billing.SetPremiumStorage(c.Context(), c.Caller.AccountID, *in.AdditionalStorageGB)
}

func (h handler) cancelPremium(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.billing.CancelPremium(c.Context(), c.Caller.AccountID)
}

func (h handler) reinstatePremium(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.billing.ReinstatePremium(c.Context(), c.Caller.AccountID)
}

func (h handler) premiumAddress(c *web.Call, _ struct{}) (*addressView, error) {
	sub, _, err := h.billing.Premium(c.Context(), c.Caller.AccountID)
	return addressViewOf(sub.Address), err
}

func (h handler) setPremiumAddress(c *web.Call, in addressRequest) (*addressView, error) {
	return addressViewOf(in.address()), h.billing.SetPremiumAddress(c.Context(), c.Caller.AccountID, in.address())
}

func (h handler) premiumCredit(c *web.Call, _ struct{}) (float64, error) {
	sub, _, err := h.billing.Premium(c.Context(), c.Caller.AccountID)
	return units(sub.CreditCents), err
}
