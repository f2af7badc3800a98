package cipher

import (
	"context"

	"coffre/internal/content"
	"coffre/internal/fault"
	"coffre/internal/id"
	"coffre/internal/web"
)

// What the service does with one item, and with many.
type (
	single        = func(ctx context.Context, caller, cipherID id.ID) error
	returning     = func(ctx context.Context, caller, cipherID id.ID) (Item, error)
	several       = func(ctx context.Context, caller id.ID, cipherIDs []id.ID) error
	manyReturning = func(ctx context.Context, caller id.ID, cipherIDs []id.ID) ([]Item, error)
)

// mountRemovals adds the trash and the end.
func mountRemovals(r *web.Router, h handler) {
	s := h.ciphers
	web.Handle(r, "DELETE /api/ciphers/{id}", end(s.Delete))
	web.Handle(r, "POST /api/ciphers/{id}/delete", end(s.Delete))
	web.Handle(r, "PUT /api/ciphers/{id}/delete", end(s.Trash))
	web.Handle(r, "PUT /api/ciphers/{id}/restore", back(s.Restore, content.Whole))
	web.Handle(r, "DELETE /api/ciphers", endMany(s.DeleteMany))
	web.Handle(r, "POST /api/ciphers/delete", endMany(s.DeleteMany))
	web.Handle(r, "PUT /api/ciphers/delete", endMany(s.TrashMany))
	web.Handle(r, "PUT /api/ciphers/restore", many(s.RestoreMany, content.Mini))

	web.Handle(r, "DELETE /api/ciphers/{id}/admin", end(s.DeleteAsAdmin))
	web.Handle(r, "POST /api/ciphers/{id}/delete-admin", end(s.DeleteAsAdmin))
	web.Handle(r, "PUT /api/ciphers/{id}/delete-admin", end(s.TrashAsAdmin))
	web.Handle(r, "PUT /api/ciphers/{id}/restore-admin", back(s.RestoreAsAdmin, content.Mini))
	web.Handle(r, "DELETE /api/ciphers/admin", endAll(s.DeleteManyAsAdmin))
	web.Handle(r, "POST /api/ciphers/delete-admin", endAll(s.DeleteManyAsAdmin))
	web.Handle(r, "PUT /api/ciphers/delete-admin", endAll(s.TrashManyAsAdmin))
	web.Handle(r, "PUT /api/ciphers/restore-admin", h.restoreAll)
}

func end(do single) func(*web.Call, struct{}) (struct{}, error) {
	return func(c *web.Call, _ struct{}) (struct{}, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, do(c.Context(), c.Caller.AccountID, cipherID)
	}
}

func back(do returning, f content.Form) func(*web.Call, struct{}) (content.View, error) {
	return func(c *web.Call, _ struct{}) (content.View, error) {
		cipherID, err := c.ID("id")
		if err != nil {
			return content.View{}, err
		}
		it, err := do(c.Context(), c.Caller.AccountID, cipherID)
		return content.ViewOf(it, f), err
	}
}

func endMany(do several) func(*web.Call, idsRequest) (struct{}, error) {
	return func(c *web.Call, in idsRequest) (struct{}, error) {
		return struct{}{}, do(c.Context(), c.Caller.AccountID, in.IDs)
	}
}

func many(do manyReturning, f content.Form) func(*web.Call, idsRequest) (web.List[content.View], error) {
	return func(c *web.Call, in idsRequest) (web.List[content.View], error) {
		items, err := do(c.Context(), c.Caller.AccountID, in.IDs)
		return viewsOf(items, f), err
	}
}

// allRequest names items of an organization.
type allRequest struct {
	idsRequest
	OrganizationID id.ID `json:"organizationId"`
}

// Check reports a list or an organization that is missing.
func (in allRequest) Check() error {
	if in.OrganizationID.IsZero() {
		return fault.Required("organizationId")
	}
	return in.idsRequest.Check()
}

func endAll(do func(ctx context.Context, caller, orgID id.ID, cipherIDs []id.ID) error) func(*web.Call, allRequest) (struct{}, error) {
	return func(c *web.Call, in allRequest) (struct{}, error) {
		return struct{}{}, do(c.Context(), c.Caller.AccountID, in.OrganizationID, in.IDs)
	}
}

func (h handler) restoreAll(c *web.Call, in allRequest) (web.List[content.View], error) {
	items, err := h.ciphers.RestoreManyAsAdmin(c.Context(), c.Caller.AccountID, in.OrganizationID, in.IDs)
	return viewsOf(items, content.Mini), err
}
