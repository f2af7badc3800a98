package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"coffre/internal/id"
)

// The cloud and a self-hosted server have the same routes under two roots.
const (
	sponsorships           = "/api/organization/sponsorship/"
	selfHostedSponsorships = "/api/organization/sponsorship/self-hosted/"
)

// Offer sponsors a Families organization for the owner of an address, as a
// member of an organization in the cloud.
func (c *Client) Offer(ctx context.Context, orgID id.ID, email string) error {
	return c.offer(ctx, sponsorships, orgID, email)
}

// OfferSelfHosted is Offer on a self-hosted server.
func (c *Client) OfferSelfHosted(ctx context.Context, orgID id.ID, email string) error {
	return c.offer(ctx, selfHostedSponsorships, orgID, email)
}

// offer sends the address as the friendly name too, as the web vault does.
func (c *Client) offer(ctx context.Context, root string, orgID id.ID, email string) error {
	return c.Do(ctx, http.MethodPost, root+orgID.String()+"/families-for-enterprise", map[string]any{
		"planSponsorshipType": 0, "sponsoredEmail": email, "friendlyName": email,
	}, nil)
}

// TokenValidity is what the cloud says of the token in the mail of an offer.
type TokenValidity struct {
	IsTokenValid              bool
	IsFreeFamilyPolicyEnabled bool
}

// ValidateToken asks whether the person who is signed in may redeem an offer.
func (c *Client) ValidateToken(ctx context.Context, token string) (TokenValidity, error) {
	var validity TokenValidity
	query := url.Values{"sponsorshipToken": {token}}
	err := c.Do(ctx, http.MethodPost, sponsorships+"validate-token?"+query.Encode(), nil, &validity)
	return validity, err
}

// Redeem accepts an offer for a Families organization that the person owns.
func (c *Client) Redeem(ctx context.Context, token string, familiesOrgID id.ID) error {
	query := url.Values{"sponsorshipToken": {token}}
	return c.Do(ctx, http.MethodPost, sponsorships+"redeem?"+query.Encode(), map[string]any{
		"planSponsorshipType": 0, "sponsoredOrganizationId": familiesOrgID,
	}, nil)
}

// Revoke ends the sponsorship that the person gave as a member of an
// organization in the cloud.
func (c *Client) Revoke(ctx context.Context, orgID id.ID) error {
	return c.Do(ctx, http.MethodDelete, sponsorships+orgID.String(), nil, nil)
}

// RevokeSelfHosted is Revoke on a self-hosted server.
func (c *Client) RevokeSelfHosted(ctx context.Context, orgID id.ID) error {
	return c.Do(ctx, http.MethodDelete, selfHostedSponsorships+orgID.String(), nil, nil)
}

// RemoveSponsorship ends a sponsorship from the side of the Families
// organization that enjoys it.
func (c *Client) RemoveSponsorship(ctx context.Context, familiesOrgID id.ID) error {
	return c.Do(ctx, http.MethodDelete, sponsorships+"sponsored/"+familiesOrgID.String(), nil, nil)
}

// SyncStatus returns when the sponsorships of an organization last went over,
// or nil for never.
func (c *Client) SyncStatus(ctx context.Context, orgID id.ID) (*time.Time, error) {
	var status struct{ LastSyncDate *time.Time }
	err := c.Do(ctx, http.MethodGet, sponsorships+orgID.String()+"/sync-status", nil, &status)
	return status.LastSyncDate, err
}
