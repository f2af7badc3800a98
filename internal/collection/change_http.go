package collection

import (
	"unicode/utf8"

	"coffre/internal/encstring"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// mountChanges adds the routes that change collections. Clients of several
// generations send POST where others send PUT or DELETE.
func mountChanges(r *web.Router, h handler) {
	web.Handle(r, "POST /api/organizations/{id}/collections", h.create)
	web.Handle(r, "PUT /api/organizations/{id}/collections/{collection}", h.update)
	web.Handle(r, "POST /api/organizations/{id}/collections/{collection}", h.update)
	web.Handle(r, "POST /api/organizations/{id}/collections/bulk-access", h.give)
	web.Handle(r, "DELETE /api/organizations/{id}/collections/{collection}", h.delete)
	web.Handle(r, "POST /api/organizations/{id}/collections/{collection}/delete", h.delete)
	web.Handle(r, "DELETE /api/organizations/{id}/collections", h.deleteMany)
	web.Handle(r, "POST /api/organizations/{id}/collections/delete", h.deleteMany)
}

// Limits of what clients send, in characters.
const (
	maxName       = 1_000 // encrypted
	maxExternalID = 300
)

// maxGrants is how many grants one request may make.
const maxGrants = 100_000

// accessRequest is who is to have collections.
type accessRequest struct {
	Groups *[]Selection `json:"groups"`
	Users  *[]Selection `json:"users"`
}

func (r accessRequest) check() error {
	if r.Groups != nil {
		if err := CheckSelections("groups", *r.Groups); err != nil {
			return err
		}
	}
	if r.Users != nil {
		return CheckSelections("users", *r.Users)
	}
	return nil
}

// updateRequest is a collection that there is; without a name it keeps its own.
type updateRequest struct {
	Name       string `json:"name"`
	ExternalID string `json:"externalId"`
	accessRequest
}

// Check reports the first member that cannot be what it should.
func (r updateRequest) Check() error {
	if r.Name != "" {
		if err := encstring.Check("name", r.Name, maxName); err != nil {
			return err
		}
	}
	if utf8.RuneCountInString(r.ExternalID) > maxExternalID {
		return fault.TooLong("externalId", maxExternalID)
	}
	return r.check()
}

func (r updateRequest) draft() Draft {
	return Draft{Name: r.Name, ExternalID: r.ExternalID, Members: r.Users, Groups: r.Groups}
}

// createRequest is a new collection.
type createRequest struct{ updateRequest }

// Check reports the first member that is missing or cannot be what it should.
func (r createRequest) Check() error {
	if r.Name == "" {
		return fault.Required("name")
	}
	return r.updateRequest.Check()
}

func (h handler) create(c *web.Call, in createRequest) (sharesView, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return sharesView{}, err
	}
	s, err := h.collections.Create(c.Context(), c.Caller.AccountID, orgID, in.draft())
	return sharesViewOf(s), err
}

func (h handler) update(c *web.Call, in updateRequest) (sharesView, error) {
	orgID, collectionID, err := one(c)
	if err != nil {
		return sharesView{}, err
	}
	s, err := h.collections.Update(c.Context(), c.Caller.AccountID, orgID, collectionID, in.draft())
	return sharesViewOf(s), err
}

// giveRequest gives access to many collections.
type giveRequest struct {
	CollectionIDs []id.ID `json:"collectionIds"`
	accessRequest
}

// Check refuses a request about nothing, or about too much.
func (r giveRequest) Check() error {
	if err := checkMany("collectionIds", len(r.CollectionIDs)); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	holders := 0
	for _, list := range []*[]Selection{r.Groups, r.Users} {
		if list != nil {
			holders += len(*list)
		}
	}
	if len(r.CollectionIDs)*holders > maxGrants {
		return tooMany.On("collectionIds").With("limit", maxGrants)
	}
	return nil
}

func (h handler) give(c *web.Call, in giveRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	d := Draft{Members: in.Users, Groups: in.Groups}
	return struct{}{}, h.collections.Give(c.Context(), c.Caller.AccountID, orgID, in.CollectionIDs, d)
}

func (h handler) delete(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, collectionID, err := one(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.collections.Delete(c.Context(), c.Caller.AccountID, orgID, collectionID)
}

// idsRequest names collections or groups.
type idsRequest struct {
	IDs []id.ID `json:"ids"`
}

// Check refuses a request about nothing, or about too much.
func (r idsRequest) Check() error { return checkMany("ids", len(r.IDs)) }

func (h handler) deleteMany(c *web.Call, in idsRequest) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.collections.Delete(c.Context(), c.Caller.AccountID, orgID, in.IDs...)
}
