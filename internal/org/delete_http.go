package org

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// byLink bounds tries of one network with tokens of deletion links.
var byLink = throttle.Rule{Name: "delete-organization-token", Limit: 5, Per: time.Minute}

func mountDeletion(r *web.Router, h handler) {
	web.Handle(r, "DELETE /api/organizations/{id}", h.delete)
	web.Handle(r, "POST /api/organizations/{id}/delete", h.delete)
	web.Handle(r, "POST /api/organizations/{id}/delete-recover-token", h.deleteByLink, web.Anonymous, web.Rate(byLink))
}

func (h handler) delete(c *web.Call, in account.Secret) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.orgs.Delete(c.Context(), c.Caller.AccountID, orgID, in)
}

type linkRequest struct {
	Token string `json:"token"`
}

// Check reports a token that is missing.
func (r linkRequest) Check() error {
	if r.Token == "" {
		return fault.Required("token")
	}
	return nil
}

func (h handler) deleteByLink(c *web.Call, in linkRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.orgs.DeleteByLink(c.Context(), orgID, in.Token)
}
