package billingsync

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// MountCloud adds the routes of a cloud.
func MountCloud(r *web.Router, s *CloudEnd) {
	h := cloudHandler{s}
	web.Handle(r, "POST /api/organizations/{id}/billing-sync/revoke", h.revoke)
	web.Handle(r, "POST /api/organizations/{id}/billing-sync/installation", h.allow)
	web.Handle(r, "POST /api/billing-sync/hello", h.hello, web.Machine(ScopeSync))
	web.Handle(r, "GET /api/organizations/connections/enabled", func(*web.Call, struct{}) (bool, error) { return false, nil })
	for _, pattern := range []string{
		"GET /api/organizations/connections/{organizationId}/{type}", "POST /api/organizations/connections",
		"PUT /api/organizations/connections/{id}", "DELETE /api/organizations/connections/{id}",
	} {
		web.Handle(r, pattern, elsewhere)
	}
}

var onlySelfHosted = fault.New(fault.Invalid, "billingsync.onlySelfHosted").Coded("self-hosted-only")

// elsewhere answers what a self-hosted server does.
func elsewhere(*web.Call, struct{}) (struct{}, error) { return struct{}{}, onlySelfHosted }

type cloudHandler struct{ cloud *CloudEnd }

func (h cloudHandler) revoke(c *web.Call, in account.Secret) (struct{}, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.cloud.Revoke(c.Context(), c.Caller.AccountID, organizationID, in)
}

type allowRequest struct {
	InstallationID id.ID `json:"installationId"`
	account.Secret
}

func (h cloudHandler) allow(c *web.Call, in allowRequest) (struct{}, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.cloud.Allow(c.Context(), c.Caller.AccountID, organizationID, in.InstallationID, in.Secret)
}

// optional writes the zero time as null.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type helloRequest struct {
	OrganizationID id.ID  `json:"organizationId"`
	BillingSyncKey string `json:"billingSyncKey"`
}

// Check reports the first member that is missing.
func (r helloRequest) Check() error {
	switch {
	case r.OrganizationID.IsZero():
		return fault.Required("organizationId")
	case r.BillingSyncKey == "":
		return fault.Required("billingSyncKey")
	}
	return nil
}

// greeting is on the wire between servers; both ends are in this package.
type greeting struct {
	Versions         []int     `json:"versions"`
	Region           string    `json:"region"`
	Time             time.Time `json:"time"`
	OrganizationName string    `json:"organizationName"`
	Plan             string    `json:"plan"`
	InstallationID   id.ID     `json:"installationId"`
	Bound            bool      `json:"bound"`
}

func (h cloudHandler) hello(c *web.Call, in helloRequest) (greeting, error) {
	g, err := h.cloud.Hello(c.Context(), c.Caller.InstallationID, in.OrganizationID, in.BillingSyncKey)
	return greeting{g.Versions, g.Region, g.Time, g.OrganizationName, g.Plan, g.InstallationID, true}, err
}
