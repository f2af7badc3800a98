package premium

import (
	"log/slog"
	"time"

	"coffre/internal/blob"
	"coffre/internal/fault"
	"coffre/internal/license"
	"coffre/internal/org"
	"coffre/internal/web"
)

// Mount adds the routes with which a person looks after premium on a
// self-hosted server.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	for _, route := range []string{
		"POST /api/accounts/license", "PUT /api/accounts/license", "POST /api/account/billing/vnext/self-host/license",
	} {
		web.Handle(r, route, h.upload)
	}
	web.Handle(r, "DELETE /api/accounts/license", h.remove)
	web.Handle(r, "GET /api/accounts/subscription", h.subscription)
}

type handler struct{ licenses *Service }

func (h handler) upload(c *web.Call, in web.Upload) (struct{}, error) {
	raw, err := license.FileOf(c, in)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.licenses.Upload(c.Context(), c.Caller.AccountID, raw)
}

func (h handler) remove(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.licenses.Remove(c.Context(), c.Caller.AccountID)
}

// personView is the "subscription" object of a person. What only a cloud knows is
// null; the last two members are for our own page.
type personView struct {
	StorageName     *string    `json:"storageName"`
	StorageGB       *float64   `json:"storageGb"`
	MaxStorageGB    *int       `json:"maxStorageGb"`
	UpcomingInvoice *struct{}  `json:"upcomingInvoice"`
	Subscription    *struct{}  `json:"subscription"`
	License         *struct{}  `json:"license"`
	Expiration      *time.Time `json:"expiration"`
	Object          string     `json:"object"`

	LicenseIssued *time.Time         `json:"licenseIssued"`
	LicenseFault  *license.FaultView `json:"licenseFault"`
}

// subscription answers whatever the license looks like: this is the page on which
// it is replaced.
func (h handler) subscription(c *web.Call, _ struct{}) (personView, error) {
	v := personView{Object: "subscription"}
	a, err := h.licenses.Accounts.Get(c.Context(), c.Caller.AccountID)
	if err != nil {
		return v, err
	}
	name, gigabytes, err := h.licenses.Used.Of(c.Context(), blob.Owner{AccountID: a.ID})
	if err != nil {
		return v, err
	}
	v.StorageName, v.StorageGB = &name, &gigabytes
	own, err := h.licenses.Accounts.Premium(c.Context(), a)
	if err != nil {
		return v, err
	}
	if own {
		v.MaxStorageGB = new(org.SelfHostedStorageGB)
	}
	held, l, found, err := h.licenses.Current(c.Context(), a)
	if !found {
		return v, err
	}
	v.Expiration, v.LicenseIssued = optional(held.ExpiresAt), optional(l.Issued)
	if err != nil {
		v.LicenseFault = license.FaultOf(err, c.Language())
	}
	if err != nil && fault.KindOf(err) == fault.Internal {
		h.licenses.Log.LogAttrs(c.Context(), slog.LevelError, "examine license", slog.Any("error", err))
	}
	return v, nil
}

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
