package twostep

import (
	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/web"
)

const maxShort = 50 // characters of codes and keys that people copy

func (h handler) mountAuthenticator(r *web.Router) {
	web.Handle(r, "POST /api/two-factor/get-authenticator", h.authenticator)
	both(r, "/api/two-factor/authenticator", h.setAuthenticator, codeRate("two-step-authenticator"))
	web.Handle(r, "DELETE /api/two-factor/authenticator", h.dropAuthenticator)
}

type authenticatorDetail struct {
	Enabled bool   `json:"enabled"`
	Key     string `json:"key"`
}

type authenticatorView struct {
	Inside                *authenticatorDetail `json:"authenticator,omitempty"`
	*authenticatorDetail                       // of older clients
	UserVerificationToken string               `json:"userVerificationToken,omitempty"`
	Object                string               `json:"object"`
}

func (h handler) authenticator(c *web.Call, in account.Secret) (authenticatorView, error) {
	view := authenticatorView{Object: "twoFactorAuthenticator"}
	if err := h.steps.Accounts.VerifySecret(c.Context(), c.Caller.AccountID, in); err != nil {
		return view, err
	}
	key, enabled, err := h.steps.AuthenticatorKey(c.Context(), c.Caller.AccountID)
	if err != nil {
		return view, err
	}
	view.Inside, view.authenticatorDetail = shaped(c, authenticatorDetail{enabled, key})
	view.UserVerificationToken, err = h.steps.ProofToken(c.Context(), c.Caller.AccountID, Authenticator, key)
	return view, err
}

type setAuthenticatorRequest struct {
	Token string `json:"token"`
	Key   string `json:"key"`
	Proof
}

// Check reports the first member that is missing or too long.
func (in setAuthenticatorRequest) Check() error {
	if err := checkShort("token", in.Token); err != nil {
		return err
	}
	if err := checkShort("key", in.Key); err != nil {
		return err
	}
	return in.Proof.Check()
}

func checkShort(field, text string) error {
	switch {
	case text == "":
		return fault.Required(field)
	case len(text) > maxShort:
		return fault.TooLong(field, maxShort)
	}
	return nil
}

func (h handler) setAuthenticator(c *web.Call, in setAuthenticatorRequest) (authenticatorView, error) {
	view := authenticatorView{Object: changed(c, "twoFactorAuthenticator", "Update")}
	view.Inside, view.authenticatorDetail = shaped(c, authenticatorDetail{true, in.Key})
	err := h.steps.Verify(c.Context(), c.Caller.AccountID, Authenticator, in.Key, in.Proof)
	if err == nil {
		err = h.steps.SetAuthenticator(c.Context(), c.Caller.AccountID, in.Key, in.Token)
	}
	return view, err
}

type dropAuthenticatorRequest struct {
	Key string `json:"key"`
	Proof
}

// Check reports the first member that is missing or too long.
func (in dropAuthenticatorRequest) Check() error {
	if err := checkShort("key", in.Key); err != nil {
		return err
	}
	return in.Proof.Check()
}

func (h handler) dropAuthenticator(c *web.Call, in dropAuthenticatorRequest) (web.Reply, error) {
	err := h.steps.Verify(c.Context(), c.Caller.AccountID, Authenticator, in.Key, in.Proof)
	if err == nil {
		err = h.steps.DropAuthenticator(c.Context(), c.Caller.AccountID, in.Key)
	}
	return removed(c, Authenticator), err
}
