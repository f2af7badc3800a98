package device

import (
	"log/slog"
	"time"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

func mountTrust(r *web.Router, h handler) {
	web.Handle(r, "PUT /api/devices/{identifier}/keys", h.setTrust)
	web.Handle(r, "POST /api/devices/{identifier}/keys", h.setTrust)
	web.Handle(r, "POST /api/devices/{identifier}/retrieve-keys", h.trustKeys)
	web.Handle(r, "POST /api/devices/update-trust", h.updateTrust)
	web.Handle(r, "POST /api/devices/untrust", h.untrust)
	web.Handle(r, "POST /api/devices/lost-trust", h.lostTrust)
}

type trustRequest struct {
	EncryptedUserKey    string `json:"encryptedUserKey"`
	EncryptedPublicKey  string `json:"encryptedPublicKey"`
	EncryptedPrivateKey string `json:"encryptedPrivateKey"`
}

// Check reports the first key that no client could use.
func (in trustRequest) Check() error {
	if err := (renewedKeys{in.EncryptedPublicKey, in.EncryptedUserKey}).check(""); err != nil {
		return err
	}
	return checkKey("encryptedPrivateKey", in.EncryptedPrivateKey, maxPrivateKey, encstring.AES256HMAC)
}

// renewedKeys are those of a trusted device that depend on the user key.
type renewedKeys struct {
	EncryptedPublicKey string `json:"encryptedPublicKey"`
	EncryptedUserKey   string `json:"encryptedUserKey"`
}

func (in renewedKeys) check(prefix string) error {
	if err := checkKey(prefix+"encryptedPublicKey", in.EncryptedPublicKey, maxPublicKey, encstring.AES256HMAC); err != nil {
		return err
	}
	return checkKey(prefix+"encryptedUserKey", in.EncryptedUserKey, maxWrapped, encstring.RSAOAEPSHA1)
}

// checkKey accepts ciphertext of the one type that clients use in that place.
func checkKey(field, text string, limit int, kind encstring.Type) error {
	if err := encstring.Check(field, text, limit); err != nil {
		return err
	}
	if parsed, err := encstring.Parse(text); err != nil || parsed.Type != kind {
		return fault.Malformed(field)
	}
	return nil
}

func (h handler) setTrust(c *web.Call, in trustRequest) (view, error) {
	identifier, err := h.identifier(c)
	if err != nil {
		return view{}, err
	}
	d, err := h.devices.SetTrust(c.Context(), c.Caller.AccountID, identifier,
		Trust{UserKey: in.EncryptedUserKey, PublicKey: in.EncryptedPublicKey, PrivateKey: in.EncryptedPrivateKey})
	return viewOf(d), err
}

// protectedView is a device as clients of 2023 read it.
type protectedView struct {
	ID                 id.ID     `json:"id"`
	Name               string    `json:"name"`
	Type               int       `json:"type"`
	Identifier         string    `json:"identifier"`
	CreationDate       time.Time `json:"creationDate"`
	EncryptedUserKey   *string   `json:"encryptedUserKey"`
	EncryptedPublicKey *string   `json:"encryptedPublicKey"`
	Object             string    `json:"object"`
}

func (h handler) trustKeys(c *web.Call, _ struct{}) (protectedView, error) {
	d, err := h.ofCaller(c)
	return protectedView{
		d.ID, d.Name, d.Type, d.Identifier, d.CreatedAt, optional(d.Trust.UserKey), optional(d.Trust.PublicKey), "protectedDevice",
	}, err
}

type updateTrustRequest struct {
	account.Secret
	CurrentDevice *renewedKeys `json:"currentDevice"`
	OtherDevices  []struct {
		DeviceID id.ID `json:"deviceId"`
		renewedKeys
	} `json:"otherDevices"`
}

// Check reports the first key that no client could use.
func (in updateTrustRequest) Check() error {
	if err := in.Secret.Check(); err != nil {
		return err
	}
	if in.CurrentDevice == nil {
		return fault.Required("currentDevice")
	}
	if err := in.CurrentDevice.check("currentDevice."); err != nil {
		return err
	}
	for _, other := range in.OtherDevices {
		if other.DeviceID.IsZero() {
			return fault.Required("otherDevices.deviceId")
		}
		if err := other.check("otherDevices."); err != nil {
			return err
		}
	}
	return nil
}

func (h handler) updateTrust(c *web.Call, in updateTrustRequest) (struct{}, error) {
	current := TrustedDevice{c.Caller.DeviceID, in.CurrentDevice.EncryptedPublicKey, in.CurrentDevice.EncryptedUserKey}
	others := make([]TrustedDevice, len(in.OtherDevices))
	for i, other := range in.OtherDevices {
		others[i] = TrustedDevice{other.DeviceID, other.EncryptedPublicKey, other.EncryptedUserKey}
	}
	return struct{}{}, h.devices.UpdateTrust(c.Context(), c.Caller.AccountID, in.Secret, current, others)
}

type untrustRequest struct {
	Devices []id.ID `json:"devices"`
}

// Check reports that no device is named.
func (in untrustRequest) Check() error {
	if len(in.Devices) == 0 {
		return fault.Required("devices")
	}
	return nil
}

func (h handler) untrust(c *web.Call, in untrustRequest) (struct{}, error) {
	return struct{}{}, h.devices.Untrust(c.Context(), c.Caller.AccountID, in.Devices)
}

// lostTrust takes the word of a client that holds a device key and was given no
// keys to open with it. The operator may want to know; nothing else follows.
func (h handler) lostTrust(c *web.Call, _ struct{}) (struct{}, error) {
	h.devices.Log.LogAttrs(c.Context(), slog.LevelWarn, "trusted device without keys",
		slog.String("request", web.RequestID(c.Context())), slog.String("device", c.Caller.DeviceID.String()))
	return struct{}{}, nil
}
