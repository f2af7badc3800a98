package device

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Mount adds the routes of devices and of the log-ins that they ask for.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/devices", h.list)
	// Wrong passwords are counted by device where it is known, so devices that no
	// sign-in has made must be few.
	web.Handle(r, "POST /api/devices", h.create, web.Rate(throttle.Rule{Name: "device-create", Limit: 5, Per: time.Hour}))
	web.Handle(r, "GET /api/devices/{id}", h.get)
	web.Handle(r, "PUT /api/devices/{id}", h.update)
	web.Handle(r, "POST /api/devices/{id}", h.update)
	web.Handle(r, "DELETE /api/devices/{id}", h.delete)
	web.Handle(r, "POST /api/devices/{id}/deactivate", h.delete)
	web.Handle(r, "GET /api/devices/identifier/{identifier}", h.getByIdentifier)
	for _, method := range []string{"PUT", "POST"} {
		web.Handle(r, method+" /api/devices/identifier/{identifier}/token", h.setPushToken)
		web.Handle(r, method+" /api/devices/identifier/{identifier}/web-push-auth", h.setWebPush)
		web.Handle(r, method+" /api/devices/identifier/{identifier}/clear-token", h.clearPushToken, web.Anonymous)
	}
	web.Handle(r, "GET /api/devices/knowndevice", h.known, web.Anonymous)
	web.Handle(r, "GET /api/devices/knowndevice/{email}/{identifier}", h.knownByPath, web.Anonymous)
	mountTrust(r, h)
	mountRequests(r, h)
}

type handler struct{ devices *Service }

// identifier reads the part of the path by which a device calls itself. What no
// device calls itself is absent.
func (h handler) identifier(c *web.Call) (string, error) {
	text := c.Param("identifier")
	if checkIdentifier("", text) != nil {
		return "", fault.Gone
	}
	return text, nil
}

type view struct {
	ID                 id.ID        `json:"id"`
	Name               string       `json:"name"`
	Type               int          `json:"type"`
	Identifier         string       `json:"identifier"`
	CreationDate       time.Time    `json:"creationDate"`
	LastActivityDate   time.Time    `json:"lastActivityDate"`
	IsTrusted          bool         `json:"isTrusted"`
	EncryptedUserKey   *string      `json:"encryptedUserKey"`
	EncryptedPublicKey *string      `json:"encryptedPublicKey"`
	PendingAuthRequest *pendingView `json:"devicePendingAuthRequest"`
	Object             string       `json:"object"`
}

// pendingView is the request of a device that waits for an answer.
type pendingView struct {
	ID           id.ID     `json:"id"`
	CreationDate time.Time `json:"creationDate"`
}

func viewOf(d Device) view {
	return view{
		ID: d.ID, Name: d.Name, Type: d.Type, Identifier: d.Identifier, CreationDate: d.CreatedAt, LastActivityDate: d.ActiveAt,
		IsTrusted: d.Trusted(), EncryptedUserKey: optional(d.Trust.UserKey), EncryptedPublicKey: optional(d.Trust.PublicKey),
		Object: "device",
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[view], error) {
	devices, err := h.devices.List(c.Context(), c.Caller.AccountID)
	if err != nil {
		return web.List[view]{}, err
	}
	pending, err := h.devices.PendingRequests(c.Context(), c.Caller.AccountID)
	waiting := map[id.ID]*pendingView{}
	for _, r := range pending {
		waiting[r.Device.ID] = &pendingView{r.ID, r.CreatedAt}
	}
	views := make([]view, len(devices))
	for i, d := range devices {
		views[i] = viewOf(d)
		views[i].PendingAuthRequest = waiting[d.ID]
	}
	return web.ListOf(views), err
}

func (h handler) get(c *web.Call, _ struct{}) (view, error) {
	deviceID, err := c.ID("id")
	if err != nil {
		return view{}, err
	}
	d, err := h.devices.Get(c.Context(), c.Caller.AccountID, deviceID)
	return viewOf(d), err
}

func (h handler) getByIdentifier(c *web.Call, _ struct{}) (view, error) {
	d, err := h.ofCaller(c)
	return viewOf(d), err
}

// ofCaller returns the device that the path names by its identifier.
func (h handler) ofCaller(c *web.Call) (Device, error) {
	identifier, err := h.identifier(c)
	if err != nil {
		return Device{}, err
	}
	return h.devices.byIdentifier(c.Context(), c.Caller.AccountID, identifier)
}

// request is a device as its client describes it. The identifier counts only when
// the device is new.
type request struct {
	Type       *int   `json:"type"`
	Name       string `json:"name"`
	Identifier string `json:"identifier"`
	PushToken  string `json:"pushToken"`
}

// Check reports the first member that cannot be stored.
func (in request) Check() error {
	if in.Type == nil {
		return fault.Required("type")
	}
	if printable(in.Name) == "" {
		return fault.Required("name")
	}
	if utf8.RuneCountInString(in.Name) > maxName {
		return fault.TooLong("name", maxName)
	}
	if err := checkIdentifier("identifier", in.Identifier); err != nil {
		return err
	}
	return checkPushToken(in.PushToken)
}

func checkPushToken(text string) error {
	if utf8.RuneCountInString(text) > maxPushToken {
		return fault.TooLong("pushToken", maxPushToken)
	}
	return nil
}

func (in request) device() (Device, error) {
	d, ok := Of(strconv.Itoa(*in.Type), in.Identifier, in.Name, in.PushToken)
	if !ok {
		return Device{}, fault.Malformed("identifier")
	}
	return d, nil
}

func (h handler) create(c *web.Call, in request) (view, error) {
	d, err := in.device()
	if err != nil {
		return view{}, err
	}
	saved, _, err := h.devices.Save(c.Context(), c.Caller.AccountID, d)
	if err != nil {
		return view{}, err
	}
	d, err = h.devices.Get(c.Context(), c.Caller.AccountID, saved.ID)
	return viewOf(d), err
}

func (h handler) update(c *web.Call, in request) (view, error) {
	deviceID, err := c.ID("id")
	if err != nil {
		return view{}, err
	}
	d, err := in.device()
	if err != nil {
		return view{}, err
	}
	d, err = h.devices.Update(c.Context(), c.Caller.AccountID, deviceID, d)
	return viewOf(d), err
}

func (h handler) delete(c *web.Call, _ struct{}) (struct{}, error) {
	deviceID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.devices.Delete(c.Context(), c.Caller.AccountID, deviceID)
}

type pushTokenRequest struct {
	PushToken string `json:"pushToken"`
}

// Check reports a token that reaches no phone.
func (in pushTokenRequest) Check() error {
	if printable(in.PushToken) == "" {
		return fault.Required("pushToken")
	}
	return checkPushToken(in.PushToken)
}

func (h handler) setPushToken(c *web.Call, in pushTokenRequest) (struct{}, error) {
	identifier, err := h.identifier(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.devices.SetPushToken(c.Context(), c.Caller.AccountID, identifier, printable(in.PushToken))
}

var webPushOff = fault.New(fault.Invalid, "device.webPushOff").Coded("web-push-off")

// setWebPush refuses what the configuration of this server offers to no client.
func (h handler) setWebPush(c *web.Call, _ struct{}) (struct{}, error) {
	_, err := h.ofCaller(c)
	if err == nil {
		err = webPushOff
	}
	return struct{}{}, err
}

func (h handler) clearPushToken(c *web.Call, _ struct{}) (struct{}, error) {
	identifier, err := h.identifier(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.devices.ClearPushToken(c.Context(), identifier)
}

// The headers of a client that asks whether it is known.
const (
	headerEmail      = "X-Request-Email"
	headerIdentifier = "X-Device-Identifier"
)

func (h handler) known(c *web.Call, _ struct{}) (bool, error) {
	encoded := c.Header.Get(headerEmail)
	if encoded == "" {
		return false, fault.Required(headerEmail)
	}
	email, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return false, fault.Malformed(headerEmail)
	}
	return h.knows(c, headerEmail, string(email), headerIdentifier, c.Header.Get(headerIdentifier))
}

func (h handler) knownByPath(c *web.Call, _ struct{}) (bool, error) {
	return h.knows(c, "email", c.Param("email"), "identifier", c.Param("identifier"))
}

func (h handler) knows(c *web.Call, emailField, email, identifierField, identifier string) (bool, error) {
	if !utf8.ValidString(email) || strings.ContainsRune(email, 0) {
		return false, fault.Malformed(emailField)
	}
	if err := checkIdentifier(identifierField, identifier); err != nil {
		return false, err
	}
	return h.devices.Known(c.Context(), email, identifier)
}
