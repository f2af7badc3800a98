// Package client plays the part of an unmodified Bitwarden client: it speaks the
// protocol over HTTP and makes every key and ciphertext itself, so that a server
// meets from it what it meets from a person's web vault.
//
// It exists for the demo and for tests. It knows no more of the server than the
// protocol tells, and where real clients are strict about an answer, so is it.
package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"coffre/internal/id"
)

// What the client says of itself.
const (
	clientName    = "web"
	clientVersion = "2026.9.0"
	formType      = "application/x-www-form-urlencoded; charset=utf-8"
	chromeBrowser = 9
)

// Device is the installation of a client that a person signs in on.
type Device struct {
	Type       int
	Identifier string
	Name       string
}

// Client is one client of one server, signed in as at most one person. Its
// calls may be made at the same time once Login has returned.
type Client struct {
	BaseURL string // where /api and /identity stand, without a slash at the end
	HTTP    *http.Client
	Device  Device
	// SecondStep is what Login answers a challenge with. A code is gone once it was
	// good; what a server that remembers the device gives takes its place.
	SecondStep SecondStep
	// Header goes with every request and wins over what the client sends by
	// itself, a language for example.
	Header http.Header
	// NewKDF is that of the accounts that it registers; DefaultKDF, unless set.
	NewKDF *KDF

	mu      sync.Mutex // guards the tokens and orgKeys
	access  string
	refresh string
	orgKeys map[id.ID]Key
	account account
}

// New returns a client that nobody is signed in on, with a device of its own. A
// nil httpClient means one that gives up after a minute.
func New(baseURL string, httpClient *http.Client) *Client {
	if httpClient == nil {
		httpClient = &http.Client{Timeout: time.Minute}
	}
	return &Client{
		BaseURL: strings.TrimRight(baseURL, "/"),
		HTTP:    httpClient,
		Device:  Device{Type: chromeBrowser, Identifier: id.New().String(), Name: "chrome"},
		orgKeys: map[id.ID]Key{},
	}
}

// WithToken returns a client of the same server and device that bears another
// token, of an installation for example, and cannot renew it.
func (c *Client) WithToken(access string) *Client {
	return &Client{
		BaseURL: c.BaseURL, HTTP: c.HTTP, Device: c.Device, Header: c.Header,
		access: access, orgKeys: map[id.ID]Key{},
	}
}

// AccessToken returns the token that the client bears, "" when nobody is signed in.
func (c *Client) AccessToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.access
}

// Error is an answer that is not a success.
type Error struct {
	Status  int
	Message string              // what a client displays
	Code    string              // the word for programs, or the OAuth error
	Fields  map[string][]string // what is wrong with each member; nil when nothing is said
	Body    []byte              // the whole answer
}

// Error returns the status and the message.
func (e *Error) Error() string { return fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message) }

// Do makes one call. A path starts with /api, and then bears the token, or with
// /identity, and then does not.
//
// in is nil, url.Values, or what becomes JSON. out is nil, a *[]byte for the answer as it came, or what JSON is read into; it stays
// untouched when there is no content. An answer that is not a success is an
// *Error. A token that has died is renewed once and the call made again.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	body, contentType, err := encode(in)
	if err != nil {
		return err
	}
	call := call{method: method, url: c.BaseURL + path, contentType: contentType, body: body}
	if !strings.HasPrefix(path, "/identity/") {
		c.mu.Lock()
		call.token = c.access
		c.mu.Unlock()
	}
	err = c.send(ctx, call, out)
	if e, ok := errors.AsType[*Error](err); !ok || e.Status != http.StatusUnauthorized || call.token == "" {
		return err
	}
	renewed, renewErr := c.renew(ctx, call.token)
	if renewErr != nil {
		return err
	}
	call.token = renewed
	return c.send(ctx, call, out)
}

// call is a request that can be made twice.
type call struct {
	method, url, contentType, token string
	body                            []byte
}

func (c *Client) send(ctx context.Context, call call, out any) error {
	req, err := http.NewRequestWithContext(ctx, call.method, call.url, bytes.NewReader(call.body))
	if err != nil {
		return err
	}
	c.head(req, call)
	res, err := c.HTTP.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", call.method, req.URL.Path, err)
	}
	if err := read(res, body, out); err != nil {
		return fmt.Errorf("%s %s: %w", call.method, req.URL.Path, err)
	}
	return nil
}

// head writes the headers of the web vault.
func (c *Client) head(req *http.Request, call call) {
	h := req.Header
	h.Set("Accept", "application/json")
	h.Set("Device-Type", strconv.Itoa(c.Device.Type))
	h.Set("Bitwarden-Client-Name", clientName)
	h.Set("Bitwarden-Client-Version", clientVersion)
	if call.contentType != "" {
		h.Set("Content-Type", call.contentType)
	}
	if call.token != "" {
		h.Set("Authorization", "Bearer "+call.token)
	} else {
		h.Set("Device-Identifier", c.Device.Identifier)
	}
	if req.Method == http.MethodGet {
		h.Set("Cache-Control", "no-store")
		h.Set("Pragma", "no-cache")
	}
	maps.Copy(h, c.Header)
}

// read accepts what real clients accept: three statuses, and JSON only under
// its own content type.
func read(res *http.Response, body []byte, out any) error {
	switch res.StatusCode {
	case http.StatusOK, http.StatusCreated:
	case http.StatusNoContent:
		return nil
	default:
		return failure(res.StatusCode, body)
	}
	if out == nil {
		return nil
	}
	if raw, ok := out.(*[]byte); ok {
		*raw = body
		return nil
	}
	if kind := res.Header.Get("Content-Type"); !strings.Contains(kind, "application/json") {
		return fmt.Errorf("the answer is %q, not JSON", kind)
	}
	return json.Unmarshal(body, out)
}

// failure reads the envelopes of the API and of the token endpoint, and takes
// the message that the web vault displays.
func failure(status int, body []byte) *Error {
	var envelope struct {
		Message          string
		Code             string
		ValidationErrors map[string][]string
		Error            string
		ErrorModel       struct{ Message string }
	}
	// A body that is no envelope leaves every member empty.
	_ = json.Unmarshal(body, &envelope)
	messages := []string{envelope.ErrorModel.Message}
	for _, field := range slices.Sorted(maps.Keys(envelope.ValidationErrors)) {
		messages = append(messages, envelope.ValidationErrors[field]...)
	}
	messages = append(messages, envelope.Message, string(body))
	return &Error{
		Status:  status,
		Message: cmp.Or(messages...),
		Code:    cmp.Or(envelope.Code, envelope.Error),
		Fields:  envelope.ValidationErrors,
		Body:    body,
	}
}

// renew returns a token that is not stale. Calls that find the same token dead
// at the same time renew it once.
func (c *Client) renew(ctx context.Context, stale string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.access != stale {
		return c.access, nil
	}
	if c.refresh == "" {
		return "", errors.New("client: this token cannot be renewed")
	}
	var answer tokenAnswer
	err := c.token(ctx, c.BaseURL+"/identity", pairs{
		{"grant_type", "refresh_token"},
		{"client_id", clientName},
		{"refresh_token", c.refresh},
	}, &answer)
	if err != nil {
		return "", err
	}
	c.access = answer.AccessToken
	if answer.RefreshToken != "" {
		c.refresh = answer.RefreshToken
	}
	return c.access, nil
}

// token asks the token endpoint of an identity address.
func (c *Client) token(ctx context.Context, identityURL string, form pairs, answer *tokenAnswer) error {
	body, contentType, err := encode(form)
	if err != nil {
		return err
	}
	call := call{
		method: http.MethodPost, url: strings.TrimRight(identityURL, "/") + "/connect/token",
		contentType: contentType, body: body,
	}
	if err := c.send(ctx, call, answer); err != nil {
		return err
	}
	if answer.AccessToken == "" || answer.TokenType == "" {
		return errors.New("client: the token answer has no access_token or no token_type")
	}
	return nil
}

// pairs is a form whose members keep their order, as clients send them.
type pairs [][2]string

func (p pairs) String() string {
	members := make([]string, len(p))
	for i, pair := range p {
		members[i] = url.QueryEscape(pair[0]) + "=" + url.QueryEscape(pair[1])
	}
	return strings.Join(members, "&")
}

func encode(in any) (body []byte, contentType string, err error) {
	switch in := in.(type) {
	case nil:
		return nil, "", nil
	case url.Values:
		return []byte(in.Encode()), formType, nil
	case pairs:
		return []byte(in.String()), formType, nil
	case *parts:
		return in.encode()
	}
	body, err = json.Marshal(in)
	return body, "application/json; charset=utf-8", err
}
