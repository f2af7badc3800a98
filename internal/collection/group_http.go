package collection

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// mountGroups adds the routes of groups. Clients of several generations send POST
// where others send PUT or DELETE.
func mountGroups(r *web.Router, h handler) {
	web.Handle(r, "GET /api/organizations/{id}/groups", h.listGroups)
	web.Handle(r, "GET /api/organizations/{id}/groups/details", h.listGroupDetails)
	web.Handle(r, "POST /api/organizations/{id}/groups", h.createGroup)
	web.Handle(r, "DELETE /api/organizations/{id}/groups", h.deleteGroups)
	web.Handle(r, "POST /api/organizations/{id}/groups/delete", h.deleteGroups)
	web.Handle(r, "GET /api/organizations/{id}/groups/{group}", h.group)
	web.Handle(r, "PUT /api/organizations/{id}/groups/{group}", h.updateGroup)
	web.Handle(r, "POST /api/organizations/{id}/groups/{group}", h.updateGroup)
	web.Handle(r, "DELETE /api/organizations/{id}/groups/{group}", h.deleteGroup)
	web.Handle(r, "POST /api/organizations/{id}/groups/{group}/delete", h.deleteGroup)
	web.Handle(r, "GET /api/organizations/{id}/groups/{group}/details", h.groupDetails)
	web.Handle(r, "GET /api/organizations/{id}/groups/{group}/users", h.groupMembers)
	web.Handle(r, "DELETE /api/organizations/{id}/groups/{group}/user/{member}", h.dismiss)
	web.Handle(r, "POST /api/organizations/{id}/groups/{group}/delete-user/{member}", h.dismiss)
}

// maxGroupName is in characters.
const maxGroupName = 100

// groupView is the "group" object.
type groupView struct {
	Object         string  `json:"object"`
	ID             id.ID   `json:"id"`
	OrganizationID id.ID   `json:"organizationId"`
	Name           string  `json:"name"`
	ExternalID     *string `json:"externalId"`
}

func groupViewOf(object string, g Group) groupView {
	return groupView{object, g.ID, g.OrganizationID, g.Name, orNull(g.ExternalID)}
}

// groupDetailsView is a group with its collections.
type groupDetailsView struct {
	groupView
	Collections []Selection `json:"collections"`
}

func groupDetailsOf(g GroupShares) groupDetailsView {
	v := groupDetailsView{groupViewOf("groupDetails", g.Group), make([]Selection, len(g.Grants))}
	for i, grant := range g.Grants {
		v.Collections[i] = SelectionOf(grant.CollectionID, grant.Access)
	}
	return v
}

func (h handler) listGroups(c *web.Call, _ struct{}) (list web.List[groupView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	groups, err := h.collections.ListGroups(c.Context(), c.Caller.AccountID, orgID)
	views := make([]groupView, len(groups))
	for i, g := range groups {
		views[i] = groupViewOf("group", g)
	}
	return web.ListOf(views), err
}

func (h handler) listGroupDetails(c *web.Call, _ struct{}) (list web.List[groupDetailsView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	groups, err := h.collections.ListGroupShares(c.Context(), c.Caller.AccountID, orgID)
	views := make([]groupDetailsView, len(groups))
	for i, g := range groups {
		views[i] = groupDetailsOf(g)
	}
	return web.ListOf(views), err
}

func (h handler) group(c *web.Call, _ struct{}) (groupView, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return groupView{}, err
	}
	g, err := h.collections.GetGroup(c.Context(), c.Caller.AccountID, orgID, groupID)
	return groupViewOf("group", g.Group), err
}

func (h handler) groupDetails(c *web.Call, _ struct{}) (groupDetailsView, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return groupDetailsView{}, err
	}
	g, err := h.collections.GetGroup(c.Context(), c.Caller.AccountID, orgID, groupID)
	return groupDetailsOf(g), err
}

// groupMembers answers without the envelope of other lists.
func (h handler) groupMembers(c *web.Call, _ struct{}) ([]id.ID, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return nil, err
	}
	return h.collections.MembersOf(c.Context(), c.Caller.AccountID, orgID, groupID)
}

// groupRequest is a group. Older clients leave out who is in it.
type groupRequest struct {
	Name        string      `json:"name"`
	ExternalID  string      `json:"externalId"`
	Collections []Selection `json:"collections"`
	Users       *[]id.ID    `json:"users"`
}

// Check reports the first member that is missing or cannot be what it should.
func (r groupRequest) Check() error {
	switch {
	case strings.TrimSpace(r.Name) == "":
		return fault.Required("name")
	case utf8.RuneCountInString(r.Name) > maxGroupName:
		return fault.TooLong("name", maxGroupName)
	case strings.ContainsFunc(r.Name, unicode.IsControl):
		return fault.Malformed("name")
	case utf8.RuneCountInString(r.ExternalID) > maxExternalID:
		return fault.TooLong("externalId", maxExternalID)
	case r.Users != nil && len(*r.Users) > MaxAtOnce:
		return tooMany.On("users")
	}
	return CheckSelections("collections", r.Collections)
}

func (r groupRequest) draft() GroupDraft {
	return GroupDraft{Name: strings.TrimSpace(r.Name), ExternalID: r.ExternalID, Collections: r.Collections, Members: r.Users}
}

func (h handler) createGroup(c *web.Call, in groupRequest) (groupView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return groupView{}, err
	}
	g, err := h.collections.CreateGroup(c.Context(), c.Caller.AccountID, orgID, in.draft())
	return groupViewOf("group", g), err
}

func (h handler) updateGroup(c *web.Call, in groupRequest) (groupView, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return groupView{}, err
	}
	g, err := h.collections.UpdateGroup(c.Context(), c.Caller.AccountID, orgID, groupID, in.draft())
	return groupViewOf("group", g), err
}

func (h handler) dismiss(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return struct{}{}, err
	}
	memberID, err := c.ID("member")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.collections.Dismiss(c.Context(), c.Caller.AccountID, orgID, Place{GroupID: groupID, MemberID: memberID})
}

func (h handler) deleteGroup(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, groupID, err := pair(c, "group")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.collections.DeleteGroups(c.Context(), c.Caller.AccountID, orgID, groupID)
}

func (h handler) deleteGroups(c *web.Call, in idsRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.collections.DeleteGroups(c.Context(), c.Caller.AccountID, orgID, in.IDs...)
}
