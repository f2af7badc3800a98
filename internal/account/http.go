package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Mount adds the routes of people.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	mountPrelogin(r, h)
	mountCredentials(r, h)
	mountEmail(r, h)
	web.Handle(r, "GET /api/accounts/profile", h.profile)
	web.Handle(r, "PUT /api/accounts/profile", h.setProfile)
	web.Handle(r, "POST /api/accounts/profile", h.setProfile)
	web.Handle(r, "PUT /api/accounts/avatar", h.setAvatar)
	web.Handle(r, "POST /api/accounts/avatar", h.setAvatar)
	web.Handle(r, "GET /api/accounts/organizations", h.organizations)
	web.Handle(r, "PUT /api/accounts/verify-devices", h.setVerifyDevices)
	web.Handle(r, "POST /api/accounts/verify-devices", h.setVerifyDevices)
	web.Handle(r, "GET /api/accounts/revision-date", h.revisionDate)
	web.Handle(r, "GET /api/accounts/keys", h.keys)
	web.Handle(r, "POST /api/accounts/keys", h.setKeys)
	web.Handle(r, "POST /api/accounts/key-management/user-key-id", h.setKeyID)
	web.Handle(r, "POST /api/accounts/key-management/regenerate-keys", h.regenerateKeys)
	web.Handle(r, "POST /api/accounts/verify-password", h.verifyPassword)
	web.Handle(r, "POST /api/accounts/api-key", h.apiKey)
	web.Handle(r, "POST /api/accounts/rotate-api-key", h.rotateAPIKey)
	web.Handle(r, "GET /api/users/{id}/public-key", h.publicKey)
	web.Handle(r, "GET /api/users/{id}/keys", h.publicKeys)
}

type handler struct{ accounts *Service }

func (h handler) profile(c *web.Call, _ struct{}) (Profile, error) {
	a, err := h.accounts.Get(c.Context(), c.Caller.AccountID)
	if err != nil {
		return Profile{}, err
	}
	return h.accounts.ProfileOf(c.Context(), a)
}

type profileRequest struct {
	Name    *string `json:"name"`
	Culture *string `json:"culture"`
}

// Check reports the first member that cannot be stored.
func (in profileRequest) Check() error {
	if in.Name != nil && utf8.RuneCountInString(*in.Name) > MaxName {
		return fault.TooLong("name", MaxName)
	}
	if in.Culture != nil {
		return checkCulture("culture", *in.Culture)
	}
	return nil
}

func (h handler) setProfile(c *web.Call, in profileRequest) (Profile, error) {
	a, err := h.accounts.SetProfile(c.Context(), c.Caller.AccountID, in.Name, in.Culture)
	if err != nil {
		return Profile{}, err
	}
	return h.accounts.ProfileOf(c.Context(), a)
}

type avatarRequest struct {
	Color *string `json:"avatarColor"`
}

// Check reports what is no color.
func (in avatarRequest) Check() error {
	if in.Color == nil {
		return nil
	}
	digits, ok := strings.CutPrefix(*in.Color, "#")
	if !ok || len(digits) != 6 || strings.Trim(digits, "0123456789abcdefABCDEF") != "" {
		return fault.New(fault.Invalid, "account.color").On("avatarColor")
	}
	return nil
}

func (h handler) setAvatar(c *web.Call, in avatarRequest) (Profile, error) {
	color := ""
	if in.Color != nil {
		color = *in.Color
	}
	a, err := h.accounts.SetAvatar(c.Context(), c.Caller.AccountID, color)
	if err != nil {
		return Profile{}, err
	}
	return h.accounts.ProfileOf(c.Context(), a)
}

// organizationsView is a list whose items another room writes.
type organizationsView struct {
	Object            string  `json:"object"`
	Data              any     `json:"data"`
	ContinuationToken *string `json:"continuationToken"`
}

func (h handler) organizations(c *web.Call, _ struct{}) (organizationsView, error) {
	list, _, err := h.accounts.Organizations(c.Context(), c.Caller.AccountID)
	return organizationsView{Object: "list", Data: list}, err
}

type verifyDevicesRequest struct {
	Secret
	VerifyDevices *bool `json:"verifyDevices"`
}

// Check reports the first member that is missing.
func (in verifyDevicesRequest) Check() error {
	if in.VerifyDevices == nil {
		return fault.Required("verifyDevices")
	}
	return in.Secret.Check()
}

func (h handler) setVerifyDevices(c *web.Call, in verifyDevicesRequest) (struct{}, error) {
	if err := h.accounts.VerifySecret(c.Context(), c.Caller.AccountID, in.Secret); err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.accounts.SetVerifyDevices(c.Context(), c.Caller.AccountID, *in.VerifyDevices)
}

// revisionDate answers a bare number: milliseconds since 1970.
func (h handler) revisionDate(c *web.Call, _ struct{}) (int64, error) {
	a, err := h.accounts.Get(c.Context(), c.Caller.AccountID)
	return a.VaultRevisedAt.UnixMilli(), err
}

type keyIDRequest struct {
	UserKeyID string `json:"userKeyId"`
}

// Check reports an id that is none.
func (in keyIDRequest) Check() error {
	if in.UserKeyID == "" {
		return fault.Required("userKeyId")
	}
	return CheckKeyID("userKeyId", in.UserKeyID)
}

// CheckKeyID accepts the id of a user key, 16 bytes in lower-case hexadecimal
// digits, or returns a fault of the member field.
func CheckKeyID(field, text string) error {
	if len(text) != 32 || strings.Trim(text, "0123456789abcdef") != "" {
		return fault.New(fault.Invalid, "account.keyID").On(field).With("field", field)
	}
	return nil
}

func (h handler) setKeyID(c *web.Call, in keyIDRequest) (struct{}, error) {
	return struct{}{}, h.accounts.SetKeyID(c.Context(), c.Caller.AccountID, in.UserKeyID)
}

type policyView struct {
	PasswordPolicy
	Object string `json:"object"`
}

// passwordProof is what a client asks about before it shows what only the master
// password may. A one-time code is no answer.
type passwordProof struct{ currentHash }

// Check reports a hash that is missing or that no client sends.
func (in passwordProof) Check() error { return in.check() }

func (h handler) verifyPassword(c *web.Call, in passwordProof) (policyView, error) {
	if _, err := h.accounts.VerifyPassword(c.Context(), c.Caller.AccountID, in.MasterPasswordHash); err != nil {
		return policyView{}, err
	}
	p, err := h.accounts.PasswordPolicy(c.Context(), c.Caller.AccountID)
	return policyView{p, "masterPasswordPolicy"}, err
}

type apiKeyView struct {
	APIKey       string    `json:"apiKey"`
	RevisionDate time.Time `json:"revisionDate"`
	Object       string    `json:"object"`
}

func (h handler) apiKey(c *web.Call, in Secret) (apiKeyView, error) {
	return h.withAPIKey(c, in, h.accounts.APIKey)
}

func (h handler) rotateAPIKey(c *web.Call, in Secret) (apiKeyView, error) {
	return h.withAPIKey(c, in, h.accounts.RotateAPIKey)
}

func (h handler) withAPIKey(c *web.Call, in Secret, fn func(context.Context, id.ID) (string, error)) (apiKeyView, error) {
	if err := h.accounts.VerifySecret(c.Context(), c.Caller.AccountID, in); err != nil {
		return apiKeyView{}, err
	}
	key, err := fn(c.Context(), c.Caller.AccountID)
	if err != nil {
		return apiKeyView{}, err
	}
	a, err := h.accounts.Get(c.Context(), c.Caller.AccountID)
	return apiKeyView{key, a.RevisedAt, "apiKey"}, err
}
