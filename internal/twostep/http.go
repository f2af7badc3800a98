package twostep

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"coffre/internal/account"
	"coffre/internal/fault"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// Mount adds the routes of second steps.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/two-factor", h.list)
	web.Handle(r, "POST /api/two-factor/get-recover", h.recoveryCode)
	both(r, "/api/two-factor/disable", h.disable)
	h.mountAuthenticator(r)
	h.mountEmail(r)
	h.mountKeys(r)
	h.mountYubiKey(r)
	h.mountDuo(r)
	// What old web vaults ask about a feature that came and went.
	web.Handle(r, "GET /api/two-factor/get-device-verification-settings", h.verificationSettings)
	web.Handle(r, "PUT /api/two-factor/device-verification-settings", h.verificationSettings)
}

// both adds a route that clients call with PUT or with POST.
func both[In, Out any](r *web.Router, path string, fn func(*web.Call, In) (Out, error), opts ...web.Option) {
	web.Handle(r, "PUT "+path, fn, opts...)
	web.Handle(r, "POST "+path, fn, opts...)
}

// codeRate bounds wrong codes while a provider is set up.
func codeRate(name string) web.Option {
	return web.Rate(throttle.Rule{Name: name, Limit: 3, Per: time.Minute})
}

type handler struct{ steps *Service }

// Clients from 2026.9 on read the detail of a provider in a member of its own, and
// present a token instead of the password in what follows. Those before read it on
// the outside. A caller that does not say what it is gets the newer form.
func nested(c *web.Call) bool {
	year, rest, found := strings.Cut(c.Header.Get("Bitwarden-Client-Version"), ".")
	month, _, _ := strings.Cut(rest, ".")
	y, err1 := strconv.Atoi(year)
	m, err2 := strconv.Atoi(month)
	return !found || err1 != nil || err2 != nil || y > 2026 || y == 2026 && m >= 9
}

// shaped returns a detail for where the client reads it, and nil for the other place.
func shaped[T any](c *web.Call, detail T) (inside, outside *T) {
	if nested(c) {
		return &detail, nil
	}
	return nil, &detail
}

// changed names the answer to a change, which older clients read as any other.
func changed(c *web.Call, object, suffix string) string {
	if nested(c) {
		return object + suffix
	}
	return object
}

type statusView struct {
	Enabled bool   `json:"enabled"`
	Type    int    `json:"type"`
	Object  string `json:"object"`
}

func statusViewOf(number int, enabled bool) statusView {
	return statusView{enabled, number, "twoFactorProvider"}
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[statusView], error) {
	list, err := h.steps.List(c.Context(), c.Caller.AccountID)
	views := make([]statusView, len(list))
	for i, status := range list {
		views[i] = statusViewOf(status.Provider, status.Enabled)
	}
	return web.ListOf(views), err
}

type recoveryView struct {
	Code   *string `json:"code"`
	Object string  `json:"object"`
}

func (h handler) recoveryCode(c *web.Call, in account.Secret) (recoveryView, error) {
	view := recoveryView{Object: "twoFactorRecover"}
	if err := h.steps.Accounts.VerifySecret(c.Context(), c.Caller.AccountID, in); err != nil {
		return view, err
	}
	code, err := h.steps.RecoveryCode(c.Context(), c.Caller.AccountID)
	view.Code = optional(code)
	return view, err
}

type disableRequest struct {
	Type *int `json:"type"`
	Proof
}

// Check reports a provider that does not exist.
func (in disableRequest) Check() error {
	if in.Type == nil {
		return fault.Required("type")
	}
	if !known(*in.Type) {
		return fault.Malformed("type")
	}
	return in.Proof.Check()
}

func (h handler) disable(c *web.Call, in disableRequest) (statusView, error) {
	err := h.steps.Verify(c.Context(), c.Caller.AccountID, *in.Type, "", in.Proof)
	if err == nil {
		err = h.steps.TurnOff(c.Context(), c.Caller.AccountID, *in.Type)
	}
	return statusViewOf(*in.Type, false), err
}

// off returns the route that removes a provider.
func (h handler) off(number int) func(*web.Call, Proof) (web.Reply, error) {
	return func(c *web.Call, in Proof) (web.Reply, error) {
		err := h.steps.Verify(c.Context(), c.Caller.AccountID, number, "", in)
		if err == nil {
			err = h.steps.TurnOff(c.Context(), c.Caller.AccountID, number)
		}
		return removed(c, number), err
	}
}

// removed answers that a provider is off.
func removed(c *web.Call, number int) web.Reply {
	if nested(c) {
		return web.Reply{Status: http.StatusNoContent}
	}
	return web.Reply{Status: http.StatusOK, Body: statusViewOf(number, false)}
}

// enter verifies who asks for a provider's detail, and returns the token that
// stands for the password in what follows.
func (h handler) enter(c *web.Call, number int, in account.Secret) (token string, err error) {
	if err := h.steps.Accounts.VerifySecret(c.Context(), c.Caller.AccountID, in); err != nil {
		return "", err
	}
	return h.steps.ProofToken(c.Context(), c.Caller.AccountID, number, "")
}

type verificationView struct {
	SectionEnabled bool   `json:"isDeviceVerificationSectionEnabled"`
	Enabled        bool   `json:"unknownDeviceVerificationEnabled"`
	Object         string `json:"object"`
}

func (h handler) verificationSettings(*web.Call, struct{}) (verificationView, error) {
	return verificationView{Object: "deviceVerificationSettings"}, nil
}

// optional returns nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
