package license

import (
	"net/http"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// scopeRenew is the scope of a token with which a server renews licenses.
const scopeRenew = "api.licensing"

// MountCloud adds the routes that issue licenses.
func MountCloud(r *web.Router, s *CloudEnd) {
	h := cloudHandler{s}
	web.Handle(r, "GET /api/organizations/{id}/license", h.download)
	// Some proxies drop the body of a GET; official servers send nothing else.
	web.Handle(r, "GET /api/licenses/organization/{id}", h.renew, web.Machine(scopeRenew))
	web.Handle(r, "POST /api/licenses/organization/{id}", h.renew, web.Machine(scopeRenew))
	web.Handle(r, "GET /api/account/billing/vnext/license", h.downloadUser)
	web.Handle(r, "GET /api/licenses/user/{id}", h.renewUser, web.Machine(scopeRenew))
	web.Raw(r, "GET /api/licensing/certificate", h.certificate, web.Anonymous)
}

type cloudHandler struct{ licenses *CloudEnd }

func (h cloudHandler) download(c *web.Call, _ struct{}) (Organization, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return Organization{}, err
	}
	installationID, err := id.Parse(c.Query("installationId"))
	if err != nil {
		return Organization{}, installationUnknown
	}
	return h.licenses.Download(c.Context(), c.Caller.AccountID, organizationID, installationID)
}

type renewRequest struct {
	LicenseKey     string `json:"licenseKey"`
	BillingSyncKey string `json:"billingSyncKey"`
}

// Check reports the first key that is missing.
func (r renewRequest) Check() error {
	switch {
	case r.LicenseKey == "":
		return fault.Required("licenseKey")
	case r.BillingSyncKey == "":
		return fault.Required("billingSyncKey")
	}
	return nil
}

func (h cloudHandler) renew(c *web.Call, in renewRequest) (Organization, error) {
	organizationID, err := c.ID("id")
	if err != nil {
		return Organization{}, err
	}
	return h.licenses.Renew(c.Context(), c.Caller.InstallationID, organizationID, in.LicenseKey, in.BillingSyncKey)
}

// certificate answers the public part of the signer, for `coffre license trust`, and
// the announcements that lead to it.
func (h cloudHandler) certificate(w http.ResponseWriter, _ *web.Call) error {
	public, err := h.licenses.Signer.PublicPEM()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(public)
	return nil
}

func (h cloudHandler) downloadUser(c *web.Call, _ struct{}) (User, error) {
	a, err := h.licenses.Accounts.Get(c.Context(), c.Caller.AccountID)
	if err != nil {
		return User{}, err
	}
	return h.licenses.IssueUser(c.Context(), a)
}

func (h cloudHandler) renewUser(c *web.Call, _ struct{}) (User, error) {
	accountID, err := c.ID("id")
	if err != nil {
		return User{}, err
	}
	return h.licenses.RenewUser(c.Context(), accountID, c.Query("key"))
}
