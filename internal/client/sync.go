package client

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"coffre/internal/id"
)

// Numbers of the protocol.
const (
	billingSyncKeyType        = 1
	billingSyncConnectionType = 1
)

// Installation is what a cloud gives to the operator of a server. The key is
// told once.
type Installation struct {
	ID      id.ID
	Key     string
	Enabled bool
}

// RegisterInstallation asks the cloud for an installation id and key.
func (c *Client) RegisterInstallation(ctx context.Context, email string) (Installation, error) {
	var i Installation
	err := c.Do(ctx, http.MethodPost, "/api/installations", map[string]string{"email": email}, &i)
	return i, err
}

// APIKey is a key of an organization.
type APIKey struct {
	APIKey       string
	RevisionDate time.Time
}

// BillingSyncKey generates the billing sync key of an organization, or views
// the one that it has.
func (c *Client) BillingSyncKey(ctx context.Context, orgID id.ID, password string) (APIKey, error) {
	return c.billingSyncKey(ctx, fmt.Sprintf("/api/organizations/%s/api-key", orgID), password)
}

// RotateBillingSyncKey replaces the billing sync key; the old one dies at once.
func (c *Client) RotateBillingSyncKey(ctx context.Context, orgID id.ID, password string) (APIKey, error) {
	return c.billingSyncKey(ctx, fmt.Sprintf("/api/organizations/%s/rotate-api-key", orgID), password)
}

func (c *Client) billingSyncKey(ctx context.Context, path, password string) (APIKey, error) {
	hash, err := c.Hash(password)
	if err != nil {
		return APIKey{}, err
	}
	var key APIKey
	err = c.Do(ctx, http.MethodPost, path, map[string]any{
		"type": billingSyncKeyType, "masterPasswordHash": hash,
	}, &key)
	return key, err
}

// Connection is how an organization on a self-hosted server reaches its twin in
// the cloud. The zero ID means that there is none.
type Connection struct {
	ID             id.ID
	Type           int
	OrganizationID id.ID
	Enabled        bool
	Config         *ConnectionConfig
}

// ConnectionConfig is what a connection keeps.
type ConnectionConfig struct {
	BillingSyncKey      string
	CloudOrganizationID id.ID
	LastLicenseSync     *time.Time
}

// ConnectionsEnabled reports whether the server may speak to a cloud at all.
func (c *Client) ConnectionsEnabled(ctx context.Context) (bool, error) {
	var enabled bool
	err := c.Do(ctx, http.MethodGet, "/api/organizations/connections/enabled", nil, &enabled)
	return enabled, err
}

// GetConnection returns the billing sync connection of an organization.
func (c *Client) GetConnection(ctx context.Context, orgID id.ID) (Connection, error) {
	var found Connection
	path := fmt.Sprintf("/api/organizations/connections/%s/%d", orgID, billingSyncConnectionType)
	err := c.Do(ctx, http.MethodGet, path, nil, &found)
	return found, err
}

// SaveConnection pastes a billing sync key and saves, making the connection or
// changing the one that is there, as the dialog Manage billing sync does.
func (c *Client) SaveConnection(ctx context.Context, orgID id.ID, key string) (Connection, error) {
	found, err := c.GetConnection(ctx, orgID)
	if err != nil {
		return Connection{}, err
	}
	method, path := http.MethodPost, "/api/organizations/connections"
	if !found.ID.IsZero() {
		method, path = http.MethodPut, path+"/"+found.ID.String()
	}
	var saved Connection
	err = c.Do(ctx, method, path, map[string]any{
		"type":           billingSyncConnectionType,
		"organizationId": orgID,
		"enabled":        true,
		"config":         map[string]string{"billingSyncKey": key},
	}, &saved)
	return saved, err
}
