package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"coffre/internal/id"
)

// Payment by check needs no card form, and an empty token is refused.
const (
	paymentByCheck = 8
	paymentToken   = "check"
)

// NewOrganization is what a person fills in to buy an organization.
type NewOrganization struct {
	Name            string
	BillingEmail    string
	PlanType        int
	AdditionalSeats int
	CollectionName  string // in clear; the client encrypts it
	Country         string
	PostalCode      string
}

// Organization is an organization as its owner is answered on creating it.
type Organization struct {
	ID       id.ID
	Name     string
	PlanType int
	Seats    *int
	SelfHost bool
	Enabled  bool
}

// OrganizationKey returns the key of an organization that this client has made
// or met in a sync.
func (c *Client) OrganizationKey(orgID id.ID) (Key, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	key, ok := c.orgKeys[orgID]
	return key, ok
}

// CreateOrganization buys an organization, paid by check, without a trial.
func (c *Client) CreateOrganization(ctx context.Context, n NewOrganization) (Organization, error) {
	secrets, err := c.newOrganizationSecrets(n.CollectionName)
	if err != nil {
		return Organization{}, err
	}
	body := purchase(n, secrets)
	body["paymentMethodType"] = paymentByCheck
	body["paymentToken"] = paymentToken
	body["skipTrial"] = true
	return c.create(ctx, "/api/organizations", body, secrets.key)
}

// CreateWithoutPayment begins the trial of an organization.
func (c *Client) CreateWithoutPayment(ctx context.Context, n NewOrganization) (Organization, error) {
	secrets, err := c.newOrganizationSecrets(n.CollectionName)
	if err != nil {
		return Organization{}, err
	}
	return c.create(ctx, "/api/organizations/create-without-payment", purchase(n, secrets), secrets.key)
}

// CreateFromLicense makes the organization of a license file on a self-hosted
// server.
func (c *Client) CreateFromLicense(ctx context.Context, license []byte, collectionName string) (Organization, error) {
	secrets, err := c.newOrganizationSecrets(collectionName)
	if err != nil {
		return Organization{}, err
	}
	body := &parts{license: license, fields: pairs{
		{"key", secrets.wrapped},
		{"collectionName", secrets.collectionName},
		{"keys.publicKey", secrets.keys.PublicKey},
		{"keys.encryptedPrivateKey", secrets.keys.EncryptedPrivateKey},
	}}
	return c.create(ctx, "/api/organizations/licenses/self-hosted", body, secrets.key)
}

func (c *Client) create(ctx context.Context, path string, body any, key Key) (Organization, error) {
	var made Organization
	if err := c.Do(ctx, http.MethodPost, path, body, &made); err != nil {
		return Organization{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.orgKeys[made.ID] = key
	return made, nil
}

// organizationSecrets is what a client makes for a new organization.
type organizationSecrets struct {
	key            Key
	wrapped        string // key, for its maker
	keys           Keys
	collectionName string
}

func (c *Client) newOrganizationSecrets(collectionName string) (organizationSecrets, error) {
	s := organizationSecrets{key: NewKey()}
	var err error
	if s.wrapped, err = c.account.pair.Wrap(s.key); err != nil {
		return s, err
	}
	pair, err := NewKeyPair()
	if err != nil {
		return s, err
	}
	s.collectionName = s.key.Encrypt([]byte(collectionName))
	s.keys, err = pair.Keys(s.key)
	return s, err
}

// purchase is the body that a purchase and a trial have in common.
func purchase(n NewOrganization, s organizationSecrets) map[string]any {
	return map[string]any{
		"name":                     n.Name,
		"billingEmail":             n.BillingEmail,
		"planType":                 n.PlanType,
		"additionalSeats":          n.AdditionalSeats,
		"additionalStorageGb":      0,
		"premiumAccessAddon":       false,
		"key":                      s.wrapped,
		"keys":                     s.keys,
		"collectionName":           s.collectionName,
		"billingAddressCountry":    n.Country,
		"billingAddressPostalCode": n.PostalCode,
	}
}

// UpdateLicense gives an organization a newer license file.
func (c *Client) UpdateLicense(ctx context.Context, orgID id.ID, license []byte) error {
	path := fmt.Sprintf("/api/organizations/licenses/self-hosted/%s", orgID)
	return c.Do(ctx, http.MethodPost, path, &parts{license: license}, nil)
}

// SyncResult is what happened to each part of a sync.
type SyncResult struct {
	License      SyncPart
	Sponsorships SyncPart
	Raw          []byte `json:"-"` // the whole answer, with the counts
}

// SyncPart is one part of a sync. Code is empty when the part went through.
type SyncPart struct {
	Result string
	Code   string
}

// SyncLicense presses the button Sync license. When one of the parts failed,
// the error is an *Error and the result says what is known of both.
func (c *Client) SyncLicense(ctx context.Context, orgID id.ID) (SyncResult, error) {
	var r SyncResult
	path := fmt.Sprintf("/api/organizations/licenses/self-hosted/%s/sync", orgID)
	err := c.Do(ctx, http.MethodPost, path, nil, &r.Raw)
	if e, ok := errors.AsType[*Error](err); ok {
		r.Raw = e.Body
	}
	_ = json.Unmarshal(r.Raw, &r) // A failure before the parts has none.
	return r, err
}

// Subscription is what the page Billing > Subscription shows.
type Subscription struct {
	Name                         string
	Plan                         struct{ Name string }
	PlanType                     int
	Seats                        *int
	Expiration                   *time.Time
	ExpirationWithoutGracePeriod *time.Time
	Subscription                 *struct {
		Status        string
		PeriodEndDate *time.Time
		Items         []SubscriptionItem
	}
	Raw []byte `json:"-"` // the whole answer
}

// SubscriptionItem is one line of what an organization pays.
type SubscriptionItem struct {
	Name                      string
	Amount                    float64
	Quantity                  int
	SponsoredSubscriptionItem bool
}

// Subscription returns the subscription of an organization.
func (c *Client) Subscription(ctx context.Context, orgID id.ID) (Subscription, error) {
	var s Subscription
	if err := c.Do(ctx, http.MethodGet, fmt.Sprintf("/api/organizations/%s/subscription", orgID), nil, &s.Raw); err != nil {
		return s, err
	}
	return s, json.Unmarshal(s.Raw, &s)
}

// DownloadLicense returns the license file of an organization for one
// installation, byte by byte as the cloud wrote it.
func (c *Client) DownloadLicense(ctx context.Context, orgID, installationID id.ID) ([]byte, error) {
	var file []byte
	query := url.Values{"installationId": {installationID.String()}}
	err := c.Do(ctx, http.MethodGet, fmt.Sprintf("/api/organizations/%s/license?%s", orgID, query.Encode()), nil, &file)
	return file, err
}

// parts is a multipart form with a license file.
type parts struct {
	license []byte
	fields  pairs
}

func (p *parts) encode() (body []byte, contentType string, err error) {
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	file, err := w.CreateFormFile("license", "bitwarden_organization_license.json")
	if err != nil {
		return nil, "", err
	}
	if _, err := file.Write(p.license); err != nil {
		return nil, "", err
	}
	for _, field := range p.fields {
		if err := w.WriteField(field[0], field[1]); err != nil {
			return nil, "", err
		}
	}
	err = w.Close()
	return buffer.Bytes(), w.FormDataContentType(), err
}
