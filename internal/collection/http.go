package collection

import (
	"coffre/internal/id"
	"coffre/internal/web"
)

// Mount adds the routes.
func Mount(r *web.Router, s *Service) {
	h := handler{s}
	web.Handle(r, "GET /api/collections", h.assigned)
	web.Handle(r, "GET /api/organizations/{id}/collections", h.list)
	web.Handle(r, "GET /api/organizations/{id}/collections/details", h.shares)
}

type handler struct{ collections *Service }

// view is what every form of a collection has in common.
type view struct {
	Object                     string  `json:"object"`
	ID                         id.ID   `json:"id"`
	OrganizationID             id.ID   `json:"organizationId"`
	Name                       string  `json:"name"`
	ExternalID                 *string `json:"externalId"`
	Type                       int     `json:"type"`
	DefaultUserCollectionEmail *string `json:"defaultUserCollectionEmail"`
}

func viewOf(object string, c Collection) view {
	return view{
		Object: object, ID: c.ID, OrganizationID: c.OrganizationID, Name: c.Name, ExternalID: orNull(c.ExternalID), Type: c.Type,
	}
}

// AssignmentView is the "collectionDetails" object: a collection as a member has
// it.
type AssignmentView struct {
	view
	ReadOnly      bool `json:"readOnly"`
	HidePasswords bool `json:"hidePasswords"`
	Manage        bool `json:"manage"`
}

// AssignmentViews returns collections as the members who have them read them.
func AssignmentViews(assignments []Assignment) []AssignmentView {
	views := make([]AssignmentView, len(assignments))
	for i, a := range assignments {
		views[i] = AssignmentView{
			viewOf("collectionDetails", a.Collection), a.Access.ReadOnly, a.Access.HidePasswords, a.Access.Manage,
		}
	}
	return views
}

func (h handler) assigned(c *web.Call, _ struct{}) (web.List[AssignmentView], error) {
	assignments, err := h.collections.AssignmentsOf(c.Context(), c.Caller.AccountID)
	return web.ListOf(AssignmentViews(assignments)), err
}

func (h handler) list(c *web.Call, _ struct{}) (list web.List[view], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	collections, err := h.collections.List(c.Context(), c.Caller.AccountID, orgID)
	views := make([]view, len(collections))
	for i, collection := range collections {
		views[i] = viewOf("collection", collection)
	}
	return web.ListOf(views), err
}

// Selection is somebody's access to a collection.
type Selection struct {
	ID            id.ID `json:"id"`
	ReadOnly      bool  `json:"readOnly"`
	HidePasswords bool  `json:"hidePasswords"`
	Manage        bool  `json:"manage"`
}

// SelectionOf returns the access of a member or group, or to a collection.
func SelectionOf(of id.ID, a Access) Selection {
	return Selection{of, a.ReadOnly, a.HidePasswords, a.Manage}
}

// sharesView is a collection with everyone who has it.
type sharesView struct {
	AssignmentView
	Users     []Selection `json:"users"`
	Groups    []Selection `json:"groups"`
	Assigned  bool        `json:"assigned"`
	Unmanaged bool        `json:"unmanaged"`
}

func (h handler) shares(c *web.Call, _ struct{}) (list web.List[sharesView], err error) {
	orgID, err := c.ID("id")
	if err != nil {
		return list, err
	}
	shares, err := h.collections.ListShares(c.Context(), c.Caller.AccountID, orgID)
	views := make([]sharesView, len(shares))
	for i, s := range shares {
		views[i] = sharesViewOf(s)
	}
	return web.ListOf(views), err
}

func sharesViewOf(s Shares) sharesView {
	v := sharesView{
		AssignmentView: AssignmentView{view: viewOf("collectionAccessDetails", s.Collection)},
		Users:          make([]Selection, len(s.Members)), Groups: []Selection{},
		Assigned: s.Own != nil, Unmanaged: !s.Managed(),
	}
	if s.Own != nil {
		v.ReadOnly, v.HidePasswords, v.Manage = s.Own.ReadOnly, s.Own.HidePasswords, s.Own.Manage
	}
	for i, a := range s.Members {
		v.Users[i] = SelectionOf(a.MemberID, a.Access)
	}
	return v
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
