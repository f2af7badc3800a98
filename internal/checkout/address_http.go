package checkout

import (
	"strings"

	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/web"
)

func mountAddress(r *web.Router, h handler) {
	const base = "/api/organizations/{id}/billing"
	web.Handle(r, "GET "+base, h.source)
	web.Handle(r, "GET "+base+"/vnext/address", h.address)
	web.Handle(r, "PUT "+base+"/vnext/address", h.setAddress)
	web.Handle(r, "GET "+base+"/vnext/payment-method", h.noOffer)
	web.Handle(r, "PUT "+base+"/vnext/payment-method", h.forOwner(byInvoice))
	web.Handle(r, "POST "+base+"/vnext/payment-method/verify-bank-account", h.forOwner(byInvoice))
	web.Handle(r, "GET "+base+"/vnext/credit", h.credit)
	web.Handle(r, "POST "+base+"/vnext/credit/bitpay", h.forOwner(byInvoice))
	for _, route := range []string{"/api/setup-intent/card", "/api/setup-intent/bank-account", "/api/setup-payment", "/api/bitpay-invoice"} {
		web.Handle(r, "POST "+route, refuse(byInvoice))
	}
	web.Handle(r, "GET /api/tax/is-country-supported", h.countrySupported)
}

// byInvoice refuses cards and accounts: nobody here could charge them.
var byInvoice = fault.New(fault.Invalid, "checkout.byInvoice").Coded("payment-by-invoice")

func refuse(refusal error) func(*web.Call, struct{}) (struct{}, error) {
	return func(*web.Call, struct{}) (struct{}, error) { return struct{}{}, refusal }
}

// sourceView is the "billing" object: what is there to pay with. A balance below zero
// is a credit.
type sourceView struct {
	Object        string      `json:"object"`
	Balance       float64     `json:"balance"`
	PaymentSource paymentMean `json:"paymentSource"`
}

type paymentMean struct {
	Type              int     `json:"type"`
	CardBrand         *string `json:"cardBrand"`
	Description       string  `json:"description"`
	NeedsVerification bool    `json:"needsVerification"`
}

// byCheck is what clients call a payment that follows an invoice.
const byCheck = 8

func (h handler) source(c *web.Call, _ struct{}) (sourceView, error) {
	credit, err := h.credit(c, struct{}{})
	what := map[string]string{"en": "Invoice, paid by transfer", "fr": "Facture, réglée par virement"}[c.Language()]
	return sourceView{"billing", 0 - credit, paymentMean{Type: byCheck, Description: what}}, err
}

// credit answers a bare number.
func (h handler) credit(c *web.Call, _ struct{}) (float64, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return 0, err
	}
	cents, err := h.billing.Credit(c.Context(), c.Caller.AccountID, orgID)
	return units(cents), err
}

// methodRequest is a means of payment. Only what needs no means is taken.
type methodRequest struct {
	Type  string `json:"type"`
	Token string `json:"token"`
}

// check names the member under which the request has it.
func (in *methodRequest) check(field string) error {
	if in == nil || in.Token == "" && (in.Type == "" || in.Type == "check" || in.Type == "accountCredit") {
		return nil
	}
	return byInvoice.On(field)
}

// addressRequest is an address; of a tax number clients know the kind.
type addressRequest struct {
	Country    string      `json:"country"`
	PostalCode string      `json:"postalCode"`
	Line1      string      `json:"line1"`
	Line2      string      `json:"line2"`
	City       string      `json:"city"`
	State      string      `json:"state"`
	TaxID      *taxIDShape `json:"taxId"`
}

type taxIDShape struct {
	Code  string `json:"code"`
	Value string `json:"value"`
}

// Check reports the first member that is missing or cannot be what it should.
func (in *addressRequest) Check() error {
	switch {
	case in.Country == "":
		return fault.Required("country")
	case in.PostalCode == "":
		return fault.Required("postalCode")
	}
	return in.check("")
}

// maxTaxIDCode bounds the kind of a tax number, in characters.
const maxTaxIDCode = 20

// check names the members under a prefix; what is missing is let pass.
func (in *addressRequest) check(prefix string) error {
	if in == nil {
		return nil
	}
	if in.TaxID != nil && len(in.TaxID.Code) > maxTaxIDCode {
		return fault.TooLong(prefix+"taxId.code", maxTaxIDCode)
	}
	return in.address().Check(func(part string) string {
		if part == "taxId" {
			return prefix + "taxId.value"
		}
		return prefix + part
	})
}

func (in *addressRequest) address() org.Address {
	if in == nil {
		return org.Address{}
	}
	a := org.Address{
		Line1: in.Line1, Line2: in.Line2, City: in.City, State: in.State, PostalCode: in.PostalCode, Country: strings.ToUpper(in.Country),
	}
	if in.TaxID != nil {
		a.TaxID, a.TaxIDKind = in.TaxID.Value, in.TaxID.Code
	}
	return a
}

type addressView struct {
	Country    string      `json:"country"`
	PostalCode string      `json:"postalCode"`
	Line1      *string     `json:"line1"`
	Line2      *string     `json:"line2"`
	City       *string     `json:"city"`
	State      *string     `json:"state"`
	TaxID      *taxIDShape `json:"taxId"`
}

// addressViewOf returns nil for an address that nobody has given.
func addressViewOf(a org.Address) *addressView {
	if a == (org.Address{}) {
		return nil
	}
	view := &addressView{
		Country: a.Country, PostalCode: a.PostalCode, Line1: orNull(a.Line1), Line2: orNull(a.Line2), City: orNull(a.City), State: orNull(a.State),
	}
	if a.TaxID != "" {
		view.TaxID = &taxIDShape{a.TaxIDKind, a.TaxID}
	}
	return view
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (h handler) address(c *web.Call, _ struct{}) (*addressView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	a, err := h.billing.Address(c.Context(), c.Caller.AccountID, orgID)
	return addressViewOf(a), err
}

func (h handler) setAddress(c *web.Call, in addressRequest) (*addressView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return nil, err
	}
	return addressViewOf(in.address()), h.billing.SetAddress(c.Context(), c.Caller.AccountID, orgID, in.address())
}

// countrySupported answers whether clients may ask for a tax number: it only stands
// on the invoice, so they may anywhere.
func (h handler) countrySupported(c *web.Call, _ struct{}) (bool, error) {
	country := c.Query("country")
	if country == "" {
		return false, fault.Required("country")
	}
	return (&addressRequest{Country: country}).check("") == nil, nil
}
