package recovery

import (
	"strings"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// maxKey is the longest key, in characters.
const maxKey = 2_000

// maxListed is how many members one request may name.
const maxListed = 10_000

// Mount adds the routes. Clients before 2026 call a recovery by the name of the
// password alone.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	const users = "/api/organizations/{id}/users"
	web.Handle(r, "PUT "+users+"/{userId}/reset-password-enrollment", h.enroll)
	web.Handle(r, "GET "+users+"/{memberId}/reset-password-details", h.details)
	web.Handle(r, "POST "+users+"/account-recovery-details", h.listDetails)
	web.Handle(r, "PUT "+users+"/{memberId}/recover-account", h.recover)
	web.Handle(r, "PUT "+users+"/{memberId}/reset-password", h.recover)
}

type handler struct{ recoveries *Service }

type enrollRequest struct {
	account.Secret
	ResetPasswordKey string `json:"resetPasswordKey"`
}

// withdraws reports whether the key is to be taken back. Older clients send a blank
// one for that.
func (in enrollRequest) withdraws() bool { return strings.TrimSpace(in.ResetPasswordKey) == "" }

// Check reports the first member that cannot be used. Who withdraws proves nothing:
// clients put any word where the hash would stand.
func (in enrollRequest) Check() error {
	if in.withdraws() {
		return nil
	}
	if err := encstring.CheckType("resetPasswordKey", in.ResetPasswordKey, maxKey, encstring.RSAOAEPSHA1); err != nil {
		return err
	}
	return in.Secret.Check()
}

// enroll is for the caller alone, whose account stands in the address.
func (h handler) enroll(c *web.Call, in enrollRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	accountID, err := c.ID("userId")
	if err == nil && accountID != c.Caller.AccountID {
		err = fault.Gone
	}
	switch {
	case err != nil:
		return struct{}{}, err
	case in.withdraws():
		return struct{}{}, h.recoveries.Withdraw(c.Context(), accountID, orgID)
	}
	return struct{}{}, h.recoveries.Enroll(c.Context(), accountID, orgID, in.ResetPasswordKey, in.Secret)
}

// detailsView is what the client of an administrator recovers an account with.
type detailsView struct {
	Object              string          `json:"object"`
	OrganizationUserID  id.ID           `json:"organizationUserId"`
	KDF                 account.KDFType `json:"kdf"`
	KDFIterations       int             `json:"kdfIterations"`
	KDFMemory           *int            `json:"kdfMemory"`
	KDFParallelism      *int            `json:"kdfParallelism"`
	MasterPasswordSalt  string          `json:"masterPasswordSalt"`
	ResetPasswordKey    string          `json:"resetPasswordKey"`
	EncryptedPrivateKey string          `json:"encryptedPrivateKey"`
}

func viewOf(d Details) detailsView {
	kdf := d.Unlock.KDF
	return detailsView{
		"organizationUserResetPasswordDetails", d.MemberID, kdf.Type, kdf.Iterations, kdf.Memory, kdf.Parallelism, d.Unlock.Salt,
		d.Key, d.PrivateKey,
	}
}

// memberOf returns the organization and the member that a path names.
func memberOf(c *web.Call) (orgID, memberID id.ID, err error) {
	if orgID, err = c.ID("id"); err != nil {
		return orgID, memberID, err
	}
	memberID, err = c.ID("memberId")
	return orgID, memberID, err
}

func (h handler) details(c *web.Call, _ struct{}) (detailsView, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return detailsView{}, err
	}
	d, err := h.recoveries.Details(c.Context(), c.Caller.AccountID, orgID, memberID)
	return viewOf(d), err
}

type listRequest struct {
	IDs []id.ID `json:"ids"`
}

// Check refuses a list that names nobody, or more than one request may.
func (in listRequest) Check() error {
	switch {
	case len(in.IDs) == 0:
		return fault.Required("ids")
	case len(in.IDs) > maxListed:
		return fault.New(fault.Invalid, "member.tooManyAtOnce").On("ids").With("limit", maxListed)
	}
	return nil
}

func (h handler) listDetails(c *web.Call, in listRequest) (list web.List[detailsView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	all, err := h.recoveries.ListDetails(c.Context(), c.Caller.AccountID, orgID, in.IDs)
	views := make([]detailsView, len(all))
	for i, d := range all {
		views[i] = viewOf(d)
	}
	return web.ListOf(views), err
}

// recoverRequest says what to give a member anew. Older clients know of the master
// password only, and do not say it.
type recoverRequest struct {
	account.NewPasswordRequest
	ResetMasterPassword *bool `json:"resetMasterPassword"`
	ResetTwoFactor      bool  `json:"resetTwoFactor"`
}

func (in recoverRequest) password() bool {
	return in.ResetMasterPassword == nil || *in.ResetMasterPassword
}

// Check reports the first member that cannot be used.
func (in recoverRequest) Check() error {
	switch {
	case in.password():
		return in.NewPasswordRequest.Check()
	case !in.ResetTwoFactor:
		return nothing
	}
	return nil
}

func (h handler) recover(c *web.Call, in recoverRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	r := Reset{TwoStep: in.ResetTwoFactor}
	if in.password() {
		r.Password = new(in.Credentials())
	}
	return struct{}{}, h.recoveries.Recover(c.Context(), c.Caller.AccountID, orgID, memberID, r)
}
