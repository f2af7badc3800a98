package identity

import (
	"context"
	"net/http"
	"time"

	"coffre/internal/id"
	"coffre/internal/throttle"
	"coffre/internal/web"
)

// SendScope is what a visitor of a Send gets: to read that one.
const SendScope = "api.send.access"

const (
	sendClient = "send"
	sendLife   = 5 * time.Minute
	sendType   = "Send" // in the token
)

// visits is how often one network may ask for Sends.
var visits = throttle.Rule{Name: "send-visits", Limit: 300, Per: time.Minute}

// Visit is what a stranger shows of whom a Send may ask something.
type Visit struct {
	SendID       string // as it stands in the link
	PasswordHash string // what the client makes of the password
	Email        string
	OTP          string // the code that was mailed there
}

// visit gives a visitor whom the Send lets in a token for it.
func (s *Service) visit(ctx context.Context, r Request) (Tokens, error) {
	if err := s.Limits.Take(ctx, visits, web.CallerOf(ctx).Network()); err != nil {
		return Tokens{}, err
	}
	switch {
	case r.ClientID != sendClient:
		return Tokens{}, wrongClient
	case r.Scope != SendScope:
		return Tokens{}, wrongScope
	}
	sendID, err := s.AdmitToSend(ctx, r.Visit)
	if err != nil {
		return Tokens{}, err
	}
	c := s.claims(sendClient, SendScope, sendLife)
	c.Subject, c.SendID, c.Type, c.VisitorEmail = sendID.String(), sendID, sendType, r.Visit.Email
	t := Tokens{Life: sendLife, Scope: SendScope}
	t.Access, err = s.sign(ctx, c)
	return t, err
}

// visitor returns who calls with the token of a visit. What the Send still allows is
// for it to say.
func visitor(c claims) (web.Caller, bool) {
	sendID, err := id.Parse(c.Subject)
	return web.Caller{SendID: sendID, ClientID: c.ClientID, Scope: SendScope}, err == nil && c.Type == sendType
}

// SendRefusal is why a Send does not let a visitor in, in the words that clients
// compare.
type SendRefusal struct{ code, kind, description string }

// The refusals.
var (
	NoSendID          = &SendRefusal{"invalid_request", "send_id_required", "send_id is required."}
	WrongSendID       = &SendRefusal{"invalid_grant", "send_id_invalid", "send_id is invalid."}
	NoSendPassword    = &SendRefusal{"invalid_request", "password_hash_b64_required", "password_hash_b64 is required."}
	WrongSendPassword = &SendRefusal{"invalid_grant", "password_hash_b64_invalid", "password_hash_b64 is invalid."}
	NoSendEmail       = &SendRefusal{"invalid_request", "email_required", "email is required."}
	NoSendCode        = &SendRefusal{"invalid_request", "email_and_otp_required", "email and otp are required."}
)

// Error returns the description.
func (r *SendRefusal) Error() string { return r.description }

// Answer returns the body in the spelling of OAuth and in that of older clients.
func (r *SendRefusal) Answer(string) (status int, body any) {
	view := sendRefusalView{Kind: r.kind, oauthView: oauthView{
		Error: r.code, Description: &r.description, ErrorModel: errorModel{Message: r.description, Object: "error"}, Message: r.description, Object: "error",
	}}
	return http.StatusBadRequest, view
}

type sendRefusalView struct {
	oauthView
	Kind string `json:"send_access_error_type"`
}
