package twostep

import (
	"coffre/internal/account"
	"coffre/internal/web"
)

func (h handler) mountYubiKey(r *web.Router) {
	web.Handle(r, "POST /api/two-factor/get-yubikey", h.yubiKey)
	both(r, "/api/two-factor/yubikey", h.setYubiKey)
	web.Handle(r, "DELETE /api/two-factor/yubikey", h.off(YubiKey))
}

type yubiKeyDetail struct {
	Enabled bool    `json:"enabled"`
	Key1    *string `json:"key1"`
	Key2    *string `json:"key2"`
	Key3    *string `json:"key3"`
	Key4    *string `json:"key4"`
	Key5    *string `json:"key5"`
	NFC     bool    `json:"nfc"`
}

type yubiKeyView struct {
	Inside                *yubiKeyDetail `json:"yubiKey,omitempty"`
	*yubiKeyDetail                       // of older clients
	UserVerificationToken string         `json:"userVerificationToken,omitempty"`
	Object                string         `json:"object"`
}

func (h handler) yubiKeyView(c *web.Call, object string) (yubiKeyView, error) {
	ids, nfc, enabled, err := h.steps.YubiKeys(c.Context(), c.Caller.AccountID)
	view := yubiKeyView{Object: object}
	view.Inside, view.yubiKeyDetail = shaped(c, yubiKeyDetail{
		Enabled: enabled, NFC: nfc,
		Key1: optional(ids[0]), Key2: optional(ids[1]), Key3: optional(ids[2]), Key4: optional(ids[3]), Key5: optional(ids[4]),
	})
	return view, err
}

func (h handler) yubiKey(c *web.Call, in account.Secret) (yubiKeyView, error) {
	token, err := h.enter(c, YubiKey, in)
	if err != nil {
		return yubiKeyView{}, err
	}
	view, err := h.yubiKeyView(c, "twoFactorYubiKey")
	view.UserVerificationToken = token
	return view, err
}

type setYubiKeyRequest struct {
	Key1 string `json:"key1"`
	Key2 string `json:"key2"`
	Key3 string `json:"key3"`
	Key4 string `json:"key4"`
	Key5 string `json:"key5"`
	NFC  bool   `json:"nfc"`
	Proof
}

func (h handler) setYubiKey(c *web.Call, in setYubiKeyRequest) (yubiKeyView, error) {
	if err := h.steps.Verify(c.Context(), c.Caller.AccountID, YubiKey, "", in.Proof); err != nil {
		return yubiKeyView{}, err
	}
	typed := [yubiKeySlots]string{in.Key1, in.Key2, in.Key3, in.Key4, in.Key5}
	if err := h.steps.SetYubiKeys(c.Context(), c.Caller.AccountID, typed, in.NFC); err != nil {
		return yubiKeyView{}, err
	}
	return h.yubiKeyView(c, changed(c, "twoFactorYubiKey", "Update"))
}
