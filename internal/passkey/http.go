package passkey

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"coffre/internal/account"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
	"coffre/internal/webauthn"
)

// asking bounds how often one network asks for a challenge.
var asking = throttle.Rule{Name: "passkey-options", Limit: 30, Per: time.Minute}

// Mount adds the routes of passkeys. The sign-in itself is a grant of the token
// endpoint.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /identity/accounts/webauthn/assertion-options", h.startSignIn, web.Anonymous, web.Rate(asking))
	web.Handle(r, "GET /api/webauthn", h.list)
	web.Handle(r, "POST /api/webauthn/attestation-options", h.startCreating)
	web.Handle(r, "POST /api/webauthn", h.create)
	web.Handle(r, "POST /api/webauthn/assertion-options", h.startOpening)
	web.Handle(r, "PUT /api/webauthn", h.opens)
	web.Handle(r, "POST /api/webauthn/{id}/delete", h.delete)
}

type handler struct{ passkeys *Service }

// The longest ciphertexts, in characters.
const (
	maxKey        = 2_000
	maxPrivateKey = 10_000
)

type view struct {
	ID                 id.ID   `json:"id"`
	Name               string  `json:"name"`
	PRFStatus          Status  `json:"prfStatus"`
	EncryptedUserKey   *string `json:"encryptedUserKey"`
	EncryptedPublicKey *string `json:"encryptedPublicKey"`
	Object             string  `json:"object"`
}

func (h handler) list(c *web.Call, _ struct{}) (web.List[view], error) {
	list, err := h.passkeys.List(c.Context(), c.Caller.AccountID)
	views := make([]view, len(list))
	for i, p := range list {
		views[i] = view{p.ID, p.Name, p.Status(), optional(p.Keys.User), optional(p.Keys.Public), "webauthnCredential"}
	}
	return web.ListOf(views), err
}

type creationView struct {
	Options webauthn.CreationOptions `json:"options"`
	Token   string                   `json:"token"`
	Object  string                   `json:"object"`
}

func (h handler) startCreating(c *web.Call, in account.Secret) (creationView, error) {
	options, token, err := h.passkeys.StartCreating(c.Context(), c.Caller.AccountID, in)
	return creationView{options, token, "webauthnCredentialCreateOptions"}, err
}

type requestView struct {
	Options webauthn.RequestOptions `json:"options"`
	Token   string                  `json:"token"`
	Object  string                  `json:"object"`
}

func (h handler) startSignIn(c *web.Call, _ struct{}) (requestView, error) {
	options, token, err := h.passkeys.StartSignIn(c.Context())
	return requestView{options, token, "webAuthnLoginAssertionOptions"}, err
}

func (h handler) startOpening(c *web.Call, in account.Secret) (requestView, error) {
	options, token, err := h.passkeys.StartOpening(c.Context(), c.Caller.AccountID, in)
	return requestView{options, token, "webAuthnLoginAssertionOptions"}, err
}

// answerRequest is the answer of an authenticator with the token of what it was
// asked.
type answerRequest struct {
	DeviceResponse json.RawMessage `json:"deviceResponse"`
	Token          string          `json:"token"`
}

func (in answerRequest) check() error {
	switch {
	case len(in.DeviceResponse) == 0 || string(in.DeviceResponse) == "null":
		return fault.Required("deviceResponse")
	case in.Token == "":
		return fault.Required("token")
	}
	return nil
}

type keysRequest struct {
	EncryptedUserKey    string `json:"encryptedUserKey"`
	EncryptedPublicKey  string `json:"encryptedPublicKey"`
	EncryptedPrivateKey string `json:"encryptedPrivateKey"`
}

func (in keysRequest) keys() Keys {
	return Keys{User: in.EncryptedUserKey, Public: in.EncryptedPublicKey, Private: in.EncryptedPrivateKey}
}

func (in keysRequest) check() error {
	return cmp.Or(
		encstring.CheckType("encryptedUserKey", in.EncryptedUserKey, maxKey, encstring.RSAOAEPSHA1),
		encstring.CheckType("encryptedPublicKey", in.EncryptedPublicKey, maxKey, encstring.AES256HMAC),
		encstring.CheckType("encryptedPrivateKey", in.EncryptedPrivateKey, maxPrivateKey, encstring.AES256HMAC),
	)
}

type createRequest struct {
	answerRequest
	keysRequest
	Name        string `json:"name"`
	SupportsPRF bool   `json:"supportsPrf"`
}

// Check reports the first member that cannot be used. The keys are there all three
// or not at all.
func (in createRequest) Check() error {
	if err := in.answerRequest.check(); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(in.Name) == "":
		return fault.Required("name")
	case utf8.RuneCountInString(in.Name) > MaxName:
		return fault.TooLong("name", MaxName)
	case in.keysRequest != keysRequest{}:
		return in.keysRequest.check()
	}
	return nil
}

func (h handler) create(c *web.Call, in createRequest) (struct{}, error) {
	return struct{}{}, h.passkeys.Create(c.Context(), c.Caller.AccountID, New{
		Token: in.Token, Answer: in.DeviceResponse, Name: in.Name, ComputesSecrets: in.SupportsPRF, Keys: in.keys(),
	})
}

type opensRequest struct {
	answerRequest
	keysRequest
}

// Check reports the first member that cannot be used.
func (in opensRequest) Check() error { return cmp.Or(in.answerRequest.check(), in.keysRequest.check()) }

func (h handler) opens(c *web.Call, in opensRequest) (struct{}, error) {
	return struct{}{}, h.passkeys.Opens(c.Context(), c.Caller.AccountID, in.Token, in.DeviceResponse, in.keys())
}

func (h handler) delete(c *web.Call, in account.Secret) (struct{}, error) {
	passkeyID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.passkeys.Delete(c.Context(), c.Caller.AccountID, passkeyID, in)
}

// UnlockView is a passkey that opens the vault, as a sync shows it.
type UnlockView struct {
	EncryptedPrivateKey string   `json:"encryptedPrivateKey"`
	EncryptedUserKey    string   `json:"encryptedUserKey"`
	CredentialID        string   `json:"credentialId"`
	Transports          []string `json:"transports"`
}

// UnlockViews returns passkeys as a sync shows them; none is nil.
func UnlockViews(list []Passkey) (views []UnlockView) {
	for _, p := range list {
		if u := p.unlock(); u != nil {
			views = append(views, UnlockView(*u))
		}
	}
	return views
}

// optional returns nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
