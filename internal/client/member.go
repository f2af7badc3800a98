package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"coffre/internal/id"
)

// The statuses and roles of members that joining is about.
const (
	MemberInvited   = 0
	MemberAccepted  = 1
	MemberConfirmed = 2

	RoleOwner = 0
	RoleUser  = 2
)

// Member is one line of the members page.
type Member struct {
	ID     id.ID
	UserID id.ID
	Email  string
	Status int
	Type   int
}

// Members returns the members of an organization.
func (c *Client) Members(ctx context.Context, orgID id.ID) ([]Member, error) {
	var list struct{ Data []Member }
	err := c.Do(ctx, http.MethodGet, users(orgID), nil, &list)
	return list.Data, err
}

func users(orgID id.ID) string { return "/api/organizations/" + orgID.String() + "/users" }

// Invite invites addresses to an organization in one role, with access to no
// collection.
func (c *Client) Invite(ctx context.Context, orgID id.ID, role int, emails ...string) error {
	return c.Do(ctx, http.MethodPost, users(orgID)+"/invite", map[string]any{
		"emails": emails, "type": role, "accessSecretsManager": false, "permissions": map[string]any{}, "collections": []any{}, "groups": []any{},
	}, nil)
}

// AcceptInvitation opens the link of an invitation as the person who is signed in.
func (c *Client) AcceptInvitation(ctx context.Context, orgID, memberID id.ID, token string) error {
	return c.Do(ctx, http.MethodPost, users(orgID)+"/"+memberID.String()+"/accept", map[string]any{"token": token, "resetPasswordKey": nil}, nil)
}

// ConfirmMember gives a member who has accepted the organization's key, which this
// client must have made or met in a sync.
func (c *Client) ConfirmMember(ctx context.Context, orgID, memberID id.ID) error {
	key, ok := c.OrganizationKey(orgID)
	if !ok {
		return errors.New("client: the key of the organization is not known")
	}
	var list struct{ Data []struct{ Key string } }
	if err := c.Do(ctx, http.MethodPost, users(orgID)+"/public-keys", map[string]any{"ids": []id.ID{memberID}}, &list); err != nil {
		return err
	}
	if len(list.Data) != 1 {
		return fmt.Errorf("client: member %s has no public key", memberID)
	}
	wrapped, err := WrapFor(list.Data[0].Key, key)
	if err != nil {
		return err
	}
	return c.Do(ctx, http.MethodPost, users(orgID)+"/"+memberID.String()+"/confirm", map[string]any{"key": wrapped}, nil)
}
