package org

import (
	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// mountTwoStep adds the routes of second steps that an organization asks of all its
// members. Clients know one, Duo, and this version has none: the list is empty, and
// setting one up is refused with a reason.
func mountTwoStep(r *web.Router, h handler) {
	web.Handle(r, "GET /api/organizations/{id}/two-factor", h.twoStep)
	web.Handle(r, "POST /api/organizations/{id}/two-factor/get-duo", h.noDuo)
	web.Handle(r, "PUT /api/organizations/{id}/two-factor/duo", h.noDuo)
	web.Handle(r, "POST /api/organizations/{id}/two-factor/duo", h.noDuo)
	web.Handle(r, "DELETE /api/organizations/{id}/two-factor/duo", h.noDuo)
	web.Handle(r, "PUT /api/organizations/{id}/two-factor/disable", h.noDuo)
	web.Handle(r, "POST /api/organizations/{id}/two-factor/disable", h.noDuo)
}

// providerView is a second step of an organization.
type providerView struct {
	Enabled bool   `json:"enabled"`
	Type    int    `json:"type"`
	Object  string `json:"object"`
}

func (h handler) twoStep(c *web.Call, _ struct{}) (web.List[providerView], error) {
	return web.ListOf[providerView](nil), h.managesPolicies(c)
}

var noDuo = fault.New(fault.Invalid, "org.noDuo")

func (h handler) noDuo(c *web.Call, _ account.Secret) (struct{}, error) {
	if err := h.managesPolicies(c); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, noDuo
}

func (h handler) managesPolicies(c *web.Call) error {
	orgID, err := c.ID("id")
	if err != nil {
		return err
	}
	_, _, err = h.orgs.Within(c.Context(), c.Caller.AccountID, orgID, Member.MayManagePolicies)
	return err
}
