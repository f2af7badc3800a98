package license

import (
	"encoding/base64"
	"log/slog"
	"time"

	"coffre/internal/blob"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/org"
	"coffre/internal/web"
)

// Limits of what a client sends beside a license, in characters.
const (
	maxKey            = 2_000
	maxPublicKey      = 2_000
	maxPrivateKey     = 10_000
	maxCollectionName = 1_000
)

// MountSelfHosted adds the routes that take licenses, under their present and
// their former addresses.
func MountSelfHosted(r *web.Router, s *SelfHostedEnd) {
	h := selfHostedHandler{s}
	web.Handle(r, "POST /api/organizations/licenses/self-hosted", h.create)
	web.Handle(r, "POST /api/organizations/license", h.create)
	web.Handle(r, "POST /api/organizations/licenses/self-hosted/{id}", h.update)
	web.Handle(r, "POST /api/organizations/{id}/license", h.update)
	web.Handle(r, "GET /api/organizations/{id}/subscription", h.subscription)
}

type selfHostedHandler struct{ licenses *SelfHostedEnd }

// FileOf returns the license file of a request. A size that is not told or too
// large is answered like any other file that is no license.
func FileOf(c *web.Call, in web.Upload) ([]byte, error) {
	if c.ContentLength < 0 || c.ContentLength > MaxUpload {
		return nil, unreadable
	}
	raw, ok := in.Files["license"]
	if !ok {
		return nil, fault.Required("license")
	}
	return raw, nil
}

func (h selfHostedHandler) create(c *web.Call, in web.Upload) (org.View, error) {
	raw, err := FileOf(c, in)
	if err != nil {
		return org.View{}, err
	}
	n, err := newOf(in.Values)
	if err != nil {
		return org.View{}, err
	}
	o, err := h.licenses.Create(c.Context(), c.Caller.AccountID, raw, n)
	if err != nil {
		return org.View{}, err
	}
	return org.ViewOf(c, o), nil
}

// newOf reads what a client made for a new organization. Old clients bring the
// key pair later.
func newOf(values map[string]string) (org.New, error) {
	n := org.New{
		Key: values["key"], CollectionName: values["collectionName"],
		PublicKey: values["keys.publicKey"], PrivateKey: values["keys.encryptedPrivateKey"],
	}
	if err := encstring.Check("key", n.Key, maxKey); err != nil {
		return n, err
	}
	if n.CollectionName != "" {
		if err := encstring.Check("collectionName", n.CollectionName, maxCollectionName); err != nil {
			return n, err
		}
	}
	if n.PublicKey == "" && n.PrivateKey == "" {
		return n, nil
	}
	if len(n.PublicKey) > maxPublicKey {
		return n, fault.TooLong("keys.publicKey", maxPublicKey)
	}
	if _, err := base64.StdEncoding.DecodeString(n.PublicKey); err != nil || n.PublicKey == "" {
		return n, fault.Malformed("keys.publicKey")
	}
	return n, encstring.Check("keys.encryptedPrivateKey", n.PrivateKey, maxPrivateKey)
}

func (h selfHostedHandler) update(c *web.Call, in web.Upload) (struct{}, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	raw, err := FileOf(c, in)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.licenses.Upload(c.Context(), c.Caller.AccountID, organizationID, raw)
}

// subscriptionView is the "organizationSubscription" object. What only a cloud
// knows is null; the last members are for our own pages, LicenseState and
// LicenseDaysLeft for their banner. DaysLeft is null for a license without end.
type subscriptionView struct {
	org.View
	StorageName                  *string    `json:"storageName"`
	StorageGB                    *float64   `json:"storageGb"`
	CustomerDiscount             *struct{}  `json:"customerDiscount"`
	Subscription                 *struct{}  `json:"subscription"`
	UpcomingInvoice              *struct{}  `json:"upcomingInvoice"`
	PendingAnnualUpgrade         *struct{}  `json:"pendingAnnualUpgrade"`
	SMServiceAccountsGrace       *int       `json:"smServiceAccountsGrace"`
	ExemptFromBillingAutomation  bool       `json:"exemptFromBillingAutomation"`
	Expiration                   *time.Time `json:"expiration"`
	ExpirationWithoutGracePeriod *time.Time `json:"expirationWithoutGracePeriod"`
	Object                       string     `json:"object"`

	LicenseIssued   *time.Time `json:"licenseIssued"`
	LicenseFault    *FaultView `json:"licenseFault"`
	LicenseState    State      `json:"licenseState"`
	LicenseDaysLeft *int       `json:"licenseDaysLeft"`
}

// FaultView says why the stored license would not be accepted today.
type FaultView struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// FaultOf says it of what examining the license has found.
func FaultOf(err error, language string) *FaultView {
	return &FaultView{fault.CodeOf(err), fault.Text(err, language)}
}

// subscription answers whatever the license looks like: this is the page on which
// it is repaired.
func (h selfHostedHandler) subscription(c *web.Call, _ struct{}) (subscriptionView, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return subscriptionView{}, err
	}
	o, err := h.licenses.Organizations.ForOwner(c.Context(), c.Caller.AccountID, organizationID)
	if err != nil {
		return subscriptionView{}, err
	}
	v := subscriptionView{View: org.ViewOf(c, o), Expiration: optional(o.ExpiresAt), Object: "organizationSubscription"}
	name, gigabytes, err := h.licenses.Used.Of(c.Context(), blob.Owner{OrganizationID: o.ID})
	if err != nil {
		return v, err
	}
	v.StorageName, v.StorageGB = &name, &gigabytes
	l, err := h.licenses.Examine(c.Context(), organizationID)
	if err != nil {
		v.LicenseFault = FaultOf(err, c.Language())
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		h.licenses.Log.LogAttrs(c.Context(), slog.LevelError, "examine license", slog.Any("error", err))
	}
	v.LicenseIssued, v.ExpirationWithoutGracePeriod = optional(l.Issued), optional(l.ExpirationWithoutGracePeriod)
	v.LicenseState, v.LicenseDaysLeft = h.standing(o, l)
	return v, nil
}

// standing says how an organization stands with its license. Its end is the one
// that the database holds, so that a license that does not open has one too.
func (h selfHostedHandler) standing(o org.Organization, l Organization) (State, *int) {
	if o.Basis != org.License {
		return StateNone, nil
	}
	l.Expires = o.ExpiresAt
	if o.ExpiresAt.IsZero() {
		return l.State(h.licenses.Now()), nil
	}
	return l.State(h.licenses.Now()), new(daysLeft(o.ExpiresAt, h.licenses.Now()))
}

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
