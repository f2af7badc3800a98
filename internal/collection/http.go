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
	web.Handle(r, "GET /api/organizations/{id}/collections/{collection}", h.get)
	web.Handle(r, "GET /api/organizations/{id}/collections/{collection}/details", h.details)
	web.Handle(r, "GET /api/organizations/{id}/collections/{collection}/users", h.members)
	mountChanges(r, h)
	mountGroups(r, h)
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
		DefaultUserCollectionEmail: orNull(c.FormerEmail),
	}
}

// View is the "collection" object.
type View = view

// Views returns collections as clients read them.
func Views(collections []Collection) []View {
	views := make([]View, len(collections))
	for i, c := range collections {
		views[i] = viewOf("collection", c)
	}
	return views
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
	return web.ListOf(Views(collections)), err
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
		Users:          holders(s.Members), Groups: holders(s.Groups),
		Assigned: s.Own != nil, Unmanaged: !s.Managed(),
	}
	if s.Own != nil {
		v.ReadOnly, v.HidePasswords, v.Manage = s.Own.ReadOnly, s.Own.HidePasswords, s.Own.Manage
	}
	return v
}

// holders returns who has a collection.
func holders(grants []Grant) []Selection {
	list := make([]Selection, len(grants))
	for i, g := range grants {
		list[i] = SelectionOf(g.HolderID, g.Access)
	}
	return list
}

// one reads which collection of which organization is meant.
func one(c *web.Call) (orgID, collectionID id.ID, err error) { return pair(c, "collection") }

func pair(c *web.Call, name string) (orgID, otherID id.ID, err error) {
	if orgID, err = c.ID("id"); err == nil {
		otherID, err = c.ID(name)
	}
	return orgID, otherID, err
}

func (h handler) get(c *web.Call, _ struct{}) (view, error) {
	orgID, collectionID, err := one(c)
	if err != nil {
		return view{}, err
	}
	s, err := h.collections.Get(c.Context(), c.Caller.AccountID, orgID, collectionID)
	return viewOf("collection", s.Collection), err
}

func (h handler) details(c *web.Call, _ struct{}) (sharesView, error) {
	orgID, collectionID, err := one(c)
	if err != nil {
		return sharesView{}, err
	}
	s, err := h.collections.GetAccess(c.Context(), c.Caller.AccountID, orgID, collectionID)
	return sharesViewOf(s), err
}

// members answers without the envelope of other lists.
func (h handler) members(c *web.Call, _ struct{}) ([]Selection, error) {
	orgID, collectionID, err := one(c)
	if err != nil {
		return nil, err
	}
	s, err := h.collections.Get(c.Context(), c.Caller.AccountID, orgID, collectionID)
	return holders(s.Members), err
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
