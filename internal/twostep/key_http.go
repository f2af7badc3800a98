package twostep

import (
	"encoding/json"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

func (h handler) mountKeys(r *web.Router) {
	web.Handle(r, "POST /api/two-factor/get-webauthn", h.keys)
	web.Handle(r, "POST /api/two-factor/get-webauthn-challenge", h.keyOptions)
	both(r, "/api/two-factor/webauthn", h.addKey)
	web.Handle(r, "DELETE /api/two-factor/webauthn", h.removeKey)
	web.Handle(r, "DELETE /api/two-factor/webauthn/all", h.off(WebAuthn))
}

type keyView struct {
	Name     string `json:"name"`
	ID       int    `json:"id"`
	Migrated bool   `json:"migrated"`
}

type keysDetail struct {
	Enabled bool      `json:"enabled"`
	Keys    []keyView `json:"keys"`
}

type keysView struct {
	Inside                *keysDetail `json:"webAuthn,omitempty"`
	*keysDetail                       // of older clients
	UserVerificationToken string      `json:"userVerificationToken,omitempty"`
	Object                string      `json:"object"`
}

// view returns the keys of the caller.
func (h handler) view(c *web.Call, object string) (keysView, error) {
	keys, err := h.steps.SecurityKeys(c.Context(), c.Caller.AccountID)
	detail := keysDetail{Enabled: len(keys) > 0, Keys: make([]keyView, len(keys))}
	for i, key := range keys {
		detail.Keys[i] = keyView{Name: key.Name, ID: key.Slot}
	}
	view := keysView{Object: object}
	view.Inside, view.keysDetail = shaped(c, detail)
	return view, err
}

func (h handler) keys(c *web.Call, in account.Secret) (keysView, error) {
	token, err := h.enter(c, WebAuthn, in)
	if err != nil {
		return keysView{}, err
	}
	view, err := h.view(c, "twoFactorWebAuthn")
	view.UserVerificationToken = token
	return view, err
}

// keyOptionsView is the options alone for older clients.
type keyOptionsView struct {
	Options *webauthn.CreationOptions `json:"options,omitempty"`
	*webauthn.CreationOptions
	Object string `json:"object,omitempty"`
}

func (h handler) keyOptions(c *web.Call, in Proof) (keyOptionsView, error) {
	if err := h.steps.Verify(c.Context(), c.Caller.AccountID, WebAuthn, "", in); err != nil {
		return keyOptionsView{}, err
	}
	options, err := h.steps.KeyOptions(c.Context(), c.Caller.AccountID)
	view := keyOptionsView{Object: changed(c, "", "twoFactorWebAuthnChallenge")}
	view.Options, view.CreationOptions = shaped(c, options)
	return view, err
}

type addKeyRequest struct {
	ID             int             `json:"id"`
	Name           string          `json:"name"`
	DeviceResponse json.RawMessage `json:"deviceResponse"`
	Proof
}

// Check reports an answer that is missing.
func (in addKeyRequest) Check() error {
	if len(in.DeviceResponse) == 0 || string(in.DeviceResponse) == "null" {
		return fault.Required("deviceResponse")
	}
	return in.Proof.Check()
}

func (h handler) addKey(c *web.Call, in addKeyRequest) (keysView, error) {
	if err := h.steps.Verify(c.Context(), c.Caller.AccountID, WebAuthn, "", in.Proof); err != nil {
		return keysView{}, err
	}
	if err := h.steps.AddKey(c.Context(), c.Caller.AccountID, in.ID, in.Name, in.DeviceResponse); err != nil {
		return keysView{}, err
	}
	return h.view(c, changed(c, "twoFactorWebAuthn", "Update"))
}

type removeKeyRequest struct {
	ID int `json:"id"`
	Proof
}

func (h handler) removeKey(c *web.Call, in removeKeyRequest) (keysView, error) {
	if err := h.steps.Verify(c.Context(), c.Caller.AccountID, WebAuthn, "", in.Proof); err != nil {
		return keysView{}, err
	}
	if err := h.steps.RemoveKey(c.Context(), c.Caller.AccountID, in.ID); err != nil {
		return keysView{}, err
	}
	return h.view(c, changed(c, "twoFactorWebAuthn", "Delete"))
}
