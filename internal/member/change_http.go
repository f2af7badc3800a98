package member

import (
	"coffre/internal/collection"
	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/org"
	"coffre/internal/web"
)

func mountChanges(r *web.Router, h handler) {
	const one = "/api/organizations/{id}/users/{memberId}"
	web.Handle(r, "PUT "+one, h.update)
	web.Handle(r, "POST "+one, h.update)
	web.Handle(r, "GET "+one+"/groups", h.groups)
	web.Handle(r, "PUT "+one+"/groups", h.regroup)
	web.Handle(r, "PUT /api/organizations/{id}/users/enable-secrets-manager", h.enableSecretsManager)
	web.Handle(r, "PATCH /api/organizations/{id}/users/enable-secrets-manager", h.enableSecretsManager)
	web.Handle(r, "PUT /api/organizations/{id}/users/enable-pam", h.enablePAM)
}

var (
	noSecretsManager = fault.New(fault.Invalid, "member.noSecretsManager")
	noPAM            = fault.New(fault.Invalid, "member.noPAM")
)

// updateRequest is what to make of a member. Collections and groups that are absent
// stay as they are.
type updateRequest struct {
	Type                      *org.Type               `json:"type"`
	Permissions               org.Permissions         `json:"permissions"`
	Collections               *[]collection.Selection `json:"collections"`
	Groups                    *[]id.ID                `json:"groups"`
	AccessSecretsManager      bool                    `json:"accessSecretsManager"`
	AccessPAM                 bool                    `json:"accessPam"`
	Email                     *string                 `json:"email"`
	Name                      *string                 `json:"name"`
	DefaultUserCollectionName string                  `json:"defaultUserCollectionName"`
}

// Check reports a role that is missing, and what this server does not have.
func (in updateRequest) Check() error {
	switch {
	case in.Type == nil:
		return fault.Required("type")
	case in.AccessSecretsManager:
		return noSecretsManager.On("accessSecretsManager")
	case in.AccessPAM:
		return noPAM.On("accessPam")
	case in.DefaultUserCollectionName != "":
		return encstring.Check("defaultUserCollectionName", in.DefaultUserCollectionName, maxCollectionName)
	}
	return nil
}

func (h handler) update(c *web.Call, in updateRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.Update(c.Context(), c.Caller.AccountID, orgID, memberID, Change{
		Type: *in.Type, Permissions: in.Permissions, Collections: in.Collections, Groups: in.Groups, MyItems: in.DefaultUserCollectionName,
		Name: in.Name, Email: in.Email,
	})
}

func (h handler) groups(c *web.Call, _ struct{}) ([]id.ID, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return nil, err
	}
	groups, err := h.members.GroupsOf(c.Context(), c.Caller.AccountID, orgID, memberID)
	return orEmpty(groups), err
}

type groupsRequest struct {
	GroupIDs *[]id.ID `json:"groupIds"`
}

// Check reports a list that is missing; an empty one is good.
func (in groupsRequest) Check() error {
	if in.GroupIDs == nil {
		return fault.Required("groupIds")
	}
	return nil
}

func (h handler) regroup(c *web.Call, in groupsRequest) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.Regroup(c.Context(), c.Caller.AccountID, orgID, memberID, *in.GroupIDs)
}

func (h handler) enableSecretsManager(c *web.Call, _ idsRequest) (struct{}, error) {
	return h.refuse(c, noSecretsManager)
}

func (h handler) enablePAM(c *web.Call, _ idsRequest) (struct{}, error) { return h.refuse(c, noPAM) }

// refuse says what this server does not have, to whoever manages members.
func (h handler) refuse(c *web.Call, reason error) (struct{}, error) {
	orgID, err := c.ID("id")
	if err == nil {
		_, _, err = h.members.Organizations.Within(c.Context(), c.Caller.AccountID, orgID, org.Member.MayManageUsers)
	}
	if err == nil {
		err = reason
	}
	return struct{}{}, err
}
