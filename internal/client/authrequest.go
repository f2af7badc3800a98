package client

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"coffre/internal/id"
)

// ErrDenied says that the person denied a log-in with a device.
var ErrDenied = errors.New("client: the log-in was denied")

// AuthRequest is a log-in that somebody asks their other clients for. The key
// pair and the code stay with the client that asks.
type AuthRequest struct {
	ID    id.ID
	Email string
	Code  string

	pair KeyPair
}

// PendingAuthRequest is what a client shows of an AuthRequest before the person
// answers it.
type PendingAuthRequest struct {
	ID                      id.ID
	PublicKey               string
	RequestDeviceIdentifier string
	RequestDeviceID         id.ID
	RequestDeviceType       string
	RequestIPAddress        string
	CreationDate            time.Time
	Origin                  string
}

// RequestLogin asks the other clients of a person to let this one in.
func (c *Client) RequestLogin(ctx context.Context, email string) (AuthRequest, error) {
	pair, err := NewKeyPair()
	if err != nil {
		return AuthRequest{}, err
	}
	keys, err := pair.Keys(NewKey())
	if err != nil {
		return AuthRequest{}, err
	}
	r := AuthRequest{Email: email, Code: rand.Text()[:25], pair: pair}
	var answer struct{ ID id.ID }
	err = c.Do(ctx, http.MethodPost, "/api/auth-requests/", map[string]any{
		"email": saltOf(email), "publicKey": keys.PublicKey, "deviceIdentifier": c.Device.Identifier, "accessCode": r.Code, "type": 0,
	}, &answer)
	r.ID = answer.ID
	return r, err
}

// PendingAuthRequests returns the log-ins that wait for the person's answer.
func (c *Client) PendingAuthRequests(ctx context.Context) ([]PendingAuthRequest, error) {
	var answer struct{ Data []PendingAuthRequest }
	err := c.Do(ctx, http.MethodGet, "/api/auth-requests/pending", nil, &answer)
	return answer.Data, err
}

// Approve lets another client in: it shares the user key with the public key that
// the request names.
func (c *Client) Approve(ctx context.Context, requestID id.ID) error {
	return c.reply(ctx, requestID, true)
}

// Deny keeps another client out.
func (c *Client) Deny(ctx context.Context, requestID id.ID) error {
	return c.reply(ctx, requestID, false)
}

func (c *Client) reply(ctx context.Context, requestID id.ID, approved bool) error {
	var r PendingAuthRequest
	path := "/api/auth-requests/" + requestID.String()
	if err := c.Do(ctx, http.MethodGet, path, nil, &r); err != nil {
		return err
	}
	wrapped, err := WrapFor(r.PublicKey, c.account.key)
	if err != nil {
		return err
	}
	return c.Do(ctx, http.MethodPut, path, map[string]any{
		"key": wrapped, "masterPasswordHash": nil, "deviceIdentifier": c.Device.Identifier, "requestApproved": approved,
	}, nil)
}

// Poll asks for the answer to a request: the user key once it is approved, ErrDenied
// once it is denied, and false as long as nobody has answered.
func (c *Client) Poll(ctx context.Context, r AuthRequest) (key Key, answered bool, err error) {
	var answer struct {
		Key             *string
		RequestApproved bool
		ResponseDate    *time.Time
	}
	path := fmt.Sprintf("/api/auth-requests/%s/response?code=%s", r.ID, url.QueryEscape(r.Code))
	err = c.Do(ctx, http.MethodGet, path, nil, &answer)
	switch {
	case err != nil || answer.ResponseDate == nil:
		return Key{}, false, err
	case !answer.RequestApproved || answer.Key == nil:
		return Key{}, true, ErrDenied
	}
	key, err = r.pair.Unwrap(*answer.Key)
	return key, true, err
}

// LoginWithRequest signs a person in whose request is approved, and unlocks the
// account with the key that came with the answer.
func (c *Client) LoginWithRequest(ctx context.Context, r AuthRequest) error {
	key, answered, err := c.Poll(ctx, r)
	if err == nil && !answered {
		err = errors.New("client: nobody has answered the request")
	}
	if err != nil {
		return err
	}
	proof := pairs{{"username", r.Email}, {"password", r.Code}, {"authRequest", r.ID.String()}}
	return c.signIn(ctx, proof, func(string) (Key, error) { return key, nil })
}
