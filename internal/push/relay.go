package push

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"coffre/internal/config"
	"coffre/internal/id"
)

// Relay is the Provider of a server that has no way of its own to phones: it asks
// the relay of its cloud, which knows it as an installation. It is safe for
// concurrent use.
type Relay struct {
	Address      string // what /push/… is joined to
	Identity     string // where tokens come from
	Installation id.ID
	Key          config.Secret
	HTTP         *http.Client
	Now          func() time.Time

	mu    sync.Mutex
	token string
	until time.Time // when another is asked for
	fault error     // why there is none, until then
}

const (
	scopePush  = "api.push"
	afterFault = 5 * time.Minute // before the identity server is asked again
	maxReply   = 64 << 10
)

var errUnauthorized = errors.New("push: the relay does not accept the token")

type relayRegistration struct {
	DeviceID       string   `json:"deviceId"`
	PushToken      string   `json:"pushToken"`
	UserID         string   `json:"userId"`
	Type           int      `json:"type"`
	Identifier     string   `json:"identifier"`
	Organizations  []string `json:"organizationIds"`
	InstallationID string   `json:"installationId"`
}

// relayMessage goes to exactly one of a person and an organization.
type relayMessage struct {
	UserID         *string         `json:"userId"`
	OrganizationID *string         `json:"organizationId"`
	InstallationID *string         `json:"installationId"`
	DeviceID       *string         `json:"deviceId"`
	Identifier     *string         `json:"identifier"`
	Type           int             `json:"type"`
	Payload        json.RawMessage `json:"payload"`
	ClientType     *int            `json:"clientType"`
}

// Register makes a phone known to the relay.
func (r *Relay) Register(ctx context.Context, p Phone) error {
	in := relayRegistration{
		DeviceID: p.outside(p.DeviceID), PushToken: p.Token, UserID: p.outside(p.AccountID), Type: p.Type,
		Identifier: p.Identifier, Organizations: []string{}, InstallationID: r.Installation.String(),
	}
	for _, organization := range p.Organizations {
		in.Organizations = append(in.Organizations, p.outside(organization))
	}
	return r.post(ctx, "push/register", in)
}

// Delete makes a phone unknown to the relay.
func (r *Relay) Delete(ctx context.Context, p Phone) error {
	return r.post(ctx, "push/delete", map[string]any{"id": p.outside(p.DeviceID), "type": p.Type})
}

// Send asks the relay to tell the phones of people, or of an organization.
func (r *Relay) Send(ctx context.Context, to []Phone, m Message) error {
	out := relayMessage{Type: m.Kind, Payload: m.Payload, ClientType: m.ClientType, Identifier: optional(m.Identifier)}
	if len(to) == 0 {
		return nil
	}
	if m.DeviceID != "" {
		out.DeviceID = new(to[0].outside(m.DeviceID))
	}
	if m.Organization != "" {
		out.OrganizationID = new(to[0].outside(m.Organization))
		return r.post(ctx, "push/send", out)
	}
	var errs []error
	for account, phones := range byAccount(to) {
		out.UserID = new(phones[0].outside(account))
		errs = append(errs, r.post(ctx, "push/send", out))
	}
	return errors.Join(errs...)
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// outside is the name that a further relay knows something by. What belongs to
// another installation gets a name that no other can produce: so none reaches the
// people of another by naming them.
func (p Phone) outside(name string) string {
	if p.Installation.IsZero() {
		return name
	}
	sum := sha256.Sum256([]byte(p.Installation.String() + " " + name))
	return id.ID(sum[:16]).String()
}

// post sends to the relay. A token that is not accepted any more is replaced once.
func (r *Relay) post(ctx context.Context, path string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("write to the relay: %w", err)
	}
	err = r.try(ctx, path, body)
	if errors.Is(err, errUnauthorized) {
		r.forget()
		err = r.try(ctx, path, body)
	}
	return err
}

func (r *Relay) try(ctx context.Context, path string, body []byte) error {
	token, err := r.bearer(ctx)
	if err != nil {
		return err
	}
	status, _, err := r.send(ctx, config.Join(r.Address, path), "application/json", token, body)
	switch {
	case err != nil:
		return err
	case status == http.StatusUnauthorized:
		return errUnauthorized
	case status/100 != 2:
		return fmt.Errorf("the relay answered %d to %s", status, path)
	}
	return nil
}

func (r *Relay) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = time.Time{}
}

// bearer returns a token, the one at hand during the first half of its life. A
// refusal is remembered too, so that notices do not become a flood of log-ins.
func (r *Relay) bearer(ctx context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.Now()
	if now.Before(r.until) {
		return r.token, r.fault
	}
	token, life, err := r.signIn(ctx)
	r.token, r.fault, r.until = token, err, now.Add(life/2)
	if err != nil {
		r.until = now.Add(afterFault)
	}
	return r.token, r.fault
}

func (r *Relay) signIn(ctx context.Context) (token string, life time.Duration, err error) {
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {scopePush},
		"client_id": {"installation." + r.Installation.String()}, "client_secret": {string(r.Key)},
	}
	status, answer, err := r.send(ctx, config.Join(r.Identity, "connect/token"),
		"application/x-www-form-urlencoded", "", []byte(form.Encode()))
	if err != nil {
		return "", 0, err
	}
	var grant struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if status != http.StatusOK || json.Unmarshal(answer, &grant) != nil || grant.AccessToken == "" {
		return "", 0, fmt.Errorf("the identity server of the relay answered %d", status)
	}
	return grant.AccessToken, time.Duration(grant.ExpiresIn) * time.Second, nil
}

func (r *Relay) send(ctx context.Context, address, kind, bearer string, body []byte) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("address of the relay: %w", err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("Accept", "application/json")
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	response, err := r.HTTP.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("reach the relay: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	if err != nil {
		return 0, nil, fmt.Errorf("read the relay's answer: %w", err)
	}
	return response.StatusCode, answer, nil
}
