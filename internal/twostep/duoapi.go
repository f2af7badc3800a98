package twostep

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DuoAPI speaks with Duo's Universal Prompt, which is OpenID Connect with tokens
// that both sides sign with the secret they share.
type DuoAPI struct {
	HTTP *http.Client
	Now  func() time.Time
}

// DuoApp is what a person has made for this server at Duo.
type DuoApp struct {
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	Host         string `json:"host"`
}

func (a DuoApp) url(path string) string { return "https://" + a.Host + "/oauth/v1/" + path }

const (
	duoTokenLife = 5 * time.Minute
	duoSkew      = time.Minute // between the clocks of both sides
)

// Healthy returns nil when Duo answers and knows the application.
func (d *DuoAPI) Healthy(ctx context.Context, app DuoApp) error {
	target := app.url("health_check")
	assertion, err := d.assertion(app, target)
	if err != nil {
		return err
	}
	var said struct {
		Stat string `json:"stat"`
	}
	err = d.post(ctx, target, url.Values{"client_id": {app.ClientID}, "client_assertion": {assertion}}, &said)
	if err == nil && said.Stat != "OK" {
		err = fmt.Errorf("ask duo: stat %q", said.Stat)
	}
	return err
}

// prompt is one question that Duo asks a person.
type prompt struct {
	User     string
	Redirect string
	State    string
	Nonce    string
}

// AuthorizeURL returns where a person's browser goes to be asked.
func (d *DuoAPI) AuthorizeURL(app DuoApp, p prompt) (string, error) {
	request, err := signToken(app.ClientSecret, map[string]any{
		"scope": "openid", "response_type": "code", "client_id": app.ClientID, "iss": app.ClientID, "aud": "https://" + app.Host,
		"exp": d.Now().Add(duoTokenLife).Unix(), "redirect_uri": p.Redirect, "state": p.State, "nonce": p.Nonce,
		"duo_uname": p.User, "use_duo_code_attribute": false,
	})
	query := url.Values{"response_type": {"code"}, "client_id": {app.ClientID}, "scope": {"openid"}, "redirect_uri": {p.Redirect}, "request": {request}}
	return app.url("authorize") + "?" + query.Encode(), err
}

// idToken is what Duo says of the person it asked.
type idToken struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"`
	Expires  int64  `json:"exp"`
	IssuedAt int64  `json:"iat"`
	Username string `json:"preferred_username"`
	Nonce    string `json:"nonce"`
	Result   struct {
		Result string `json:"result"`
	} `json:"auth_result"`
}

// Allowed exchanges the code that the browser brought back, and reports whether
// Duo lets the person of the prompt in. A code is good once.
func (d *DuoAPI) Allowed(ctx context.Context, app DuoApp, p prompt, code string) (bool, error) {
	target := app.url("token")
	assertion, err := d.assertion(app, target)
	if err != nil {
		return false, err
	}
	var said struct {
		IDToken string `json:"id_token"`
	}
	err = d.post(ctx, target, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {p.Redirect}, "client_id": {app.ClientID},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
	}, &said)
	if refused, ok := errors.AsType[*refusalError](err); ok && refused.status == http.StatusBadRequest {
		return false, nil // the code is wrong, used, or old
	}
	if err != nil {
		return false, err
	}
	var t idToken
	if err := readToken(app.ClientSecret, said.IDToken, &t); err != nil {
		return false, err
	}
	now := d.Now()
	return t.Issuer == target && t.Audience == app.ClientID &&
		now.Before(time.Unix(t.Expires, 0).Add(duoSkew)) && !now.Before(time.Unix(t.IssuedAt, 0).Add(-duoSkew)) &&
		equal(t.Nonce, p.Nonce) && strings.EqualFold(t.Username, p.User) && t.Result.Result == "allow", nil
}

// assertion proves to Duo which application asks.
func (d *DuoAPI) assertion(app DuoApp, target string) (string, error) {
	now := d.Now()
	return signToken(app.ClientSecret, map[string]any{
		"iss": app.ClientID, "sub": app.ClientID, "aud": target, "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(duoTokenLife).Unix(),
	})
}

// refusalError is an answer that is not a success.
type refusalError struct{ status int }

func (r *refusalError) Error() string { return fmt.Sprintf("ask duo: HTTP %d", r.status) }

func (d *DuoAPI) post(ctx context.Context, target string, form url.Values, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := d.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("ask duo: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, largestAnswer))
	switch {
	case err != nil:
		return fmt.Errorf("ask duo: %w", err)
	case res.StatusCode != http.StatusOK:
		return &refusalError{res.StatusCode}
	}
	return json.Unmarshal(body, out)
}

// tokenHead is the only one that is written and read: what signs is settled.
const tokenHead = `{"alg":"HS512","typ":"JWT"}` //nolint:gosec // It holds no secret.

func signToken(secret string, claims any) (string, error) {
	raw, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(tokenHead)) + "." + encode(raw)
	return signed + "." + encode(tokenMAC(secret, signed)), nil
}

func tokenMAC(secret, signed string) []byte {
	mac := hmac.New(sha512.New, []byte(secret))
	mac.Write([]byte(signed))
	return mac.Sum(nil)
}

var errUnsigned = errors.New("ask duo: the token of the answer is not signed with our secret")

// readToken reads the claims of a token with a good signature. Whatever its head
// says, the signature must be the one that this secret makes.
func readToken(secret, token string, claims any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errUnsigned
	}
	decode := base64.RawURLEncoding.DecodeString
	mac, err1 := decode(parts[2])
	raw, err2 := decode(parts[1])
	if errors.Join(err1, err2) != nil || !hmac.Equal(mac, tokenMAC(secret, parts[0]+"."+parts[1])) {
		return errUnsigned
	}
	return json.Unmarshal(raw, claims)
}
