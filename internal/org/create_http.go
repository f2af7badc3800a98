package org

import (
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/plan"
	"coffre/internal/web"
)

// Limits of what clients send, in characters.
const (
	maxName           = 50
	maxKey            = 2_000 // an organization's key for a pair of up to 8,192 bits
	maxPublicKey      = 2_000
	maxPrivateKey     = 10_000
	maxCollectionName = 1_000
)

// byCheck is the payment that needs no card: an invoice follows.
const byCheck = 8

// KeysRequest is a key pair of an organization.
type KeysRequest struct {
	PublicKey           string `json:"publicKey"`
	EncryptedPrivateKey string `json:"encryptedPrivateKey"`
}

// Check reports the first member that is missing or cannot be what it should.
func (k KeysRequest) Check() error { return k.CheckUnder("") }

// CheckUnder is Check and names the members under a prefix, for a pair within another request.
func (k KeysRequest) CheckUnder(prefix string) error {
	switch {
	case k.PublicKey == "":
		return fault.Required(prefix + "publicKey")
	case len(k.PublicKey) > maxPublicKey:
		return fault.TooLong(prefix+"publicKey", maxPublicKey)
	}
	if _, err := base64.StdEncoding.DecodeString(k.PublicKey); err != nil {
		return fault.Malformed(prefix + "publicKey")
	}
	return encstring.Check(prefix+"encryptedPrivateKey", k.EncryptedPrivateKey, maxPrivateKey)
}

// orderRequest is what a person fills in for a new organization, and what the
// client adds. Clients send more; what is not read is not sold here.
type orderRequest struct {
	Name                string      `json:"name"`
	BusinessName        string      `json:"businessName"`
	BillingEmail        string      `json:"billingEmail"`
	PlanType            plan.Type   `json:"planType"`
	AdditionalSeats     int         `json:"additionalSeats"`
	AdditionalStorageGB int         `json:"additionalStorageGb"`
	PremiumAccessAddon  bool        `json:"premiumAccessAddon"`
	UseSecretsManager   bool        `json:"useSecretsManager"`
	Key                 string      `json:"key"`
	Keys                KeysRequest `json:"keys"`
	CollectionName      string      `json:"collectionName"`
	TaxIDNumber         string      `json:"taxIdNumber"`
	Line1               string      `json:"billingAddressLine1"`
	Line2               string      `json:"billingAddressLine2"`
	City                string      `json:"billingAddressCity"`
	State               string      `json:"billingAddressState"`
	PostalCode          string      `json:"billingAddressPostalCode"`
	Country             string      `json:"billingAddressCountry"`
}

// Check reports the first member that is missing or cannot be what it should.
func (r orderRequest) Check() error {
	for _, check := range []func() error{r.checkNames, r.checkSecrets, r.checkAddress, r.checkExtras} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (r orderRequest) checkNames() error {
	if r.Name == "" {
		return fault.Required("name")
	}
	if err := checkText("name", r.Name, maxName); err != nil {
		return err
	}
	if err := checkText("businessName", r.BusinessName, maxName); err != nil {
		return err
	}
	return account.CheckEmail("billingEmail", r.BillingEmail)
}

// CheckName refuses what no organization or business is called.
func CheckName(field, text string) error { return checkText(field, text, maxName) }

// checkText refuses what is too long for a line, or holds what no line holds.
func checkText(field, text string, limit int) error {
	switch {
	case utf8.RuneCountInString(text) > limit:
		return fault.TooLong(field, limit)
	case !utf8.ValidString(text), strings.ContainsFunc(text, unicode.IsControl):
		return fault.Malformed(field)
	}
	return nil
}

func (r orderRequest) checkSecrets() error {
	if err := encstring.Check("key", r.Key, maxKey); err != nil {
		return err
	}
	if err := r.Keys.CheckUnder("keys."); err != nil {
		return err
	}
	if r.CollectionName == "" {
		return nil
	}
	return encstring.Check("collectionName", r.CollectionName, maxCollectionName)
}

func (r orderRequest) checkAddress() error {
	return r.address().Check(func(part string) string {
		if part == "taxId" {
			return "taxIdNumber"
		}
		return "billingAddress" + strings.ToUpper(part[:1]) + part[1:]
	})
}

func (r orderRequest) address() Address {
	return Address{
		Line1: r.Line1, Line2: r.Line2, City: r.City, State: r.State,
		PostalCode: r.PostalCode, Country: strings.ToUpper(r.Country), TaxID: r.TaxIDNumber,
	}
}

// checkExtras refuses what is not sold, so that nobody pays for nothing.
func (r orderRequest) checkExtras() error {
	switch {
	case r.PremiumAccessAddon:
		return fault.New(fault.Invalid, "org.premiumNotSold").On("premiumAccessAddon")
	case r.UseSecretsManager:
		return fault.New(fault.Invalid, "org.secretsManagerNotSold").On("useSecretsManager")
	}
	return nil
}

func (r orderRequest) organization() New {
	return New{
		Name: r.Name, BusinessName: r.BusinessName, BillingEmail: account.NormalizeEmail(r.BillingEmail), Key: r.Key,
		CollectionName: r.CollectionName, PublicKey: r.Keys.PublicKey, PrivateKey: r.Keys.EncryptedPrivateKey,
	}
}

func (r orderRequest) order(c *web.Call) Purchase {
	return Purchase{
		PlanType: Ordered(c, r.PlanType), AdditionalSeats: r.AdditionalSeats, AdditionalStorageGB: r.AdditionalStorageGB,
		Address: r.address(),
	}
}

// purchaseRequest is an order that says how it will be paid.
type purchaseRequest struct {
	orderRequest
	PaymentMethodType *int   `json:"paymentMethodType"`
	PaymentToken      string `json:"paymentToken"`
	SkipTrial         bool   `json:"skipTrial"`
}

// Check reports the first member that is missing or cannot be what it should. The
// free plan needs nothing to pay with.
func (r purchaseRequest) Check() error {
	if err := r.orderRequest.Check(); err != nil || r.PlanType == plan.Free {
		return err
	}
	switch {
	case r.PaymentToken == "":
		return fault.Required("paymentToken")
	case r.PaymentMethodType == nil:
		return fault.Required("paymentMethodType")
	case *r.PaymentMethodType != byCheck:
		return fault.New(fault.Invalid, "org.paymentByInvoice").On("paymentMethodType")
	case r.Country == "":
		return fault.Required("billingAddressCountry")
	case r.PostalCode == "" && (strings.EqualFold(r.Country, "US") || strings.EqualFold(r.Country, "CH")):
		return fault.Required("billingAddressPostalCode")
	}
	return nil
}
