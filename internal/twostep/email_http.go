package twostep

import (
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

func (h handler) mountEmail(r *web.Router) {
	mails := func(name string, limit int) web.Option {
		return web.Rate(throttle.Rule{Name: name, Limit: limit, Per: 10 * time.Minute})
	}
	web.Handle(r, "POST /api/two-factor/get-email", h.email)
	web.Handle(r, "POST /api/two-factor/send-email", h.proveEmail, mails("two-step-send-email", 5))
	both(r, "/api/two-factor/email", h.setEmail, codeRate("two-step-email"))
	web.Handle(r, "DELETE /api/two-factor/email", h.off(Email))
	web.Handle(r, "POST /api/two-factor/send-email-login", h.mailLoginCode, web.Anonymous, mails("two-step-send-email-login", 10))
}

type emailDetail struct {
	Enabled bool    `json:"enabled"`
	Email   *string `json:"email"`
}

// emailView has a member that is an object to newer clients and a text to older ones.
type emailView struct {
	Email                 any    `json:"email"`
	Enabled               *bool  `json:"enabled,omitempty"` // of older clients
	UserVerificationToken string `json:"userVerificationToken,omitempty"`
	Object                string `json:"object"`
}

func emailViewOf(c *web.Call, email, object string) emailView {
	detail := emailDetail{email != "", optional(email)}
	if nested(c) {
		return emailView{Email: detail, Object: object}
	}
	return emailView{Email: detail.Email, Enabled: &detail.Enabled, Object: object}
}

func (h handler) email(c *web.Call, in account.Secret) (emailView, error) {
	token, err := h.enter(c, Email, in)
	if err != nil {
		return emailView{}, err
	}
	email, err := h.steps.EmailAddress(c.Context(), c.Caller.AccountID)
	view := emailViewOf(c, email, "twoFactorEmail")
	view.UserVerificationToken = token
	return view, err
}

type proveEmailRequest struct {
	Email string `json:"email"`
	Proof
}

// Check reports what is no address.
func (in proveEmailRequest) Check() error {
	if err := account.CheckEmail("email", in.Email); err != nil {
		return err
	}
	return in.Proof.Check()
}

func (h handler) proveEmail(c *web.Call, in proveEmailRequest) (struct{}, error) {
	err := h.steps.Verify(c.Context(), c.Caller.AccountID, Email, "", in.Proof)
	if err == nil {
		err = h.steps.ProveEmail(c.Context(), c.Caller.AccountID, in.Email)
	}
	return struct{}{}, err
}

type setEmailRequest struct {
	Email string `json:"email"`
	Token string `json:"token"`
	Proof
}

// Check reports the first member that is missing or no address.
func (in setEmailRequest) Check() error {
	if err := account.CheckEmail("email", in.Email); err != nil {
		return err
	}
	if err := checkShort("token", in.Token); err != nil {
		return err
	}
	return in.Proof.Check()
}

func (h handler) setEmail(c *web.Call, in setEmailRequest) (emailView, error) {
	err := h.steps.Verify(c.Context(), c.Caller.AccountID, Email, "", in.Proof)
	if err == nil {
		err = h.steps.SetEmail(c.Context(), c.Caller.AccountID, in.Email, in.Token)
	}
	return emailViewOf(c, account.NormalizeEmail(in.Email), changed(c, "twoFactorEmail", "Update")), err
}

type codeRequest struct {
	Email        string `json:"email"`
	SessionToken string `json:"ssoEmail2FaSessionToken"`
	RequestID    string `json:"authRequestId"`
	AccessCode   string `json:"authRequestAccessCode"`
	PasswordHash string `json:"masterPasswordHash"`
	OTP          string `json:"otp"`
}

var noCodeProof = fault.New(fault.Invalid, "twostep.noCodeProof")

// Check reports a request that proves nothing. A one-time code is not missing, but
// never good: only people who are signed in are sent one.
func (in codeRequest) Check() error {
	switch {
	case in.Email == "":
		return fault.Required("email")
	case in.PasswordHash == "" && in.OTP == "" && in.AccessCode == "" && in.SessionToken == "":
		return noCodeProof
	case len(in.PasswordHash) > account.MaxHash:
		return fault.TooLong("masterPasswordHash", account.MaxHash)
	}
	return nil
}

func (h handler) mailLoginCode(c *web.Call, in codeRequest) (struct{}, error) {
	return struct{}{}, h.steps.MailLoginCode(c.Context(), CodeRequest{
		Email: in.Email, SessionToken: in.SessionToken, PasswordHash: in.PasswordHash,
		RequestID: in.RequestID, AccessCode: in.AccessCode,
	})
}
