package member

import (
	"context"

	"coffre/internal/encstring"
	"coffre/internal/id"
	"coffre/internal/web"
)

// Clients of several generations say the same with different methods.
func mountEnds(r *web.Router, h handler) {
	const all = "/api/organizations/{id}/users"
	const one = all + "/{memberId}"
	web.Handle(r, "PUT "+all+"/revoke-self", h.revokeSelf)
	for _, method := range []string{"PUT ", "PATCH "} {
		web.Handle(r, method+one+"/revoke", h.revoke)
		web.Handle(r, method+all+"/revoke", h.revokeAll)
		web.Handle(r, method+one+"/restore", h.restore)
		web.Handle(r, method+all+"/restore", h.restoreAll)
	}
	web.Handle(r, "PUT "+one+"/restore/vnext", h.restore)
	web.Handle(r, "DELETE "+one, h.remove)
	web.Handle(r, "POST "+one+"/remove", h.remove)
	web.Handle(r, "DELETE "+all, h.removeAll)
	web.Handle(r, "POST "+all+"/remove", h.removeAll)
	for _, method := range []string{"DELETE ", "POST "} {
		web.Handle(r, method+one+"/delete-account", h.deleteAccount)
		web.Handle(r, method+all+"/delete-account", h.deleteAccounts)
	}
	web.Handle(r, "POST /api/organizations/{id}/leave", h.leave)
}

// many is what may happen to several members of an organization at once.
type many func(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) ([]Outcome, error)

// each does it to those whom a request names.
func (h handler) each(c *web.Call, memberIDs []id.ID, do many) (web.List[outcomeView], error) {
	orgID, err := c.ID("id")
	if err != nil {
		return web.List[outcomeView]{}, err
	}
	outcomes, err := do(c.Context(), c.Caller.AccountID, orgID, memberIDs)
	return outcomeViews(c, outcomes, err)
}

// one does it to the member whom an address names.
func (h handler) one(c *web.Call, do many) (struct{}, error) {
	orgID, memberID, err := memberOf(c)
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, only(do(c.Context(), c.Caller.AccountID, orgID, []id.ID{memberID}))
}

func (h handler) revoke(c *web.Call, _ struct{}) (struct{}, error) { return h.one(c, h.members.Revoke) }

func (h handler) revokeAll(c *web.Call, in idsRequest) (web.List[outcomeView], error) {
	return h.each(c, in.IDs, h.members.Revoke)
}

func (h handler) revokeSelf(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.RevokeSelf(c.Context(), c.Caller.AccountID, orgID)
}

// myItemsRequest names the collection of their own that members get with it.
type myItemsRequest struct {
	DefaultUserCollectionName string `json:"defaultUserCollectionName"`
}

// Check reports a name that is not ciphertext. Older clients send none.
func (in myItemsRequest) Check() error {
	if in.DefaultUserCollectionName == "" {
		return nil
	}
	return encstring.Check("defaultUserCollectionName", in.DefaultUserCollectionName, maxCollectionName)
}

func (h handler) restoring(myItems string) many {
	return func(ctx context.Context, caller, orgID id.ID, memberIDs []id.ID) ([]Outcome, error) {
		return h.members.Restore(ctx, caller, orgID, memberIDs, myItems)
	}
}

func (h handler) restore(c *web.Call, in myItemsRequest) (struct{}, error) {
	return h.one(c, h.restoring(in.DefaultUserCollectionName))
}

type restoreAllRequest struct {
	idsRequest
	myItemsRequest
}

// Check reports the first member that is wrong.
func (in restoreAllRequest) Check() error {
	if err := in.idsRequest.Check(); err != nil {
		return err
	}
	return in.myItemsRequest.Check()
}

func (h handler) restoreAll(c *web.Call, in restoreAllRequest) (web.List[outcomeView], error) {
	return h.each(c, in.IDs, h.restoring(in.DefaultUserCollectionName))
}

func (h handler) remove(c *web.Call, _ struct{}) (struct{}, error) { return h.one(c, h.members.Remove) }

func (h handler) removeAll(c *web.Call, in idsRequest) (web.List[outcomeView], error) {
	return h.each(c, in.IDs, h.members.Remove)
}

func (h handler) deleteAccount(c *web.Call, _ struct{}) (struct{}, error) {
	return h.one(c, h.members.DeleteAccounts)
}

func (h handler) deleteAccounts(c *web.Call, in idsRequest) (web.List[outcomeView], error) {
	return h.each(c, in.IDs, h.members.DeleteAccounts)
}

func (h handler) leave(c *web.Call, _ struct{}) (struct{}, error) {
	orgID, err := c.ID("id")
	if err != nil {
		return struct{}{}, err
	}
	return struct{}{}, h.members.Leave(c.Context(), c.Caller.AccountID, orgID)
}
