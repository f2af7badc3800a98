package cipher

import (
	"strings"

	"coffre/internal/collection"
	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/web"
)

// mountAdmin adds what those do who look after an organization's items.
func mountAdmin(r *web.Router, h handler) {
	web.Handle(r, "GET /api/ciphers/{id}/admin", back(h.ciphers.GetAsAdmin, content.MiniDetails))
	web.Handle(r, "POST /api/ciphers/admin", h.createAsAdmin)
	web.Handle(r, "PUT /api/ciphers/{id}/admin", h.updateAsAdmin)
	web.Handle(r, "POST /api/ciphers/{id}/admin", h.updateAsAdmin)
	web.Handle(r, "GET /api/ciphers/organization-details", h.all)
	web.Handle(r, "GET /api/ciphers/organization-details/assigned", h.assigned)
	web.Handle(r, "GET /api/organizations/{id}/export", h.export)
}

func (h handler) createAsAdmin(c *web.Call, in placedRequest) (content.View, error) {
	if in.Cipher.OrganizationID.IsZero() {
		return content.View{}, fault.Required(cipherField + "organizationId")
	}
	it, err := h.ciphers.CreateAsAdmin(c.Context(), c.Caller.AccountID, draftOf(c, in.Cipher), in.CollectionIDs)
	return content.ViewOf(it, content.Mini), err
}

func (h handler) updateAsAdmin(c *web.Call, in content.Request) (content.View, error) {
	cipherID, err := c.ID("id")
	if err != nil {
		return content.View{}, err
	}
	it, err := h.ciphers.UpdateAsAdmin(c.Context(), c.Caller.AccountID, cipherID, draftOf(c, &in))
	return content.ViewOf(it, content.Mini), err
}

func (h handler) all(c *web.Call, _ struct{}) (v listView, err error) {
	orgID, err := organizationOf(c)
	if err != nil {
		return v, err
	}
	err = h.ciphers.EachOf(c.Context(), c.Caller.AccountID, orgID, strings.EqualFold(c.Query("includeMemberItems"), "true"), v.pages.Adder(content.MiniDetails))
	return v, err
}

func (h handler) assigned(c *web.Call, _ struct{}) (v listView, err error) {
	orgID, err := organizationOf(c)
	if err != nil {
		return v, err
	}
	err = h.ciphers.EachAssigned(c.Context(), c.Caller.AccountID, orgID, v.pages.Adder(content.Details))
	return v, err
}

func (h handler) export(c *web.Call, _ struct{}) (v exportView, err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return v, err
	}
	export, err := h.ciphers.Export(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return v, err
	}
	v.Collections = collection.Views(export.Collections)
	return v, export.Each(c.Context(), v.pages.Adder(content.MiniDetails))
}
