package member

import (
	"strings"
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
	web.Handle(r, "GET /api/organizations/{id}/users/{memberId}", h.get)
	mountJoining(r, h)
	mountChanges(r, h)
	mountEnds(r, h)
}

type handler struct{ members *Service }

// base is what every form of a member has in common.
type base struct {
	Object                string          `json:"object"`
	ID                    id.ID           `json:"id"`
	UserID                id.ID           `json:"userId"`
	Type                  org.Type        `json:"type"`
	Status                org.Status      `json:"status"`
	ExternalID            *string         `json:"externalId"`
	AccessSecretsManager  bool            `json:"accessSecretsManager"`
	AccessPAM             bool            `json:"accessPam"`
	Permissions           org.Permissions `json:"permissions"`
	ResetPasswordEnrolled bool            `json:"resetPasswordEnrolled"`
	UsesKeyConnector      bool            `json:"usesKeyConnector"`
	HasMasterPassword     bool            `json:"hasMasterPassword"`
	Name                  *string         `json:"name"`
	Email                 string          `json:"email"`
}

func baseOf(object string, m org.Member) base {
	return base{
		Object: object, ID: m.ID, UserID: m.AccountID, Type: m.Type, Status: m.Status, ExternalID: orNull(m.ExternalID),
		Permissions: m.Granted(), ResetPasswordEnrolled: m.ResetPasswordKey != "", HasMasterPassword: !m.AccountID.IsZero(),
		Name: orNull(m.Name), Email: m.Email,
	}
}

// view is a member in the list of whoever manages members.
type view struct {
	base
	AvatarColor      *string                `json:"avatarColor"`
	TwoFactorEnabled bool                   `json:"twoFactorEnabled"`
	SSOBound         bool                   `json:"ssoBound"`
	Claimed          bool                   `json:"claimedByOrganization"`
	Managed          bool                   `json:"managedByOrganization"` // what older clients read
	Collections      []collection.Selection `json:"collections"`
	Groups           []id.ID                `json:"groups"`
	RevocationReason *org.Revocation        `json:"revocationReason"`
	CreationDate     time.Time              `json:"creationDate"`
}

// list answers with groups and collections only when they are asked for: the list of
// a large organization is long.
func (h handler) list(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	with := With{Groups: asked(c, "includeGroups"), Collections: asked(c, "includeCollections")}
	members, err := h.members.List(c.Context(), c.Caller.AccountID, orgID, with)
	views := make([]view, len(members))
	for i, m := range members {
		views[i] = view{
			base: baseOf("organizationUserUserDetails", m.Member), AvatarColor: orNull(m.AvatarColor), TwoFactorEnabled: m.TwoStep,
			Collections: selectionsOf(m.Collections), Groups: orEmpty(m.Groups), RevocationReason: m.Revocation, CreationDate: m.CreatedAt,
		}
	}
	return web.ListOf(views), err
}

// asked reports whether a parameter of the address says yes. Clients of some
// languages write it with a capital.
func asked(c *web.Call, parameter string) bool { return strings.EqualFold(c.Query(parameter), "true") }

// detailsView is one member as whoever manages members reads it. Groups are absent
// unless they were asked for.
type detailsView struct {
	base
	Claimed          bool                   `json:"claimedByOrganization"`
	Managed          bool                   `json:"managedByOrganization"` // what older clients read
	SSOExternalID    *string                `json:"ssoExternalId"`
	Collections      []collection.Selection `json:"collections"`
	Groups           *[]id.ID               `json:"groups,omitempty"`
	RevocationReason *org.Revocation        `json:"revocationReason"`
	CreationDate     time.Time              `json:"creationDate"`
}

func (h handler) get(c *web.Call, _ struct{}) (detailsView, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return detailsView{}, err
	}
	with := With{Groups: asked(c, "includeGroups"), Collections: true}
	m, err := h.members.Get(c.Context(), c.Caller.AccountID, orgID, memberID, with)
	v := detailsView{
		base: baseOf("organizationUserDetails", m.Member), Collections: selectionsOf(m.Collections),
		RevocationReason: m.Revocation, CreationDate: m.CreatedAt,
	}
	if with.Groups {
		v.Groups = new(orEmpty(m.Groups))
	}
	return v, err
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

func orEmpty(ids []id.ID) []id.ID {
	if ids == nil {
		return []id.ID{}
	}
	return ids
}
