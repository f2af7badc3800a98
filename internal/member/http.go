package member

import (
	"time"

	"coffre/internal/collection"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

// Mount adds the routes.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/organizations/{id}/users", h.list)
	web.Handle(r, "GET /api/organizations/{id}/users/mini-details", h.fellows)
}

type handler struct{ members *Service }

// view is a member as whoever manages members reads it.
type view struct {
	Object                string                 `json:"object"`
	ID                    id.ID                  `json:"id"`
	UserID                id.ID                  `json:"userId"`
	Type                  org.Type               `json:"type"`
	Status                org.Status             `json:"status"`
	ExternalID            *string                `json:"externalId"`
	AccessSecretsManager  bool                   `json:"accessSecretsManager"`
	AccessPAM             bool                   `json:"accessPam"`
	Permissions           org.Permissions        `json:"permissions"`
	ResetPasswordEnrolled bool                   `json:"resetPasswordEnrolled"`
	UsesKeyConnector      bool                   `json:"usesKeyConnector"`
	HasMasterPassword     bool                   `json:"hasMasterPassword"`
	Name                  *string                `json:"name"`
	Email                 string                 `json:"email"`
	AvatarColor           *string                `json:"avatarColor"`
	TwoFactorEnabled      bool                   `json:"twoFactorEnabled"`
	SSOBound              bool                   `json:"ssoBound"`
	Claimed               bool                   `json:"claimedByOrganization"`
	Managed               bool                   `json:"managedByOrganization"` // what older clients read
	Collections           []collection.Selection `json:"collections"`
	Groups                []id.ID                `json:"groups"`
	RevocationReason      *int                   `json:"revocationReason"`
	CreationDate          time.Time              `json:"creationDate"`
}

// members answers with collections only when they are asked for: the list of a
// large organization is long.
func (h handler) list(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	members, err := h.members.List(c.Context(), c.Caller.AccountID, orgID)
	if err != nil {
		return list, err
	}
	assigned := map[id.ID][]collection.Assignment{}
	if c.Query("includeCollections") == "true" {
		if assigned, err = h.members.Collections.ByMember(c.Context(), orgID); err != nil {
			return list, err
		}
	}
	views := make([]view, len(members))
	for i, m := range members {
		views[i] = viewOf(m, assigned[m.ID])
	}
	return web.ListOf(views), nil
}

func viewOf(m org.Member, assigned []collection.Assignment) view {
	v := view{
		Object: "organizationUserUserDetails", ID: m.ID, UserID: m.AccountID, Type: m.Type, Status: m.Status,
		Permissions: m.Granted(), HasMasterPassword: !m.AccountID.IsZero(),
		Name: orNull(m.Name), Email: m.Email, AvatarColor: orNull(m.AvatarColor),
		Collections: make([]collection.Selection, len(assigned)), Groups: []id.ID{}, CreationDate: m.CreatedAt,
	}
	for i, a := range assigned {
		v.Collections[i] = collection.SelectionOf(a.Collection.ID, a.Access)
	}
	return v
}

// fellowView is a member as another one reads it.
type fellowView struct {
	Object string     `json:"object"`
	ID     id.ID      `json:"id"`
	UserID id.ID      `json:"userId"`
	Type   org.Type   `json:"type"`
	Status org.Status `json:"status"`
	Name   *string    `json:"name"`
	Email  string     `json:"email"`
}

func (h handler) fellows(c *web.Call, _ struct{}) (list web.List[fellowView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	members, err := h.members.ListFellows(c.Context(), c.Caller.AccountID, orgID)
	views := make([]fellowView, len(members))
	for i, m := range members {
		views[i] = fellowView{"organizationUserUserMiniDetails", m.ID, m.AccountID, m.Type, m.Status, orNull(m.Name), m.Email}
	}
	return web.ListOf(views), err
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
