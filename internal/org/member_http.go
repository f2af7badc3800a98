package org

import (
	"time"

	"coffre/internal/id"
	"coffre/internal/web"
)

func (h handler) mountMembers(r *web.Router) {
	web.Handle(r, "GET /api/organizations/{id}/users", h.members)
	web.Handle(r, "GET /api/organizations/{id}/users/mini-details", h.fellows)
}

// selectionView is somebody's access to a collection.
type selectionView struct {
	ID            id.ID `json:"id"`
	ReadOnly      bool  `json:"readOnly"`
	HidePasswords bool  `json:"hidePasswords"`
	Manage        bool  `json:"manage"`
}

func selection(of id.ID, a Access) selectionView {
	return selectionView{of, a.ReadOnly, a.HidePasswords, a.Manage}
}

// memberView is a member as whoever manages members reads it.
type memberView struct {
	Object                string          `json:"object"`
	ID                    id.ID           `json:"id"`
	UserID                id.ID           `json:"userId"`
	Type                  Type            `json:"type"`
	Status                Status          `json:"status"`
	ExternalID            *string         `json:"externalId"`
	AccessSecretsManager  bool            `json:"accessSecretsManager"`
	AccessPAM             bool            `json:"accessPam"`
	Permissions           Permissions     `json:"permissions"`
	ResetPasswordEnrolled bool            `json:"resetPasswordEnrolled"`
	UsesKeyConnector      bool            `json:"usesKeyConnector"`
	HasMasterPassword     bool            `json:"hasMasterPassword"`
	Name                  *string         `json:"name"`
	Email                 string          `json:"email"`
	AvatarColor           *string         `json:"avatarColor"`
	TwoFactorEnabled      bool            `json:"twoFactorEnabled"`
	SSOBound              bool            `json:"ssoBound"`
	Claimed               bool            `json:"claimedByOrganization"`
	Managed               bool            `json:"managedByOrganization"` // what older clients read
	Collections           []selectionView `json:"collections"`
	Groups                []id.ID         `json:"groups"`
	RevocationReason      *int            `json:"revocationReason"`
	CreationDate          time.Time       `json:"creationDate"`
}

// members answers with collections only when they are asked for: the list of a
// large organization is long.
func (h handler) members(c *web.Call, _ struct{}) (list web.List[memberView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	members, err := h.orgs.ListMembers(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return list, err
	}
	assigned := map[id.ID][]Assignment{}
	if c.Query("includeCollections") == "true" {
		if assigned, err = h.orgs.assignments(c.Context(), orgID); err != nil {
			return list, err
		}
	}
	views := make([]memberView, len(members))
	for i, m := range members {
		views[i] = memberViewOf(m, assigned[m.ID])
	}
	return web.ListOf(views), nil
}

func memberViewOf(m Member, assigned []Assignment) memberView {
	v := memberView{
		Object: "organizationUserUserDetails", ID: m.ID, UserID: m.AccountID, Type: m.Type, Status: m.Status,
		Permissions: m.granted(), HasMasterPassword: !m.AccountID.IsZero(),
		Name: orNull(m.Name), Email: m.Email, AvatarColor: orNull(m.AvatarColor),
		Collections: make([]selectionView, len(assigned)), Groups: []id.ID{}, CreationDate: m.CreatedAt,
	}
	for i, a := range assigned {
		v.Collections[i] = selection(a.Collection.ID, a.Access)
	}
	return v
}

// fellowView is a member as another one reads it.
type fellowView struct {
	Object string  `json:"object"`
	ID     id.ID   `json:"id"`
	UserID id.ID   `json:"userId"`
	Type   Type    `json:"type"`
	Status Status  `json:"status"`
	Name   *string `json:"name"`
	Email  string  `json:"email"`
}

func (h handler) fellows(c *web.Call, _ struct{}) (list web.List[fellowView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	members, err := h.orgs.ListFellows(c.Context(), c.Caller.AccountID, orgID)
	views := make([]fellowView, len(members))
	for i, m := range members {
		views[i] = fellowView{"organizationUserUserMiniDetails", m.ID, m.AccountID, m.Type, m.Status, orNull(m.Name), m.Email}
	}
	return web.ListOf(views), err
}
