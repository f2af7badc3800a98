package org

import (
	"coffre/internal/id"
	"coffre/internal/web"
)

func (h handler) mountCollections(r *web.Router) {
	web.Handle(r, "GET /api/collections", h.assigned)
	web.Handle(r, "GET /api/organizations/{id}/collections", h.collections)
	web.Handle(r, "GET /api/organizations/{id}/collections/details", h.shares)
}

// collectionView is what every form of a collection has in common.
type collectionView struct {
	Object                     string  `json:"object"`
	ID                         id.ID   `json:"id"`
	OrganizationID             id.ID   `json:"organizationId"`
	Name                       string  `json:"name"`
	ExternalID                 *string `json:"externalId"`
	Type                       int     `json:"type"`
	DefaultUserCollectionEmail *string `json:"defaultUserCollectionEmail"`
}

func collectionViewOf(object string, c Collection) collectionView {
	return collectionView{
		Object: object, ID: c.ID, OrganizationID: c.OrganizationID, Name: c.Name, ExternalID: orNull(c.ExternalID), Type: c.Type,
	}
}

// AssignmentView is the "collectionDetails" object: a collection as a member has
// it.
type AssignmentView struct {
	collectionView
	ReadOnly      bool `json:"readOnly"`
	HidePasswords bool `json:"hidePasswords"`
	Manage        bool `json:"manage"`
}

// AssignmentViews returns collections as the members who have them read them.
func AssignmentViews(assignments []Assignment) []AssignmentView {
	views := make([]AssignmentView, len(assignments))
	for i, a := range assignments {
		views[i] = AssignmentView{
			collectionViewOf("collectionDetails", a.Collection), a.Access.ReadOnly, a.Access.HidePasswords, a.Access.Manage,
		}
	}
	return views
}

func (h handler) assigned(c *web.Call, _ struct{}) (web.List[AssignmentView], error) {
	assignments, err := h.orgs.AssignmentsOf(c.Context(), c.Caller.AccountID)
	return web.ListOf(AssignmentViews(assignments)), err
}

func (h handler) collections(c *web.Call, _ struct{}) (list web.List[collectionView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	collections, err := h.orgs.ListCollections(c.Context(), c.Caller.AccountID, orgID)
	views := make([]collectionView, len(collections))
	for i, collection := range collections {
		views[i] = collectionViewOf("collection", collection)
	}
	return web.ListOf(views), err
}

// sharesView is a collection with everyone who has it.
type sharesView struct {
	AssignmentView
	Users     []selectionView `json:"users"`
	Groups    []selectionView `json:"groups"`
	Assigned  bool            `json:"assigned"`
	Unmanaged bool            `json:"unmanaged"`
}

func (h handler) shares(c *web.Call, _ struct{}) (list web.List[sharesView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	shares, err := h.orgs.ListShares(c.Context(), c.Caller.AccountID, orgID)
	views := make([]sharesView, len(shares))
	for i, s := range shares {
		views[i] = sharesViewOf(s)
	}
	return web.ListOf(views), err
}

func sharesViewOf(s Shares) sharesView {
	v := sharesView{
		AssignmentView: AssignmentView{collectionView: collectionViewOf("collectionAccessDetails", s.Collection)},
		Users:          make([]selectionView, len(s.Members)), Groups: []selectionView{},
		Assigned: s.Own != nil, Unmanaged: !s.Managed(),
	}
	if s.Own != nil {
		v.ReadOnly, v.HidePasswords, v.Manage = s.Own.ReadOnly, s.Own.HidePasswords, s.Own.Manage
	}
	for i, a := range s.Members {
		v.Users[i] = selection(a.MemberID, a.Access)
	}
	return v
}
