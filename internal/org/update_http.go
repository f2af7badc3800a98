package org

import (
	"coffre/internal/account"
	"coffre/internal/web"
)

// updateRequest is what an owner may change. Clients leave out what their form does
// not show, and a server's own license forbids.
type updateRequest struct {
	Name         string       `json:"name"`
	BusinessName *string      `json:"businessName"`
	BillingEmail string       `json:"billingEmail"`
	Keys         *KeysRequest `json:"keys"`
}

// Check reports the first member that cannot be what it should.
func (r updateRequest) Check() error {
	if err := checkText("name", r.Name, maxName); err != nil {
		return err
	}
	if r.BusinessName != nil {
		if err := checkText("businessName", *r.BusinessName, maxName); err != nil {
			return err
		}
	}
	if r.BillingEmail != "" {
		if err := account.CheckEmail("billingEmail", r.BillingEmail); err != nil {
			return err
		}
	}
	if r.Keys == nil {
		return nil
	}
	return r.Keys.CheckUnder("keys.")
}

func (r updateRequest) details() Details {
	d := Details{Name: r.Name, BusinessName: r.BusinessName, BillingEmail: account.NormalizeEmail(r.BillingEmail)}
	if r.Keys != nil {
		d.PublicKey, d.PrivateKey = r.Keys.PublicKey, r.Keys.EncryptedPrivateKey
	}
	return d
}

func (h handler) update(c *web.Call, in updateRequest) (View, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	o, err := h.orgs.Update(c.Context(), c.Caller.AccountID, orgID, in.details())
	return ViewOf(c, o), err
}

func (h handler) manageCollections(c *web.Call, in ChangedSettings) (View, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return View{}, err
	}
	o, err := h.orgs.ManageCollections(c.Context(), c.Caller.AccountID, orgID, in)
	return ViewOf(c, o), err
}
