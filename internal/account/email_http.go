package account

import (
	"cmp"
	"time"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

func mountEmail(r *web.Router, h handler) {
	perHour := func(name string) web.Option { return web.Rate(throttle.Rule{Name: name, Limit: 5, Per: time.Hour}) }
	perMinute := func(name string) web.Option { return web.Rate(throttle.Rule{Name: name, Limit: 2, Per: time.Minute}) }
	web.Handle(r, "POST /api/accounts/email-token", h.startEmailChange, perMinute("email-token"))
	web.Handle(r, "POST /api/accounts/email", h.changeEmail, perHour("email"))
	web.Handle(r, "POST /api/accounts/verify-email", h.sendVerification, perHour("verify-email"))
	web.Handle(r, "POST /api/accounts/verify-email-token", h.verifyEmail, web.Anonymous, perMinute("verify-email-token"))
	web.Handle(r, "POST /api/accounts/password-hint", h.sendHint, web.Anonymous, perHour("password-hint"))
	web.Handle(r, "POST /api/accounts/delete-recover", h.sendDeletion, web.Anonymous, perHour("delete-recover"))
	web.Handle(r, "POST /api/accounts/delete-recover-token", h.deleteByLink, web.Anonymous, perMinute("delete-recover-token"))
	web.Handle(r, "DELETE /api/accounts", h.delete)
	web.Handle(r, "POST /api/accounts/delete", h.delete)
	web.Handle(r, "POST /api/accounts/request-otp", h.sendCode)
	web.Handle(r, "POST /api/accounts/verify-otp", h.useCode)
}

type emailTokenRequest struct {
	currentHash
	NewEmail string `json:"newEmail"`
}

// Check reports the first member that cannot be used.
func (in emailTokenRequest) Check() error {
	return cmp.Or(in.currentHash.check(), CheckEmail("newEmail", in.NewEmail))
}

func (h handler) startEmailChange(c *web.Call, in emailTokenRequest) (struct{}, error) {
	return struct{}{}, h.accounts.StartEmailChange(c.Context(), c.Caller.AccountID, in.MasterPasswordHash, in.NewEmail)
}

type emailRequest struct {
	currentHash
	NewEmail string `json:"newEmail"`
	NewHash  string `json:"newMasterPasswordHash"`
	Key      string `json:"key"`
	Token    string `json:"token"`
}

// Check reports the first member that cannot be used. The new hash and key are
// not optional: clients derive their keys with the address.
func (in emailRequest) Check() error {
	if in.Token == "" {
		return fault.Required("token")
	}
	return cmp.Or(in.currentHash.check(), CheckEmail("newEmail", in.NewEmail),
		checkHashes("newMasterPasswordHash", in.NewHash, nil), checkSymmetric("key", in.Key, maxKey))
}

func (h handler) changeEmail(c *web.Call, in emailRequest) (struct{}, error) {
	return struct{}{}, h.accounts.ChangeEmail(c.Context(), c.Caller.AccountID, in.MasterPasswordHash, in.NewEmail, in.Token,
		Credentials{Hash: in.NewHash, Key: in.Key})
}

func (h handler) sendVerification(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.accounts.SendVerification(c.Context(), c.Caller.AccountID)
}

// linkRequest is what a link of a mail carries. An id that cannot be read is
// nobody's.
type linkRequest struct {
	UserID string `json:"userId"`
	Token  string `json:"token"`
}

// Check reports the first member that is missing.
func (in linkRequest) Check() error {
	switch {
	case in.UserID == "":
		return fault.Required("userId")
	case in.Token == "":
		return fault.Required("token")
	}
	return nil
}

func (in linkRequest) accountID() id.ID {
	accountID, _ := id.Parse(in.UserID)
	return accountID
}

func (h handler) verifyEmail(c *web.Call, in linkRequest) (struct{}, error) {
	return struct{}{}, h.accounts.VerifyEmail(c.Context(), in.accountID(), in.Token)
}

// emailOnly is an address that somebody claims to have.
type emailOnly struct {
	Email string `json:"email"`
}

// Check reports what is no address.
func (in emailOnly) Check() error { return CheckEmail("email", in.Email) }

func (h handler) sendHint(c *web.Call, in emailOnly) (struct{}, error) {
	return struct{}{}, h.accounts.SendHint(c.Context(), in.Email)
}

func (h handler) sendDeletion(c *web.Call, in emailOnly) (struct{}, error) {
	return struct{}{}, h.accounts.SendDeletion(c.Context(), in.Email)
}

func (h handler) deleteByLink(c *web.Call, in linkRequest) (struct{}, error) {
	return struct{}{}, h.accounts.DeleteByLink(c.Context(), in.accountID(), in.Token)
}

func (h handler) delete(c *web.Call, in Secret) (struct{}, error) {
	return struct{}{}, h.accounts.Delete(c.Context(), c.Caller.AccountID, in)
}

func (h handler) sendCode(c *web.Call, _ struct{}) (struct{}, error) {
	return struct{}{}, h.accounts.SendCode(c.Context(), c.Caller.AccountID)
}

type codeRequest struct {
	OTP string `json:"otp"`
}

// Check reports a code that is missing.
func (in codeRequest) Check() error {
	if in.OTP == "" {
		return fault.Required("otp")
	}
	return nil
}

func (h handler) useCode(c *web.Call, in codeRequest) (struct{}, error) {
	return struct{}{}, h.accounts.UseCode(c.Context(), c.Caller.AccountID, in.OTP)
}
